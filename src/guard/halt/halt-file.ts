/**
 * A file `HALT` beside the policy halts all: it works when nothing else does. Its removal resumes nothing.
 *
 * @module
 */
import { watch } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { GuardClock } from '../audit/clock.js';

/** A file that is looked for. */
export interface HaltFileWatch {
  /** Whether it was there at the last look. */
  readonly isThere: boolean;
  /** Looks now. */
  look(): Promise<void>;
  close(): void;
}

/** Between two looks, in ms: the system's own watch may miss a file, as on a network's disk. */
const LOOK_MS = 1000;
/** Of what the file says, in bytes. */
const LONGEST = 300;

/**
 * Looks for a file, now and from now on.
 *
 * @param appeared - called each time that it is there and was not before, with what its first line says.
 */
export async function watchHaltFile(
  path: string,
  clock: GuardClock,
  appeared: (why: string) => void,
): Promise<HaltFileWatch> {
  const watcher = new Watch(path, clock, appeared);
  await watcher.look();
  watcher.begin();
  return watcher;
}

class Watch implements HaltFileWatch {
  readonly #path: string;
  readonly #clock: GuardClock;
  readonly #appeared: (why: string) => void;
  #isThere = false;
  #isClosed = false;
  #looking: Promise<void> | undefined;
  #stops: (() => void)[] = [];

  constructor(path: string, clock: GuardClock, appeared: (why: string) => void) {
    this.#path = path;
    this.#clock = clock;
    this.#appeared = appeared;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  begin(): void {
    const look = (): void => {
      this.look().catch(() => undefined);
    };
    try {
      const name = basename(this.#path);
      const watching = watch(dirname(this.#path), { persistent: false }, (_event, changed) => {
        if (changed === null || changed === name) look();
      });
      // Then the looks at an interval are all there is.
      watching.on('error', () => undefined);
      this.#stops.push(() => {
        watching.close();
      });
    } catch {
      // As above.
    }
    this.#repeat(look);
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #repeat(look: () => void): void {
    const stop = this.#clock.after(LOOK_MS, () => {
      this.#stops = this.#stops.filter((other) => other !== stop);
      if (this.#isClosed) return;
      look();
      this.#repeat(look);
    });
    this.#stops.push(stop);
  }

  async #lookOnce(): Promise<void> {
    const isThere = await exists(this.#path);
    if (this.#isClosed || isThere === this.#isThere) return;
    if (!isThere) {
      this.#isThere = false;
      return;
    }
    const why = await firstLine(this.#path);
    this.#isThere = true;
    this.#appeared(why === '' ? `there is a file ${this.#path}` : `there is a file ${this.#path}: ${why}`);
  }
}

/** What cannot be looked at may be there. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

async function firstLine(path: string): Promise<string> {
  try {
    // A pipe would hold the reader.
    if (!(await lstat(path)).isFile()) return '';
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
      return (buffer.toString('utf8', 0, bytesRead).split('\n')[0] ?? '').trim();
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
