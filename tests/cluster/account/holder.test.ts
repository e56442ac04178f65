import { describe, expect, test } from 'vitest';
import { NEW_RECORD, documentOf, recordOf } from '../../../src/cluster/account/record.js';
import type { AccountRecord } from '../../../src/cluster/account/record.js';
import { bytesOf } from '../../../src/cluster/account/store.js';
import { FakeStore, NO_JOURNAL, SUBJECTS, TERMS, World, memoryFile, settle, startEdge } from './support.js';
import type { EdgeRun } from './support.js';

const WAIT = TERMS.ttl + TERMS.grace;

function stage(): { readonly world: World; readonly store: FakeStore } {
  const world = new World();
  return { world, store: new FakeStore(world) };
}

function recordIn(store: FakeStore): AccountRecord | undefined {
  const found = store.lastOf(SUBJECTS.record);
  return found && recordOf(found.payload);
}

function write(store: FakeStore, change: Partial<AccountRecord>): void {
  const record = { ...(recordIn(store) ?? NEW_RECORD), ...change };
  store.append(SUBJECTS.record, bytesOf(documentOf(record)), undefined, undefined);
}

/** A person orders a takeover. */
function order(store: FakeStore, edge: string, acceptsLoss = false): void {
  write(store, { takeover: { edge, by: 'mei', why: 'test', at: store.world.now, acceptsLoss } });
}

/** An edge that has taken the account. */
async function heldBy(world: World, store: FakeStore, name: string): Promise<EdgeRun> {
  const run = await startEdge(store, name);
  await world.advance(100);
  expect(run.holder.state).toBe('active');
  return run;
}

/** Nothing of the edge runs any more. */
function kill(run: EdgeRun): void {
  run.clock.freeze();
}

describe('an account', () => {
  test('that was never held is taken at once, and its epoch is the seq of the lease', async () => {
    const { world, store } = stage();
    const run = await startEdge(store, 'east');
    await world.advance(100);
    expect(run.holder).toMatchObject({ state: 'active', epoch: store.lastOf(SUBJECTS.lease)?.seq, mayOrder: true });
    expect(run.changes.map(({ state }) => state)).toEqual(['acquiring', 'recovering', 'active']);
    expect(recordIn(store)).toMatchObject({ state: 'held', epoch: 1, holder: { edge: 'east' } });
  });

  test('that is held stays where it is', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    const west = await startEdge(store, 'west');
    await world.advance(10 * WAIT);
    expect([east.holder.state, west.holder.state]).toEqual(['active', 'passive']);
    expect(west.holder.reason).toContain('east holds the account');
    expect(east.changes).toHaveLength(3);
  });

  test('that was given back in order is taken at once, with a greater epoch', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    const before = east.holder.epoch ?? Infinity;
    const stopped = east.holder.stop();
    await world.advance(100);
    await stopped;
    expect(recordIn(store)).toMatchObject({ state: 'released' });
    const west = await startEdge(store, 'west');
    await world.advance(100);
    expect(west.holder.state).toBe('active');
    expect(west.holder.epoch).toBeGreaterThan(before);
  });

  test('whose orders do not end is not given back: whoever takes it waits', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east', { drain: () => Promise.resolve(false) });
    await world.advance(100);
    const stopped = east.holder.stop();
    await world.advance(100);
    await stopped;
    expect(recordIn(store)).toMatchObject({ state: 'held' });
    expect(east.changes.map(({ state }) => state)).toContain('draining');
  });

  test('whose lease has expired waits for a person', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    kill(east);
    const west = await startEdge(store, 'west');
    await world.advance(20 * WAIT);
    expect(west.holder.state).toBe('passive');
    expect(west.holder.reason).toContain('cluster takeover');
  });

  test('is taken over by a person after all of the lifetime and the grace, and not before', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    kill(east);
    const west = await startEdge(store, 'west');
    await world.advance(5 * WAIT);
    order(store, 'west');
    await world.advance(WAIT - 1);
    expect(west.holder.state).toBe('passive');
    await world.advance(2 * TERMS.renew);
    expect(west.holder).toMatchObject({ state: 'active' });
    expect(recordIn(store)?.takeover).toBeUndefined();
  });

  test('waits as long as the holder has asked for, whatever the options of who takes it are', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east', { terms: { ...TERMS, ttl: 60_000 } });
    await world.advance(100);
    kill(east);
    const west = await startEdge(store, 'west');
    order(store, 'west');
    await world.advance(60_000 + TERMS.grace - 1);
    expect(west.holder.state).toBe('passive');
    await world.advance(2 * TERMS.renew);
    expect(west.holder.state).toBe('active');
  });

  test('is given by a person to its holder, which has lost its state folder and does not know itself again', async () => {
    const { world, store } = stage();
    kill(await heldBy(world, store, 'east'));
    const again = await startEdge(store, 'east');
    await world.advance(5 * WAIT);
    expect(again.holder.reason).toContain('cluster takeover');
    order(store, 'east');
    await world.advance(WAIT - 1);
    expect(again.holder.state).toBe('passive');
    await world.advance(2 * TERMS.renew);
    expect(again.holder.state).toBe('active');
  });

  test('that somebody holds is handed over in order', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    const west = await startEdge(store, 'west');
    await world.advance(100);
    order(store, 'west');
    await world.advance(2 * TERMS.renew + 500);
    expect([east.holder.state, west.holder.state]).toEqual(['passive', 'active']);
    expect(east.changes.map(({ state }) => state)).toContain('draining');
  });

  test('is taken back by the edge that held it, started again, after the wait', async () => {
    const { world, store } = stage();
    const file = memoryFile();
    const first = await startEdge(store, 'east', { file });
    await world.advance(100);
    kill(first);
    const again = await startEdge(store, 'east', { file });
    await world.advance(WAIT - TERMS.renew);
    expect(again.holder.state).toBe('passive');
    await world.advance(2 * TERMS.renew);
    expect(again.holder.state).toBe('active');
  });

  test('is not taken back by an edge of the same name with another state', async () => {
    const { world, store } = stage();
    const first = await startEdge(store, 'east');
    await world.advance(100);
    kill(first);
    const other = await startEdge(store, 'east');
    await world.advance(20 * WAIT);
    expect(other.holder.state).toBe('passive');
    expect(other.holder.reason).toContain('another state folder');
  });

  test('that is held back is taken by nobody but by order', async () => {
    const { world, store } = stage();
    write(store, { hold: { by: 'mei', why: 'night', at: 0 } });
    const east = await startEdge(store, 'east');
    await world.advance(WAIT);
    expect(east.holder).toMatchObject({ state: 'passive', reason: 'mei holds the account back: night' });
    order(store, 'east');
    await world.advance(2 * TERMS.renew);
    expect(east.holder.state).toBe('active');
    expect(recordIn(store)?.hold).toBeUndefined();
  });
});

describe('a holder', () => {
  test('stops at 80 % of the lifetime, from before the last renewal was sent', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    // The answer takes long: the time counts from the question.
    let sent = 0;
    store.fault = ({ kind, subject }) => {
      if (kind !== 'append' || subject !== SUBJECTS.lease) return { there: 1, back: 1 };
      if (sent !== 0) return { there: Infinity, back: 1 };
      sent = world.now;
      return { there: 500, back: 1000 };
    };
    await world.advance(2 * TERMS.renew);
    expect(sent).toBeGreaterThan(0);
    await world.advance(sent + 0.8 * TERMS.ttl - 1 - world.now);
    expect(east.holder.mayOrder).toBe(true);
    world.now++;
    expect(east.holder).toMatchObject({ mayOrder: false, mayReduce: false, mayCancel: false, left: 0 });
  });

  test('stops when its wall clock says so: a machine has slept', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    east.clock.freeze();
    await world.advance(TERMS.ttl);
    east.clock.slept = TERMS.ttl;
    expect(east.holder.mayOrder).toBe(false);
  });

  test('stops when its monotonic clock says so: the wall clock was set back meanwhile', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    east.clock.freeze();
    await world.advance(TERMS.ttl);
    east.clock.wallOffset = -TERMS.ttl;
    expect(east.holder.mayOrder).toBe(false);
  });

  test('survives renewals whose answers are lost', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    let count = 0;
    store.fault = ({ kind, subject }) =>
      kind === 'append' && subject === SUBJECTS.lease && count++ % 3 === 0
        ? { there: 1, back: Infinity }
        : { there: 1, back: 1 };
    await world.advance(100_000);
    expect(count).toBeGreaterThan(30);
    expect(east.changes.map(({ state }) => state)).toEqual(['acquiring', 'recovering', 'active']);
    // And every second one.
    store.fault = ({ kind, subject }) =>
      kind === 'append' && subject === SUBJECTS.lease && count++ % 2 === 0
        ? { there: 1, back: Infinity }
        : { there: 1, back: 1 };
    await world.advance(100_000);
    expect(east.changes).toHaveLength(3);
  });

  test('goes on where it was when the store comes back before the end, and recovers first', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    const { epoch } = east.holder;
    store.fault = () => ({ there: Infinity, back: 1 });
    await world.advance(9000);
    expect(east.holder).toMatchObject({ state: 'acquiring', mayOrder: false });
    store.fault = () => ({ there: 1, back: 1 });
    await world.advance(2500);
    // The lease had 1 s left, or none: then it is its own again after the wait.
    await world.advance(WAIT + 2 * TERMS.renew);
    expect(east.holder.state).toBe('active');
    expect(east.holder.epoch).toBeGreaterThanOrEqual(epoch ?? Infinity);
    expect(east.changes.filter(({ state }) => state === 'recovering').length).toBeGreaterThan(1);
  });

  test('that wakes after another has taken the account does nothing any more', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    east.clock.freeze();
    const west = await startEdge(store, 'west');
    order(store, 'west');
    await world.advance(WAIT + 2 * TERMS.renew);
    expect(west.holder.state).toBe('active');
    east.clock.thaw();
    expect(east.holder.mayCancel).toBe(false);
    await world.advance(5 * WAIT);
    expect([east.holder.state, west.holder.state]).toEqual(['passive', 'active']);
  });

  test('of the record is one, though the store has granted the lease twice', async () => {
    const { world, store } = stage();
    store.lax.add('lease');
    const runs = [await startEdge(store, 'east'), await startEdge(store, 'west')];
    await world.advance(WAIT);
    expect(runs.filter(({ holder }) => holder.state === 'active')).toHaveLength(1);
  });
});

describe('something was lost', () => {
  test('a journal without a record: halted, until a person takes it', async () => {
    const { world, store } = stage();
    const journal = { ...NO_JOURNAL, isEmpty: () => Promise.resolve(false) };
    const east = await startEdge(store, 'east', { journal });
    await world.advance(10 * WAIT);
    expect(east.holder.state).toBe('halted');
    order(store, 'east', true);
    await world.advance(WAIT + 2 * TERMS.renew);
    expect(east.holder.state).toBe('active');
  });

  test('the record, though the edge remembers that it has held the account', async () => {
    const { world, store } = stage();
    const file = memoryFile();
    const first = await startEdge(store, 'east', { file });
    await world.advance(100);
    kill(first);
    store.rollBack('acct', 0);
    const again = await startEdge(store, 'east', { file });
    await world.advance(5 * WAIT);
    expect(again.holder).toMatchObject({ state: 'halted', epoch: undefined });
    expect(again.holder.reason).toContain('epoch 1');
  });

  test('the newest records: an old copy of the stream says that the account is free', async () => {
    const { world, store } = stage();
    const file = memoryFile();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    const stopped = east.holder.stop();
    await world.advance(100);
    await stopped;
    const old = store.seqOf('acct');
    const west = await startEdge(store, 'west', { file });
    await world.advance(100);
    kill(west);
    await world.advance(WAIT);
    store.rollBack('acct', old);
    const again = await startEdge(store, 'west', { file });
    await world.advance(5 * WAIT);
    expect(again.holder.state).toBe('halted');
    expect(again.holder.reason).toContain('went backwards');
  });

  test('the stream of the lease: its seq begins anew, and the epoch must not', async () => {
    const { world, store } = stage();
    const file = memoryFile();
    const first = await startEdge(store, 'east', { file });
    await world.advance(WAIT);
    const stopped = first.holder.stop();
    await world.advance(100);
    await stopped;
    const before = recordIn(store)?.epoch ?? Infinity;
    store.rollBack('lease', 0);
    const again = await startEdge(store, 'east', { file });
    await world.advance(WAIT);
    expect(again.holder.state).toBe('halted');
    order(store, 'east', true);
    await world.advance(WAIT + 2 * TERMS.renew);
    expect(again.holder.state).toBe('active');
    expect(again.holder.epoch).toBeGreaterThan(before);
  });

  test('orders of the journal', async () => {
    const { world, store } = stage();
    const mark = { seq: 7, hash: 'ab', at: 0 };
    const missing = (): Promise<string> => Promise.resolve('the journal went backwards');
    write(store, { marks: [mark] });
    const east = await startEdge(store, 'east', { journal: { ...NO_JOURNAL, mark, missing } });
    await world.advance(WAIT);
    expect(east.holder.state).toBe('halted');
    expect(east.holder.reason).toContain('the journal went backwards');
  });

  test('while the account is held: it is given up at once', async () => {
    const { world, store } = stage();
    const east = await startEdge(store, 'east');
    await world.advance(100);
    east.holder.halt('the journal went backwards');
    expect(east.holder.mayCancel).toBe(false);
    await world.advance(5 * WAIT);
    expect(east.holder).toMatchObject({ state: 'halted', reason: 'the journal went backwards' });
  });
});

test('recovering lets reductions pass, and nothing else', async () => {
  const { world, store } = stage();
  let done = (): void => undefined;
  const recover = (): Promise<void> => new Promise((resolve) => (done = resolve));
  const east = await startEdge(store, 'east', { recover });
  await world.advance(60_000);
  expect(east.holder).toMatchObject({ state: 'recovering', mayOrder: false, mayReduce: true, mayCancel: true });
  done();
  await settle();
  expect(east.holder.mayOrder).toBe(true);
});

test('a person may accept what is not known while it recovers: the order is carried out, and is gone', async () => {
  const { world, store } = stage();
  const accepted: string[] = [];
  const recover = (): Promise<void> => new Promise(() => undefined);
  const accepts = (by: string, why: string): void => {
    accepted.push(`${by}: ${why}`);
  };
  const east = await startEdge(store, 'east', { recover, accepts });
  await world.advance(100);
  order(store, 'east', true);
  await world.advance(2 * TERMS.renew + 500);
  expect(accepted).toEqual(['mei: test']);
  expect(east.holder.state).toBe('recovering');
  expect(recordIn(store)?.takeover).toBeUndefined();
});
