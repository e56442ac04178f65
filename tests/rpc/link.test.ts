import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { Link } from '../../src/rpc/link.js';
import type { ConnectionFailure, ConnectionListener } from '../../src/rpc/transport.js';

const REFUSED: ConnectionFailure = { kind: 'unreachable', detail: 'refused' };
const BROKE: ConnectionFailure = { kind: 'lost', detail: 'broke' };

class Bench {
  readonly attempts: { listener: ConnectionListener; close: ReturnType<typeof vi.fn> }[] = [];
  readonly onOpen = vi.fn();
  readonly onDown = vi.fn();
  readonly onMessage = vi.fn();
  failure: Error | undefined;
  readonly link = new Link({
    connect: (listener) => {
      if (this.failure !== undefined) throw this.failure;

      const attempt = { listener, close: vi.fn() };
      this.attempts.push(attempt);
      return attempt;
    },
    reconnect: { initial: 100, max: 1000 },
    onOpen: this.onOpen,
    onMessage: this.onMessage,
    onDown: this.onDown,
  });

  get last(): ConnectionListener {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) throw new Error('no attempt yet');

    return attempt.listener;
  }
}

describe('Link', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test('opens, hands on messages, and connects anew when the connection breaks', () => {
    const bench = new Bench();
    bench.link.start();
    expect(bench.link.connection).toBeUndefined();
    bench.last.opened();
    expect(bench.onOpen).toHaveBeenCalledWith(bench.attempts[0]);
    expect(bench.link.connection).toBe(bench.attempts[0]);
    bench.last.message([Uint8Array.of(1)]);
    expect(bench.onMessage).toHaveBeenCalledTimes(1);

    bench.last.closed(BROKE);
    expect(bench.onDown).toHaveBeenCalledWith(BROKE);
    expect(bench.link.connection).toBeUndefined();
    expect(bench.link.failure).toBe(BROKE);
    vi.advanceTimersByTime(100);
    bench.last.opened();
    expect(bench.attempts).toHaveLength(2);
    expect(bench.link.failure).toBeUndefined();
    bench.link.stop();
    expect(bench.attempts[1]?.close).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['the shortest', 0, [50, 100, 200, 400, 500, 500]],
    ['the longest', 1, [100, 200, 400, 800, 1000, 1000]],
  ])('waits longer and longer, up to a bound: %s waits', (_name, random, waits) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    const bench = new Bench();
    bench.link.start();
    for (const [index, wait] of waits.entries()) {
      bench.last.closed(REFUSED);
      vi.advanceTimersByTime(wait - 1);
      expect(bench.attempts).toHaveLength(index + 1);
      vi.advanceTimersByTime(2);
      expect(bench.attempts).toHaveLength(index + 2);
    }
    bench.link.stop();
  });

  test('waits shortly again after a connection that stood for a while, not after one that broke at once', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const bench = new Bench();
    bench.link.start();
    const breakAfter = (time: number): void => {
      bench.last.opened();
      vi.advanceTimersByTime(time);
      bench.last.closed(BROKE);
    };
    breakAfter(0);
    vi.advanceTimersByTime(101);
    breakAfter(0);
    vi.advanceTimersByTime(101);
    expect(bench.attempts).toHaveLength(2);
    vi.advanceTimersByTime(100);
    expect(bench.attempts).toHaveLength(3);
    breakAfter(5000);
    vi.advanceTimersByTime(101);
    expect(bench.attempts).toHaveLength(4);
    bench.link.stop();
  });

  test('throws what is wrong with the first attempt, and goes on after a shortage later', () => {
    const bench = new Bench();
    bench.failure = new Error('bad address');
    expect(() => {
      bench.link.start();
    }).toThrow('bad address');
    bench.failure = undefined;
    bench.link.start();
    bench.last.opened();
    bench.failure = new Error('too many open sockets');
    bench.last.closed(BROKE);
    vi.advanceTimersByTime(100);
    expect(bench.link.failure).toMatchObject({
      kind: 'unreachable',
      detail: expect.stringContaining('too many') as string,
    });
    bench.failure = undefined;
    vi.advanceTimersByTime(200);
    bench.last.opened();
    expect(bench.link.connection).toBeDefined();
    bench.link.stop();
  });

  test.each(['connecting', 'open', 'waiting'])('stops while %s', (when) => {
    const bench = new Bench();
    bench.link.start();
    if (when !== 'connecting') bench.last.opened();

    if (when === 'waiting') bench.last.closed(BROKE);

    bench.link.stop();
    bench.link.stop();
    vi.advanceTimersByTime(60_000);
    expect(bench.attempts).toHaveLength(1);
    expect(bench.attempts[0]?.close).toHaveBeenCalledTimes(when === 'waiting' ? 0 : 1);
  });
});
