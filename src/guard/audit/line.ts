/**
 * An entry as one line of JSON. Whatever is in it, one line is one line, of a bounded length.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { describeThrown } from '../../errors.js';
import type { AuditEntry, AuditLine } from './entry.js';

/** `prev` of the first line of all. */
export const NO_LINE = '0'.repeat(64);

/** The longest line, in bytes. A longer one is none of the audit's. */
export const LONGEST_LINE = 2 ** 20;

/** What is longer is cut, in characters: a client may send a reference of a megabyte. */
const LONGEST_TEXT = 2048;
const MOST_ITEMS = 200;
const DEEPEST = 6;
/** The sum of all texts of an entry, in characters. Each may take six bytes. */
const MOST_TEXT = 64 * 1024;
/** What each value takes of it beside its text. */
const COST = 8;

const OWN_FIELDS = new Set(['seq', 'time', 'kind', 'prev']);

/**
 * What is escaped beyond what JSON escapes. Other programs take U+0085, U+2028 and U+2029 for the end of a line. Of the rest a
 * terminal obeys some, and some let a text look like another one.
 */

const UNSAFE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** What nothing has to be escaped in: nearly all texts, so that most need no more than this look. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** The hash of a line's bytes, without the newline. */
export function hashOf(line: string | Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/** The part of a line that is known before its place is: `,"principal":"desk-1"}`. Never throws. */
export function encodeFields(entry: AuditEntry): string {
  const writer = new FieldWriter();
  let text = '';
  for (const [name, value] of Object.entries(entry)) {
    if (OWN_FIELDS.has(name) || value === undefined) continue;
    text += `,${writer.text(name)}:${writer.value(value, 0)}`;
  }
  return `${text}}`;
}

/** A line without its newline. */
export function encodeLine(seq: number, time: string, kind: string, prev: string, fields: string): string {
  return `{"seq":${seq},"time":"${time}","kind":"${kind}","prev":"${prev}"${fields}`;
}

/** A line as it was read; undefined where it is none of an audit. */
export function decodeLine(text: string): AuditLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isLine(value) ? value : undefined;
}

function isLine(value: unknown): value is AuditLine {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, time, kind, prev } = value as Partial<Record<string, unknown>>;
  return (
    typeof seq === 'number' &&
    Number.isSafeInteger(seq) &&
    seq > 0 &&
    typeof time === 'string' &&
    typeof kind === 'string' &&
    typeof prev === 'string' &&
    prev.length === NO_LINE.length
  );
}

/** Writes the values of one entry. */
class FieldWriter {
  #left = MOST_TEXT;

  value(value: unknown, depth: number): string {
    // Every value takes a little, so that many empty ones end as well.
    this.#take(COST);
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? String(value)
          : `{"$float":"${Object.is(value, -0) ? '-0' : value}"}`;
      case 'boolean':
        return String(value);
      case 'bigint':
        return `{"$bigint":${this.text(String(value))}}`;
      case 'object':
        return value === null ? 'null' : this.#safely(value, depth);
      default:
        return value === undefined ? 'null' : this.#described(value);
    }
  }

  text(text: string): string {
    const length = Math.min(text.length, LONGEST_TEXT, this.#left);
    this.#take(length);
    if (length === text.length && PLAIN.test(text)) return `"${text}"`;
    const whole = length === text.length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
    return JSON.stringify(whole).replace(
      UNSAFE,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }

  /** A getter may throw, and a revoked Proxy throws always. */
  #safely(value: object, depth: number): string {
    try {
      return this.#object(value, depth);
    } catch {
      return this.#described(value);
    }
  }

  #object(value: object, depth: number): string {
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (value instanceof Date) return this.text(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString());
    if (depth >= DEEPEST) return this.#described(value);
    if (Array.isArray(value)) return this.#array(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null ? this.#members(value, depth) : this.#described(value);
  }

  #bytes(bytes: Uint8Array): string {
    const text = Buffer.from(bytes.subarray(0, LONGEST_TEXT)).toString('base64');
    this.#take(text.length);
    return bytes.length <= LONGEST_TEXT
      ? `{"$bytes":"${text}"}`
      : `{"$bytes":"${text}","length":${bytes.length},"sha256":"${hashOf(bytes)}"}`;
  }

  #array(items: readonly unknown[], depth: number): string {
    // Not map: it leaves out holes.
    const texts: string[] = [];
    const most = Math.min(items.length, MOST_ITEMS);
    for (let index = 0; index < most && this.#left > 0; index++) texts.push(this.value(items[index], depth + 1));
    if (texts.length < items.length) texts.push(`"… (${items.length} items)"`);
    return `[${texts.join(',')}]`;
  }

  #members(value: object, depth: number): string {
    const entries = Object.entries(value as Record<string, unknown>);
    const texts: string[] = [];
    for (const [name, member] of entries.slice(0, MOST_ITEMS)) {
      if (this.#left === 0) break;
      texts.push(`${this.text(name)}:${this.value(member, depth + 1)}`);
    }
    if (texts.length < entries.length) texts.push(`"…":"${entries.length} members"`);
    return `{${texts.join(',')}}`;
  }

  #take(characters: number): void {
    this.#left = Math.max(0, this.#left - characters);
  }

  /** `describeThrown` takes any value. */
  #described(value: unknown): string {
    return `{"$text":${this.text(describeThrown(value))}}`;
  }
}
