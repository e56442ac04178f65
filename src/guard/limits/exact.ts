/**
 * Numbers that are compared with limits: volumes and prices come as floats, in which 0.1 + 0.2 is more than 0.3.
 *
 * @module
 */

/** How far a value may be off a whole number of steps, in steps. */
const TOLERANCE = 1e-6;

/** The grid on which volumes are added: no contract has a smaller step. */
const GRID = 1e8;

/** Up to here a volume on the grid is exact. Above, whole lots are. */
const GRID_LIMIT = Number.MAX_SAFE_INTEGER / GRID;

/** The smallest step of volumes that is counted exactly. */
export const SMALLEST_STEP = 1 / GRID;

/** How many steps a value is. @returns undefined where it is no whole number of them, or one that floats do not hold. */
export function stepsIn(value: number, step: number): number | undefined {
  const steps = nearestSteps(value, step);
  if (!Number.isSafeInteger(steps)) return undefined;
  return Math.abs(value / step - steps) <= TOLERANCE + Math.abs(steps) * Number.EPSILON ? steps : undefined;
}

/** The whole number of steps that is nearest. */
export function nearestSteps(value: number, step: number): number {
  return Math.round(value / step);
}

/** The greatest whole number of steps that is not above a bound, but for what floats make of it. */
export function stepsBelow(bound: number, step: number): number {
  return Math.floor(bound / step + TOLERANCE);
}

/** The least whole number of steps that is not below a bound, but for what floats make of it. */
export function stepsAbove(bound: number, step: number): number {
  return Math.ceil(bound / step - TOLERANCE);
}

/** Whether a volume can be added up without an error. */
export function isCountable(volume: number): boolean {
  return Math.abs(volume) <= GRID_LIMIT || Number.isSafeInteger(volume);
}

/** A sum or difference of volumes, without what floats add to it. */
export function exact(volume: number): number {
  if (Number.isInteger(volume) || Math.abs(volume) > GRID_LIMIT) return volume;
  return Math.round(volume * GRID) / GRID;
}

/**
 * Whether a value is beyond a limit. Everything that is no number is.
 *
 * @param limit - `false` allows nothing.
 */
export function exceeds(value: number, limit: number | false): boolean {
  return !(value <= limitOf(limit));
}

/** A limit as a number: `false` is 0. */
export function limitOf(limit: number | false): number {
  return limit === false ? 0 : limit;
}
