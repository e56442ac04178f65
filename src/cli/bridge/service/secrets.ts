/**
 * Takes secrets out of text that leaves this machine.
 *
 * @module
 */

const HIDDEN = '***';

/** A shorter secret is in too many words. */
const SHORTEST = 4;

/**
 * What looks like a secret whoever has made it. It may be a seed of NATS, a token of the console, a password in an address, a
 * key in a query.
 */
const PATTERNS: readonly (readonly [pattern: RegExp, hidden: string])[] = [
  [/\bS[A-Z][A-Z2-7]{56}\b/g, HIDDEN],
  [/\bvb_[\w-]{43}/g, HIDDEN],
  [/(\w:\/\/)[^\s/@"]+@/g, `$1${HIDDEN}@`],
  [
    /\b((?:access_)?token|key|secret|sign|password|passwd|pwd)((?:\\?["'])?\s*[=:]\s*(?:\\?["'])?)[^\s"'&,;\\]+/gi,
    `$1$2${HIDDEN}`,
  ],
  [/\/(hook|robot\/send)\/[\w-]+/g, `/$1/${HIDDEN}`],
];

/**
 * What takes secrets out of lines of JSON.
 *
 * @param known - Texts that must not be seen.
 */
export function secretsRemover(known: readonly string[]): (json: string) => string {
  // As they are, and as they stand in JSON.
  const texts = known
    .filter((text) => text.length >= SHORTEST)
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
  // The longest first: one may stand in another.
  const sorted = [...new Set(texts)].sort((a, b) => b.length - a.length);
  return (json) => {
    const plain = sorted.reduce((text, secret) => text.replaceAll(secret, HIDDEN), json);
    return PATTERNS.reduce((text, [pattern, hidden]) => text.replaceAll(pattern, hidden), plain);
  };
}
