/** The option `format: 'webtrader'` of RpcService: what vnpy_webtrader's WebEngine publishes. */
import { expect, test } from 'vitest';
import { PyTimeZone } from 'vnpy-bridge/pickle';
import { MemoryTransport, RpcClient } from 'vnpy-bridge/rpc';
import { Event, EventType, RpcService, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, account, closed, order, position, tick, trade } from './support.js';

test('bare data under the plain type, of five kinds, and nothing else', async () => {
  const transport = new MemoryTransport();
  const engine = new ScriptedEngine();
  const service = closed(new RpcService(engine, { transport, format: 'webtrader', zone: PyTimeZone.utc }));
  await service.start('requests', 'events');
  const client = closed(new RpcClient({ transport, registry: vnpyRegistry }));
  client.subscribe('');
  await client.start('requests', 'events');
  await client.ready();
  const got: [string, unknown][] = [];
  const seen = (async () => {
    for await (const { topic, data } of client.events()) if (got.push([topic, data]) === 5) break;
  })();
  engine.tellLog('no page shows it');
  const told = [tick(1), order('1'), trade('1', '1'), position(1), account(100)];
  const types = [EventType.TICK, EventType.ORDER, EventType.TRADE, EventType.POSITION, EventType.ACCOUNT];
  told.forEach((data, index) => {
    engine.emit(new Event(types[index] ?? '', data));
  });
  await seen;
  expect(got).toEqual(types.map((type, index) => [type, told[index]]));
  // What WebEngine registers and RpcEngine does not.
  expect(await client.call('connect', [{}, 'CTP'])).toBeNull();
  expect(service.stats().published).toBe(5);
});
