/**
 * Keeps a second process away from a folder, and never lets a dead one do so.
 *
 * Each holder makes a file `NAME.N` with the next number; the highest number holds. A file is removed only when a higher one is
 * there, so no number comes twice. Of two that find a dead holder one gets the next number. A file of a process says who it is,
 * and names a socket at which it answers. That tells where numbers of processes mean nothing, as between two containers.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { constants, closeSync, openSync } from 'node:fs';
import { link, readFile, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { OWN_FILE } from '../../file-rights.js';
import { messageOf } from '../../errors.js';
import { StateError } from './errors.js';
import { systemProcesses } from './process.js';
import type { ProcessMark, ProcessTable } from './process.js';

/** A lock that is held. */
export interface StateLock {
  /** Lets it go. Does no harm when called again. */
  release(): Promise<void>;
}

/** What a lock's file says. */
interface Holder extends ProcessMark {
  readonly token: string;
  /** Where it answers; undefined when it could not listen. */
  readonly socket: string | undefined;
  readonly isReleased: boolean;
}

/** How often the next number may be somebody else's before this gives up. */
const MOST_TRIES = 100;
/** What a disk without hard links says. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
/** How long the few bytes of a lock may take to be written, in ms. */
const WRITE_MS = 200;
/** What a Unix socket's path may have, in bytes: macOS has the least. */
const LONGEST_SOCKET = 100;
/** How long a holder may take to answer, in ms. The system answers for a process that stands still. */
const ANSWER_MS = 2000;

/**
 * Takes a lock.
 *
 * @param folder - has to be on a local disk: over a network nobody can tell whether a process of another machine lives.
 * @param name - what files of the lock begin with.
 * @throws {@link StateError} `LOCKED` when another process has it, or this one.
 */
export async function acquireLock(
  folder: string,
  name = 'lock',
  processes: ProcessTable = systemProcesses,
): Promise<StateLock> {
  const token = randomBytes(8).toString('hex');
  const listening = await answer(folder, `${name}.${token}.sock`);
  const own: Holder = { ...processes.self(), token, socket: listening?.address, isReleased: false };
  const draft = join(folder, `${name}.${token}.new`);
  try {
    await writeFile(draft, JSON.stringify(own), { mode: OWN_FILE, flag: 'wx' });
    const path = await claim(folder, name, draft, processes);
    return new HeldLock(path, own, listening);
  } catch (error) {
    listening?.close();
    await listening?.removed();
    throw error;
  } finally {
    await remove(draft);
  }
}

class HeldLock implements StateLock {
  readonly #path: string;
  readonly #own: Holder;
  readonly #listening: Listening | undefined;
  #isHeld = true;

  constructor(path: string, own: Holder, listening: Listening | undefined) {
    this.#path = path;
    this.#own = own;
    this.#listening = listening;
  }

  async release(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    // The file stays: its number must not come again.
    const draft = `${this.#path}.${this.#own.token}`;
    try {
      await writeFile(draft, JSON.stringify({ ...this.#own, isReleased: true }), { mode: OWN_FILE });
      await rename(draft, this.#path);
    } catch {
      // On a full disk it stays as it is, and the end of this process releases it.
      await remove(draft);
    }
    this.#listening?.close();
    await this.#listening?.removed();
  }
}

async function claim(folder: string, name: string, draft: string, processes: ProcessTable): Promise<string> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const highest = Math.max(0, ...(await numbersOf(folder, name)));
    if (highest > 0) await checkFree(folder, join(folder, `${name}.${highest}`), processes);
    const number = highest + 1;
    const path = join(folder, `${name}.${number}`);
    if (!(await linked(draft, path))) continue;
    const numbers = await numbersOf(folder, name);
    // While this one looked, another took the next number and removed those before.
    if (Math.max(...numbers) > number) {
      await remove(path);
      continue;
    }
    await tidy(folder, name, number, numbers);
    return path;
  }
  throw new StateError('LOCKED', `the lock in ${folder} cannot be taken: too many processes try`);
}

async function numbersOf(folder: string, name: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names
    .filter((other) => other.startsWith(`${name}.`))
    .map((other) => other.slice(name.length + 1))
    .filter((rest) => /^[1-9]\d{0,14}$/.test(rest))
    .map(Number);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!NO_LINKS.some((code) => hasCode(error, code))) throw error;
  }
  return copied(from, to);
}

/** Where a disk has no hard links, as some that a container shares with its host. */
async function copied(from: string, to: string): Promise<boolean> {
  try {
    await writeFile(to, await readFile(from), { mode: OWN_FILE, flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** @throws {@link StateError} when its holder lives. */
async function checkFree(folder: string, path: string, processes: ProcessTable): Promise<void> {
  let holder = await readHolder(path);
  if (holder === undefined) {
    // It may be written just now, where a disk has no hard links.
    await new Promise((resolve) => setTimeout(resolve, WRITE_MS));
    holder = await readHolder(path);
  }
  if (holder === undefined || !(await lives(holder, folder, processes))) return;
  const who = holder.pid === processes.self().pid ? 'this process' : `process ${holder.pid}`;
  throw new StateError(
    'LOCKED',
    `${folder} is in use by ${who}: one process at a time has the guard's state (${path}). Stop it, or give a folder of its own`,
  );
}

/** Undefined for what is no lock: its machine lost power while it was written, or it was released meanwhile. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder> | null;
    if (typeof holder?.pid !== 'number' || typeof holder.token !== 'string') return undefined;
    const { pid, token, started, boot, space, socket, isReleased = false } = holder;
    return { pid, token, started, boot, space, socket, isReleased };
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function lives(holder: Holder, folder: string, processes: ProcessTable): Promise<boolean> {
  if (holder.isReleased) return false;
  const self = processes.self();
  if (holder.boot !== undefined && self.boot !== undefined && holder.boot !== self.boot) return false;
  const isHere = holder.space !== undefined && holder.space === self.space;
  // The kernel tells without doubt.
  if (isHere && holder.started !== undefined) return processes.startOf(holder.pid) === holder.started;
  // No namespaces on this system: a number that is free has no process.
  if (holder.space === undefined && self.space === undefined && !processes.exists(holder.pid)) return false;
  return holder.socket !== undefined && answers(holder.socket, folder);
}

/** A socket at which a living process answers. */
interface Listening {
  /** A name in the folder, or a pipe of Windows. */
  readonly address: string;
  close(): void;
  removed(): Promise<void>;
}

async function answer(folder: string, name: string): Promise<Listening | undefined> {
  const isPipe = process.platform === 'win32';
  const address = isPipe ? `\\\\.\\pipe\\vnpy-bridge-${name}` : name;
  const server = createServer((socket) => {
    socket.destroy();
  });
  server.unref();
  try {
    await withPath(folder, address, (path) => listening(server, path));
  } catch {
    // A disk without sockets: numbers of processes tell alone.
    return undefined;
  }
  server.on('error', () => undefined);
  return {
    address,
    close: () => {
      server.close();
    },
    removed: async () => {
      if (!isPipe) await remove(join(folder, name));
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answers(address: string, folder: string): Promise<boolean> {
  return withPath(
    folder,
    address,
    (path) =>
      new Promise((resolve) => {
        const socket = createConnection({ path });
        const end = (isThere: boolean): void => {
          clearTimeout(timer);
          socket.destroy();
          resolve(isThere);
        };
        const timer = setTimeout(end, ANSWER_MS, true);
        socket.once('connect', () => {
          end(true);
        });
        socket.once('error', (error) => {
          // Too many that ask at once are no proof of death.
          end(!hasCode(error, 'ECONNREFUSED') && !hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTSOCK'));
        });
      }),
  );
}

/** Uses a socket's path, in a short form where it would be too long for the system. */
async function withPath<Result>(
  folder: string,
  address: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  if (address.startsWith('\\\\.\\pipe\\')) return use(address);
  const path = join(folder, address);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET) return use(path);
  if (process.platform !== 'linux') throw new Error(`${path} is too long for a socket`);
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await use(`/proc/self/fd/${descriptor}/${address}`);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes what lower numbers left. */
async function tidy(folder: string, name: string, number: number, numbers: readonly number[]): Promise<void> {
  for (const old of numbers.filter((other) => other < number)) {
    const path = join(folder, `${name}.${old}`);
    const holder = await readHolder(path);
    if (holder !== undefined) {
      await remove(join(folder, `${name}.${holder.token}.sock`));
      await remove(join(folder, `${name}.${holder.token}.new`));
    }
    await remove(path);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw new Error(`${path} cannot be removed: ${messageOf(error)}`, { cause: error });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
