/**
 * Whether two pieces of decoded data say the same.
 *
 * @module
 */

/** Deep equality of decoded data: values, plain objects, arrays, Maps, and the codec's frozen value classes. */
function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map && b instanceof Map) return sameEntries([...a.entries()], [...b.entries()]);
  if (a instanceof Set && b instanceof Set) return sameEntries([...a], [...b]);
  return sameFields(a, b);
}

function sameEntries(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((entry, index) => sameValue(entry, b[index]));
}

/** Every own property is the same, in whatever order. */
export function sameFields(a: object, b: object): boolean {
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  let count = 0;
  for (const name in left) {
    count++;
    if (!sameValue(left[name], right[name])) return false;
  }
  return count === Object.keys(right).length;
}
