/**
 * Writes one recording.
 *
 * The writer of `@mcap/core` ends a chunk only when it is full. Here a chunk ends at each flush, so that a crash costs what came
 * since then and no more. The records themselves are built by `@mcap/core`.
 *
 * @module
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from '@foxglove/crc';
import { McapChunkBuilder, McapConstants, McapRecordBuilder } from '@mcap/core';
import type { McapTypes } from '@mcap/core';
import { zstd } from './compression.js';
import { FORMAT_VERSION, PROFILE, channelKey, toMcapChannel } from './format.js';
import type { RecordingChannel } from './format.js';

/** Options of a {@link RecordingFileWriter}. */
export interface FileWriterOptions {
  /** Facts about the recording, kept in it: addresses, versions. */
  readonly facts: Readonly<Record<string, string>>;
  /** Wait for the disk at each flush. */
  readonly fsync: boolean;
  /** Compress chunks with zstd. */
  readonly compress: boolean;
}

/** A message to be recorded, with the channel it belongs to. */
export interface OutgoingMessage {
  readonly channel: RecordingChannel;
  /** In ns since 1970-01-01T00:00Z. */
  readonly time: bigint;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** A chunk is ended early when it has reached this size, in bytes. */
const CHUNK_BYTES = 1 << 20;

/** MCAP numbers channels with 16 bits. */
const MAX_CHANNELS = 0xffff;

const { Opcode } = McapConstants;

/** One file, open for writing. `add` never waits; `flush` and `close` do. */
export class RecordingFileWriter {
  /** Where the file is. */
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #options: FileWriterOptions;
  readonly #channels = new Map<string, McapTypes.Channel>();
  readonly #written = new Set<number>();
  readonly #chunk = new McapChunkBuilder({ useMessageIndex: true });
  readonly #chunkIndexes: McapTypes.ChunkIndex[] = [];
  readonly #counts = new Map<number, bigint>();
  #first: bigint | undefined;
  #last = 0n;
  /** Bytes of the file once everything in the queue is written. */
  #position = 0;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, options: FileWriterOptions) {
    this.path = path;
    this.#handle = handle;
    this.#options = options;
  }

  /**
   * Creates the file. One that exists is never written over.
   * @throws the error of the operating system.
   */
  static async create(path: string, options: FileWriterOptions): Promise<RecordingFileWriter> {
    const writer = new RecordingFileWriter(path, await open(path, 'wx'), options);
    const records = new McapRecordBuilder();
    records.writeMagic();
    records.writeHeader({ profile: PROFILE, library: 'vnpy-bridge' });
    const facts = { format: String(FORMAT_VERSION), ...options.facts };
    records.writeMetadata({ name: PROFILE, metadata: new Map(Object.entries(facts)) });
    writer.#enqueue(records);
    await writer.#drain();
    return writer;
  }

  /** Size of the file so far in bytes, with what waits to be written. */
  get size(): number {
    return this.#position + this.#chunk.byteLength;
  }

  /** Bytes that are not on their way to the disk yet. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#chunk.byteLength;
  }

  /** Messages so far. */
  get messages(): number {
    let sum = 0n;
    for (const count of this.#counts.values()) sum += count;
    return Number(sum);
  }

  /** Whether the message's channel has a number, or can get one. */
  hasRoomFor(channel: RecordingChannel): boolean {
    return this.#channels.size < MAX_CHANNELS || this.#channels.has(channelKey(channel));
  }

  /** Adds a message; it is on the disk after the next `flush`. The bytes are copied. */
  add({ channel, time, sequence, data }: OutgoingMessage): void {
    const known = this.#channel(channel);
    if (!this.#written.has(known.id)) {
      this.#chunk.addChannel(known);
      this.#written.add(known.id);
    }
    this.#chunk.addMessage({ channelId: known.id, sequence, logTime: time, publishTime: time, data });
    this.#counts.set(known.id, (this.#counts.get(known.id) ?? 0n) + 1n);
    this.#first ??= time;
    if (time > this.#last) this.#last = time;
    if (this.#chunk.byteLength >= CHUNK_BYTES) this.#endChunk();
  }

  /** Writes what has been added. @throws the error of the operating system. */
  async flush(): Promise<void> {
    this.#endChunk();
    await this.#drain();
  }

  /** Writes the rest and the index, and closes the file. @throws the error of the operating system. */
  async close(): Promise<void> {
    try {
      this.#endChunk();
      this.#endFile();
      await this.#drain();
    } finally {
      await this.#handle.close();
    }
  }

  #channel(channel: RecordingChannel): McapTypes.Channel {
    const key = channelKey(channel);
    let known = this.#channels.get(key);
    if (known === undefined) {
      known = { id: this.#channels.size, schemaId: 0, ...toMcapChannel(channel) };
      this.#channels.set(key, known);
    }
    return known;
  }

  #endChunk(): void {
    if (this.#chunk.numMessages === 0) return;
    const plain = this.#chunk.buffer;
    const compressed = this.#options.compress ? zstd()?.zstdCompressSync(plain) : undefined;
    const records = new McapRecordBuilder();
    const chunk: McapTypes.Chunk = {
      messageStartTime: this.#chunk.messageStartTime,
      messageEndTime: this.#chunk.messageEndTime,
      uncompressedSize: BigInt(plain.length),
      uncompressedCrc: crc32(plain),
      compression: compressed === undefined ? '' : 'zstd',
      records: compressed ?? plain,
    };
    const chunkStartOffset = BigInt(this.#position);
    const chunkLength = records.writeChunk(chunk);
    const indexStart = chunkStartOffset + chunkLength;
    let messageIndexLength = 0n;
    const messageIndexOffsets = new Map<number, bigint>();
    for (const index of this.#chunk.indices) {
      messageIndexOffsets.set(index.channelId, indexStart + messageIndexLength);
      messageIndexLength += records.writeMessageIndex(index);
    }
    this.#chunkIndexes.push({
      messageStartTime: chunk.messageStartTime,
      messageEndTime: chunk.messageEndTime,
      chunkStartOffset,
      chunkLength,
      messageIndexOffsets,
      messageIndexLength,
      compression: chunk.compression,
      compressedSize: BigInt(chunk.records.byteLength),
      uncompressedSize: chunk.uncompressedSize,
    });
    this.#chunk.reset();
    this.#enqueue(records);
  }

  /** The end of the data, and the summary that lets a reader jump to a time. */
  #endFile(): void {
    const records = new McapRecordBuilder();
    records.writeDataEnd({ dataSectionCrc: 0 });
    const summaryStart = this.#position + records.length;
    const groups: McapTypes.SummaryOffset[] = [];
    const group = (groupOpcode: number, write: () => void): void => {
      const groupStart = BigInt(this.#position + records.length);
      write();
      const groupLength = BigInt(this.#position + records.length) - groupStart;
      if (groupLength > 0n) groups.push({ groupOpcode, groupStart, groupLength });
    };
    group(Opcode.CHANNEL, () => {
      for (const channel of this.#channels.values()) records.writeChannel(channel);
    });
    group(Opcode.STATISTICS, () => {
      records.writeStatistics({
        messageCount: BigInt(this.messages),
        schemaCount: 0,
        channelCount: this.#channels.size,
        attachmentCount: 0,
        metadataCount: 1,
        chunkCount: this.#chunkIndexes.length,
        messageStartTime: this.#first ?? 0n,
        messageEndTime: this.#last,
        channelMessageCounts: this.#counts,
      });
    });
    group(Opcode.CHUNK_INDEX, () => {
      for (const index of this.#chunkIndexes) records.writeChunkIndex(index);
    });
    const summaryOffsetStart = this.#position + records.length;
    for (const offset of groups) records.writeSummaryOffset(offset);
    // A CRC of 0 means "not computed": the chunks, which are what counts, have theirs.
    records.writeFooter({
      summaryStart: BigInt(summaryStart),
      summaryOffsetStart: BigInt(summaryOffsetStart),
      summaryCrc: 0,
    });
    records.writeMagic();
    this.#enqueue(records);
  }

  #enqueue(records: McapRecordBuilder): void {
    const bytes = records.buffer;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#position += bytes.length;
  }

  async #drain(): Promise<void> {
    while (this.#writing !== undefined || this.#queue.length > 0) {
      this.#writing ??= this.#writeQueue().finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
  }

  async #writeQueue(): Promise<void> {
    const batch = this.#queue;
    this.#queue = [];
    const bytes = batch.reduce((sum, { length }) => sum + length, 0);
    await this.#handle.writeFile(Buffer.concat(batch, bytes));
    if (this.#options.fsync) await this.#handle.datasync();
    this.#queuedBytes -= bytes;
  }
}
