/**
 * What the codec's own classes are made of.
 *
 * @module
 */
import { PicklingError } from '../../errors.js';
import type { ForeignPolicy } from '../options.js';
import type { PyCall, Reduction } from '../registry.js';
import type { Hashing } from '../../values/keys.js';

/** What a built-in may ask of the decoder. */
export interface BuildContext {
  /** Keep integral floats as `PyFloat`. */
  readonly lossless: boolean;
  /** Most keys of one Map or Set that an engine hashes alike. */
  readonly maxCollisions: number;
  /** Says which keys Python can hash. */
  readonly hashing: Hashing;
  /** Whether what comes in this pickle counts as decoded for the option `foreign` of `dumps`. */
  readonly forward: boolean;
  /** Whether what came of some bytes can be changed in Python: of a bytearray, or of a buffer that is not read-only. */
  isWriteable(bytes: Uint8Array): boolean;
  /** Calls `class.__new__(class, *args)` as opcode NEWOBJ would. */
  newObject(type: unknown, args: unknown[]): unknown;
  /** Calls `object.__new__(class)`: a new instance of a registered class, else an inert object that remembers it. */
  reconstruct(type: unknown): unknown;
  /** What a name stands for: a `PyGlobal`, a constant or an enum member; undefined when nobody registered it. */
  lookUp(module: string, qualname: string): unknown;
  /** A member of a registered enum by its name, or undefined; `undefined` for what is no registered enum too. */
  enumMember(type: unknown, name: string): object | undefined;
}

/** What a built-in may ask of the encoder. */
export interface ReduceContext {
  /** The protocol that is written, 0 to 5. */
  readonly protocol: number;
  /** What to do with values that only some Pythons can load. */
  readonly foreign: ForeignPolicy;
  /** Whether buffers may travel beside the pickle. */
  readonly takesBuffers: boolean;
  /** Whether no Python can call what is written of a value. */
  isNeverCallable(value: unknown): boolean;
}

/** A value that its class in Python refuses. The encoder adds the path. */
export function badValue(message: string): PicklingError {
  return new PicklingError('BAD_VALUE', message);
}

/** A value that only some Pythons can load. The encoder adds the path. */
export function notPortable(message: string): PicklingError {
  return new PicklingError('NOT_PORTABLE', `${message} (the option foreign decides)`);
}

/** A call, whose arguments need not be a tuple: no built-in keeps them. */
export interface BuiltinCall extends Omit<PyCall, 'args'> {
  readonly args: readonly unknown[];
}

/** How a class whose call takes packed bytes, and perhaps a time zone, is written with no bytes made for it. */
export interface Packing {
  /** How many bytes. */
  readonly size: number;
  /** Writes them. */
  write(value: object, out: Uint8Array, at: number): void;
  /** The second argument, null when there is none. */
  zone(value: object): object | null;
}

/** A class of Python's standard library, or of a package that everybody uses: a call that the codec understands. */
export interface BuiltinDefinition {
  readonly kind: 'custom';
  readonly module: string;
  readonly qualname: string;
  readonly type?: (abstract new (...args: never[]) => object) | undefined;
  readonly when?: 'call' | 'state' | undefined;
  /** Its `__init__` takes the arguments: `__new__` alone, as of NEWOBJ, ignores them. */
  readonly filledByInit?: true | undefined;
  /** Builds the value; undefined or an error thrown means that this call is not one that Python makes. */
  construct(call: BuiltinCall, context: BuildContext): unknown;
  setState?(value: object, state: unknown): void;
  append?(value: object, items: readonly unknown[]): void;
  setItems?(value: object, entries: readonly (readonly [unknown, unknown])[]): void;
  reduce?(value: object, context: ReduceContext): Reduction;
  /** The same as `reduce`, where that gives packed bytes. */
  readonly packing?: Packing | undefined;
}

/** Whether a value is a dict. The properties of all others mean nothing in Python: of an inert call, a buffer, a set. */
export function isDict(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Map) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The entries of a dict, undefined for all other values. */
export function entriesOf(value: unknown): Iterable<readonly [unknown, unknown]> | undefined {
  if (!isDict(value)) return undefined;
  return value instanceof Map ? (value as Map<unknown, unknown>) : Object.entries(value);
}
