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
import { PickleBuffer } from './pickle-buffer.js';
import { PyFloat } from './py-float.js';
import { Tuple } from './tuple.js';

/**
 * The method by which a value class says what it equals as a key: a number or bigint (it equals that number), or text
 * that is the same exactly for equal values, and starts with the name of the type. Ints of any size are not made into
 * text: they stand in an array behind the name.
 */
export const pythonKey: unique symbol = Symbol('pythonKey');

/** The method by which a mutable value class says that it cannot be a key: it gives Python's name of the type. */
export const unhashable: unique symbol = Symbol('unhashable');

/** A value whose class defines its equality as a key. */
export interface KeyValue {
  [pythonKey](): number | bigint | string | KeyParts;
}

/** A name, and the numbers that make the value. */
export type KeyParts = readonly [name: string, ...parts: (number | bigint)[]];

interface UnhashableValue {
  [unhashable](): string;
}

/** Who says which values Python can hash: a registry knows that of the user's classes and enums. */
export interface Hashing {
  /** Python's name of a type that cannot be a key, or undefined when this value (not its items) can be one. */
  unhashableType(value: object): string | undefined;
}

/**
 * What is known without a registry. A member of an enum can be a key, whatever stands for it. It is frozen, so what is
 * not frozen is none; what is frozen may be one, and `dumps` asks its registry.
 */
const WITHOUT_REGISTRY: Hashing = {
  unhashableType(value) {
    const type = mutableType(value);
    return type !== undefined && Object.isFrozen(value) && !(unhashable in value) ? undefined : type;
  },
};

/** Whether registries may differ in whether Python can hash a value: not of the codec's own classes. */
function isOpen(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype || prototype === Complex.prototype) return false;
  return prototype === null || !Object.hasOwn(prototype as object, pythonKey);
}

/** Python's name of the type of a mutable value, as far as the value itself says it; undefined for any other. */
export function mutableType(value: object): string | undefined {
  if (Array.isArray(value)) return value instanceof Tuple ? undefined : 'list';
  if (value instanceof Map) return 'dict';
  if (value instanceof Set) return value instanceof FrozenSet ? undefined : 'set';
  if (ArrayBuffer.isView(value)) {
    // A buffer that can be changed is one in a pickle.
    if (value instanceof ByteArray || (value instanceof PickleBuffer && !value.readonly)) return 'bytearray';
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

/** A longer key is not worked out a second time. */
const LONG_KEY = 64;

/** Engines hash a bigint by its lowest 64 bits: below this no two that are not each other's negative have the same. */
const FULLY_HASHED = 1n << 64n;

/** A bigint beyond this takes longer to write as text than to compare with a few others. */
const HUGE = 1n << 1024n;
const MOST_HUGE = 64;

/** What a key becomes that is looked for and has no equal in the index. */
const ABSENT: object = Object.freeze({});

/**
 * Gives keys of equal content the same token, when they are composite or large. Belongs to one dict: it grows with that
 * dict's keys, and not with those that are only looked for.
 */
export class KeyIndex {
  // Each is made when it is needed: most dicts that have an index need none of them, and a pickle may have a dict a byte.
  #tokens: Map<string, object> | undefined;
  #ids: Map<unknown, number> | undefined;
  // Only frozen keys are remembered, so an entry cannot become wrong. This is what keeps a key that holds the same
  // tuple twice, nested, from costing twice as much per level.
  #known: WeakMap<object, unknown> | undefined;
  // The tokens of long bytes and the like, which many tuples may share.
  #leaves: WeakMap<object, unknown> | undefined;
  #huge: Map<bigint, object> | undefined;
  readonly #steady: boolean;
  /** Whether the key at hand is to be found again. */
  #adding = false;
  /** Who has said of keys that are {@link isOpen} that they can be hashed; undefined when none of them was stored. */
  openTo: Hashing | undefined;

  /**
   * @param hashing who says which keys Python can hash.
   * @param steady no key changes as long as the index is used, so that all can be remembered without being frozen.
   */
  constructor(
    public hashing: Hashing = WITHOUT_REGISTRY,
    steady = false,
  ) {
    this.#steady = steady;
  }

  /**
   * The canonical form of a key.
   *
   * @param keep true for a key that is to be stored: its tuples are frozen, so that its place stays right.
   * @throws UnhashableError when the key, or an item of it, cannot be hashed in Python.
   */
  canonical(key: unknown, keep: boolean): unknown {
    if (typeof key === 'string') return key;
    this.#adding = keep || this.#steady;
    if (typeof key !== 'object' || key === null) return this.#primitive(key);
    if (!isComposite(key)) return this.#leaf(key, keep);
    const done = new Map<object, unknown>();
    let open: Set<object> | undefined;
    const work: (Tuple | FrozenSet)[] = [key];
    while (work.length > 0) {
      const node = work[work.length - 1];
      if (node === undefined) break;
      if (done.has(node) || this.#known?.has(node) === true) {
        work.pop();
        continue;
      }
      const before = work.length;
      for (const item of node) {
        if (!isComposite(item) || done.has(item) || this.#known?.has(item) === true) continue;
        // What is open has the node in it. Python's hash overflows its stack on a tuple that contains itself.
        if (item === node || open?.has(item) === true) throw new UnhashableError('recursive tuple');
        work.push(item);
      }
      if (work.length > before) {
        open ??= new Set<object>();
        open.add(node);
        continue;
      }
      work.pop();
      const parts: number[] = [];
      for (const item of node) {
        parts.push(this.#id(isComposite(item) ? (done.get(item) ?? this.#known?.get(item)) : this.#part(item, keep)));
      }
      const token =
        node instanceof Tuple ? this.#token(`T${parts.join()}`) : this.#token(`F${parts.sort((a, b) => a - b).join()}`);
      done.set(node, token);
      if (this.#steady || (keep && (node instanceof FrozenSet || Object.isFrozen(Object.freeze(node))))) {
        this.#known ??= new WeakMap<object, unknown>();
        this.#known.set(node, token);
      }
    }
    return done.get(key) ?? this.#known?.get(key);
  }

  #part(item: unknown, keep: boolean): unknown {
    return typeof item === 'object' && item !== null ? this.#leaf(item, keep) : this.#primitive(item);
  }

  #primitive(key: unknown): unknown {
    switch (typeof key) {
      case 'boolean':
        return key ? 1 : 0;
      case 'number':
      case 'bigint':
        return this.#number(key);
      case 'undefined':
        return null;
      default:
        return key;
    }
  }

  /** A safe integer is a number, a larger integral value a bigint, a token when an engine would not hash all of it. */
  #number(value: number | bigint): unknown {
    if (typeof value === 'bigint') {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : this.#large(value);
    }
    // Beyond 2**53 every float is integral, and equals the int of that value.
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? this.#large(BigInt(value)) : value;
  }

  #large(value: bigint): unknown {
    if (value < FULLY_HASHED && value > -FULLY_HASHED) return value;
    const isHuge = value > HUGE || value < -HUGE;
    const known = isHuge ? this.#huge?.get(value) : undefined;
    if (known !== undefined) return known;
    // Hexadecimal: decimal text takes more than linear time.
    const token = this.#token(`int ${value.toString(16)}`);
    if (isHuge && this.#adding) {
      this.#huge ??= new Map<bigint, object>();
      if (this.#huge.size < MOST_HUGE) this.#huge.set(value, token);
    }
    return token;
  }

  #leaf(key: object, keep: boolean): unknown {
    if (key instanceof PyFloat) return Number.isNaN(key.value) ? key : this.#number(key.value);
    const known = this.#adding ? this.#leaves?.get(key) : undefined;
    if (known !== undefined) return known;
    const type = this.hashing.unhashableType(key);
    if (type !== undefined) throw new UnhashableError(type);
    if (key instanceof Uint8Array) {
      const token = this.#token(`B${binaryText(key)}`);
      if (this.#adding && key.length > LONG_KEY) this.#remember(key, token);
      return token;
    }
    if (keep && this.openTo !== this.hashing && isOpen(key)) this.#noteOpen();
    if (key instanceof Complex) {
      return key.imag === 0 ? this.#number(key.real) : this.#token(`complex ${key.real} ${key.imag}`);
    }
    if (key instanceof Date) return this.#token(`datetime ${key.getTime() * 1000}`);
    if (!(pythonKey in key)) return key;
    const own = (key as KeyValue)[pythonKey]();
    if (typeof own === 'number') return this.#number(own);
    if (typeof own === 'string' && own.length <= LONG_KEY) return this.#token(own);
    const canonical =
      typeof own === 'bigint' ? this.#number(own) : this.#token(typeof own === 'string' ? own : this.#signature(own));
    if (this.#adding) this.#remember(key, canonical);
    return canonical;
  }

  #noteOpen(): void {
    // Of two who have said it, neither has of all.
    this.openTo = this.openTo === undefined ? this.hashing : WITHOUT_REGISTRY;
  }

  #signature([name, ...parts]: KeyParts): string {
    return `${name} #${parts.map((part) => this.#id(this.#number(part))).join()}`;
  }

  #remember(key: object, canonical: unknown): void {
    this.#leaves ??= new WeakMap<object, unknown>();
    this.#leaves.set(key, canonical);
  }

  #token(signature: string): object {
    this.#tokens ??= new Map<string, object>();
    let token = this.#tokens.get(signature);
    if (token === undefined) {
      if (!this.#adding) return ABSENT;
      token = Object.freeze({});
      this.#tokens.set(signature, token);
    }
    return token;
  }

  #id(canonical: unknown): number {
    this.#ids ??= new Map<unknown, number>();
    let id = this.#ids.get(canonical);
    if (id === undefined) {
      // No item of a stored key has it.
      if (!this.#adding) return -1;
      id = this.#ids.size;
      this.#ids.set(canonical, id);
    }
    return id;
  }
}

/**
 * Counts the keys of one Map or Set that an engine hashes alike: it takes time that grows with the square of their number.
 */
export class Collisions {
  readonly #limit: number;
  #large = 0;
  #counts: Map<bigint, number> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a key that was added. False when there are now more than the limit that are hashed as it is. */
  add(key: unknown): boolean {
    if (typeof key !== 'bigint') return true;
    const magnitude = key < 0n ? -key : key;
    // So few need not be told apart: most dicts never get here.
    if (magnitude < FULLY_HASHED || ++this.#large <= this.#limit) return true;
    this.#counts ??= new Map<bigint, number>();
    const hashed = BigInt.asUintN(64, magnitude);
    const count = (this.#counts.get(hashed) ?? 0) + 1;
    this.#counts.set(hashed, count);
    return count <= this.#limit;
  }
}

function isComposite(value: unknown): value is Tuple | FrozenSet {
  return value instanceof Tuple || value instanceof FrozenSet;
}

function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
