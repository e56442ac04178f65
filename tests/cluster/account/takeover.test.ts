import { describe, expect, onTestFinished, test } from 'vitest';
import { haltAccount } from '../../../src/cluster/admin/control.js';
import { Direction, Offset, replace, SendOrderError, Status } from 'vnpy-bridge/vnpy';
import type { ScriptedEngine } from '../../vnpy/support.js';
import { order, orderRequest, position } from '../../vnpy/support.js';
import { memoryFile } from './support.js';
import { Takeover } from './takeover-support.js';
import type { GuardedEdge } from './takeover-support.js';

// One edge fails, and another one takes the account over: its guard knows what the first one's knew.

const POLICY = {
  version: 1,
  roles: { trader: { functions: ['send_order', 'cancel_order', 'get_*'], limits: { ordersPerDay: 3, openOrders: 2 } } },
  principals: { 'desk-1': { roles: ['trader'], webUser: 'li' }, 'desk-2': { roles: ['trader'], webUser: 'mei' } },
  audit: false,
};

const failureOf = async (sending: Promise<unknown>): Promise<SendOrderError> => {
  const failure: unknown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SendOrderError);
  return failure as SendOrderError;
};

/** Every cancel is done, and told. */
function cancelling(broker: ScriptedEngine): void {
  broker.hooks.set('cancel_order', () => {
    const [request] = broker.cancels.at(-1) ?? [];
    const found = broker.orders.find(({ orderid }) => orderid === request?.orderid);
    if (found !== undefined) broker.tellOrder(replace(found, { status: Status.CANCELLED }));
  });
}

describe('the counts of the guard', () => {
  test('are those of the edge that failed', async () => {
    const scene = new Takeover(POLICY);
    const east = await scene.edge('east');
    await scene.active(east);
    await scene.during(east.send('desk-1', orderRequest({ reference: 'a' }), 'k-a'));
    await scene.during(east.send('desk-1', orderRequest({ reference: 'b', price: 3490 }), 'k-b'));
    const west = await scene.edge('west');
    await scene.fail('east', 'west');
    await scene.active(west);
    // Both still work, and hold the places of open orders.
    const full = await failureOf(scene.during(west.send('desk-1', orderRequest({ price: 3480 }), 'k-c')));
    expect(full).toMatchObject({ outcome: 'refused', message: expect.stringContaining('open') as string });
    // Another one's are its own.
    await scene.during(west.send('desk-2', orderRequest({ price: 3470 }), 'k-d'));
    for (const { orderid } of scene.broker.orders.filter(({ reference }) => reference === 'a'))
      scene.broker.tellOrder(order(orderid, { reference: 'a', status: Status.CANCELLED }));
    await scene.during(west.send('desk-1', orderRequest({ price: 3480 }), 'k-e'));
    scene.broker.tellOrder(order('2', { reference: 'b', status: Status.CANCELLED }));
    const spent = await failureOf(scene.during(west.send('desk-1', orderRequest({ price: 3460 }), 'k-f')));
    expect(spent).toMatchObject({ outcome: 'refused', message: expect.stringMatching(/day/) as string });
  });
});

describe('the guard of an edge that takes over', () => {
  /** The last order of the first edge has left, and nobody has heard what became of it. */
  async function inDoubt(reference: string): Promise<{ readonly scene: Takeover; readonly west: GuardedEdge }> {
    const scene = new Takeover(POLICY);
    const { broker } = scene;
    broker.positions = [position(5, Direction.LONG, { yd_volume: 5 })];
    const east = await scene.edge('east');
    await scene.active(east);
    await scene.during(east.send('desk-1', orderRequest({ reference: 'a' }), 'k-a'));
    const answer = broker.onSendOrder;
    broker.onSendOrder = ({ volume, price, offset }) => {
      broker.tellOrder(order('77', { reference, volume, price, offset }));
      return new Promise((resolve) => {
        // The guard of the edge that failed waits for it when it is closed.
        onTestFinished(() => {
          resolve('');
        });
      });
    };
    const sending = east.send('desk-1', orderRequest({ reference: 'b', volume: 2, price: 3490 }), 'k-b');
    sending.catch(() => undefined);
    await scene.until(
      () => broker.orders.length === 2,
      () => 'it is at the broker',
    );
    broker.onSendOrder = answer;
    const west = await scene.edge('west');
    await scene.fail('east', 'west');
    return { scene, west };
  }

  test('lets only cancels and reductions pass while it is not clear what is open, and goes on when a person says so', async () => {
    // The server has lost its reference: it may be another one's.
    const { scene, west } = await inDoubt('');
    const { holding, recovery } = west.account;
    await scene.until(
      () => holding.state === 'recovering' && recovery.report !== undefined,
      () => `it is ${holding.state}: ${holding.reason}`,
    );
    expect(recovery.report).toMatchObject({ doubtful: ['k-b'], orders: 2 });
    const sent = scene.broker.requests.length;
    const refused = await failureOf(scene.during(west.send('desk-2', orderRequest({ price: 3400 }), 'k-c')));
    expect(refused).toMatchObject({ cause: { code: 'RECOVERING' } });
    expect(scene.broker.requests).toHaveLength(sent);
    await scene.during(west.cancel('desk-1', '1'));
    expect(scene.broker.cancels.map(([{ orderid }]) => orderid)).toEqual(['1']);
    const closing = { direction: Direction.SHORT, offset: Offset.CLOSE, price: 3500 };
    await scene.during(west.send('desk-2', orderRequest({ ...closing, volume: 5 }), 'k-d'));
    // More than there is to close, and nobody can prove that it reduces.
    const over = await failureOf(scene.during(west.send('desk-2', orderRequest({ ...closing, volume: 1 }), 'k-e')));
    expect(over.message).toBeDefined();
    expect(scene.broker.requests.slice(sent)).toMatchObject([{ volume: 5, offset: Offset.CLOSE }]);
    // The order of which nobody knows still holds its place: one works, and one may.
    expect(west.guard?.status().unknown).toMatchObject([{ reference: 'b' }]);
    west.account.recovery.accept('mei', 'I have looked');
    await scene.active(west);
    await scene.during(west.send('desk-2', orderRequest({ price: 3400 }), 'k-f'));
    expect(west.guard?.status().unknown).toMatchObject([{ reference: 'b' }]);
    // It is never sent again.
    const again = west.send('desk-1', orderRequest({ reference: 'b', volume: 2, price: 3490 }), 'k-b');
    expect(await failureOf(scene.during(again))).toMatchObject({ outcome: 'unknown' });
  });

  test('finds an order of which nobody had heard, and frees its place when it ends', async () => {
    const { scene, west } = await inDoubt('b');
    await scene.active(west);
    expect(west.account.recovery.report).toMatchObject({ found: 1, doubtful: [] });
    expect(west.guard?.status().unknown).toEqual([]);
    // The same key is the same order, and it is not judged again.
    const again = west.send('desk-1', orderRequest({ reference: 'b', volume: 2, price: 3490 }), 'k-b');
    expect(await scene.during(again)).toBe('CTP.77');
    const full = await failureOf(scene.during(west.send('desk-1', orderRequest({ price: 3480 }), 'k-c')));
    expect(full).toMatchObject({ message: expect.stringContaining('open') as string });
    await scene.during(west.cancel('desk-1', '77'));
    expect(scene.broker.cancels.map(([{ orderid }]) => orderid)).toEqual(['77']);
    scene.broker.tellOrder(order('77', { reference: 'b', volume: 2, price: 3490, status: Status.CANCELLED }));
    await scene.during(west.send('desk-1', orderRequest({ price: 3480 }), 'k-d'));
  });
});

describe('an edge that takes its own account back', () => {
  const spent = async (scene: Takeover, edge: GuardedEdge): Promise<boolean> => {
    const sending = scene.during(edge.send('desk-1', orderRequest({ price: 3400 }), 'k-more'));
    return (await failureOf(sending)).message.includes('day');
  };

  /** Three orders a day may be sent, and three were. */
  async function used(file: ReturnType<typeof memoryFile>): Promise<Takeover> {
    const scene = new Takeover(POLICY);
    const east = await scene.edge('east', { file });
    await scene.active(east);
    for (const id of ['1', '2', '3']) {
      await scene.during(east.send('desk-1', orderRequest({ price: 3480 + Number(id) }), `k-${id}`));
      scene.broker.tellOrder(order(id, { price: 3480 + Number(id), status: Status.CANCELLED }));
    }
    const stopping = east.account.stop();
    await scene.during(stopping);
    return scene;
  }

  test.each([
    ['with the memory of the edge, and a guard that keeps nothing', true],
    ['without', false],
  ])('counts its own orders of before: %s', async (_name, isKept) => {
    const file = memoryFile();
    const scene = await used(file);
    const again = await scene.edge('east', { file: isKept ? file : memoryFile(), connection: 'east-again' });
    await scene.active(again);
    expect(await spent(scene, again)).toBe(true);
  });

  test('does not count orders twice in one run', async () => {
    const scene = new Takeover(POLICY);
    const east = await scene.edge('east');
    await scene.active(east);
    await scene.during(east.send('desk-1', orderRequest({ reference: 'a' }), 'k-a'));
    scene.broker.tellOrder(order('1', { reference: 'a', status: Status.CANCELLED }));
    scene.cluster.cut('east');
    await scene.clock.advance(9000);
    expect(east.account.holding.mayOrder).toBe(false);
    scene.cluster.restore('east');
    await scene.active(east);
    for (const id of ['2', '3']) {
      await scene.during(east.send('desk-1', orderRequest({ reference: id, price: 3400 + Number(id) }), `k-${id}`));
      scene.broker.tellOrder(order(id, { reference: id, status: Status.CANCELLED }));
    }
    expect(await spent(scene, east)).toBe(true);
  });
});

describe('a halt', () => {
  const HALT = { level: 'halt', scope: { kind: 'all' }, by: 'mei', why: 'test', at: 0 } as const;
  const carriedOut = ({ account: { records } }: GuardedEdge): number | undefined =>
    records.latest.record?.carriedOut.length;

  test.each([
    ['with a policy', POLICY],
    ['without one', undefined],
  ])('that comes while nobody holds the account cancels when it is taken, %s', async (_name, policy) => {
    const scene = new Takeover(policy);
    cancelling(scene.broker);
    const east = await scene.edge('east');
    await scene.active(east);
    await scene.during(east.send('desk-1', orderRequest({ reference: 'a' }), 'k-a'));
    const west = await scene.edge('west');
    scene.cluster.pause('east');
    await scene.clock.advance(30_000);
    await scene.during(haltAccount(scene.records, HALT));
    await scene.clock.advance(5000);
    expect(scene.broker.cancels).toEqual([]);
    await scene.fail('east', 'west');
    await scene.active(west);
    await scene.until(
      () => carriedOut(west) === 1,
      () => JSON.stringify(west.account.records.latest),
    );
    expect(scene.broker.cancels.map(([{ orderid }]) => orderid)).toEqual(['1']);
    const sending = scene.during(west.send('desk-1', orderRequest(), 'k-b'));
    expect(await failureOf(sending)).toMatchObject({ message: expect.stringContaining('halted') as string });
  });

  test('of the guard that is carried out cancels nothing more when another edge takes the account', async () => {
    const scene = new Takeover(POLICY);
    cancelling(scene.broker);
    const east = await scene.edge('east');
    await scene.active(east);
    await scene.during(east.send('desk-1', orderRequest({ reference: 'a' }), 'k-a'));
    const halting = east.guard?.halt({ level: 'reduce', by: 'risk', reason: 'test' });
    expect((await scene.during(halting ?? Promise.reject(new Error('no guard')))).report).toMatchObject({
      isDone: true,
      cancelled: ['CTP.1'],
    });
    await scene.until(
      () => carriedOut(east) === 1,
      () => JSON.stringify(east.account.records.latest),
    );
    // Somebody reduces a position by it, which the halt allows.
    scene.broker.tellOrder(order('2', { reference: 'reducing' }));
    const west = await scene.edge('west');
    await scene.fail('east', 'west');
    await scene.active(west);
    await scene.clock.advance(20_000);
    expect(scene.broker.cancels.map(([{ orderid }]) => orderid)).toEqual(['1']);
  });

  test('of the guard of an edge that dies while it cancels is gone on with', async () => {
    const scene = new Takeover(POLICY);
    const east = await scene.edge('east');
    await scene.active(east);
    await scene.during(east.send('desk-1', orderRequest({ reference: 'a' }), 'k-a'));
    // Its cancels get no answer.
    scene.broker.hooks.set('cancel_order', () => new Promise(() => undefined));
    void east.guard?.halt({ by: 'risk', reason: 'test' });
    await scene.until(
      () => scene.broker.cancels.length === 1 && east.account.halts.isStored,
      () => 'it cancels',
    );
    cancelling(scene.broker);
    const west = await scene.edge('west');
    await scene.fail('east', 'west');
    await scene.active(west);
    await scene.until(
      () => carriedOut(west) === 1,
      () => JSON.stringify(west.account.records.latest),
    );
    expect(scene.broker.orders.filter((each) => each.isActive())).toEqual([]);
  });
});
