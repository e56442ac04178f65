/**
 * Values of which only the loading Python knows what they are.
 *
 * @module
 */
import { PersistentId } from './persistent-id.js';
import { PyObject } from './py-object.js';
import type { PyStep } from './py-step.js';

/** What may stand for anything in Python: the result of a call that was not made, an object outside of the pickle. */
export type Inert = PyObject | PersistentId;

/** Whether a value may be anything in Python: a tuple, a dict, a class. */
export function isInert(value: unknown): value is Inert {
  return value instanceof PyObject || value instanceof PersistentId;
}

/** A pickle of CPython has a thousand items to a step: a value of more steps is a flood. */
const MANY_STEPS = 1000;

/** Adds a step. Where there are very many, items of the same kind go into the last one: a step takes more than an item. */
export function addStep(steps: PyStep[], step: PyStep): void {
  const last = steps.length < MANY_STEPS ? undefined : steps[steps.length - 1];
  if (last === undefined || !hasJoined(last, step)) steps.push(step);
}

function hasJoined(last: PyStep, step: PyStep): boolean {
  if (last.kind === 'set' && step.kind === 'set') return join(last.entries, step.entries);
  if ((last.kind !== 'append' && last.kind !== 'add') || last.kind !== step.kind) return false;
  return join(last.items, step.items);
}

function join<T>(items: readonly T[], more: readonly T[]): boolean {
  if (Object.isFrozen(items)) return false;
  for (const item of more) (items as T[]).push(item);
  return true;
}

/** The steps of an inert value, to be added to; undefined for all other values. */
export function stepsOf(value: unknown): PyStep[] | undefined {
  if (value instanceof PyObject) return value.steps;
  return value instanceof PersistentId ? PersistentId.growing(value) : undefined;
}
