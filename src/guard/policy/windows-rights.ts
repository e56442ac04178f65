/**
 * Who may write a file on Windows, by icacls. Its printed names are in the system's language; what it saves is in SDDL, which has
 * none.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Groups that are more than the administrators, by their abbreviation in SDDL or their SID. */
const BROAD: ReadonlyMap<string, string> = new Map([
  ['WD', 'Everyone'],
  ['S-1-1-0', 'Everyone'],
  ['AU', 'every user that has logged in'],
  ['S-1-5-11', 'every user that has logged in'],
  ['BU', 'the group Users'],
  ['S-1-5-32-545', 'the group Users'],
  ['IU', 'every user at this computer'],
  ['S-1-5-4', 'every user at this computer'],
  ['NU', 'every user of the network'],
  ['S-1-5-2', 'every user of the network'],
  ['BG', 'guests'],
  ['S-1-5-32-546', 'guests'],
  ['AN', 'who has not logged in'],
  ['S-1-5-7', 'who has not logged in'],
  ['DU', 'every user of the domain'],
]);

/** Rights in words that let somebody change a file, its rights or its owner. */
const WRITING = ['GA', 'GW', 'FA', 'FW', 'WD', 'WO', 'SD', 'DC', 'LC', 'CC'];
/** The same as bits: write data, append, delete child, delete, write DAC, write owner, all, write. */
const WRITING_BITS = 0x2 | 0x4 | 0x40 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000;

/** @throws when icacls cannot be run. */
export async function whoMayWrite(path: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vnpy-bridge-'));
  try {
    const saved = join(folder, 'rights');
    await promisify(execFile)('icacls', [path, '/save', saved], { timeout: 10_000, windowsHide: true });
    return writersOf(await readFile(saved, 'utf16le'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The broad groups that a text in SDDL lets write: `D:AI(A;ID;FA;;;SY)(A;;0x1301bf;;;BU)`. */
export function writersOf(sddl: string): readonly string[] {
  const found = new Set<string>();
  for (const [, entry = ''] of sddl.matchAll(/\(([^()]*)\)/g)) {
    const [type, flags = '', rights = '', , , who = ''] = entry.split(';');
    const group = BROAD.get(who);
    // Entries that are for what is inside alone (IO) do not hold for the thing itself.
    if (type === 'A' && group !== undefined && !pairs(flags).includes('IO') && writes(rights)) found.add(group);
  }
  return [...found];
}

function writes(rights: string): boolean {
  if (/^0x/i.test(rights)) return (Number(rights) & WRITING_BITS) !== 0;

  return pairs(rights).some((right) => WRITING.includes(right));
}

function pairs(text: string): string[] {
  return text.match(/../g) ?? [];
}
