/** What is the same in every language: commands, options, paths, addresses, quoted texts, code. */
const NAMES: readonly RegExp[] = [
  /`[^`]*`/g,
  /"[^"]*"/g,
  /'[^']*'/g,
  /\bvnpy-bridge(?: [a-z][a-z-]*)*/g,
  /\b(?:guard|cluster|audit|web-user) [a-z][a-z-]*(?: hold)?/g,
  /\b(?:nats stream rm|npm (?:install|run)|chmod)\b/g,
  /--[a-z][\w-]*(?: [A-Z]+)?/g,
  /[\w.-]*[/\\:][^\s，。；：）]*/g,
  /\b\w+_\w+\b/g,
];

/** The English words of a line for people: three in a row that are no names. undefined where there are none. */
export function foreignWords(line: string): string | undefined {
  const plain = NAMES.reduce((text, pattern) => text.replace(pattern, '·'), line);
  return /\b[a-z]+(?:['’][a-z]+)? [a-z]+(?:['’][a-z]+)? [a-z]+\b/.exec(plain)?.[0];
}
