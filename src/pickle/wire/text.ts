/**
 * Text encodings of pickles: UTF-8 with surrogates, Latin-1, raw-unicode-escape, Python 2's escapes.
 *
 * Functions that fail throw a {@link TextError}; the caller knows the offset.
 *
 * @module
 */

/** Text that is not valid in its encoding. @internal */
export class TextError extends Error {}

// `ignoreBOM` keeps a byte order mark as the character that it is in Python; `fatal` finds what needs the slow way.
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

/** From this many bytes on TextDecoder beats a loop over them (measured on Node 20: equal at about 40). */
const LOOP_LIMIT = 32;

/** Decodes UTF-8 as Python's `utf-8` with `surrogatepass`: a lone surrogate in three bytes stays one. */
export function decodeUtf8(data: Uint8Array, start: number, end: number): string {
  if (end - start <= LOOP_LIMIT) {
    let text = '';
    let index = start;
    for (; index < end; index++) {
      const byte = data[index] ?? 0;
      if (byte > 0x7f) break;
      text += String.fromCharCode(byte);
    }
    if (index === end) return text;
  }
  const bytes = data.subarray(start, end);
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return decodeSurrogatePass(bytes);
  }
}

function decodeSurrogatePass(bytes: Uint8Array): string {
  // Encoded surrogates are rare: cut the text at them and let TextDecoder judge the rest.
  const parts: string[] = [];
  let from = 0;
  for (let index = 0; index + 2 < bytes.length; index++) {
    const second = bytes[index + 1] ?? 0;
    const third = bytes[index + 2] ?? 0;
    if (bytes[index] !== 0xed || second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue;
    parts.push(strictUtf8(bytes, from, index));
    parts.push(String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
    index += 2;
    from = index + 1;
  }
  parts.push(strictUtf8(bytes, from, bytes.length));
  return parts.join('');
}

function strictUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return '';
  try {
    return utf8Decoder.decode(bytes.subarray(start, end));
  } catch (cause) {
    throw new TextError('is not valid UTF-8', { cause });
  }
}

/** Whether a string has a surrogate without its other half. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Encodes to UTF-8; a lone surrogate becomes three bytes, as with Python's `surrogatepass`. */
export function encodeUtf8(text: string): Uint8Array {
  if (!hasLoneSurrogate(text)) return utf8Encoder.encode(text);
  const out = new Uint8Array(text.length * 3);
  return out.slice(0, writeUtf8(text, out, 0));
}

/** Writes UTF-8 into `out`, which has room for three bytes a UTF-16 unit. Gives the end. */
export function writeUtf8(text: string, out: Uint8Array, start: number): number {
  let end = start;
  for (let index = 0; index < text.length; index++) {
    let unit = text.charCodeAt(index);
    if (unit < 0x80) {
      out[end++] = unit;
      continue;
    }
    if (unit < 0x800) {
      out[end++] = 0xc0 | (unit >> 6);
      out[end++] = 0x80 | (unit & 0x3f);
      continue;
    }
    if (unit >= 0xd800 && unit < 0xdc00) {
      const low = text.charCodeAt(index + 1);
      if (low >= 0xdc00 && low < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        index++;
        out[end++] = 0xf0 | (unit >> 18);
        out[end++] = 0x80 | ((unit >> 12) & 0x3f);
        out[end++] = 0x80 | ((unit >> 6) & 0x3f);
        out[end++] = 0x80 | (unit & 0x3f);
        continue;
      }
    }
    out[end++] = 0xe0 | (unit >> 12);
    out[end++] = 0x80 | ((unit >> 6) & 0x3f);
    out[end++] = 0x80 | (unit & 0x3f);
  }
  return end;
}

/** Latin-1: each byte is the character of that number. (TextDecoder's `latin1` is windows-1252.) */
export function decodeLatin1(data: Uint8Array, start = 0, end = data.length): string {
  const parts: string[] = [];
  // Function.apply has a limit on arguments; 8192 is far below it in every engine.
  for (let from = start; from < end; from += 8192)
    parts.push(String.fromCharCode(...data.subarray(from, Math.min(end, from + 8192))));

  return parts.length === 1 ? (parts[0] ?? '') : parts.join('');
}

/** The bytes of Latin-1 text, undefined when a character is above U+00FF. */
export function encodeLatin1(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0xff) return undefined;
    bytes[index] = unit;
  }
  return bytes;
}

/** ASCII, strictly. */
export function decodeAscii(data: Uint8Array, start = 0, end = data.length): string {
  for (let index = start; index < end; index++) {
    if ((data[index] ?? 0) > 0x7f)
      throw new TextError(`has the byte 0x${hex(data[index] ?? 0, 2)}, which is not ASCII`);
  }
  return decodeLatin1(data, start, end);
}

/** Python's `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`, nothing else escaped. */
export function decodeRawUnicodeEscape(data: Uint8Array, start = 0, end = data.length): string {
  const text = decodeLatin1(data, start, end);
  if (!text.includes('\\')) return text;
  // A backslash that is itself behind an odd run of backslashes is not the start of an escape.
  return text.replace(/\\+(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8})?/g, (match) => {
    const slashes = match.search(/[^\\]|$/);
    if (slashes === match.length || slashes % 2 === 0) return match;
    const digits = match.slice(slashes + 1);
    const wanted = match.charAt(slashes) === 'u' ? 4 : 8;
    if (digits.length < wanted) throw new TextError(`has a truncated \\${match.charAt(slashes)} escape`);
    const code = Number.parseInt(digits, 16);
    if (code > 0x10ffff) throw new TextError(`has \\U${digits}, which is beyond Unicode`);
    return match.slice(0, slashes - 1) + String.fromCodePoint(code);
  });
}

/** Text as CPython's pickler writes it at protocol 0: what would end the line or start an escape is escaped. */
export function encodeRawUnicodeEscape(text: string): Uint8Array<ArrayBuffer> {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0xffff) out += `\\U${hex(code, 8)}`;
    else if (code > 0xff || ESCAPED_IN_LINES.has(code)) out += `\\u${hex(code, 4)}`;
    else out += character;
  }
  return encodeLatin1(out) ?? new Uint8Array();
}

/** Backslash, NUL, newline, carriage return, and Ctrl-Z, which ends a text file on Windows. */
const ESCAPED_IN_LINES = new Set([0x5c, 0x00, 0x0a, 0x0d, 0x1a]);

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
};

/** The bytes of a Python 2 str literal between its quotes: CPython's `codecs.escape_decode`. */
export function decodeStringEscape(data: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(end - start);
  let length = 0;
  let index = start;
  while (index < end) {
    const byte = data[index++] ?? 0;
    if (byte !== 0x5c) {
      out[length++] = byte;
      continue;
    }
    if (index >= end) throw new TextError('ends with a lone backslash');
    const escape = String.fromCharCode(data[index++] ?? 0);
    const simple = Object.hasOwn(SIMPLE_ESCAPES, escape) ? SIMPLE_ESCAPES[escape] : undefined;
    if (simple !== undefined) {
      out[length++] = simple;
    } else if (escape === '\n') {
      // A backslash at the end of a line joins it with the next one.
    } else if (escape >= '0' && escape <= '7') {
      let value = escape.charCodeAt(0) - 0x30;
      for (let digits = 1; digits < 3 && index < end; digits++) {
        const digit = (data[index] ?? 0) - 0x30;
        if (digit < 0 || digit > 7) break;
        value = value * 8 + digit;
        index++;
      }
      out[length++] = value & 0xff;
    } else if (escape === 'x') {
      const digits = decodeLatin1(data, index, Math.min(end, index + 2));
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new TextError('has an invalid \\x escape');
      out[length++] = Number.parseInt(digits, 16);
      index += 2;
    } else {
      out[length++] = 0x5c;
      out[length++] = escape.charCodeAt(0);
    }
  }
  return out.slice(0, length);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
