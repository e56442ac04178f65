/** `oldestClient` of RpcService: what clients of an older vnpy cannot load. */
import { expect, test } from 'vitest';
import { PyObject, PyTimeZone, dumps, loads } from 'vnpy-bridge/pickle';
import { MemoryTransport, RpcClient } from 'vnpy-bridge/rpc';
import {
  BarData,
  ContractData,
  Event,
  EventType,
  Exchange,
  HistoryRequest,
  Product,
  RpcService,
  TickData,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import { ScriptedEngine, closed, contract, tick } from './support.js';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };
const BTC = { symbol: 'BTCUSDT', exchange: Exchange.GLOBAL };

const listed = (changes: { exchange: Exchange; product: Product }): ContractData =>
  new ContractData({ gateway_name: 'CTP', symbol: 'x', name: 'x', size: 1, pricetick: 1, ...changes });

const bar = (of: typeof RB | typeof BTC): BarData => new BarData({ ...of, gateway_name: 'CTP', datetime: new Date(0) });

test('what an older vnpy cannot load is left out of answers and events, counted, and logged once', async () => {
  const transport = new MemoryTransport();
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const logger = { debug: silent, info: silent, error: silent, warn: (line: string) => void warnings.push(line) };
  const engine = new ScriptedEngine();
  const bitcoin = listed({ exchange: Exchange.GLOBAL, product: Product.SPOT });
  engine.contracts = [contract(), bitcoin];
  engine.ticks = [tick(1, BTC), tick(2)];
  engine.onQueryHistory = () => [bar(BTC), bar(RB)];
  const service = closed(new RpcService(engine, { transport, logger, oldestClient: '4.0', zone: PyTimeZone.utc }));
  await service.start('requests', 'events');
  const client = closed(new RpcClient({ transport, registry: vnpyRegistry }));
  client.subscribe('');
  await client.start('requests', 'events');
  await client.ready();

  expect(await client.call('get_all_contracts')).toEqual([contract()]);
  expect(await client.call('get_all_ticks')).toEqual([tick(2)]);
  expect(await client.call('get_contract', [bitcoin.vt_symbol])).toBeNull();
  expect(await client.call('get_contract', ['rb2705.SHFE'])).toEqual(contract());
  const history = new HistoryRequest({ ...RB, start: new Date(0) });
  expect(await client.call('query_history', [history, 'CTP'])).toEqual([bar(RB)]);

  const types: string[] = [];
  const seen = (async () => {
    for await (const { data } of client.events()) if (types.push((data as Event).type) === 4) break;
  })();
  engine.tellTick(tick(3, BTC));
  engine.tellTick(tick(4));
  engine.emit(new Event('eMine', { exchange: 'GLOBAL' })); // None of vnpy's data.
  engine.tellLog('the last one');
  await seen;
  expect(types).toEqual([EventType.TICK, 'eTick.rb2705.SHFE', 'eMine', EventType.LOG]);

  expect(service.stats()).toMatchObject({ withheld: 5, published: 4 });
  const text = 'is not given to clients: vnpy 4.0 does not know Exchange.GLOBAL; more of the kind are only counted';
  expect(warnings).toEqual([
    `contract of x.GLOBAL ${text}`,
    `tick of BTCUSDT.GLOBAL ${text}`,
    `bar of BTCUSDT.GLOBAL ${text}`,
  ]);
});

test.each<[version: string, exchange: Exchange, product: Product, admitted: boolean]>([
  ['4.1', Exchange.GLOBAL, Product.SPOT, true],
  ['4.0.9', Exchange.GLOBAL, Product.SPOT, false],
  ['3.9.1', Exchange.CME, Product.SWAP, true],
  ['3.9', Exchange.CME, Product.SWAP, false],
  ['3.10', Exchange.SHHK, Product.CFD, true],
  ['3.7', Exchange.SHHK, Product.EQUITY, true],
  ['3.6', Exchange.SHHK, Product.EQUITY, false],
  ['3.0', Exchange.SHFE, Product.FUTURES, true],
])('vnpy %s, %s, %s: given is %j', (oldestClient, exchange, product, admitted) => {
  const service = new RpcService(new ScriptedEngine(), { oldestClient });
  expect(service.admits(listed({ exchange, product }))).toBe(admitted);
  expect(service.stats().withheld).toBe(admitted ? 0 : 1);
});

test('a member that no known vnpy has is left out, too', () => {
  // Of a newer server: its member comes through the codec as inert data.
  const newer = loads(dumps(Exchange.CFE, { registry: vnpyRegistry }));
  expect(newer).toBeInstanceOf(PyObject);
  const item = Object.assign(tick(1), { exchange: newer });
  expect(item).toBeInstanceOf(TickData);
  expect(new RpcService(new ScriptedEngine(), { oldestClient: '4.5' }).admits(item)).toBe(false);
  expect(new RpcService(new ScriptedEngine()).admits(item)).toBe(true);
});

test.each(['4', '2.9', '4.6', 'new', '4.0.0.1', ''])('%j is no version that can be the oldest', (oldestClient) => {
  expect(() => new RpcService(new ScriptedEngine(), { oldestClient })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }) as Error,
  );
});
