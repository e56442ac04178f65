/**
 * Python's `datetime.timedelta`.
 *
 * @module
 */
import { inspectCustom } from './inspect.js';
import { pythonKey } from './keys.js';

const MAX_DAYS = 999_999_999;
const DAY = 86_400_000_000n;

/**
 * A Python timedelta, normalised as in Python: `seconds` 0 to 86,399 and `microseconds` 0 to 999,999 are never negative,
 * the sign is in `days`.
 */
export class PyTimeDelta {
  readonly days: number;
  readonly seconds: number;
  readonly microseconds: number;

  /**
   * Each part is an integer of any size; they are normalised.
   *
   * @throws RangeError when the sum is beyond ±999,999,999 days, or a part is no integer.
   */
  constructor(days = 0, seconds = 0, microseconds = 0) {
    if (!Number.isSafeInteger(days) || !Number.isSafeInteger(seconds) || !Number.isSafeInteger(microseconds))
      throw new RangeError('The parts of a timedelta are integers');

    let micro = microseconds;
    let second = seconds;
    let day = days;
    if (micro < 0 || micro >= 1_000_000) {
      second += Math.floor(micro / 1_000_000);
      micro -= Math.floor(micro / 1_000_000) * 1_000_000;
    }
    if (second < 0 || second >= 86_400) {
      day += Math.floor(second / 86_400);
      second -= Math.floor(second / 86_400) * 86_400;
    }
    if (day < -MAX_DAYS || day > MAX_DAYS) throw new RangeError(`A timedelta of ${day} days is beyond ±${MAX_DAYS}`);
    this.days = day;
    this.seconds = second;
    this.microseconds = micro;
  }

  /** From microseconds. */
  static fromMicroseconds(total: bigint): PyTimeDelta {
    let days = total / DAY;
    let rest = total % DAY;
    if (rest < 0n) {
      rest += DAY;
      days--;
    }
    return new PyTimeDelta(Number(days), Number(rest / 1_000_000n), Number(rest % 1_000_000n));
  }

  /** All of it in microseconds. */
  get totalMicroseconds(): bigint {
    return BigInt(this.days) * DAY + BigInt(this.seconds) * 1_000_000n + BigInt(this.microseconds);
  }

  /** All of it in milliseconds, fractions included; exact below 285 years. */
  get totalMilliseconds(): number {
    return this.days * 86_400_000 + this.seconds * 1000 + this.microseconds / 1000;
  }

  /** As Python's `str`: `1 day, 2:03:04.000005`. */
  toString(): string {
    const hours = Math.floor(this.seconds / 3600);
    const minutes = Math.floor(this.seconds / 60) % 60;
    const time = `${hours}:${two(minutes)}:${two(this.seconds % 60)}`;
    const fraction = this.microseconds === 0 ? '' : `.${String(this.microseconds).padStart(6, '0')}`;
    const days = this.days === 0 ? '' : `${this.days} day${Math.abs(this.days) === 1 ? '' : 's'}, `;
    return `${days}${time}${fraction}`;
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    return `PyTimeDelta ${this.toString()}`;
  }

  /** @internal */
  [pythonKey](): string {
    return `timedelta ${this.days} ${this.seconds} ${this.microseconds}`;
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
