/**
 * One sentence for each code of the codec and of ZeroMQ's wire, in English.
 *
 * @module
 */
import type { PicklingError, UnpicklingError } from '../../../pickle/index.js';
import type { ZmtpError } from '../../../zmtp/index.js';

/** A sentence for each code. */
export interface PickleCodes {
  readonly UnpicklingError: Readonly<Record<UnpicklingError['code'], string>>;
  readonly PicklingError: Readonly<Record<PicklingError['code'], string>>;
  readonly ZmtpError: Readonly<Record<ZmtpError['code'], string>>;
}

/** By class and code. */
export const pickleCodes: PickleCodes = {
  UnpicklingError: {
    INVALID_OPTION: 'An option has an impossible value.',
    INVALID_INPUT: 'The data is no Uint8Array.',
    TRUNCATED: 'The data ends too early.',
    UNKNOWN_OPCODE: 'A byte is no opcode.',
    UNSUPPORTED_PROTOCOL: 'The protocol is newer than 5.',
    BAD_ARGUMENT: 'The argument of an opcode means nothing.',
    BAD_TEXT: 'A text is not valid in its encoding.',
    FRAME_BOUNDARY: 'An opcode does not lie within its frame.',
    STACK_UNDERFLOW: 'An opcode needs more than the stack holds.',
    MARK_MISSING: 'An opcode needs a mark, and there is none.',
    MEMO_MISSING: 'An entry of the memo was never stored.',
    UNHASHABLE: 'A dict key or set item cannot be hashed.',
    ODD_ITEMS: 'A key has no value.',
    BAD_TARGET: 'Items are given to something that takes none.',
    BUILD_TARGET: 'A state is given to something that takes none.',
    BAD_STATE: 'An object cannot take its state.',
    BAD_CALL: 'Something is called that cannot be called like that.',
    BAD_GLOBAL: 'The name of a class or function is no name.',
    UNKNOWN_EXTENSION: 'Nobody has registered the extension code.',
    BUFFER_MISSING: 'A buffer outside of the pickle is missing.',
    REJECTED: 'A registered class refused its arguments or its state.',
    TRAILING_BYTES: 'There are bytes behind the end of the pickle.',
    LIMIT_BYTES: 'There are more bytes than the limit allows.',
    LIMIT_OPCODES: 'There are more opcodes than the limit allows.',
    LIMIT_DEPTH: 'Values are nested deeper than the limit allows.',
    LIMIT_MEMO: 'The memo has more entries than the limit allows.',
    LIMIT_DIGITS: 'An int has more digits than the limit allows.',
    LIMIT_COLLISIONS: 'More numbers are hashed alike than the limit allows.',
    LIMIT_TEXT: 'There is more text than the limit allows.',
    CALLBACK_FAILED: 'A function that the caller gave has thrown.',
    INTERNAL: 'This is a fault of vnpy-bridge itself; please report it.',
  },
  PicklingError: {
    INVALID_OPTION: 'An option has an impossible value.',
    UNSUPPORTED_TYPE: 'A value of this type cannot be written.',
    SPARSE_ARRAY: 'An array has holes, which Python does not have.',
    INVALID_DATE: 'A Date has no time.',
    UNHASHABLE: 'Python could not hash a dict key or set item.',
    DUPLICATE_KEY: 'Two keys are equal in Python.',
    BAD_VALUE: "Python's own rules forbid the value.",
    NOT_PORTABLE: 'Only some Pythons could load the value.',
    PROTOCOL_TOO_LOW: 'The protocol cannot carry the value.',
    BAD_REDUCTION: 'A registered class is not reduced to anything that can be written.',
    LIMIT_DEPTH: 'Values are nested deeper than the limit allows.',
    LIMIT_BYTES: 'There are more bytes than the limit allows.',
    CALLBACK_FAILED: 'A function that the caller gave has thrown.',
    INTERNAL: 'This is a fault of vnpy-bridge itself; please report it.',
  },
  ZmtpError: {
    FOREIGN: 'The peer speaks another protocol.',
    VERSION: 'The peer speaks a ZMTP older than 3.',
    MECHANISM: 'The peer wants another security mechanism.',
    SOCKET_TYPE: "The peer's socket is of a type that does not go with this one.",
    REFUSED: 'One side refused the credentials of the other.',
    PROTOCOL: 'The peer broke the protocol.',
    LIMIT: 'The peer went beyond a limit.',
    TIMEOUT: 'The peer was silent for too long.',
    CLOSED: 'The peer closed the connection.',
    SYSTEM: 'The system reports a fault of the connection.',
    LISTENER: 'The program that receives has thrown.',
  },
};
