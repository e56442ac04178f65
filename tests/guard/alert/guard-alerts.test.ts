import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import type { Alert } from 'vnpy-bridge/guard';
import { Direction, Exchange, Offset, OrderRequest, OrderType, SimulatedEngine } from 'vnpy-bridge/vnpy';
import { GuardWatch } from '../../../src/guard/alert/watch.js';
import type { UnknownReservation } from '../../../src/guard/limits/index.js';

const FUNCTIONS = ['get_*', 'send_order', 'cancel_order'];
const POLICY = {
  version: 1,
  audit: 'audit.jsonl',
  roles: {
    trader: { functions: FUNCTIONS, limits: { openOrders: 5, orderVolume: 10 }, warnAt: 0.8, rights: ['halt'] },
    chief: { functions: FUNCTIONS, rights: ['halt', 'resume'] },
  },
  principals: {
    desk: { plainUser: 'desk', roles: ['trader'] },
    chief: { plainUser: 'chief', roles: ['chief'] },
  },
};
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

interface Stage {
  readonly guard: Guard;
  readonly engine: SimulatedEngine;
  readonly alerts: readonly Alert[];
  readonly kinds: () => readonly string[];
  readonly path: string;
  readonly folder: string;
  readonly buy: (volume?: number) => Promise<string>;
}

async function stage(onAlert?: (alert: Alert) => void): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const path = join(folder, 'guard.json');
  writeFileSync(path, JSON.stringify(POLICY), { mode: 0o600 });
  const alerts: Alert[] = [];
  const guard = await Guard.open(path, { logger: QUIET, onAlert: onAlert ?? ((alert) => void alerts.push(alert)) });
  onTestFinished(async () => {
    await guard.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const engine = new SimulatedEngine({ seed: 1 });
  const desk = guard.engineFor('desk', engine);
  return {
    ...{ guard, engine, alerts, path, folder },
    kinds: () => alerts.map(({ kind }) => kind),
    buy: (volume = 1) => desk.sendOrder(order(volume), 'SIM'),
  };
}

function order(volume: number): OrderRequest {
  return new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    type: OrderType.LIMIT,
    offset: Offset.OPEN,
    volume,
    price: 3300,
  });
}

test('halts, of a person and of a rule, and their end', async () => {
  const { guard, alerts } = await stage();
  const { halt } = await guard.halt({ by: 'desk', reason: 'too fast' });
  await guard.resume({ id: halt.id, by: 'chief', reason: 'seen to' });
  expect(alerts).toMatchObject([
    {
      kind: 'halt',
      severity: 'critical',
      text: {
        en: 'trading is halted (all) by desk: too fast',
        zh: expect.stringContaining('交易已暂停（all），desk：too fast') as string,
      },
      details: { id: halt.id, level: 'halt', scope: 'all', who: 'desk', reason: 'too fast', source: 'hand' },
    },
    { kind: 'resume', severity: 'info', details: { id: halt.id, who: 'chief', reason: 'seen to' } },
  ]);
});

test('a halt that holds since before a start is told of again', async () => {
  const { guard, path } = await stage();
  await guard.halt({ by: 'desk', reason: 'night', cancel: false });
  await guard.close();
  const alerts: Alert[] = [];
  const again = await Guard.open(path, { logger: QUIET, onAlert: (alert) => void alerts.push(alert) });
  await again.close();
  expect(alerts).toMatchObject([{ kind: 'halt', text: { en: expect.stringMatching(/^still in force:/) as string } }]);
});

test('limits that are nearly used up, each with its part', async () => {
  const { alerts, buy, kinds } = await stage();
  for (let count = 0; count < 3; count++) await buy();
  expect(kinds()).toEqual([]);
  await buy();
  expect(alerts).toMatchObject([{ kind: 'near-limit', details: { principal: 'desk', rule: 'openOrders', used: 0.8 } }]);
  expect(alerts[0]?.text.en).toBe('desk has used 80 % of openOrders');
});

test('a principal that is refused again and again, once in ten', async () => {
  const { alerts, buy, guard } = await stage();
  for (let count = 0; count < 9; count++) await buy(11).catch(() => undefined);
  expect(alerts).toEqual([]);
  await buy(11).catch(() => undefined);
  expect(alerts).toMatchObject([
    { kind: 'refused-often', details: { principal: 'desk', rule: 'orderVolume', count: 10 } },
  ]);
  const request = { args: [], kwargs: {}, address: '' };
  for (let count = 0; count < 10; count++) guard.access.decide({ ...request, principal: 'desk', name: 'eval' });
  expect(alerts.at(-1)).toMatchObject({ kind: 'refused-often', details: { rule: 'function' } });
  expect(alerts).toHaveLength(2);
});

test('a policy that is refused, and the next that holds', async () => {
  const { path, kinds } = await stage();
  writeFileSync(path, '{');
  await expect.poll(kinds).toEqual(['policy-refused']);
  writeFileSync(path, JSON.stringify({ ...POLICY, zone: 'UTC' }));
  await expect.poll(kinds).toEqual(['policy-refused', 'policy-taken']);
});

test('an order that the guard has not sent', async () => {
  const { engine, guard, alerts, buy } = await stage();
  await guard.attach(engine);
  await buy();
  expect(alerts).toEqual([]);
  engine.sendOrder(order(1), 'SIM');
  expect(alerts).toMatchObject([
    { kind: 'foreign-order', severity: 'warning', details: { gateway: 'SIM', vt_symbol: 'rb2705.SHFE' } },
  ]);
});

test('an audit that cannot be written any more, and that goes on', async () => {
  const { guard, alerts, buy, folder, kinds } = await stage();
  await buy();
  unlinkSync(join(folder, 'audit.jsonl'));
  // It looks before each anchor.
  await guard.audit?.anchor();
  await expect(buy()).rejects.toMatchObject({ outcome: 'refused' });
  await expect.poll(kinds).toEqual(['audit-down']);
  expect(alerts[0]).toMatchObject({ severity: 'critical', details: { failed: 'moved' } });
  await guard.audit?.recover('somebody', 'there again');
  expect(kinds()).toEqual(['audit-down', 'audit-up']);
});

test('what takes alerts and throws stops nothing', async () => {
  const { guard, buy } = await stage(() => {
    throw new Error('no');
  });
  const { halt } = await guard.halt({ by: 'desk', reason: 'x' });
  await guard.resume({ id: halt.id, by: 'chief', reason: 'x' });
  expect(await buy()).toMatch(/^SIM\./);
});

describe('unknown outcomes', () => {
  const unknown = (id: string, since: number): UnknownReservation => ({
    ...{
      id,
      principal: 'desk',
      gatewayName: 'CTP',
      vtSymbol: 'rb2705.SHFE',
      reference: '',
      vtOrderid: undefined,
      since,
    },
  });

  test('are told when they stay, once, and when all are known', () => {
    let now = 1_000_000;
    let unknowns: readonly UnknownReservation[] = [];
    const alerts: Alert[] = [];
    const watch = new GuardWatch({
      tell: (alert) => void alerts.push(alert),
      unknowns: () => unknowns,
      now: () => now,
      logger: QUIET,
    });
    onTestFinished(() => {
      watch.close();
    });
    watch.look();
    unknowns = [unknown('a', now)];
    now += 29_999;
    watch.look();
    expect(alerts).toEqual([]);
    now++;
    watch.look();
    watch.look();
    expect(alerts).toMatchObject([{ kind: 'unknown-orders', severity: 'critical', details: { count: 1, id: 'a' } }]);
    unknowns = [];
    watch.look();
    watch.look();
    expect(alerts.map(({ kind }) => kind)).toEqual(['unknown-orders', 'unknown-over']);
    // One that is found soon is none.
    unknowns = [unknown('b', now)];
    watch.look();
    unknowns = [];
    watch.look();
    expect(alerts).toHaveLength(2);
  });
});
