/**
 * The lines of an audit's file, one after the other, as they are stored. Files that were compressed (`.gz`) are read as well.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LONGEST_LINE } from './line.js';

/** Where a line lies. */
export interface LinePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of its first byte; in a compressed file, of what was compressed. */
  readonly byte: number;
}

/** A line as it is stored. */
export interface RawLine extends LinePlace {
  /** Without the newline. */
  readonly bytes: Buffer;
  /** False for what lies behind the last newline. */
  readonly isWhole: boolean;
}

/** What is longer is cut here: it is none of the audit's lines. */
const LONGEST = LONGEST_LINE + 1;

/** Reads a file's lines. Rejects with the system's error. */
export async function* rawLines(file: string): AsyncGenerator<RawLine, void, undefined> {
  let rest: Buffer[] = [];
  let restSize = 0;
  let [line, byte] = [1, 0];
  const take = (bytes: Buffer, isWhole: boolean): RawLine => {
    const all = rest.length === 0 ? bytes : Buffer.concat([...rest, bytes]);
    const raw = { file, line, byte, bytes: all, isWhole };
    line++;
    byte += restSize + bytes.length + 1;
    rest = [];
    restSize = 0;
    return raw;
  };
  for await (const chunk of bytesOf(file)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield take(chunk.subarray(start, end), true);
      start = end + 1;
    }
    if (start === chunk.length) continue;
    const part = chunk.subarray(start);
    // Of a line without end no more is kept than shows that it is none.
    if (restSize < LONGEST) rest.push(part);
    restSize += part.length;
  }
  if (restSize > 0) yield take(Buffer.alloc(0), false);
}

function bytesOf(file: string): AsyncIterable<Buffer> {
  const stream = createReadStream(file, { highWaterMark: 256 * 1024 });
  if (!file.endsWith('.gz')) return stream as AsyncIterable<Buffer>;
  // The error reaches who reads: pipeline destroys the last stream with it.
  return pipeline(stream, createGunzip(), () => undefined) as AsyncIterable<Buffer>;
}
