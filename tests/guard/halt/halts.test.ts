import { describe, expect, test } from 'vitest';
import type { HaltScope, HaltSubject } from '../../../src/guard/halt/halt.js';
import { Halts } from '../../../src/guard/halt/halts.js';
import type { HaltRequest, HaltsOptions } from '../../../src/guard/halt/halts.js';
import { StateStore } from '../../../src/guard/state/store.js';
import { deferred } from '../../support/deferred.js';
import { MemoryFiles, systemError } from '../audit/support.js';

const PATH = '/state/halts.json';
const ORDER: HaltSubject = {
  principal: 'desk-1',
  roles: ['trader'],
  gateway: 'CTP',
  account: 'CTP.1',
  vt_symbol: 'rb2705.SHFE',
};
const RISK = { who: 'risk-1', roles: ['risk'], rights: ['halt', 'resume'] as const };

interface Stage {
  readonly files: MemoryFiles;
  readonly problems: string[];
  now: number;
  open(more?: Partial<HaltsOptions>): Promise<Halts>;
}

function stage(): Stage {
  const files = new MemoryFiles();
  const problems: string[] = [];
  const self: Stage = {
    files,
    problems,
    now: 1000,
    open: (more = {}) =>
      Halts.open({
        store: new StateStore(PATH, files),
        hasRun: false,
        // As patterns with one star at the end.
        match: (pattern, symbol) => symbol.startsWith(pattern.slice(0, -1)),
        now: () => self.now,
        onProblem: (problem) => problems.push(problem),
        ...more,
      }),
  };
  return self;
}

function request(more: Partial<HaltRequest> = {}): HaltRequest {
  return { level: 'halt', scope: { kind: 'all' }, who: 'risk-1', why: 'test', source: 'hand', ...more };
}

describe('a scope', () => {
  test.each<[HaltScope, Partial<HaltSubject>, boolean]>([
    [{ kind: 'all' }, {}, true],
    [{ kind: 'principal', name: 'desk-1' }, {}, true],
    [{ kind: 'principal', name: 'desk-1' }, { principal: 'desk-2' }, false],
    [{ kind: 'role', name: 'trader' }, { principal: 'desk-2' }, true],
    [{ kind: 'role', name: 'trader' }, { roles: ['viewer'] }, false],
    [{ kind: 'gateway', name: 'CTP' }, {}, true],
    [{ kind: 'gateway', name: 'CTP' }, { gateway: 'XTP' }, false],
    [{ kind: 'gateway', name: 'CTP' }, { gateway: undefined }, false],
    [{ kind: 'account', name: 'CTP.1' }, {}, true],
    [{ kind: 'account', name: 'CTP.1' }, { account: 'CTP.2' }, false],
    [{ kind: 'account', name: 'CTP' }, {}, true],
    [{ kind: 'account', name: 'CTP' }, { gateway: 'CTP2', account: undefined }, false],
    [{ kind: 'account', name: 'CTP.1' }, { account: undefined }, true],
    [{ kind: 'account', name: 'CTP.1' }, { account: undefined, gateway: 'XTP' }, false],
    [{ kind: 'symbol', pattern: 'rb*' }, {}, true],
    [{ kind: 'symbol', pattern: 'rb*' }, { vt_symbol: 'au2706.SHFE' }, false],
    [{ kind: 'symbol', pattern: 'rb*' }, { vt_symbol: undefined }, false],
  ])('%j holds for what it names: %j, %s', async (scope, change, holds) => {
    const halts = await stage().open();
    await halts.halt(request({ scope, level: 'reduce' }));
    expect(halts.levelFor({ ...ORDER, ...change })).toBe(holds ? 'reduce' : undefined);
  });
});

describe('halts', () => {
  test('hold from the turn in which they are asked for, and the strictest wins', async () => {
    const halts = await stage().open();
    expect(halts.levelFor(ORDER)).toBeUndefined();
    const first = halts.halt(request({ level: 'reduce' }));
    expect(halts.levelFor(ORDER)).toBe('reduce');
    const second = halts.halt(request({ scope: { kind: 'principal', name: 'desk-1' } }));
    expect(halts.levelFor(ORDER)).toBe('halt');
    expect(halts.levelFor({ ...ORDER, principal: 'desk-2' })).toBe('reduce');
    await Promise.all([first, second]);
    expect(halts.isStored).toBe(true);
  });

  test('survive a restart', async () => {
    const theatre = stage();
    const halts = await theatre.open();
    const halt = await halts.halt(request({ scope: { kind: 'symbol', pattern: 'rb*' } }));
    expect((await theatre.open({ hasRun: true })).list()).toEqual([halt]);
    await halts.resume(halt.id, RISK, 'over');
    expect((await theatre.open({ hasRun: true })).list()).toEqual([]);
  });

  test('say whether what works is kept, after a restart, too', async () => {
    const theatre = stage();
    const halts = await theatre.open();
    await halts.halt(request({ why: 'kept', keepsOrders: true }));
    await halts.halt(request({ why: 'cancelled' }));
    const again = await theatre.open({ hasRun: true });
    expect(again.list().map(({ why, keepsOrders }) => [why, keepsOrders])).toEqual([
      ['kept', true],
      ['cancelled', undefined],
    ]);
    // Nobody has asked for a halt because of its file: what works goes on.
    theatre.files.put(PATH, JSON.stringify({ version: 1, halts: [{ ...again.list()[0], keepsOrders: 'perhaps' }] }));
    expect((await theatre.open({ hasRun: true })).list()).toMatchObject([{ who: 'guard', keepsOrders: true }]);
  });

  test.each<[string, (files: MemoryFiles) => void, boolean]>([
    [
      'missing beside a guard that has run',
      (files) => {
        files.delete(PATH);
      },
      true,
    ],
    [
      'missing at the first start',
      (files) => {
        files.delete(PATH);
      },
      false,
    ],
    [
      'no JSON',
      (files) => {
        files.put(PATH, '{');
      },
      true,
    ],
    [
      'of another shape',
      (files) => {
        files.put(PATH, '{"version":1,"halts":[{"id":"x"}]}');
      },
      true,
    ],
    [
      'of another version',
      (files) => {
        files.put(PATH, '{"version":2,"halts":[]}');
      },
      true,
    ],
    [
      'unreadable at the first start',
      (files) => {
        files.put(PATH, 'null');
      },
      true,
    ],
  ])('are all halted where their file is %s', async (name, damage, hasRun) => {
    const theatre = stage();
    await theatre.open();
    damage(theatre.files);
    const halts = await theatre.open({ hasRun: hasRun && !name.includes('first') });
    const isHalted = hasRun;
    expect(halts.levelFor(ORDER)).toBe(isHalted ? 'halt' : undefined);
    if (isHalted) expect(halts.haltFor(ORDER)?.why).toMatch(/file of halts|cannot be read/);
  });

  test('that cannot be written hold, and it is told', async () => {
    const theatre = stage();
    const halts = await theatre.open();
    theatre.files.fault = () => {
      throw systemError('ENOSPC');
    };
    await halts.halt(request());
    expect([halts.levelFor(ORDER), halts.isStored]).toEqual(['halt', false]);
    expect(theatre.problems.join()).toContain('ENOSPC');
    await expect(halts.resume('all', RISK, 'over')).rejects.toMatchObject({ code: 'NOT_STORED' });
    expect(halts.levelFor(ORDER)).toBe('halt');
  });

  test('end by themselves only when they are automatic and say when', async () => {
    const theatre = stage();
    const halts = await theatre.open();
    await halts.halt(request({ source: 'auto', until: 2000 }));
    await halts.halt(request({ source: 'hand', until: 1500, scope: { kind: 'principal', name: 'desk-1' } }));
    theatre.now = 1999;
    expect(halts.levelFor({ ...ORDER, principal: 'desk-2' })).toBe('halt');
    theatre.now = 2000;
    expect(halts.levelFor({ ...ORDER, principal: 'desk-2' })).toBeUndefined();
    expect(halts.levelFor(ORDER)).toBe('halt');
    expect(halts.list()).toHaveLength(1);
  });

  test('of one automatic cause are one', async () => {
    const halts = await stage().open();
    const auto = request({ source: 'auto', who: 'lossPerDay', scope: { kind: 'principal', name: 'desk-1' } });
    expect((await halts.halt(auto)).id).toBe((await halts.halt({ ...auto, why: 'more' })).id);
    expect(halts.list()).toHaveLength(1);
  });

  test('beyond a thousand become one of all', async () => {
    const halts = await stage().open();
    for (let index = 0; index < 1005; index++)
      await halts.halt(request({ scope: { kind: 'principal', name: `p${index}` } }));
    expect(halts.list()).toHaveLength(1001);
    expect(halts.levelFor(ORDER)).toBe('halt');
  });
});

describe('a resume', () => {
  test.each<[string, Partial<typeof RISK> & { readonly rights?: readonly ['halt'] }, HaltScope, string, string]>([
    ['without the right', { rights: ['halt'] as never }, { kind: 'all' }, 'over', 'NOT_ALLOWED'],
    ['by the principal that it stops', {}, { kind: 'principal', name: 'risk-1' }, 'over', 'NOT_ALLOWED'],
    ['by one of the role that it stops', {}, { kind: 'role', name: 'risk' }, 'over', 'NOT_ALLOWED'],
    ['without a reason', {}, { kind: 'all' }, ' ', 'NO_REASON'],
  ])('%s is refused', async (_name, by, scope, reason, code) => {
    const halts = await stage().open();
    const { id } = await halts.halt(request({ scope }));
    await expect(halts.resume(id, { ...RISK, ...by }, reason)).rejects.toMatchObject({ code });
    await expect(halts.resume('all', { ...RISK, ...by }, reason)).rejects.toMatchObject({ code });
    expect(halts.list()).toHaveLength(1);
  });

  test('of an unknown id, or while something holds it, is refused', async () => {
    const theatre = stage();
    const halts = await theatre.open({ heldBy: () => 'there is a file HALT' });
    const { id } = await halts.halt(request());
    await expect(halts.resume('none', RISK, 'over')).rejects.toMatchObject({ code: 'UNKNOWN_HALT' });
    await expect(halts.resume(id, RISK, 'over')).rejects.toMatchObject({ code: 'HELD' });
  });

  test('of one leaves the others, and one that comes meanwhile holds and is stored', async () => {
    const theatre = stage();
    const halts = await theatre.open();
    const first = await halts.halt(request({ level: 'reduce' }));
    const second = await halts.halt(request({ scope: { kind: 'principal', name: 'desk-1' } }));
    const gate = deferred<undefined>();
    theatre.files.fault = ({ name }) => (name === 'datasync' ? gate.promise : undefined);
    const resumed = halts.resume(second.id, RISK, 'over');
    const third = halts.halt(request({ scope: { kind: 'gateway', name: 'CTP' } }));
    gate.resolve(undefined);
    expect(await resumed).toEqual([second]);
    const left = [first, await third];
    expect(halts.list()).toEqual(left);
    expect((await theatre.open({ hasRun: true })).list()).toEqual(left);
  });
});
