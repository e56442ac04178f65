/**
 * Which characters a policy's names and patterns may have. A letter that looks like another makes a rule that never holds,
 * and that no reader sees.
 *
 * @module
 */

/** Letters of other alphabets in the shape of ASCII ones; wide forms are found by their normalisation. */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  [
    ['АВСЕНІЈКМОРЅТХУ', 'ABCEHIJKMOPSTXY'], // Cyrillic
    ['асеһіјорѕхуԁԛԝ', 'acehijopsxydqw'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'], // Greek
    ['ονι', 'ovi'],
    ['‐‑‒–—−', '------'],
    ['‘’“”', '\'\'""'],
  ].flatMap(([strange = '', plain = '']) => Array.from(strange, (each, index) => [each, plain.charAt(index)] as const)),
);

const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]$/u;

/** What is wrong with the characters of a text, which must be printable ASCII or CJK letters. Undefined where nothing is. */
export function strangeCharacter(text: string): string | undefined {
  for (const character of text) {
    if ((character >= ' ' && character <= '~') || CJK.test(character)) continue;

    const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    const plain = LOOKS_LIKE.get(character) ?? character.normalize('NFKC');
    const hint =
      plain !== character && /^[!-~]+$/.test(plain) ? `looks like ${JSON.stringify(plain)}, and is none` : '';
    return `has the character ${code}, which ${hint === '' ? 'no name has: printable ASCII and Chinese characters are allowed' : hint}`;
  }
  return text === text.trim() ? undefined : 'begins or ends with a space';
}
