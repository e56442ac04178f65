import { describe, expect, test } from 'vitest';
import { PyDateTime, PyGlobal, PyObject, Tuple, dumps, loads } from 'vnpy-bridge/pickle';
import {
  AccountData,
  CancelRequest,
  Direction,
  Event,
  Exchange,
  HistoryRequest,
  InvalidDataError,
  LogData,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  Status,
  SubscribeRequest,
  TickData,
  replace,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import type { OrderRequestInit } from 'vnpy-bridge/vnpy';

const registry = vnpyRegistry;

const ORDER: OrderRequestInit = {
  symbol: 'rb2705',
  exchange: Exchange.SHFE,
  direction: Direction.LONG,
  type: OrderType.LIMIT,
  volume: 2,
  price: 3850,
  offset: Offset.OPEN,
};

const order = (changes: Record<string, unknown> = {}): OrderRequest => new OrderRequest({ ...ORDER, ...changes });

describe('what is refused before anything is sent', () => {
  test.each([
    ['0', { price: 0 }],
    ['below 0, of a spread', { price: -12 }],
    ['none, of a market order', { type: OrderType.MARKET, price: undefined }],
  ])('a price may be %s', (_what, changes) => {
    expect(order(changes).price).toBe(changes.price ?? 0);
  });

  test('a market order that becomes a limit order needs its price; a limit order has it', () => {
    const market = order({ type: OrderType.MARKET, price: undefined });
    expect(() => replace(market, { type: OrderType.LIMIT })).toThrow('OrderType.LIMIT needs a price');
    expect(replace(market, { type: OrderType.LIMIT, price: 0 }).price).toBe(0);
    expect(replace(order(), { type: OrderType.FAK, volume: 1 }).price).toBe(3850);
  });

  test('a symbol may have dots of its own, and no request may have its exchange in it', () => {
    const symbol = 'HHI.HK-HKD-FUT';
    expect(new SubscribeRequest({ symbol, exchange: Exchange.HKFE }).vt_symbol).toBe('HHI.HK-HKD-FUT.HKFE');
    const twice = { symbol: 'rb2705.SHFE', exchange: Exchange.SHFE };
    expect(() => new SubscribeRequest(twice)).toThrow('the symbol is "rb2705"');
    expect(() => new CancelRequest({ ...twice, orderid: '1' })).toThrow('the symbol is "rb2705"');
    expect(() => new HistoryRequest({ ...twice, start: new Date(0) })).toThrow('the symbol is "rb2705"');
  });

  test.each([
    [{ price: NaN }, 'OUT_OF_RANGE', 'price', 'OrderRequest.price must be a finite number, got NaN'],
    [{ price: Infinity }, 'OUT_OF_RANGE', 'price', 'OrderRequest.price must be a finite number, got Infinity'],
    [{ price: '3850' }, 'WRONG_TYPE', 'price', 'OrderRequest.price must be a number, got "3850"'],
    [{ volume: -1 }, 'OUT_OF_RANGE', 'volume', 'OrderRequest.volume must be a finite number above 0, got -1'],
    [{ volume: 0 }, 'OUT_OF_RANGE', 'volume', 'OrderRequest.volume must be a finite number above 0, got 0'],
    [{ volume: null }, 'WRONG_TYPE', 'volume', 'OrderRequest.volume must be a number, got null'],
    [{ volume: undefined }, 'MISSING_FIELD', 'volume', 'OrderRequest needs volume'],
    [{ symbol: '' }, 'OUT_OF_RANGE', 'symbol', 'OrderRequest.symbol must be a string that is not empty, got ""'],
    [{ exchange: 'SHFE' }, 'WRONG_TYPE', 'exchange', 'must be a member of Exchange: write Exchange.SHFE, got "SHFE"'],
    [{ exchange: 'MARS' }, 'WRONG_TYPE', 'exchange', 'must be a member of Exchange (CFFEX, SHFE,'],
    [{ exchange: Direction.LONG }, 'WRONG_TYPE', 'exchange', 'got Direction.LONG'],
    [{ direction: '多' }, 'WRONG_TYPE', 'direction', 'write Direction.LONG'],
    [{ price: undefined }, 'MISSING_FIELD', 'price', 'OrderRequest: OrderType.LIMIT needs a price'],
    [{ price: undefined, type: OrderType.STOP }, 'MISSING_FIELD', 'price', 'OrderType.STOP needs a price'],
    [{ price: undefined, type: OrderType.FAK }, 'MISSING_FIELD', 'price', 'OrderType.FAK needs a price'],
    [{ price: undefined, type: OrderType.FOK }, 'MISSING_FIELD', 'price', 'OrderType.FOK needs a price'],
    [
      { symbol: 'rb2705.SHFE' },
      'OUT_OF_RANGE',
      'symbol',
      'which has the exchange in it already: the symbol is "rb2705"',
    ],
    [{ symbol: 'rb2705.shfe' }, 'OUT_OF_RANGE', 'symbol', 'the symbol is "rb2705"'],
    [{ prise: 1 }, 'UNKNOWN_FIELD', 'prise', 'OrderRequest has no prise; did you mean price?'],
    [{ orderType: 1 }, 'UNKNOWN_FIELD', 'orderType', 'OrderRequest has no orderType; it has symbol, exchange'],
    [{ vt_symbol: 'a.B' }, 'UNKNOWN_FIELD', 'vt_symbol', 'OrderRequest has no vt_symbol'],
  ])('%o', (changes, code, field, message) => {
    const make = (): unknown => order(changes);
    expect(make).toThrow(InvalidDataError);
    expect(make).toThrow(expect.objectContaining({ code, field, className: 'OrderRequest' }) as Error);
    expect(make).toThrow(message);
  });

  test('a price below zero is a price', () => {
    expect(order({ price: -37.63 }).price).toBe(-37.63);
  });

  test('no object at all', () => {
    expect(() => new OrderRequest(undefined as unknown as OrderRequestInit)).toThrow(
      'new OrderRequest({ ... }) takes an object with the fields by name, got undefined',
    );
  });

  test('an invalid Date', () => {
    const make = (): unknown => new HistoryRequest({ symbol: 'a', exchange: Exchange.SSE, start: new Date(NaN) });
    expect(make).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE', field: 'start' }) as Error);
  });
});

describe('what is made', () => {
  test('a Date becomes an aware datetime', () => {
    const date = new Date('2026-05-06T07:08:09.123Z');
    const { start } = new HistoryRequest({ symbol: 'a', exchange: Exchange.SSE, start: date });
    expect(start).toBeInstanceOf(PyDateTime);
    expect(start.epochMicroseconds).toBe(BigInt(date.getTime()) * 1000n);
  });

  test('an exchange that only the peer knows can be sent back to it', () => {
    const mars = new PyObject(new PyGlobal('vnpy.trader.constant', 'Exchange'), Tuple.of('MARS'));
    const cancel = new CancelRequest({ orderid: '1', symbol: 'x', exchange: mars as unknown as Exchange });
    expect(cancel.vt_symbol).toBe('x.MARS');
    const back = loads(dumps(cancel, { registry }), { registry }) as CancelRequest;
    expect(back.exchange).toEqual(mars);
  });

  test('an order from a request, and a cancel request from an order', () => {
    const data = order({ reference: 'mine' }).createOrderData('7', 'CTP');
    expect(data).toMatchObject({ vt_orderid: 'CTP.7', status: Status.SUBMITTING, reference: 'mine', traded: 0 });
    expect(data.isActive()).toBe(true);
    expect(data.createCancelRequest()).toEqual(
      new CancelRequest({ orderid: '7', symbol: 'rb2705', exchange: Exchange.SHFE }),
    );
    expect(replace(data, { status: Status.CANCELLED }).isActive()).toBe(false);
  });
});

describe('replace', () => {
  test('changes a copy and derives again', () => {
    const account = new AccountData({ gateway_name: 'CTP', accountid: '1', balance: 100, frozen: 30 });
    const changed = replace(account, { frozen: 50, gateway_name: 'RPC' });
    expect(changed).toMatchObject({ available: 50, vt_accountid: 'RPC.1' });
    expect(account).toMatchObject({ available: 70, vt_accountid: 'CTP.1' });
  });

  test('keeps what the class does not declare, and the time of a log line', () => {
    const log = new LogData({ gateway_name: 'CTP', msg: 'a' });
    Object.assign(log, { colour: 'red' });
    const changed = replace(log, { msg: 'b' });
    expect(changed).toEqual(Object.assign(Object.create(LogData.prototype) as LogData, log, { msg: 'b' }));
    expect(changed.time).toBe(log.time);
  });

  test('checks what it is given', () => {
    expect(() => replace(order(), { volume: NaN })).toThrow(InvalidDataError);
    expect(() => replace(order(), { vt_symbol: 'x' })).toThrow('OrderRequest has no vt_symbol');
    expect(() => replace({ a: 1 }, { a: 2 })).toThrow("replace() takes one of vnpy's objects, got an object");
  });
});

describe('on the wire', () => {
  const tick = new TickData({
    gateway_name: 'CTP',
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    datetime: new Date(0),
    last_price: 3850,
  });

  test('an event with a tick comes back as it was', () => {
    const back = loads(dumps(['', new Event('eTick.', tick)], { registry }), { registry });
    expect(back).toEqual(['', new Event('eTick.', tick)]);
    expect((back as [string, Event])[1]).toBeInstanceOf(Event);
    expect((back as [string, Event])[1].data).toBeInstanceOf(TickData);
  });

  test('whole numbers of float fields are written as floats', () => {
    const { last_price, symbol } = (loads(dumps(tick, { registry }), { lossless: true }) as PyObject).state as Record<
      string,
      unknown
    >;
    expect(last_price).toMatchObject({ value: 3850 });
    expect(symbol).toBe('rb2705');
  });

  const module = 'vnpy.trader.object';
  const state = (fields: Record<string, unknown>, qualname: string): Uint8Array =>
    dumps(
      new PyObject(new PyGlobal(module, qualname), Tuple.of(), 'new', undefined, [{ kind: 'state', state: fields }]),
    );

  test('fields that an old peer does not have take their defaults', () => {
    const old = { symbol: 'a', exchange: Exchange.SSE, orderid: '1', gateway_name: 'X', vt_orderid: 'X.1' };
    const bytes = dumps(
      new PyObject(new PyGlobal(module, 'OrderData'), Tuple.of(), 'new', undefined, [{ kind: 'state', state: old }]),
      { registry },
    );
    const data = loads(bytes, { registry }) as OrderData;
    expect(data).toBeInstanceOf(OrderData);
    expect(data).toMatchObject({ ...old, reference: '', traded: 0, status: Status.SUBMITTING, extra: null });
  });

  test('fields that a new peer has are kept and sent back', () => {
    const data = loads(state({ accountid: '1', gateway_name: 'X', margin_ratio: 0.5 }, 'AccountData'), { registry });
    expect(data).toMatchObject({ accountid: '1', margin_ratio: 0.5 });
    expect(loads(dumps(data, { registry }), { registry })).toEqual(data);
  });

  test('what a gateway puts into extra comes and goes as it is', () => {
    const account = new AccountData({ gateway_name: 'X', accountid: '1', extra: { margin: 1.5, ids: [1, 2] } });
    const back = loads(dumps(account, { registry }), { registry }) as AccountData;
    expect(back).toEqual(account);
    expect(back.extra).toEqual({ margin: 1.5, ids: [1, 2] });
  });

  test('a class of a vnpy application is inert data until it is registered', () => {
    const bytes = state({ algo_name: 'Twap', traded: 3 }, 'AlgoData');
    expect(loads(bytes, { registry })).toBeInstanceOf(PyObject);

    class AlgoData {
      algo_name = '';
      traded = 0;
    }
    const own = registry.with({
      kind: 'object',
      module,
      qualname: 'AlgoData',
      type: AlgoData,
      create: () => new AlgoData(),
      fields: [{ name: 'algo_name' }, { name: 'traded', float: true }],
    });
    expect(loads(bytes, { registry: own })).toEqual(Object.assign(new AlgoData(), { algo_name: 'Twap', traded: 3 }));
    expect(loads(bytes, { registry: own })).toBeInstanceOf(AlgoData);
  });
});
