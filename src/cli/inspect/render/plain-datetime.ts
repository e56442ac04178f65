/**
 * Datetimes as other programs read them: with the offset that their zone had then.
 *
 * @module
 */
import { isoOffset, offsetOfWallTime } from '../../../pickle/internal.js';
import { PyTimeDelta } from '../../../pickle/index.js';

/** `2026-01-05T09:30:00 (fold=1)[Asia/Shanghai +08:00]`: the parts that follow the clock are there or not. */
const SHOWN = /^([0-9-]+T[0-9:]+)(?:\.(\d{6}))?( \(fold=1\))?(?:\[([^ \]]+)(?: ([+-][0-9:]+))?\])?$/;

/** `2026-01-05T09:30:00+08:00` of what the lens shows; as it is where it names no zone, or one without known offsets. */
export function plainDatetime(shown: string): string {
  const [, clock = '', micros = '', fold, key, known] = SHOWN.exec(shown) ?? [];
  if (key === undefined) return shown;
  const plain = micros === '' ? clock : `${clock}.${micros}`;
  if (known !== undefined) return plain + known;
  try {
    const wall = BigInt(Date.parse(`${clock}Z`)) * 1000n + BigInt(micros === '' ? 0 : micros);
    return plain + isoOffset(PyTimeDelta.fromMicroseconds(offsetOfWallTime(key, wall, fold === undefined ? 0 : 1)));
  } catch (error) {
    if (error instanceof RangeError) return shown;
    throw error;
  }
}
