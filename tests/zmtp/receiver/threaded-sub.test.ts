import * as workerThreads from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeFrame } from '../../../src/zmtp/frames.js';
import type { ClientEvents, ClientOptions } from '../../../src/zmtp/client.js';
import type { ConnectionEnd } from '../../../src/zmtp/connection.js';
import { CurveServer, encodeZ85, newKeyPair, PlainServer, secretBytes, SubThread } from '../../../src/zmtp/index.js';
import type { SubThreadOptions } from '../../../src/zmtp/index.js';
import { threadSource } from '../../../src/zmtp/receiver/thread-source.js';
import { RawPublisher } from '../support/raw-publisher.js';
import { ascii } from '../support/side.js';
import { threadCode } from '../support/thread-code.js';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0).reverse()) each.close();
});

function opened<Item extends { close(): void }>(item: Item): Item {
  open.push(item);
  return item;
}

/** What was told, and what its publisher heard, as texts, and promises for what is to come. */
class Notes implements ClientEvents {
  readonly texts: string[] = [];
  /** In another order: it goes the other way. */
  readonly heard: string[] = [];
  end: ConnectionEnd | undefined;
  readonly #waiting: { readonly isThere: () => boolean; readonly resolve: () => void }[] = [];

  note(text: string, texts = this.texts): void {
    texts.push(text);
    for (const { isThere, resolve } of this.#waiting) if (isThere()) resolve();
  }
  opened(): void {
    this.note('opened');
  }
  message(parts: readonly Uint8Array[]): void {
    this.note(parts.map((part) => (part.length > 100 ? part.length : Buffer.from(part).toString())).join('|'));
  }
  closed(end: ConnectionEnd): void {
    this.end = end;
    this.note('closed');
  }
  until(text: string): Promise<void> {
    const isThere = (): boolean => [...this.texts, ...this.heard].includes(text);
    if (isThere()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isThere, resolve }));
  }
}

function optionsFor(port: number, security: ClientOptions['security'] = { mechanism: 'NULL' }): ClientOptions {
  return {
    endpoint: { transport: 'tcp', host: '127.0.0.1', port },
    security,
    connectTimeout: 10_000,
    ping: { interval: Infinity, timeout: Infinity },
  };
}

/** A thread whose notices are noted, and whose workers are counted. */
function newThread(options: Partial<SubThreadOptions> = {}): {
  thread: SubThread;
  notices: string[];
  workers: workerThreads.Worker[];
} {
  const notices: string[] = [];
  const workers: workerThreads.Worker[] = [];
  class Counted extends workerThreads.Worker {
    constructor(code: string | URL, given: workerThreads.WorkerOptions) {
      super(code, given);
      workers.push(this);
    }
  }
  const thread = opened(
    new SubThread({
      receiveHighWaterMark: 100_000,
      notice: (text) => notices.push(text),
      threads: () => Promise.resolve({ ...workerThreads, Worker: Counted }),
      ...options,
    }),
  );
  return { thread, notices, workers };
}

async function publisherFor(
  notes: Notes,
  mechanism?: Parameters<typeof RawPublisher.listen>[1],
): Promise<RawPublisher> {
  const heard = (what: string): void => {
    notes.note(what, notes.heard);
  };
  return opened(await RawPublisher.listen({ heard }, mechanism));
}

describe('a connection in a thread', () => {
  test('gets what it asked for, whole and in order, up to its end', async () => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const { thread, notices, workers } = newThread();
    const sub = thread.connectSub(optionsFor(publisher.port), notes);
    sub.subscribe(ascii('a'));
    await notes.until('+a');
    sub.subscribe(ascii('b'));
    await notes.until('+b');
    publisher.publish(ascii('a'), ascii('1'), ascii(''));
    publisher.publish(ascii('nobody'));
    publisher.publish(ascii('b'), new Uint8Array(20_000_000)); // Larger than the ring.
    publisher.publish(ascii('ab'));
    publisher.hangUp();
    await notes.until('closed');
    expect(notes.texts).toEqual(['opened', 'a|1|', 'b|20000000', 'ab', 'closed']);
    expect(notes.end).toMatchObject({ phase: 'ready', error: { name: 'ZmtpError', code: 'CLOSED' } });
    expect(thread.received).toBe(3);
    expect([thread.dropped, notices, workers.length]).toEqual([0, [], 1]);
  });

  test('asks for a prefix once, and takes it back with the last request', async () => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const { thread } = newThread();
    const sub = thread.connectSub(optionsFor(publisher.port), notes);
    const prefix = ascii('a');
    sub.subscribe(prefix);
    sub.subscribe(prefix);
    prefix[0] = 0x62; // It is the caller's again.
    await notes.until('+a');
    sub.unsubscribe(ascii('a'));
    sub.unsubscribe(ascii('nobody'));
    sub.subscribe(ascii('c'));
    await notes.until('+c');
    publisher.publish(ascii('a'), ascii('1'));
    await notes.until('a|1');
    sub.unsubscribe(ascii('a'));
    await notes.until('-a');
    publisher.publish(ascii('a'), ascii('2'));
    publisher.publish(ascii('c'));
    await notes.until('c');
    expect(notes.texts).toEqual(['opened', 'a|1', 'c']);
    expect(notes.heard).toEqual(['+a', '+c', '-a']);
  });

  test('hands out nothing of what was taken back, though it has been received', async () => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const { thread } = newThread();
    const sub = thread.connectSub(optionsFor(publisher.port), notes);
    sub.subscribe(ascii(''));
    await notes.until('+');
    const message = (parts: readonly Uint8Array[]): void => {
      notes.note(String(parts[0]?.length));
      // From within the first: the others lie in the ring by now.
      sub.subscribe(ascii('end'));
      sub.unsubscribe(ascii(''));
    };
    notes.message = message;
    for (let count = 0; count < 50; count++) publisher.publish(ascii('x'));
    publisher.publish(ascii('end'));
    await notes.until('3');
    expect(notes.texts.filter((text) => text === '1')).toHaveLength(1);
  });

  test.each([
    ['PLAIN', { mechanism: 'PLAIN', username: 'me', password: 'secret' } as const],
    ['CURVE', 'CURVE' as const],
  ])('speaks %s', async (_name, given) => {
    const pair = newKeyPair();
    const own = newKeyPair();
    const security =
      given === 'CURVE'
        ? // A view of a larger buffer, as Buffer makes them.
          { mechanism: given, serverKey: Buffer.from(pair.publicKey), secretKey: Buffer.from(secretBytes(own)) }
        : given;
    const notes = new Notes();
    const publisher = await publisherFor(notes, (metadata, maxProperties) =>
      given === 'CURVE'
        ? new CurveServer({ pair, accepts: (key) => key === encodeZ85(own.publicKey), metadata, maxProperties })
        : new PlainServer((user, password) => user === 'me' && password === 'secret', metadata, maxProperties),
    );
    const { thread } = newThread();
    const sub = thread.connectSub(optionsFor(publisher.port, security), notes);
    sub.subscribe(ascii('t'));
    await notes.until('+t');
    publisher.publish(ascii('t'), ascii('secret'));
    await notes.until('t|secret');
  });

  test('refuses a key of the wrong length at once', () => {
    const { thread } = newThread();
    const security = { mechanism: 'CURVE', serverKey: new Uint8Array(31) } as const;
    expect(() => thread.connectSub(optionsFor(1, security), new Notes())).toThrow(RangeError);
  });

  test('tells the error of the system with its code', async () => {
    const publisher = await RawPublisher.listen();
    const { port } = publisher;
    publisher.close();
    const notes = new Notes();
    newThread().thread.connectSub(optionsFor(port), notes);
    await notes.until('closed');
    expect(notes.texts).toEqual(['closed']);
    expect(notes.end).toMatchObject({
      phase: 'connecting',
      error: { code: 'SYSTEM', cause: { code: 'ECONNREFUSED', port } },
    });
    expect(notes.end?.error.cause).toBeInstanceOf(Error);
  });

  test('tells where the bytes are wrong, as it does inline', async () => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const { thread } = newThread();
    thread.connectSub(optionsFor(publisher.port), notes).subscribe(ascii('a'));
    await notes.until('+a');
    const message = Buffer.concat([encodeFrame(0, ascii('a')), Uint8Array.of(0xff, 0)]);
    publisher.raw(message);
    await notes.until('closed');
    const { error } = notes.end ?? {};
    expect(error).toMatchObject({ code: 'PROTOCOL', offset: expect.any(Number) as number });
    expect(error?.message).toMatch(
      new RegExp(`^a frame with the flags 0xff, .* \\(byte ${error?.offset} of the connection\\)$`),
    );
    expect(notes.texts.slice(-2)).toEqual(['a', 'closed']);
  });

  test('a listener that throws costs the connection, and nothing else', async () => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const { thread, workers } = newThread();
    const message = (): void => {
      throw new TypeError('a listener');
    };
    thread.connectSub(optionsFor(publisher.port), { ...bound(notes), message }).subscribe(ascii('a'));
    await notes.until('+a');
    publisher.publish(ascii('a'));
    publisher.publish(ascii('a'));
    await notes.until('closed');
    expect(notes.end).toMatchObject({ phase: 'ready', error: { code: 'SYSTEM', message: 'a listener' } });
    const next = new Notes();
    const other = await publisherFor(next);
    thread.connectSub(optionsFor(other.port), next).subscribe(ascii('a'));
    await next.until('+a');
    expect(workers).toHaveLength(1);
  });

  test('tells nothing after it was closed, and its thread serves the next one', async () => {
    const first = new Notes();
    const second = new Notes();
    const publisher = await publisherFor(first);
    const other = await publisherFor(second);
    const { thread, workers } = newThread();
    const sub = thread.connectSub(optionsFor(publisher.port), first);
    sub.subscribe(ascii(''));
    await first.until('+');
    first.message = () => {
      first.note('one');
      sub.close();
    };
    for (let count = 0; count < 100; count++) publisher.publish(ascii('x'));
    await first.until('one');
    thread.connectSub(optionsFor(other.port), second).subscribe(ascii(''));
    await second.until('+');
    other.publish(ascii('y'));
    await second.until('y');
    expect(first.texts).toEqual(['opened', 'one']);
    expect(second.texts).toEqual(['opened', 'y']);
    expect(workers).toHaveLength(1);
    sub.close();
    sub.subscribe(ascii('late'));
    thread.close();
    expect(() => thread.connectSub(optionsFor(1), second)).toThrow('closed');
  });

  test('that is replaced before there is a thread is never made', async () => {
    const first = new Notes();
    const second = new Notes();
    const publisher = await publisherFor(first);
    const other = await publisherFor(second);
    const { thread, workers } = newThread();
    thread.connectSub(optionsFor(publisher.port), first).subscribe(ascii(''));
    thread.connectSub(optionsFor(other.port), second).subscribe(ascii(''));
    await second.until('+');
    expect(first.texts).toEqual([]);
    expect(workers).toHaveLength(1);
  });
});

/** The methods of notes as an object that can be spread. */
function bound(notes: Notes): ClientEvents {
  return {
    opened: () => {
      notes.opened();
    },
    message: (parts) => {
      notes.message(parts);
    },
    closed: (end) => {
      notes.closed(end);
    },
  };
}

describe('while the program stands still', () => {
  /** A publisher in a thread of its own: it sends when it is asked for something, then a PING, and tells of the PONG. */
  const PUBLISHER = threadCode(`
    import { parentPort, workerData } from 'node:worker_threads';
    import { RawPublisher } from './tests/zmtp/support/raw-publisher.ts';
    const { count, size, flag } = workerData;
    await0();
    async function await0() {
      const made = await RawPublisher.listen({
        heard: (what) => {
          if (what === 'pong') { Atomics.store(flag, 0, 1); Atomics.notify(flag, 0); return; }
          Atomics.wait(flag, 1, 0); // The program stands still.
          for (let index = 0; index < count; index++) made.publish(Buffer.from('t' + index), Buffer.alloc(size));
          made.ping();
        },
      });
      parentPort.postMessage(made.port);
    }
  `);

  test.each([
    { count: 60_000, mark: 60_000 },
    { count: 20_000, mark: 5000 },
  ])('$count events come in and PINGs are answered; $mark may wait', async ({ count, mark }) => {
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const worker = new workerThreads.Worker(PUBLISHER, { eval: true, workerData: { count, size: 1000, flag } });
    opened({ close: () => void worker.terminate() });
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));

    const notes = new Notes();
    const { thread } = newThread({ receiveHighWaterMark: mark });
    const topics: string[] = [];
    const isOver = new Promise<void>((resolve) => {
      const message = ([topic]: readonly Uint8Array[]): void => {
        topics.push(Buffer.from(topic ?? []).toString());
        if (topics.length === mark) resolve();
      };
      thread.connectSub(optionsFor(port), { ...bound(notes), message }).subscribe(ascii('t'));
    });
    await notes.until('opened');
    Atomics.store(flag, 1, 1);
    Atomics.notify(flag, 1);
    // The publisher has its PONG, so all before it was received.
    expect(Atomics.wait(flag, 0, 0, 60_000)).not.toBe('timed-out');
    expect(topics).toEqual([]);
    await isOver;
    expect(topics).toEqual(Array.from({ length: mark }, (_, index) => `t${index}`));
    expect(thread.received).toBe(mark);
    expect(thread.dropped).toBe(count - mark);
  });
});

describe('a thread that ends by itself', () => {
  test.each([
    ['exits', 'process.exit(3)', 'exited with code 3'],
    ['throws', 'setImmediate(() => { throw new Error("a fault of it") })', 'a fault of it'],
    ['fills its heap', 'const all = []; for (;;) all.push(Array(1000).fill({}))', 'memory'],
  ])('because it %s is a lost connection, and the next one has a new thread', async (_name, fault, reason) => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const code = (): string =>
      `${threadSource()};require('node:worker_threads').workerData.port.on('message', (command) => {
        if (command.prefix && command.prefix[0] === 33) { ${fault} }
      });`;
    const { thread, notices, workers } = newThread({ code });
    const sub = thread.connectSub(optionsFor(publisher.port), notes);
    sub.subscribe(ascii('a'));
    await notes.until('+a');
    publisher.publish(ascii('a'));
    await notes.until('a');
    sub.subscribe(ascii('!'));
    await notes.until('closed');
    expect(notes.end).toMatchObject({ phase: 'ready', error: { code: 'SYSTEM' } });
    expect(notes.end?.error.message).toMatch(/^the receiving thread ended: /);
    expect(notes.end?.error.message).toContain(reason);

    const next = new Notes();
    const other = await publisherFor(next);
    thread.connectSub(optionsFor(other.port), next).subscribe(ascii('a'));
    await next.until('+a');
    other.publish(ascii('a'), ascii('again'));
    await next.until('a|again');
    expect(workers).toHaveLength(2);
    expect(notices).toEqual([]);
    expect(thread.received).toBe(2);
  });

  test('hands out first what it has received', async () => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    // It exits in the turn in which the last message came.
    const code = (): string =>
      `${threadSource()};const { data } = require('node:worker_threads').workerData.memory;
       setInterval(() => { if (Buffer.from(data).includes('last one')) process.exit(1); }, 1);`;
    const { thread } = newThread({ code });
    thread.connectSub(optionsFor(publisher.port), notes).subscribe(ascii(''));
    await notes.until('+');
    for (let count = 0; count < 1000; count++) publisher.publish(ascii('x'), ascii(String(count)));
    publisher.publish(ascii('last one'));
    await notes.until('closed');
    expect(notes.texts.slice(1)).toEqual([
      ...Array.from({ length: 1000 }, (_, count) => `x|${count}`),
      'last one',
      'closed',
    ]);
  });
});

describe('where there can be no thread', () => {
  const forbidden = {
    ...workerThreads,
    Worker: function () {
      throw new Error('Access to this API has been restricted');
    } as unknown as typeof workerThreads.Worker,
  };

  test.each<[string, Partial<SubThreadOptions>, string]>([
    ['no module', { threads: () => Promise.reject(new Error('No such built-in module')) }, 'No such built-in module'],
    ['it is forbidden', { threads: () => Promise.resolve(forbidden) }, 'restricted'],
    ['its code fails', { code: () => 'throw new Error("not here")' }, 'not here'],
    ['no build has put in its code', { code: () => '' }, 'no code'],
  ])('because %s, it receives inline, and says so once', async (_name, options, reason) => {
    const notes = new Notes();
    const publisher = await publisherFor(notes);
    const { thread, notices } = newThread(options);
    const sub = thread.connectSub(optionsFor(publisher.port), notes);
    sub.subscribe(ascii('a'));
    sub.subscribe(ascii('b'));
    sub.subscribe(ascii('b'));
    sub.unsubscribe(ascii('a'));
    await notes.until('+b');
    publisher.publish(ascii('b'));
    await notes.until('b');
    sub.unsubscribe(ascii('b'));
    sub.unsubscribe(ascii('b'));
    await notes.until('-b');
    publisher.hangUp();
    await notes.until('closed');
    expect(notes.texts).toEqual(['opened', 'b', 'closed']);
    expect(notes.heard).toEqual(['+b', '-b']);

    thread.connectSub(optionsFor(publisher.port), notes).subscribe(ascii('c'));
    await notes.until('+c');
    expect(notices).toEqual([expect.stringMatching(/^There can be no receiving thread \(/)]);
    expect(notices[0]).toContain(reason);
    thread.close();
    publisher.publish(ascii('c'));
    publisher.hangUp();
    expect(notes.texts.filter((text) => text === 'closed')).toHaveLength(1);
  });
});
