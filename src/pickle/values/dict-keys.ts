/**
 * Which dicts a plain object can stand for.
 *
 * @module
 */

/** Whether a dict with this key can be a plain object. With `lossless` not if JavaScript would move the key forward. */
export function isPropertyKey(key: unknown, lossless: boolean): key is string {
  if (typeof key !== 'string' || key === '__proto__') return false;
  return !lossless || !isIndexKey(key);
}

/** `'0'`, `'600000'`: keys that JavaScript puts before all others, in numerical order. */
function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4_294_967_295;
}
