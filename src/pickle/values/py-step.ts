/**
 * What a pickle does to an inert value after it has been made.
 *
 * @module
 */

/** What was done to the object after it was made, in the order of the pickle. */
export type PyStep =
  | { readonly kind: 'state'; readonly state: unknown }
  | { readonly kind: 'append'; readonly items: readonly unknown[] }
  | { readonly kind: 'set'; readonly entries: readonly (readonly [unknown, unknown])[] }
  | { readonly kind: 'add'; readonly items: readonly unknown[] }
  /** `setter(object, state)`, the result of which is dropped. */
  | { readonly kind: 'setter'; readonly setter: unknown; readonly state: unknown };
