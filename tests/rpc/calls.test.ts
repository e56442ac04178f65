import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { CallCounters } from '../../src/rpc/call-counters.js';
import { CallTable } from '../../src/rpc/calls.js';
import type { CallRequest, CallTableOptions, Sender } from '../../src/rpc/calls.js';
import { RemoteException } from '../../src/rpc/errors.js';
import { SignalWatch } from '../../src/rpc/signal-watch.js';
import type { Frames } from '../../src/rpc/transport.js';
import { eventually } from '../support/patience.js';

const BODY = Uint8Array.of(1, 2, 3);

/** Resolves when the microtask queue is empty. */
const nextTick = (): Promise<void> =>
  new Promise((resolve) => {
    process.nextTick(resolve);
  });

/** Of the present test. */
const benches: Bench[] = [];

/** A table, what it has sent, and what became of its calls. */
class Bench {
  readonly sent: Frames[] = [];
  readonly onTimeout = vi.fn();
  readonly table: CallTable;
  readonly settled: string[] = [];
  readonly errors = new Map<string, unknown>();
  readonly sender: Sender = (frames) => {
    this.sent.push(frames);
    return Promise.resolve();
  };

  constructor(options: Partial<CallTableOptions> = {}) {
    this.table = new CallTable(
      {
        queueLimit: 100,
        window: 4,
        gatherTurns: 16,
        gatherFrom: Infinity,
        decode: (_method, body) => Buffer.from(body).toString(),
        obstacle: () => 'nobody home',
        onTimeout: this.onTimeout,
        signals: new SignalWatch(),
        ...options,
      },
      new CallCounters(),
    );
    benches.push(this);
  }

  call(method: string, request: Partial<CallRequest> = {}): void {
    this.table.add({
      method,
      args: [],
      headers: {},
      body: Buffer.from(method),
      timeout: Infinity,
      signal: undefined,
      urgent: false,
      connectedOnly: false,
      resolve: (result) => this.settled.push(`${method}=${String(result)}`),
      reject: (error) => {
        this.settled.push(`${method}!`);
        this.errors.set(method, error);
      },
      ...request,
    });
  }

  /** The methods that have left, in order. */
  get left(): string[] {
    return this.sent.map((frames) => Buffer.from(frames[2] ?? []).toString());
  }

  /** The server answers the request that has left as the n-th. */
  answer(index: number, text = 'ok'): void {
    this.table.reply(this.sent[index]?.[0], Buffer.from(text));
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  for (const { table } of benches.splice(0)) table.close('over');

  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('CallTable', () => {
  test('lets nothing leave before there is a way, then everything in order', () => {
    const bench = new Bench();
    bench.call('a');
    bench.call('b');
    expect(bench.left).toEqual([]);
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual(['a', 'b']);
    expect(bench.sent[0]).toHaveLength(3);
    expect(bench.sent[0]?.[1]).toHaveLength(0);
    bench.answer(1, 'B');
    bench.answer(0, 'A');
    expect(bench.settled).toEqual(['b=B', 'a=A']);
  });

  test('keeps at most a window on their way', () => {
    const bench = new Bench({ window: 2 });
    bench.table.setSender(bench.sender);
    ['a', 'b', 'c', 'd'].forEach((method) => {
      bench.call(method);
    });
    expect(bench.left).toEqual(['a', 'b']);
    bench.answer(0);
    expect(bench.left).toEqual(['a', 'b', 'c']);
    expect(bench.table.stats()).toMatchObject({ queued: 1, inFlight: 2 });
    bench.table.close('over');
  });

  test('lets urgent calls overtake those that wait, in their own order', () => {
    const bench = new Bench({ window: 1 });
    bench.table.setSender(bench.sender);
    bench.call('first');
    bench.call('slow query');
    bench.call('cancel 1', { urgent: true });
    bench.call('cancel 2', { urgent: true });
    for (let index = 0; index < 4; index++) bench.answer(index);

    expect(bench.left).toEqual(['first', 'cancel 1', 'cancel 2', 'slow query']);
  });

  test('gathers calls that come with the answers of a burst, and lets them leave together', async () => {
    const bench = new Bench({ gatherFrom: 1, window: 4 });
    bench.table.setSender(bench.sender);
    for (const method of ['x', 'y', 'alone']) bench.call(method); // Of these none is the answer's to make: they leave at once.

    expect(bench.left).toEqual(['x', 'y', 'alone']);
    bench.answer(0);
    bench.call('b');
    await Promise.resolve();
    bench.answer(1);
    bench.call('c');
    const controller = new AbortController();
    bench.call('given up', { signal: controller.signal });
    controller.abort();
    expect(bench.left).toEqual(['x', 'y', 'alone']);
    await nextTick();
    expect(bench.left).toEqual(['x', 'y', 'alone', 'b', 'c']);
    expect(bench.errors.get('given up')).toMatchObject({ outcome: 'not-sent' });
    bench.call('d');
    bench.call('beyond the window');
    bench.answer(2);
    expect(bench.left).toHaveLength(6);
    await nextTick();
    expect(bench.left.at(-1)).toBe('beyond the window');
  });

  test('does not make a server wait that has nothing to do', () => {
    const bench = new Bench({ gatherFrom: 1 });
    bench.table.setSender(bench.sender);
    bench.call('a');
    bench.call('b');
    bench.answer(0);
    bench.answer(1);
    bench.call('c');
    expect(bench.left).toEqual(['a', 'b', 'c']);
  });

  test('lets gathered calls leave after a bounded number of turns, however busy the microtask queue is', async () => {
    const bench = new Bench({ gatherFrom: 1 });
    bench.table.setSender(bench.sender);
    bench.call('a');
    bench.call('b');
    bench.answer(0);
    bench.call('order');
    let turns = 0;
    while (bench.left.length < 3) {
      turns++; // As an iterator whose queue is full of events: no timer and no message gets a turn meanwhile.
      await Promise.resolve();
    }
    expect(turns).toBeLessThanOrEqual(17);
  });

  test('waits for all deadlines with one timer, and for no deadline that nobody waits for', () => {
    const bench = new Bench({ window: 100 });
    bench.table.setSender(bench.sender);
    for (const [index, timeout] of [1000, 300, 2000, 300, Infinity].entries()) bench.call(`c${index}`, { timeout });

    expect(vi.getTimerCount()).toBe(1);
    bench.answer(1);
    vi.advanceTimersByTime(299);
    expect(bench.settled).toEqual(['c1=ok']);
    vi.advanceTimersByTime(1);
    expect(bench.settled).toEqual(['c1=ok', 'c3!']);
    vi.advanceTimersByTime(700);
    expect(bench.settled.at(-1)).toBe('c0!');
    bench.answer(2);
    vi.advanceTimersByTime(1000);
    expect(bench.settled.at(-1)).toBe('c2=ok');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1e9);
    expect(bench.settled).toHaveLength(4);
  });

  test('ends no call twice when the end of one ends others', () => {
    const bench = new Bench();
    bench.table.setSender(bench.sender);
    bench.call('a', {
      timeout: 100,
      reject: () => {
        bench.settled.push('a!');
        bench.table.close('stopped by whoever waited for a');
      },
    });
    bench.call('b', { timeout: 100 });
    vi.advanceTimersByTime(100);
    expect(bench.settled).toEqual(['a!', 'b!']);
    expect(bench.errors.get('b')).toMatchObject({ code: 'CLOSED' });
    expect(bench.table.stats()).toMatchObject({ timedOut: { unknown: 1 }, closed: { unknown: 1 } });
  });

  test('never sends what timed out before it left', () => {
    const bench = new Bench();
    bench.call('order', { timeout: 1000 });
    vi.advanceTimersByTime(1000);
    expect(bench.errors.get('order')).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'not-sent',
      timeout: 1000,
      message: 'order: no answer within 1000 ms; the request was not sent (nobody home)',
    });
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual([]);
    expect(bench.onTimeout).not.toHaveBeenCalled();
  });

  test('never sends what was aborted before it left, or before it was called', () => {
    const bench = new Bench();
    const controller = new AbortController();
    bench.call('a', { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    bench.call('b', { signal: controller.signal });
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual([]);
    for (const method of ['a', 'b']) {
      expect(bench.errors.get(method)).toMatchObject({
        code: 'ABORTED',
        outcome: 'not-sent',
        cause: { message: 'changed my mind' },
      });
    }
  });

  test('says unknown of what had left, and drops and counts the late answer', () => {
    const bench = new Bench();
    bench.table.setSender(bench.sender);
    const controller = new AbortController();
    bench.call('a', { timeout: 500 });
    bench.call('b', { signal: controller.signal });
    bench.call('c');
    controller.abort();
    vi.advanceTimersByTime(500);
    expect(bench.errors.get('a')).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    expect(bench.errors.get('b')).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
    expect(bench.onTimeout).toHaveBeenCalledTimes(1);
    bench.answer(0);
    bench.answer(1);
    bench.answer(2, 'C');
    expect(bench.settled).toEqual(['b!', 'a!', 'c=C']);
    expect(bench.table.stats()).toMatchObject({
      total: 3,
      succeeded: 1,
      timedOut: { notSent: 0, unknown: 1 },
      aborted: { notSent: 0, unknown: 1 },
      lateReplies: 2,
      inFlight: 0,
      abandoned: 0,
    });
  });

  test('does not send more to a server that does not answer', () => {
    const bench = new Bench({ window: 2 });
    bench.table.setSender(bench.sender);
    for (const method of ['a', 'b', 'c', 'd']) bench.call(method, { timeout: 100 });

    vi.advanceTimersByTime(100);
    bench.call('e', { timeout: 100 });
    vi.advanceTimersByTime(100);
    expect(bench.left).toEqual(['a', 'b']);
    const message = expect.stringContaining(
      'not sent (2 requests before it are on their way and not answered)',
    ) as string;
    expect(bench.errors.get('d')).toMatchObject({ outcome: 'not-sent', message });
    expect(bench.errors.get('e')).toMatchObject({ outcome: 'not-sent', message });
    expect(bench.table.stats()).toMatchObject({ abandoned: 2, timedOut: { notSent: 3, unknown: 2 } });
  });

  test('takes an answer as proof that the server is past what was sent before', () => {
    const bench = new Bench({ window: 3 });
    bench.table.setSender(bench.sender);
    bench.call('lost 1', { timeout: 100 });
    bench.call('lost 2', { timeout: 100 });
    vi.advanceTimersByTime(100);
    bench.call('c');
    bench.call('d');
    expect(bench.left).toEqual(['lost 1', 'lost 2', 'c']);
    bench.answer(2);
    expect(bench.left).toEqual(['lost 1', 'lost 2', 'c', 'd']);
    bench.call('e');
    bench.call('f');
    expect(bench.left).toHaveLength(6);
    bench.table.close('over');
  });

  test('tells whether the oldest unanswered request is still waited for', () => {
    const bench = new Bench();
    bench.table.setSender(bench.sender);
    expect(bench.table.busy).toBe(false);
    bench.call('long', { timeout: 1000 });
    bench.call('later', { timeout: 5000 });
    expect(bench.table.busy).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(bench.table.busy).toBe(false);
    expect(bench.table.anythingSent).toBe(true);
    bench.answer(1);
    expect(bench.table.anythingSent).toBe(false);
  });

  test('fails what was on its way when the connection breaks, and sends the rest over the next one', () => {
    const bench = new Bench({ window: 1 });
    bench.table.setSender(bench.sender);
    bench.call('a');
    bench.call('b');
    bench.table.connectionLost('the connection broke');
    expect(bench.errors.get('a')).toMatchObject({ code: 'DISCONNECTED', outcome: 'unknown' });
    expect(bench.left).toEqual(['a']);
    bench.answer(0);
    expect(bench.table.stats().unknownReplies).toBe(1);
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual(['a', 'b']);
    bench.answer(1);
    expect(bench.settled).toEqual(['a!', 'b=ok']);
  });

  test('keeps, in order, what the socket did not take', async () => {
    const bench = new Bench({ window: 3 });
    bench.table.setSender(() => Promise.reject(new Error('EAGAIN')));
    bench.call('a');
    bench.call('b');
    bench.call('c');
    bench.call('u', { urgent: true });
    await eventually(() => {
      expect(bench.table.stats()).toMatchObject({ inFlight: 0, queued: 4 });
    });
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual(['u', 'a', 'b']);
    bench.table.close('over');
  });

  test.each([
    ['there is no connection', () => undefined],
    [
      'the socket does not take it',
      ({ table }: Bench) => {
        table.setSender(() => Promise.reject(new Error('EAGAIN')));
      },
    ],
  ])('fails a call that waits for no connection, for certain, when %s', async (_when, prepare) => {
    const bench = new Bench();
    prepare(bench);
    bench.call('order', { connectedOnly: true });
    bench.call('query');
    await nextTick();
    expect(bench.errors.get('order')).toMatchObject({
      code: 'DISCONNECTED',
      outcome: 'not-sent',
      message: 'order: not sent: nobody home',
    });
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual(['query']);
    bench.table.close('over');
  });

  test.each([
    [
      'the connection breaks',
      ({ table }: Bench): void => {
        table.connectionLost('broken');
      },
    ],
    [
      'the server no longer answers',
      ({ table }: Bench): void => {
        table.setSender(undefined);
      },
    ],
  ])('fails a call that waits for no connection, and has not left yet, when %s', (_when, lose) => {
    const bench = new Bench({ window: 1 });
    bench.table.setSender(bench.sender);
    bench.call('query');
    bench.call('order', { connectedOnly: true, urgent: true });
    bench.call('waits');
    lose(bench);
    expect(bench.errors.get('order')).toMatchObject({ code: 'DISCONNECTED', outcome: 'not-sent' });
    expect(bench.errors.has('waits')).toBe(false);
    bench.table.connectionLost('broken');
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual(['query', 'waits']);
    bench.table.close('over');
  });

  test('lets an urgent call leave at once while others are gathered', () => {
    const bench = new Bench({ gatherFrom: 1, window: 8 });
    bench.table.setSender(bench.sender);
    bench.call('a');
    bench.call('b');
    bench.answer(0);
    bench.call('gathered');
    expect(bench.left).toEqual(['a', 'b']);
    bench.call('urgent', { urgent: true });
    expect(bench.left).toContain('urgent');
    bench.table.close('over');
  });

  test('lets nothing leave after its time, though no timer could run', async () => {
    const bench = new Bench({ window: 1, gatherFrom: 1 });
    bench.table.setSender(bench.sender);
    bench.call('first');
    bench.call('order', { timeout: 400 });
    const now = performance.now();
    // The program computes: 500 ms pass in which nothing else runs.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 500);
    bench.answer(0);
    await nextTick();
    expect(bench.left).toEqual(['first']);
    // The window was free by then: no request before it was the reason.
    const message =
      'order: no answer within 400 ms; the request was not sent (this program was too busy to send it in time)';
    expect(bench.errors.get('order')).toMatchObject({ code: 'TIMEOUT', outcome: 'not-sent', message });
    clock.mockRestore();
    bench.table.close('over');
  });

  test('refuses a call at once when the queue is full, and only then', () => {
    const bench = new Bench({ queueLimit: 2, window: 1 });
    bench.call('a');
    bench.call('b');
    bench.call('c');
    expect(bench.errors.get('c')).toMatchObject({ code: 'QUEUE_FULL', outcome: 'not-sent' });
    bench.table.setSender(bench.sender);
    bench.call('d');
    expect(bench.errors.has('d')).toBe(false);
    bench.table.close('over');
  });

  test('with a queue of none lets calls leave at once or not at all', () => {
    const bench = new Bench({ queueLimit: 0, window: 1 });
    bench.call('a');
    expect(bench.errors.get('a')).toMatchObject({ code: 'QUEUE_FULL' });
    bench.table.setSender(bench.sender);
    bench.call('b');
    bench.call('c');
    expect(bench.left).toEqual(['b']);
    expect(bench.errors.get('c')).toMatchObject({ code: 'QUEUE_FULL' });
    bench.table.close('over');
  });

  test('fails what waits, and what comes, while the server refuses the client', () => {
    const bench = new Bench();
    bench.call('a');
    bench.table.refuse('wrong key');
    bench.call('b');
    for (const method of ['a', 'b']) {
      expect(bench.errors.get(method)).toMatchObject({
        code: 'DISCONNECTED',
        outcome: 'not-sent',
        message: `${method}: not sent: wrong key`,
      });
    }
    bench.table.refuse(undefined);
    bench.call('c');
    bench.table.setSender(bench.sender);
    expect(bench.left).toEqual(['c']);
    bench.table.close('over');
  });

  test('settles everything when it is closed', () => {
    const bench = new Bench({ window: 1 });
    bench.table.setSender(bench.sender);
    bench.call('sent', { timeout: 1000, signal: new AbortController().signal });
    bench.call('waiting', { timeout: 1000 });
    bench.call('urgent', { urgent: true });
    bench.table.close('the client was stopped');
    bench.call('late');
    expect(bench.errors.get('sent')).toMatchObject({ code: 'CLOSED', outcome: 'unknown' });
    for (const method of ['waiting', 'urgent', 'late'])
      expect(bench.errors.get(method)).toMatchObject({ code: 'CLOSED', outcome: 'not-sent' });

    expect(bench.table.stats().closed).toEqual({ notSent: 3, unknown: 1 });
  });

  test('drops answers to nobody', () => {
    const bench = new Bench();
    bench.table.setSender(bench.sender);
    bench.call('a');
    const junk = [undefined, new Uint8Array(0), Buffer.alloc(6, 0xff), BODY];
    for (const id of junk) bench.table.reply(id, BODY);

    expect(bench.table.stats()).toMatchObject({ unknownReplies: junk.length, inFlight: 1 });
    bench.answer(0);
    bench.answer(0);
    expect(bench.table.stats()).toMatchObject({ unknownReplies: junk.length + 1, succeeded: 1 });
  });

  test('counts exceptions apart from results', () => {
    const bench = new Bench({
      decode: (method) => {
        throw new RemoteException(method, 'Traceback\nValueError: no\n');
      },
    });
    bench.table.setSender(bench.sender);
    bench.call('a');
    bench.answer(0);
    expect(bench.errors.get('a')).toBeInstanceOf(RemoteException);
    expect(bench.table.stats()).toMatchObject({ succeeded: 0, failed: 1 });
  });

  test('lets go of the signals of ended calls', () => {
    const bench = new Bench();
    bench.table.setSender(bench.sender);
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    bench.call('a', { signal, timeout: 1000 });
    bench.call('b', { signal, timeout: 1000 });
    bench.answer(0);
    vi.advanceTimersByTime(1000);
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledTimes(1);
  });
});
