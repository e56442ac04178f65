/**
 * Values of the wire as plain data for JSON. It is what a program in another language or a web page needs, not what a pickle
 * holds (`pickle-inspect json --mode typed` loses nothing).
 *
 * @module
 */
import {
  NDArray,
  NumpyDType,
  NumpyScalar,
  PersistentId,
  PyConstant,
  PyDate,
  PyDateTime,
  PyDecimal,
  PyFloat,
  PyFraction,
  PyGlobal,
  PyIpAddress,
  PyObject,
  PyPath,
  PyTime,
  PyTimeDelta,
  PyTimeZone,
  PytzZone,
  PyUuid,
  PyZoneInfo,
} from '../pickle/index.js';
import { converted } from '../pickle/internal.js';
import { isEnumMember } from './enums/enum.js';
import { InvalidDataError } from './errors.js';

/** Plain data: what JSON has. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Deeper than this nothing of a market is nested; a hostile value may be. */
const MAX_DEPTH = 100;

/** More than any answer of vnpy holds. A pickle of 1 kB can share its parts so that 2^100 values are to be written. */
const MAX_PARTS = 20_000_000;

/** This many characters of a text that is made here count as one part: a shared text is written at every place. */
const CHARACTERS_A_PART = 16;

/**
 * A value of vnpy as plain data, for `JSON.stringify` and for programs that know neither vnpy nor Python: the form that
 * `vnpy-bridge` prints with `--json`.
 *
 * - Members of enums are their names: `Direction.LONG` is `'LONG'`, in every locale.
 * - Datetimes are ISO 8601 texts, as Python's `datetime.isoformat()` writes them (CPython, `Lib/_pydatetime.py`). They have
 *   microseconds where there are any, and the offset. A naive datetime has no offset. Where the rules of the zone are not known,
 *   its name stands instead: `2026-01-05T00:00:00[Mars/Base]`.
 * - Integers beyond 2^53 and Decimals are texts, which lose no digit. NaN and infinities are null, which JSON has.
 * - Objects and dicts are objects, and a dict with a key that is no text is a list of pairs. Tuples, sets and lists are lists.
 * - Bytes are `{ $bytes: base64 }`, arrays of numpy `{ $ndarray: dtype, shape, data }`, objects of classes that nobody
 *   registered `{ $class: name, ... }`, functions `{ $global: name }`.
 * - Where a value contains itself stands `{ $cycle: levels up }`. Below 100 levels stands `'…'`.
 *
 * The result shares nothing with the value.
 *
 * @example
 * ```ts
 * const { direction, datetime } = toPlain(order) as { direction: string; datetime: string };
 * // 'LONG', '2026-01-05T10:00:00.500001+08:00'
 * ```
 *
 * @param value - A data object, an event, what a call gave, or anything else.
 * @param maxParts - How many values may be written. Default: 20,000,000.
 * @throws {@link InvalidDataError} with the code `OUT_OF_RANGE` when there are more.
 */
export function toPlain(value: unknown, maxParts = MAX_PARTS): Plain {
  return new Converter(maxParts).convert(value);
}

class Converter {
  /** The objects that hold the present value, outermost first. */
  readonly #above: object[] = [];
  #parts = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  convert(value: unknown): Plain {
    this.#count(1);
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : null;
      case 'bigint':
        return Number.isSafeInteger(Number(value)) ? Number(value) : this.#text(value);
      case 'undefined':
        return null;
      case 'object':
        return value === null ? null : (this.#leaf(value) ?? this.#nested(value));
      case 'function':
      case 'symbol':
        return this.#text(value);
    }
  }

  #count(parts: number): void {
    this.#parts += parts;
    if (this.#parts <= this.#limit) return;
    const message = `the value is too large to be written out: more than ${this.#limit} parts`;
    throw new InvalidDataError('OUT_OF_RANGE', '', '', message);
  }

  #text(value: TextLike): string {
    const text = value.toString();
    this.#count(Math.floor(text.length / CHARACTERS_A_PART));
    return text;
  }

  /** What an object without parts becomes. */
  #leaf(value: object): Plain | undefined {
    if (isEnumMember(value)) return value.name;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof PyFloat) return Number.isFinite(value.value) ? value.value : null;
    if (value instanceof PyGlobal) return { $global: this.#text({ toString: () => value.fullName }) };
    if (value instanceof Uint8Array) {
      this.#count(Math.floor(value.length / CHARACTERS_A_PART));
      return { $bytes: base64(value) };
    }
    return TEXT_CLASSES.some((type) => value instanceof type) ? this.#text(value) : undefined;
  }

  #nested(value: object): Plain {
    const at = this.#above.indexOf(value);
    if (at >= 0) return { $cycle: this.#above.length - at };
    if (this.#above.length >= MAX_DEPTH) return '…';
    this.#above.push(value);
    try {
      if (value instanceof PyObject) return this.#inert(value);
      if (value instanceof NumpyScalar) return this.convert(scalar(value));
      if (value instanceof NDArray) return this.#array(value);
      if (value instanceof PersistentId) return { $persistent_id: this.convert(value.id) };
      if (value instanceof Map) return this.#map([...(value as Map<unknown, unknown>)]);
      if (Symbol.iterator in value) return this.#list(value as Iterable<unknown>);
      return this.#record(Object.entries(value));
    } finally {
      this.#above.pop();
    }
  }

  #inert(object: PyObject): Plain {
    const { state, items, entries } = object;
    return {
      $class: object.class instanceof PyGlobal ? object.class.fullName : this.convert(object.class),
      ...(object.args.length === 0 ? {} : { args: this.#list(object.args) }),
      ...(object.argsFrom === undefined ? {} : { args: this.convert(object.argsFrom) }),
      ...(object.kwargs === undefined ? {} : { kwargs: this.convert(object.kwargs) }),
      ...(object.kwargsFrom === undefined ? {} : { kwargs: this.convert(object.kwargsFrom) }),
      ...(state === undefined ? {} : { state: this.convert(state) }),
      ...(items.length === 0 ? {} : { items: this.#list(items) }),
      ...(entries.length === 0 ? {} : { entries: entries.map((pair) => this.#list(pair)) }),
    };
  }

  #array({ dtype, shape, data }: NDArray): Plain {
    return { $ndarray: dtype, shape: [...shape], data: this.#elements(dtype, data) };
  }

  #elements(dtype: string, data: NDArray['data']): Plain {
    // Texts and bytes of a fixed length: numpy's own bytes of them.
    if (/^.[SU]/.test(dtype)) return this.convert(data);
    const isBoolean = dtype === '|b1';
    return this.#list(Array.from<unknown>(data).map((item) => (isBoolean ? item !== 0 : item)));
  }

  #map(pairs: readonly [unknown, unknown][]): Plain {
    const named = pairs.filter((pair): pair is [string, unknown] => typeof pair[0] === 'string');
    return named.length === pairs.length ? this.#record(named) : pairs.map((pair) => this.#list(pair));
  }

  #list(items: Iterable<unknown>): readonly Plain[] {
    return Array.from(items, (item) => this.convert(item));
  }

  /** An object whose keys are data: `__proto__` is a key like any other. */
  #record(pairs: readonly (readonly [string, unknown])[]): Plain {
    return Object.fromEntries(pairs.map(([key, item]) => [key, this.convert(item)]));
  }
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Without Node's Buffer: this runs in a browser, too. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += BASE64.charAt(bits >> 18) + BASE64.charAt((bits >> 12) & 63);
    text += second === undefined ? '=' : BASE64.charAt((bits >> 6) & 63);
    text += third === undefined ? '=' : BASE64.charAt(bits & 63);
  }
  return text;
}

/** A datetime64 as the datetime that it is; of any other scalar the value. */
function scalar(value: NumpyScalar): unknown {
  const datetime = converted('datetime', value);
  return datetime === undefined ? value.value : datetime;
}

interface TextLike {
  toString(): string;
}

/** Values whose own text says all. */
const TEXT_CLASSES = [
  ...[PyDateTime, PyDate, PyTime, PyTimeDelta, PyTimeZone, PyZoneInfo, PytzZone],
  ...[PyConstant, PyDecimal, PyFraction, PyUuid, PyPath, PyIpAddress, NumpyDType],
];
