import { onTestFinished, expect, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { SimulatedEngine, SubscribeRequest, Exchange } from 'vnpy-bridge/vnpy';
import { SYMBOL, order, problemOf, startConsole } from './support/console.js';
import type { Tested } from './support/console.js';
import { of, openStream } from './support/stream.js';

// The same routes behind a guard: rights, limits, halts and what is seen are the policy's.

const POLICY = {
  version: 1,
  audit: false,
  roles: {
    viewer: { functions: ['get_*', 'subscribe', 'query_history'], see: 'all' },
    trader: {
      functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'],
      see: 'own',
      cancel: 'own',
      rights: ['halt'],
      limits: { orderVolume: 5 },
    },
    admin: { functions: ['*'], see: 'all', cancel: 'all', rights: ['halt', 'resume', 'audit'] },
  },
  principals: {
    eve: { roles: ['viewer'], webUser: 'viewer' },
    'desk-1': { roles: ['trader'], webUser: 'trader' },
    boss: { roles: ['admin'], webUser: 'admin' },
  },
};

async function guarded(): Promise<{ tested: Tested; engine: SimulatedEngine; price: number }> {
  const engine = new SimulatedEngine({ startPrices: { [SYMBOL]: 3000 } });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
  const guard = await Guard.open(POLICY);
  onTestFinished(() => guard.close());
  await guard.attach(engine);
  const tested = await startConsole({ engine, options: { guard, largeVolume: 1000 } });
  return { tested, engine, price: engine.getTick(SYMBOL)?.last_price ?? 0 };
}

test('rights and limits', async () => {
  const { tested, engine, price } = await guarded();
  const { ask, tokens } = tested;
  const token = tokens.trader;
  expect((await ask('GET', '/session', { token })).body['rights']).toEqual(['view', 'trade', 'halt']);
  expect(problemOf(await ask('POST', '/orders', { token: tokens.viewer, body: order('review-0001', { price }) }))).toBe(
    'forbidden',
  );
  // The role of this user is none of the policy's principal.
  expect((await ask('GET', '/status', { token: tokens.audit })).status).toBe(401);
  const many = await ask('POST', '/orders', { token, body: order('review-0002', { price, volume: 6 }) });
  expect([many.status, many.body]).toMatchObject([422, { rule: 'orderVolume', limit: 5, value: 6 }]);
  const sent = await ask('POST', '/orders', {
    token,
    body: order('review-0003', { price: price - 40, confirm: ['far-from-last'] }),
  });
  expect(sent.status, sent.text).toBe(201);
  expect(engine.orders.size).toBe(1);
  // What the rules refuse is refused in a halt, too; cancels pass.
  const halted = await ask('POST', '/trading/halt', { token, body: { reason: 'test' } });
  expect(halted.body).toMatchObject({ trading: { halted: true, by: 'desk-1', halts_kept: false } });
  expect(problemOf(await ask('POST', '/orders', { token, body: order('review-0004', { price }) }))).toBe('halted');
  expect((await ask('DELETE', `/orders/${sent.body['vt_orderid'] as string}`, { token })).status).toBe(202);
  expect(problemOf(await ask('POST', '/trading/resume', { token, body: {} }))).toBe('forbidden');
  const resumed = await ask('POST', '/trading/resume', { token: tokens.admin, body: { reason: 'over' } });
  expect(resumed.body['halted'], resumed.text).toBe(false);
});

test('each sees its own', async () => {
  const { tested, engine, price } = await guarded();
  const { ask, tokens, origin } = tested;
  const user = await openStream(origin, { token: tokens.trader });
  user.send({ op: 'subscribe', channel: 'orders' });
  await user.next(of('snapshot', 'orders'));
  const foreign = await ask('POST', '/orders', { token: tokens.admin, body: order('review-0001', { price }) });
  expect(foreign.status, foreign.text).toBe(201);
  const own = await ask('POST', '/orders', { token: tokens.trader, body: order('review-0002', { price }) });
  const told = await user.next(of('update', 'orders'));
  expect((told['data'] as { reference: string }[]).map(({ reference }) => reference)).toContain('review-0002');
  expect(JSON.stringify(user.messages)).not.toContain('review-0001');
  const { body } = await ask('GET', '/orders', { token: tokens.trader });
  expect((body['data'] as { vt_orderid: string }[]).map(({ vt_orderid: id }) => id)).toEqual([own.body['vt_orderid']]);
  const path = `/orders/${foreign.body['vt_orderid'] as string}`;
  expect((await ask('GET', path, { token: tokens.trader })).status).toBe(404);
  expect((await ask('GET', path, { token: tokens.viewer })).status).toBe(200);
  expect(engine.orders.size).toBe(2);
});
