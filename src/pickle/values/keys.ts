/**
 * Python's equality of dict keys and set items.
 *
 * `1 == 1.0 == True` are one key, tuples and frozensets are equal by their items, bytes by their content, NaN only to
 * itself as an object. Every key has a canonical form that a JavaScript Map can look up.
 *
 * @module
 */
import { ByteArray } from './byte-array.js';
import { Complex } from './complex.js';
import { FrozenSet } from './frozen-set.js';
import { PyFloat } from './py-float.js';
import { Tuple } from './tuple.js';

/**
 * The method by which a value class says what it equals as a key: a number or bigint (it equals that number), or text
 * that is the same exactly for equal values, and starts with the name of the type.
 */
export const pythonKey: unique symbol = Symbol('pythonKey');

/** The method by which a mutable value class says that it cannot be a key: it gives Python's name of the type. */
export const unhashable: unique symbol = Symbol('unhashable');

/** A value whose class defines its equality as a key. */
export interface KeyValue {
  [pythonKey](): number | bigint | string;
}

interface UnhashableValue {
  [unhashable](): string;
}

/** The canonical form of a number as key: a safe integer is a number, a larger integral value a bigint. */
export function canonicalNumber(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  // Beyond 2**53 every float is integral, and equals the int of that value.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** Python's name of a type that cannot be a key, or undefined when this value (not its items) can be one. */
export function unhashableType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value instanceof Tuple ? undefined : 'list';
  if (value instanceof Map) return 'dict';
  if (value instanceof Set) return value instanceof FrozenSet ? undefined : 'set';
  if (ArrayBuffer.isView(value)) {
    if (value instanceof ByteArray) return 'bytearray';
    return value instanceof Uint8Array ? undefined : 'numpy.ndarray';
  }
  if (unhashable in value) return (value as UnhashableValue)[unhashable]();
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? 'dict' : undefined;
}

/** Thrown for a key that Python could not hash. */
export class UnhashableError extends TypeError {
  constructor(type: string) {
    super(`unhashable type: '${type}'`);
    this.name = 'UnhashableError';
  }
}

/** Gives composite keys of equal content the same token. Belongs to one dict: it grows with that dict's keys. */
export class KeyIndex {
  readonly #tokens = new Map<string, object>();
  readonly #ids = new Map<unknown, number>();
  // Only frozen keys are remembered, so an entry cannot become wrong. This is what keeps a key that holds the same
  // tuple twice, nested, from costing twice as much per level.
  readonly #known = new WeakMap<object, unknown>();

  /**
   * The canonical form of a key.
   *
   * @param keep true for a key that is to be stored: its tuples are frozen, so that its place stays right.
   * @throws UnhashableError when the key, or an item of it, cannot be hashed in Python.
   */
  canonical(key: unknown, keep: boolean): unknown {
    if (typeof key !== 'object' || key === null) return canonicalPrimitive(key);
    if (!isComposite(key)) return this.#leaf(key);
    const done = new Map<object, unknown>();
    const work: (Tuple | FrozenSet)[] = [key];
    while (work.length > 0) {
      const node = work[work.length - 1];
      if (node === undefined) break;
      if (done.has(node) || this.#known.has(node)) {
        work.pop();
        continue;
      }
      const before = work.length;
      for (const item of node) {
        if (!isComposite(item) || done.has(item) || this.#known.has(item)) continue;
        work.push(item);
      }
      if (work.length > before) {
        // A tuple that contains itself never comes to rest: Python's hash overflows its stack on it.
        if (work.length > MAX_KEY_NODES) throw new UnhashableError('recursive tuple');
        continue;
      }
      work.pop();
      const parts: number[] = [];
      for (const item of node) {
        parts.push(this.#id(isComposite(item) ? (done.get(item) ?? this.#known.get(item)) : this.#part(item)));
      }
      const token =
        node instanceof Tuple ? this.#token(`T${parts.join()}`) : this.#token(`F${parts.sort((a, b) => a - b).join()}`);
      done.set(node, token);
      if (keep && (node instanceof FrozenSet || Object.isFrozen(Object.freeze(node)))) this.#known.set(node, token);
    }
    return done.get(key) ?? this.#known.get(key);
  }

  #part(item: unknown): unknown {
    return typeof item === 'object' && item !== null ? this.#leaf(item) : canonicalPrimitive(item);
  }

  #leaf(key: object): unknown {
    const type = unhashableType(key);
    if (type !== undefined) throw new UnhashableError(type);
    if (key instanceof PyFloat) return Number.isNaN(key.value) ? key : canonicalNumber(key.value);
    if (key instanceof Uint8Array) return this.#token(`B${binaryText(key)}`);
    if (key instanceof Complex) {
      return key.imag === 0 ? canonicalNumber(key.real) : this.#token(`complex ${key.real} ${key.imag}`);
    }
    if (key instanceof Date) return this.#token(`datetime ${key.getTime() * 1000}`);
    if (pythonKey in key) {
      const canonical = (key as KeyValue)[pythonKey]();
      return typeof canonical === 'string' ? this.#token(canonical) : canonicalNumber(canonical);
    }
    return key;
  }

  #token(signature: string): object {
    let token = this.#tokens.get(signature);
    if (token === undefined) {
      token = Object.freeze({});
      this.#tokens.set(signature, token);
    }
    return token;
  }

  #id(canonical: unknown): number {
    let id = this.#ids.get(canonical);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(canonical, id);
    }
    return id;
  }
}

/** More pending nodes than this are a key that contains itself, or one that no program looks up. */
const MAX_KEY_NODES = 1_000_000;

function isComposite(value: unknown): value is Tuple | FrozenSet {
  return value instanceof Tuple || value instanceof FrozenSet;
}

function canonicalPrimitive(key: unknown): unknown {
  switch (typeof key) {
    case 'boolean':
      return key ? 1 : 0;
    case 'number':
    case 'bigint':
      return canonicalNumber(key);
    case 'undefined':
      return null;
    default:
      return key;
  }
}

function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
