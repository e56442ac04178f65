/**
 * Which requests hold what a peer sent, and so go back as it came. An id may be an int or None, for instance, although vnpy
 * declares it a text. The checks are for what users write.
 *
 * @module
 */

/** Of each such object the fields as they came; undefined where all of it is as it came. */
const asReceived = new WeakMap<object, Readonly<Record<string, unknown>> | undefined>();

/**
 * Notes that an object holds what a peer sent.
 *
 * @param fields - Which fields, with their values. Default: all of it.
 */
export function markReceived<T extends object>(object: T, fields?: object): T {
  asReceived.set(object, fields === undefined ? undefined : { ...fields });
  return object;
}

/** Notes that `copy` was made of `original`, and holds of a peer's what that holds of it. */
export function markCopy(original: object, copy: object): void {
  if (asReceived.has(original)) markReceived(copy, original);
}

/** Whether a peer sent this value in this field. */
export function isAsReceived(object: object, name: string, value: unknown): boolean {
  if (!asReceived.has(object)) return false;
  const fields = asReceived.get(object);
  return fields === undefined || (Object.hasOwn(fields, name) && Object.is(fields[name], value));
}
