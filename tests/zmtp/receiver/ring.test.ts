import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { newRing, RingReader, RingWriter } from '../../../src/zmtp/receiver/ring.js';
import type { Parcel, RingLimits } from '../../../src/zmtp/receiver/ring.js';
import { Drain } from '../../../src/zmtp/receiver/drain.js';
import { threadCode } from '../support/thread-code.js';

const PLENTY: RingLimits = { messages: 1_000_000, bytes: 2 ** 30 };

/** A generator of numbers that is the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Both ends in one thread, and a port between them that delivers when it is told to. */
class Pair {
  readonly writer: RingWriter<string>;
  readonly reader: RingReader<string>;
  readonly port: Parcel<string>[] = [];
  readonly read: string[] = [];
  wakes = 0;

  constructor(bytes: number, limits: RingLimits = PLENTY) {
    const memory = newRing(bytes);
    this.writer = new RingWriter(memory, limits, (parcel, transfer) => {
      if (parcel.kind === 'wake') this.wakes++;
      this.port.push(structuredClone(parcel, { transfer: [...transfer] }));
    });
    this.reader = new RingReader(memory, {
      message: (parts) => this.read.push(parts.map((part) => Buffer.from(part).toString('latin1')).join('|')),
      event: (event) => this.read.push(`<${event}>`),
    });
  }

  deliver(): void {
    for (const parcel of this.port.splice(0)) this.reader.accept(parcel);
  }

  /** Everything that is there, and what comes in the meantime. */
  async settle(): Promise<void> {
    do {
      await Promise.resolve();
      this.deliver();
    } while (this.reader.next() || this.port.length > 0);
  }
}

/** A message, and what the reader makes of it. */
function message(next: (below: number) => number, largest: number): { parts: Uint8Array[]; text: string } {
  const parts = Array.from({ length: 1 + next(4) }, () => {
    const size = next(8) === 0 ? next(largest * 4) : next(largest);
    return Uint8Array.from({ length: size }, () => 97 + next(26));
  });
  return { parts, text: parts.map((part) => Buffer.from(part).toString('latin1')).join('|') };
}

describe('a ring', () => {
  test.each([16, 64, 256, 4096])('of %i bytes keeps order and content, whatever the sizes', async (bytes) => {
    for (let seed = 1; seed <= 40; seed++) {
      const next = numbers(seed * bytes);
      const pair = new Pair(bytes);
      const expected: string[] = [];
      for (let step = 0; step < 300; step++) {
        const choice = next(10);
        if (choice < 5) {
          const { parts, text } = message(next, Math.max(4, bytes / 16));
          expect(pair.writer.write(parts)).toBe(true);
          for (const part of parts) part.fill(0); // It keeps nothing of what it was given.
          expected.push(text);
        } else if (choice === 5 && next(4) === 0) {
          pair.writer.tell(`event ${step}`);
          expected.push(`<event ${step}>`);
        } else if (choice === 6) {
          await Promise.resolve();
          pair.deliver();
        } else {
          for (let count = next(6); count > 0; count--) pair.reader.next();
        }
      }
      await pair.settle();
      expect(pair.read).toEqual(expected);
      expect(pair.reader.dropped).toBe(0);
      expect(pair.reader.taken).toBe(expected.filter((text) => !text.startsWith('<')).length);
    }
  });

  test('wraps around at each offset', () => {
    for (let offset = 0; offset < 256; offset += 4) {
      const pair = new Pair(512);
      const expected: string[] = [];
      const write = (size: number, text: string): void => {
        pair.writer.write([Buffer.alloc(size, text)]);
        expected.push(text.repeat(size));
      };
      if (offset >= 8) write(offset - 8, 'a');
      // Something always waits: an empty ring would begin again at its front.
      write(60, 'b');
      if (offset >= 8) pair.reader.next();
      for (let round = 0; round < 12; round++) {
        write(60, 'c');
        pair.reader.next();
      }
      while (pair.reader.next());
      expect(pair.port).toEqual([]);
      expect(pair.read).toEqual(expected);
    }
  });

  test('holds what is smaller than it, and takes the detour for what is larger, in order', async () => {
    const pair = new Pair(1024);
    const sizes = [10, 1011, 1012, 1013, 1024, 5000, 100_000, 7];
    for (const size of sizes) pair.writer.write([Buffer.alloc(size, 'x')]);
    await pair.settle();
    expect(pair.read.map((text) => text.length)).toEqual(sizes);
    // The ring is the way again.
    pair.port.length = 0;
    pair.writer.write([Buffer.from('after')]);
    expect(pair.port.map(({ kind }) => kind)).toEqual(['resume']);
    pair.writer.write([Buffer.from('that')]);
    expect(pair.port).toHaveLength(1);
    await pair.settle();
    expect(pair.read.slice(-2)).toEqual(['after', 'that']);
  });

  test('drops the newest above the limit of messages, and counts them', async () => {
    const pair = new Pair(1024, { messages: 100, bytes: 2 ** 30 });
    // More than the ring holds, less than the limit: some of them wait on the detour.
    const results = Array.from({ length: 130 }, (_, index) =>
      pair.writer.write([Buffer.alloc(50, String(index % 10))]),
    );
    expect(results.filter((isTaken) => isTaken)).toHaveLength(100);
    expect(results.slice(100)).not.toContain(true);
    expect(pair.reader.dropped).toBe(30);
    await Promise.resolve();
    pair.deliver();
    for (let count = 0; count < 10; count++) pair.reader.next();
    // As many as were read can come now.
    for (let count = 0; count < 12; count++) pair.writer.write([Buffer.from('new')]);
    await pair.settle();
    expect(pair.read).toHaveLength(110);
    expect(pair.read.slice(99)).toEqual(['9'.repeat(50), ...Array.from({ length: 10 }, () => 'new')]);
    expect(pair.reader.dropped).toBe(32);
    expect(pair.reader.taken).toBe(110);
  });

  test('bounds the bytes of the detour, but takes one message of any size', async () => {
    const pair = new Pair(1024, { messages: 1000, bytes: 200_000 });
    expect(pair.writer.write([Buffer.alloc(500_000)])).toBe(true);
    expect(pair.writer.write([Buffer.alloc(1000)])).toBe(false);
    await pair.settle();
    for (let count = 0; count < 300; count++) pair.writer.write([Buffer.alloc(2000, 'y')]);
    expect(pair.reader.dropped).toBeGreaterThan(190);
    await pair.settle();
    expect(pair.read).toHaveLength(302 - pair.reader.dropped);
    // All that was read is free again.
    expect(pair.writer.write([Buffer.alloc(190_000)])).toBe(true);
  });

  test('uses no more of its memory than has ever waited', () => {
    const memory = newRing(2 ** 22);
    const writer = new RingWriter<string>(memory, PLENTY, () => undefined);
    const reader = new RingReader<string>(memory, { message: () => undefined, event: () => undefined });
    for (let count = 0; count < 20_000; count++) {
      writer.write([Buffer.alloc(1000, 'z')]);
      reader.next();
    }
    const used = new Uint8Array(memory.data).findLastIndex((byte) => byte !== 0);
    expect(used).toBeLessThan(300_000);
  });

  test('wakes a reader that sleeps, once', () => {
    const pair = new Pair(1024);
    pair.writer.write([Buffer.from('1')]);
    expect(pair.wakes).toBe(0);
    expect(pair.reader.sleep()).toBe(false);
    pair.reader.next();
    expect(pair.reader.sleep()).toBe(true);
    pair.writer.write([Buffer.from('2')]);
    pair.writer.write([Buffer.from('3')]);
    expect(pair.wakes).toBe(1);
  });

  test('stays whole when a listener throws', () => {
    const memory = newRing(1024);
    const writer = new RingWriter<string>(memory, PLENTY, () => undefined);
    const read: string[] = [];
    const reader = new RingReader<string>(memory, {
      message: ([part]) => {
        const text = Buffer.from(part ?? []).toString();
        if (text === 'bad') throw new Error('a listener');
        read.push(text);
      },
      event: () => undefined,
    });
    for (const text of ['1', 'bad', '2']) writer.write([Buffer.from(text)]);
    reader.next();
    expect(() => reader.next()).toThrow('a listener');
    reader.next();
    expect(read).toEqual(['1', '2']);
  });

  test.each([0, 8, 24, 1000, 2 ** 31])('of %i bytes is refused', (bytes) => {
    expect(() => newRing(bytes)).toThrow(RangeError);
  });
});

describe('between two threads', () => {
  /** Writes messages of 8 to 207 bytes, or now and then of 20,000, in bursts with pauses: number, then what follows from it. */
  const WRITER = threadCode(`
    import { workerData } from 'node:worker_threads';
    import { RingWriter } from './src/zmtp/receiver/ring.ts';
    const { memory, port, count, pauses } = workerData;
    const writer = new RingWriter(memory, { messages: 100_000, bytes: 2 ** 26 }, (parcel, transfer) => port.postMessage(parcel, transfer));
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    const space = Buffer.alloc(20_000);
    let state = 1, dropped = 0, index = 0;
    function turn() {
      for (let burst = 1 + state % 2000; burst > 0 && index < count; burst--) {
        const before = state;
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const size = state % 5000 === 0 ? 20_000 : 8 + (state >>> 8) % 200;
        space.writeUInt32LE(index, 0);
        space.writeUInt32LE(state, 4);
        space[size - 1] = size < 9 ? space[size - 1] : state & 255;
        const cut = (state >>> 16) % size;
        if (writer.write([space.subarray(0, cut), space.subarray(cut, size)])) index++;
        else { state = before; break; }
      }
      if (index >= count) { writer.tell('end'); port.close(); return; }
      if (pauses) Atomics.wait(sleeper, 0, 0, (state >>> 4) % 100 / 100);
      setImmediate(turn);
    }
    turn();
  `);

  test.each([
    ['1,000,000 messages at full speed', 1_000_000, 2 ** 20, false],
    ['in bursts, so that the reader sleeps often', 100_000, 2 ** 14, true],
  ])('%s: none is lost, doubled, changed or late', async (_name, count, bytes, pauses) => {
    const memory = newRing(bytes);
    const { port1, port2 } = new MessageChannel();
    let expected = 0;
    let state = 1;
    let faults = 0;
    let wakes = 0;
    const ended = new Promise<void>((resolve) => {
      const reader = new RingReader<string>(memory, {
        message: ([first, second]) => {
          const bytesOf = Buffer.concat([first ?? Buffer.alloc(0), second ?? Buffer.alloc(0)]);
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          const size = state % 5000 === 0 ? 20_000 : 8 + ((state >>> 8) % 200);
          const isRight =
            bytesOf.length === size &&
            first?.length === (state >>> 16) % size &&
            bytesOf.readUInt32LE(0) === expected &&
            bytesOf.readUInt32LE(4) === state;
          if (!isRight) faults++;
          expected++;
        },
        event: () => {
          resolve();
        },
      });
      const drain = new Drain(reader);
      port1.on('message', (parcel: Parcel<string>) => {
        if (parcel.kind === 'wake') wakes++;
        reader.accept(parcel);
        drain.wake();
      });
      drain.wake();
    });
    const worker = new Worker(WRITER, {
      eval: true,
      workerData: { memory, port: port2, count, pauses },
      transferList: [port2],
    });
    const exited = once(worker, 'exit');
    await ended;
    expect({ faults, expected }).toEqual({ faults: 0, expected: count });
    // A wake-up for each sleep, not one for each message.
    expect(wakes).toBeLessThan(count / 4);
    if (pauses) expect(wakes).toBeGreaterThan(10);
    port1.close();
    await exited;
  });
});

describe('a drain', () => {
  test('yields to timers in a flood, and comes to the end', async () => {
    let left = 20_000;
    let timers = 0;
    const timer = setInterval(() => timers++, 1);
    await new Promise<void>((resolve) => {
      const until = (): boolean => {
        if (left === 0) return false;
        left--;
        const end = performance.now() + 0.005;
        while (performance.now() < end);
        return true;
      };
      new Drain({ next: until, sleep: () => true }, resolve).wake();
    });
    clearInterval(timer);
    expect(left).toBe(0);
    // 100 ms of work in slices of 4 ms.
    expect(timers).toBeGreaterThan(10);
  });

  test('looks again when something came before it slept', () => {
    const left = [true, false, true, true, false];
    const sleeps = [false, true];
    let isDone = false;
    new Drain({ next: () => left.shift() ?? false, sleep: () => sleeps.shift() ?? true }, () => (isDone = true)).wake();
    expect({ left, sleeps, isDone }).toEqual({ left: [], sleeps: [], isDone: true });
  });
});
