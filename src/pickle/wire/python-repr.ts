/**
 * Values as Python's `repr` writes them, for listings and messages.
 *
 * @module
 */

import { isPrintable } from './printable.js';
import type { IsPrintable } from './printable.js';

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A str. @example `stringRepr("it's")` is `"it's"` in double quotes, as in Python.
 * @param printable - of which Python. Default: the newest.
 */
export function stringRepr(text: string, printable: IsPrintable = isPrintable): string {
  const quote = quoteFor(text.includes("'"), text.includes('"'));
  let out = '';
  for (const character of text) out += escapeCharacter(character, quote, printable);
  return quote + out + quote;
}

function escapeCharacter(character: string, quote: string, printable: IsPrintable): string {
  if (character === quote) return `\\${quote}`;
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return character;
  if (code > 0x7f && printable(code)) return character;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** Bytes: `b'...'`. */
export function bytesRepr(bytes: Uint8Array): string {
  const quote = quoteFor(bytes.includes(0x27), bytes.includes(0x22));
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    out += byte > 0x7f ? `\\x${hex(byte, 2)}` : escapeCharacter(character, quote, isPrintable);
  }
  return `b${quote}${out}${quote}`;
}

function quoteFor(single: boolean, double: boolean): string {
  return single && !double ? '"' : "'";
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
