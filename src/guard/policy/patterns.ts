/**
 * Patterns with `*`, matched without RegExp: a RegExp made of a few stars takes minutes on a text of 60 characters.
 *
 * @module
 */
import type { Pattern } from './policy.js';

/** Something that a text matches whole, or does not. */
export interface Matcher {
  matches(text: string): boolean;
}

/** Whether a pattern has a `*` that stands for other characters: `\*` does not. */
export function isWildcard(pattern: Pattern): boolean {
  return partsOf(pattern).length > 1;
}

/** The one text that a pattern without wildcards matches. */
export function literalOf(pattern: Pattern): string {
  return partsOf(pattern).join('*');
}

/** One pattern, compiled. Each part is looked for once, from left to right: the first place that fits leaves most for the rest. */
export function compilePattern(pattern: Pattern): Matcher {
  const parts = partsOf(pattern);
  const [first = '', ...others] = parts;
  if (others.length === 0) return { matches: (text) => text === first };

  const last = others.pop() ?? '';
  const shortest = parts.reduce((sum, part) => sum + part.length, 0);
  return {
    matches(text) {
      if (text.length < shortest || !text.startsWith(first) || !text.endsWith(last)) return false;

      const end = text.length - last.length;
      let at = first.length;
      for (const part of others) {
        const found = text.indexOf(part, at);
        if (found < 0) return false;

        at = found + part.length;
      }
      return at <= end;
    },
  };
}

/** A text matches a list where it matches one of its patterns; nothing matches an empty list. */
export function compilePatterns(patterns: readonly Pattern[]): Matcher {
  const exact = new Set(patterns.filter((pattern) => !isWildcard(pattern)).map(literalOf));
  const wild = patterns.filter(isWildcard);
  if (wild.includes('*')) return { matches: () => true };

  const matchers = wild.map(compilePattern);
  return { matches: (text) => exact.has(text) || matchers.some((matcher) => matcher.matches(text)) };
}

/** The texts between the stars. */
function partsOf(pattern: Pattern): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < pattern.length; at++) {
    if (pattern.startsWith('\\*', at)) {
      part += '*';
      at++;
    } else if (pattern[at] === '*') {
      parts.push(part);
      part = '';
    } else {
      part += pattern.charAt(at);
    }
  }
  parts.push(part);
  return parts;
}
