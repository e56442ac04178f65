/**
 * Reads recordings: whole ones, and those that a crash has cut off.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { McapStreamReader } from '@mcap/core';
import { messageOf } from '../../errors.js';
import { zstd } from './compression.js';
import { FORMAT_VERSION, PROFILE, fromMcapChannel } from './format.js';
import type { RecordedMessage, RecordingChannel } from './format.js';

/** What is known of a recording's end once all of it has been read. */
export interface RecordingEnd {
  /** The file ends as a recording that was closed does. */
  readonly complete: boolean;
  /** Bytes at the end that hold no whole record: what a crash has cut off. */
  readonly cutBytes: number;
}

/** A recording cannot be read on; what came before is good. */
export class RecordingDamagedError extends Error {
  /** When the last message before the damage was recorded, in ns since 1970; undefined when there is none. */
  readonly lastTime: bigint | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly lastTime?: bigint | undefined } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'RecordingDamagedError';
    this.lastTime = options.lastTime;
  }
}

/** A recording is sound, and this program cannot read it: something newer can. */
export class RecordingUnsupportedError extends RecordingDamagedError {}

/** A record larger than this is taken for damage, in bytes: it would be read into memory whole. */
const MAX_RECORD_BYTES = 2 ** 30;

/** Takes bytes, gives messages. */
export class RecordingParser {
  readonly #reader = new McapStreamReader({ decompressHandlers: { zstd: decompress } });
  readonly #channels = new Map<number, RecordingChannel | undefined>();
  #facts: ReadonlyMap<string, string> = new Map();
  #taken = 0;
  #lastTime: bigint | undefined;

  /** What the recorder wrote about the recording: addresses, versions. */
  get facts(): ReadonlyMap<string, string> {
    return this.#facts;
  }

  /**
   * Takes the next bytes and gives the messages that are complete.
   * @throws {@link RecordingDamagedError}
   */
  *add(data: Uint8Array): Generator<RecordedMessage> {
    let offset = this.#offset();
    try {
      this.#reader.append(data);
      this.#taken += data.length;
      while (true) {
        offset = this.#offset();
        const record = this.#reader.nextRecord();
        if (record === undefined) break;
        if (record.type === 'Channel') {
          this.#channels.set(record.id, fromMcapChannel(record));
        } else if (record.type === 'Metadata' && record.name === PROFILE) {
          this.#setFacts(record.metadata);
        } else if (record.type === 'Message') {
          const channel = this.#channels.get(record.channelId);
          // A channel of another program's is none of our business.
          if (channel === undefined) continue;
          this.#lastTime = record.logTime;
          yield { channel, time: record.logTime, sequence: record.sequence, data: record.data };
        }
      }
    } catch (error) {
      if (error instanceof RecordingDamagedError) throw error;
      throw this.#damage(offset, error);
    }
    if (this.#reader.bytesRemaining() > MAX_RECORD_BYTES)
      throw this.#damage(offset, new Error(`a record claims to be larger than ${MAX_RECORD_BYTES} bytes`));
  }

  /** Where the first byte stands that has not been understood yet. */
  #offset(): number {
    return this.#taken - this.#reader.bytesRemaining();
  }

  /** @param offset - Where the record that cannot be read begins. */
  #damage(offset: number, cause: unknown): RecordingDamagedError {
    // The MCAP library ends its messages with the name of the program that wrote the file: this one.
    const why = messageOf(cause).replace(/ \[(?:library=.*|no header)\]$/, '');
    const message = `damaged at byte ${offset} (${why}); nothing from there on can be read`;
    return new RecordingDamagedError(message, { cause, lastTime: this.#lastTime });
  }

  /** Call when there are no more bytes. */
  end(): RecordingEnd {
    return { complete: this.#reader.done(), cutBytes: this.#reader.bytesRemaining() };
  }

  #setFacts(facts: ReadonlyMap<string, string>): void {
    const version = Number(facts.get('format'));
    if (!(version <= FORMAT_VERSION)) {
      throw new RecordingUnsupportedError(
        `the recording has format ${facts.get('format') ?? '?'}, this version reads up to ${FORMAT_VERSION}: update vnpy-bridge`,
      );
    }
    this.#facts = facts;
  }
}

/** A recording in memory. @throws {@link RecordingDamagedError} after the messages before the damage. */
export function* parseRecording(data: Uint8Array): Generator<RecordedMessage, RecordingEnd> {
  const parser = new RecordingParser();
  // In slices: the parser keeps what it has not understood twice.
  for (let at = 0; at < data.length; at += READ_BYTES) yield* parser.add(data.subarray(at, at + READ_BYTES));
  return parser.end();
}

/** The recording in a file. @throws {@link RecordingDamagedError}, or the error of the operating system. */
export async function* readRecording(path: string): AsyncGenerator<RecordedMessage, RecordingEnd> {
  const parser = new RecordingParser();
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    // A file stream without an encoding gives buffers.
    yield* parser.add(chunk as Uint8Array);
  }
  return parser.end();
}

const READ_BYTES = 1 << 18;

function decompress(data: Uint8Array, size: bigint): Uint8Array {
  const functions = zstd();
  if (functions === undefined) {
    throw new RecordingUnsupportedError(
      `the recording is compressed with zstd, which Node.js ${process.version} cannot read: use 22.15 or newer`,
    );
  }
  if (size > BigInt(MAX_RECORD_BYTES)) throw new Error('a chunk claims to unpack to more than 1 GiB');
  return functions.zstdDecompressSync(data, { maxOutputLength: Math.max(1, Number(size)) });
}
