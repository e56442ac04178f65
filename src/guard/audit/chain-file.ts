/**
 * The file of the audit that is written, as the end of a chain.
 *
 * @module
 */
import { basename } from 'node:path';
import { messageOf } from '../../errors.js';
import type { AuditKind } from './entry.js';
import { writeAll } from './files.js';
import type { FileLayer, OpenFile } from './files.js';
import { encodeLine, hashOf } from './line.js';
import { rotatedName } from './names.js';

/** A line of a chain by its number and hash. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

/** A line that has no place yet. */
export interface LineRecord {
  readonly kind: AuditKind;
  /** Time text. */
  readonly time: string;
  /** By `encodeFields`. */
  readonly fields: string;
}

/** The file is not the one that was opened, or somebody else writes to it. */
export class ForeignChange extends Error {}

/** The disk refused a flush. What it holds of what was written before is not known. */
export class FlushFailure extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** How a chain goes on in a file. */
export interface ChainStart {
  readonly head: ChainPoint;
  readonly size: number;
}

/** Writes lines behind one another. Not for two callers at a time. */
export class ChainFile {
  readonly path: string;
  readonly #files: FileLayer;
  readonly #file: OpenFile;
  readonly #identity: string;
  #head: ChainPoint;
  #synced: ChainPoint;
  #size: number;
  #lines = 0;
  #isDirty = false;
  #isClosed = false;

  constructor(files: FileLayer, path: string, file: OpenFile, identity: string, start: ChainStart) {
    this.path = path;
    this.#files = files;
    this.#file = file;
    this.#identity = identity;
    this.#head = start.head;
    this.#synced = start.head;
    this.#size = start.size;
  }

  /** The newest line. */
  get head(): ChainPoint {
    return this.#head;
  }

  /** The newest line that is on the disk for certain. */
  get synced(): ChainPoint {
    return this.#synced;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get size(): number {
    return this.#size;
  }

  /** Lines that were written since it was opened. */
  get lines(): number {
    return this.#lines;
  }

  /** Writes lines, all or, as far as the file lets itself be cut, none. Rejects with the system's error. */
  async write(records: readonly LineRecord[]): Promise<void> {
    await this.#cut();
    let { seq, hash } = this.#head;
    let text = '';
    for (const { kind, time, fields } of records) {
      const line = encodeLine(++seq, time, kind, hash, fields);
      hash = hashOf(line);
      text += `${line}\n`;
    }
    const bytes = Buffer.from(text);
    this.#isDirty = true;
    await writeAll(this.#file, bytes);
    this.#isDirty = false;
    this.#head = { seq, hash };
    this.#size += bytes.length;
    this.#lines += records.length;
  }

  /** Resolves when all that was written is on the disk. After it has rejected, nothing more may be written to this file. */
  async sync(): Promise<void> {
    const point = this.#head;
    try {
      await this.#file.datasync();
    } catch (error) {
      throw new FlushFailure(error);
    }
    this.#synced = point;
  }

  /**
   * Looks whether the file is still there, whole, and nobody else's.
   *
   * @throws {@link ForeignChange}
   */
  async check(): Promise<void> {
    const [own, there] = await Promise.all([this.#file.facts(), this.#files.facts(this.path)]);
    if (there !== undefined && there.identity !== this.#identity)
      throw new ForeignChange(`${this.path} was replaced by another file`);
    if (there === undefined || own.links === 0) throw new ForeignChange(`${this.path} was deleted or moved`);
    if (own.size !== this.#size && !this.#isDirty) {
      throw new ForeignChange(
        `${this.path} has ${own.size} bytes, and ${this.#size} were written: another program changed it`,
      );
    }
  }

  /** Ends the file with a line that says so, and gives it the name of a file that has ended. It is closed then. */
  async rotate(time: string): Promise<void> {
    const to = rotatedName(this.path, this.#head.seq + 1);
    await this.write([{ kind: 'rotated', time, fields: `,"to":${JSON.stringify(basename(to))}}` }]);
    await this.sync();
    await this.close();
    // What comes next, a new file at the old name, syncs the folder.
    await this.#files.rename(this.path, to);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#file.close();
  }

  /** Takes away the part of lines that a failed write left. */
  async #cut(): Promise<void> {
    if (!this.#isDirty) return;
    await this.#file.truncate(this.#size);
    this.#isDirty = false;
  }
}
