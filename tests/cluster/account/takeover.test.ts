import { describe, expect, test } from 'vitest';
import { haltAccount } from '../../../src/cluster/admin/control.js';
import { replace, SendOrderError, Status } from 'vnpy-bridge/vnpy';
import type { ScriptedEngine } from '../../vnpy/support.js';
import { order, orderRequest } from '../../vnpy/support.js';
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
