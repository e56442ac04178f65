/**
 * Names of recordings.
 *
 * @module
 */
import { extname } from 'node:path';

/** What stands for the time in a name. */
const TIME_MARK = '{time}';

/**
 * The name of the next file. `{time}` becomes the moment at which it begins, in UTC to the millisecond, so that names are in the
 * order of time. A recording in several files gets it in front of the ending even when nobody wrote it.
 */
export function fileName(pattern: string, begin: Date, rotates: boolean): string {
  const marked = rotates && !pattern.includes(TIME_MARK) ? mark(pattern) : pattern;
  return marked.replaceAll(TIME_MARK, begin.toISOString().replace(/[-:.]/g, ''));
}

/** Whether each recording gets a name of its own, so that one that exists is no reason to stop. */
export function hasOwnNames(pattern: string, rotates: boolean): boolean {
  return rotates || pattern.includes(TIME_MARK);
}

function mark(pattern: string): string {
  const ending = extname(pattern);
  return `${pattern.slice(0, pattern.length - ending.length)}-${TIME_MARK}${ending}`;
}
