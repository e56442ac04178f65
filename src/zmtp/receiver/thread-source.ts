/**
 * The code of the receiving thread as one text, so that it is in whatever bundle the program is in, and no file beside it.
 *
 * This module is a place for it: `npm run build` and Vitest put in what scripts/thread-source.mjs makes of `thread.ts`.
 *
 * @module
 */

/** The code for `new Worker(code, { eval: true })`; empty where no build has put it in. */
export function threadSource(): string {
  return '';
}
