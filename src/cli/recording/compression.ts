/**
 * zstd, where this Node.js has it.
 *
 * @module
 */
import * as zlib from 'node:zlib';

/** The part of `node:zlib` that came with Node.js 22.15 and 23.8. */
interface ZstdFunctions {
  readonly zstdCompressSync: (data: Uint8Array) => Uint8Array;
  readonly zstdDecompressSync: (data: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
}

/** zstd's functions; undefined where this Node.js has none. */
export function zstd(): ZstdFunctions | undefined {
  // The types are those of Node.js 20, which has no zstd.
  const functions = zlib as Partial<ZstdFunctions>;
  const { zstdCompressSync, zstdDecompressSync } = functions;
  return zstdCompressSync === undefined || zstdDecompressSync === undefined
    ? undefined
    : { zstdCompressSync, zstdDecompressSync };
}
