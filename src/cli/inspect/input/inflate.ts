/**
 * Decompression with a bound on what comes out: a few bytes of gzip can stand for gigabytes.
 *
 * @module
 */
import { createGunzip, createInflate, createInflateRaw, constants } from 'node:zlib';

import { messageOf } from '../../../errors.js';

/** The compressions that Node can undo. */
export type Compression = 'gzip' | 'zlib' | 'deflate';

/** What came out, and whether something is missing. */
export interface Inflated {
  readonly data: Uint8Array;
  /** `limit`: more would follow; `corrupt`: the stream breaks here. */
  readonly problem?: 'limit' | 'corrupt';
  /** What zlib said about a corrupt stream. */
  readonly message?: string;
}

const OPENERS = { gzip: createGunzip, zlib: createInflate, deflate: createInflateRaw };

/** Decompresses up to `limit` bytes, and keeps what came before a break in the stream. */
export async function inflate(data: Uint8Array, compression: Compression, limit: number): Promise<Inflated> {
  // With SYNC_FLUSH a stream that ends too early gives what it has instead of nothing.
  const stream = OPENERS[compression]({ finishFlush: constants.Z_SYNC_FLUSH });
  const chunks: Uint8Array[] = [];
  let total = 0;
  let problem: Pick<Inflated, 'problem' | 'message'> = {};
  stream.end(data);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const room = limit - total;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      total += Math.min(chunk.length, room);
      if (chunk.length > room) {
        problem = { problem: 'limit' };
        break;
      }
    }
  } catch (error) {
    problem = { problem: 'corrupt', message: messageOf(error) };
  }
  stream.destroy();
  return { data: Buffer.concat(chunks), ...problem };
}
