/**
 * Whether others than the program's own user can change a file: the one place where the systems differ.
 *
 * @module
 */
import { lstat, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { isOfAnother, othersMayReplaceIn, othersMayWrite, ownSystem } from '../../file-rights.js';
import { whoMayWrite } from './windows-rights.js';

/** What was found. */
export interface Ownership {
  /** Sentences that say who may change the file and must not. Empty where nobody may. */
  readonly faults: readonly string[];
  /** Why it could not be looked at. */
  readonly unchecked: string | undefined;
}

/**
 * Looks who may change a file, or put another in its place.
 *
 * @param path - of the file; the folders in which it and what it is a link to lie are looked at, too.
 * @param status - of the open file itself: what lies at the path may be another by now.
 */
export async function checkOwnership(path: string, status: Stats): Promise<Ownership> {
  if (process.platform === 'win32') return checkWindows(path);

  const faults = [...whyUnsafe(path, status, false)];
  const folders = new Set([dirname(path), dirname(await realpath(path))]);
  for (const folder of folders) faults.push(...whyUnsafe(folder, await stat(folder), true));

  // Who owns a link can point it elsewhere; in a folder of our own that is us.
  const link = await lstat(path);
  if (link.isSymbolicLink()) faults.push(...wrongOwner(path, link));

  return { faults, unchecked: undefined };
}

function* whyUnsafe(path: string, status: Stats, isFolder: boolean): Generator<string> {
  yield* wrongOwner(path, status);
  if (isFolder ? othersMayReplaceIn(status.mode) : othersMayWrite(status.mode))
    yield `others may write ${isFolder ? 'into the folder ' : ''}${path}: chmod go-w ${path}`;
}

function* wrongOwner(path: string, { uid }: Stats): Generator<string> {
  const system = ownSystem();
  // What root owns, others cannot change.
  if (uid !== 0 && isOfAnother(uid, system))
    yield `${path} belongs to user ${uid}, and this program runs as user ${String(system.user)}`;
}

async function checkWindows(path: string): Promise<Ownership> {
  const faults: string[] = [];
  try {
    for (const each of [path, dirname(path)]) {
      for (const who of await whoMayWrite(each))
        faults.push(`${who} may write ${each}: take that right away by icacls`);
    }
    return { faults, unchecked: undefined };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { faults: [], unchecked: `who may change ${path} is not checked: ${why}` };
  }
}
