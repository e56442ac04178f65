/**
 * vnpy's own applications on a relay over NATS, unmodified, before a real vnpy server: what each of twenty equal orders becomes, a
 * spread, and a recorder. `make apps` runs it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argsOf, startProgram } from './cli-support.js';
import { taken } from './guard-support.js';
import { APP_VENVS, runAppDesk } from './support/app-desk.js';
import { startPeer } from './support/index.js';
import { NatsServer } from './support/nats-server.js';

const folder = mkdtempSync(join(tmpdir(), 'vnpy-apps-'));
const ends: (() => Promise<void>)[] = [];

let nats: NatsServer;

beforeAll(async () => {
  nats = await NatsServer.start();
});

afterAll(async () => {
  for (const end of ends) await end();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['4.5', '4.4'] as const)(
  'CTA, spread and recorder of vnpy %s trade and record through a relay',
  async (vnpy) => {
    const server = await startPeer({ script: 'vnpy_server', args: ['--rate', '5'], journal: true });
    const place = ['--nats', nats.url, '--cluster', 'desk', '--account', `sim-${vnpy}`];
    const edge = startProgram([
      ...['edge', '--edge', 'edge-1', '--state', join(folder, vnpy), ...argsOf(server), ...place],
    ]);
    await edge.waitFor('stdout', /^ready: edge/m);
    const relay = startProgram([
      ...['relay', '--json', '--serve-request', 'tcp://127.0.0.1:*', '--serve-subscribe', 'tcp://127.0.0.1:*'],
      ...['--serve-subscribe-pair', 'tcp://127.0.0.1:*', ...place],
    ]);
    const [line] = await relay.waitFor('stdout', /^\{"ready":true.*\}$/m);
    const { request, subscribe, subscribePair } = JSON.parse(line) as Readonly<Record<string, string>>;

    const publish = (vnpy === '4.5' ? subscribe : subscribePair) ?? '';
    const args = ['--request', request ?? '', '--publish', publish];
    const seen = await runAppDesk(APP_VENVS[vnpy], 'cluster_desk.py', args, (kill) => {
      ends.push(() => {
        kill();
        return Promise.resolve();
      });
    });
    expect(seen).toMatchObject({ done: true, errors: expect.not.stringContaining('Traceback') as string });
    expect(seen).not.toHaveProperty('thread_died');
    // One reference, equal in all fields, and each is an order of its own.
    expect(seen['cta']).toEqual({ sent: 20, traded: 20, pos: 20, orders: 20, status: { ALLTRADED: 20 } });
    expect(taken(server, (order) => order['reference'] === 'CtaStrategy_twenty')).toHaveLength(20);
    expect(seen['spread']).toEqual({
      ...{ net_pos: 2, legs: ['IF2703.CFFEX', 'rb2705.SHFE'] },
      traded: { 'rb2705.SHFE': 2, 'IF2703.CFFEX': -2 },
    });
    const recorder = seen['recorder'] as { readonly ticks: number; readonly bars: number; readonly rising: boolean };
    expect(recorder.rising).toBe(true);
    expect(recorder.ticks).toBeGreaterThan(20);
    expect(recorder.bars).toBeGreaterThanOrEqual(1);
  },
  240_000,
);
