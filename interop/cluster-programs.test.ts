/**
 * The programs of a cluster, as processes: a real nats-server with keys and rights, real vnpy servers, unmodified Python clients
 * behind a relay, and plain programs of NATS.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { natsConfig } from '../src/cluster/admin/config.js';
import { makeUserKey } from '../src/cluster/admin/keys.js';
import type { UserKey } from '../src/cluster/admin/keys.js';
import { policyOf } from '../src/guard/internal.js';
import { argsOf, runProgram, startProgram } from './cli-support.js';
import type { Exit, Program } from './cli-support.js';
import { pythonOrder, taken } from './guard-support.js';
import { launchPeer, PATIENCE, pythonOf, startPeer, vnpyVersions } from './support/index.js';
import type { Peer, PeerRecord } from './support/index.js';
import { NatsServer } from './support/nats-server.js';

const USERS = ['edge-1', 'edge-2', 'desk', 'screen', 'admin', 'plain', 'watcher'] as const;
type User = (typeof USERS)[number];

const keys = Object.fromEntries(USERS.map((user) => [user, makeUserKey()])) as Record<User, UserKey>;

const POLICY = {
  version: 1,
  audit: false,
  roles: {
    trade: { functions: ['*'], limits: { orderVolume: 100 } },
    look: { functions: ['get_*', 'subscribe', 'query_history'] },
  },
  principals: {
    desk: { roles: ['trade'], natsKey: keys.desk.publicKey },
    screen: { roles: ['look'], natsKey: keys.screen.publicKey },
    plain: { roles: ['look'], natsKey: keys.plain.publicKey },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'vnpy-programs-'));
const file = (name: string): string => join(folder, name);

let nats: NatsServer;
let server: Peer;
let first: Program;
let second: Program | undefined;

/** nats-py needs one more package for keys: the users of plain programs have passwords, with the same rights. */
function withPasswords(config: string): string {
  const users = ['plain', 'watcher'] as const;
  return users.reduce(
    (text, user) => text.replace(`nkey: ${keys[user].publicKey}`, `user: ${user}, password: ${user}`),
    config,
  );
}

/** What a program needs to be a user. */
function as(user: User, ...more: readonly string[]): readonly string[] {
  return [
    ...['--nats', nats.url, '--cluster', 'desk', '--nats-key-file', file(`${user}.nk`)],
    ...(user.startsWith('edge') ? [] : ['--principal', user]),
    ...more,
  ];
}

const ofAccount = ['--account', 'sim'] as const;

beforeAll(async () => {
  for (const user of USERS) writeFileSync(file(`${user}.nk`), `${keys[user].seed}\n`, { mode: 0o600 });
  writeFileSync(file('guard.json'), JSON.stringify(POLICY), { mode: 0o600 });
  nats = await NatsServer.start(({ listen, store }) =>
    withPasswords(
      natsConfig({
        ...{ cluster: 'desk', policy: policyOf(POLICY), listen, store },
        infrastructure: [
          { role: 'edge', name: 'edge-1', account: 'sim', publicKey: keys['edge-1'].publicKey },
          { role: 'edge', name: 'edge-2', account: 'sim', publicKey: keys['edge-2'].publicKey },
          { role: 'admin', name: 'admin', publicKey: keys.admin.publicKey },
          { role: 'dashboard', name: 'watcher', publicKey: keys.watcher.publicKey },
        ],
      }),
    ),
  );
  server = await launchPeer({ script: 'vnpy_server', args: ['--rate', '5'], journal: true });
  first = await startEdge('edge-1');
});

afterAll(async () => {
  for (const end of ends) await end();
  await server.stop();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ends: (() => Promise<void>)[] = [];

/** Starts an edge, which may outlive the test. */
async function startEdge(name: 'edge-1' | 'edge-2'): Promise<Program> {
  const args = [
    ...['edge', '--edge', name, ...ofAccount, '--state', file(`${name}.state`), '--guard', file('guard.json')],
    ...['--guard-state', file(`${name}.guard`), ...argsOf(server), ...as(name)],
  ];
  const program = startProgram(args, (end) => ends.push(end));
  await program.waitFor('stdout', /^ready: edge/m);
  return program;
}

async function whileActive(name: string): Promise<void> {
  await expect.poll(async () => (await edges()).find((row) => row.edge === name)?.state, PATIENCE).toBe('active');
}

interface Row {
  readonly edge: string;
  readonly account: string;
  readonly state: string;
  readonly epoch: number;
  readonly ageMs: number;
}

async function edges(): Promise<readonly Row[]> {
  const { code, stdout, stderr } = await runProgram(['cluster', 'ls', '--json', ...as('admin')]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as readonly Row[];
}

/** A relay of the principal desk. @returns where it serves. */
async function startRelay(): Promise<{ readonly request: string; readonly publish: string; readonly pair: string }> {
  const relay = startProgram([
    ...['relay', '--json', ...ofAccount, ...as('desk'), '--serve-request', 'tcp://127.0.0.1:*'],
    ...['--serve-subscribe', 'tcp://127.0.0.1:*', '--serve-subscribe-pair', 'tcp://127.0.0.1:*'],
  ]);
  const [line] = await relay.waitFor('stdout', /^\{"ready":true.*\}$/m);
  const ready = JSON.parse(line) as { request: string; subscribe: string; subscribePair: string };
  return { request: ready.request, publish: ready.subscribe, pair: ready.subscribePair };
}

/** Runs a plain program of NATS in Python. @returns what it prints. */
async function natsPy(user: 'plain' | 'watcher', code: string): Promise<string> {
  const script = [
    'import asyncio, nats, json',
    'async def main():',
    `    nc = await nats.connect(${JSON.stringify(nats.url)}, user="${user}", password="${user}", inbox_prefix=b"_IN.${user}", allow_reconnect=False)`,
    ...code.split('\n').map((line) => `    ${line}`),
    '    await nc.close()',
    'asyncio.run(main())',
  ].join('\n');
  return (await promisify(execFile)(pythonOf('4.5'), ['-c', script], { timeout: 20_000 })).stdout.trim();
}

const orders = (): readonly PeerRecord[] => taken(server);

const ORDER =
  'OrderRequest{"symbol": "rb2705", "exchange": "SHFE", "direction": "LONG", "type": "LIMIT", "volume": 1, "price": 3200, "offset": "OPEN"}';

/** Sends an order by the command line. */
function sendOrder(user: User = 'desk', ...more: readonly string[]): Promise<Exit> {
  return runProgram(['call', 'send_order', ORDER, 'SIM', ...ofAccount, ...as(user), ...more]);
}

describe('the programs of a cluster', () => {
  test('whoever may look sees the edge and its account, and doctor finds no fault', async () => {
    await whileActive('edge-1');
    const [row] = await edges();
    expect(row).toMatchObject({ edge: 'edge-1', account: 'sim', state: 'active' });
    expect(row?.ageMs).toBeLessThan(1500);
    const contracts = await runProgram(['contracts', '--json', ...ofAccount, ...as('screen')]);
    expect(contracts).toMatchObject({ code: 0 });
    expect(contracts.stdout).toContain('rb2705');
    const doctor = await runProgram(['cluster', 'doctor', '--json', ...ofAccount, ...as('admin')]);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ usable: true });
    const status = await runProgram(['cluster', 'status', '--json', ...ofAccount, ...as('admin')]);
    expect(JSON.parse(status.stdout)).toMatchObject([
      { account: 'sim', record: { state: 'held' }, lease: { edge: 'edge-1' } },
    ]);
    const listened = await runProgram([
      ...['listen', '--symbol', 'rb2705.SHFE', '--ask', '--count', '2', '--json', ...ofAccount, ...as('screen')],
    ]);
    expect(listened).toMatchObject({ code: 0 });
  });

  test.each(vnpyVersions())(
    'an unmodified Python RpcGateway of vnpy %s sends 20 orders with one reference through a relay, and 20 are executed',
    async (vnpy) => {
      const { request, publish, pair } = await startRelay();
      const client = await startPeer({
        script: 'gateway_client',
        vnpy,
        args: ['--connect'],
        addresses: { request, publish: vnpy === '4.5' ? publish : pair },
      });
      await client.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
      await client.waitFor((line) => line['event'] === 'eTick.rb2705.SHFE' || line['event'] === 'eTick.');
      const before = orders().length;
      for (let count = 0; count < 20; count++)
        await client.command('send_order', pythonOrder({ reference: 'CtaStrategy_double_ma' }));
      expect(orders().length - before).toBe(20);
    },
  );

  test('plain programs of NATS see the service and a tick, and are refused what their user may not', async () => {
    const services = await natsPy(
      'watcher',
      'reply = await nc.request("$SRV.PING", b"", timeout=5)\nprint(json.loads(reply.data)["name"])',
    );
    expect(services).not.toBe('');
    const listening = startProgram([
      ...['listen', '--symbol', 'rb2705.SHFE', '--ask', '--json', ...ofAccount, ...as('screen')],
    ]);
    await listening.waitFor('stdout', /rb2705/);
    const tick = await natsPy(
      'plain',
      [
        'sub = await nc.subscribe("vb1.desk.md.sim.SHFE.rb2705")',
        'message = await sub.next_msg(timeout=10)',
        'print(message.data[:2].decode(), len(message.data) > 300)',
      ].join('\n'),
    );
    expect(tick).toBe('VB True');
    const refused = await natsPy(
      'plain',
      [
        'errors = []',
        'async def failed(error): errors.append(str(error))',
        'nc._error_cb = failed',
        'await nc.publish("vb1.desk.cmd.sim.plain.send_order", b"x")',
        'await nc.publish("vb1.desk.md.sim.SHFE.rb2705", b"x")',
        'await nc.flush()',
        'await asyncio.sleep(0.2)',
        'print(len([error for error in errors if "permissions violation" in error.lower()]))',
      ].join('\n'),
    );
    expect(Number(refused)).toBe(2);
  });

  test('who may not trade is refused before anything leaves, and the wrong key is told in a sentence', async () => {
    const before = orders().length;
    const sent = await sendOrder('screen', '--timeout', '5s');
    expect(sent.code).not.toBe(0);
    expect(orders()).toHaveLength(before);
    const wrong = await runProgram([
      ...['cluster', 'ls', '--nats', nats.url, '--cluster', 'desk', '--nats-key-file', file('stranger.nk')],
    ]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a halt holds until a person ends it', async () => {
    for (const kept of [['--keep-orders'], []]) {
      const halted = await runProgram(['cluster', 'halt', ...kept, '--reason', 'a test', ...ofAccount, ...as('admin')]);
      expect(halted).toMatchObject({ code: 0 });
    }
    await expect.poll(async () => (await sendOrder()).stderr, PATIENCE).toMatch(/halt/i);
    const status = async (): Promise<string> =>
      (await runProgram(['cluster', 'status', ...ofAccount, ...as('admin')])).stdout;
    await expect.poll(status, PATIENCE).toMatch(/a test .*orders are kept\n.*a test .*orders are cancelled\n/);
    const resumed = await runProgram(['cluster', 'resume', 'all', '--reason', 'over', ...ofAccount, ...as('admin')]);
    expect(resumed).toMatchObject({ code: 0 });
    await expect.poll(async () => (await sendOrder()).code, PATIENCE).toBe(0);
  });

  test('an account that is held moves by a takeover, there and back, with an order at each', async () => {
    second = await startEdge('edge-2');
    const before = orders().length;
    for (const edge of ['edge-2', 'edge-1']) {
      const moved = await runProgram([
        ...['cluster', 'takeover', '--edge', edge, '--reason', 'a test', '--json', ...ofAccount, ...as('admin')],
      ]);
      expect(moved).toMatchObject({ code: 0 });
      expect(JSON.parse(moved.stdout)).toMatchObject({ takeover: { edge, acceptsLoss: false } });
      await whileActive(edge);
      expect(await sendOrder()).toMatchObject({ code: 0 });
    }
    expect(orders()).toHaveLength(before + 2);
  });

  test('an edge that is stopped in order gives the account to the next one, unless a person holds it back', async () => {
    const held = await runProgram(['cluster', 'hold', '--reason', 'a test', ...ofAccount, ...as('admin')]);
    expect(held).toMatchObject({ code: 0 });
    await whileActive('edge-1');
    await first.kill('SIGTERM');
    const doctor = await runProgram(['cluster', 'doctor', '--json', ...ofAccount, ...as('admin')]);
    expect(doctor.code).not.toBe(0);
    const { findings } = JSON.parse(doctor.stdout) as { readonly findings: readonly { readonly code: string }[] };
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['NOBODY_HOLDS', 'HELD_BACK']));
    const resumed = await runProgram(['cluster', 'resume', 'hold', '--reason', 'over', ...ofAccount, ...as('admin')]);
    expect(resumed).toMatchObject({ code: 0 });
    await whileActive('edge-2');
    await second?.kill('SIGTERM');
    expect(await edges()).toEqual([]);
  });
});
