/**
 * Names as tokens of subjects, as keys, and as values of headers: one way for all.
 *
 * A token of a subject has no space, dot, `*` or `>`. A key of a NATS bucket has only `[-/_=.a-zA-Z0-9]` (ADR-8), and the name
 * of a stream no `/`. vnpy's names have spaces, dots and Chinese. So every byte of UTF-8 outside of `[-_A-Za-z0-9]` is written
 * as `=` and two digits.
 *
 * @module
 */

/** What stands for the empty name: a token is never empty, and nothing else gives a lone `=`. */
const EMPTY = '=';

const PLAIN = /^[-_A-Za-z0-9]+$/;

/** Longer names are no names, in characters of the token. A subject has several of them, and a line of the protocol 4,096 bytes. */
const LONGEST_TOKEN = 1024;

/** A name as a token. Two names never give the same one. */
export function escapeToken(name: string): string {
  if (PLAIN.test(name)) return name;
  if (name === '') return EMPTY;

  let token = '';
  for (const character of name) {
    if (PLAIN.test(character)) token += character;
    else for (const byte of bytesOf(character)) token += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** The name of a token; undefined where no name gives it. */
export function unescapeToken(token: string): string | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  if (PLAIN.test(token)) return token;
  if (token === EMPTY) return '';
  if (!/^(?:[-_A-Za-z0-9]|=[0-9A-F]{2})+$/.test(token)) return undefined;

  const bytes: number[] = [];
  for (let at = 0; at < token.length; at++) {
    if (token[at] === '=') {
      bytes.push(parseInt(token.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(token.charCodeAt(at));
    }
  }
  const name = textOf(bytes);
  // Bytes that are no UTF-8, or escapes of what needs none, would be a second token for some name.
  return escapeToken(name) === token ? name : undefined;
}

/** UTF-8. Half of a surrogate pair, which Python's texts may have, has its three bytes, as Python's `surrogatepass` gives it. */
function bytesOf(character: string): readonly number[] {
  const code = character.charCodeAt(0);
  return character.length === 1 && code >= 0xd800 && code <= 0xdfff
    ? [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    : [...Buffer.from(character, 'utf8')];
}

function textOf(bytes: readonly number[]): string {
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length; at++) {
    const [first = 0, second = 0, third = 0] = bytes.slice(at, at + 3);
    if (first !== 0xed || second < 0xa0) continue;
    text += Buffer.from(bytes.slice(from, at)).toString('utf8');
    text += String.fromCharCode(((first & 0xf) << 12) | ((second & 0x3f) << 6) | (third & 0x3f));
    at += 2;
    from = at + 1;
  }
  return text + Buffer.from(bytes.slice(from)).toString('utf8');
}
