/**
 * Containers that a call gets while the pickle is still filling them. The object that is made keeps that very container, for a
 * copy would lack what comes.
 *
 * @module
 */
import { newByPartial } from '../classes/partial-new.js';
import { PyObject } from '../values/py-object.js';
import { Tuple } from '../values/tuple.js';

/** What a decoding knows of the containers that its calls got: an entry for each of them, however many calls got it. */
export class Incomplete {
  /** How many calls have got a container. Each is known by its number. */
  calls = 0;
  /** How much is in a container, and the first of the calls that got it with so much in it. */
  readonly seen = new Map<object, { size: number; since: number }>();
  /** Once all is read, the containers that some call got too early, and the first call that did not. */
  readonly filled = new Map<object, number>();
}

/** Where a decoding keeps what it knows of them. */
interface IncompleteHost {
  incomplete: Incomplete | undefined;
}

/** No more than so many values are looked at for one call: the same may be the arguments of any number of calls. */
const LOOKS = 64;

/** Notes the containers among the arguments of a call. Only where GET has fetched one can any of them be incomplete. */
export function noteIncomplete(host: IncompleteHost, object: PyObject): void {
  const { args, kwargs } = newByPartial(object) ?? object;
  if (args.length === 0 && kwargs === undefined) return;
  const work: unknown[] = [args, kwargs];
  let noted: Incomplete | undefined;
  for (let looks = 0; looks < LOOKS && work.length > 0; looks++) {
    const value = work.pop();
    if (typeof value !== 'object' || value === null) continue;
    const size = sizeOf(value);
    if (size === undefined) continue;
    if (!(value instanceof Tuple)) {
      noted ??= host.incomplete ??= new Incomplete();
      const known = noted.seen.get(value);
      if (known === undefined) {
        noted.seen.set(value, { size, since: noted.calls });
      } else if (known.size !== size) {
        known.size = size;
        known.since = noted.calls;
      }
    }
    if (Array.isArray(value) && value.length <= LOOKS) for (const item of value as unknown[]) work.push(item);
  }
  if (noted !== undefined) PyObject.number(object, noted.filled, noted.calls++);
}

/**
 * Finds the containers that have got more since a call got them.
 *
 * @param host - says what now stands for a container that was replaced.
 */
export function keepIncomplete(host: { current(value: unknown): unknown }, { seen, filled }: Incomplete): void {
  for (const [container, { size, since }] of seen) {
    const now = host.current(container) as object;
    const until = sizeOf(now) === size ? since : Infinity;
    if (until > (filled.get(now) ?? 0)) filled.set(now, until);
  }
  seen.clear();
}

/** How much is in a container, of a plain object only whether anything is; undefined for all else. */
function sizeOf(value: object): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size > 0 && value instanceof Map ? 1 : value.size;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  for (const _ in value) return 1;
  return 0;
}
