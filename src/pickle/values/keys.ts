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
 * The method by which a value class says what it equals as a key. A number or bigint says that it equals that number. A text is
 * the same exactly for equal values, and starts with the name of the type. Ints of any size are not made into text: they stand
 * in an array behind the name.
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
/** A tuple or frozenset whose text is longer is not worked out a second time: a key may hold the same one over and over. */
const LONG_SIGNATURE = 40;
/** The same for one that holds others, which takes longer to work out. */
const LONG_NESTED = 28;
/** Tuples in tuples so deep are worked out with a list of what is to be done. */
const DEEP = 8;

/** The canonical form of a key that is not a number, null or an object starts with it. */
const MARK = '\0';

/** Engines hash a bigint by its lowest 64 bits: below this no two that are not each other's negative have the same. */
const FULLY_HASHED = 1n << 64n;

/** A bigint beyond this takes longer to write as text than to compare with a few others. */
const HUGE = 1n << 1024n;
const MOST_HUGE = 64;

/**
 * Gives keys of equal content the same canonical form.
 *
 * A tuple, a frozenset, bytes and the like have a text for it, their signature. A signature tells by itself where it ends, so
 * that those of a tuple's items, one after the other, are the tuple's own. Long ones stand in it by a number, as do objects
 * that are equal to nothing but themselves. Numbers stand as text: engines have no secret in how they hash a number, and a
 * pickle could be full of those that fall together.
 */
export class KeyIndex {
  // Each is made when it is needed: most dicts that have an index need none of them.
  #numbers: Map<unknown, number> | undefined;
  // What is worked out only once. This is what keeps a key that holds the same tuple twice, nested, from costing twice as
  // much per level. Only frozen tuples are remembered, so an entry cannot become wrong.
  #known: Map<object, unknown> | WeakMap<object, unknown> | undefined;
  #huge: Map<bigint, string> | undefined;
  readonly #steady: boolean;
  /** Whether the key at hand is to be found again: what is only looked for leaves nothing here. */
  #adding = false;
  /** Who has said of keys that are {@link isOpen} that they can be hashed; undefined when none of them was stored. */
  openTo: Hashing | undefined;

  /**
   * @param hashing - who says which keys Python can hash.
   * @param steady - no key changes as long as the index is used, so that all can be remembered without being frozen.
   */
  constructor(
    public hashing: Hashing = WITHOUT_REGISTRY,
    steady = false,
  ) {
    this.#steady = steady;
  }

  /**
   * The canonical form of a key: a number, a bigint, null, a signature or the object itself. A text is its own, unless it
   * could be taken for a signature.
   *
   * @param keep - true for a key that is to be stored: its tuples are frozen, so that its place stays right.
   * @throws UnhashableError when the key, or an item of it, cannot be hashed in Python.
   */
  canonical(key: unknown, keep: boolean): unknown {
    if (typeof key === 'string') return key.startsWith(MARK) ? `${MARK}s${key}` : key;
    this.#adding = keep || this.#steady;
    if (typeof key !== 'object' || key === null) return this.#primitive(key);
    return isComposite(key) ? this.#composite(key, keep) : this.#leaf(key, keep);
  }

  #composite(key: Tuple | FrozenSet, keep: boolean): string {
    const shallow = this.#signatureOf(key, keep, undefined, DEEP);
    if (shallow !== undefined) return shallow;
    const done = new Map<object, string>();
    const open = new Set<object>();
    const work: (Tuple | FrozenSet)[] = [key];
    for (let node = work.at(-1); node !== undefined; node = work.at(-1)) {
      const signature = done.get(node) ?? this.#signatureOf(node, keep, done, 0);
      if (signature !== undefined) {
        done.set(node, signature);
        work.pop();
        continue;
      }
      open.add(node);
      for (const item of node) {
        if (!isComposite(item) || done.has(item) || this.#known?.get(item) !== undefined) continue;
        // What is open has the node in it. Python's hash overflows its stack on a tuple that contains itself.
        if (open.has(item)) throw new UnhashableError('recursive tuple');
        work.push(item);
      }
    }
    return done.get(key) ?? '';
  }

  /**
   * The signature of a tuple or frozenset, undefined when that of an item of it has to be found first.
   *
   * @param deep - how many levels of items in it may be worked out on the way.
   */
  #signatureOf(
    node: Tuple | FrozenSet,
    keep: boolean,
    done: ReadonlyMap<object, string> | undefined,
    deep: number,
  ): string | undefined {
    const known = this.#known?.get(node);
    if (known !== undefined) return known as string;
    const parts: string[] = [];
    let isNested = false;
    for (const item of node) {
      if (isComposite(item)) {
        isNested = true;
        const signature =
          done?.get(item) ?? (deep > 0 ? this.#signatureOf(item, keep, done, deep - 1) : this.#known?.get(item));
        if (signature === undefined) return undefined;
        parts.push(this.#part(signature));
      } else {
        parts.push(this.#itemPart(item, keep));
      }
    }
    const isTuple = node instanceof Tuple;
    const signature = isTuple ? `${MARK}T${parts.join('')}` : `${MARK}F${parts.sort().join('')}`;
    if (keep && isTuple) Object.freeze(node);
    const isLong = signature.length > (isNested ? LONG_NESTED : LONG_SIGNATURE);
    if (isLong && (this.#steady || (keep && (!isTuple || Object.isFrozen(node))))) this.#remember(node, signature);
    return signature;
  }

  #itemPart(item: unknown, keep: boolean): string {
    if (typeof item === 'string') return item.length > LONG_SIGNATURE ? this.#number(item) : `s${item.length}:${item}`;
    return this.#part(typeof item === 'object' && item !== null ? this.#leaf(item, keep) : this.#primitive(item));
  }

  /** How a canonical form stands in a signature. */
  #part(canonical: unknown): string {
    switch (typeof canonical) {
      case 'number':
        return `${canonical},`;
      case 'bigint':
        return `i${canonical.toString(16)},`;
      case 'string':
        return canonical.length > LONG_SIGNATURE ? this.#number(canonical) : `x${canonical.length}:${canonical}`;
      default:
        return canonical === null ? 'N,' : this.#number(canonical);
    }
  }

  /** The number of a long text or of an object. One that is only looked for, and has none, is equal to nothing. */
  #number(value: unknown): string {
    this.#numbers ??= new Map<unknown, number>();
    let number = this.#numbers.get(value);
    if (number === undefined) {
      if (!this.#adding) return '?,';
      number = this.#numbers.size;
      this.#numbers.set(value, number);
    }
    return `#${number},`;
  }

  #primitive(key: unknown): unknown {
    switch (typeof key) {
      case 'boolean':
        return key ? 1 : 0;
      case 'number':
      case 'bigint':
        return this.#numeric(key);
      case 'undefined':
        return null;
      default:
        return key;
    }
  }

  /** A safe integer is a number, a larger integral value a bigint, a signature when an engine would not hash all of it. */
  #numeric(value: number | bigint): unknown {
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
    const signature = `${MARK}i${value.toString(16)}`;
    if (isHuge && this.#adding) {
      this.#huge ??= new Map<bigint, string>();
      if (this.#huge.size < MOST_HUGE) this.#huge.set(value, signature);
    }
    return signature;
  }

  #leaf(key: object, keep: boolean): unknown {
    if (key instanceof PyFloat) return Number.isNaN(key.value) ? key : this.#numeric(key.value);
    const known = this.#adding ? this.#known?.get(key) : undefined;
    if (known !== undefined) return known;
    const type = this.hashing.unhashableType(key);
    if (type !== undefined) throw new UnhashableError(type);
    if (key instanceof Uint8Array) {
      const signature = `${MARK}B${binaryText(key)}`;
      if (this.#adding && key.length > LONG_KEY) this.#remember(key, signature);
      return signature;
    }
    if (keep && this.openTo !== this.hashing && isOpen(key)) this.#noteOpen();
    if (key instanceof Complex) return key.imag === 0 ? this.#numeric(key.real) : `${MARK}c${key.real} ${key.imag}`;

    if (key instanceof Date) return `${MARK}kdatetime ${key.getTime() * 1000}`;
    if (!(pythonKey in key)) return key;
    const own = (key as KeyValue)[pythonKey]();
    if (typeof own === 'number') return this.#numeric(own);
    const canonical =
      typeof own === 'bigint'
        ? this.#numeric(own)
        : `${MARK}k${typeof own === 'string' ? own : this.#ownSignature(own)}`;
    // A short key may have taken long to find, a Decimal of many zeros for example.
    if (this.#steady || (keep && (typeof own !== 'string' || own.length > LONG_KEY))) this.#remember(key, canonical);
    return canonical;
  }

  #noteOpen(): void {
    // Of two who have said it, neither has of all.
    this.openTo = this.openTo === undefined ? this.hashing : WITHOUT_REGISTRY;
  }

  #ownSignature([name, ...parts]: KeyParts): string {
    return `${name} #${parts.map((part) => this.#part(this.#numeric(part))).join('')}`;
  }

  #remember(key: object, canonical: unknown): void {
    this.#known ??= this.#steady ? new Map<object, unknown>() : new WeakMap<object, unknown>();
    this.#known.set(key, canonical);
  }
}

function isComposite(value: unknown): value is Tuple | FrozenSet {
  return value instanceof Tuple || value instanceof FrozenSet;
}

/** Bytes that are made into text at once: each is an argument of a call. */
const TEXT_STEP = 1024;

function binaryText(bytes: Uint8Array): string {
  if (bytes.length <= TEXT_STEP) return String.fromCharCode(...bytes);
  let text = '';
  for (let at = 0; at < bytes.length; at += TEXT_STEP)
    text += String.fromCharCode(...bytes.subarray(at, at + TEXT_STEP));

  return text;
}
