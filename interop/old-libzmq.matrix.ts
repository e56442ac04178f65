/**
 * Real libzmq 4.1 and 4.2, as old installations of vnpy have them, in both roles, before and after 45 s of silence.
 *
 * `make matrix` fetches the libraries and runs this; `make test` does not. tests/rpc/silence.test.ts has what of it can be
 * seen in a second.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { dumps } from 'vnpy-bridge/pickle';
import { RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import type { ClientStatus } from 'vnpy-bridge/rpc';
import { repositoryRoot } from './support/index.js';

/** JSON of an object: a libzmq's version, and the folder with the unpacked wheel of pyzmq that has it. */
const VARIABLE = 'VNPY_BRIDGE_LIBRARIES';

const LIBRARIES = Object.entries(JSON.parse(process.env[VARIABLE] ?? '{}') as Record<string, string>);

/** Longer than any interval or patience of a heartbeat between sockets has been here, ms. */
const SILENCE = 45_000;

type Line = Readonly<Record<string, unknown>>;

/** A process with the sockets of an old libzmq: see python-fixtures/old_libzmq.py. */
class OldPeer {
  readonly #child;
  readonly #lines;

  constructor({ onTestFinished }: TestContext, folder: string, ...args: string[]) {
    const script = join(repositoryRoot(), 'python-fixtures', 'old_libzmq.py');
    this.#child = spawn(process.env['PYTHON'] ?? 'python3', [script, folder, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    onTestFinished(async () => {
      this.#child.stdin.end();
      if (this.#child.exitCode === null) await once(this.#child, 'exit');
    });
  }

  async line(): Promise<Line> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error('the process with the old libzmq has ended');
    return JSON.parse(next.value) as Line;
  }

  async call(...args: number[]): Promise<unknown> {
    return (await this.#ask({ op: 'call', args }))['reply'];
  }

  /** The next messages, `count` or more, and all that have come with them. */
  async events(count: number): Promise<unknown> {
    return (await this.#ask({ op: 'events', count }))['events'];
  }

  #ask(command: Line): Promise<Line> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    return this.line();
  }
}

const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');

test('there is a library to test', () => {
  expect(LIBRARIES, `${VARIABLE} names none: run \`make matrix\``).not.toEqual([]);
});

describe.concurrent.each(LIBRARIES)('libzmq %s', (version, folder) => {
  test('as a client: its REQ is answered, its SUB gets the events and nothing else', async (context) => {
    // Of the context, because the tests run side by side.
    const { expect, onTestFinished } = context;
    const server = new RpcServer({ heartbeatInterval: 10 * SILENCE });
    onTestFinished(() => server.stop());
    server.register('add', (a: number, b: number) => a + b);
    await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
    const { reply = '', topicFrame = '' } = server.addresses ?? {};
    const peer = new OldPeer(context, folder, 'client', reply, topicFrame);
    expect(await peer.line()).toEqual({ ready: true, libzmq: version });
    // What is published before the subscription has arrived is nobody's.
    const first = setInterval(() => {
      server.publish('first', 1);
    }, 50);
    expect(await peer.events(1)).toContainEqual([hex(Buffer.from('first')), hex(dumps(1))]);
    clearInterval(first);
    expect(await peer.call(1, 3)).toEqual([true, 4]);
    await peer.events(0);

    await delay(SILENCE);
    expect(await peer.call(2, 3)).toEqual([true, 5]);
    expect(await peer.call(3, 3)).toEqual([true, 6]);
    server.publish('second', 2);
    expect(await peer.events(1)).toEqual([[hex(Buffer.from('second')), hex(dumps(2))]]);
  });

  test('as a silent server: this client keeps its connections, calls and hears it', async (context) => {
    // Of the context, because the tests run side by side.
    const { expect, onTestFinished } = context;
    const peer = new OldPeer(context, folder, 'server');
    const { libzmq, request, publish } = await peer.line();
    expect(libzmq).toBe(version);
    // The server publishes nothing by itself, vnpy's heartbeats neither.
    const client = new RpcClient({ heartbeat: { feedTolerance: Infinity }, timeout: 5000 });
    // Who only calls has nothing else to judge a server by.
    const caller = new RpcClient({ timeout: 5000 });
    onTestFinished(async () => {
      await Promise.all([client.stop(), caller.stop()]);
    });
    const statuses: ClientStatus[] = [];
    for (const one of [client, caller]) one.on('status', (status) => statuses.push(status));
    client.subscribe('');
    const events = client.events();
    await client.start(String(request), String(publish));
    await caller.start(String(request));
    await Promise.all([client.ready(), caller.ready()]);
    const before = [...statuses];
    expect(await client.call('add', [1, 3])).toBe(4);

    await delay(SILENCE);
    expect(statuses).toEqual(before);
    expect(await client.call('add', [2, 3])).toBe(5);
    expect(await caller.call('add', [3, 3])).toBe(6);
    await client.call('publish', [7]);
    expect((await events.next()).value).toEqual({ topic: '', data: 7 });
    expect(client.status()).toEqual({ state: 'connected', reconnects: 0 });
    expect(statuses).toEqual(before);
  });
});
