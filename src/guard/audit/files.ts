/**
 * The part of a file system that the audit and the guard's state are written with, so that tests can put faults into it.
 *
 * @module
 */
import { constants, lstat, mkdir, open, readFile, readdir, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OWN_FILE, OWN_FOLDER, syncFolder } from '../../file-rights.js';

/** What is known of a file. */
export interface FileFacts {
  readonly size: number;
  readonly links: number;
  /** Names the file itself, whatever it is called: device and number. */
  readonly identity: string;
  /** Permission bits: 0o600. */
  readonly mode: number;
  readonly owner: number;
  readonly isFile: boolean;
}

/** An open file. */
export interface OpenFile {
  /** Writes at the end. Gives the bytes that were taken: fewer than given is legal. */
  write(bytes: Uint8Array): Promise<number>;
  /** Resolves when what was written is on the disk. */
  datasync(): Promise<void>;
  /** Reads up to `length` bytes at `position`; fewer at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  facts(): Promise<FileFacts>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Files by their paths. Errors are the system's, with its `code`: `ENOSPC`. */
export interface FileLayer {
  /** Opens for appending and reading; made with the mode 0600 where it is missing. Follows no symbolic link. */
  append(path: string): Promise<OpenFile>;
  /** Makes a file that must not be there: `EEXIST`. */
  create(path: string): Promise<OpenFile>;
  /** Reads a whole file. */
  read(path: string): Promise<Uint8Array>;
  /** Facts of what is at a path, of a link itself; undefined where nothing is. */
  facts(path: string): Promise<FileFacts | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** No error where nothing is. */
  remove(path: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  /** Makes a folder, with those above it, with the mode 0700. */
  makeFolder(folder: string): Promise<void>;
  /** Resolves when the folder's names are on the disk. */
  syncFolder(folder: string): Promise<void>;
}

/** Not there on Windows, where it is undefined. */
const NO_FOLLOW = (constants as { readonly O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;
/** Without it, opening a pipe that nobody reads would wait for ever. */
const NO_WAIT = (constants as { readonly O_NONBLOCK?: number }).O_NONBLOCK ?? 0;
const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_FOLLOW | NO_WAIT;

class SystemFile implements OpenFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const { bytesWritten } = await this.#handle.write(bytes);
    return bytesWritten;
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  async facts(): Promise<FileFacts> {
    return factsOf(await this.#handle.stat());
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The files of this system. */
export const systemFiles: FileLayer = {
  append: async (path) => new SystemFile(await open(path, APPEND, OWN_FILE)),
  create: async (path) => new SystemFile(await open(path, APPEND | constants.O_EXCL, OWN_FILE)),
  read: (path) => readFile(path),
  facts: async (path) => {
    const status = await orMissing(lstat(path));
    return status && factsOf(status);
  },
  rename: (from, to) => rename(from, to),
  remove: async (path) => {
    await orMissing(unlink(path));
  },
  list: (folder) => readdir(folder),
  makeFolder: async (folder) => {
    await mkdir(folder, { recursive: true, mode: OWN_FOLDER });
  },
  syncFolder: (folder) => syncFolder(folder),
};

/** Writes a small file so that it is there whole or not at all. */
export async function writeWhole(files: FileLayer, path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await files.remove(temporary);
  const file = await files.create(temporary);
  try {
    await writeAll(file, Buffer.from(text));
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await files.syncFolder(dirname(path));
}

/** Writes all bytes, however few are taken at a time. */
export async function writeAll(file: Pick<OpenFile, 'write'>, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length;) {
    const count = await file.write(bytes.subarray(start));
    if (count <= 0) throw Object.assign(new Error('the file takes no more bytes'), { code: 'EIO' });
    start += count;
  }
}

/** The code of an error of the system: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

async function orMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

interface Status {
  readonly size: number;
  readonly nlink: number;
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly uid: number;
  isFile(): boolean;
}

function factsOf(status: Status): FileFacts {
  return {
    size: status.size,
    links: status.nlink,
    identity: `${status.dev}:${status.ino}`,
    mode: status.mode & 0o777,
    owner: status.uid,
    isFile: status.isFile(),
  };
}
