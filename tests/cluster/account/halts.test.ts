import { Guard } from 'vnpy-bridge/guard';
import type { Halt, HaltScope } from 'vnpy-bridge/guard';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AccountHalts } from '../../../src/cluster/account/halts.js';
import type { AccountHaltsParts } from '../../../src/cluster/account/halts.js';
import { NEW_RECORD, documentOf, recordOf } from '../../../src/cluster/account/record.js';
import { Records } from '../../../src/cluster/account/records.js';
import { bytesOf } from '../../../src/cluster/account/store.js';
import { silentLogger } from '../../../src/rpc/logger.js';
import { FakeHolding } from '../support/stage.js';
import { EdgeClock, FakeStore, SUBJECTS, World, settle } from './support.js';

const ORDER = { principal: 'desk-1', gateway: 'CTP', vt_symbol: 'rb2705.SHFE', reduces: false };
const POLICY = {
  version: 1,
  roles: { trader: { functions: ['send_order'] }, risk: { functions: ['get_*'], rights: ['halt', 'resume'] } },
  principals: { 'desk-1': { roles: ['trader'], webUser: 'li' }, 'risk-1': { roles: ['risk'], webUser: 'mei' } },
  audit: false,
};

const NOW = { when: 0, source: 'hand' } as const;

interface Heir {
  readonly holding: FakeHolding;
  readonly cancelled: readonly string[];
  readonly records: Records;
}

interface Edge {
  readonly halts: AccountHalts;
  readonly records: Records;
  readonly remembered: string[];
}

function edgeOf(store: FakeStore, name: string, more: Partial<AccountHaltsParts> = {}): Edge {
  const clock = new EdgeClock(store.world);
  const records = new Records({ store: store.client(name, clock), subject: SUBJECTS.record, clock, timeout: 500 });
  records.follow(() => undefined);
  const remembered: string[] = [];
  const halts = new AccountHalts({
    records,
    clock,
    logger: silentLogger,
    holding: new FakeHolding(),
    cancel: () => Promise.resolve(true),
    known: [],
    remember: (known) => {
      remembered.splice(0, Infinity, ...known);
      return Promise.resolve();
    },
    ...more,
  });
  return { halts, records, remembered };
}

async function guardOf(): Promise<Guard> {
  const guard = await Guard.open(POLICY);
  onTestFinished(() => guard.close());
  return guard;
}

function recorded(store: FakeStore): readonly Halt[] {
  const last = store.lastOf(SUBJECTS.record);
  return last === undefined ? [] : recordOf(last.payload).halts;
}

/** Guards write files of their own, and have clocks of their own. */
async function until(store: FakeStore, isSo: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !isSo(); turns++) {
    await store.world.advance(50);
    await settle();
  }
  expect(isSo()).toBe(true);
}

test('a halt of one edge holds at every other', async () => {
  const store = new FakeStore(new World());
  const east = edgeOf(store, 'east');
  const west = edgeOf(store, 'west');
  const halting = east.halts.halt({ by: 'mei', reason: 'test' });
  // At once here, though the store knows nothing yet.
  expect(east.halts.refusal(ORDER)).toContain('by mei: test');
  expect(west.halts.refusal(ORDER)).toBeUndefined();
  await store.world.advance(200);
  await halting;
  expect(west.halts.refusal(ORDER)).toContain('by mei: test');
});

test('what nobody could write holds here, and is written later', async () => {
  const store = new FakeStore(new World());
  const { halts } = edgeOf(store, 'east');
  store.fault = () => ({ there: Infinity, back: 1 });
  const halting = halts.halt({ by: 'mei', reason: 'test' }).catch((error: unknown) => error);
  await store.world.advance(20_000);
  expect(await halting).toMatchObject({ code: 'TIMEOUT' });
  expect(halts.refusal(ORDER)).toBeDefined();
  expect(halts.isStored).toBe(false);
  store.fault = () => ({ there: 1, back: 1 });
  await store.world.advance(20_000);
  expect(recorded(store)).toHaveLength(1);
  expect(halts.isStored).toBe(true);
});

test('an end holds only when it is written', async () => {
  const store = new FakeStore(new World());
  const { halts } = edgeOf(store, 'east');
  const halting = halts.halt({ by: 'mei', reason: 'test' });
  await store.world.advance(200);
  const { id } = await halting;
  store.fault = () => ({ there: Infinity, back: 1 });
  const failing = halts.resume(id, 'mei', 'over').catch((error: unknown) => error);
  await store.world.advance(20_000);
  expect(await failing).toMatchObject({ code: 'TIMEOUT' });
  expect(halts.refusal(ORDER)).toBeDefined();
  store.fault = () => ({ there: 1, back: 1 });
  const resuming = halts.resume(id, 'mei', 'over');
  await store.world.advance(200);
  expect(await resuming).toHaveLength(1);
  expect(halts.refusal(ORDER)).toBeUndefined();
  expect(recorded(store)).toEqual([]);
});

test.each<[HaltScope, boolean]>([
  [{ kind: 'all' }, true],
  [{ kind: 'principal', name: 'desk-1' }, true],
  [{ kind: 'principal', name: 'desk-2' }, false],
  [{ kind: 'gateway', name: 'CTP' }, true],
  [{ kind: 'gateway', name: 'XTP' }, false],
  [{ kind: 'account', name: 'CTP.123' }, true],
  [{ kind: 'symbol', pattern: 'rb*.SHFE' }, true],
  [{ kind: 'symbol', pattern: 'ag*.SHFE' }, false],
  // Without a policy nobody knows who has it.
  [{ kind: 'role', name: 'trader' }, true],
])('a halt of %o', async (scope, holds) => {
  const store = new FakeStore(new World());
  const { halts } = edgeOf(store, 'east');
  const halting = halts.halt({ scope, by: 'mei', reason: 'test' });
  await store.world.advance(200);
  await halting;
  expect(halts.refusal(ORDER) !== undefined).toBe(holds);
});

test('the level `reduce` lets reductions pass', async () => {
  const store = new FakeStore(new World());
  const { halts } = edgeOf(store, 'east');
  void halts.halt({ level: 'reduce', by: 'mei', reason: 'test' });
  await store.world.advance(200);
  expect(halts.refusal(ORDER)).toContain('reduce');
  expect(halts.refusal({ ...ORDER, reduces: true })).toBeUndefined();
});

describe('what works under a halt', () => {
  const HALT: Halt = { ...{ id: 'h1', level: 'halt', who: 'mei', why: 'test' }, ...NOW, scope: { kind: 'all' } };

  /** An edge that gets the halt of the record, and tells what it cancels. */
  function heir(store: FakeStore, name: string, cancel: () => Promise<boolean> = () => Promise.resolve(true)): Heir {
    const holding = new FakeHolding();
    const cancelled: string[] = [];
    const { records } = edgeOf(store, name, {
      holding,
      cancel: ({ id }) => {
        cancelled.push(`${id} ${holding.state}`);
        return cancel();
      },
    });
    void records.read();
    return { holding, cancelled, records };
  }

  function halted(store: FakeStore, halt: Halt = HALT): void {
    const record = { ...NEW_RECORD, epoch: 1, halts: [halt] };
    store.append(SUBJECTS.record, bytesOf(documentOf(record)), undefined, undefined);
  }

  /** The account is taken: the record says so, too. */
  async function take(store: FakeStore, { holding, records }: Heir, epoch: number): Promise<void> {
    const last = store.lastOf(SUBJECTS.record);
    const record = { ...(last === undefined ? NEW_RECORD : recordOf(last.payload)), epoch };
    store.append(SUBJECTS.record, bytesOf(documentOf(record)), undefined, undefined);
    void records.read();
    await store.world.advance(100);
    holding.become('recovering', epoch);
    await store.world.advance(100);
    holding.become('active', epoch);
    await store.world.advance(1000);
  }

  test('is cancelled by whoever takes the account next, and by nobody after that', async () => {
    const store = new FakeStore(new World());
    halted(store);
    const [east, west] = [heir(store, 'east'), heir(store, 'west')];
    await store.world.advance(1000);
    expect(east.cancelled).toEqual([]);
    await take(store, east, 2);
    // At once, and once more when it is known whose the orders are.
    expect(east.cancelled).toEqual(['h1 recovering', 'h1 active']);
    east.holding.become('passive');
    await take(store, west, 3);
    expect(west.cancelled).toEqual([]);
  });

  test('is cancelled by the next holder where one did not come to its end', async () => {
    const store = new FakeStore(new World());
    halted(store);
    const [east, west] = [heir(store, 'east', () => new Promise(() => undefined)), heir(store, 'west')];
    await take(store, east, 2);
    east.holding.become('passive');
    await take(store, west, 3);
    expect(west.cancelled).toContain('h1 active');
  });

  test('is cancelled by the next holder where one could not, and is tried no more by that one', async () => {
    const store = new FakeStore(new World());
    halted(store);
    const [east, west] = [heir(store, 'east', () => Promise.reject(new Error('no vnpy'))), heir(store, 'west')];
    await take(store, east, 2);
    expect(east.cancelled).toEqual(['h1 recovering', 'h1 active']);
    east.holding.become('passive');
    await take(store, west, 3);
    expect(west.cancelled).toContain('h1 active');
  });

  test('that was done under a lease which has been followed is not written down', async () => {
    const store = new FakeStore(new World());
    halted(store);
    let finish: (isDone: boolean) => void = () => undefined;
    const east = heir(store, 'east', () => new Promise((resolve) => (finish = resolve)));
    const west = heir(store, 'west');
    await take(store, east, 2);
    // It does not know yet that another one has it.
    const record = recordOf(store.lastOf(SUBJECTS.record)?.payload ?? new Uint8Array());
    store.append(SUBJECTS.record, bytesOf(documentOf({ ...record, epoch: 3 })), undefined, undefined);
    void east.records.read();
    await store.world.advance(100);
    finish(true);
    await store.world.advance(1000);
    await take(store, west, 4);
    expect(west.cancelled).toContain('h1 active');
  });

  test('goes on where the halt keeps it', async () => {
    const store = new FakeStore(new World());
    halted(store, { ...HALT, keepsOrders: true });
    const east = heir(store, 'east');
    await take(store, east, 2);
    expect(east.cancelled).toEqual([]);
  });

  test('is written down once the store takes it', async () => {
    const store = new FakeStore(new World());
    halted(store);
    const [east, west] = [heir(store, 'east'), heir(store, 'west')];
    await store.world.advance(1000);
    store.fault = ({ kind }) => ({ there: kind === 'append' ? Infinity : 1, back: 1 });
    await take(store, east, 2);
    await store.world.advance(20_000);
    store.fault = () => ({ there: 1, back: 1 });
    await store.world.advance(20_000);
    east.holding.become('passive');
    await take(store, west, 3);
    expect(west.cancelled).toEqual([]);
  });
});

describe('with guards', () => {
  test('a halt of one is one of the other, and ends with it', async () => {
    const store = new FakeStore(new World());
    const [one, other] = [await guardOf(), await guardOf()];
    edgeOf(store, 'east', { guard: one.sharedHalts });
    edgeOf(store, 'west', { guard: other.sharedHalts });
    const { halt } = await one.halt({ by: 'risk-1', reason: 'test', cancel: false });
    await until(store, () => other.status().halts.length > 0);
    expect(other.status().halts).toMatchObject([{ id: halt.id, who: 'risk-1' }]);
    await other.resume({ id: halt.id, by: 'risk-1', reason: 'over' });
    await until(store, () => one.status().halts.length === 0);
    expect(recorded(store)).toEqual([]);
  });

  test('a halt of the record holds at a guard that begins later', async () => {
    const store = new FakeStore(new World());
    const halt: Halt = {
      id: 'h1',
      level: 'halt',
      scope: { kind: 'all' },
      who: 'mei',
      why: 'test',
      when: 0,
      source: 'hand',
    };
    store.append(SUBJECTS.record, bytesOf(documentOf({ ...NEW_RECORD, halts: [halt] })), undefined, undefined);
    const guard = await guardOf();
    const { records, remembered } = edgeOf(store, 'east', { guard: guard.sharedHalts });
    void records.read();
    await until(store, () => guard.status().halts.length > 0);
    expect(guard.status().halts).toEqual([halt]);
    expect(remembered).toEqual(['h1']);
  });

  test('a halt that ended while the edge was away ends at its guard, and one of its own does not', async () => {
    const store = new FakeStore(new World());
    const guard = await guardOf();
    const shared = (await guard.halt({ by: 'risk-1', reason: 'shared', cancel: false })).halt;
    const own = (await guard.halt({ by: 'risk-1', reason: 'own', cancel: false })).halt;
    store.append(SUBJECTS.record, bytesOf(documentOf(NEW_RECORD)), undefined, undefined);
    const { records, halts } = edgeOf(store, 'east', { guard: guard.sharedHalts, known: [shared.id] });
    void records.read();
    void halts.sync();
    await until(store, () => recorded(store).length > 0 && guard.status().halts.length === 1);
    expect(guard.status().halts).toMatchObject([{ id: own.id }]);
    expect(recorded(store)).toMatchObject([{ id: own.id }]);
  });
});
