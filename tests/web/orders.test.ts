import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { GatewayError, SendOrderError, SimulatedEngine, SubscribeRequest, Exchange, replace } from 'vnpy-bridge/vnpy';
import type { OrderData, OrderRequest, TradingEngine } from 'vnpy-bridge/vnpy';
import { RpcTimeoutError } from 'vnpy-bridge/rpc';
import { SYMBOL, order, problemOf, startConsole } from './support/console.js';
import type { Tested } from './support/console.js';

// Exactly one order at the engine, whatever the client does.

/** A market that has a price, and a price that is near it. */
function market(): { engine: SimulatedEngine; price: number } {
  const engine = new SimulatedEngine({ startPrices: { [SYMBOL]: 3000 } });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
  return { engine, price: engine.getTick(SYMBOL)?.last_price ?? 0 };
}

/** An engine whose sendOrder does something else. */
function sending(
  engine: SimulatedEngine,
  send: (request: OrderRequest) => Promise<string>,
  more: object = {},
): TradingEngine {
  return new Proxy(engine, {
    get: (target, name) => {
      if (name === 'sendOrder') return send;
      if (name in more) return Reflect.get(more, name) as unknown;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const post = (tested: Tested, body: object) => tested.ask('POST', '/orders', { token: tested.tokens.trader, body });

describe('one id is one order', () => {
  test('ten same requests side by side', async () => {
    const { engine, price } = market();
    const tested = await startConsole({ engine });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(tested, order('review-0001', { price, offset: 'OPEN' }))),
    );
    expect(engine.orders.size).toBe(1);
    const [id] = engine.orders.keys();
    for (const { status, body } of answers) {
      if (status === 201) expect(body['vt_orderid']).toBe(id);
      else expect(status).toBe(409);
    }
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect([...engine.orders.values()][0]?.reference).toBe('review-0001');
  });

  test('again later: the same answer, also for a confirm that differs; another order is refused', async () => {
    const { engine, price } = market();
    const tested = await startConsole({ engine });
    const first = await post(tested, order('review-0001', { price }));
    const again = await post(tested, order('review-0001', { price, confirm: ['large-volume'] }));
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(first.headers.get('location')).toBe(`/api/v1/orders/${first.body['vt_orderid'] as string}`);
    const other = await post(tested, order('review-0001', { price, volume: 2 }));
    expect([other.status, problemOf(other)]).toEqual([422, 'duplicate-client-order-id']);
    expect(engine.orders.size).toBe(1);
  });

  test('of another user it is refused', async () => {
    const { engine, price } = market();
    const { ask, tokens } = await startConsole({ engine });
    await ask('POST', '/orders', { token: tokens.trader, body: order('review-0001', { price }) });
    const answer = await ask('POST', '/orders', { token: tokens.admin, body: order('review-0001', { price }) });
    expect(problemOf(answer)).toBe('duplicate-client-order-id');
    expect(engine.orders.size).toBe(1);
  });

  test('after a restart of the console, and while an order with this reference is at the server', async () => {
    const { engine, price } = market();
    const first = await startConsole({ engine });
    await post(first, order('review-0001', { price }));
    await first.console.close();
    const second = await startConsole({ engine, options: { dataFolder: `${first.folder}/data` } });
    expect((await post(second, order('review-0001', { price }))).status).toBe(201);
    const third = await startConsole({ engine });
    expect(problemOf(await post(third, order('review-0001', { price })))).toBe('duplicate-client-order-id');
    expect(engine.orders.size).toBe(1);
  });

  test('as Idempotency-Key; without any it is refused, and so are two that differ', async () => {
    const { engine, price } = market();
    const { ask, tokens } = await startConsole({ engine });
    const bare = order('x', { price, client_order_id: undefined });
    const token = tokens.trader;
    const key = { 'Idempotency-Key': '"review-0001"' };
    expect((await ask('POST', '/orders', { token, body: bare, headers: key })).status).toBe(201);
    expect(problemOf(await ask('POST', '/orders', { token, body: bare }))).toBe('bad-request');
    const differing = await ask('POST', '/orders', { token, body: order('review-0002', { price }), headers: key });
    expect(problemOf(differing)).toBe('bad-request');
    expect(engine.orders.size).toBe(1);
  });

  test('a client that goes away before the answer has sent one, and finds it', async () => {
    const { engine, price } = market();
    const gate = new EventEmitter();
    const wrapped = (inner: SimulatedEngine): TradingEngine =>
      sending(inner, async (request) => {
        gate.emit('asked');
        await once(gate, 'go');
        return inner.sendOrder(request);
      });
    const tested = await startConsole({ engine, wrapped });
    const ending = new AbortController();
    const lost = fetch(`${tested.origin}/api/v1/orders`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tested.tokens.trader}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(order('review-0001', { price })),
      signal: ending.signal,
    }).catch(() => 'lost');
    await once(gate, 'asked');
    ending.abort();
    expect(await lost).toBe('lost');
    const running = await post(tested, order('review-0001', { price }));
    expect(running.status).toBe(409);
    gate.emit('go');
    const token = tested.tokens.trader;
    const found = await tested.ask('GET', '/orders/by-client-id/review-0001?resolve=true', { token });
    expect(found.body).toMatchObject({ state: 'sent', vt_orderid: [...engine.orders.keys()][0] });
    expect((await post(tested, order('review-0001', { price }))).status).toBe(201);
    expect(engine.orders.size).toBe(1);
  });
});

describe('what an answer of the engine means', () => {
  const outcomes: readonly [string, () => Error, number, string][] = [
    ['not sent', () => new SendOrderError('not-sent', 'no', { reference: 'r' }), 503, 'order-not-sent'],
    ['refused', () => new SendOrderError('refused', 'no', { reference: 'r', logs: ['why'] }), 422, 'order-refused'],
    ['unknown', () => new SendOrderError('unknown', 'no', { reference: 'r' }), 504, 'order-outcome-unknown'],
    ['anything else', () => new Error('boom'), 504, 'order-outcome-unknown'],
    ['closed', () => new GatewayError('CLOSED', 'no'), 503, 'order-not-sent'],
  ];
  test.each(outcomes)('%s', async (_name, fail, status, name) => {
    const { engine, price } = market();
    let calls = 0;
    const wrapped = (inner: SimulatedEngine): TradingEngine =>
      sending(inner, () => {
        calls++;
        return Promise.reject(fail());
      });
    const tested = await startConsole({ engine, wrapped });
    const answer = await post(tested, order('review-0001', { price }));
    expect([answer.status, problemOf(answer)]).toEqual([status, name]);
    // The same answer, and not a second try.
    expect((await post(tested, order('review-0001', { price }))).status).toBe(status);
    expect(calls).toBe(1);
    if (name === 'order-refused') expect(answer.body['server_log']).toEqual(['why']);
    if (status === 504) expect(answer.body['resolve']).toBe('/api/v1/orders/by-client-id/review-0001?resolve=true');
  });

  test('unknown, then found, not there, or uncertain', async () => {
    const { engine, price } = market();
    let found: OrderData | undefined;
    let uncertain = true;
    const wrapped = (inner: SimulatedEngine): TradingEngine =>
      sending(inner, () => Promise.reject(new SendOrderError('unknown', 'no answer', { reference: 'r' })), {
        status: () => ({ state: 'connected', reconnects: 0 }),
        on: (name: string, listener: never) => (name === 'event' ? inner.on('event', listener) : () => undefined),
        findOrder: () =>
          uncertain
            ? Promise.reject(new GatewayError('ORDER_UNCERTAIN', 'several have it: CTP.1, CTP.2'))
            : Promise.resolve(found),
      });
    const tested = await startConsole({ engine, wrapped });
    const token = tested.tokens.trader;
    await post(tested, order('review-0001', { price }));
    const path = '/orders/by-client-id/review-0001';
    expect((await tested.ask('GET', path, { token })).body['state']).toBe('unknown');
    const first = await tested.ask('GET', `${path}?resolve=true`, { token });
    expect([first.status, first.body['candidates']]).toEqual([409, ['CTP.1', 'CTP.2']]);
    uncertain = false;
    const other = engine.sendOrder(
      // An order of the server's that a gateway gave no reference.
      await requestOf(engine, price),
    );
    found = engine.getOrder(other);
    const second = await tested.ask('GET', `${path}?resolve=true`, { token });
    expect(second.body).toMatchObject({ state: 'sent', vt_orderid: other });
    expect((await post(tested, order('review-0001', { price }))).status).toBe(201);
    found = undefined;
    await post(tested, order('review-0002', { price }));
    expect((await tested.ask('GET', '/orders/by-client-id/review-0002?resolve=true', { token })).status).toBe(404);
  });

  test('a server that cannot be asked for a contract', async () => {
    const { engine, price } = market();
    const wrapped = (inner: SimulatedEngine): TradingEngine =>
      sending(inner, (request) => Promise.resolve(inner.sendOrder(request)), {
        getContract: () =>
          Promise.reject(new RpcTimeoutError('no answer', { outcome: 'unknown', method: 'get_contract', timeout: 1 })),
      });
    const tested = await startConsole({ engine, wrapped });
    expect(problemOf(await post(tested, order('review-0001', { price })))).toBe('timeout');
    expect(engine.orders.size).toBe(0);
  });
});

describe('warnings and rules', () => {
  test('a warning is confirmed, and then it is sent under the same id', async () => {
    const { engine, price } = market();
    const tested = await startConsole({ engine });
    const far = Math.round(price * 0.9);
    const asked = await post(tested, order('review-0001', { price: far }));
    expect([asked.status, problemOf(asked)]).toEqual([409, 'warning-not-confirmed']);
    expect(asked.body['warnings']).toMatchObject([{ code: 'far-from-last' }]);
    expect(engine.orders.size).toBe(0);
    const sent = await post(tested, order('review-0001', { price: far, confirm: ['far-from-last', 'wide-spread'] }));
    expect(sent.status).toBe(201);
  });

  test('too many lots, a price beyond the band and a halt are refused, with the numbers', async () => {
    const { engine, price } = market();
    const { ask, tokens } = await startConsole({ engine, options: { maxVolume: 5, largeVolume: 1000 } });
    const token = tokens.trader;
    const seen = await ask('POST', '/orders/preview', { token, body: order('review-0001', { price, volume: 6 }) });
    expect(seen.body['refusals']).toMatchObject([{ rule: 'orderVolume', limit: 5, value: 6 }]);
    const many = await ask('POST', '/orders', { token, body: order('review-0001', { price, volume: 6 }) });
    expect(many.body).toMatchObject({ status: 422, rule: 'orderVolume', limit: 5, value: 6 });
    const confirm = ['far-from-last', 'outside-limits'];
    const high = Math.round(price * 1.06);
    const band = await ask('POST', '/orders', { token, body: order('review-0002', { price: high, confirm }) });
    expect(band.body).toMatchObject({ rule: 'priceBand', value: high });
    expect((await ask('POST', '/trading/halt', { token, body: { reason: 'test' } })).body).toMatchObject({
      trading: { halted: true, by: 'trader', halts_kept: true },
    });
    expect(problemOf(await ask('POST', '/orders', { token, body: order('review-0003', { price }) }))).toBe('halted');
    expect(engine.orders.size).toBe(0);
    expect(problemOf(await ask('POST', '/trading/resume', { token, body: {} }))).toBe('forbidden');
    expect((await ask('POST', '/trading/resume', { token: tokens.admin, body: {} })).body['halted']).toBe(false);
    expect((await ask('POST', '/orders', { token, body: order('review-0004', { price }) })).status).toBe(201);
  });

  test('a halt holds after a restart', async () => {
    const { engine, price } = market();
    const first = await startConsole({ engine });
    await first.ask('POST', '/trading/halt', { token: first.tokens.trader, body: { reason: 'test' } });
    await first.console.close();
    const second = await startConsole({ engine, options: { dataFolder: `${first.folder}/data` } });
    expect(problemOf(await post(second, order('review-0001', { price })))).toBe('halted');
  });

  test('repeats do not count against the rate, new ids do', async () => {
    const { engine, price } = market();
    const tested = await startConsole({ engine, options: { ordersPerSecond: 2 }, tuning: { monotonic: () => 0 } });
    for (let time = 0; time < 10; time++)
      expect((await post(tested, order('review-0001', { price }))).status).toBe(201);
    expect((await post(tested, order('review-0002', { price }))).status).toBe(201);
    const limited = await post(tested, order('review-0003', { price }));
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect(engine.orders.size).toBe(2);
  });

  test('a preview sends nothing', async () => {
    const { engine, price } = market();
    const { ask, tokens } = await startConsole({ engine });
    const { body } = await ask('POST', '/orders/preview', {
      token: tokens.trader,
      body: order('review-0001', { price: price + 30, volume: 2, direction: 'SHORT' }),
    });
    expect(body).toMatchObject({
      vt_symbol: SYMBOL,
      last_price: price,
      notional: (price + 30) * 2 * 10,
      distance_ticks: 30,
    });
    expect(body['position_after']).toBe(-2);
    expect(engine.orders.size).toBe(0);
  });
});

describe('cancels', () => {
  test('one, and all that were seen', async () => {
    const { engine, price } = market();
    const tested = await startConsole({ engine });
    const { ask, tokens } = tested;
    const token = tokens.trader;
    const low = { price: price - 40 };
    const ids: string[] = [];
    for (const id of ['review-0001', 'review-0002', 'review-0003'])
      ids.push(String((await post(tested, order(id, low))).body['vt_orderid']));

    const cancelled = await ask('DELETE', `/orders/${ids[0] ?? ''}`, { token });
    expect([cancelled.status, cancelled.body['outcome']]).toEqual([202, 'sent']);
    expect(problemOf(await ask('DELETE', `/orders/${ids[0] ?? ''}`, { token }))).toBe('not-found');
    const all = await ask('POST', '/orders/cancel-all', { token, body: { vt_orderids: [ids[0], ids[1], 'SIM.none'] } });
    expect((all.body['data'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual([
      'not-active',
      'sent',
      'not-found',
    ]);
    // The third was not seen, and works on.
    expect(engine.getAllActiveOrders().map(({ vt_orderid: id }) => id)).toEqual([ids[2]]);
    const halted = await ask('POST', '/trading/halt', { token, body: { reason: 'x', cancel: true } });
    expect(halted.body['cancelled']).toMatchObject([{ vt_orderid: ids[2], outcome: 'sent' }]);
    const { body } = await ask('GET', '/audit', { token: tokens.audit });
    const actions = (body['data'] as { action: string }[]).map(({ action }) => action);
    expect(actions.slice(0, 4)).toEqual(['halt', 'cancel-all', 'cancel-order', 'cancel-order']);
  });
});

/** A request without a reference. */
async function requestOf(engine: SimulatedEngine, price: number): Promise<OrderRequest> {
  const { OrderRequest: Request, Direction, Offset, OrderType } = await import('vnpy-bridge/vnpy');
  const contract = engine.getContract(SYMBOL);
  if (contract === undefined) throw new Error('no contract');
  const { symbol, exchange } = contract;
  const more = { direction: Direction.LONG, offset: Offset.OPEN, type: OrderType.LIMIT, volume: 1, price };
  return replace(new Request({ symbol, exchange, ...more }), { reference: '' });
}
