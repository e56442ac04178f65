/**
 * Options of `loads` and `dumps`: what they mean, and one table for each with their kinds and defaults.
 *
 * @module
 */
import { option, OptionTable } from '../../option-table.js';
import type { Resolved, RowsOf } from '../../option-table.js';
import { OptionChecks, shown } from '../../options.js';
import { PicklingError, UnpicklingError } from '../errors.js';
import { DEFAULT_PROTOCOL, HIGHEST_PROTOCOL } from '../wire/opcodes.js';
import { ClassRegistry } from './registry.js';
import { unpicklingChecks } from '../wire/tokens.js';
import { MAX_COLLISIONS } from '../values/collisions.js';
import type { PickleBuffer } from '../values/pickle-buffer.js';
import type { PyGlobal } from '../values/py-global.js';

/** How the text of a Python 2 `str` is read; `'bytes'` gives Uint8Array. CPython's default is `'ascii'`. */
export type Python2Encoding = 'ascii' | 'latin1' | 'utf8' | 'bytes';

/** Something in a pickle that was kept as inert data although its class is registered. */
export interface UnknownValue {
  /** `'member'`: a registered enum has no such value or name. `'rejected'`: a registered class refused the call. */
  readonly kind: 'member' | 'rejected';
  /** The class. */
  readonly global: PyGlobal;
  /** The unknown value or name of the member; for `'rejected'` the error that the class's constructor threw. */
  readonly value: unknown;
  /** Byte offset of the opcode that would have made it. */
  readonly offset: number;
}

/** Limits and choices of `loads`. Every limit is finite by default. */
export interface LoadsOptions {
  /** The classes to build. Default: none; what is not registered becomes inert data. */
  readonly registry?: ClassRegistry | undefined;
  /**
   * Keep what JavaScript cannot tell apart: integral floats as `PyFloat`, the order of all keys, buffers as `PickleBuffer`.
   * Default false.
   */
  readonly lossless?: boolean | undefined;
  /** What dicts become. `'object'` (default): plain objects where they can hold the keys, else `PyDict`. `'map'`: always `PyDict`. */
  readonly dict?: 'object' | 'map' | undefined;
  /**
   * Give bytes as views into the input instead of copies. The input must then not be reused. Default false: each has an
   * ArrayBuffer of its own. Byte strings of one byte or none share theirs by sixteen, so do not transfer that.
   */
  readonly view?: boolean | undefined;
  /** How a Python 2 `str` is read. Default `'ascii'`, as in CPython. */
  readonly encoding?: Python2Encoding | undefined;
  /** Map Python 2's module names of protocols 0 to 2 to those of Python 3 (`__builtin__` to `builtins`). Default true. */
  readonly fixImports?: boolean | undefined;
  /** Accept opcodes that straddle frames, as CPython before 3.13.15 did. Default false. */
  readonly lenient?: boolean | undefined;
  /** What to do with bytes after STOP: `'error'` (default), or `'ignore'` as CPython does. */
  readonly trailing?: 'error' | 'ignore' | undefined;
  /**
   * Out-of-band buffers for NEXT_BUFFER, in order: those that `bufferCallback` of `dumps`, or `buffer_callback` of Python,
   * was given. The value has these very objects in it; with `lossless`, each as a `PickleBuffer` of the same memory. So has
   * the `data` of an `NDArray`, where this machine can read the bytes as they stand.
   */
  readonly buffers?: Iterable<Uint8Array> | undefined;
  /**
   * Whether names, calls, time zones and paths of the pickle count as decoded for the option `foreign` of `dumps`. Default
   * true. False for pickles of somebody whose foreign values must not be sent on to others: `RpcServer` reads requests so.
   */
  readonly forward?: boolean | undefined;
  /** Gives the object of a persistent id. Default: a `PersistentId`. */
  readonly persistentLoad?: ((id: unknown) => unknown) | undefined;
  /** What to do when a registered class refuses its arguments or state. `'inert'` (default) keeps the call as data. */
  readonly onReject?: 'inert' | 'error' | undefined;
  /** Told of every unknown enum member and every refused call that was kept as data: count or log it. */
  readonly onUnknown?: ((unknown: UnknownValue) => void) | undefined;
  /** Largest input, in bytes. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** Most opcodes. Default 500,000,000. */
  readonly maxOpcodes?: number | undefined;
  /** Deepest nesting of the result, in containers. Default 10,000. */
  readonly maxDepth?: number | undefined;
  /** Most memo entries. Default 16,000,000. */
  readonly maxMemo?: number | undefined;
  /**
   * Most decimal digits of an int. Default 4300 for an int written as text, as in CPython, and 157,826 (64 KiB) for one
   * in binary, for which CPython has no limit.
   */
  readonly maxDigits?: number | undefined;
  /**
   * Most numbers that are keys of one dict, or items of one set, and that engines hash alike. These are ints that differ only
   * above their lowest 64 bits, and others that are chosen for it. The time grows with the square of their number. Default 500.
   * A set that a call makes stays a call beyond it.
   */
  readonly maxCollisions?: number | undefined;
  /**
   * Most characters of text, all strings together. Default 500,000,000. Calls of built-in classes copy at most so many bytes, or
   * a megabyte where that is less, because their arguments may be shared. Sixteen times the size of the pickle comes on top of
   * it.
   */
  readonly maxText?: number | undefined;
}

/**
 * What becomes of values that some Pythons can load, while others raise an exception:
 *
 * - a `PyGlobal` or `PyObject` of a class that the registry does not have;
 * - a `PersistentId`;
 * - a `PyZoneInfo` of a key that the IANA database does not have, or a `PytzZone`;
 * - a `PosixPath` or `WindowsPath`;
 * - a numpy array of more than 32 dimensions.
 *
 * The policies are:
 *
 * - `'write'`: they are written.
 * - `'decoded'`: they are written when they came in a pickle, from a Python that had them. Values that this program made are
 *   refused. A `PersistentId`, and an array of so many dimensions, is refused wherever it came from.
 * - `'refuse'`: as `'decoded'`, and a `PyGlobal` or `PyObject` is refused wherever it came from. The reader would import and
 *   call what it names. A decoded member of a registered enum that this side does not know is written.
 *
 * Names of the basic types of `builtins`, `collections` and `datetime` are always written, as are those of the registry.
 */
export type ForeignPolicy = 'write' | 'decoded' | 'refuse';

/** The option `bufferCallback` of `dumps`. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- so that a function declared to return void is one, too
export type BufferCallback = (buffer: PickleBuffer) => boolean | undefined | void;

/** Choices of `dumps`. */
export interface DumpsOptions {
  /** The classes to write. Default: none. */
  readonly registry?: ClassRegistry | undefined;
  /** The protocol, 0 to 5. Default 4. */
  readonly protocol?: number | undefined;
  /** Write Python 2's module names at protocols 0 to 2, as CPython does. Default true. */
  readonly fixImports?: boolean | undefined;
  /** Typed arrays other than bytes: `'numpy'` (default) writes numpy arrays, `'bytes'` their bytes. */
  readonly typedArrays?: 'numpy' | 'bytes' | undefined;
  /** What to do with values that only some Pythons can load. Default `'write'`; {@link ForeignPolicy} for what they are. */
  readonly foreign?: ForeignPolicy | undefined;
  /** Gives the persistent id of an object that is to be written as a reference, undefined for all others. */
  readonly persistentId?: ((value: object) => unknown) | undefined;
  /**
   * Takes buffers out of the pickle, at protocol 5. It is called once for each `PickleBuffer`, and for the content of each
   * numpy array (but one of objects), in order. `undefined` or `false` takes the buffer; the reader then needs it as one of
   * `buffers`. `true` leaves it in the pickle. Anything else is an error, where CPython goes by truth: a Promise, or the
   * number that `push` gives, is no answer. The buffer is no copy, but the memory of the value itself.
   */
  readonly bufferCallback?: BufferCallback | undefined;
  /**
   * Let small pickles share an ArrayBuffer of 16 KiB, as Node's Buffers do, for a quarter less time a tick. What is done with
   * such a pickle must mind its `byteOffset`. Its `buffer` must not be transferred, and stays in memory as long as one of the
   * pickles in it. Default false: each pickle has a buffer of its own.
   */
  readonly pool?: boolean | undefined;
  /** Largest output, in bytes. Default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** Deepest nesting of the value, in containers. Default 10,000. */
  readonly maxDepth?: number | undefined;
}

/** The options of `loads`. @internal */
export const LOADS_OPTIONS = new OptionTable(unpicklingChecks, 'the options of loads', {
  registry: option.instance(ClassRegistry, ClassRegistry.empty),
  lossless: option.flag(false),
  dict: option.choice(['object', 'map'], 'object'),
  view: option.flag(false),
  encoding: option.choice(['ascii', 'latin1', 'utf8', 'bytes'], 'ascii'),
  fixImports: option.flag(true),
  lenient: option.flag(false),
  trailing: option.choice(['error', 'ignore'], 'error'),
  buffers: option.iterable<Uint8Array>(),
  forward: option.flag(true),
  persistentLoad: option.callback<(id: unknown) => unknown>(),
  onReject: option.choice(['inert', 'error'], 'inert'),
  onUnknown: option.callback<(unknown: UnknownValue) => void>(),
  maxBytes: option.limit(2 ** 30),
  maxOpcodes: option.limit(500_000_000),
  maxDepth: option.limit(10_000),
  maxMemo: option.limit(16_000_000),
  maxDigits: option.limit(),
  maxCollisions: option.limit(MAX_COLLISIONS),
  maxText: option.limit(500_000_000),
} satisfies RowsOf<LoadsOptions>);

const picklingChecks = new OptionChecks((message) => new PicklingError('INVALID_OPTION', message));

/** The options of `dumps`. @internal */
export const DUMPS_OPTIONS = new OptionTable(picklingChecks, 'the options of dumps', {
  registry: option.instance(ClassRegistry, ClassRegistry.empty),
  protocol: option.count({ least: 0, most: HIGHEST_PROTOCOL }, DEFAULT_PROTOCOL),
  fixImports: option.flag(true),
  typedArrays: option.choice(['numpy', 'bytes'], 'numpy'),
  foreign: option.choice(['write', 'decoded', 'refuse'], 'write'),
  persistentId: option.callback<(value: object) => unknown>(),
  bufferCallback: option.callback<BufferCallback>(),
  pool: option.flag(false),
  maxBytes: option.limit(2 ** 30),
  maxDepth: option.limit(10_000),
} satisfies RowsOf<DumpsOptions>);

/** {@link LoadsOptions} with every default filled in. @internal */
export type ResolvedLoadsOptions = Resolved<(typeof LOADS_OPTIONS)['rows']>;

/** {@link DumpsOptions} with every default filled in. @internal */
export type ResolvedDumpsOptions = Resolved<(typeof DUMPS_OPTIONS)['rows']>;

/** The default of `maxDigits` for an int written as text: CPython's `sys.int_info.default_max_str_digits`. @internal */
export const MOST_TEXT_DIGITS = 4300;

/** The default of `maxDigits` for an int in binary: 64 KiB. @internal */
export const MOST_BINARY_DIGITS = 157_826;

/**
 * Fills in the defaults; an explicit `undefined` is a default too.
 *
 * @throws UnpicklingError `INVALID_OPTION` for a name that is none, or a value of the wrong kind.
 * @internal
 */
export function resolveLoadsOptions(options?: LoadsOptions): ResolvedLoadsOptions {
  const { defaults } = LOADS_OPTIONS;
  if (options === undefined) return defaults;

  LOADS_OPTIONS.check(options);
  // Written out: `resolve` would take a third of the time of a small pickle.
  return {
    registry: options.registry ?? defaults.registry,
    lossless: options.lossless ?? defaults.lossless,
    dict: options.dict ?? defaults.dict,
    view: options.view ?? defaults.view,
    encoding: options.encoding ?? defaults.encoding,
    fixImports: options.fixImports ?? defaults.fixImports,
    lenient: options.lenient ?? defaults.lenient,
    trailing: options.trailing ?? defaults.trailing,
    buffers: options.buffers ?? defaults.buffers,
    forward: options.forward ?? defaults.forward,
    persistentLoad: options.persistentLoad ?? defaults.persistentLoad,
    onReject: options.onReject ?? defaults.onReject,
    onUnknown: options.onUnknown ?? defaults.onUnknown,
    maxBytes: options.maxBytes ?? defaults.maxBytes,
    maxOpcodes: options.maxOpcodes ?? defaults.maxOpcodes,
    maxDepth: options.maxDepth ?? defaults.maxDepth,
    maxMemo: options.maxMemo ?? defaults.maxMemo,
    maxDigits: options.maxDigits ?? defaults.maxDigits,
    maxCollisions: options.maxCollisions ?? defaults.maxCollisions,
    maxText: options.maxText ?? defaults.maxText,
  };
}

/**
 * Fills in the defaults; an explicit `undefined` is a default too.
 *
 * @throws PicklingError `INVALID_OPTION` for a name that is none, or a value of the wrong kind.
 * @internal
 */
export function resolveDumpsOptions(options?: DumpsOptions): ResolvedDumpsOptions {
  const { defaults } = DUMPS_OPTIONS;
  if (options === undefined) return defaults;

  DUMPS_OPTIONS.check(options);
  const resolved = {
    registry: options.registry ?? defaults.registry,
    protocol: options.protocol ?? defaults.protocol,
    fixImports: options.fixImports ?? defaults.fixImports,
    typedArrays: options.typedArrays ?? defaults.typedArrays,
    foreign: options.foreign ?? defaults.foreign,
    persistentId: options.persistentId ?? defaults.persistentId,
    bufferCallback: options.bufferCallback ?? defaults.bufferCallback,
    pool: options.pool ?? defaults.pool,
    maxBytes: options.maxBytes ?? defaults.maxBytes,
    maxDepth: options.maxDepth ?? defaults.maxDepth,
  };
  if (resolved.bufferCallback !== undefined && resolved.protocol < 5) {
    throw new PicklingError(
      'INVALID_OPTION',
      'bufferCallback needs protocol 5: earlier protocols have no out-of-band buffers',
    );
  }
  return resolved;
}

/** Checks how many opcodes one step of a decoding executes. @internal */
export function checkStep(opcodes: number): void {
  // Infinity is a deliberate "all at once"; less than one would never end.
  if (typeof opcodes !== 'number' || !(opcodes >= 1)) {
    throw new UnpicklingError(
      'INVALID_OPTION',
      `A step of ${shown(opcodes)} opcodes cannot be: it takes a number >= 1`,
    );
  }
}
