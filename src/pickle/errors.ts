/**
 * Errors of the codec: one class a direction, each with a closed list of codes.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { BridgeErrorOptions } from '../errors.js';

/** Why a pickle could not be read. */
export type UnpicklingErrorCode =
  /** An option has an impossible value. */
  | 'INVALID_OPTION'
  /** The data is not a Uint8Array. */
  | 'INVALID_INPUT'
  /** The data ends inside an opcode's argument, or before STOP. */
  | 'TRUNCATED'
  /** A byte that is no opcode. */
  | 'UNKNOWN_OPCODE'
  /** PROTO names a protocol above 5. */
  | 'UNSUPPORTED_PROTOCOL'
  /** An argument that does not mean anything: a bad number, quote, escape, or a negative length. */
  | 'BAD_ARGUMENT'
  /** Text that is not valid in its encoding. */
  | 'BAD_TEXT'
  /** An opcode straddles the end of a frame, or a frame starts inside another. Accepted with `lenient`. */
  | 'FRAME_BOUNDARY'
  /** An opcode needs more items than the stack holds above the topmost mark. */
  | 'STACK_UNDERFLOW'
  /** An opcode needs a mark and there is none, or takes a value and finds a mark. */
  | 'MARK_MISSING'
  /** GET of a memo entry that was never stored. */
  | 'MEMO_MISSING'
  /** A list, dict, set or bytearray as dict key or set item. */
  | 'UNHASHABLE'
  /** A key without a value. */
  | 'ODD_ITEMS'
  /** Items for something that takes none: APPEND to a tuple, SETITEM on None, ADDITEMS on a list. */
  | 'BAD_TARGET'
  /** BUILD on something that takes no state. */
  | 'BUILD_TARGET'
  /** A state that its object cannot take. */
  | 'BAD_STATE'
  /** A call of something that is not callable, or with arguments that are no tuple. */
  | 'BAD_CALL'
  /** A class or function name that is no name. */
  | 'BAD_GLOBAL'
  /** An extension code that the registry does not know. */
  | 'UNKNOWN_EXTENSION'
  /** NEXT_BUFFER without a buffer left, or READONLY_BUFFER of something that is no buffer. */
  | 'BUFFER_MISSING'
  /** A registered class refused its arguments or state, and `onReject` is `'error'`. */
  | 'REJECTED'
  /** Bytes after STOP. Accepted with `trailing: 'ignore'`. */
  | 'TRAILING_BYTES'
  /** More bytes than `maxBytes`. */
  | 'LIMIT_BYTES'
  /** More opcodes than `maxOpcodes`. */
  | 'LIMIT_OPCODES'
  /** Values nested deeper than `maxDepth`. */
  | 'LIMIT_DEPTH'
  /** More memo entries than `maxMemo`. */
  | 'LIMIT_MEMO'
  /** An int of more digits than `maxDigits`. */
  | 'LIMIT_DIGITS'
  /** More numbers in one dict or set than `maxCollisions` that engines hash alike. */
  | 'LIMIT_COLLISIONS'
  /** More characters of text, or bytes copied by calls, than `maxText`. */
  | 'LIMIT_TEXT'
  /** A function given by the user (`persistentLoad`, `onUnknown`, a class's `create`) or the iterator of `buffers` threw; see `cause`. */
  | 'CALLBACK_FAILED'
  /** A fault of this library; see `cause`. Please report it. */
  | 'INTERNAL';

/** Why a value could not be written. */
export type PicklingErrorCode =
  /** An option has an impossible value. */
  | 'INVALID_OPTION'
  /** A function, a symbol, an instance of a class that nobody registered. */
  | 'UNSUPPORTED_TYPE'
  /** An array with holes: Python has none. */
  | 'SPARSE_ARRAY'
  /** A JavaScript Date without a time. */
  | 'INVALID_DATE'
  /** A dict key or set item that Python could not hash. */
  | 'UNHASHABLE'
  /** Two keys or set items that are equal in Python: 1 and true, null and undefined. */
  | 'DUPLICATE_KEY'
  /** A value that exists in Python but that its own rules forbid: a date in the year 10000, a deque of length -1. */
  | 'BAD_VALUE'
  /** A value that only some Pythons can load, which the option `foreign` does not allow. */
  | 'NOT_PORTABLE'
  /** Something that the chosen protocol cannot carry. */
  | 'PROTOCOL_TOO_LOW'
  /** A registered class's `reduce` gave something that is no reduction. */
  | 'BAD_REDUCTION'
  /** Values nested deeper than `maxDepth`. */
  | 'LIMIT_DEPTH'
  /** More bytes than `maxBytes`. */
  | 'LIMIT_BYTES'
  /**
   * A function given by the user (`persistentId`, `bufferCallback`, `reduce`) or a getter threw; see `cause`. Or
   * `bufferCallback` gave no answer that it can give.
   */
  | 'CALLBACK_FAILED'
  /** A fault of this library; see `cause`. Please report it. */
  | 'INTERNAL';

/** Base of the codec's two errors. */
export abstract class PickleError<Code extends string = string> extends BridgeError<Code> {}

/** Where in the data an {@link UnpicklingError} arose. */
export interface UnpicklingErrorPlace extends BridgeErrorOptions {
  /** Byte offset of the opcode, from the start of the data. */
  readonly offset?: number | undefined;
  /** The opcode's name. */
  readonly opcode?: string | undefined;
}

/** A pickle that could not be read. `loads` throws nothing else. */
export class UnpicklingError extends PickleError<UnpicklingErrorCode> {
  /** Byte offset of the opcode at fault; undefined where the fault has none (an option, for example). */
  readonly offset: number | undefined;
  /** Name of the opcode at fault, undefined where there is none. */
  readonly opcode: string | undefined;

  constructor(code: UnpicklingErrorCode, message: string, place: UnpicklingErrorPlace = {}) {
    super(code, message, place);
    this.offset = place.offset;
    this.opcode = place.opcode;
  }
}

/** A value that could not be written. `dumps` throws nothing else. */
export class PicklingError extends PickleError<PicklingErrorCode> {
  /** The way from the value given to the part at fault: `$[1].data.last_price`. */
  readonly path: string;

  constructor(code: PicklingErrorCode, message: string, path = '$', options: BridgeErrorOptions = {}) {
    super(code, message, options);
    this.path = path;
  }
}
