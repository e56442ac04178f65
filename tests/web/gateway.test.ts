import { onTestFinished, expect, test } from 'vitest';
import { RpcGateway, RpcService, SimulatedEngine, SubscribeRequest, Exchange } from 'vnpy-bridge/vnpy';
import { makeConsole } from '../../src/web/console.js';
import { SYMBOL, order, problemOf, startConsole } from './support/console.js';
import type { Tested } from './support/console.js';
import { FakeApp } from './support/strategies.js';
import { of, openStream } from './support/stream.js';
import type { Message } from './support/stream.js';

// In front of a server on the wire, as in front of vnpy's own: what is seen when it goes and comes back.

const ANYWHERE = ['tcp://127.0.0.1:*', 'tcp://127.0.0.1:*'] as const;

async function served(): Promise<{
  tested: Tested;
  cta: FakeApp;
  engine: SimulatedEngine;
  service: RpcService;
  price: number;
  addresses: readonly [string, string];
}> {
  const engine = new SimulatedEngine({ startPrices: { [SYMBOL]: 3000 } });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
  const service = new RpcService(engine, { heartbeatInterval: 50 });
  await service.start(...ANYWHERE);
  const { reply = '', topicFrame = '' } = service.addresses ?? {};
  const gateway = new RpcGateway({ timeouts: { request: 2000 } });
  onTestFinished(async () => {
    await gateway.close();
    await service.stop();
  });
  await gateway.connect(reply, topicFrame);
  await gateway.subscribe(SYMBOL);
  const cta = new FakeApp();
  cta.put('double', { variables: { inited: true, trading: false } });
  const tested = await startConsole({ engine, wrapped: () => gateway, options: { strategies: { cta } } });
  return {
    tested,
    cta,
    engine,
    service,
    price: engine.getTick(SYMBOL)?.last_price ?? 0,
    addresses: [reply, topicFrame],
  };
}

test('an order, its event, and the lights', async () => {
  const { tested, engine, price } = await served();
  const { ask, tokens, origin } = tested;
  const token = tokens.trader;
  const user = await openStream(origin, { token });
  user.send({ op: 'subscribe', channel: 'orders' });
  await user.next(of('snapshot', 'orders'));
  const { body } = await ask('POST', '/orders', { token, body: order('review-0001', { price }) });
  expect(body).toMatchObject({ state: 'sent', vt_orderid: [...engine.orders.keys()][0] });
  await user.next((message) => JSON.stringify(message).includes(`"${body['vt_orderid'] as string}"`));
  const status = await ask('GET', '/status', { token });
  expect(status.body).toMatchObject({
    state: 'connected',
    links: { request: { state: 'up' }, publish: { state: 'up' } },
    server: { kind: 'vnpy' },
  });
  const found = await ask('GET', '/orders/by-client-id/review-0001?resolve=true', { token });
  expect(found.body['vt_orderid']).toBe(body['vt_orderid']);
  // What nobody sent is not there, and the server has been asked.
  const none = await ask('GET', '/orders/by-client-id/review-0009?resolve=true', { token });
  expect([none.status, problemOf(none)]).toEqual([404, 'not-found']);
});

test('a server that goes: the light says so at once, and an order is not sent', async () => {
  const { tested, cta, engine, service, price, addresses } = await served();
  const { ask, tokens, origin } = tested;
  const token = tokens.trader;
  await ask('POST', '/orders', { token, body: order('review-0001', { price }) });
  const user = await openStream(origin, { token });
  for (const channel of ['status', 'orders', 'alerts']) {
    user.send({ op: 'subscribe', channel });
    await user.next(of('snapshot', channel));
  }
  await service.stop();
  const stateOf = (message: Message): unknown => (message['data'] as { state?: string }[] | undefined)?.[0]?.state;
  await user.next((message) => message.channel === 'status' && stateOf(message) === 'disconnected');
  const away = await ask('POST', '/orders', { token, body: order('review-0002', { price }) });
  expect([away.status, problemOf(away)]).toEqual([503, 'order-not-sent']);
  // Nothing that waits for the server is done when it is back.
  for (const [method, path] of [
    ['GET', '/strategies'],
    ['POST', '/strategies/cta/double/start'],
  ] as const)
    expect(problemOf(await ask(method, path, { token }))).toBe('not-connected');
  expect(cta.calls).toEqual([]);

  // Another one at the same place, that knows nothing of before.
  const again = new SimulatedEngine({ startPrices: { [SYMBOL]: 3000 } });
  const second = new RpcService(again, { heartbeatInterval: 50 });
  await second.start(...addresses);
  onTestFinished(() => second.stop());
  const gone = await user.next(of('remove', 'orders'));
  expect(gone).toMatchObject({ ids: [...engine.orders.keys()], why: 'restart' });
  expect(await user.next(of('resynced'))).toMatchObject({ restarted: true });
  // What became of it cannot be known any more, and nobody says that it failed.
  const vanished = await ask('GET', '/orders/by-client-id/review-0001?resolve=true', { token });
  expect([vanished.status, problemOf(vanished)]).toEqual([410, 'order-vanished']);
  expect((await ask('GET', '/orders/by-client-id/review-0001', { token })).body).toMatchObject({
    ...{ state: 'sent', vt_orderid: [...engine.orders.keys()][0], order: null },
  });
  // The answer that was given is given again, and the order does not leave now either.
  expect((await ask('POST', '/orders', { token, body: order('review-0002', { price }) })).status).toBe(503);
  expect(again.orders.size).toBe(0);
});

test('the console is there before the server is', async () => {
  const gateway = new RpcGateway();
  onTestFinished(() => gateway.close());
  const console = makeConsole(gateway, { port: 0 }, {});
  onTestFinished(() => console.close());
  expect((await console.start()).url).toMatch(/^http:/);
  const { ask, tokens } = await startConsole({ wrapped: () => gateway });
  const { body } = await ask('GET', '/status', { token: tokens.viewer });
  expect(body).toMatchObject({ state: 'connecting', links: { request: { state: 'unknown' } } });
});

test('a first snapshot that fails is shown, and taken again', async () => {
  let isLocked = true;
  const engine = new SimulatedEngine();
  const locked = new Proxy(engine, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'getAllTrades') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return () => {
        if (isLocked) throw new Error('the broker is not there yet');
        return engine.getAllTrades();
      };
    },
  });
  const service = new RpcService(locked, { heartbeatInterval: 50 });
  await service.start(...ANYWHERE);
  onTestFinished(() => service.stop());
  const gateway = new RpcGateway({ retryFirstSnapshot: true, timeouts: { connect: Infinity } });
  onTestFinished(() => gateway.close());
  const { ask, tokens } = await startConsole({ engine, wrapped: () => gateway });
  const failed = new Promise((resolve) => gateway.on('error', resolve));
  const { reply = '', topicFrame = '' } = service.addresses ?? {};
  const connecting = gateway.connect(reply, topicFrame);
  await failed;
  const { body } = await ask('GET', '/status', { token: tokens.viewer });
  expect(body).toMatchObject({
    state: 'connecting',
    detail: expect.stringContaining('the broker is not there yet') as string,
    links: { request: { state: 'up' } },
  });
  isLocked = false;
  await connecting;
  const current = (await ask('GET', '/status', { token: tokens.viewer })).body;
  expect([current['state'], current['detail']]).toEqual(['connected', null]);
});
