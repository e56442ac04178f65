/** `plainClasses` of RpcService: what a client with nothing but vnpy cannot load. */
import { describe, expect, test } from 'vitest';
import { PyDateTime, PyTimeZone, loads } from 'vnpy-bridge/pickle';
import type { ClassRegistry } from 'vnpy-bridge/pickle';
import { MemoryTransport, RpcClient } from 'vnpy-bridge/rpc';
import { Direction, EventType, RpcService, replace, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { Event } from 'vnpy-bridge/vnpy';
import { appsRegistry } from 'vnpy-bridge/vnpy/apps';
import { PlainClasses } from '../../src/vnpy/plain-classes.js';
import { eventsOf, readApps } from './apps/support.js';
import { ScriptedEngine, closed, order, tick } from './support.js';

const silent = (): void => undefined;
const lines: string[] = [];
const logger = { debug: silent, info: silent, error: silent, warn: (line: string) => void lines.push(line) };

/** The event of an application, as a client with this registry has it. */
function sample(type: string, registry: ClassRegistry): Event {
  const found = readApps('4.5.0').samples.find((each) => each.type === type);
  return loads(Buffer.from(found?.bytes ?? '', 'base64'), { registry }) as Event;
}

/** What needs a package of an application. */
const FOREIGN = ['eCtaStopOrder', 'eSpreadData', 'eSpreadPos', 'eSpreadAlgo', 'eAlgoUpdate'];

describe.each([
  ['inert', vnpyRegistry],
  ['registered', appsRegistry],
] as const)('events of real applications, their classes %s', (_, registry) => {
  test.each([...new Set(readApps('4.5.0').samples.map(({ type }) => type))])('%s', (type) => {
    const classes = new PlainClasses(registry, logger);
    expect(classes.admits(sample(type, registry).data)).toBe(!FOREIGN.includes(type));
    expect(classes.withheld).toBe(FOREIGN.includes(type) ? 1 : 0);
  });
});

test('values of vnpy, Python and numpy are plain, at any depth', () => {
  const classes = new PlainClasses(vnpyRegistry, logger);
  const now = PyDateTime.fromDate(new Date(0), PyTimeZone.utc);
  const values = new Map<unknown, unknown>([['now', [now, new Set([Direction.LONG])]]]);
  expect(classes.admits(replace(order('1'), { extra: { values } }))).toBe(true);
  const stopOrder = sample('eCtaStopOrder', vnpyRegistry).data;
  expect(classes.admits(replace(order('1'), { extra: { values: new Map([[1, [stopOrder]]]) } }))).toBe(false);
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect(classes.admits(cycle)).toBe(true);
  expect(classes.admits(Array.from({ length: 200_000 }, (_, index) => [index]))).toBe(false);
});

test('a service leaves them out, counts them, and logs a class once', async () => {
  lines.length = 0;
  const transport = new MemoryTransport();
  const engine = new ScriptedEngine();
  const service = closed(new RpcService(engine, { transport, logger, plainClasses: true, registry: appsRegistry }));
  await service.start('requests', 'events');
  const client = closed(new RpcClient({ transport, registry: appsRegistry }));
  client.subscribe('');
  await client.start('requests', 'events');
  await client.ready();
  const types: string[] = [];
  const seen = (async () => {
    for await (const { data } of client.events()) if (types.push((data as Event).type) === 2) break;
  })();
  const [stopOrder] = eventsOf(readApps('4.5.0'), 'eCtaStopOrder');
  for (let count = 0; count < 2; count++) if (stopOrder !== undefined) engine.emit(stopOrder);
  engine.tellTick(tick(1));
  await seen;
  expect(types).toEqual([EventType.TICK, 'eTick.rb2705.SHFE']);
  expect(service.stats()).toMatchObject({ foreign: 2, withheld: 0 });
  expect(lines.filter((line) => line.includes('vnpy_ctastrategy.base'))).toHaveLength(1);
});
