/**
 * A policy in a file: opened, checked, read, and read again when it changes.
 *
 * The folder is watched, because a watch of the file itself goes deaf when an editor renames a new one over it. A file that is
 * being written is read until two readings are equal. What cannot hold is told, and the policy before it stays.
 *
 * @module
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { constants, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../errors.js';
import { PolicyError } from '../errors.js';
import { checkOwnership } from './ownership.js';
import type { Ownership } from './ownership.js';
import type { Policy } from './policy.js';
import { readPolicy } from './read.js';
import { MAX_POLICY_BYTES } from './source.js';

/** What a change of the file has come to: a new policy, or the reason why the old one stays. */
export type PolicyChange = { readonly policy: Policy } | { readonly error: PolicyError };

/** Options of {@link PolicyFile.open}. */
export interface PolicyFileOptions {
  /** Called after each change of the file, also after one that is refused. */
  readonly onChange?: (change: PolicyChange) => void;
  /** Called with sentences that a person should read: that the rights of the file could not be checked. */
  readonly onWarning?: (warning: string) => void;
  /** How long a file must not change before it is read, in ms. Default 50. */
  readonly settle?: number;
  /** How often it is looked at beside the watch, in ms: some file systems tell nothing. Default 500; 0 is never. */
  readonly poll?: number;
  /** Whether changes are looked for. Default true. */
  readonly watch?: boolean;
}

const SETTLE = 50;
const POLL = 500;

/** A file that goes on changing so often is being written for too long: the next change of it starts anew. */
const MOST_READINGS = 100;

/** A policy in a file. */
export class PolicyFile {
  /** The absolute path of the file. */
  readonly path: string;
  readonly #options: PolicyFileOptions;
  #policy: Policy;
  /** Whether the last reading was refused: then the return of the old text is a change, too. */
  #isRefused = false;
  #seen: string | undefined;
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #debounce: NodeJS.Timeout | undefined;
  /** The reading under way; readings do not overlap. */
  #reading: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(path: string, policy: Policy, options: PolicyFileOptions) {
    this.path = path;
    this.#policy = policy;
    this.#options = options;
  }

  /**
   * Reads a policy and, unless told otherwise, watches its file.
   *
   * @throws PolicyError `UNREADABLE_POLICY` when it cannot be read, `UNSAFE_POLICY` when others may change it, `BAD_POLICY` with all
   * faults of its text.
   */
  static async open(path: string, options: PolicyFileOptions = {}): Promise<PolicyFile> {
    const absolute = resolve(path);
    const seen = await fingerprint(absolute);
    const file = new PolicyFile(absolute, await load(absolute, settleOf(options), options.onWarning), options);
    file.#seen = seen;
    if (options.watch !== false) file.#watch();

    return file;
  }

  /** The policy that holds. */
  get policy(): Policy {
    return this.#policy;
  }

  /**
   * Reads the file now.
   *
   * @returns The policy that holds from now on.
   * @throws PolicyError as {@link PolicyFile.open}; the policy before it stays. The listener is told in both cases.
   */
  async reload(): Promise<Policy> {
    const change = await this.#inTurn(async () => this.#read(true));
    if (change !== undefined && 'error' in change) throw change.error;

    return this.#policy;
  }

  /** Ends the watch. A reading under way tells nothing any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watcher?.close();
    clearInterval(this.#poll);
    clearTimeout(this.#debounce);
    await this.#reading;
  }

  #watch(): void {
    try {
      this.#watcher = watch(dirname(this.path), { persistent: false }, () => {
        this.#soon();
      });
      // A folder that goes away ends its watch: the regular look remains.
      this.#watcher.on('error', () => {
        this.#watcher?.close();
      });
    } catch (error) {
      this.#options.onWarning?.(`changes of ${this.path} are looked for, not watched: ${messageOf(error)}`);
    }
    const { poll = POLL } = this.#options;
    if (poll > 0) {
      this.#poll = setInterval(() => {
        this.#soon();
      }, poll);
      this.#poll.unref();
    }
  }

  /** Many changes in a row are one. */
  #soon(): void {
    if (this.#isClosed || this.#debounce !== undefined) return;

    this.#debounce = setTimeout(() => {
      this.#debounce = undefined;
      void this.#inTurn(async () => this.#read(false));
    }, settleOf(this.#options));
    this.#debounce.unref();
  }

  async #inTurn<Result>(read: () => Promise<Result>): Promise<Result> {
    const turn = this.#reading.then(read);
    this.#reading = turn.catch(() => undefined);
    return turn;
  }

  /** @param isAsked - read and tell also when nothing has changed. */
  async #read(isAsked: boolean): Promise<PolicyChange | undefined> {
    // Looked at before it is read: a change in between is seen by the next look.
    const seen = await fingerprint(this.path);
    if (this.#isClosed || (!isAsked && seen === this.#seen)) return undefined;

    this.#seen = seen;
    const change = await this.#attempt();
    const isNew = 'error' in change || this.#isRefused || change.policy.hash !== this.#policy.hash;
    if (this.#hasClosed() || !(isNew || isAsked)) return undefined;

    this.#isRefused = 'error' in change;
    if ('policy' in change) this.#policy = change.policy;

    this.#tell(change);
    return change;
  }

  async #attempt(): Promise<PolicyChange> {
    try {
      return { policy: await load(this.path, settleOf(this.#options), this.#options.onWarning) };
    } catch (error) {
      return { error: error instanceof PolicyError ? error : unreadable(this.path, error) };
    }
  }

  #tell(change: PolicyChange): void {
    try {
      this.#options.onChange?.(change);
    } catch (error) {
      this.#options.onWarning?.(`the listener of ${this.path} failed: ${messageOf(error)}`);
    }
  }

  /** It may have been closed while something was awaited. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }
}

function settleOf({ settle = SETTLE }: PolicyFileOptions): number {
  return settle;
}

/** What differs when a file has changed; undefined when there is none. */
async function fingerprint(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return undefined;
  }
}

async function load(path: string, settle: number, warn: PolicyFileOptions['onWarning']): Promise<Policy> {
  const { text, ownership } = await readStable(path, settle);
  if (ownership.faults.length > 0) {
    throw new PolicyError(
      'UNSAFE_POLICY',
      `the policy ${path} can be changed by others: ${ownership.faults.join('; ')}`,
    );
  }

  if (ownership.unchecked !== undefined) warn?.(ownership.unchecked);

  return readPolicy(text, { folder: dirname(path) });
}

interface Reading {
  readonly text: string;
  readonly ownership: Ownership;
}

/** Reads until two readings in a row are equal. */
async function readStable(path: string, settle: number): Promise<Reading> {
  let last = await readOnce(path);
  for (let left = MOST_READINGS; left > 0; left--) {
    await delay(settle);
    const next = await readOnce(path);
    if (next.text === last.text) return next;

    last = next;
  }
  throw new PolicyError('UNREADABLE_POLICY', `the policy ${path} does not stop changing`);
}

/** Opens the file once: what is looked at is what is read. */
async function readOnce(path: string): Promise<Reading> {
  try {
    // Opening a FIFO would wait for a writer.
    const file = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    try {
      const status = await file.stat();
      if (!status.isFile()) throw new PolicyError('UNREADABLE_POLICY', `the policy ${path} is no file`);

      if (status.size > MAX_POLICY_BYTES)
        throw new PolicyError('UNREADABLE_POLICY', `the policy ${path} is larger than ${MAX_POLICY_BYTES / 1e6} MB`);

      const ownership = await checkOwnership(path, status);
      // Not readFile: a file that grows has no end.
      const bytes = Buffer.alloc(status.size);
      const { bytesRead } = await file.read(bytes, 0, status.size, 0);
      return { text: decode(bytes.subarray(0, bytesRead), path), ownership };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof PolicyError) throw error;

    throw unreadable(path, error);
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PolicyError('UNREADABLE_POLICY', `the policy ${path} is no UTF-8 text`);
  }
}

function unreadable(path: string, error: unknown): PolicyError {
  return new PolicyError('UNREADABLE_POLICY', `the policy ${path} cannot be read: ${messageOf(error)}`, [], {
    cause: error,
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
  });
}
