import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRecording } from '../src/cli/recording/reader.js';
import { field, PATIENCE, recentWeekday, startPeer } from './support/index.js';
import type { Described } from './support/index.js';
import { argsOf, runProgram, startProgram } from './cli-support.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cli-bridge-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

describe('commands and a real server', () => {
  test('contracts, an order, what became of it, and history', async () => {
    const peer = await startPeer({ script: 'vnpy_server', locale: 'zh_CN.UTF-8' });
    const args = argsOf(peer);
    const contracts = JSON.parse((await runProgram(['contracts', '--json', ...args])).stdout) as {
      vt_symbol: string;
    }[];
    expect(contracts.map(({ vt_symbol }) => vt_symbol)).toContain('IO2703-C-4000.CFFEX');
    const order =
      'OrderRequest{"symbol":"rb2705","exchange":"SHFE","direction":"LONG","offset":"OPEN","type":"LIMIT","volume":1,"price":3200,"reference":"cli"}';
    const sent = await runProgram(['call', 'send_order', order, 'SIM', ...args]);
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    // The order's id is told before vnpy's event engine, and the exchange, have come to the order.
    const id = JSON.parse(sent.stdout) as string;
    await expect
      .poll(async () => (await runProgram(['orders', '--active', ...args])).stdout, PATIENCE)
      .toMatch(new RegExp(`${id} .*LONG +OPEN +LIMIT +3200 .*NOTTRADED`));
    const day = recentWeekday();
    const span = ['--start', `${day}T01:00:00Z`, '--end', `${day}T03:00:00Z`];
    expect((await runProgram(['history', 'rb2705.SHFE', ...span, '--csv', ...args])).stdout).toMatch(
      /rb2705.*\n.*rb2705/,
    );
    // Its contracts on a simulated market.
    const anywhere = 'tcp://127.0.0.1:*';
    const [, reply = ''] = args;
    const simulated = startProgram([
      ...['serve', '--simulate', '--contracts', reply],
      ...['--request', anywhere, '--subscribe', anywhere],
    ]);
    const [, ...there] = await simulated.waitFor('stdout', /ready: (--request) (\S+) (--subscribe) (\S+)/);
    expect(JSON.parse((await runProgram(['contracts', '--json', ...there])).stdout)).toEqual(contracts);
  });

  test('ends on signals and closed pipes as a process should', async () => {
    const peer = await startPeer({ script: 'vnpy_server', args: ['--rate', '20'] });
    const listening = startProgram(['listen', '--symbol', 'rb2705.SHFE', '--ask', ...argsOf(peer)]);
    await listening.waitFor('stdout', /eTick\./);
    expect(await listening.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' });

    const cut = startProgram(['listen', '--symbol', 'rb2705.SHFE', '--ask', ...argsOf(peer)]);
    await cut.waitFor('stdout', /eTick\./);
    cut.closePipe();
    expect(await cut.exited).toMatchObject({ code: 0, stderr: '' });

    const plain = await startPeer({ script: 'rpc_server' });
    const waiting = startProgram(['call', 'sleep', '30', ...argsOf(plain)]);
    await plain.waitFor(() => true);
    await waitUntil(async () => (await plain.command<string[]>('executed')).length > 0);
    expect(await waiting.kill('SIGINT')).toMatchObject({ code: 130, stdout: '' });
  });
});

describe('recordings of a real server', () => {
  test('what was flushed before kill -9 is readable, and plays to unmodified clients of both versions', async () => {
    const path = join(temporaryFolder(), 'day.mcap');
    const server = await startPeer({
      script: 'vnpy_server',
      vnpy: '4.5',
      locale: 'zh_CN.UTF-8',
      args: ['--rate', '20'],
    });
    const recording = startProgram(['record', path, '--flush', '50ms', '--symbol', 'rb2705.SHFE', ...argsOf(server)]);
    await recording.waitFor('stderr', /snapshot recorded/);
    await waitUntil(() => Promise.resolve(eventsIn(path) > 60));
    const before = eventsIn(path);
    expect((await recording.kill('SIGKILL')).signal).toBe('SIGKILL');
    expect(eventsIn(path)).toBeGreaterThanOrEqual(before);

    const replaying = startProgram([
      ...[
        'replay',
        path,
        '--loop',
        '--speed',
        '2',
        '--request',
        'tcp://127.0.0.1:*',
        '--subscribe',
        'tcp://127.0.0.1:*',
      ],
      ...['--subscribe-pair', 'tcp://127.0.0.1:*', '--json'],
    ]);
    const [line] = await replaying.waitFor('stdout', /^\{"ready".*$/m);
    const { request, subscribe, subscribePair } = JSON.parse(line) as Record<
      'request' | 'subscribe' | 'subscribePair',
      string
    >;
    for (const [vnpy, locale, publish] of [
      ['4.5', 'en_US.UTF-8', subscribe],
      ['4.4', 'zh_CN.UTF-8', subscribePair],
    ] as const) {
      const client = await startPeer({
        script: 'gateway_client',
        vnpy,
        locale,
        addresses: { request, publish },
        args: ['--connect'],
      });
      const record = await client.waitFor(({ event }) => event === 'eTick.');
      const tick = record['data'] as Described;
      expect(tick.type).toBe('vnpy.trader.object.TickData');
      expect(field(tick, 'last_price').type).toBe('float');
      expect(field(tick, 'exchange')).toMatchObject({ type: 'vnpy.trader.constant.Exchange', name: 'SHFE' });
      const contract = await client.command<Described>('get', { kind: 'contract', key: 'rb2705.SHFE' });
      expect(field(contract, 'product')).toMatchObject({ name: 'FUTURES' });
      expect(await client.command('receiving')).toBe(true);
    }
    expect((await replaying.kill('SIGTERM')).code).toBe(0);
  });
});

describe('the relay', () => {
  test('gives a client of vnpy 4.4 the ticks of a 4.5 server', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy: '4.5', args: ['--rate', '20'] });
    const relay = startProgram([
      ...['relay', '--serve-request', 'tcp://127.0.0.1:*', '--serve-subscribe', 'tcp://127.0.0.1:*'],
      ...['--serve-subscribe-pair', 'tcp://127.0.0.1:*', '--json', ...argsOf(server)],
    ]);
    const [line] = await relay.waitFor('stdout', /^\{"ready".*$/m);
    const { request, subscribePair } = JSON.parse(line) as Record<'request' | 'subscribePair', string>;
    const client = await startPeer({
      script: 'gateway_client',
      vnpy: '4.4',
      addresses: { request, publish: subscribePair },
      args: ['--connect'],
    });
    await client.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
    const record = await client.waitFor(({ event }) => event === 'eTick.');
    expect(field(record['data'] as Described, 'vt_symbol').value).toBe('rb2705.SHFE');
    expect((await relay.kill('SIGINT')).code).toBe(0);
  });
});

function eventsIn(path: string): number {
  try {
    return [...parseRecording(readFileSync(path))].filter(({ channel }) => channel.kind === 'event').length;
  } catch {
    return 0;
  }
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
