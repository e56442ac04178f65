/**
 * What a crash left behind the last whole line becomes a line of its own: nothing is dropped, and nothing is glued to it.
 *
 * The torn bytes are first kept in a file beside, so that a crash in the repair loses nothing either.
 *
 * @module
 */
import { dirname } from 'node:path';
import type { FileLayer, OpenFile } from './files.js';
import { writeWhole } from './files.js';
import { hashOf } from './line.js';
import { readTail } from './tail.js';
import type { Tail } from './tail.js';

/** Bytes of one `torn` line. A commit can be longer. */
const PART = 192 * 1024;

/** What is kept in the file beside. */
interface Kept {
  /** Where whole lines ended. */
  readonly end: number;
  /** Base64. */
  readonly bytes: string;
}

/** A line to be written. */
interface TornRecord {
  readonly kind: 'torn';
  readonly fields: string;
}

/** Where torn bytes are kept during a repair. */
function besideOf(path: string): string {
  return `${path}.torn`;
}

/**
 * Cuts off what is torn, and gives the records that keep it. They are to be written and flushed, and then {@link repaired} called.
 */
export async function repair(
  files: FileLayer,
  path: string,
  file: OpenFile,
): Promise<{ readonly tail: Tail; readonly records: readonly TornRecord[] }> {
  const kept = await readKept(files, path);
  const tail = await readTail(file, path);
  if (kept !== undefined && isUnfinished(kept, tail)) {
    // A repair crashed: what lies behind its place is the torn bytes still, or a part of the lines that keep them.
    await file.truncate(kept.end);
    await file.datasync();
    return { tail: await readTail(file, path), records: recordsOf(Buffer.from(kept.bytes, 'base64')) };
  }
  // What is kept belongs to another file that lay here, or is in this one: out of the way, but not lost.
  if (kept !== undefined) await files.rename(besideOf(path), `${besideOf(path)}.old`);
  if (tail.end === tail.size) return { tail, records: [] };

  // So that no crash can take a line from before what is kept.
  await file.datasync();
  const bytes = await file.read(tail.end, tail.size - tail.end);
  const keeping: Kept = { end: tail.end, bytes: Buffer.from(bytes).toString('base64') };
  await writeWhole(files, besideOf(path), JSON.stringify(keeping));
  await file.truncate(tail.end);
  await file.datasync();
  return { tail: { ...tail, size: tail.end }, records: recordsOf(bytes) };
}

/** The records are on the disk: what was kept beside is not needed any more. */
export async function repaired(files: FileLayer, path: string): Promise<void> {
  if ((await files.facts(besideOf(path))) === undefined) return;
  await files.remove(besideOf(path));
  await files.syncFolder(dirname(path));
}

async function readKept(files: FileLayer, path: string): Promise<Kept | undefined> {
  if ((await files.facts(besideOf(path))) === undefined) return undefined;
  return JSON.parse(Buffer.from(await files.read(besideOf(path))).toString('utf8')) as Kept;
}

/** Whether its last record is not in the file, whole: whatever else came after it then came by another start. */
function isUnfinished(kept: Kept, tail: Tail): boolean {
  if (tail.end < kept.end) return false;
  if (tail.end === kept.end) return true;
  // Records are written by one commit, and nothing follows before what is kept was removed.
  const { last } = tail;
  if (last?.line.kind !== 'torn') return false;
  return last.line['whole'] !== hashOf(Buffer.from(kept.bytes, 'base64')) || last.line['more'] === true;
}

function recordsOf(bytes: Uint8Array): readonly TornRecord[] {
  const whole = hashOf(bytes);
  const records: TornRecord[] = [];
  for (let start = 0; start < bytes.length; start += PART) {
    const part = Buffer.from(bytes.subarray(start, start + PART)).toString('base64');
    const more = start + PART < bytes.length;
    records.push({ kind: 'torn', fields: `,"whole":"${whole}","more":${more},"bytes":"${part}"}` });
  }
  return records;
}
