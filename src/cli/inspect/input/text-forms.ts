/**
 * Bytes that were written down as text: hex digits, hex dumps, base64, and Python's `repr(bytes)`.
 *
 * @module
 */
import type { FactTexts } from '../../lang/en/facts.js';
import { inEnglish } from '../findings/finding.js';
import type { Said } from '../findings/finding.js';

/** Text that was announced as, or looked like, one of the forms and is not. */
export class TextFormError extends Error {
  /** The same in any language. */
  readonly said: Said;

  constructor(said: (containers: FactTexts['containers']) => string) {
    const say: Said = ({ containers }) => said(containers);
    super(inEnglish(say));
    this.said = say;
    this.name = 'TextFormError';
  }
}

/** The offset that a line of `xxd` (`00000010: `), `hexdump -C` or `od -tx1` (`00000010  `) starts with. */
const DUMP_OFFSET = /^\s*[0-9a-f]{4,16}(?:(:)\s{1,2}|\s{2,4})(?=[0-9a-f]{2})/i;
const DUMP_END = /^\s*[0-9a-f]{4,16}:?$/i;

function isDump(text: string): boolean {
  return DUMP_OFFSET.test(text.split('\n', 1)[0] ?? '');
}

function dumpDigits(text: string): string {
  let digits = '';
  text.split('\n').forEach((line, index) => {
    const trimmed = line.trimEnd();
    if (trimmed === '' || DUMP_END.test(trimmed)) return;
    const offset = DUMP_OFFSET.exec(trimmed);
    if (offset === null) throw new TextFormError((texts) => texts.noDumpLine(index + 1));
    const rest = trimmed.slice(offset[0].length);
    // xxd puts the characters after two spaces, hexdump -C between bars.
    const columns = offset[1] === ':' ? rest.split('  ', 1) : rest.split('|', 1);
    digits += (columns[0] ?? '').replace(/\s+/g, '');
  });
  return digits;
}

/**
 * Reads hex digits: in one run or in groups, with `0x`, `\x`, commas or colons between them, or as a dump with offsets.
 * @throws `TextFormError` when something else stands between the digits, or their number is odd.
 */
export function decodeHex(text: string): Uint8Array {
  const digits = isDump(text) ? dumpDigits(text) : text.replace(/0x|\\x|[\s,:;-]/gi, '');
  const odd = /[^0-9a-f]/i.exec(digits);
  if (odd !== null) throw new TextFormError((texts) => texts.noHexDigit(JSON.stringify(odd[0])));
  if (digits.length % 2 !== 0) throw new TextFormError((texts) => texts.oddDigits(digits.length));
  const data = new Uint8Array(digits.length / 2);
  for (let index = 0; index < data.length; index++)
    data[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);

  return data;
}

/**
 * Reads base64, standard or URL-safe, with or without padding and line ends.
 * @throws `TextFormError` when other characters occur.
 */
export function decodeBase64(text: string): Uint8Array {
  const packed = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const odd = /[^A-Za-z0-9+/=]/.exec(packed);
  if (odd !== null) throw new TextFormError((texts) => texts.noBase64Digit(JSON.stringify(odd[0])));
  const end = packed.indexOf('=');
  const digits = end < 0 ? packed : packed.slice(0, end);
  // Not `/=+$/`: it takes quadratic time for padding that stands elsewhere.
  if ((end >= 0 && /[^=]/.test(packed.slice(end))) || digits.length % 4 === 1)
    throw new TextFormError((texts) => texts.base64Cut);
  return new Uint8Array(Buffer.from(digits, 'base64'));
}

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** Opens one literal: prefix, and the quotes it is written in. */
const LITERAL_START = /(?:bytearray\(\s*|memoryview\(\s*)?([bB][rR]?|[rR][bB])?('''|"""|'|")/y;

/**
 * Reads what Python's `repr` prints for bytes: `b'...'`, several of them side by side, `bytearray(b'...')`.
 * @throws `TextFormError` when it is no such literal.
 */
export function decodeRepr(text: string): Uint8Array {
  const bytes: number[] = [];
  let position = 0;
  let literals = 0;
  const skip = (pattern: RegExp): void => {
    pattern.lastIndex = position;
    position += pattern.exec(text)?.[0].length ?? 0;
  };
  while (true) {
    skip(/[\s(]*/y);
    if (position >= text.length) break;
    LITERAL_START.lastIndex = position;
    const start = LITERAL_START.exec(text);
    if (start === null || (start[1] === undefined && literals === 0))
      throw new TextFormError((texts) => texts.noLiteralAt(position));

    position += start[0].length;
    position = readLiteral(text, position, start[2] ?? "'", /r/i.test(start[1] ?? ''), bytes);
    literals++;
    skip(/[\s),;]*/y);
  }
  if (literals === 0) throw new TextFormError((texts) => texts.noLiteral);
  return Uint8Array.from(bytes);
}

/** Reads the body of one literal up to its closing quotes; returns the position behind them. */
function readLiteral(text: string, start: number, quote: string, raw: boolean, bytes: number[]): number {
  let position = start;
  while (position < text.length) {
    if (text.startsWith(quote, position)) return position + quote.length;
    const code = text.charCodeAt(position);
    if (code > 0x7f) throw new TextFormError((texts) => texts.asciiOnly(position));
    if (code !== 0x5c || raw) {
      bytes.push(code);
      position++;
      continue;
    }
    const escape = text[position + 1] ?? '';
    const simple = SIMPLE_ESCAPES[escape];
    if (simple !== undefined) {
      bytes.push(simple);
      position += 2;
    } else if (escape === 'x') {
      const pair = text.slice(position + 2, position + 4);
      if (!/^[0-9a-f]{2}$/i.test(pair)) throw new TextFormError((texts) => texts.hexEscape(position));
      bytes.push(Number.parseInt(pair, 16));
      position += 4;
    } else if (/[0-7]/.test(escape)) {
      const octal = /^[0-7]{1,3}/.exec(text.slice(position + 1, position + 4))?.[0] ?? '0';
      bytes.push(Number.parseInt(octal, 8) & 0xff);
      position += 1 + octal.length;
    } else if (escape === '\n') {
      position += 2;
    } else {
      // Python keeps the backslash of an escape that it does not know.
      bytes.push(0x5c);
      position++;
    }
  }
  throw new TextFormError((texts) => texts.noClosingQuote);
}

const LOOKS_LIKE_REPR = /^\s*(?:\(\s*)?(?:bytearray\(|memoryview\()?(?:[bB][rR]?|[rR][bB])['"]/;
const LOOKS_LIKE_HEX = /^(?:0x|\\x)?[0-9a-f][0-9a-fx\\\s,:;-]*$/i;
const LOOKS_LIKE_BASE64 = /^[A-Za-z0-9+/_-]{4}[A-Za-z0-9+/_\s-]*={0,2}$/;

/** The forms that bytes are written down in. */
export type TextForm = 'hex' | 'base64' | 'repr' | 'hexlines' | 'base64lines';

/** Says in which form text holds bytes, by how it looks; undefined when in none. */
export function detectTextForm(text: string): TextForm | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (LOOKS_LIKE_REPR.test(trimmed)) return 'repr';
  if (isDump(trimmed)) return 'hex';
  const head = trimmed.slice(0, 4096);
  const lines = trimmed.split(/\r?\n/);
  if (LOOKS_LIKE_HEX.test(head))
    return lines.length > 1 && lines.every((line) => /^(?:0x)?80/i.test(line)) ? 'hexlines' : 'hex';

  // Every pickle of protocol 2 and later begins with gA in base64; a wrapped text does so only once.
  if (lines.length > 1 && lines.every((line) => /^gA[A-Za-z0-9+/_-]*={0,2}$/.test(line))) return 'base64lines';
  return LOOKS_LIKE_BASE64.test(head) ? 'base64' : undefined;
}
