/**
 * Which dicts a plain object can stand for, and what stands for a key in a Map or Set.
 *
 * @module
 */
import { PyFloat } from './py-float.js';

/** Whether a dict with this key can be a plain object. With `lossless` not if JavaScript would move the key forward. */
export function isPropertyKey(key: unknown, lossless: boolean): key is string {
  if (typeof key !== 'string' || key === '__proto__') return false;
  return !lossless || !isIndexKey(key);
}

/**
 * A key or item as a Map or Set can hold it. In Python two NaNs are two keys, where a Map would make them one. (The same NaN
 * twice is one key in Python, and two here; but that takes a NaN from the memo, where CPython's pickler puts no float.)
 * And -0.0 would become 0, an int.
 */
export function storedKey(key: unknown, lossless: boolean): unknown {
  // Zeros and NaN are the falsy numbers.
  if (typeof key !== 'number' || key) return key;
  return Number.isNaN(key) || (lossless && Object.is(key, -0)) ? new PyFloat(key) : key;
}

/** `'0'`, `'600000'`: keys that JavaScript puts before all others, in numerical order. */
function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4_294_967_295;
}
