/**
 * Decompression with a bound on what comes out: a few bytes of gzip can stand for gigabytes.
 *
 * @module
 */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

import { messageOf } from '../../../errors.js';

/** The compressions that Node can undo. */
export type Compression = 'gzip' | 'zlib' | 'deflate' | 'zstd';

/** What came out, and whether something is missing. */
export interface Inflated {
  readonly data: Uint8Array;
  /** `limit`: more would follow; `corrupt`: the stream breaks here. */
  readonly problem?: 'limit' | 'corrupt';
  /** What zlib said about a corrupt stream. */
  readonly message?: string;
}

// With SYNC_FLUSH a stream that ends too early gives what it has instead of nothing.
const EARLY = { finishFlush: zlib.constants.Z_SYNC_FLUSH };

const OPENERS: Readonly<Record<Compression, (() => Transform) | undefined>> = {
  gzip: () => zlib.createGunzip(EARLY),
  zlib: () => zlib.createInflate(EARLY),
  deflate: () => zlib.createInflateRaw(EARLY),
  // The types are those of Node.js 20, which has no zstd.
  zstd: (zlib as Partial<Record<'createZstdDecompress', () => Transform>>).createZstdDecompress,
};

/** Whether this Node.js can undo a compression. */
export function canInflate(compression: Compression): boolean {
  return OPENERS[compression] !== undefined;
}

const MIN_ROOM = 2 ** 16;
/** What is reserved at once when more is needed. */
const MAX_ROOM = 2 ** 26;
/** Pickles of market data are compressed to a third or a quarter. */
const USUAL_RATIO = 4;

/** Decompresses up to `limit` bytes, and keeps what came before a break in the stream. */
export async function inflate(data: Uint8Array, compression: Compression, limit: number): Promise<Inflated> {
  const stream = OPENERS[compression]?.();
  if (stream === undefined) throw new Error(`this Node.js has no ${compression}`);
  let out = new Uint8Array(Math.min(limit, Math.max(MIN_ROOM, USUAL_RATIO * data.length)));
  let total = 0;
  let problem: Pick<Inflated, 'problem' | 'message'> = {};
  stream.end(data);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const room = limit - total;
      const taken = chunk.length > room ? chunk.subarray(0, room) : chunk;
      if (total + taken.length > out.length) out = enlarged(out, total, limit);
      out.set(taken, total);
      total += taken.length;
      if (chunk.length > room) {
        problem = { problem: 'limit' };
        break;
      }
    }
  } catch (error) {
    problem = { problem: 'corrupt', message: messageOf(error) };
  }
  stream.destroy();
  return { data: out.subarray(0, total), ...problem };
}

/** Room for more. Memory that is not written to costs nothing, so what unpacks far is given all that it may have. */
function enlarged(out: Uint8Array, used: number, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limit, Math.max(MAX_ROOM, 2 * out.length)));
  larger.set(out.subarray(0, used));
  return larger;
}
