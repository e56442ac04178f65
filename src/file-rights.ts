/**
 * Who else may use a file: the one place that reads and sets the rights of POSIX.
 *
 * Windows has access lists in their place, which Node.js neither reads nor sets. There nothing is said against a file, and
 * src/guard/policy/windows-rights.ts asks the system where it matters.
 *
 * @module
 */
import { chmod, open } from 'node:fs/promises';

/** For this program's user alone. */
export const OWN_FILE = 0o600;
export const OWN_FOLDER = 0o700;

const BY_OTHERS = 0o077;
const WRITTEN_BY_OTHERS = 0o022;
/** In such a folder only the owner of a file can replace it, as in /tmp. */
const STICKY = 0o1000;

/** What decides, given by tests. */
export interface RightsSystem {
  readonly platform: NodeJS.Platform;
  /** The user of this program; undefined where the system has no numbers of users. */
  readonly user: number | undefined;
}

/** This system. */
export function ownSystem(): RightsSystem {
  return { platform: process.platform, user: process.geteuid?.() };
}

/** Whether others may read a file, write it, or look into a folder. @param mode - of its status. */
export function othersMayUse(mode: number, { platform } = ownSystem()): boolean {
  return platform !== 'win32' && (mode & BY_OTHERS) !== 0;
}

/** Whether others may change a file. */
export function othersMayWrite(mode: number, { platform } = ownSystem()): boolean {
  return platform !== 'win32' && (mode & WRITTEN_BY_OTHERS) !== 0;
}

/** Whether others may put another file in the place of one in this folder. */
export function othersMayReplaceIn(mode: number, system = ownSystem()): boolean {
  return othersMayWrite(mode, system) && (mode & STICKY) === 0;
}

/** Whether a file belongs to another user. @param uid - of its status. */
export function isOfAnother(uid: number, { user } = ownSystem()): boolean {
  return user !== undefined && uid !== user;
}

/** A mode as `chmod` and `ls` write it. */
export function modeText(mode: number): string {
  return (mode & 0o777).toString(8);
}

/** Takes a file for this program's user alone, where the system can. */
export async function makeOwn(path: string): Promise<void> {
  await chmod(path, OWN_FILE);
}

/** Brings the names in a folder onto the disk. Windows opens no folder, and has them there by itself. */
export async function syncFolder(path: string, { platform } = ownSystem()): Promise<void> {
  if (platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
