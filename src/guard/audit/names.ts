/**
 * The names of an audit's files: `audit.jsonl` is written, `audit.000000012345.jsonl` ends with line 12345.
 *
 * @module
 */
import { join, parse } from 'node:path';
import { systemFiles } from './files.js';
import type { FileLayer } from './files.js';

const DIGITS = 12;

/** The name of a file that is written no more. `failed`: the disk may not hold all of it. */
export function rotatedName(path: string, seq: number, failed = false): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${String(seq).padStart(DIGITS, '0')}${failed ? '.failed' : ''}${ext}`);
}

/** The newest of the files that are written no more. */
export async function newestRotated(files: FileLayer, path: string): Promise<string | undefined> {
  return (await rotatedFiles(files, path)).at(-1);
}

/** All files of an audit that are there, oldest first: what `verifyAudit` and a rebuilding of state read. */
export async function auditFiles(path: string, files: FileLayer = systemFiles): Promise<readonly string[]> {
  const isThere = (await files.facts(path)) !== undefined;
  return [...(await rotatedFiles(files, path)), ...(isThere ? [path] : [])];
}

/** Numbers of one length are in order as texts. */
async function rotatedFiles(files: FileLayer, path: string): Promise<readonly string[]> {
  const { dir, name, ext } = parse(path);
  const isOne = (other: string): boolean => {
    if (!other.startsWith(`${name}.`) || !other.endsWith(ext)) return false;
    const middle = other.slice(name.length + 1, other.length - ext.length);
    return /^\d{12}(\.failed)?$/.test(middle);
  };
  return (await files.list(dir))
    .filter(isOne)
    .sort()
    .map((other) => join(dir, other));
}

/** Tells a later start that the file must not be written any more, and where it ended. */
export function markerOf(path: string): string {
  return `${path}.failed`;
}
