/**
 * Keys that Python has no dict or set for.
 *
 * @module
 */
import { KeyIndex, UnhashableError } from '../values/keys.js';
import type { Hashing } from '../values/keys.js';

/** Why keys cannot be keys. */
export interface WrongKey {
  readonly code: 'UNHASHABLE' | 'DUPLICATE_KEY';
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * Python's keys are hashable, and two that JavaScript tells apart may be one there.
 *
 * @param what - they are: `key`, `item`
 */
export function wrongKey(keys: readonly unknown[], what: string, hashing: Hashing): WrongKey | undefined {
  if (keys.every((key) => typeof key === 'string')) return undefined;
  const index = new KeyIndex(hashing, true);
  const seen = new Set<unknown>();
  for (const key of keys) {
    let canonical: unknown;
    try {
      canonical = index.canonical(key, false);
    } catch (cause) {
      if (!(cause instanceof UnhashableError)) throw cause;
      return { code: 'UNHASHABLE', message: `The ${what} cannot be hashed in Python: ${cause.message}`, cause };
    }
    if (seen.has(canonical)) {
      const message = `Two ${what}s are equal in Python, such as 1 and true, or null and undefined`;
      return { code: 'DUPLICATE_KEY', message };
    }
    seen.add(canonical);
  }
  return undefined;
}
