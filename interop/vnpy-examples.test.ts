import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { field, plain, repositoryRoot, startPeer } from './support/index.js';
import type { Addresses, Described, VnpyVersion } from './support/index.js';

const VERSIONS = ['4.5', '4.4'] as const;
const FREE = 'tcp://127.0.0.1:0';

/** A running example. */
class Example {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  constructor(name: string, args: readonly string[]) {
    const path = join(repositoryRoot(), 'build', 'examples', `${name}.js`);
    if (!existsSync(path)) throw new Error(`${path} is missing: run \`make interop-test\`, which builds it`);
    const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.#wake();
      });
    }
    this.ended = once(child, 'close').then(([code]) => {
      this.#wake();
      return code as number | null;
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
  }

  /** The first line that matches, of those that have come and those to come. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      for (const line of this.lines) {
        const found = pattern.exec(line);
        if (found !== null) return found;
      }
      if (this.#child.exitCode !== null)
        throw new Error(`the example ended without a line ${String(pattern)}:\n${this.lines.join('\n')}`);

      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** As Ctrl-C does. @returns The exit code: null when the program had to be killed by the signal itself. */
  interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.ended;
  }

  /** Where a server example serves; it has printed it. */
  async addressesFor(vnpy: VnpyVersion): Promise<Addresses> {
    const request = (await this.line(/serving requests at (\S+)/))[1] ?? '';
    const format = vnpy === '4.5' ? /vnpy 4\.5 and later at ([^\s;]+)/ : /vnpy 3\.0 to 4\.4 at ([^\s;]+)/;
    return { request, publish: (await this.line(format))[1] ?? '' };
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}

test("simple-rpc-server, with Python's RpcClient", async () => {
  const server = new Example('simple-rpc-server', [FREE, FREE]);
  const client = await startPeer({
    script: 'rpc_client',
    addresses: await server.addressesFor('4.5'),
    args: ['--topic', ''],
  });
  const call = async (args: unknown[], kwargs = {}): Promise<unknown> =>
    plain((await client.command<{ returned: Described }>('call', { name: 'add', args, kwargs })).returned);
  expect(await call([1, 3])).toBe(4);
  expect(await call([], { a: 2, b: 5 })).toBe(7);
  await server.line(/receiving: 2, 5/);
  const event = await client.waitFor((line) => line['event'] === 'test');
  expect(plain(event['data'] as Described)).toMatch(/^current server time is /);
  expect(await server.interrupt()).toBe(0);
});

test.each(VERSIONS)("simple-rpc-client, with Python's RpcServer of vnpy %s", async (vnpy) => {
  const server = await startPeer({ script: 'rpc_server', vnpy });
  const { request, publish } = server.addresses;
  // All the time: a subscription takes a moment to reach the publisher, what it publishes before is lost, and the client
  // ends by itself.
  await server.command('publish', { count: 100_000, rate: 100, topic: 'news', kind: 'int' });
  const client = new Example('simple-rpc-client', [request, publish, '2']);
  expect(await client.ended).toBe(0);
  expect(client.lines).toEqual(
    expect.arrayContaining(['add(1, 1) = 2', 'add(1, 2) = 3', 'no_such_function: KeyError']),
  );
  expect(client.lines.join('\n')).toMatch(/^client received topic: news, data: \d+$/m);
});

describe.each(VERSIONS)('with vnpy %s', (vnpy) => {
  test("trading-server serves Python's RpcGateway", async () => {
    const server = new Example('trading-server', [FREE, FREE, FREE]);
    const addresses = await server.addressesFor(vnpy);
    const client = await startPeer({ script: 'gateway_client', vnpy, addresses, args: ['--connect'] });
    await client.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
    await client.waitFor((line) => line['event'] === 'eTick.rb2705.SHFE');
    const id = await client.command<string>('send_order', {
      vt_symbol: 'rb2705.SHFE',
      direction: 'LONG',
      offset: 'OPEN',
      price: 3600,
      volume: 1,
    });
    await client.command('wait', { kind: 'order', key: id, fields: { status: 'ALLTRADED' } });
    expect(await server.interrupt()).toBe(0);
  });

  test('trading-client shows what a server does', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '5'] });
    const { request, publish } = server.addresses;
    const client = new Example('trading-client', [request, publish, 'rb2705.SHFE', 'IF2703.CFFEX']);
    await client.line(/^8 contracts$/);
    await client.line(/^account SIM\.CNY: balance/);
    await client.line(/^position au2706\.SHFE LONG: 2 at/);
    await client.line(/^tick rb2705\.SHFE: \d+ \/ \d+ \/ \d+$/);
    await client.line(/^tick IF2703\.CFFEX/);
    expect(await client.interrupt()).toBe(0);
  });

  test('moving-average trades on bars of live ticks', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '50'], journal: true });
    const { request, publish } = server.addresses;
    const strategy = new Example('moving-average', [request, publish, 'IF2703.CFFEX', '0.1']);
    await strategy.line(/^trading IF2703\.CFFEX/);
    await strategy.line(/^traded -?1, position -?1$/);
    expect(await strategy.interrupt()).toBe(0);
    expect(server.journal()).toContainEqual(
      expect.objectContaining({
        event: 'order',
        vt_symbol: 'IF2703.CFFEX',
        reference: expect.stringMatching(/^MovingAverage-/) as string,
      }),
    );
  });

  test("datafeed-server serves Python's datafeed", async () => {
    const server = new Example('datafeed-server', [FREE, FREE, FREE]);
    const addresses = await server.addressesFor(vnpy);
    const client = await startPeer({ script: 'datafeed_client', vnpy, addresses });
    interface Answer {
      readonly data: Described;
      readonly outputs: readonly string[];
    }
    const asked = { vt_symbol: 'rb2705.SHFE', start: '2026-05-12T00:00:00+08:00', interval: 'DAILY' };
    const { data } = await client.command<Answer>('bars', asked);
    expect((data.value as Described[]).map((bar) => plain(field(bar, 'close_price')))).toEqual([3502, 3497, 3511]);
    const { outputs } = await client.command<Answer>('bars', { ...asked, vt_symbol: 'au2706.SHFE' });
    expect(outputs).toEqual(['no data of au2706.SHFE']);
    expect(await server.interrupt()).toBe(0);
  });

  test('relay lets a client of the other version in', async () => {
    const other = vnpy === '4.5' ? '4.4' : '4.5';
    const upstream = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '5'] });
    const { request, publish } = upstream.addresses;
    const relay = new Example('relay', [request, publish, FREE, FREE, FREE]);
    const addresses = await relay.addressesFor(other);
    const client = await startPeer({ script: 'gateway_client', vnpy: other, addresses, args: ['--connect'] });
    await client.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
    await client.waitFor((line) => line['event'] === 'eTick.rb2705.SHFE');
    expect(await relay.interrupt()).toBe(0);
  });
});
