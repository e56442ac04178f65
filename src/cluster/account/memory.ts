/**
 * What an edge remembers of its account, on its own disk: no store of the network can make it forget.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { journalMarkOf } from './record.js';
import type { JournalMark } from './record.js';
import { isCount, isFields, isText } from './store.js';

/** What is remembered. */
export interface Remembered {
  /** Of the state folder. */
  readonly identity: string;
  /** The highest epoch that this edge has had. */
  readonly epoch: number;
  /** The highest `seq` of the record that it has seen as the holder. */
  readonly record: number;
  /** A place in the journal that it has seen; undefined where it has seen none. */
  readonly mark: JournalMark | undefined;
  /** Up to which `seq` of the journal the guard of this edge has counted the orders of others. */
  readonly counted: number;
  /** Whether it has counted at all since this memory was made. */
  readonly hasCounted: boolean;
  /** The halts that stood in the record when this edge looked last, by their ids. */
  readonly halts: readonly string[];
}

/** A file: StateStore is one. */
export interface MemoryFile {
  readonly path?: string;
  read(): Promise<
    | { readonly kind: 'value'; readonly value: unknown }
    | { readonly kind: 'missing' }
    | { readonly kind: 'unreadable'; readonly reason: string }
  >;
  /** Resolves when it is on the disk. */
  write(value: unknown): Promise<void>;
}

/** The memory of one edge of one account. */
export class AccountMemory {
  readonly #file: MemoryFile;
  readonly #account: string;
  #facts: Remembered;

  private constructor(file: MemoryFile, account: string, facts: Remembered) {
    this.#file = file;
    this.#account = account;
    this.#facts = facts;
  }

  /**
   * Reads the file, or begins one.
   *
   * @param account - cluster and account: a folder that is given to another one is none of its.
   * @throws Error where the file is there and cannot be used: to begin anew would forget who held what.
   */
  static async open(file: MemoryFile, account: string): Promise<AccountMemory> {
    const stored = await file.read();
    const where = file.path ?? 'the memory of the edge';
    if (stored.kind === 'unreadable') throw new Error(stored.reason);
    if (stored.kind === 'value') {
      const facts = factsOf(stored.value, account);
      if (facts === undefined) {
        throw new Error(
          `${where} holds no memory of an edge of ${account}: give a state folder of its own, or put the right file there`,
        );
      }
      return new AccountMemory(file, account, facts);
    }
    const identity = randomBytes(8).toString('hex');
    const memory = new AccountMemory(file, account, {
      identity,
      epoch: 0,
      record: 0,
      mark: undefined,
      counted: 0,
      hasCounted: false,
      halts: [],
    });
    await memory.save({});
    return memory;
  }

  get facts(): Remembered {
    return this.#facts;
  }

  /** Resolves when it is on the disk. @throws the system's error. */
  async save(changes: Partial<Omit<Remembered, 'identity'>>): Promise<void> {
    this.#facts = { ...this.#facts, ...changes };
    await this.#file.write({ version: 1, account: this.#account, ...this.#facts });
  }
}

function factsOf(value: unknown, account: string): Remembered | undefined {
  if (!isFields(value)) return undefined;
  const { version, account: of, identity, epoch, record, mark, counted, halts } = value;
  const hasCounted = value['hasCounted'] ?? true;
  if (version !== 1 || of !== account || !isText(identity)) return undefined;
  if (!isCount(epoch) || !isCount(record) || !isCount(counted)) return undefined;
  const seen = mark === undefined ? undefined : journalMarkOf(mark);
  if (mark !== undefined && seen === undefined) return undefined;
  if (!Array.isArray(halts) || !halts.every(isText) || typeof hasCounted !== 'boolean') return undefined;
  return { identity, epoch, record, counted, hasCounted, halts, mark: seen };
}
