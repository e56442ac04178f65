/**
 * Padding at the end of a text.
 *
 * @module
 */

/** A text without the run of one character at its end. `/0+$/` would take quadratic time for runs that stand elsewhere. */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}
