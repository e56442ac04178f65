/**
 * The names of an audit's files: `audit.jsonl` is written, `audit.000000012345.jsonl` ends with line 12345.
 *
 * @module
 */
import { basename, dirname, join, parse } from 'node:path';
import type { FileLayer } from './files.js';

const DIGITS = 12;

/** The name of a file that is written no more. `failed`: the disk may not hold all of it. */
export function rotatedName(path: string, seq: number, failed = false): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${String(seq).padStart(DIGITS, '0')}${failed ? '.failed' : ''}${ext}`);
}

/** The newest of the files that are written no more. */
export async function newestRotated(files: FileLayer, path: string): Promise<string | undefined> {
  const { name, ext } = parse(path);
  const isOne = (other: string): boolean => {
    if (!other.startsWith(`${name}.`) || !other.endsWith(ext)) return false;
    const middle = other.slice(name.length + 1, ext === '' ? undefined : -ext.length);
    return /^\d{12}(\.failed)?$/.test(middle);
  };
  const newest = (await files.list(dirname(path))).filter(isOne).sort().at(-1);
  return newest === undefined ? undefined : join(dirname(path), basename(newest));
}

/** Tells a later start that the file must not be written any more, and where it ended. */
export function markerOf(path: string): string {
  return `${path}.failed`;
}
