import { expect, test } from 'vitest';
import { OrderData, SendOrderError } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, order, orderRequest, tick } from '../../vnpy/support.js';
import { Stage, simulated, until } from '../support/stage.js';

// A gateway over a cluster in memory: what it sees, sends and finds.

test('it sees what the engine has, and what happens', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  engine.orders.push(order('1'));
  await stage.edge(engine);
  const gateway = await stage.connected();
  expect([...gateway.contracts.keys()]).toEqual(['rb2705.SHFE']);
  expect([...gateway.orders.keys()]).toEqual(['CTP.1']);
  engine.tellOrder(order('2'));
  await until(() => {
    expect(gateway.orders.has('CTP.2')).toBe(true);
  });
  expect(gateway.edge()).toMatchObject({ edge: 'e1', epoch: 1 });
});

test('it gets the ticks of what it has subscribed, live', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  const gateway = await stage.connected();
  const seen: [number, boolean][] = [];
  gateway.on('tick', (data, { fresh }) => seen.push([data.last_price, fresh]));
  await gateway.subscribe('rb2705.SHFE');
  engine.tellTick(tick(3501));
  await until(() => {
    expect(seen).toEqual([[3501, true]]);
  });
  expect(gateway.liveTick('rb2705.SHFE')?.last_price).toBe(3501);
});

test('an order is sent with a key of its own, and its reference stays', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  const gateway = await stage.connected();
  expect(await gateway.sendOrder(orderRequest({ reference: 'CtaStrategy_a' }))).toBe('CTP.1');
  expect(await gateway.sendOrder(orderRequest({ reference: 'CtaStrategy_a' }), { key: 'mine' })).toBe('CTP.1');
  expect(engine.requests.map(({ reference }) => reference)).toEqual(['CtaStrategy_a', 'CtaStrategy_a']);
  expect(engine.terms[0]?.key).toMatch(/^vb-/);
  expect(engine.terms[1]?.key).toBe('mine');
});

test('an order that was sent again by its key is found by its reference: it is one order', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  const gateway = await stage.connected();
  engine.onSendOrder = ({ reference }) => Promise.reject(new SendOrderError('unknown', 'no answer', { reference }));
  const outcomes: unknown[] = [];
  for (let time = 0; time < 2; time++) {
    const answer = gateway.sendOrder(orderRequest({ reference: 'mine' }), { key: 'mine' });
    outcomes.push(await answer.catch((error: unknown) => error instanceof SendOrderError && error.outcome));
  }
  expect(outcomes).toEqual(['unknown', 'unknown']);
  const found = order('7', { reference: 'mine' });
  engine.orders.push(found);
  engine.tellOrder(found);
  expect((await gateway.findOrder('mine', { timeout: 10_000 }))?.vt_orderid).toBe('CTP.7');
});

test('the market of a simulated engine: contracts, ticks, orders, findOrder, resync', async () => {
  const stage = new Stage();
  const engine = simulated();
  await stage.edge(engine);
  const gateway = await stage.connected();
  expect(gateway.contracts.size).toBeGreaterThan(0);
  const [contract] = gateway.contracts.values();
  if (contract === undefined) throw new Error('no contract');
  await gateway.subscribe(contract.vt_symbol);
  const next = await gateway.next('tick', { timeout: 10_000 });
  expect(next.vt_symbol).toBe(contract.vt_symbol);
  const request = orderRequest({ symbol: contract.symbol, exchange: contract.exchange, price: 1, reference: 'mine' });
  const id = await gateway.sendOrder(request, contract.gateway_name);
  const found = await gateway.findOrder('mine');
  expect(found).toBeInstanceOf(OrderData);
  expect(found?.vt_orderid).toBe(id);
  expect(await gateway.findOrder('nobody', { timeout: 5000 })).toBeUndefined();
  expect((await gateway.resync()).reason).toBe('requested');
});

test('without an edge it does not connect, and says why', async () => {
  const stage = new Stage();
  const gateway = stage.gateway({ timeouts: { connect: 200 } });
  await expect(gateway.connect()).rejects.toThrow(
    /no edge of the account ctp gives a sign of life|not connected within/,
  );
});

test('an order that the engine does not take is refused', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  engine.onSendOrder = () => Promise.reject(new SendOrderError('refused', 'no margin', { reference: 'r' }));
  await stage.edge(engine);
  const gateway = await stage.connected();
  const failure: unknown = await gateway.sendOrder(orderRequest()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ outcome: 'refused', message: 'The server did not take the order: no margin' });
});
