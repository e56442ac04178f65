/**
 * Finds where the chain goes on, after whatever end the last writer had.
 *
 * @module
 */
import { basename, dirname } from 'node:path';
import { isOfAnother, modeText, othersMayWrite } from '../../file-rights.js';
import { ChainFile } from './chain-file.js';
import type { ChainPoint, LineRecord } from './chain-file.js';
import { AuditError } from './errors.js';
import type { FileFacts, FileLayer, OpenFile } from './files.js';
import { NO_LINE } from './line.js';
import { markerOf, newestRotated, rotatedName } from './names.js';
import { repair, repaired } from './repair.js';
import { readFirst, readTail } from './tail.js';

/** Where a chain was when its file failed. */
export interface FailedEnd {
  /** The newest line that the disk holds for certain. */
  readonly synced: ChainPoint;
  /** The newest line that was written. */
  readonly written: ChainPoint;
}

/** An opened chain, with the day of its newest line. */
export interface OpenedChain {
  readonly chain: ChainFile;
  /** Time text of the newest line from before; undefined when there is none. */
  readonly lastTime: string | undefined;
}

/**
 * Opens a chain: repairs a torn end, ends a rotation that was under way, and leaves a file alone that failed.
 *
 * @param time - of lines that this writes.
 * @throws {@link AuditError} `UNSAFE` or `UNREADABLE`, or the system's error.
 */
export async function openChain(files: FileLayer, path: string, time: string): Promise<OpenedChain> {
  await files.makeFolder(dirname(path));
  const failed = await readMarker(files, path);
  if (failed !== undefined) return recover(files, path, time, failed);

  const file = await openSafely(files, path);
  const { tail, records } = await repair(files, path, file.file);
  const { last } = tail;
  if (last === undefined) {
    const { before, lastTime } = await predecessor(files, path);
    const chain = new ChainFile(files, path, file.file, file.identity, { head: before.head, size: 0 });
    await begin(files, chain, [...before.records.map((fields) => continued(time, fields)), ...stamped(records, time)]);
    return { chain, lastTime };
  }
  const head = { seq: last.line.seq, hash: last.hash };
  const chain = new ChainFile(files, path, file.file, file.identity, { head, size: tail.end });
  if (last.line.kind === 'rotated') {
    await chain.close();
    await files.rename(path, rotatedName(path, head.seq));
    return openChain(files, path, time);
  }
  await begin(files, chain, stamped(records, time));
  return { chain, lastTime: last.line.time };
}

/** Marks a file so that no later start writes to it. */
export async function markFailed(files: FileLayer, path: string, end: FailedEnd): Promise<void> {
  const file = await files.append(markerOf(path));
  try {
    await file.truncate(0);
    await file.write(Buffer.from(JSON.stringify(end)));
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.syncFolder(dirname(path));
}

/** A new file behind one that failed. What lies at its name, whatever it is, gets another name. */
export async function recover(files: FileLayer, path: string, time: string, end: FailedEnd): Promise<OpenedChain> {
  if (!(await hasRecovered(files, path, end))) {
    const old = await moveAway(files, path, end);
    const file = await openSafely(files, path);
    const chain = new ChainFile(files, path, file.file, file.identity, { head: end.written, size: 0 });
    const fields = `,"from":${JSON.stringify(old)},"synced":${JSON.stringify(end.synced)},"written":${JSON.stringify(end.written)}}`;
    await chain.write([{ kind: 'recovered', time, fields }]);
    await chain.sync();
    await chain.close();
    await files.syncFolder(dirname(path));
  }
  await files.remove(markerOf(path));
  await files.syncFolder(dirname(path));
  return openChain(files, path, time);
}

/** Records and the file's name are on the disk before anything else is written. */
async function begin(files: FileLayer, chain: ChainFile, records: readonly LineRecord[]): Promise<void> {
  if (records.length > 0) await chain.write(records);
  await chain.sync();
  await files.syncFolder(dirname(chain.path));
  await repaired(files, chain.path);
}

function continued(time: string, fields: string): LineRecord {
  return { kind: 'continued', time, fields };
}

function stamped(records: readonly { kind: 'torn'; fields: string }[], time: string): readonly LineRecord[] {
  return records.map((record) => ({ ...record, time }));
}

/** What a file without lines goes on from. */
async function predecessor(
  files: FileLayer,
  path: string,
): Promise<{ before: { head: ChainPoint; records: readonly string[] }; lastTime: string | undefined }> {
  const from = await newestRotated(files, path);
  if (from === undefined) return { before: { head: { seq: 0, hash: NO_LINE }, records: [] }, lastTime: undefined };
  const file = await files.append(from);
  try {
    const { last } = await readTail(file, from);
    if (last === undefined) {
      throw new AuditError(
        'UNREADABLE',
        `${from} has no line of an audit to go on from. Move it away to begin a new audit`,
      );
    }
    const head = { seq: last.line.seq, hash: last.hash };
    return { before: { head, records: [`,"from":${JSON.stringify(basename(from))}}`] }, lastTime: last.line.time };
  } finally {
    await file.close();
  }
}

/** Opens first and looks then, so that nothing can be put in its place between. */
async function openSafely(files: FileLayer, path: string): Promise<{ file: OpenFile; identity: string }> {
  // Opening a pipe or a device may already do something.
  const before = await files.facts(path);
  if (before !== undefined) checkFacts(before, path);
  const file = await files.append(path);
  try {
    const facts = await file.facts();
    checkFacts(facts, path);
    return { file, identity: facts.identity };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function checkFacts(facts: FileFacts, path: string): void {
  if (!facts.isFile) throw new AuditError('UNSAFE', `the audit ${path} is no regular file`);
  if (facts.links > 1) {
    throw new AuditError(
      'UNSAFE',
      `the audit ${path} has ${facts.links} names (hard links): give it a name of its own`,
    );
  }
  if (othersMayWrite(facts.mode))
    throw new AuditError('UNSAFE', `others may write the audit ${path} (mode ${modeText(facts.mode)}): chmod 600 it`);
  if (isOfAnother(facts.owner))
    throw new AuditError('UNSAFE', `the audit ${path} belongs to another user (${facts.owner})`);
}

async function readMarker(files: FileLayer, path: string): Promise<FailedEnd | undefined> {
  const marker = markerOf(path);
  if ((await files.facts(marker)) === undefined) return undefined;
  try {
    const end = JSON.parse(Buffer.from(await files.read(marker)).toString('utf8')) as Partial<FailedEnd>;
    if (end.synced !== undefined && end.written !== undefined) return { synced: end.synced, written: end.written };
  } catch {
    // Written by a disk that failed: then the chain goes on from what can be read.
  }
  await files.remove(marker);
  return undefined;
}

/** A crash may have come between the new file and the marker's end. */
async function hasRecovered(files: FileLayer, path: string, end: FailedEnd): Promise<boolean> {
  if ((await files.facts(path)) === undefined) return false;
  const { file } = await openSafely(files, path);
  try {
    const first = await readFirst(file);
    return first?.kind === 'recovered' && first.seq === end.written.seq + 1 && first.prev === end.written.hash;
  } finally {
    await file.close();
  }
}

async function moveAway(files: FileLayer, path: string, end: FailedEnd): Promise<string | null> {
  const to = rotatedName(path, end.written.seq, true);
  if ((await files.facts(path)) === undefined) return (await files.facts(to)) === undefined ? null : basename(to);
  // A crash in a recovery leaves a new file without a whole line. The old one has its name already.
  if ((await files.facts(to)) !== undefined) {
    await files.rename(path, `${to}.${Date.now()}`);
    return basename(to);
  }
  await files.rename(path, to);
  await files.syncFolder(dirname(path));
  return basename(to);
}
