import { describe, expect, test } from 'vitest';
import { recordsOf } from '../../../src/cluster/admin/account-view.js';
import { haltAccount, hold, resume, takeover } from '../../../src/cluster/admin/control.js';
import type { AccountRecord } from '../../../src/cluster/account/record.js';
import type { Records } from '../../../src/cluster/account/records.js';
import { ACCOUNT, CLUSTER } from '../support/stage.js';
import { Desk, HELD } from './support.js';

// What persons say to an account stands in its record, and in nothing else.

const SAID = { by: 'mei', why: 'a test', at: 5 };
const TAKE = { ...SAID, edge: 'west', acceptsLoss: false };
const ALL = { kind: 'all' } as const;

/** The records of two persons. Without a change given, the account has none. */
async function stage(record?: Partial<AccountRecord>): Promise<{ readonly mei: Records; readonly li: Records }> {
  const desk = new Desk();
  await desk.streams();
  if (record !== undefined) await desk.record(record);
  const of = (name: string): Records => recordsOf(desk.memory.connect({ name }), CLUSTER, ACCOUNT);
  return { mei: of('mei'), li: of('li') };
}

const present = async (records: Records): Promise<AccountRecord | undefined> => (await records.read()).record;

describe('a takeover', () => {
  test('stands in the record with who wants it and why, and changes nothing else', async () => {
    const { mei, li } = await stage({});
    await takeover(mei, TAKE);
    expect(await present(li)).toEqual({ ...HELD, takeover: TAKE });
  });

  test('may name the holder itself: without its state folder it does not know itself again', async () => {
    const { mei, li } = await stage({});
    await takeover(mei, { ...TAKE, edge: HELD.holder.edge });
    expect((await present(li))?.takeover?.edge).toBe('east');
  });

  test('the newer one counts', async () => {
    const { mei, li } = await stage({});
    await takeover(mei, TAKE);
    await takeover(li, { ...TAKE, by: 'li', edge: 'south' });
    expect((await present(mei))?.takeover).toMatchObject({ by: 'li', edge: 'south' });
  });

  test('of an account without a record is refused, and nothing is written', async () => {
    const { mei, li } = await stage();
    await expect(takeover(mei, TAKE)).rejects.toMatchObject({ code: 'NO_RECORD', message: /--accept-loss/ });
    expect(await present(li)).toBeUndefined();
  });

  test('of a lost record, with the loss accepted, leaves the account to nobody else', async () => {
    const { mei, li } = await stage();
    await takeover(mei, { ...TAKE, acceptsLoss: true });
    // "released" would let any edge take it when the order is withdrawn.
    expect(await present(li)).toMatchObject({ state: 'held', holder: { edge: '' }, takeover: { acceptsLoss: true } });
  });
});

describe('a hold', () => {
  test('stands in the record until it is ended by its name', async () => {
    const { mei, li } = await stage({});
    await hold(mei, SAID);
    expect(await present(li)).toEqual({ ...HELD, hold: SAID });
    expect(await resume(li, 'hold')).toEqual({ halts: [], hold: true });
    expect(await present(mei)).toEqual(HELD);
  });

  test('of an account that nobody has held is refused: a wrong name would look like a hold', async () => {
    const { mei } = await stage();
    await expect(hold(mei, SAID)).rejects.toMatchObject({ code: 'NO_RECORD' });
    await expect(haltAccount(mei, { ...SAID, level: 'halt', scope: ALL })).rejects.toMatchObject({ code: 'NO_RECORD' });
    expect(await present(mei)).toBeUndefined();
  });
});

describe('a halt', () => {
  test('of two persons at once: both are kept', async () => {
    const { mei, li } = await stage({});
    const scope = { kind: 'principal', name: 'cta' } as const;
    const [first, second] = await Promise.all([
      haltAccount(mei, { ...SAID, level: 'halt', scope: ALL }),
      haltAccount(li, { ...SAID, by: 'li', level: 'reduce', scope }),
    ]);
    expect(first).toMatchObject({ level: 'halt', scope: ALL, who: 'mei', why: 'a test', when: 5, source: 'hand' });
    const halts = (await present(mei))?.halts ?? [];
    expect(halts).toHaveLength(2);
    expect(halts).toEqual(expect.arrayContaining([first, second]));
    expect(first.id).not.toBe(second.id);
  });

  test('of new orders only says so in the record: whoever holds the account cancels nothing', async () => {
    const { mei, li } = await stage({});
    const kept = await haltAccount(mei, { ...SAID, level: 'halt', scope: ALL, keepsOrders: true });
    const cancels = await haltAccount(mei, { ...SAID, level: 'halt', scope: ALL, keepsOrders: false });
    expect((await present(li))?.halts).toEqual([kept, cancels]);
    expect(kept).toHaveProperty('keepsOrders', true);
    expect(cancels).not.toHaveProperty('keepsOrders');
  });

  test('is ended by its id, and the others hold on', async () => {
    const { mei } = await stage({});
    const first = await haltAccount(mei, { ...SAID, level: 'halt', scope: ALL });
    const second = await haltAccount(mei, { ...SAID, level: 'reduce', scope: ALL });
    expect(await resume(mei, first.id)).toEqual({ halts: [first], hold: false });
    expect((await present(mei))?.halts).toEqual([second]);
  });

  test('"all" ends every one and the hold, and is no fault where there is none', async () => {
    const { mei } = await stage({});
    const halt = await haltAccount(mei, { ...SAID, level: 'halt', scope: ALL });
    await hold(mei, SAID);
    expect(await resume(mei, 'all')).toEqual({ halts: [halt], hold: true });
    expect(await present(mei)).toEqual(HELD);
    expect(await resume(mei, 'all')).toEqual({ halts: [], hold: false });
  });

  test.each(['hold', 'no-such-id'])('%s cannot be ended where it is not there', async (what) => {
    const { mei } = await stage({});
    const halt = await haltAccount(mei, { ...SAID, level: 'halt', scope: ALL });
    await expect(resume(mei, what)).rejects.toMatchObject({ code: 'NO_SUCH_HALT', message: /cluster status/ });
    expect((await present(mei))?.halts).toEqual([halt]);
  });
});
