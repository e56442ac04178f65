/**
 * Values of strategies and algorithms: what a page shows of them, and what a person may set.
 *
 * @module
 */
import { toPlain } from '../../vnpy/index.js';
import { ProblemError } from '../errors.js';

/** Values of one strategy: its own, of whatever size. */
const MAX_PARTS = 10_000;

/** A value that a person can type in. */
export type Setting = string | number | boolean;

/** Values as JSON: one that is too large for a page is said to be so. */
export function valuesOf(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shownValue(value)]));
}

function shownValue(value: unknown): unknown {
  try {
    return toPlain(value, MAX_PARTS);
  } catch {
    return '…';
  }
}

/**
 * Checks that each value given is of the type that the parameter has: vnpy takes anything, and the strategy fails later.
 *
 * @throws ProblemError `bad-request` naming the parameter.
 */
export function checkSettings(
  given: Readonly<Record<string, Setting>>,
  known: Readonly<Record<string, unknown>>,
  what: string,
): void {
  for (const [name, value] of Object.entries(given)) {
    const path = `body parameters.${name}`;
    if (!Object.hasOwn(known, name))
      throw badParameter(path, `${what} has no parameter ${name}; it has ${Object.keys(known).join(', ')}`);

    const now = known[name];
    // None says nothing of its type.
    if (now === null || now === undefined || typeof now === typeof value) continue;
    const wanted = WANTED.get(typeof now);
    throw badParameter(path, wanted === undefined ? `${name} cannot be set from here` : `${name} is ${wanted}`);
  }
}

const WANTED: ReadonlyMap<string, string> = new Map([
  ['number', 'a number'],
  ['string', 'a text'],
  ['boolean', 'true or false'],
]);

function badParameter(path: string, message: string): ProblemError {
  return new ProblemError('bad-request', message, { errors: [{ path, message }] });
}
