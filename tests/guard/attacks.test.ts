/**
 * What a hostile client may send, over real sockets and past every check of its own side: nothing of it reaches the engine, and
 * the front goes on. The judge is what the engine was given.
 */
import { describe, expect, test, vi } from 'vitest';
import { PyDecimal, PyGlobal, PyObject, Tuple } from 'vnpy-bridge/pickle';
import { CancelRequest, Exchange, OrderType, replace, SubscribeRequest } from 'vnpy-bridge/vnpy';
import type { OrderRequest } from 'vnpy-bridge/vnpy';
import { order, trade } from '../vnpy/support.js';
import { forged, front, good, policyOf } from './attack-support.js';
import type { Front, RawClient, Reply } from './attack-support.js';

/** What Python's `pickle.dumps` makes of a request for 11 lots that is a `numpy.float64`: the limit is 10. */
const NUMPY_ORDER =
  'gASVqwEAAAAAAACMCnNlbmRfb3JkZXKUjBJ2bnB5LnRyYWRlci5vYmplY3SUjAxPcmRlclJlcXVlc3SUk5QpgZR9lCiMBnN5bWJvbJSMBnJiMjcwNZSM' +
  'CGV4Y2hhbmdllIwUdm5weS50cmFkZXIuY29uc3RhbnSUjAhFeGNoYW5nZZSTlIwEU0hGRZSFlFKUjAlkaXJlY3Rpb26UaAmMCURpcmVjdGlvbpSTlIwE' +
  'TG9uZ5SFlFKUjAR0eXBllGgJjAlPcmRlclR5cGWUk5SMBUxpbWl0lIWUUpSMBnZvbHVtZZSMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAZzY2FsYXKU' +
  'k5SMBW51bXB5lIwFZHR5cGWUk5SMAmY4lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGJDCAAAAAAAACZAlIaUUpSMBXByaWNllEdAq1gAAAAA' +
  'AIwGb2Zmc2V0lGgJjAZPZmZzZXSUk5SMBE9wZW6UhZRSlIwJcmVmZXJlbmNllIwAlIwJdnRfc3ltYm9slIwLcmIyNzA1LlNIRkWUdWKMA0NUUJSGlH2U' +
  'h5Qu';

const send = (client: RawClient, request: unknown, gateway: unknown = 'CTP'): Promise<Reply> =>
  client.call('send_order', [request, gateway]);

/** It said no: by an empty id, or by an exception. */
function expectNo([ok, value]: Reply): void {
  if (ok) expect(value).toBe('');
  else expect(value).toEqual(expect.any(String));
}

/** Nothing came through, and the next good order does. */
async function expectUnharmed({ engine }: Front, client: RawClient): Promise<void> {
  expect(engine.requests).toEqual([]);
  expect(await send(client, good())).toEqual([true, 'CTP.1']);
  expect(engine.requests).toHaveLength(1);
}

/** An instance of a class that nobody registered. */
const inert = (module: string, name: string, ...args: readonly unknown[]): PyObject =>
  new PyObject(new PyGlobal(module, name), Tuple.from(args));

describe('numbers', () => {
  const numbers: readonly (readonly [string, unknown])[] = [
    ['NaN', NaN],
    ['infinity', Infinity],
    ['negative infinity', -Infinity],
    ['-0', -0],
    ['1e308', 1e308],
    ['1e-300', 1e-300],
    ['2^53 + 1', 2n ** 53n + 1n],
    ['an int of 80 bits', 2n ** 80n],
    ['a text', '1'],
    ['a subclass of str', inert('evil', 'Text', '1')],
    ['a subclass of float', inert('evil', 'Float', 1)],
    ['None', null],
    ['a list', [1]],
  ];

  test('as volume and as price', async () => {
    const stage = await front();
    const client = await stage.connect();
    for (const [name, number] of numbers) {
      const [ok, id] = await send(client, forged({ volume: number }));
      expect([name, ok, id]).toEqual([name, true, '']);
      // Of a price, 1e308 and the like are no multiples of the tick.
      expectNo(await send(client, forged({ price: number })));
    }
    await vi.waitFor(() => {
      expect(client.logs).toHaveLength(2 * numbers.length);
    });
    for (const line of client.logs) expect(line).toMatch(/^send_order: \[shape\] .{5,150}$/);
    await expectUnharmed(stage, client);
  });

  test('of numpy count as what they are', async () => {
    const stage = await front();
    const client = await stage.connect();
    expect(await client.send(Buffer.from(NUMPY_ORDER, 'base64'))).toEqual([true, '']);
    await expectUnharmed(stage, client);
  });

  test('of decimal, and bools, are floats to the engine, too', async () => {
    const stage = await front();
    const client = await stage.connect();
    const decimals = ['11', '1e30', 'NaN', 'Infinity', '-1', '0.5', '1e-30'];
    for (const text of decimals) expectNo(await send(client, forged({ volume: new PyDecimal(text) })));
    for (const text of ['NaN', '-1', '3500.5', '1e-30'])
      expectNo(await send(client, forged({ price: new PyDecimal(text) })));
    await expectUnharmed(stage, client);
    await send(client, forged({ volume: true, price: new PyDecimal('3500') }));
    await send(client, forged({ volume: new PyDecimal('2'), price: new PyDecimal('3501') }));
    expect(stage.engine.requests).toEqual([good(), good(), good({ volume: 2, price: 3501 })]);
  });
});

describe('names', () => {
  test.each([
    ['a wildcard', 'rb*'],
    ['an escaped wildcard', 'rb\\*'],
    ['a backslash', 'rb2705\\'],
    ['NUL', 'rb2705\0'],
    ['a newline', 'rb2705\n'],
    ['a dot at the end', 'rb2705.'],
    ['full width', 'ｒｂ2705'],
    ['upper case', 'RB2705'],
    ['a Cyrillic letter', 'rb27\u043e5'],
    ['a letter of width 0', 'rb2705\u200b'],
    ['a space', 'rb2705 '],
    ['nothing', ''],
    ['a name of JavaScript', '__proto__'],
    ['a megabyte', `rb${'0'.repeat(2 ** 20)}`],
    ['its exchange', 'rb2705.SHFE'],
  ])('a symbol with %s', async (_name, symbol) => {
    const stage = await front();
    const client = await stage.connect();
    expect(await send(client, forged({ symbol, vt_symbol: `${symbol}.SHFE` }))).toEqual([true, '']);
    await vi.waitFor(() => {
      expect(client.logs[0]).toMatch(/^send_order: \[(symbol|shape)\] [^\n]{5,250}$/);
    });
    await expectUnharmed(stage, client);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    // Rights and limits go by vt_symbol, and a gateway trades symbol and exchange.
    ['another symbol behind an allowed vt_symbol', { symbol: 'au2706' }],
    ['another exchange behind an allowed vt_symbol', { exchange: Exchange.DCE }],
    ['an allowed symbol behind another vt_symbol', { vt_symbol: 'au2706.SHFE' }],
    ['a symbol that is a subclass of str', { symbol: inert('evil', 'Text', 'au2706') }],
    ['a vt_symbol that is a subclass of str', { vt_symbol: inert('evil', 'Text', 'rb2705.SHFE') }],
    ['a vt_symbol that is a list', { vt_symbol: ['rb2705.SHFE'] }],
    ['a field that orders have not', { stop_price: 1 }],
    ['a method of its own', { create_order_data: 'x' }],
    ['an exchange that is a text', { exchange: 'SHFE' }],
    ['a type of another class', { type: Exchange.SHFE }],
    ['a type of a newer vnpy', { type: inert('vnpy.trader.constant', 'OrderType', 'Iceberg') }],
    ['a reference that is none', { reference: ['x'] }],
  ])('%s', async (_name, fields) => {
    const stage = await front(policyOf({ trader: { orderTypes: ['LIMIT'] } }));
    const client = await stage.connect();
    expectNo(await send(client, forged(fields)));
    await expectUnharmed(stage, client);
  });

  test.each([
    ['another account’s', 'CTP2'],
    ['an empty one', ''],
    ['a name of JavaScript', '__proto__'],
    ['another', 'constructor'],
    ['in lower case', 'ctp'],
    ['a space behind it', 'CTP '],
    ['a dot behind it', 'CTP.'],
    ['NUL behind it', 'CTP\0'],
    ['a wildcard', '*'],
    ['a marker', 'vnpy-bridge-findOrder-0123456789ab'],
    ['None', null],
    ['a list', ['CTP']],
    ['a subclass of str', inert('evil', 'Text', 'CTP')],
    ['a megabyte', 'CTP'.repeat(350_000)],
  ])('a gateway: %s', async (_name, gateway) => {
    const stage = await front();
    const client = await stage.connect();
    expectNo(await send(client, good(), gateway));
    expectNo(await send(client, forged({ symbol: 'rb2709', vt_symbol: 'rb2709.SHFE' }), gateway));
    await expectUnharmed(stage, client);
  });

  test('of enums are none of objects', async () => {
    const stage = await front(policyOf({ trader: { deny: { orderTypes: ['MARKET'] } } }));
    const client = await stage.connect();
    const lying = { ...OrderType.MARKET, name: 'LIMIT' };
    for (const type of [lying, { name: 'LIMIT' }, 'LIMIT', null]) expectNo(await send(client, forged({ type })));
    await expectUnharmed(stage, client);
  });
});

describe('arguments', () => {
  const tuple = (...args: readonly unknown[]): Tuple => Tuple.from(args);

  test('by name are judged as those by place are', async () => {
    const stage = await front();
    const client = await stage.connect();
    const named = (request: OrderRequest): Promise<Reply> =>
      client.call('send_order', [], { req: request, gateway_name: 'CTP' });
    expect(await named(good({ volume: 11 }))).toEqual([true, '']);
    expect(await client.call('send_order', [good({ volume: 11 })], { gateway_name: 'CTP' })).toEqual([true, '']);
    expect(stage.engine.requests).toEqual([]);
    expect(await named(good())).toEqual([true, 'CTP.1']);
  });

  test.each<readonly [string, readonly unknown[]]>([
    ['twice', ['send_order', tuple(good({ volume: 11 }), 'CTP'), { req: good() }]],
    ['the gateway twice', ['send_order', tuple(good(), 'CTP2'), { gateway_name: 'CTP' }]],
    ['one too many', ['send_order', tuple(good(), 'CTP', 'chief'), {}]],
    ['a caller of its own', ['send_order', tuple(good(), 'CTP', { principal: 'chief' }), {}]],
    ['a name that is none', ['send_order', tuple(good(), 'CTP'), { caller: 'chief' }]],
    ['another such name', ['send_order', tuple(good(), 'CTP'), { __proto__x: 1 }]],
    ['one too few', ['send_order', tuple(good()), {}]],
    ['none', ['send_order', tuple(), {}]],
    ['in no tuple', ['send_order', good(), {}]],
    ['of a function that is a list', [['send_order'], tuple(good(), 'CTP'), {}]],
    ['of a function with a space', ['send_order ', tuple(good(), 'CTP'), {}]],
    ['of a method of objects', ['constructor', tuple(good(), 'CTP'), {}]],
    ['another such', ['__proto__', tuple(good(), 'CTP'), {}]],
    ['without names', ['send_order', tuple(good(), 'CTP')]],
    ['names that are a list', ['send_order', tuple(good(), 'CTP'), []]],
    ['nothing', []],
  ])('%s', async (_name, request) => {
    const stage = await front();
    const client = await stage.connect();
    const [ok] = await client.ask(request);
    expect(ok).toBe(false);
    await expectUnharmed(stage, client);
  });

  test.each<readonly [string, unknown]>([
    ['an OrderData', order('1')],
    ['a CancelRequest', new CancelRequest({ orderid: '1', symbol: 'rb2705', exchange: Exchange.SHFE })],
    ['a SubscribeRequest', new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE })],
    ['a dict', Object.fromEntries(Object.entries(good()))],
    ['an instance of nobody’s class', inert('evil', 'OrderRequest')],
    ['an instance of a subclass', inert('vnpy.trader.object', 'OrderRequest2')],
    ['a class', new PyGlobal('vnpy.trader.object', 'OrderRequest')],
    ['a call', inert('os', 'system', 'touch /tmp/x')],
    ['None', null],
  ])('%s in place of an order', async (_name, request) => {
    const stage = await front();
    const client = await stage.connect();
    const [ok] = await send(client, request);
    expect(ok).toBe(false);
    await expectUnharmed(stage, client);
  });

  test('that are no pickle, or one that goes on for ever', async () => {
    const stage = await front();
    const client = await stage.connect();
    const nested = Buffer.concat([Buffer.from([0x80, 4]), Buffer.alloc(100_000, 0x5d), Buffer.from('.')]);
    for (const bytes of [Buffer.from('send_order'), Buffer.from([0x80, 4]), nested, Buffer.alloc(100_000, 0x28)])
      expect((await client.send(bytes))[0]).toBe(false);
    await expectUnharmed(stage, client);
  });
});

describe('what is another’s', () => {
  /** One order of desk-1 that works, and a client of desk-2. */
  async function staged(changes: Parameters<typeof policyOf>[0] = {}): Promise<Front & { readonly other: RawClient }> {
    const stage = await front(policyOf(changes));
    const owner = await stage.connect('desk-1');
    stage.engine.onSendOrder = (request, gatewayName) => {
      stage.engine.tellOrder(order('7.1', { gateway_name: gatewayName, reference: request.reference, volume: 1 }));
      return `${gatewayName}.7.1`;
    };
    expect(await send(owner, good())).toEqual([true, 'CTP.7.1']);
    stage.engine.orders.push(order('7.1', { volume: 1 }));
    stage.engine.trades.push(trade('5', '7.1'));
    return { ...stage, other: await stage.connect('desk-2') };
  }

  const cancel = (fields: Readonly<Record<string, unknown>>): CancelRequest =>
    Object.assign(new CancelRequest({ orderid: '7.1', symbol: 'rb2705', exchange: Exchange.SHFE }), fields);

  test.each<readonly [string, unknown, unknown]>([
    ['by its id', cancel({}), 'CTP'],
    ['with a symbol that is one’s own', cancel({ symbol: 'rb2706', vt_symbol: 'rb2706.SHFE' }), 'CTP'],
    ['with the gateway’s name in the id', cancel({ orderid: 'CTP.7.1' }), 'CTP'],
    ['with half of the id in the gateway', cancel({ orderid: '1' }), 'CTP.7'],
    ['with an id that is a list', cancel({ orderid: ['7.1'] }), 'CTP'],
    ['with an id that is an object', cancel({ orderid: inert('evil', 'Text', '7.1') }), 'CTP'],
    ['with an id that is a dict', cancel({ orderid: { toString: '7.1' } }), 'CTP'],
    ['with no gateway', cancel({}), ''],
    ['with a gateway that is none', cancel({}), '__proto__'],
    ['with its OrderData', order('7.1'), 'CTP'],
    ['which is unknown', cancel({ orderid: '8' }), 'CTP'],
  ])('cannot be cancelled %s', async (_name, request, gateway) => {
    const { engine, other } = await staged();
    const [ok, text] = await other.call('cancel_order', [request, gateway]);
    expect(ok).toBe(false);
    expect(text).not.toContain('desk-1');
    expect(engine.cancels).toEqual([]);
  });

  test('cannot be cancelled by a name of the gateway that makes its id one’s own', async () => {
    const { engine, connect } = await staged();
    const owner = await connect('desk-1');
    // CTP.7 and 1 is the same text as CTP and 7.1: and another gateway.
    expect((await owner.call('cancel_order', [cancel({ orderid: '1' }), 'CTP.7']))[0]).toBe(false);
    expect(engine.cancels).toEqual([]);
  });

  test('one’s own is cancelled as it is, whatever the request says of it', async () => {
    const { engine, connect } = await staged();
    const owner = await connect('desk-1');
    const lying = cancel({ symbol: 'au2706', vt_symbol: 'au2706.SHFE', extra: 1 });
    expect(await owner.call('cancel_order', [lying, 'CTP'])).toEqual([true, null]);
    expect(engine.cancels).toEqual([[cancel({}), 'CTP']]);
  });

  test('reads as what is not there', async () => {
    const { other, connect } = await staged();
    const owner = await connect('desk-1');
    expect((await owner.call('get_order', ['CTP.7.1']))[1]).toMatchObject({ orderid: '7.1' });
    for (const user of ['desk-2', 'screen']) {
      const client = user === 'desk-2' ? other : await connect(user);
      for (const [name, key] of [
        ['get_order', 'CTP.7.1'],
        ['get_trade', 'CTP.5'],
        ['get_order', 'CTP.nothing'],
        ['get_order', '__proto__'],
        ['get_order', ['CTP.7.1']],
        ['get_order', inert('evil', 'Text', 'CTP.7.1')],
      ] as const)
        expect([user, key, await client.call(name, [key])]).toEqual([user, key, [true, null]]);
      for (const name of ['get_all_orders', 'get_all_trades', 'get_all_active_orders'])
        expect(await client.call(name, [])).toEqual([true, []]);
    }
  });

  test('and what is told of it is told to its owner alone', async () => {
    const { engine, other, service } = await staged({ trader: { limits: { orderVolume: 10, openOrders: 1 } } });
    engine.tellOrder(order('7.1', { volume: 1, traded: 1 }));
    engine.tellTrade(trade('6', '7.1'));
    await send(other, good({ symbol: 'rb2799' }));
    service.log('the end');
    await vi.waitFor(() => {
      expect(other.logs).toContain('the end');
    });
    expect(other.logs).toEqual([expect.stringContaining('[shape]'), 'the end']);
  });
});

describe('a marker of findOrder', () => {
  const MARKER = 'vnpy-bridge-findOrder-0123456789ab';
  const flush = (marker: string, orderid = marker): readonly unknown[] => [
    new CancelRequest({ orderid, symbol: 'x', exchange: Exchange.LOCAL }),
    marker,
  ];

  test('passes for whoever may not cancel, cancels nothing, and is heard by who asked', async () => {
    const { engine, connect, service } = await front();
    const [screen, desk] = [await connect('screen'), await connect('desk-1')];
    expect(await screen.call('cancel_order', flush(MARKER))).toEqual([true, null]);
    service.log('the end');
    await vi.waitFor(() => {
      expect(screen.logs).toContain('the end');
      expect(desk.logs).toContain('the end');
    });
    expect(screen.logs.filter((line) => line.includes(MARKER))).toHaveLength(1);
    expect(desk.logs.filter((line) => line.includes(MARKER))).toEqual([]);
    expect(engine.cancels).toEqual([]);
  });

  test.each([
    ['with more behind it', `${MARKER} CTP`],
    ['with a newline behind it', `${MARKER}\n`],
    ['too long', `${MARKER}${'0'.repeat(100_000)}`],
    ['in upper case', MARKER.toUpperCase()],
    ['with something before it', ` ${MARKER}`],
  ])('%s is none', async (_name, marker) => {
    const { engine, connect } = await front();
    const screen = await connect('screen');
    const [ok, text] = await screen.call('cancel_order', flush(marker, '1'));
    expect(ok).toBe(false);
    expect(text).toContain('[function]');
    expect(engine.cancels).toEqual([]);
  });

  test('opens no other function, and no order', async () => {
    const { engine, connect } = await front();
    const screen = await connect('screen');
    for (const name of ['send_order', 'subscribe', 'query_history'])
      expect((await screen.call(name, [good(), MARKER]))[0]).toBe(false);
    expect((await screen.call('cancel_order', [good(), MARKER]))[0]).toBe(false);
    expect(engine.requests).toEqual([]);
  });
});

test('a reference with newlines is one line of the log, and nobody else’s', async () => {
  const { connect, service } = await front();
  const [client, other] = [await connect('desk-1'), await connect('desk-2')];
  const reference = 'x\n{"seq":1,"kind":"decided"}\u2028\u0000';
  expect(await send(client, good({ volume: 11, reference }))).toEqual([true, '']);
  expect(await send(client, forged({ symbol: 'a\nb', vt_symbol: 'a\nb.SHFE' }))).toEqual([true, '']);
  service.log('the end');
  await vi.waitFor(() => {
    expect(other.logs).toEqual(['the end']);
    expect(client.logs).toHaveLength(3);
  });
  for (const line of client.logs) expect(line).not.toMatch(/[\n\u2028\0]/);
});

test('10,000 orders in one turn do not pass a limit', async () => {
  const { engine, guard } = await front(policyOf({ trader: { limits: { openOrders: 7, ordersPerDay: 50 } } }));
  const desk = guard.engineFor('desk-1', engine);
  const sent = await Promise.allSettled(
    Array.from({ length: 10_000 }, (_, index) =>
      desk.sendOrder(replace(good(), { price: 3000 + (index % 500) }), 'CTP'),
    ),
  );
  expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  expect(engine.requests).toHaveLength(7);
});

test('30 clients at once do not pass a limit', async () => {
  const { engine, connect } = await front(policyOf({ trader: { limits: { openOrders: 7 } } }));
  const clients = await Promise.all(Array.from({ length: 30 }, () => connect()));
  const answers = await Promise.all(clients.map((client) => send(client, good())));
  expect(answers.filter(([, id]) => id !== '')).toHaveLength(7);
  expect(engine.requests).toHaveLength(7);
});
