import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { without } from '../../../src/option-table.js';
import { newMarker } from '../../../src/vnpy/internal.js';
import { strictest } from '../../../src/guard/policy/limits.js';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { VNPY_FUNCTIONS } from '../../../src/vnpy/internal.js';
import { compileRights } from '../../../src/guard/rights/rights.js';
import type { OrderQuestion, Refusal, Rights } from '../../../src/guard/rights/rights.js';
import { policyWith } from '../policy/support.js';

/** The rights of a principal `p` with these roles. */
function rightsOf(roles: readonly object[], registered: readonly string[] = []): Rights {
  const policy = policyWith({
    roles: Object.fromEntries(roles.map((role, index) => [`r${index}`, role])),
    principals: { p: { plainUser: 'p', roles: roles.map((_, index) => `r${index}`) } },
  });
  const rights = compileRights(policy, registered).get('p');
  if (rights === undefined) throw new Error('no rights');
  return rights;
}

const text = (refusal: Refusal | undefined): string =>
  refusal === undefined ? 'allowed' : `[${refusal.rule}] ${refusal.reason}`;

const ORDER: OrderQuestion = {
  gateway: 'CTP',
  account: 'CTP.1',
  vt_symbol: 'rb2705.SHFE',
  product: 'FUTURES',
  orderType: 'LIMIT',
};
const TRADER = { functions: ['send_order', 'cancel_order'] };

describe('a function', () => {
  test.each<readonly [name: string, roles: readonly object[], called: string, said: string]>([
    ['that is named', [TRADER], 'send_order', 'allowed'],
    ['that is not', [TRADER], 'get_tick', '[function] p may not call get_tick'],
    ['of a pattern', [{ functions: ['get_*'] }], 'get_tick', 'allowed'],
    ['of the other role', [TRADER, { functions: ['get_*'] }], 'get_tick', 'allowed'],
    [
      'that is denied',
      [{ functions: ['*'], deny: { functions: ['send_*'] } }],
      'send_order',
      '[function] p may not call send_order: the role r0 denies it',
    ],
    [
      'that another role denies',
      [{ functions: ['*'] }, { deny: { functions: ['send_*'] } }],
      'send_order',
      '[function] p may not call send_order: the role r1 denies it',
    ],
    ['with no role', [], 'get_tick', '[function] p may not call get_tick'],
    ['of a prototype', [{ functions: ['*'] }], '__proto__', '[function] p may not call __proto__'],
    ['with a line end', [TRADER], 'a\nb', '[function] p may not call "a\\nb"'],
    [
      'of a megabyte',
      [{ functions: ['*'], future: true }],
      'x'.repeat(2 ** 20),
      `[function] p may not call ${'x'.repeat(60)}…`,
    ],
    ['of a server of one’s own that is named', [{ functions: ['run'] }], 'run', 'allowed'],
    ['that a pattern does not know yet', [{ functions: ['r*'] }], 'run', '[function] p may not call run'],
    ['that a pattern is to know later', [{ functions: ['r*'], future: true }], 'run', 'allowed'],
    ['by which a client looks for a life', [], 'vnpy_bridge_are_you_there', 'allowed'],
    ['the same, denied', [{ deny: { functions: ['*'] } }], 'vnpy_bridge_are_you_there', 'allowed'],
  ])('%s', (_, roles, called, said) => {
    const rights = rightsOf(roles);
    // Twice: the second answer is remembered.
    expect([text(rights.mayCall(called)), text(rights.mayCall(called))]).toEqual([said, said]);
  });

  test('of a server of its own, once it is registered, is one that patterns know', () => {
    expect(rightsOf([{ functions: ['r*'] }], ['run']).mayCall('run')).toBeUndefined();
  });
});

describe('an order', () => {
  const one = { ...TRADER, gateways: ['CTP'], symbols: ['*.SHFE'], products: ['FUTURES'], orderTypes: ['LIMIT', 'F*'] };
  const other = { functions: ['send_order'], gateways: ['IB'], symbols: ['*.SMART'] };
  test.each<readonly [name: string, roles: readonly object[], order: Partial<OrderQuestion>, said: string]>([
    ['that one role allows whole', [one], {}, 'allowed'],
    [
      'that the other allows whole',
      [one, other],
      { gateway: 'IB', vt_symbol: 'AAPL.SMART', product: 'EQUITY', orderType: 'MARKET' },
      'allowed',
    ],
    ['that each allows in part', [one, other], { gateway: 'IB' }, '[symbol] p may not trade rb2705.SHFE'],
    ['by another gateway', [one], { gateway: 'CTP2' }, '[gateway] p may not trade by gateway CTP2'],
    ['by no gateway', [one], { gateway: '' }, '[gateway] p may not trade by gateway ""'],
    ['of another exchange', [one], { vt_symbol: 'a2705.DCE' }, '[symbol] p may not trade a2705.DCE'],
    ['of lower case', [one], { vt_symbol: 'rb2705.shfe' }, '[symbol] p may not trade rb2705.shfe'],
    ['of Cyrillic', [one], { vt_symbol: 'rb2705.SHF\u0415' }, '[symbol] p may not trade "rb2705.SHF\u0415"'],
    ['of options', [one], { product: 'OPTION' }, '[product] p may not trade products of class OPTION'],
    [
      'of what nobody knows',
      [one],
      { product: undefined },
      "[product] the class of the product is not known, so p's right to it cannot be decided",
    ],
    ['at the market', [one], { orderType: 'MARKET' }, '[orderType] p may not send orders of type MARKET'],
    [
      'of what is denied',
      [{ ...one, deny: { symbols: ['rb*'] } }],
      {},
      '[symbol] p may not trade rb2705.SHFE: the role r0 denies it',
    ],
    [
      'of what another role denies',
      [one, { deny: { symbols: ['rb*'] } }],
      {},
      '[symbol] p may not trade rb2705.SHFE: the role r1 denies it',
    ],
    [
      'of a class that is denied where the class is not known',
      [{ ...TRADER, deny: { products: ['OPTION'] } }],
      { product: undefined },
      "[product] the class of the product is not known, so p's right to it cannot be decided",
    ],
    ['on another account', [{ ...TRADER, accounts: ['CTP.2'] }], {}, '[account] p may not trade on account CTP.1'],
    [
      'on an account that nobody knows',
      [{ ...TRADER, accounts: ['CTP.*'] }],
      { account: undefined },
      "[account] the account of the gateway is not known, so p's right to it cannot be decided",
    ],
    ['without the function', [{ symbols: ['*'] }], {}, '[function] p may not call send_order'],
    [
      'with the function in another role',
      [{ functions: ['send_order'], symbols: ['*.DCE'] }, { symbols: ['*.SHFE'] }],
      {},
      '[symbol] p may not trade rb2705.SHFE',
    ],
    [
      'of a symbol of a megabyte, past a denial',
      [{ ...TRADER, deny: { symbols: ['au*'] } }],
      { vt_symbol: `au${'x'.repeat(2 ** 20)}` },
      `[symbol] p may not trade au${'x'.repeat(58)}…: the role r0 denies it`,
    ],
  ])('%s', (_, roles, order, said) => {
    expect(text(rightsOf(roles).mayOrder({ ...ORDER, ...order }))).toBe(said);
  });
});

describe('a cancel', () => {
  const own = { owner: 'p', gateway: 'CTP', vt_symbol: 'rb2705.SHFE' };
  const others = { ...own, owner: 'q' };
  const nobodys = { ...own, owner: undefined };
  const all = { ...TRADER, cancel: 'all' };
  const notOwn = '[owner] p may cancel its own orders only, and this is none that it sent by this guard';
  test.each<readonly [name: string, roles: readonly object[], order: typeof nobodys | typeof own, said: string]>([
    ['of its own', [TRADER], own, 'allowed'],
    [
      'of its own, where it may no longer trade',
      [{ ...TRADER, gateways: ['IB'], deny: { symbols: ['rb*'] } }],
      own,
      'allowed',
    ],
    [
      'of its own, without the function',
      [{ functions: ['send_order'] }],
      own,
      '[function] p may not call cancel_order',
    ],
    ['of another’s', [TRADER], others, notOwn],
    ['of nobody’s', [TRADER], nobodys, notOwn],
    ['of another’s, by a role for all', [all], others, 'allowed'],
    ['of nobody’s, by a role for all', [all], nobodys, 'allowed'],
    [
      'of another’s, elsewhere than the role for all',
      [{ ...all, symbols: ['*.DCE'] }, TRADER],
      others,
      '[symbol] p may not trade rb2705.SHFE',
    ],
    [
      'of another’s, by the function of another role',
      [{ cancel: 'all' }, TRADER],
      others,
      '[function] p may not call cancel_order',
    ],
    [
      'of another’s, denied',
      [{ ...all, deny: { gateways: ['CTP'] } }],
      others,
      '[gateway] p may not trade by gateway CTP: the role r0 denies it',
    ],
  ])('%s', (_, roles, order, said) => {
    expect(text(rightsOf(roles).mayCancel(order))).toBe(said);
  });

  test('for findOrder’s marker passes for whoever is known', () => {
    const rights = rightsOf([{ deny: { functions: ['*'] } }]);
    expect(rights.mayCancel({ owner: undefined, gateway: newMarker(), vt_symbol: undefined })).toBeUndefined();
  });

  test.each(['\nforged line', 'x'.repeat(300), '\u540d'])('for a marker with %j behind it does not', (tail) => {
    const rights = rightsOf([]);
    expect(rights.mayCancel({ owner: undefined, gateway: newMarker() + tail, vt_symbol: undefined })).toBeDefined();
  });
});

test('rights beyond functions unite', () => {
  const rights = rightsOf([{ rights: ['halt'] }, { rights: ['resume'] }]);
  expect((['halt', 'resume', 'flatten'] as const).map((right) => rights.has(right))).toEqual([true, true, false]);
});

test('limits are the strictest of all roles, the warning the lowest', () => {
  const rights = rightsOf([
    {
      warnAt: 0.9,
      limits: {
        orderVolume: 5,
        orderNotional: { CNY: 100, USD: 7 },
        openOrders: { total: 9, perSymbol: 2 },
        priceBand: { aggressive: 0.01, ticks: 4 },
        cancelsPerDay: { total: 5, hard: true },
        duplicates: { count: 3, within: 100 },
        refusals: { count: 9, within: 100, then: 'halt' },
        lossPerDay: { max: 10, then: 'reduce' },
      },
    },
    {
      warnAt: 0.5,
      limits: {
        orderVolume: false,
        orderNotional: { CNY: 200, EUR: 3 },
        openOrders: 4,
        closeOnly: true,
        priceBand: { aggressive: 0.05, passive: 0.5 },
        cancelsPerDay: { perSymbol: 2 },
        duplicates: { count: 5, within: 1000 },
        refusals: { count: 4, within: 10, then: 'reduce' },
        lossPerDay: { max: 20, then: 'halt' },
        selfTrade: 'refuse',
      },
    },
    {},
  ]);
  expect(rights.warnAt).toBe(0.5);
  expect(rights.limits).toEqual({
    orderVolume: false,
    orderNotional: { CNY: 100, USD: 7, EUR: 3 },
    openOrders: { total: 4, perSymbol: 2 },
    closeOnly: true,
    priceBand: { aggressive: 0.01, passive: 0.5 },
    cancelsPerDay: { total: 5, perSymbol: 2, hard: true },
    duplicates: { count: 3, within: 1000 },
    refusals: { count: 4, within: 100, then: 'halt' },
    lossPerDay: { max: 10, then: 'halt' },
    selfTrade: 'refuse',
  });
  expect(Object.isFrozen(rights.limits)).toBe(true);
});

const some = <T>(...items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...items), { maxLength: 3 });
const bound = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(false));
const names = fc.record(
  {
    functions: some('*', 'send_order', 'cancel_order', 'get_*'),
    gateways: some('*', 'CTP', 'IB'),
    symbols: some('*.SHFE', 'rb*', 'a2705.DCE'),
    products: some('FUTURES', 'OPTION'),
    orderTypes: some('LIMIT', 'F*'),
  },
  { requiredKeys: [] },
);
const limits = fc.record(
  {
    orderVolume: bound,
    openOrders: fc.record({ total: bound, perSymbol: bound }),
    orderNotional: fc.dictionary(fc.constantFrom('CNY', 'USD'), bound),
    closeOnly: fc.boolean(),
    duplicates: fc.record({ count: fc.integer({ min: 1, max: 3 }), within: fc.integer({ min: 1, max: 3 }) }),
    lossPerDay: fc.record({ max: fc.integer({ min: 1, max: 3 }), then: fc.constantFrom('reduce', 'halt') }),
  },
  { requiredKeys: [] },
);
const role = fc
  .tuple(
    names,
    fc.option(names, { nil: undefined, freq: 3 }),
    limits,
    fc.constantFrom('own', 'all'),
    some('halt', 'resume'),
  )
  .map(([own, deny, limited, cancel, rights]) => ({
    ...own,
    ...(deny === undefined ? {} : { deny }),
    limits: limited,
    cancel,
    rights,
  }));
const roles = fc.array(role, { maxLength: 3 });
const order = fc.record({
  gateway: fc.constantFrom('CTP', 'IB', 'X'),
  vt_symbol: fc.constantFrom('rb2705.SHFE', 'a2705.DCE', 'au2705.SHFE'),
  product: fc.constantFrom('FUTURES', 'OPTION', undefined),
  orderType: fc.constantFrom('LIMIT', 'MARKET', 'FAK'),
  owner: fc.constantFrom('p', 'q', undefined),
});
type Asked = OrderQuestion & { readonly owner: string | undefined };

const withoutDenial = (each: object): object => without(each as { readonly deny?: object }, 'deny');

/** All that it may: of an order, of a cancel, and of every function. */
function allowed(rights: Rights, asked: Asked): boolean[] {
  return [
    rights.mayOrder(asked) === undefined,
    rights.mayCancel(asked) === undefined,
    ...VNPY_FUNCTIONS.map((name) => rights.mayCall(name) === undefined),
    rights.has('halt'),
    rights.has('resume'),
  ];
}

describe('whatever the roles are', () => {
  test('one more that denies nothing takes no right away, and raises no limit', () => {
    fc.assert(
      fc.property(roles, role, order, (before, added, asked) => {
        const more = withoutDenial(added);
        const [few, many] = [rightsOf(before), rightsOf([...before, more])];
        allowed(few, asked).forEach((was, index) => {
          if (was) expect(allowed(many, asked)[index]).toBe(true);
        });
        // What is at least as strict changes nothing when the other joins it.
        expect(strictest(many.limits, few.limits)).toEqual(many.limits);
      }),
      { numRuns: 300 },
    );
  });

  test('a denial beats them all', () => {
    fc.assert(
      fc.property(roles, order, (before, asked) => {
        const rights = rightsOf([...before, { functions: ['*'] }, { deny: { symbols: [asked.vt_symbol] } }]);
        expect(rights.mayOrder(asked)?.rule).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test('their order says nothing', () => {
    fc.assert(
      fc.property(roles, order, (some_, asked) => {
        const [one, other] = [rightsOf(some_), rightsOf([...some_].reverse())];
        expect(allowed(one, asked)).toEqual(allowed(other, asked));
        const sorted = (value: Limits): unknown =>
          JSON.parse(
            JSON.stringify(value, (_, each: unknown) =>
              typeof each === 'object' && each !== null ? Object.fromEntries(Object.entries(each).sort()) : each,
            ),
          );
        expect(sorted(one.limits)).toEqual(sorted(other.limits));
      }),
      { numRuns: 300 },
    );
  });

  test('an order is allowed when one of them alone allows it and none denies it', () => {
    fc.assert(
      fc.property(roles, order, (all, asked) => {
        const bare = all.map(withoutDenial);
        const someAllows = bare.some((each) => rightsOf([each]).mayOrder(asked) === undefined);
        const noneDenies = all.every((each) => {
          const { deny } = each as { deny?: object };
          return (
            rightsOf([{ functions: ['*'], ...(deny === undefined ? {} : { deny }) }]).mayOrder(asked) === undefined
          );
        });
        expect(rightsOf(all).mayOrder(asked) === undefined).toBe(someAllows && noneDenies);
      }),
      { numRuns: 300 },
    );
  });
});
