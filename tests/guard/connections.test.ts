import { expect, onTestFinished, test, vi } from 'vitest';
import { Guard, GuardError } from 'vnpy-bridge/guard';
import { MemoryTransport, RemoteException, RpcClient } from 'vnpy-bridge/rpc';
import type { AccessPeer } from 'vnpy-bridge/rpc';
import {
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  RpcGateway,
  RpcService,
  SendOrderError,
  SimulatedEngine,
  SubscribeRequest,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';

import { Connections } from '../../src/guard/core/connections.js';
import { Ruling } from '../../src/guard/core/ruling.js';
import { policyOf } from '../../src/guard/policy/read.js';

// The guard in front of a service, to clients in memory: each of them is `local`.

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const ROLES = {
  trader: {
    functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'],
    see: 'own',
    limits: { orderVolume: 10 },
  },
};

interface Served {
  readonly engine: SimulatedEngine;
  readonly guard: Guard;
  readonly transport: MemoryTransport;
  readonly connect: () => Promise<RpcClient>;
}

async function served(local: object): Promise<Served> {
  const engine = new SimulatedEngine({ seed: 1 });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'SIM');
  engine.step();
  const guard = await Guard.open(
    { version: 1, audit: false, roles: ROLES, principals: { local: { roles: ['trader'], ...local } } },
    { logger: QUIET },
  );
  const transport = new MemoryTransport();
  const service = new RpcService(engine, { transport, guard, logger: QUIET });
  await service.start('requests', 'events');
  onTestFinished(async () => {
    await service.stop();
    await guard.close();
  });
  const connect = async (): Promise<RpcClient> => {
    const client = new RpcClient({ transport, registry: vnpyRegistry, logger: QUIET });
    onTestFinished(() => client.stop());
    await client.start('requests', 'events');
    await client.ready();
    return client;
  };
  return { engine, guard, transport, connect };
}

/** Far below the market: it works until it is cancelled. */
function buy(engine: SimulatedEngine, volume = 1): OrderRequest {
  return new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    type: OrderType.LIMIT,
    volume,
    price: Math.round((engine.getTick('rb2705.SHFE')?.limit_down ?? 0) + 10),
    offset: Offset.OPEN,
  });
}

test('the orders of a principal that stays away are cancelled', async () => {
  const { engine, connect } = await served({ cancelOnDisconnect: 0.05 });
  const client = await connect();
  const id = await client.call<string>('send_order', [buy(engine), 'SIM']);
  expect(engine.getOrder(id)?.isActive()).toBe(true);
  await client.stop();
  await vi.waitFor(
    () => {
      expect(engine.getOrder(id)?.isActive()).toBe(false);
    },
    { timeout: 20_000 },
  );
});

test('and those of one that is back in time are not', async () => {
  const { engine, guard, connect } = await served({ cancelOnDisconnect: 3600 });
  const first = await connect();
  const id = await first.call<string>('send_order', [buy(engine), 'SIM']);
  await first.stop();
  const second = await connect();
  expect(guard.status().connected).toEqual({ local: 1 });
  expect(engine.getOrder(id)?.isActive()).toBe(true);
  expect(await second.call('get_all_orders')).toHaveLength(1);
});

test('a principal whose time is over loses its connections, and comes in no more', () => {
  vi.useFakeTimers({ now: Date.parse('2027-01-01T14:59:59+08:00') });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const policy = policyOf({
    version: 1,
    roles: ROLES,
    principals: { desk: { plainUser: 'desk', roles: ['trader'], until: '2027-01-01T15:00' } },
  });
  const ruling = new Ruling(policy, 1, [], Date.now);
  const away: string[] = [];
  const connections = new Connections({
    ruling: () => ruling,
    now: Date.now,
    refused: () => undefined,
    away: (principal) => away.push(principal),
    back: () => undefined,
  });
  const dropped: string[] = [];
  const peer: AccessPeer = {
    socket: 'request',
    address: '10.0.0.1',
    endpoint: 'tcp://0.0.0.0:2014',
    mechanism: 'plain',
    id: 'desk',
    drop: (reason) => {
      dropped.push(reason);
      connections.closed(peer);
    },
  };
  expect(connections.admit(peer)).toEqual({ principal: 'desk' });
  vi.advanceTimersByTime(999);
  expect(dropped).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(dropped).toEqual([expect.stringContaining('ended at 2027-01-01T07:00:00.000Z')]);
  expect(away).toEqual(['desk']);
  // It may be let in again by another policy: it is not told what makes libzmq give up.
  expect(connections.admit(peer)).toMatchObject({ retry: true });
  expect(connections.decide({ principal: 'desk', address: '', name: 'get_tick', args: [], kwargs: {} })).toBeInstanceOf(
    GuardError,
  );
});

test('a refusal is an exception for a function, and an empty id for an order', async () => {
  const { engine, connect } = await served({});
  const client = await connect();
  expect(await client.call('send_order', [buy(engine, 11), 'SIM'])).toBe('');
  const failure = await client.call('query_history', []).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RemoteException);
  expect(failure).toMatchObject({ type: 'GuardError', message: expect.stringContaining('[function]') as string });
});

test('in Node a refused order says by which rule', async () => {
  const { engine, transport } = await served({});
  const gateway = new RpcGateway({ transport, logger: QUIET });
  onTestFinished(() => gateway.close());
  await gateway.connect('requests', 'events');
  const error = await gateway.sendOrder(buy(engine, 11)).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SendOrderError);
  expect(error).toMatchObject({ outcome: 'refused', message: expect.stringContaining('[orderVolume]') as string });
  expect(error).toMatchObject({ rule: 'orderVolume', limit: 10, value: 11 });
  expect(gateway.orders.size).toBe(0);
});
