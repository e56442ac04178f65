/**
 * Python's `range` and `slice`.
 *
 * @module
 */
import { pythonKey, unhashable } from './keys.js';
import type { KeyParts } from './keys.js';

/** A Python range: its three numbers. It is not expanded. */
export class PyRange {
  readonly start: number | bigint;
  readonly stop: number | bigint;
  readonly step: number | bigint;

  /** @throws RangeError when the step is zero or a number is no safe integer: Objects/rangeobject.c of CPython. */
  constructor(start: number | bigint, stop: number | bigint, step: number | bigint = 1) {
    if (![start, stop, step].every((part) => typeof part === 'bigint' || Number.isSafeInteger(part)))
      throw new RangeError('The numbers of a range are safe integers or bigints');

    if (step === 0 || step === 0n) throw new RangeError('The step of a range is not zero');
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /** How many numbers it has. */
  get length(): bigint {
    const [start, stop, step] = [BigInt(this.start), BigInt(this.stop), BigInt(this.step)];
    const span = step > 0n ? stop - start : start - stop;
    const size = step > 0n ? step : -step;
    return span <= 0n || size === 0n ? 0n : (span + size - 1n) / size;
  }

  /** @internal */
  [pythonKey](): KeyParts {
    // As Python: ranges are equal when their numbers are.
    const count = this.length;
    if (count === 0n) return ['range'];
    return count === 1n ? ['range', this.start] : ['range', count, this.start, this.step];
  }
}

/** A Python slice. */
export class PySlice {
  readonly start: unknown;
  readonly stop: unknown;
  readonly step: unknown;

  constructor(start: unknown, stop: unknown, step: unknown = null) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /** Slices are hashable only since Python 3.12; as keys they would not travel to older ones. @internal */
  [unhashable](): string {
    return 'slice';
  }
}
