import { ClusterError } from 'vnpy-bridge/cluster';
import {
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  SendOrderError,
  SimulatedEngine,
} from 'vnpy-bridge/vnpy';
import type { OrderRequestInit } from 'vnpy-bridge/vnpy';
import { describe, expect, test } from 'vitest';
import type { Holding } from '../../../src/cluster/account/holding.js';
import { Journal } from '../../../src/cluster/account/journal.js';
import type { JournalParts } from '../../../src/cluster/account/journal.js';
import { entryOf } from '../../../src/cluster/account/journal-entry.js';
import { LeasedEngine } from '../../../src/cluster/account/leased-engine.js';
import type { LeasedParts } from '../../../src/cluster/account/leased-engine.js';
import { silentLogger } from '../../../src/rpc/logger.js';
import { deferred } from '../../support/deferred.js';
import { EdgeClock, FakeStore, SUBJECTS, World, settle } from './support.js';

const GOOD = { there: 1, back: 1 };
const LOST = { there: 1, back: Infinity };
const CUT = { there: Infinity, back: 1 };

function orderRequest(more: Partial<OrderRequestInit> = {}): OrderRequest {
  return new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    type: OrderType.LIMIT,
    volume: 1,
    price: 3500,
    offset: Offset.OPEN,
    reference: 'cta',
    ...more,
  });
}

/** What the edge may do. */
class Held implements Holding {
  state: Holding['state'] = 'active';
  reason = 'test';
  epoch: number | undefined = 1;
  left = 1000;
  get mayOrder(): boolean {
    return this.state === 'active' && this.left > 0;
  }
  get mayReduce(): boolean {
    return this.left > 0;
  }
  get mayCancel(): boolean {
    return this.left > 0;
  }
  onChange(): () => void {
    return () => undefined;
  }
}

interface Stage {
  readonly world: World;
  readonly store: FakeStore;
  readonly clock: EdgeClock;
  readonly holding: Held;
  readonly journal: Journal;
  readonly leased: LeasedEngine;
  /** The orders that vnpy got. */
  readonly executed: OrderRequest[];
  readonly losses: string[];
  /** How vnpy answers. */
  answer: () => Promise<string>;
}

function stage(
  more: { readonly store?: FakeStore; readonly edge?: string } & Partial<
    Pick<LeasedParts, 'halts' | 'waitsForResult'>
  > = {},
): Stage {
  const { store = new FakeStore(new World()), edge = 'east', ...parts } = more;
  const { world } = store;
  const clock = new EdgeClock(world);
  const holding = new Held();
  const losses: string[] = [];
  const executed: OrderRequest[] = [];
  const journalParts: JournalParts = {
    store: store.client(edge, clock),
    subjects: SUBJECTS,
    clock,
    logger: silentLogger,
    timeout: 500,
    limit: 1000,
    retention: 7 * 86_400_000,
    onLoss: (reason) => losses.push(reason),
  };
  const journal = new Journal(journalParts);
  const engine = new SimulatedEngine();
  const self: Stage = {
    world,
    store,
    clock,
    holding,
    journal,
    executed,
    losses,
    answer: () => Promise.resolve(`SIM.${edge}-${executed.length}`),
    leased: new LeasedEngine({
      engine: new Proxy(engine, {
        get: (target, name) => {
          if (name === 'sendOrder') {
            return (request: OrderRequest) => {
              executed.push(request);
              return self.answer();
            };
          }
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
      holding,
      journal,
      halts: { refusal: () => undefined },
      clock,
      logger: silentLogger,
      edge,
      waitsForResult: false,
      ...parts,
    }),
  };
  return self;
}

/** What comes of a promise while time passes. */
async function outcome(world: World, promise: Promise<unknown>, ms = 5000): Promise<unknown> {
  const settled = promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  await world.advance(ms);
  return Promise.race([settled, settle().then(() => 'nothing')]);
}

/** What a refusal says, and all else as it is. */
function refusal(error: unknown): unknown {
  if (!(error instanceof SendOrderError)) return error;
  return { outcome: error.outcome, code: error.cause instanceof ClusterError ? error.cause.code : undefined };
}

/** The messages of the journal, in order. */
function written(store: FakeStore): readonly string[] {
  return store.stream('ordlog').map(({ payload, seq }) => entryOf(payload, seq)?.result?.outcome ?? 'intent');
}

describe('one key', () => {
  test('is one order, written down before and after', async () => {
    const { leased, executed, store, world } = stage();
    expect(await outcome(world, leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }))).toBe('SIM.east-1');
    expect(executed).toHaveLength(1);
    expect(written(store)).toEqual(['intent', 'sent']);
  });

  test('sent again is answered as the first time, and is not sent', async () => {
    const { leased, executed, world } = stage();
    await outcome(world, leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    expect(await outcome(world, leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }))).toBe('SIM.east-1');
    expect(executed).toHaveLength(1);
  });

  test('sent again while it is under way waits for the same answer', async () => {
    const self = stage();
    const answered = deferred<string>();
    self.answer = () => answered.promise;
    const sendings = [1, 2, 3].map(() => self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    await self.world.advance(100);
    answered.resolve('SIM.7');
    expect(await Promise.all(sendings)).toEqual(['SIM.7', 'SIM.7', 'SIM.7']);
    expect(self.executed).toHaveLength(1);
  });

  test.each<[string, Partial<OrderRequestInit>]>([
    ['symbol', { symbol: 'rb2710' }],
    ['exchange', { exchange: Exchange.DCE }],
    ['direction', { direction: Direction.SHORT }],
    ['type', { type: OrderType.FAK, price: 3500 }],
    ['volume', { volume: 2 }],
    ['price', { price: 3501 }],
    ['offset', { offset: Offset.CLOSE }],
    ['reference', { reference: 'cta-2' }],
  ])('with another %s is refused', async (_, change) => {
    const { leased, executed, world } = stage();
    await outcome(world, leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    const second = await outcome(world, leased.sendOrder(orderRequest(change), 'CTP', { key: 'a' }));
    expect(refusal(second)).toEqual({ outcome: 'refused', code: 'KEY_REUSED' });
    expect(executed).toHaveLength(1);
  });

  test('of another principal or gateway is refused, under way or not', async () => {
    const { leased, executed, world } = stage();
    const first = leased.sendOrder(orderRequest(), 'CTP', { key: 'a', principal: 'desk-1' });
    const underWay = leased.sendOrder(orderRequest(), 'CTP', { key: 'a', principal: 'desk-2' });
    expect(refusal(await outcome(world, underWay))).toMatchObject({ code: 'KEY_REUSED' });
    await first;
    const after = leased.sendOrder(orderRequest(), 'XTP', { key: 'a', principal: 'desk-1' });
    expect(refusal(await outcome(world, after))).toMatchObject({ code: 'KEY_REUSED' });
    expect(executed).toHaveLength(1);
  });

  test('is one order at two edges', async () => {
    const east = stage();
    const west = stage({ store: east.store, edge: 'west' });
    const sendings = [east, west].map(({ leased }) =>
      outcome(east.world, leased.sendOrder(orderRequest(), 'CTP', { key: 'a' })),
    );
    const [one, other] = await Promise.all(sendings);
    expect(east.executed.length + west.executed.length).toBe(1);
    const answers = [refusal(one), refusal(other)];
    expect(answers).toContainEqual(east.executed.length === 1 ? 'SIM.east-1' : 'SIM.west-1');
    // The other one has found the intent, and perhaps the answer. It reads the rest, as an edge that takes over does.
    await outcome(east.world, Promise.all([east, west].map(({ journal }) => journal.catchUp())));
    const again = [east, west].map(({ leased }) => leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    expect(await outcome(east.world, Promise.all(again))).toEqual([answers.find(isText), answers.find(isText)]);
  });

  test('whose order was not taken by vnpy is not sent again', async () => {
    const self = stage();
    self.answer = () => Promise.resolve('');
    expect(await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }))).toBe('');
    expect(await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }))).toBe('');
    expect(self.executed).toHaveLength(1);
  });

  test('of which nobody knows what became of it is not sent again', async () => {
    const self = stage();
    self.answer = () => Promise.reject(new Error('vnpy is silent'));
    await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    const again = await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    expect(refusal(again)).toMatchObject({ outcome: 'unknown' });
    expect(self.executed).toHaveLength(1);
    expect(written(self.store)).toEqual(['intent', 'unknown']);
  });

  test('that was certainly not sent may be sent again', async () => {
    const self = stage();
    const { holding, world } = self;
    const first = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
    holding.left = 0.5;
    await settle();
    holding.left = 0;
    expect(refusal(await outcome(world, first))).toEqual({ outcome: 'not-sent', code: 'NOT_ACTIVE' });
    holding.left = 1000;
    expect(await outcome(world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }))).toBe('SIM.east-1');
    expect(written(self.store)).toEqual(['intent', 'not-sent', 'intent', 'sent']);
  });
});

test('orders without a key are different orders, though they are equal', async () => {
  const { leased, executed, world } = stage();
  const sendings = Array.from({ length: 20 }, () => leased.sendOrder(orderRequest(), 'CTP'));
  await outcome(world, Promise.all(sendings));
  expect(executed).toHaveLength(20);
});

test('an order without a reference gets one, by which it is found', async () => {
  const { leased, executed, world } = stage();
  await outcome(world, leased.sendOrder(orderRequest({ reference: '' }), 'CTP', { key: 'a' }));
  const reference = executed[0]?.reference ?? '';
  expect(reference).not.toBe('');
  const found = leased.findByReference(reference);
  expect(await outcome(world, found)).toMatchObject([{ key: 'a', result: { outcome: 'sent' } }]);
});

describe('in the turn in which it would leave, an order is kept back', () => {
  test('when the lease is over', async () => {
    const self = stage();
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
    await settle();
    self.holding.left = 0;
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'NOT_ACTIVE' });
    expect(self.executed).toHaveLength(0);
  });

  test('when it is another tenure', async () => {
    const self = stage();
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
    await settle();
    self.holding.epoch = 2;
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'NOT_ACTIVE' });
    expect(self.executed).toHaveLength(0);
  });

  test('after its deadline', async () => {
    const self = stage();
    self.store.fault = () => ({ there: 1, back: 200 });
    const deadline = self.clock.now() + 150;
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a', deadline });
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'EXPIRED' });
    expect(self.executed).toHaveLength(0);
  });

  test('by a halt', async () => {
    const reasons: string[] = [];
    const self = stage({ halts: { refusal: () => reasons[0] } });
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
    await settle();
    reasons.push('mei says so');
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'HALTED' });
    expect(self.executed).toHaveLength(0);
  });

  test('while the edge recovers, unless it reduces', async () => {
    const self = stage();
    self.holding.state = 'recovering';
    const sending = self.leased.sendOrder(orderRequest(), 'CTP');
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'RECOVERING' });
    const exit = self.leased.sendOrder(orderRequest(), 'CTP', { reduces: true });
    expect(await outcome(self.world, exit)).toBe('SIM.east-1');
  });
});

describe('the store', () => {
  test.each([
    ['does not answer: the order is refused, and its key is free again', LOST],
    ['is not reached: the order is refused, and its key is free again', CUT],
  ])('%s', async (_, fault) => {
    const self = stage();
    self.store.fault = () => fault;
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'JOURNAL' });
    expect(self.executed).toHaveLength(0);
    self.store.fault = () => GOOD;
    await self.world.advance(10_000);
    expect(written(self.store).at(-1)).toBe('not-sent');
    expect(await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }))).toBe('SIM.east-1');
  });

  test('that gets an intent late, after it was given up, does not take it', async () => {
    const self = stage();
    let count = 0;
    self.store.fault = () => (count++ === 0 ? { there: 3000, back: 1 } : GOOD);
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
    await outcome(self.world, sending, 10_000);
    expect(written(self.store)).toEqual(['not-sent']);
  });

  test('loses the answer to a result: it is there once', async () => {
    const self = stage();
    let count = 0;
    self.store.fault = () => (count++ === 1 ? LOST : GOOD);
    await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }), 20_000);
    expect(written(self.store)).toEqual(['intent', 'sent']);
    expect(self.journal.pending).toBe(0);
  });

  test('that is slow at results does not delay an answer, unless it is wanted so', async () => {
    for (const waitsForResult of [false, true]) {
      const self = stage({ waitsForResult });
      let count = 0;
      self.store.fault = () => (count++ === 1 ? { there: 100, back: 100 } : GOOD);
      const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
      const early = await outcome(self.world, sending, 50);
      expect(early).toBe(waitsForResult ? 'nothing' : 'SIM.east-1');
      expect(await outcome(self.world, sending)).toBe('SIM.east-1');
    }
  });

  test('that went backwards is told, and the order is refused', async () => {
    const self = stage();
    await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    self.store.rollBack('ordlog', 0);
    const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'b' });
    expect(refusal(await outcome(self.world, sending))).toEqual({ outcome: 'not-sent', code: 'JOURNAL' });
    expect(self.losses).toHaveLength(1);
    expect(self.executed).toHaveLength(1);
  });

  test('has another order in place of the one that was seen', async () => {
    const self = stage();
    await outcome(self.world, self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' }));
    const { mark } = self.journal;
    expect(mark?.seq).toBe(2);
    if (mark === undefined) return;
    expect(await outcome(self.world, self.journal.missing(mark))).toBeUndefined();
    self.store.rollBack('ordlog', 0);
    const other = stage({ store: self.store, edge: 'west' });
    await outcome(self.world, other.leased.sendOrder(orderRequest(), 'CTP', { key: 'b' }));
    expect(self.store.seqOf('ordlog')).toBe(2);
    expect(await outcome(self.world, self.journal.missing(mark))).toContain('went backwards');
  });
});

test('a key is known to an edge that reads the journal', async () => {
  const east = stage();
  await outcome(east.world, east.leased.sendOrder(orderRequest(), 'CTP', { key: 'a', principal: 'desk-1' }));
  const west = stage({ store: east.store, edge: 'west' });
  await outcome(east.world, west.journal.catchUp());
  expect(west.leased.known('a', orderRequest(), 'CTP', 'desk-1')).toBe('SIM.east-1');
  expect(west.leased.known('b', orderRequest(), 'CTP', 'desk-1')).toBeUndefined();
  expect(() => west.leased.known('a', orderRequest(), 'CTP', 'desk-2')).toThrow('KEY_REUSED');
});

test('the index forgets the oldest orders', () => {
  const self = stage();
  const limit = 1000;
  for (let count = 0; count <= limit; count++) {
    const entry = { ...ENTRY, key: `k${count}`, seq: count + 1, reference: `r${count}` };
    self.journal.index.take(entry);
  }
  expect(self.journal.index.size).toBe(limit);
  expect(self.journal.index.get('k0')).toBeUndefined();
  expect(self.journal.index.withReference('r0')).toEqual([]);
  expect(self.journal.index.get(`k${limit}`)).toBeDefined();
});

test('draining waits for orders under way, and tells when they do not end', async () => {
  const self = stage();
  const answered = deferred<string>();
  self.answer = () => answered.promise;
  const sending = self.leased.sendOrder(orderRequest(), 'CTP', { key: 'a' });
  await self.world.advance(100);
  expect(await outcome(self.world, self.leased.drain(1000))).toBe(false);
  const draining = self.leased.drain(1000);
  answered.resolve('SIM.1');
  expect(await outcome(self.world, draining)).toBe(true);
  await sending;
});

const ENTRY = {
  key: 'a',
  id: 'i',
  principal: 'desk-1',
  edge: 'east',
  epoch: 1,
  at: 0,
  gateway: 'CTP',
  reference: 'cta',
  order: {
    symbol: 'rb2705',
    exchange: 'SHFE',
    direction: 'LONG',
    type: 'LIMIT',
    volume: '1',
    price: '3500',
    offset: 'OPEN',
    reference: 'cta',
  },
  seq: 1,
  result: undefined,
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
