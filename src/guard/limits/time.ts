/**
 * The instant that a time in vnpy's data means.
 *
 * @module
 */
import { PyZoneInfo } from '../../pickle/index.js';
import type { PyDateTime } from '../../pickle/index.js';

/**
 * An instant in ms since the epoch.
 *
 * @param zone - Where a time without a zone is from.
 * @returns undefined where there is none, or one in a zone that is not known here.
 */
export function instantOf(datetime: PyDateTime | null, zone: string): number | undefined {
  try {
    return datetime === null ? undefined : Number(datetime.instant(new PyZoneInfo(zone)) / 1000n);
  } catch (error) {
    // A gateway may leave out what vnpy requires.
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}
