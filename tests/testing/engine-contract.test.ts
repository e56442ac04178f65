import { describe, expect, test } from 'vitest';
import { MemoryTransport, engineContract } from 'vnpy-bridge/testing';
import type { EngineUnderTest } from 'vnpy-bridge/testing';
import {
  Direction,
  Event,
  Exchange,
  JoinedEngine,
  Offset,
  OrderRequest,
  OrderType,
  RpcGateway,
  RpcService,
  SimulatedEngine,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { OrderData, TradingEngine } from 'vnpy-bridge/vnpy';
import { RecordedEngine } from '../../src/cli/bridge/replay/recorded-engine.js';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

const LOW = new OrderRequest({
  ...RB,
  direction: Direction.LONG,
  offset: Offset.OPEN,
  type: OrderType.LIMIT,
  price: 3400,
  volume: 2,
  reference: 'mine',
});

function withMarket<Engine extends SimulatedEngine>(engine: Engine): Engine {
  const book = { bid_price_1: 3499, bid_volume_1: 5, ask_price_1: 3501, ask_volume_1: 5 };
  engine.giveTick(new TickData({ ...RB, gateway_name: 'SIM', datetime: new Date(), last_price: 3500, ...book }));
  return engine;
}

function subject(engine: TradingEngine): EngineUnderTest {
  return { engine, gatewayName: 'SIM', order: LOW, rests: true, patience: 200 };
}

async function overMemory(): Promise<EngineUnderTest> {
  const transport = new MemoryTransport();
  const service = new RpcService(withMarket(new SimulatedEngine()), { transport, gracePeriod: 1 });
  await service.start('requests', 'events');
  const gateway = new RpcGateway({ transport });
  await gateway.connect('requests', 'events');
  const close = async (): Promise<void> => {
    await gateway.close();
    await service.stop();
  };
  return { ...subject(gateway), patience: 5000, close };
}

/** The second of two servers, which have the same contracts. */
function joined(): EngineUnderTest {
  const [first, second] = [withMarket(new SimulatedEngine()), withMarket(new SimulatedEngine({ seed: 2 }))];
  return { ...subject(new JoinedEngine({ first, second })), gatewayName: 'second:SIM' };
}

async function joinedOverMemory(): Promise<EngineUnderTest> {
  const [first, second] = [await overMemory(), await overMemory()];
  const close = async (): Promise<void> => {
    await first.close?.();
    await second.close?.();
  };
  const engine = new JoinedEngine({ first: first.engine, second: second.engine });
  return { ...subject(engine), gatewayName: 'first:SIM', patience: 5000, close };
}

function recorded(): EngineUnderTest {
  const engine = new RecordedEngine();
  engine.applyAnswer('get_all_contracts', [true, new SimulatedEngine().getAllContracts()]);
  return { engine, gatewayName: 'SIM' };
}

describe('an engine of this package keeps the contract of engines', () => {
  describe.each([
    ['SimulatedEngine', () => subject(withMarket(new SimulatedEngine()))],
    ['RecordedEngine', recorded],
    ['RpcGateway', overMemory],
    ['JoinedEngine', joined],
    ['JoinedEngine of gateways', joinedOverMemory],
  ] as const)('%s', (_name, make) => {
    for (const { name, run } of engineContract(make)) test(name, run);
  });
});

type Told = (event: Event) => void;

/** How each engine is wrong, and what is seen of it. */
const WRONG: readonly (readonly [string, (engine: SimulatedEngine) => Partial<TradingEngine>, string])[] = [
  [
    'that lists orders twice',
    (engine) => {
      const all = engine.getAllContracts();
      return { getAllContracts: () => [...all, ...all] };
    },
    'gives something twice',
  ],
  [
    'that knows every order',
    (engine) => ({ getTrade: () => engine.trades.values().next().value ?? (5 as never) }),
    'no-such-id is 5',
  ],
  ['of which no order is active', () => ({ getAllActiveOrders: () => [] }), 'instead of SIM.'],
  ['that gives one id to all', () => ({ sendOrder: () => 'SIM.1' }), 'two orders got SIM.1'],
  ['that tells nothing', () => ({ on: () => () => undefined }), 'did not come within 200 ms'],
  [
    'that tells events under their ids',
    (engine) => {
      const on = engine.on.bind(engine) as (name: 'event', listener: Told) => () => void;
      const told = ({ type, data }: Event): string =>
        type === 'eOrder.' ? type + (data as OrderData).vt_orderid : type;
      return {
        on: (name, listener) =>
          on(name, (event) => {
            listener(new Event(told(event), event.data));
          }),
      };
    },
    'comes as eOrder.SIM.',
  ],
  [
    'that throws where it refuses',
    (engine) => {
      const send = engine.sendOrder.bind(engine);
      return {
        sendOrder: (request) => {
          if (!engine.contracts.has(request.vt_symbol)) throw new TypeError('no such symbol');
          return send(request);
        },
      };
    },
    'after which nobody knows whether the order exists',
  ],
  ['that forgets to cancel', () => ({ cancelOrder: () => undefined }), 'did not come within 200 ms'],
  [
    'that flushes before it tells',
    (engine) => {
      const on = engine.on.bind(engine) as (name: 'event', listener: Told) => () => void;
      return {
        on: (name, listener) =>
          on(name, (event) => {
            if (event.type === 'eLog') listener(event);
            else setTimeout(listener, 20, event);
          }),
      };
    },
    'the marker came, and order',
  ],
  [
    'that holds on to listeners',
    (engine) => {
      const on = engine.on.bind(engine) as (name: 'event', listener: Told) => () => void;
      return {
        on: (name, listener) => {
          on(name, listener);
          return () => undefined;
        },
      };
    },
    'it was told',
  ],
];

describe('an engine is caught', () => {
  test.each(WRONG)('%s', async (_name, wrong, seen) => {
    const failures: string[] = [];
    const make = (): EngineUnderTest => {
      const engine = withMarket(new SimulatedEngine());
      return subject(Object.assign(engine, wrong(engine)));
    };
    for (const { run } of engineContract(make))
      await run().catch((error: unknown) => failures.push((error as Error).message));
    expect(failures).toContainEqual(expect.stringContaining(seen));
  });
});
