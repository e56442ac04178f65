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
 * twice is one key in Python, and two here. But that takes a NaN from the memo, where CPython's pickler puts no float.) And -0.0
 * would become 0, an int.
 */
export function storedKey(key: unknown, lossless: boolean): unknown {
  // Zeros and NaN are the falsy numbers.
  if (typeof key !== 'number' || key) return key;
  return Number.isNaN(key) || (lossless && Object.is(key, -0)) ? new PyFloat(key) : key;
}

/** A key with which an engine would make room for all indices below it, if nothing told it otherwise. */
export function isSparseKey(key: string): boolean {
  return key.length > 1 && isIndexKey(key);
}

/**
 * Lets an object keep keys that are indices one by one. V8 keeps them like an array as a rule: an object with the one key
 * `'999'` takes 12,000 bytes. (`ShouldConvertToSlowElements` of its src/objects/js-objects-inl.h; no longer so once there has
 * been an index beyond 2^29.)
 */
export function makeSparse(target: Record<string, unknown>): void {
  const last = 4_294_967_294;
  if (Object.hasOwn(target, last)) return;
  target[last] = null;
  Reflect.deleteProperty(target, last);
}

/** `'0'`, `'600000'`: keys that JavaScript puts before all others, in numerical order. */
function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4_294_967_295;
}
