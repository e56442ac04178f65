/**
 * Values of the wire as plain data for JSON: what a program in another language needs, not what a pickle holds
 * (`pickle-inspect json --mode typed` loses nothing).
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
} from '../../../pickle/index.js';
import { converted } from '../../../pickle/values/field-types.js';
import { isEnumMember } from '../../../vnpy/index.js';
import { CliError } from '../errors.js';

/** Plain data: what JSON has. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Deeper than this nothing of a market is nested; a hostile value may be. */
const MAX_DEPTH = 100;

/** More than any answer of vnpy holds. A pickle of 1 kB can share its parts so that 2^100 values are to be written. */
const MAX_VALUES = 20_000_000;

/**
 * A value as plain data. Enum members become their names, datetimes ISO 8601 texts, integers beyond 2^53 and Decimals texts,
 * NaN and infinities null (JSON has none), bytes `{"$bytes": base64}`, arrays of numpy `{"$ndarray": dtype, ...}`, objects of
 * unknown classes `{"$class": ..., ...}`.
 *
 * @param limit - How many values may be written.
 * @throws {@link CliError} when there are more.
 */
export function toPlain(value: unknown, limit = MAX_VALUES): Plain {
  return new Converter(limit).convert(value);
}

class Converter {
  /** The objects that hold the present value, outermost first. */
  readonly #above: object[] = [];
  #values = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  convert(value: unknown): Plain {
    this.#values += 1;
    if (this.#values > this.#limit) {
      throw new CliError('REFUSED', `the value is too large to be written out: more than ${this.#limit} parts`);
    }
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : null;
      case 'bigint':
        return value.toString();
      case 'undefined':
        return null;
      case 'object':
        return value === null ? null : (leaf(value) ?? this.#nested(value));
      case 'function':
      case 'symbol':
        return String(value);
    }
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
    return this.#list(Array.from<unknown>(data).map((item) => (isBoolean ? item !== 0 : small(item))));
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

/** What an object without parts becomes. */
function leaf(value: object): Plain | undefined {
  if (isEnumMember(value)) return value.name;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof PyFloat) return Number.isFinite(value.value) ? value.value : null;
  if (value instanceof PyGlobal) return { $global: value.fullName };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  return TEXT_CLASSES.some((type) => value instanceof type) ? (value as TextLike).toString() : undefined;
}

/** A number where it is one exactly. */
function small(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** A datetime64 as the datetime that it is; of any other scalar the value. */
function scalar(value: NumpyScalar): unknown {
  const datetime = converted('datetime', value);
  return datetime === undefined ? small(value.value) : datetime;
}

interface TextLike {
  toString(): string;
}

/** Values whose own text says all. */
const TEXT_CLASSES = [
  ...[PyDateTime, PyDate, PyTime, PyTimeDelta, PyTimeZone, PyZoneInfo, PytzZone],
  ...[PyConstant, PyDecimal, PyFraction, PyUuid, PyPath, PyIpAddress, NumpyDType],
];
