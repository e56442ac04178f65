import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { RpcUsageError } from 'vnpy-bridge/rpc';
import type { Logger } from 'vnpy-bridge/rpc';
import type { OrderData } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, order, orderRequest } from '../../vnpy/support.js';
import { ACCOUNT, QUIET, SUBJECTS, Stage, until } from '../support/stage.js';

// A guard at the edge: who is let in, what each sees and may do.

const key = (letter: string): string => `U${letter.repeat(55)}`;

const POLICY = {
  version: 1,
  roles: {
    viewer: { functions: ['get_*', 'subscribe', 'query_history'] },
    trader: {
      extends: ['viewer'],
      functions: ['send_order', 'cancel_order'],
      symbols: ['*.SHFE'],
      gateways: ['CTP'],
      see: 'own',
      limits: { orderVolume: 10 },
    },
  },
  principals: {
    'desk-1': { natsKey: key('A'), roles: ['trader'] },
    'desk-2': { natsKey: key('B'), roles: ['trader'] },
    screen: { natsKey: key('C'), roles: ['viewer'] },
    old: { plainUser: 'old', roles: ['trader'] },
  },
};

async function guarded(policy: object = { ...POLICY, audit: false }, logger: Logger = QUIET): Promise<Guard> {
  const guard = await Guard.open(policy, { logger });
  onTestFinished(() => guard.close());
  return guard;
}

test('each sees its own orders, and is refused by what its role says', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  let last = 0;
  engine.onSendOrder = ({ reference, volume }) => {
    const id = String(++last);
    engine.tellOrder(order(id, { reference, volume }));
    return `CTP.${id}`;
  };
  await stage.edge(engine, { guard: await guarded() });
  const one = await stage.connected({ principal: 'desk-1' });
  const two = await stage.connected({ principal: 'desk-2' });
  const screen = await stage.connected({ principal: 'screen' });
  const seen: Record<string, string[]> = { one: [], two: [] };
  one.on('order', ({ vt_orderid: id }) => seen['one']?.push(id));
  two.on('order', ({ vt_orderid: id }) => seen['two']?.push(id));
  const id = await one.sendOrder(orderRequest());
  await until(() => {
    expect(seen['one']).toContain(id);
  });
  const other = await two.sendOrder(orderRequest());
  await until(() => {
    expect(seen['two']).toContain(other);
  });
  await one.resync();
  await two.resync();
  expect([...one.orders.keys()]).toEqual([id]);
  expect([...two.orders.keys()]).toEqual([other]);
  expect(seen).toEqual({ one: seen['one']?.map(() => id), two: seen['two']?.map(() => other) });
  await expect(screen.sendOrder(orderRequest())).rejects.toMatchObject({ outcome: 'refused' });
});

test('limits hold, and the text of the refusal comes to whoever sends', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine, { guard: await guarded() });
  const gateway = await stage.connected({ principal: 'desk-1' });
  await expect(gateway.sendOrder(orderRequest({ volume: 11 }))).rejects.toMatchObject({
    outcome: 'refused',
    message: expect.stringMatching(/^The guard did not let the order pass: .*11/) as string,
  });
  expect(engine.requests).toEqual([]);
});

test.each([
  ['nobody', /there is no principal "nobody"/],
  ['old', /old has no natsKey/],
])('who is not in the policy with a key is not let in: %s', async (principal, why) => {
  const stage = new Stage();
  await stage.edge(new ScriptedEngine(), { guard: await guarded() });
  await expect(stage.gateway({ principal }).connect()).rejects.toThrow(why);
});

test('what an order was, and by whom, stands in the audit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-guard-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'audit.jsonl');
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const guard = await guarded({ ...POLICY, audit: { file } });
  await stage.edge(engine, { guard });
  const gateway = await stage.connected({ principal: 'desk-2' });
  await gateway.sendOrder(orderRequest());
  await until(() => {
    expect(readFileSync(file, 'utf8')).toMatch(/"kind":"result".*"outcome":"sent"/);
  });
  expect(readFileSync(file, 'utf8')).toMatch(/"kind":"decided".*"principal":"desk-2"/);
});

test('a policy before a server that asks nobody who he is: refused, and on this machine said', async () => {
  const warnings: string[] = [];
  const logger = { ...QUIET, warn: (line: string) => warnings.push(line) };
  const stage = new Stage();
  const guard = await guarded();
  await stage.edge(new ScriptedEngine(), { guard, logger });
  expect(warnings).toContainEqual(expect.stringMatching(/asks nobody who he is/));
  const remote = new Stage({ address: '10.0.0.1:4222' });
  const failure = remote.edge(new ScriptedEngine(), { guard });
  await expect(failure).rejects.toThrow(RpcUsageError);
  const safe = new Stage({ address: '10.0.0.1:4222', authRequired: true });
  await safe.edge(new ScriptedEngine(), { guard });
});

test('without a policy it is said, once and aloud, that anybody may trade', async () => {
  const warnings: string[] = [];
  const stage = new Stage();
  await stage.edge(new ScriptedEngine(), { logger: { ...QUIET, warn: (line: string) => warnings.push(line) } });
  await stage.connected();
  await stage.connected({ principal: 'cta-2' });
  expect(warnings.filter((line) => line.includes('there is no policy'))).toHaveLength(1);
});

test('a request names its function by its subject: bytes that ask for another are refused', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine, { guard: await guarded() });
  const gateway = await stage.connected({ principal: 'screen' });
  const attacker = stage.connect('attacker');
  // The bytes of an order, under the subject of a read that the screen may make.
  const bytes: Uint8Array[] = [];
  stage.connect('ear').subscribe(SUBJECTS.calls('cmd', ACCOUNT), ({ payload }) => bytes.push(payload.slice()));
  await gateway.sendOrder(orderRequest()).catch(() => undefined);
  await until(() => {
    expect(bytes).toHaveLength(1);
  });
  for (const method of ['get_all_orders', 'vnpy_bridge_flush', 'send_order']) {
    const subject = SUBJECTS.call('q1', ACCOUNT, 'desk-1', method);
    await attacker.request(subject, bytes[0] ?? new Uint8Array(), { timeout: 2000 });
  }
  // And a command without a deadline.
  const command = SUBJECTS.call('cmd', ACCOUNT, 'desk-1', 'send_order');
  const answer = await attacker.request(command, bytes[0] ?? new Uint8Array(), { timeout: 2000 });
  expect(answer.headers['Vb-Not-Executed']).toBe('no-deadline');
  expect(engine.requests).toEqual([]);
  expect(engine.cancels).toEqual([]);
});

test('an order of one principal is not found by another', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const asked: [string, string][] = [];
  await stage.edge(engine, {
    guard: await guarded(),
    lookup: (orderKey, principal) => {
      asked.push([orderKey, principal]);
      const answer = { state: 'sent', reference: 'r', vtOrderid: 'CTP.1' } as const;
      return Promise.resolve(principal === 'desk-1' ? answer : undefined);
    },
  });
  engine.onSendOrder = () => {
    engine.tellOrder(order('1', { reference: 'r' }));
    return 'CTP.1';
  };
  const one = await stage.connected({ principal: 'desk-1' });
  const two = await stage.connected({ principal: 'desk-2' });
  await one.sendOrder(orderRequest({ reference: 'r' }), { key: 'k-1' });
  const found: OrderData | undefined = await one.findOrder('k-1');
  expect(found?.vt_orderid).toBe('CTP.1');
  expect(await two.findOrder('k-1', { timeout: 5000 })).toBeUndefined();
  expect(asked).toEqual([
    ['k-1', 'desk-1'],
    ['k-1', 'desk-2'],
  ]);
});
