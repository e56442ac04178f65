import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import type { RequestMessage } from 'vnpy-bridge/rpc';
import { ScriptedEngine, orderRequest } from '../../vnpy/support.js';
import { QUIET, Stage, until } from '../support/stage.js';

// W3C trace context: from who sends over the cluster to whoever looks at the other side.

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function requests(): readonly RequestMessage[] {
  const seen: RequestMessage[] = [];
  const listener = (message: unknown): void => {
    seen.push(message as RequestMessage);
  };
  subscribe('vnpy-bridge:request', listener);
  onTestFinished(() => {
    unsubscribe('vnpy-bridge:request', listener);
  });
  return seen;
}

test('a call tells tracing tools at the edge where it comes from', async () => {
  const stage = new Stage();
  await stage.edge(new ScriptedEngine());
  const gateway = await stage.connected();
  const seen = requests();
  await gateway.client.call('get_all_orders', [], { headers: { traceparent: TRACE } });
  await gateway.client.call('get_all_orders');
  expect(seen.map(({ traceparent }) => traceparent)).toEqual([TRACE, undefined]);
});

test.each([
  ['that of W3C', TRACE, TRACE],
  ['what is none', 'my trace', undefined],
])('an order has %s with it', async (_what, given, come) => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  const gateway = await stage.connected();
  expect(await gateway.sendOrder(orderRequest(), {}, { traceparent: given })).toBe('CTP.1');
  expect(engine.terms.map((terms) => terms?.traceparent)).toEqual([come]);
});

test('the audit has the trace of an order, passed or refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-trace-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'audit.jsonl');
  const policy = {
    version: 1,
    audit: { file },
    roles: { trade: { functions: ['*'], limits: { orderVolume: 10 } } },
    principals: { desk: { natsKey: `U${'A'.repeat(55)}`, roles: ['trade'] } },
  };
  const guard = await Guard.open(policy, { logger: QUIET });
  onTestFinished(() => guard.close());
  const stage = new Stage();
  await stage.edge(new ScriptedEngine(), { guard });
  const gateway = await stage.connected({ principal: 'desk' });
  const send = (volume: number, terms = {}): Promise<unknown> =>
    gateway.sendOrder(orderRequest({ volume }), {}, terms).catch((error: unknown) => error);
  await send(1, { traceparent: TRACE });
  await send(11, { traceparent: TRACE });
  await send(1);
  const decided = (): readonly unknown[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"decided"'))
      .map((line) => JSON.parse(line) as unknown);
  await until(() => {
    expect(decided()).toMatchObject([
      { outcome: 'passed', traceparent: TRACE },
      { outcome: 'refused', traceparent: TRACE },
      { outcome: 'passed' },
    ]);
  });
  expect(decided()[2]).not.toHaveProperty('traceparent');
});
