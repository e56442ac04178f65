/**
 * Whether a name fits a pattern of a policy: `*` is any run of characters, `\*` is a star, and nothing else is special.
 *
 * @module
 */
import type { Pattern } from '../policy/policy.js';

/** Without RegExp, in time that grows with the length of both at the worst as their product. */
export function fits(pattern: Pattern, text: string): boolean {
  let [at, place] = [0, 0];
  // Where to go on if what follows the last star does not fit: the star takes one character more.
  let [star, taken] = [-1, 0];
  while (place < text.length) {
    const isEscaped = pattern[at] === '\\' && pattern[at + 1] === '*';
    if (pattern[at] === '*') {
      star = at++;
      taken = place;
    } else if (at < pattern.length && (isEscaped ? '*' : pattern[at]) === text[place]) {
      at += isEscaped ? 2 : 1;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++taken;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** Whether one of them fits. */
export function fitsOne(patterns: readonly Pattern[], text: string): boolean {
  return patterns.some((pattern) => fits(pattern, text));
}
