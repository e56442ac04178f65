/**
 * A codec for Python's pickle, protocols 0 to 5, that never executes anything.
 *
 * @module
 * @example
 * ```ts
 * import { dumps, loads, Tuple } from 'vnpy-bridge/pickle';
 *
 * const bytes = dumps(['add', Tuple.of(1, 3), {}]); // what Python's pickle.loads reads as ['add', (1, 3), {}]
 * loads(bytes);
 * ```
 */
export { dumps, Pickler } from './encode/pickler.js';
export { loads, Unpickler } from './decode/unpickler.js';
export { ClassRegistry } from './classes/registry.js';
export type {
  ClassDefinition,
  CustomDefinition,
  EnumDefinition,
  EnumMemberDefinition,
  ExtensionDefinition,
  FieldDefinition,
  ObjectDefinition,
  PyCall,
  Reduction,
} from './classes/registry.js';
export type {
  BufferCallback,
  DumpsOptions,
  ForeignPolicy,
  LoadsOptions,
  Python2Encoding,
  UnknownValue,
} from './classes/options.js';
export { PickleError, PicklingError, UnpicklingError } from './errors.js';
export type { PicklingErrorCode, UnpicklingErrorCode } from './errors.js';

export { Tuple } from './values/tuple.js';
export { PyDict } from './values/py-dict.js';
export { FrozenSet } from './values/frozen-set.js';
export { ByteArray } from './values/byte-array.js';
export { PickleBuffer } from './values/pickle-buffer.js';
export { PyFloat } from './values/py-float.js';
export { Complex } from './values/complex.js';
export { Counter, DefaultDict, Deque, OrderedDict } from './values/collections.js';
export { PyDecimal, PyFraction } from './values/exact-numbers.js';
export { PyRange, PySlice } from './values/ranges.js';
export { PyUuid } from './values/uuid.js';
export { PyPath } from './values/paths.js';
export type { PathClass } from './values/paths.js';
export { PyIpAddress } from './values/ip-addresses.js';
export type { IpClass } from './values/ip-text.js';
export { NDArray, NumpyScalar } from './values/numpy.js';
export { NumpyDType } from './values/numpy-dtype.js';
export type { NumpyData, NumpyTypedArray } from './values/numpy-elements.js';
export { Ellipsis, NotImplemented, PyConstant } from './values/constants.js';
export { PyDate, PyTime } from './values/py-date.js';
export type { FieldType } from './values/field-types.js';
export { PyDateTime } from './values/py-datetime.js';
export { PyTimeDelta } from './values/py-time-delta.js';
export { PytzZone, PyTimeZone, PyZoneInfo } from './values/time-zones.js';
export type { TzInfo, ZoneInfoCaching } from './values/time-zones.js';
export { PyGlobal } from './values/py-global.js';
export { PyObject } from './values/py-object.js';
export type { PyConstruction } from './values/py-object.js';
export type { PyStep } from './values/py-step.js';
export { PersistentId } from './values/persistent-id.js';

// For tools that look into pickles.
export { toInert } from './classes/inert.js';
export { argumentRepr, disassemble, disassembleLines } from './wire/disassemble.js';
export type { DisassembleOptions } from './wire/disassemble.js';
export { DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, opcodeNamed, opcodeOf, OPCODES } from './wire/opcodes.js';
export type { ArgumentKind, Opcode, StackItem } from './wire/opcodes.js';
export { readToken, tokens } from './wire/tokens.js';
export type { Token, TokenArgument, TokensOptions } from './wire/tokens.js';
