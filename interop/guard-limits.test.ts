/**
 * Every limit at a real vnpy, through a guarded relay: the order at the limit passes, and the next one is refused. What the
 * server has taken is counted at the server. Each limit has a principal of its own.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { generateCurveKeyPair } from 'vnpy-bridge/rpc';
import type { CurveKeyPair } from 'vnpy-bridge/rpc';
import { Direction, Exchange, Offset, SendOrderError, SubscribeRequest } from 'vnpy-bridge/vnpy';
import type { OrderRequestInit, RpcGateway } from 'vnpy-bridge/vnpy';
import {
  addressesFor,
  cancelOf,
  clear,
  logsOf,
  nodeClient,
  openRelay,
  ownAddresses,
  PolicyHome,
  pythonOrder,
  resting,
  taken,
} from './guard-support.js';
import type { OwnAddresses, Relay } from './guard-support.js';
import { joined, PATIENCE, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';
import { next } from './vnpy-support.js';

const SIM = { gatewayName: 'SIM' };

/** rb2705 at the simulated exchange: 10 tons a lot, and ten percent around 3500. */
const SIZE = 10;
const [LIMIT_DOWN, LIMIT_UP] = [3150, 3850];

const LIMITS = {
  orderNotional: { orderNotional: { CNY: 2 * LIMIT_UP * SIZE } },
  priceBand: { priceBand: { aggressive: 0.5 } },
  messagesPerSecond: { messagesPerSecond: 3 },
  messagesPerDay: { messagesPerDay: 3 },
  ordersPerDay: { ordersPerDay: { perSymbol: 2 } },
  cancelsPerDay: { cancelsPerDay: { perSymbol: 1 } },
  largeCancels: { largeCancels: { lots: 2, max: 1 } },
  positionVolume: { positionVolume: { perSymbol: 3 } },
  closeOnly: { closeOnly: true },
  openVolumePerDay: { openVolumePerDay: 4 },
  openOrders: { openOrders: 2 },
  selfTrade: { selfTrade: 'refuse' },
  duplicates: { duplicates: { count: 2, within: 60_000 } },
  lossPerDay: { lossPerDay: 1 },
  refusals: { orderVolume: 1, refusals: { count: 2, then: 'halt' } },
  account: {},
  python: { orderVolume: 2, ordersPerDay: 2 },
} as const;

type Name = keyof typeof LIMITS;
const NAMES = Object.keys(LIMITS) as Name[];

describe.each(['4.5', '4.4'] as const)('vnpy %s', (vnpy) => {
  let server: Peer;
  let home: PolicyHome;
  let relay: Relay;
  let pythonAt: OwnAddresses;
  const keys = new Map<Name, CurveKeyPair>();
  const clients = new Map<Name, RpcGateway>();

  const policyOf = (accounts: object): object => ({
    version: 1,
    audit: 'audit.jsonl',
    accounts,
    roles: Object.fromEntries(
      NAMES.map((name) => [
        name,
        { functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'], see: 'own', limits: LIMITS[name] },
      ]),
    ),
    principals: Object.fromEntries(
      NAMES.map((name) => [
        name,
        { roles: [name], ...(name === 'python' ? { listen: pythonAt } : { curveKey: keys.get(name)?.publicKey }) },
      ]),
    ),
  });

  /** The client that is the principal of this name. */
  const desk = (name: Name): RpcGateway => {
    const client = clients.get(name);
    if (client === undefined) throw new Error(`${name} has no client`);
    return client;
  };

  beforeAll(async () => {
    server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '2'], journal: true });
    pythonAt = await ownAddresses();
    for (const name of NAMES) keys.set(name, await generateCurveKeyPair());
    home = new PolicyHome(policyOf({}));
    relay = await openRelay(server, home.path);
    await relay.upstream.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), SIM);
    // An account is told of once a second: from then on everybody hears.
    const connected = [...keys].map(async ([name, pair]) => {
      if (name === 'python') return;
      const client = await nodeClient(relay, pair);
      clients.set(name, client);
      await next(client, 'account');
    });
    await Promise.all(connected);
    await vi.waitFor(() => {
      expect(relay.upstream.ticks.get('rb2705.SHFE')).toBeDefined();
    }, PATIENCE);
  });

  afterAll(async () => {
    for (const client of clients.values()) await client.close();
    await relay.close();
    home.remove();
  });

  /** Sends it. @returns the rule that refused with its numbers, or `passed`: then the server has it. */
  const says = async (client: RpcGateway, changes: Partial<OrderRequestInit> = {}): Promise<string> => {
    const before = taken(server).length;
    try {
      const id = await client.sendOrder(resting(changes), SIM);
      expect(taken(server, (line) => line['id'] === id)).toHaveLength(1);
      return 'passed';
    } catch (error) {
      expect(error).toBeInstanceOf(SendOrderError);
      const { outcome, rule, value, limit } = error as SendOrderError;
      expect(outcome).toBe('refused');
      expect(taken(server)).toHaveLength(before);
      return [rule, value, limit].filter((part) => part !== undefined).join(' ');
    }
  };

  /** Bought at whatever is asked for: filled at once. */
  const buy = (volume: number): Partial<OrderRequestInit> => ({ price: LIMIT_UP, volume });
  const sell = (volume: number, offset: Offset = Offset.CLOSETODAY): Partial<OrderRequestInit> => ({
    ...{ direction: Direction.SHORT, offset, price: LIMIT_DOWN, volume },
  });

  test('one order: its value, and its price', async () => {
    const valued = desk('orderNotional');
    expect(await says(valued, buy(2))).toBe('passed');
    expect(await says(valued, buy(3))).toBe(`orderNotional ${3 * LIMIT_UP * SIZE} ${2 * LIMIT_UP * SIZE}`);
    const priced = desk('priceBand');
    expect(await says(priced, buy(1))).toBe('passed');
    expect(await says(priced, { ...buy(1), price: LIMIT_UP + 1 })).toBe(`priceBand ${LIMIT_UP + 1} ${LIMIT_UP}`);
    expect(await says(priced, { price: LIMIT_DOWN })).toBe('passed');
    expect(await says(priced, { price: LIMIT_DOWN - 1 })).toBe(`priceBand ${LIMIT_DOWN - 1} ${LIMIT_DOWN}`);
  });

  test('messages of a second: refused, and not delayed', async () => {
    const client = desk('messagesPerSecond');
    const said = await Promise.all([3200, 3201, 3202, 3203].map((price) => client.sendOrder(resting({ price }), SIM).catch((error: unknown) => error))); // prettier-ignore
    const refused = said.filter((answer) => typeof answer !== 'string');
    expect(refused).toMatchObject([{ rule: 'messagesPerSecond', value: 4, limit: 3 }]);
    await expect.poll(() => says(client), PATIENCE).toBe('passed');
  });

  test('orders, messages and cancels of a day', async () => {
    const orders = desk('ordersPerDay');
    expect([await says(orders), await says(orders), await says(orders)]).toEqual([
      'passed',
      'passed',
      'ordersPerDay 3 2',
    ]);
    const messages = desk('messagesPerDay');
    const cancels = desk('cancelsPerDay');
    const large = desk('largeCancels');
    for (const [client, volume] of [
      [messages, 1],
      [cancels, 1],
      [large, 2],
    ] as const) {
      const id = await client.sendOrder(resting({ volume }), SIM);
      await client.cancelOrder(cancelOf(id), SIM);
    }
    expect(await says(messages)).toBe('passed');
    expect(await says(messages)).toBe('messagesPerDay 4 3');
    expect(await says(cancels)).toBe('cancelsPerDay 2 1');
    expect(await says(large, { volume: 2 })).toBe('largeCancels 2 1');
    expect(await says(large, { volume: 1 })).toBe('passed');
    // At its limit a cancel passes all the same.
    const active = (): readonly string[] =>
      [...messages.orders.values()].filter((order) => order.isActive()).map((order) => order.vt_orderid);
    await expect.poll(active, PATIENCE).toHaveLength(1);
    const [working = ''] = active();
    await messages.cancelOrder(cancelOf(working), SIM);
    await expect.poll(() => messages.orders.get(working)?.isActive(), PATIENCE).toBe(false);
  });

  test('positions, and lots opened', async () => {
    const holder = desk('positionVolume');
    expect([await says(holder, buy(2)), await says(holder)]).toEqual(['passed', 'passed']);
    expect(await says(holder)).toBe('positionVolume 4 3');
    const opener = desk('openVolumePerDay');
    expect([await says(opener, buy(4)), await says(opener)]).toEqual(['passed', 'openVolumePerDay 5 4']);
    const closer = desk('closeOnly');
    expect(await says(closer)).toBe('closeOnly');
    await expect.poll(() => says(closer, sell(1)), PATIENCE).toBe('passed');
    expect(await says(closer, sell(1000))).toMatch(/^(shape|closeOnly)/);
    const crowded = desk('openOrders');
    expect([await says(crowded), await says(crowded), await says(crowded)]).toEqual([
      'passed',
      'passed',
      'openOrders 3 2',
    ]);
    // What closes passes where an opening order is refused.
    await expect.poll(() => says(crowded, sell(1)), PATIENCE).toBe('passed');
  });

  test('orders that cross, and that repeat', async () => {
    const other = desk('account');
    expect(await says(other, { ...sell(1, Offset.OPEN), price: 3840 })).toBe('passed');
    const crossing = desk('selfTrade');
    expect(await says(crossing, { price: 3840 })).toBe('selfTrade');
    expect(await says(crossing, { price: 3839 })).toBe('passed');
    const repeating = desk('duplicates');
    expect([await says(repeating), await says(repeating)]).toEqual(['passed', 'passed']);
    expect(await says(repeating, { reference: 'another' })).toBe('duplicates 3 2');
    expect(await says(repeating, { price: 3199 })).toBe('passed');
  });

  test('a loss, and refusals: a person has to look', async () => {
    const client = desk('lossPerDay');
    expect(await says(client, buy(20))).toBe('passed');
    // It is sold below what it was bought for, some time.
    let said = 'passed';
    for (let times = 0; times < 20 && said === 'passed'; times++) {
      said = await says(client, sell(1));
      if (said === 'passed') said = await says(client, buy(1));
    }
    expect(said).toMatch(/^(lossPerDay [\d.]+ 1|halt)$/);
    await expect
      .poll(() => relay.guard.status().halts, PATIENCE)
      .toMatchObject([{ who: 'lossPerDay', level: 'reduce' }]);
    expect(await says(client, buy(1))).toBe('halt');
    await expect.poll(() => says(client, sell(1)), PATIENCE).toBe('passed');
    const stubborn = desk('refusals');
    expect(await says(stubborn)).toBe('passed');
    expect([await says(stubborn, { volume: 2 }), await says(stubborn, { volume: 2 })]).toEqual(
      Array(2).fill('orderVolume 2 1'),
    );
    await expect.poll(() => says(stubborn), PATIENCE).toBe('halt');
    await relay.guard.resume({ id: 'all', by: 'a person', reason: 'seen to' });
    expect(await says(stubborn)).toBe('passed');
  });

  test('of an account, which all principals share', async () => {
    await clear(server);
    home.write(policyOf({ 'SIM.*': { limits: { openOrders: { perSymbol: 2 }, selfTrade: 'refuse' } } }));
    await expect.poll(() => relay.guard.status().policy.generation, PATIENCE).toBe(2);
    const [one, two] = [desk('account'), desk('priceBand')];
    await expect.poll(() => says(one), PATIENCE).toBe('passed');
    expect([await says(two), await says(two), await says(one)]).toEqual(['passed', 'openOrders 3 2', 'openOrders 3 2']);
    await clear(server);
    await expect.poll(() => says(two, { ...sell(1, Offset.OPEN), price: 3840 }), PATIENCE).toBe('passed');
    expect(await says(one, { price: 3840 })).toBe('selfTrade');
    expect(await says(one, { price: 3200 })).toBe('passed');
  });

  test('an unmodified Python hears of the same', async () => {
    await clear(server);
    const { generation } = relay.guard.status().policy;
    home.write(policyOf({}));
    await expect.poll(() => relay.guard.status().policy.generation, PATIENCE).toBeGreaterThan(generation);
    const python = await startPeer({ script: 'gateway_client', vnpy, addresses: addressesFor(vnpy, pythonAt), args: ['--connect'] }); // prettier-ignore
    // What it is told goes another way than its answers: a line before that way stands would be lost.
    await joined(server, python);
    const said = [3, 2, 1, 1].map((volume) => pythonOrder({ volume, reference: 'python' }));
    const answers: unknown[] = [];
    for (const order of said) answers.push(await python.command('send_order', order));
    expect(answers.map((id) => id !== '')).toEqual([false, true, true, false]);
    expect(taken(server, (line) => line['reference'] === 'python')).toHaveLength(2);
    await expect
      .poll(() => logsOf(python).filter((line) => line.includes('[')), PATIENCE)
      .toEqual([
        expect.stringContaining("[orderVolume] order volume 3 is more than python's limit of 2"),
        expect.stringContaining("[ordersPerDay] 3 orders today are more than python's limit of 2"),
      ]);
  });
});
