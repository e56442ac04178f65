/**
 * A changed copy of a data object.
 *
 * @module
 */
import { InvalidDataError } from '../errors.js';
import { dataClassOf } from './classes.js';
import { describe } from './describe.js';
import type { LogData } from './market.js';
import { markCopy } from './received.js';
import type { Input } from './schema.js';

/** The fields that {@link replace} can change, as constructors take them: all but methods and derived attributes. */
export type Changes<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]?: Input<T[K]> | undefined;
};

/**
 * A copy of `data` with some fields changed and the derived attributes computed again, like Python's
 * `dataclasses.replace`. What gateways send is shared by everyone who listens, so it is never changed in place.
 *
 * @example
 * ```ts
 * const request = replace(template, { volume: 2, reference: 'mine' });
 * ```
 * @throws {@link InvalidDataError} when a change is not a field, or of the wrong type or range.
 */
export function replace<T extends object>(data: T, changes: Changes<T>): T {
  const dataClass = dataClassOf(data);
  if (dataClass === undefined)
    throw new InvalidDataError('WRONG_TYPE', '', '', `replace() takes one of vnpy's objects, got ${describe(data)}`);

  const copy = dataClass.create();
  Object.assign(copy, data);
  markCopy(data, copy);
  dataClass.assign(copy, changes);
  const { time } = data as Partial<LogData>;
  dataClass.derive(copy);
  // A log line keeps the moment at which it was made.
  if (time !== undefined) Object.assign(copy, { time });
  // create() makes an instance of data's own class: dataClassOf has compared the constructors.
  return copy as T;
}
