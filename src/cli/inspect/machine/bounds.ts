/**
 * How far a pickle is read when nobody says otherwise.
 *
 * @module
 */

/** Opcodes of one pickle. */
export const MAX_OPS = 50_000_000;

/** Levels of nesting. */
export const MAX_DEPTH = 10_000;
