/**
 * Objects that are no data, and say so.
 *
 * @module
 */

/** An object's sentence why it cannot be pickled, and what to do instead: for a class of the house that stands near data. */
export const NOT_DATA = Symbol('why this is no data');

/** The sentence of such an object; undefined for all others. */
export function whyNotData(value: object): string | undefined {
  return (value as { readonly [NOT_DATA]?: string })[NOT_DATA];
}
