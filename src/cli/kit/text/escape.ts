/**
 * Text from a pickle, made fit for a terminal. Data never reaches the output unescaped: a string may hold escape
 * sequences that rewrite the screen, or marks that turn the reading direction around.
 *
 * @module
 */

/**
 * Characters that do not show as themselves: controls (C0, C1, DEL), bidirectional marks, zero-width characters and fillers,
 * line and paragraph separators. Variation selectors, tags, private use, noncharacters and lone surrogates do not, either.
 */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u00a0\u115f\u1160\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0\p{VS}]/u;
const UNSAFE_ALL = new RegExp(UNSAFE, 'gu');
const PLAIN_ASCII = /^[ !#-&(-[\]-~]*$/;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** How text is escaped. */
export interface EscapeOptions {
  /** Escape everything that is not ASCII too. Default false. */
  readonly ascii?: boolean;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** The escape that Python's `repr` writes for a character. */
function pythonEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const NON_ASCII = /[^\x20-\x7e]/gu;

/** Escapes what must not reach a terminal; the rest stays. For names and messages, not for literals: quotes stay. */
export function escapeText(text: string, options: EscapeOptions = {}): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(options.ascii === true ? NON_ASCII : UNSAFE_ALL, pythonEscape);
}

/** A string as Python's `repr` writes it, with more characters escaped. */
export function pythonString(text: string, options: EscapeOptions = {}): string {
  if (PLAIN_ASCII.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = text.replaceAll('\\', '\\\\');
  if (quote === "'") body = body.replaceAll("'", "\\'");
  return quote + body.replace(options.ascii === true ? NON_ASCII : UNSAFE_ALL, pythonEscape) + quote;
}

/** A string as a JavaScript literal, with more characters escaped than `JSON.stringify` does. */
export function javascriptString(text: string, options: EscapeOptions = {}): string {
  const body = JSON.stringify(text);
  return body.replace(options.ascii === true ? NON_ASCII : UNSAFE_ALL, (character) =>
    [...Array(character.length).keys()].map((index) => `\\u${hex(character.charCodeAt(index), 4)}`).join(''),
  );
}

/** What stands for each byte; the quotes as themselves. */
const BYTE_TEXTS: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x5c) return '\\\\';
  if (byte === 0x0a) return '\\n';
  if (byte === 0x0d) return '\\r';
  if (byte === 0x09) return '\\t';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${hex(byte, 2)}`;
});

/** Bytes that become one string at a time: a string grown byte by byte is a tree of millions of parts. */
const PIECE = 4096;

/** Bytes as Python's `repr` writes them, without the `b` and the quotes. */
export function bytesBody(data: Uint8Array, quote: '"' | "'" = "'"): string {
  const code = quote.charCodeAt(0);
  const pieces: string[] = [];
  for (let start = 0; start < data.length; start += PIECE) {
    const texts: string[] = [];
    const end = Math.min(data.length, start + PIECE);
    for (let at = start; at < end; at++) {
      const byte = data[at] ?? 0;
      texts.push(byte === code ? `\\${quote}` : (BYTE_TEXTS[byte] ?? ''));
    }
    pieces.push(texts.join(''));
  }
  return pieces.length === 1 ? (pieces[0] ?? '') : pieces.join('');
}

/** Bytes as Python's `repr` writes them. */
export function pythonBytes(data: Uint8Array): string {
  const quote = data.includes(0x27) && !data.includes(0x22) ? '"' : "'";
  return `b${quote}${bytesBody(data, quote)}${quote}`;
}

/** Bytes as pairs of hex digits. */
export function hexBytes(data: Uint8Array, separator = ''): string {
  if (separator === '') return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  return Array.from(data, (byte) => hex(byte, 2)).join(separator);
}
