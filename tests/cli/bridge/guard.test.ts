import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SimulatedEngine } from 'vnpy-bridge/vnpy';
import { run, serveEngine, start } from './harness.js';
import type { Running } from './harness.js';

const POLICY = {
  version: 1,
  audit: 'audit.jsonl',
  roles: {
    trader: { functions: ['get_*', 'send_order', 'cancel_order'], symbols: ['*.SHFE'], limits: { orderVolume: 10 } },
  },
  principals: { local: { roles: ['trader'] } },
};

const ORDER = (volume: number): string =>
  `OrderRequest{"symbol": "rb2705", "exchange": "SHFE", "direction": "LONG", "type": "LIMIT", "volume": ${volume}, "price": 3200, "offset": "OPEN"}`;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'guard-'));
  chmodSync(path, 0o700);
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

function policyFile(path: string, policy: object = POLICY): string {
  const file = join(path, 'guard.json');
  writeFileSync(file, JSON.stringify(policy, undefined, 2), { mode: 0o600 });
  return file;
}

interface Guarded {
  readonly running: Running;
  readonly request: readonly string[];
  readonly control: readonly string[];
  readonly audit: string;
  readonly metrics: string;
}

async function guarded(): Promise<Guarded> {
  const path = folder();
  const control = ['--guard-control', join(path, 'control.sock')];
  const running = start([
    ...['serve', '--simulate', '--request', 'tcp://127.0.0.1:*', '--subscribe', 'tcp://127.0.0.1:*'],
    ...['--guard', policyFile(path), ...control, '--metrics', '127.0.0.1:0'],
  ]);
  const [, address = ''] = await running.stdout.waitFor(/--request (\S+)/);
  const [, metrics = ''] = await running.stderr.waitFor(/metrics at (\S+)"/);
  return { running, control, request: ['--request', address], audit: join(path, 'audit.jsonl'), metrics };
}

test('a guarded server refuses, halts and resumes, and its audit tells of it', async () => {
  const { running, request, control, audit, metrics } = await guarded();
  const send = (volume: number): ReturnType<typeof run> =>
    run(['call', 'send_order', ORDER(volume), 'SIM', '--json', ...request]);
  const taken = await send(1);
  expect(taken).toMatchObject({ code: 0, stdout: expect.stringMatching(/^"SIM\./) as string });
  expect(await send(12)).toMatchObject({ code: 0, stdout: '""\n' });
  expect((await run(['call', 'send_quote', ...request])).stderr).toContain('GuardError: [function]');

  const explain = (volume: number): ReturnType<typeof run> =>
    run(['guard', 'explain', 'guard.json', '--principal', 'local', 'send_order', ORDER(volume), 'SIM', ...control]);
  expect(await explain(1)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^allowed\n/) as string });
  const explained = await explain(12);
  expect(explained).toMatchObject({ code: 1, stdout: expect.stringMatching(/^refused: \[orderVolume\]/) as string });
  expect(explained.stdout).toMatch(/^> refused +orderVolume +principal local +.*limit of 10$/m);

  const status = await run(['guard', 'status', ...control]);
  expect(status.stdout).toMatch(/^halts +none$/m);
  expect(await run(['guard', 'halt', ...control])).toMatchObject({ code: 4 }); // Without a reason.
  const halted = await run(['guard', 'halt', '--reason', 'a trial', ...control]);
  expect(halted).toMatchObject({ code: 0, stdout: expect.stringMatching(/done in .*: 1 cancelled/) as string });
  expect((await send(1)).stdout).toBe('""\n');
  expect((await run(['guard', 'resume', 'all', '--reason', 'seen to', ...control])).stdout).toMatch(/^ended: halt/);
  expect((await send(1)).stdout).toMatch(/^"SIM\./);
  const drill = await run(['guard', 'drill', ...control]);
  expect(drill.stdout).toContain('1 orders would be cancelled');
  expect(await run(['guard', 'release', 'nothing', '--reason', 'x', ...control])).toMatchObject({ code: 1 });

  const baseline = (...args: readonly string[]): ReturnType<typeof run> =>
    run(['guard', 'baseline', ...args, '--reason', 'counted', ...control]);
  expect(await baseline('SIM')).toMatchObject({ code: 0 });
  expect(await baseline('local', 'SIM.rb2705.SHFE.long=3')).toMatchObject({ code: 0 });
  expect(await baseline('nobody')).toMatchObject({ code: 1 });
  expect((await baseline('local', 'rb2705=3')).stderr).toContain('is no position');

  const text = await (await fetch(metrics)).text();
  expect(text).toMatch(/^vnpy_bridge_guard_decisions_total\{function="send_order",rule=""\} 2$/m);
  expect(text).toMatch(/^vnpy_bridge_guard_decisions_total\{function="send_order",rule="orderVolume"\} 1$/m);
  expect((await run(['audit', 'report', audit, ...request])).code).toBe(0);
  await running.end();

  expect(await run(['audit', 'verify', audit])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ok/) as string,
  });
  const shown = await run(['audit', 'show', audit, '--outcome', 'refused', '--json']);
  const rules = shown.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { rule: string }).rule);
  expect(rules).toEqual(['orderVolume', 'function', 'halt']);
  writeFileSync(audit, readFileSync(audit, 'utf8').replace('"volume":1,', '"volume":2,'));
  expect(await run(['audit', 'verify', audit])).toMatchObject({ code: 1 });
  expect(await run(['audit', 'verify', `${audit}.none`])).toMatchObject({ code: 4 });
});

test('a policy is checked, with all of its faults, their lines and what was meant', async () => {
  const path = folder();
  const good = await run(['guard', 'check', policyFile(path)]);
  expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('holds: 1 roles, 1 principals') as string });
  expect(good.stdout).toContain('warning: local may call send_order');
  const { trader } = POLICY.roles;
  const bad = { ...POLICY, roles: { trader: { ...trader, limts: {} } }, principals: { local: { roles: ['trder'] } } };
  const { code, stdout } = await run(['guard', 'check', policyFile(path, bad)]);
  expect(code).toBe(4);
  expect(stdout).toMatch(/guard\.json:\d+: roles\.trader\.limts: .*did you mean "limits"/);
  expect(stdout).toMatch(/guard\.json:\d+: principals\.local\.roles.*trader/);
  const started = await run(['serve', '--simulate', '--guard', join(path, 'guard.json')]);
  expect(started).toMatchObject({ code: 4 });
});

test('a decision is explained', async () => {
  const file = policyFile(folder());
  const explain = (...args: readonly string[]): ReturnType<typeof run> =>
    run(['guard', 'explain', file, '--principal', 'local', ...args]);
  expect(await explain('send_order', ORDER(1), 'SIM')).toMatchObject({ code: 0 });
  const refused = await explain('send_order', ORDER(12), 'SIM');
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/^refused: \[orderVolume\]/) as string });
  expect(refused.stdout).toMatch(/^> refused +orderVolume +principal local +order volume 12 is more than 10$/m);
  expect(refused.stdout).toMatch(/^ {2}open +halt /m);
  expect((await explain('subscribe')).stdout).toMatch(/^refused: \[function\]/);
  expect(await run(['guard', 'explain', file, '--principal', 'nobody', 'subscribe'])).toMatchObject({ code: 4 });
  expect(await run(['guard', 'explain', file, 'subscribe'])).toMatchObject({ code: 4 });
});

test('the schema of policies is a JSON Schema', async () => {
  const schema = JSON.parse((await run(['guard', 'schema'])).stdout) as Record<string, unknown>;
  expect(schema).toMatchObject({ type: 'object', required: expect.arrayContaining(['version', 'roles']) as string[] });
});

test('what belongs to a guard needs a policy', async () => {
  const { code, stderr } = await run(['serve', '--simulate', '--guard-state', 'x']);
  expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('--guard FILE') as string });
});

test('a relay warns where clients can walk around it', async () => {
  // Bound to every interface, as vnpy_rpcservice's default is.
  const { service } = await serveEngine(new SimulatedEngine(), {}, ['tcp://0.0.0.0:*', 'tcp://0.0.0.0:*']);
  const at = (address: string | undefined): string => (address ?? '').replace('0.0.0.0', '127.0.0.1');
  const running = start([
    ...['relay', '--request', at(service.addresses?.reply), '--subscribe', at(service.addresses?.topicFrame)],
    ...['--serve-request', 'tcp://127.0.0.1:*', '--serve-subscribe', 'tcp://127.0.0.1:*'],
    ...['--serve-subscribe-pair', 'tcp://127.0.0.1:*', '--guard', policyFile(folder()), '--guard-look', '127.0.0.2'],
  ]);
  await running.stdout.waitFor(/^ready/m);
  expect(running.stderr.text).toMatch(/answers at 127\.0\.0\.2:\d+, too: clients can walk around the guard/);
  await running.end();
});

test('nobody answers where no guard is', async () => {
  const { code, stderr } = await run(['guard', 'status', '--guard-control', join(folder(), 'none.sock')]);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('no guard answers') as string });
});
