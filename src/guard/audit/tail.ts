/**
 * The end of an audit's file: its last line, and what was torn off behind it.
 *
 * @module
 */
import { AuditError } from './errors.js';
import type { AuditLine } from './entry.js';
import type { OpenFile } from './files.js';
import { LONGEST_LINE, decodeLine, hashOf } from './line.js';

/** How a file ends. */
export interface Tail {
  /** Its last whole line; undefined in a file without one. */
  readonly last: { readonly line: AuditLine; readonly hash: string } | undefined;
  /** Where whole lines end. */
  readonly end: number;
  readonly size: number;
}

const NEWLINE = 10;
const CHUNK = 64 * 1024;
/** One commit at most is torn: what is longer is none of the audit's. */
export const MOST_TORN = 16 * 2 ** 20;

/**
 * Finds a file's end.
 *
 * @throws {@link AuditError} `UNREADABLE` when the last whole line is none of an audit.
 */
export async function readTail(file: OpenFile, path: string): Promise<Tail> {
  const { size } = await file.facts();
  const newline = await lastNewline(file, size, MOST_TORN);
  if (newline === undefined) {
    if (size > MOST_TORN) throw unreadable(path);
    return { last: undefined, end: 0, size };
  }
  const before = await lastNewline(file, newline, LONGEST_LINE);
  const start = before === undefined ? 0 : before + 1;
  if (newline - start > LONGEST_LINE) throw unreadable(path);
  const bytes = await file.read(start, newline - start);
  const line = decodeLine(Buffer.from(bytes).toString('utf8'));
  if (line === undefined) throw unreadable(path);
  return { last: { line, hash: hashOf(bytes) }, end: newline + 1, size };
}

/** The first line of a file, when it is whole. */
export async function readFirst(file: OpenFile): Promise<AuditLine | undefined> {
  const bytes = Buffer.from(await file.read(0, LONGEST_LINE + 1));
  const newline = bytes.indexOf(NEWLINE);
  return newline === -1 ? undefined : decodeLine(bytes.toString('utf8', 0, newline));
}

/** The last newline before `end`, no more than `most` bytes back. */
async function lastNewline(file: OpenFile, end: number, most: number): Promise<number | undefined> {
  const first = Math.max(0, end - most - 1);
  for (let stop = end; stop > first;) {
    const start = Math.max(first, stop - CHUNK);
    const found = Buffer.from(await file.read(start, stop - start)).lastIndexOf(NEWLINE);
    if (found !== -1) return start + found;
    stop = start;
  }
  return undefined;
}

function unreadable(path: string): AuditError {
  return new AuditError(
    'UNREADABLE',
    `the end of ${path} is no line of an audit. "vnpy-bridge audit verify" tells more; move the file away to begin a new one`,
  );
}
