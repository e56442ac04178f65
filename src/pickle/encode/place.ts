/**
 * The path to a value that is written, for messages.
 *
 * @module
 */

/** `[3]`, for an item. */
export function indexPlace(index: number): string {
  return `[${index}]`;
}

/** `.name`, or `['a key']`. */
export function keyPlace(key: unknown): string {
  if (typeof key === 'string') return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

  return typeof key === 'object' && key !== null ? '[key]' : `[${String(key)}]`;
}
