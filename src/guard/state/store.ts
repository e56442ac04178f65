/**
 * A small piece of state in a file of JSON, which is there whole or not at all.
 *
 * @module
 */
import { dirname } from 'node:path';
import { messageOf } from '../../errors.js';
import { systemFiles, writeWhole } from '../audit/files.js';
import type { FileLayer } from '../audit/files.js';

/** What was found at a start. */
export type Stored =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Longer texts cannot be held, in bytes: a million orders of a day are less. */
const LONGEST = 480 * 2 ** 20;

/** One file of state. */
export class StateStore {
  readonly path: string;
  readonly #files: FileLayer;
  #last: Promise<unknown> = Promise.resolve();
  /** What is to be written next: a newer value takes the place of one that has not begun. */
  #next: { text: string; written: Promise<void> } | undefined;

  constructor(path: string, files: FileLayer = systemFiles) {
    this.path = path;
    this.#files = files;
  }

  /** Never throws: what cannot be read says why. */
  async read(): Promise<Stored> {
    try {
      const facts = await this.#files.facts(this.path);
      if (facts === undefined) return { kind: 'missing' };
      if (!facts.isFile) throw new Error('it is no regular file');
      if (facts.size > LONGEST) throw new Error(`it has ${facts.size} bytes, and ${LONGEST} at most are read`);
      const value: unknown = JSON.parse(Buffer.from(await this.#files.read(this.path)).toString('utf8'));
      return { kind: 'value', value };
    } catch (error) {
      return { kind: 'unreadable', reason: `${this.path} cannot be read: ${messageOf(error)}` };
    }
  }

  /** Resolves when this value, or a newer one, is on the disk. Rejects with the system's error; the file is then as before. */
  write(value: unknown): Promise<void> {
    const text = `${JSON.stringify(value)}\n`;
    if (this.#next !== undefined) {
      this.#next.text = text;
      return this.#next.written;
    }
    const next = { text, written: Promise.resolve() };
    next.written = this.#last.then(async () => {
      this.#next = undefined;
      await this.#files.makeFolder(dirname(this.path));
      await writeWhole(this.#files, this.path, next.text);
    });
    this.#next = next;
    this.#last = next.written.catch(() => undefined);
    return next.written;
  }
}
