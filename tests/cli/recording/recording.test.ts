import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClock } from '../../../src/cli/recording/clock.js';
import { zstd } from '../../../src/cli/recording/compression.js';
import { RecordingFileWriter } from '../../../src/cli/recording/file-writer.js';
import type { FileWriterOptions } from '../../../src/cli/recording/file-writer.js';
import { isMcap } from '../../../src/cli/recording/format.js';
import type { RecordedMessage } from '../../../src/cli/recording/format.js';
import {
  RecordingDamagedError,
  RecordingParser,
  RecordingUnsupportedError,
  parseRecording,
  readRecording,
} from '../../../src/cli/recording/reader.js';
import type { RecordingEnd } from '../../../src/cli/recording/reader.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OPTIONS: FileWriterOptions = { facts: { request: 'tcp://host:1' }, fsync: false, compress: false };

const MESSAGES: readonly RecordedMessage[] = [
  { channel: { kind: 'request', method: 'get_all_ticks' }, time: 1n, sequence: 1, data: Uint8Array.of(1) },
  { channel: { kind: 'reply', method: 'get_all_ticks' }, time: 2n, sequence: 1, data: Uint8Array.of(2, 2) },
  { channel: { kind: 'note' }, time: 3n, sequence: 0, data: new TextEncoder().encode('{"note":"snapshot"}') },
  { channel: { kind: 'event', format: 'pair' }, time: 4n, sequence: 1, data: Uint8Array.of(0x80, 4) },
  { channel: { kind: 'event', format: 'topic-frame', topic: '' }, time: 5n, sequence: 2, data: new Uint8Array(0) },
  {
    channel: { kind: 'event', format: 'topic-frame', topic: 'eTick.a/b' },
    time: 2n ** 60n + 1n,
    sequence: 2 ** 32 - 1,
    data: new Uint8Array(70_000).fill(7),
  },
];

async function write(path: string, messages: Iterable<RecordedMessage>, options = OPTIONS): Promise<void> {
  const writer = await RecordingFileWriter.create(path, options);
  for (const message of messages) {
    writer.add(message);
    await writer.flush();
  }
  await writer.close();
}

async function read(path: string): Promise<{ messages: RecordedMessage[]; end: RecordingEnd }> {
  const messages: RecordedMessage[] = [];
  const reader = readRecording(path);
  while (true) {
    const step = await reader.next();
    if (step.done === true) return { messages, end: step.value };
    messages.push(step.value);
  }
}

function parse(data: Uint8Array): { messages: RecordedMessage[]; end: RecordingEnd } {
  const messages: RecordedMessage[] = [];
  const reader = parseRecording(data);
  while (true) {
    const step = reader.next();
    if (step.done === true) return { messages, end: step.value };
    messages.push(step.value);
  }
}

describe('a recording', () => {
  test.each([false, ...(zstd() === undefined ? [] : [true])])(
    'gives back what was put in (compressed: %s)',
    async (compress) => {
      const path = join(folder, 'a.mcap');
      await write(path, MESSAGES, { ...OPTIONS, compress });
      expect(await read(path)).toEqual({ messages: MESSAGES, end: { complete: true, cutBytes: 0 } });
    },
  );

  test('compressed with zstd is read, or refused with the Node.js that can', () => {
    // Made by `record --compress` on Node.js 22: 20 has no zstd to make it with.
    const data = readFileSync(new URL('zstd.mcap', import.meta.url));
    if (zstd() === undefined) {
      expect(() => parse(data)).toThrow(RecordingUnsupportedError);
      expect(() => parse(data)).toThrow(/zstd, which Node\.js v[\d.]+ cannot read: use 22\.15 or newer/);
      return;
    }
    const { messages, end } = parse(data);
    expect(end).toEqual({ complete: true, cutBytes: 0 });
    const calls = messages.flatMap(({ channel }) => (channel.kind === 'reply' ? [channel.method] : []));
    expect(calls).toContain('get_all_contracts');
  });

  test('keeps the facts about itself', async () => {
    const path = join(folder, 'a.mcap');
    await write(path, MESSAGES);
    const parser = new RecordingParser();
    expect([...parser.add(readFileSync(path))]).toHaveLength(MESSAGES.length);
    expect(parser.facts.get('request')).toBe('tcp://host:1');
  });

  test('is never written over', async () => {
    const path = join(folder, 'a.mcap');
    await write(path, MESSAGES);
    await expect(RecordingFileWriter.create(path, OPTIONS)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('has an index that the readers of other programs can use', async () => {
    const path = join(folder, 'a.mcap');
    await write(path, MESSAGES);
    const handle = await open(path);
    try {
      const reader = await McapIndexedReader.Initialize({
        readable: {
          size: async () => BigInt((await handle.stat()).size),
          read: async (offset, size) => {
            const buffer = new Uint8Array(Number(size));
            await handle.read(buffer, 0, buffer.length, Number(offset));
            return buffer;
          },
        },
      });
      expect(reader.statistics?.messageCount).toBe(BigInt(MESSAGES.length));
      expect(reader.chunkIndexes).toHaveLength(MESSAGES.length);
      const late = [];
      for await (const message of reader.readMessages({ startTime: 4n, topics: ['event', 'event/eTick.a/b'] }))
        late.push(message.logTime);

      expect(late).toEqual([4n, 5n, 2n ** 60n + 1n]);
    } finally {
      await handle.close();
    }
  });

  test('cut off anywhere gives every message before the cut', async () => {
    const path = join(folder, 'a.mcap');
    await write(path, MESSAGES.slice(0, 5));
    const whole = readFileSync(path);
    const seen = new Set<number>();
    for (let length = 0; length < whole.length; length++) {
      const { messages, end } = parse(whole.subarray(0, length));
      expect(messages).toEqual(MESSAGES.slice(0, messages.length));
      expect(end.complete).toBe(false);
      seen.add(messages.length);
    }
    expect([...seen]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('flushed and not closed is readable', async () => {
    const path = join(folder, 'a.mcap');
    const writer = await RecordingFileWriter.create(path, OPTIONS);
    for (const message of MESSAGES.slice(0, 3)) writer.add(message);
    await writer.flush();
    writer.add({ channel: { kind: 'event', format: 'pair' }, time: 9n, sequence: 3, data: Uint8Array.of(1) });
    expect((await read(path)).messages).toEqual(MESSAGES.slice(0, 3));
    await writer.close();
    expect((await read(path)).messages).toHaveLength(4);
  });

  test('damaged in the middle says where, why, and from what time on, after what came before', async () => {
    const path = join(folder, 'a.mcap');
    const writer = await RecordingFileWriter.create(path, OPTIONS);
    for (const message of MESSAGES.slice(0, 5)) writer.add(message);
    await writer.flush();
    const good = writer.size;
    for (const message of MESSAGES.slice(5)) writer.add(message);
    await writer.close();
    const bytes = Buffer.from(readFileSync(path));
    bytes[bytes.lastIndexOf(Buffer.alloc(1000, 7)) + 5] = 8;
    const reader = parseRecording(bytes);
    for (const expected of MESSAGES.slice(0, 5)) expect(reader.next().value).toEqual(expected);
    const why = `damaged at byte ${good} \\(Incorrect chunk CRC \\d+ \\(expected \\d+\\)\\); nothing from there on can be read`;
    expect(() => reader.next()).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`^${why}$`)) as string, lastTime: 5n }),
    );
  });

  test.each([
    ['no MCAP at all', Uint8Array.from({ length: 64 }, (_, index) => index)],
    [
      'a record of absurd length',
      Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a, 1, ...Array<number>(8).fill(255)]),
    ],
  ])('%s is damage, not a crash', (_name, bytes) => {
    expect(() => parse(bytes)).toThrow(RecordingDamagedError);
  });

  test('of a later format is refused with the advice to update', async () => {
    const path = join(folder, 'a.mcap');
    await write(path, [], { ...OPTIONS, facts: { format: '2' } });
    await expect(read(path)).rejects.toThrow(/format 2.*update/);
  });

  test('tells itself from other files', async () => {
    const path = join(folder, 'a.mcap');
    await write(path, []);
    expect(isMcap(readFileSync(path))).toBe(true);
    expect(isMcap(Uint8Array.of(0x80, 4, 0x4e, 0x2e))).toBe(false);
  });
});

describe('the clock of a recording', () => {
  test('is finer than the wall clock and follows it when it is set, but never goes back', () => {
    let wall = 1000;
    let monotonic = 50;
    const clock = createClock(
      () => wall,
      () => monotonic,
    );
    expect(clock()).toBe(1_000_000_000n);
    monotonic += 0.25;
    expect(clock()).toBe(1_000_250_000n);
    wall = 5000;
    expect(clock()).toBe(5_000_000_000n);
    wall = 4000;
    expect(clock()).toBe(5_000_000_000n);
    wall = 6000;
    expect(clock()).toBe(6_000_000_000n);
  });
});
