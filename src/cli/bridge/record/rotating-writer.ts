/**
 * A recording in one file after the other.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { RecordingFileWriter } from '../../recording/file-writer.js';
import type { FileWriterOptions, OutgoingMessage } from '../../recording/file-writer.js';
import { CliError, tell } from '../../kit/errors.js';
import { fileName, hasOwnNames } from './file-names.js';

/** When a new file begins, and what tells of it. */
export interface RotationOptions extends FileWriterOptions {
  /** Name of the file, with `{time}` where the time shall stand. */
  readonly pattern: string;
  /** Bytes after which a new file begins. */
  readonly maxSize: number | undefined;
  /** ms after which a new file begins. */
  readonly maxAge: number | undefined;
  /** How often to write to the disk, in ms. */
  readonly flushInterval: number;
  /** Bytes that may wait for the disk; what comes then is lost. */
  readonly maxPending: number;
  /** A file was begun; `first` for the first one. */
  readonly begun: (path: string, first: boolean) => void;
  /** So many messages were lost since the last call, because the disk is too slow. */
  readonly lost: (messages: number) => void;
  /** The disk cannot be written to: the recording has ended. */
  readonly failed: (error: CliError) => void;
}

/** Names that are tried when files of the same millisecond exist. */
const MAX_ATTEMPTS = 100;

/** Takes messages without ever making their sender wait. */
export class RotatingWriter {
  readonly #options: RotationOptions;
  #file: RecordingFileWriter;
  #began = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;
  /** Of the files that are closed. */
  #messagesBefore = 0;
  #bytesBefore = 0;
  #lost = 0;
  #lostTold = 0;
  #files = 1;

  private constructor(options: RotationOptions, file: RecordingFileWriter) {
    this.#options = options;
    this.#file = file;
  }

  /** Begins the first file. @throws {@link CliError} when it cannot be written. */
  static async create(options: RotationOptions): Promise<RotatingWriter> {
    const writer = new RotatingWriter(options, await openFile(options));
    writer.#schedule();
    options.begun(writer.#file.path, true);
    return writer;
  }

  get messages(): number {
    return this.#messagesBefore + this.#file.messages;
  }

  get bytes(): number {
    return this.#bytesBefore + this.#file.size;
  }

  get lost(): number {
    return this.#lost;
  }

  get files(): number {
    return this.#files;
  }

  get pendingBytes(): number {
    return this.#file.pendingBytes;
  }

  get path(): string {
    return this.#file.path;
  }

  /** Adds a message; one that finds no room is lost, counted and told. */
  add(message: OutgoingMessage): void {
    if (this.#closed) return;
    if (
      this.#file.pendingBytes + message.data.length > this.#options.maxPending ||
      !this.#file.hasRoomFor(message.channel)
    )
      this.#lost++;
    else this.#file.add(message);
  }

  /** Writes the rest and closes the file. May be called again. @throws {@link CliError} when the disk fails. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
    try {
      await this.#file.close();
    } catch (error) {
      throw diskError(this.#file.path, error);
    }
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        if (!this.#closed) this.#schedule();
      });
    }, this.#options.flushInterval);
  }

  async #work(): Promise<void> {
    try {
      if (this.#isDue()) await this.#rotate();
      else await this.#file.flush();
      const lost = this.#lost - this.#lostTold;
      if (lost > 0) {
        this.#lostTold = this.#lost;
        this.#options.lost(lost);
      }
    } catch (error) {
      this.#closed = true;
      this.#options.failed(error instanceof CliError ? error : diskError(this.#file.path, error));
    }
  }

  #isDue(): boolean {
    const { maxSize = Infinity, maxAge = Infinity } = this.#options;
    if (this.#file.messages === 0) return false;
    const full = !this.#file.hasRoomFor({ kind: 'event', format: 'topic-frame', topic: '\0' });
    return full || this.#file.size >= maxSize || performance.now() - this.#began >= maxAge;
  }

  async #rotate(): Promise<void> {
    const next = await openFile(this.#options);
    const last = this.#file;
    this.#file = next;
    this.#began = performance.now();
    this.#messagesBefore += last.messages;
    this.#files++;
    this.#options.begun(next.path, false);
    await last.close();
    this.#bytesBefore += last.size;
  }
}

async function openFile(options: RotationOptions): Promise<RecordingFileWriter> {
  const rotates = options.maxSize !== undefined || options.maxAge !== undefined;
  for (let attempt = 0; ; attempt++) {
    const path = fileName(options.pattern, new Date(), rotates);
    try {
      return await RecordingFileWriter.create(path, options);
    } catch (error) {
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (exists && hasOwnNames(options.pattern, rotates) && attempt < MAX_ATTEMPTS) {
        await delay(1);
        continue;
      }
      if (exists) throw new CliError('FILE', (texts) => texts.recordingExists(path));

      throw diskError(path, error);
    }
  }
}

function diskError(path: string, error: unknown): CliError {
  return new CliError('FILE', (texts) => texts.cannotWrite(path, tell(error, texts)), { cause: error });
}
