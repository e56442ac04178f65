/**
 * Values of which only the loading Python knows what they are.
 *
 * @module
 */
import { PersistentId } from './persistent-id.js';
import { PyObject } from './py-object.js';
import type { PyStep } from './py-object.js';

/** What may stand for anything in Python: the result of a call that was not made, an object outside of the pickle. */
export type Inert = PyObject | PersistentId;

/** Whether a value may be anything in Python: a tuple, a dict, a class. */
export function isInert(value: unknown): value is Inert {
  return value instanceof PyObject || value instanceof PersistentId;
}

/** The steps of an inert value, to be added to; undefined for all other values. */
export function stepsOf(value: unknown): PyStep[] | undefined {
  if (value instanceof PyObject) return value.steps;
  return value instanceof PersistentId ? PersistentId.growing(value) : undefined;
}
