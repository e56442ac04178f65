import { expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import {
  Direction,
  Exchange,
  GatewayError,
  JoinedEngine,
  Offset,
  OrderRequest,
  OrderType,
  RpcGateway,
  RpcService,
  SimulatedEngine,
  SubscribeRequest,
} from 'vnpy-bridge/vnpy';
import type { Event, TradingEngine } from 'vnpy-bridge/vnpy';
import { SYMBOL, order, problemOf, startConsole } from './support/console.js';
import type { Tested } from './support/console.js';
import { of, openStream } from './support/stream.js';

// Several servers in one page.

const market = (): SimulatedEngine => {
  const engine = new SimulatedEngine({ startPrices: { [SYMBOL]: 3000 }, session: 's' });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
  return engine;
};

/** A server on the wire, and a gateway to it. */
async function wire(): Promise<{ engine: SimulatedEngine; gateway: RpcGateway; service: RpcService }> {
  const engine = market();
  const service = new RpcService(engine, { heartbeatInterval: 50 });
  await service.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  const { reply = '', topicFrame = '' } = service.addresses ?? {};
  const gateway = new RpcGateway({ timeouts: { request: 2000 } });
  onTestFinished(async () => {
    await gateway.close();
    await service.stop();
  });
  await gateway.connect(reply, topicFrame);
  return { engine, gateway, service };
}

interface ServerAnswer {
  readonly name: string;
  readonly state: string;
  readonly gateways: readonly string[];
  readonly links: { readonly request: { readonly state: string } };
}

const serversOf = async ({ ask, tokens }: Tested): Promise<readonly ServerAnswer[]> =>
  (await ask('GET', '/status', { token: tokens.viewer })).body['servers'] as readonly ServerAnswer[];

test('each server has its state; one that goes keeps the other working', async () => {
  const [day, night] = [await wire(), await wire()];
  const both = new JoinedEngine({ day: day.gateway, night: night.gateway });
  const tested = await startConsole({ engine: day.engine, wrapped: () => both });
  const { ask, tokens, origin } = tested;
  const token = tokens.trader;
  expect((await serversOf(tested)).map(({ name, state, gateways }) => [name, state, gateways])).toEqual([
    ['day', 'connected', ['day:SIM']],
    ['night', 'connected', ['night:SIM']],
  ]);
  expect((await ask('PUT', `/subscriptions/${SYMBOL}`, { token })).status).toBe(200);
  const user = await openStream(origin, { token });
  for (const channel of ['status', 'alerts']) {
    user.send({ op: 'subscribe', channel });
    await user.next(of('snapshot', channel));
  }
  await day.service.stop();
  const alert = await user.next((message) => JSON.stringify(message).includes('"error"'));
  expect(JSON.stringify(alert)).toContain('day: ');
  const { body } = await ask('GET', '/status', { token });
  expect(body).toMatchObject({
    state: 'disconnected',
    detail: expect.stringMatching(/^day: /) as string,
    links: { request: { state: 'up' } },
    gateways: ['day:SIM', 'night:SIM'],
  });
  expect((await serversOf(tested)).map(({ state, links }) => [state, links.request.state])).toEqual([
    ['disconnected', 'down'],
    ['connected', 'up'],
  ]);
  const price = night.engine.getTick(SYMBOL)?.last_price ?? 0;
  const send = (id: string, gateway: string) =>
    ask('POST', '/orders', { token, body: order(id, { price, gateway_name: gateway }) });
  const lost = await send('review-0001', 'day:SIM');
  expect([lost.status, problemOf(lost)]).toEqual([503, 'order-not-sent']);
  const sent = await send('review-0002', 'night:SIM');
  expect([sent.status, sent.body['vt_orderid']]).toEqual([201, 'night:SIM.s_1']);
  expect([day.engine.orders.size, night.engine.orders.size]).toEqual([0, 1]);
  // The colon may stand in the address as it is.
  expect((await ask('GET', '/orders/night:SIM.s_1', { token })).body).toMatchObject({ gateway_name: 'night:SIM' });
  expect((await ask('GET', '/orders/night%3ASIM.s_1', { token })).status).toBe(200);
});

test('an order names its gateway, for another account than meant costs money', async () => {
  const [a, b] = [market(), market()];
  const tested = await startConsole({ engine: a, wrapped: () => new JoinedEngine({ a, b }) });
  const { ask, tokens } = tested;
  const token = tokens.trader;
  const price = a.getTick(SYMBOL)?.last_price ?? 0;
  for (const path of ['/orders', '/orders/preview']) {
    const answer = await ask('POST', path, { token, body: order('review-0001', { price }) });
    expect([answer.status, problemOf(answer)]).toEqual([400, 'bad-request']);
    expect(answer.body['errors']).toMatchObject([
      { path: 'gateway_name', message: expect.stringContaining('a:SIM') as string },
    ]);
  }
  const nobody = await ask('POST', '/orders', { token, body: order('review-0002', { price, gateway_name: 'SIM' }) });
  expect([nobody.status, problemOf(nobody)]).toEqual([422, 'order-refused']);
  expect(JSON.stringify(nobody.body['server_log'])).toContain('names no gateway');
  const body = order('review-0003', { price: price + 50, volume: 3, gateway_name: 'b:SIM' });
  expect((await ask('POST', '/orders', { token, body })).status).toBe(201);
  expect([a.orders.size, b.orders.size]).toEqual([0, 1]);
  // Of the position it counts what that account has.
  const after = async (gateway: string): Promise<unknown> =>
    (await ask('POST', '/orders/preview', { token, body: { ...body, gateway_name: gateway } })).body['position_after'];
  const held = b.getAllPositions().reduce((sum, { volume }) => sum + volume, 0);
  expect(held).toBeGreaterThan(0);
  expect([await after('a:SIM'), await after('b:SIM')]).toEqual([3, held + 3]);
});

test('what an uncertain search names is called as it is called here', async () => {
  const a = market();
  const uncertain = new Proxy(a, {
    get: (target, name) => {
      const changed: Record<string, unknown> = {
        status: () => ({ state: 'connected', reconnects: 0 }),
        findOrder: () => Promise.reject(new GatewayError('ORDER_UNCERTAIN', 'SIM.s_1 and SIM.s_9 may be it')),
        sendOrder: () => Promise.reject(new Error('the line broke')),
        on: (event: string, listener: (event: Event) => void) =>
          event === 'event' ? a.on('event', listener) : () => undefined,
      };
      const value: unknown = changed[String(name)] ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  }) as TradingEngine;
  const { ask, tokens } = await startConsole({ engine: a, wrapped: () => new JoinedEngine({ a: uncertain }) });
  const token = tokens.trader;
  const price = a.getTick(SYMBOL)?.last_price ?? 0;
  const body = order('review-0001', { price, gateway_name: 'a:SIM' });
  expect((await ask('POST', '/orders', { token, body })).status).toBe(504);
  const other = { reference: 'of-another', price: 2000, volume: 1, type: OrderType.LIMIT, offset: Offset.OPEN };
  a.sendOrder(new OrderRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, direction: Direction.LONG, ...other }));
  const found = await ask('GET', '/orders/by-client-id/review-0001?resolve=true', { token });
  expect([found.status, found.body['candidates']]).toEqual([409, ['a:SIM.s_1', 'SIM.s_9']]);
});

test('behind a policy, which names gateways and accounts as they are called here', async () => {
  const [day, night] = [await wire(), await wire()];
  const both = new JoinedEngine({ day: day.gateway, night: night.gateway });
  const guard = await Guard.open({
    ...{ version: 1, audit: false },
    roles: {
      trader: {
        functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'],
        see: 'all',
        limits: { orderVolume: 5 },
      },
    },
    principals: { 'desk-1': { roles: ['trader'], webUser: 'trader' } },
    accounts: { 'night:SIM.*': { limits: { orderVolume: 2 } } },
  });
  onTestFinished(() => guard.close());
  await guard.attach(both);
  const { ask, tokens } = await startConsole({ engine: day.engine, wrapped: () => both, options: { guard } });
  const token = tokens.trader;
  await ask('PUT', `/subscriptions/${SYMBOL}`, { token });
  const price = night.engine.getTick(SYMBOL)?.last_price ?? 0;
  const send = (id: string, gateway: string, volume: number) =>
    ask('POST', '/orders', {
      token,
      body: order(id, { price, volume, gateway_name: gateway, confirm: ['far-from-last'] }),
    });
  expect((await send('review-0001', 'day:SIM', 5)).status).toBe(201);
  const much = await send('review-0002', 'night:SIM', 3);
  expect([much.status, problemOf(much), much.body['rule']]).toEqual([422, 'rule', 'orderVolume']);
  await day.service.stop();
  // What one server's end is to the guard, it is not to the orders of the other.
  expect((await send('review-0003', 'night:SIM', 2)).status).toBe(201);
  expect([day.engine.orders.size, night.engine.orders.size]).toEqual([1, 1]);
});
