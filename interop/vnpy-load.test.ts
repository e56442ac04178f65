import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { RpcGateway, TickData } from 'vnpy-bridge/vnpy';
import { LoopProbe } from './support/loop-probe.js';
import { startPeer } from './support/index.js';
import type { Peer } from './support/index.js';
import { buy, connected, contractOf, next } from './vnpy-support.js';

const SYMBOLS = 500;
/** Ticks a second of each. */
const RATE = 10;
/** Ticks between two looks at the heap, and how many looks. */
const ROUND = 1500;
const ROUNDS = 5;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapAfterCollection(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/**
 * Lets the market stand still until all that it has made has come. On a busy machine it makes more than this program reads:
 * what waits in between is without a bound, and the queues on the way have one.
 */
async function rest(server: Peer, gateway: RpcGateway): Promise<void> {
  await server.command('eval', { code: "setattr(gateway, '_rate', 0.0)" });
  const rested = next(gateway, 'event', ({ type }) => type === 'eRested');
  await server.command('eval', { code: "main_engine.event_engine.put(Event('eRested'))" });
  await rested;
}

const nameOf = (tick: TickData): string => `${tick.vt_symbol} ${tick.datetime.epochMicroseconds}`;

test('20,000 contracts, then 500 symbols at 10 ticks/s each: state right, event loop free, memory flat', async () => {
  const server = await startPeer({
    script: 'vnpy_server',
    args: ['--contracts', '20000', '--rate', String(RATE)],
    readyTimeout: 60_000,
  });
  const loop = new LoopProbe();

  loop.start();
  const gateway = await connected(server.addresses);
  const connecting = loop.stop();
  expect(gateway.contracts.size).toBe(server.ready.contracts);
  expect(connecting.max).toBeLessThan(50);

  const symbols = [...gateway.contracts.keys()].filter((vtSymbol) => vtSymbol.startsWith('sim')).slice(0, SYMBOLS);
  const told = new Set<string>();
  let twice = 0;
  gateway.on('tick', (tick, { fresh }) => {
    // What was asked for after subscribe() may come by the stream yet.
    if (!fresh) return;
    const name = nameOf(tick);
    if (told.has(name)) twice++;
    told.add(name);
  });
  await Promise.all(symbols.map((vtSymbol) => gateway.subscribe(vtSymbol)));

  loop.start();
  const heap: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const enough = gateway.stats().delivered.tick + ROUND;
    await next(gateway, 'tick', () => gateway.stats().delivered.tick >= enough);
    loop.pause();
    heap.push(heapAfterCollection());
    await rest(server, gateway);
    if (round === ROUNDS) break;
    loop.resume();
    await server.command('eval', { code: `setattr(gateway, '_rate', ${RATE}.0)` });
  }
  const flooded = loop.stop();
  expect(flooded.p99).toBeLessThan(20);
  expect(Math.max(...heap.slice(1)) - (heap[0] ?? 0)).toBeLessThan(10);

  const id = await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3700));
  expect((await gateway.waitForOrder(id, { timeout: 90_000 })).status.name).toBe('ALLTRADED');

  // What the server has as its latest ticks has been told, or comes: nothing is lost on the way.
  const latest = await gateway.client.call<TickData[]>('get_all_ticks');
  expect(latest.filter((tick) => symbols.includes(tick.vt_symbol))).toHaveLength(SYMBOLS);
  const missing = new Set(latest.map(nameOf).filter((name) => !told.has(name)));
  if (missing.size > 0) {
    await next(gateway, 'tick', (tick) => {
      missing.delete(nameOf(tick));
      return missing.size === 0;
    });
  }
  expect(twice).toBe(0);
  expect(gateway.stats().client.events).toMatchObject({ undecodable: 0, dropped: 0 });
}, 120_000);
