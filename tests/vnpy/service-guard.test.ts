import { expect, onTestFinished, test, vi } from 'vitest';
import { MemoryTransport, RemoteException, RpcClient, RpcUsageError } from 'vnpy-bridge/rpc';
import type { AccessPeer } from 'vnpy-bridge/rpc';
import { CancelRequest, Event, EventType, Exchange, RpcService, SendOrderError, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { EngineGuard, RpcServiceOptions, TradingEngine, LogData } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, order, orderRequest, tick } from './support.js';

// The seam between a service and a guard.

/** Lets everybody in, and asks the test about the rest. */
class FakeGuard implements EngineGuard {
  readonly refuseOrders: 'empty' | 'exception';
  readonly addresses = [];
  readonly attached: TradingEngine[] = [];
  readonly asked: (readonly [principal: string, type: string])[] = [];
  readonly #late = new Set<(principal: string, event: Event) => void>();
  readonly access = {
    admit: ({ socket }: AccessPeer) => ({ principal: socket === 'request' ? 'desk' : this.subscriber }),
    decide: () => undefined,
    closed: () => undefined,
  };

  /** @param subscriber - who the connections for events are. */
  constructor(
    readonly subscriber = 'desk',
    refuseOrders: 'empty' | 'exception' = 'empty',
  ) {
    this.refuseOrders = refuseOrders;
  }

  attach(engine: TradingEngine): Promise<void> {
    this.attached.push(engine);
    return Promise.resolve();
  }

  engineFor(principal: string, engine: TradingEngine): TradingEngine {
    return new Proxy(engine, {
      get: (target, name) =>
        name === 'sendOrder'
          ? () =>
              Promise.reject(
                new SendOrderError('refused', `[symbol] not for ${principal}`, {
                  reference: 'r',
                  cause: new TypeError('the cause'),
                }),
              )
          : name === 'getAllOrders'
            ? () => []
            : (Reflect.get(target, name) as unknown),
    });
  }

  sees(principal: string, event: Event): boolean {
    this.asked.push([principal, event.type]);
    return event.type !== EventType.ORDER;
  }

  onLate(listener: (principal: string, event: Event) => void): () => void {
    this.#late.add(listener);
    return () => this.#late.delete(listener);
  }

  late(principal: string, event: Event): void {
    for (const listener of this.#late) listener(principal, event);
  }
}

async function served(
  guard: FakeGuard,
  options: RpcServiceOptions = {},
): Promise<{ engine: ScriptedEngine; client: RpcClient; seen: Event[]; until: (type: string) => Promise<void> }> {
  const engine = new ScriptedEngine();
  const transport = new MemoryTransport();
  const service = new RpcService(engine, { transport, guard, ...options });
  await service.start('requests', 'events');
  const client = new RpcClient({ transport, registry: vnpyRegistry });
  onTestFinished(async () => {
    await client.stop();
    await service.stop();
  });
  client.subscribe('');
  const seen: Event[] = [];
  client.on('event', ({ data }) => {
    if (data instanceof Event) seen.push(data);
  });
  await client.start('requests', 'events');
  await client.ready();
  const until = async (type: string): Promise<void> => {
    await vi.waitFor(() => {
      expect(types(seen)).toContain(type);
    });
  };
  return { engine, client, seen, until };
}

const types = (events: readonly Event[]): string[] => events.map(({ type }) => type);

test('the guard learns the engine before anybody is served', async () => {
  const guard = new FakeGuard();
  const { engine } = await served(guard);
  expect(guard.attached).toEqual([engine]);
});

test('answers are those of the engine as the caller may use it', async () => {
  const { engine, client } = await served(new FakeGuard());
  engine.orders.push(order('1'));
  expect(await client.call('get_all_orders')).toEqual([]);
});

test('an order that is refused is answered with an empty id and a log event', async () => {
  const { client, seen, until } = await served(new FakeGuard());
  expect(await client.call('send_order', [orderRequest(), 'CTP'])).toBe('');
  await until(EventType.LOG);
  expect(seen.map(({ data }) => (data as LogData).msg)).toContain('send_order: [symbol] not for desk');
});

test('or with the exception that the guard gave', async () => {
  const { client } = await served(new FakeGuard('desk', 'exception'));
  const failure = await client.call('send_order', [orderRequest(), 'CTP']).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RemoteException);
  expect(failure).toMatchObject({ type: 'TypeError', message: expect.stringContaining('the cause') as string });
});

test('events go to whoever may see them, and the guard is asked once for both that vnpy sends', async () => {
  const guard = new FakeGuard();
  const { engine, seen, until } = await served(guard);
  engine.emit(new Event(EventType.ORDER, order('1')));
  engine.emit(new Event(EventType.TICK, tick(3500)));
  await until('eTick.rb2705.SHFE');
  expect(types(seen)).toEqual(['eTick.', 'eTick.rb2705.SHFE']);
  expect(guard.asked).toEqual([
    ['desk', EventType.ORDER],
    ['desk', EventType.TICK],
  ]);
});

test('an event that is told late comes to its principal alone', async () => {
  const guard = new FakeGuard();
  const { seen, until } = await served(guard);
  guard.late('somebody-else', new Event(EventType.ORDER, order('1')));
  guard.late('desk', new Event(EventType.ORDER, order('2')));
  await until('eOrder.CTP.2');
  expect(types(seen)).toEqual(['eOrder.', 'eOrder.CTP.2']);
});

test('a marker of findOrder is heard by who asked for it', async () => {
  const marker = 'vnpy-bridge-findOrder-012345';
  const cancel = new CancelRequest({ orderid: marker, symbol: 'x', exchange: Exchange.LOCAL });
  for (const subscriber of ['desk', 'somebody-else']) {
    const { engine, client, seen, until } = await served(new FakeGuard(subscriber));
    engine.onMarker = (gatewayName) => {
      engine.tellLog(`no gateway ${gatewayName}`);
      engine.tellTick(tick(3500));
    };
    await client.call('cancel_order', [cancel, marker]);
    await until(EventType.TICK);
    expect(types(seen).includes(EventType.LOG)).toBe(subscriber === 'desk');
  }
});

test('guard and access together are refused', () => {
  const guard = new FakeGuard();
  expect(() => new RpcService(new ScriptedEngine(), { guard, access: guard.access })).toThrow(RpcUsageError);
});
