import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { EventStream, REPORT_INTERVAL } from '../../src/rpc/event-stream.js';
import type { StreamOptions } from '../../src/rpc/event-stream.js';
import { SignalWatch } from '../../src/rpc/signal-watch.js';

interface Tick {
  key?: string;
  value: number;
}

function streamOf(options: Partial<StreamOptions<Tick>> = {}): EventStream<Tick> {
  return new EventStream<Tick>({ limit: 5, overflow: 'drop-oldest', ...options });
}

function fill(stream: EventStream<Tick>, count: number): void {
  for (let value = 0; value < count; value++) stream.push({ value });
}

async function drain(stream: EventStream<Tick>): Promise<number[]> {
  stream.end();
  const values: number[] = [];
  for await (const { value } of stream) values.push(value);

  return values;
}

describe('EventStream', () => {
  test('gives items in order, to those who wait and to those who come later', async () => {
    const stream = streamOf();
    const first = stream.next();
    const second = stream.next();
    fill(stream, 4);
    expect(await first).toEqual({ value: { value: 0 }, done: false });
    expect(await second).toEqual({ value: { value: 1 }, done: false });
    expect(await drain(stream)).toEqual([2, 3]);
  });

  test('keeps order through many items', async () => {
    const stream = streamOf({ limit: 10_000 });
    const seen: number[] = [];
    for (let round = 0; round < 20; round++) {
      fill(stream, 500);
      for (let count = 0; count < 400; count++) {
        const { value } = await stream.next();
        seen.push(value?.value ?? -1);
      }
    }
    seen.push(...(await drain(stream)));
    expect(seen).toEqual(Array.from({ length: 20 }, () => Array.from({ length: 500 }, (_, value) => value)).flat());
  });

  test('lets what waits be read after the end, then is done', async () => {
    const stream = streamOf();
    fill(stream, 2);
    stream.end();
    stream.push({ value: 99 });
    expect(await drain(stream)).toEqual([0, 1]);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test('ends every waiting next()', async () => {
    const stream = streamOf();
    const waiting = [stream.next(), stream.next()];
    stream.end();
    expect(await Promise.all(waiting)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
  });

  test('throws the error of its end once, after what waits', async () => {
    const stream = streamOf();
    fill(stream, 1);
    stream.end(new Error('broken'));
    expect((await stream.next()).done).toBe(false);
    await expect(stream.next()).rejects.toThrow('broken');
    expect((await stream.next()).done).toBe(true);
  });

  test.each(['return', 'break', 'throw in the loop'])('ends at once with %s, and tells so once', async (way) => {
    const onEnd = vi.fn();
    const stream = streamOf({ onEnd });
    fill(stream, 3);
    if (way === 'return') {
      await stream.return();
    } else if (way === 'break') {
      for await (const item of stream) {
        expect(item.value).toBe(0);
        break;
      }
    } else {
      await expect(async () => {
        for await (const item of stream) throw new Error(String(item.value));
      }).rejects.toThrow('0');
    }
    stream.end();
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect(stream.size).toBe(0);
    expect((await stream.next()).done).toBe(true);
  });

  test('ends without an error when its signal is aborted, before or later, and lets go of the signal', async () => {
    const controller = new AbortController();
    const signals = new SignalWatch();
    const [stream, left] = [streamOf(), streamOf()];
    left.endWith(controller.signal, signals);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await left.return();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    stream.endWith(controller.signal, signals);
    fill(stream, 2);
    controller.abort();
    expect((await stream.next()).done).toBe(true);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);

    const late = streamOf();
    late.endWith(controller.signal, signals);
    expect((await late.next()).done).toBe(true);
  });

  describe('when full', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test('loses the oldest', async () => {
      const stream = streamOf({ overflow: 'drop-oldest' });
      fill(stream, 8);
      expect(stream.dropped).toBe(3);
      expect(await drain(stream)).toEqual([3, 4, 5, 6, 7]);
    });

    test('loses the newest', async () => {
      const stream = streamOf({ overflow: 'drop-newest' });
      fill(stream, 8);
      expect(stream.dropped).toBe(3);
      expect(await drain(stream)).toEqual([0, 1, 2, 3, 4]);
    });

    test('ends with an error after what waits', async () => {
      const stream = streamOf({ overflow: 'fail' });
      fill(stream, 8);
      const values: number[] = [];
      await expect(async () => {
        for await (const { value } of stream) values.push(value);
      }).rejects.toMatchObject({ code: 'OVERFLOW' });
      expect(values).toEqual([0, 1, 2, 3, 4]);
    });

    test('keeps the latest of each key and everything without a key', async () => {
      const stream = streamOf({ limit: 6, latestBy: ({ key }) => key });
      for (const item of [
        { key: 'a', value: 0 },
        { key: 'b', value: 1 },
        { value: 2 },
        { key: 'a', value: 3 },
        { key: 'b', value: 4 },
        { key: 'a', value: 5 },
        { key: 'c', value: 6 },
      ])
        stream.push(item);

      expect(stream).toMatchObject({ conflated: 3, dropped: 0 });
      expect(await drain(stream)).toEqual([2, 4, 5, 6]);
    });

    test('does not go through a queue that gains nothing by it for every item', () => {
      const latestBy = vi.fn(() => undefined);
      const stream = streamOf({ limit: 1000, latestBy });
      fill(stream, 2000);
      expect(stream.dropped).toBe(1000);
      expect(latestBy.mock.calls.length).toBeLessThan(150_000);
    });

    test('reports at once, then at most once a second, and the rest at its end', () => {
      const onOverflow = vi.fn();
      const stream = streamOf({ onOverflow });
      fill(stream, 6);
      expect(onOverflow.mock.calls).toEqual([[{ dropped: 1, conflated: 0 }]]);
      fill(stream, 10);
      expect(onOverflow).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(REPORT_INTERVAL);
      expect(onOverflow.mock.calls[1]).toEqual([{ dropped: 10, conflated: 0 }]);
      fill(stream, 3);
      stream.end();
      const reported = onOverflow.mock.calls.map(([counts]) => (counts as { dropped: number }).dropped);
      expect(reported.reduce((sum, dropped) => sum + dropped, 0)).toBe(stream.dropped);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
