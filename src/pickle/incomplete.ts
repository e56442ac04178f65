/**
 * Containers that a call gets while the pickle is still filling them: the object that is made keeps that very container,
 * for a copy would lack what comes.
 *
 * @module
 */
import type { Machine } from './machine.js';
import { PyObject } from './values/py-object.js';
import { Tuple } from './values/tuple.js';

/** A container that a call got. */
export interface Incomplete {
  readonly object: PyObject;
  readonly container: object;
  /** How much was in it. */
  readonly size: number;
}

/** No more than so many values are looked at for one call: the same may be the arguments of any number of calls. */
const LOOKS = 64;

/** Notes the containers among the arguments of a call. Only where GET has fetched one can any of them be incomplete. */
export function noteIncomplete(m: Machine, object: PyObject): void {
  const work: unknown[] = [object.args, object.kwargs];
  for (let looks = 0; looks < LOOKS && work.length > 0; looks++) {
    const value = work.pop();
    if (typeof value !== 'object' || value === null) continue;
    const size = sizeOf(value);
    if (size === undefined) continue;
    if (!(value instanceof Tuple)) (m.incomplete ??= []).push({ object, container: value, size });
    if (Array.isArray(value) && value.length <= LOOKS) work.push(...(value as unknown[]));
  }
}

/** Tells the objects which containers have got more since. */
export function keepIncomplete(m: Machine): void {
  for (const { object, container, size } of m.incomplete ?? []) {
    const now = m.current(container) as object;
    if (sizeOf(now) !== size) PyObject.keep(object, now);
  }
}

/** How much is in a container, of a plain object only whether anything is; undefined for all else. */
function sizeOf(value: object): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size > 0 && value instanceof Map ? 1 : value.size;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  for (const _ in value) return 1;
  return 0;
}
