/**
 * What the house shares of the codec beyond its public surface. `src/rpc`, `src/vnpy` and `src/cli` import from here and from
 * `index.ts`, and from no other file of this folder.
 *
 * @module
 */
// Options that are passed through to the codec are checked by its tables.
export { DUMPS_OPTIONS, LOADS_OPTIONS } from './classes/options.js';

// Values of declared fields, and objects that say that they are no data.
export { converted, misfitsOf, nanosOfUnit } from './values/field-types.js';
export { NOT_DATA } from './values/not-data.js';

// Dates and offsets as Python writes them, for `pickle-inspect`.
export { isDate, isoDate, isoTime, isTime } from './values/calendar.js';
export { isoOffset } from './values/time-zones.js';
export { offsetOfInstant, offsetOfWallTime } from './values/zone-rules.js';

// Python's names, texts and numbers, for messages and for `pickle-inspect`.
export { python3Name } from './classes/python2-names.js';
export { DigitsError, NumberError, parseInteger } from './wire/numbers.js';
export type { OpcodeName } from './wire/opcodes.js';
export { stringRepr } from './wire/python-repr.js';
