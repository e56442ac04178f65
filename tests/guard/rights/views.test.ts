import { expect, test } from 'vitest';
import {
  AccountData,
  ContractData,
  Direction,
  Event,
  EventType,
  Exchange,
  LogData,
  OrderData,
  PositionData,
  Product,
  QuoteData,
  TickData,
  TradeData,
} from 'vnpy-bridge/vnpy';
import { compileRights } from '../../../src/guard/rights/rights.js';
import { sees } from '../../../src/guard/rights/views.js';
import type { ViewContext } from '../../../src/guard/rights/views.js';
import { policyWith } from '../policy/support.js';

const place = { gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE };
const items = {
  order: new OrderData({ ...place, orderid: '7' }),
  trade: new TradeData({ ...place, orderid: '7', tradeid: '1' }),
  quote: new QuoteData({ ...place, quoteid: '7' }),
  position: new PositionData({ ...place, direction: Direction.LONG }),
  account: new AccountData({ gateway_name: 'CTP', accountid: '1' }),
  contract: new ContractData({ ...place, name: 'rb', product: Product.FUTURES, size: 10, pricetick: 1 }),
  tick: new TickData({ ...place, name: 'rb', datetime: new Date(0) }),
  log: new LogData({ gateway_name: 'CTP', msg: 'x' }),
};
type Kind = keyof typeof items;
const OWN_KINDS: readonly Kind[] = ['order', 'trade', 'quote'];
const HELD: readonly Kind[] = ['position', 'account'];
const ALWAYS: readonly Kind[] = ['contract', 'tick', 'log'];

const rightsOf = (roles: readonly object[]) => {
  const policy = policyWith({
    roles: Object.fromEntries(roles.map((role, index) => [`r${index}`, role])),
    principals: { p: { plainUser: 'p', roles: roles.map((_, index) => `r${index}`) } },
  });
  const rights = compileRights(policy).get('p');
  if (rights === undefined) throw new Error('no rights');
  return rights;
};
const context = (owner: string | undefined, more: Partial<ViewContext> = {}): ViewContext => ({
  ownerOf: (id) => (id === 'CTP.7' ? owner : undefined),
  ...more,
});
const shown = (roles: readonly object[], owner: string | undefined, more: Partial<ViewContext> = {}): Kind[] =>
  (Object.keys(items) as Kind[]).filter((kind) => {
    const rights = rightsOf(roles);
    const seen = sees(rights, items[kind], context(owner, more));
    // An event is its data.
    expect(sees(rights, new Event('eAnything.', items[kind]), context(owner, more))).toBe(seen);
    return seen;
  });

const VIEWER = { functions: ['get_*'] };
const all = [...OWN_KINDS, ...HELD, ...ALWAYS];

test.each<readonly [name: string, roles: readonly object[], owner: string | undefined, kinds: readonly Kind[]]>([
  ['a viewer sees all', [VIEWER], 'q', all],
  [
    'a viewer of its own sees what others hold, not their orders',
    [{ ...VIEWER, see: 'own' }],
    'q',
    [...HELD, ...ALWAYS],
  ],
  ['and not the orders of nobody', [{ ...VIEWER, see: 'own' }], undefined, [...HELD, ...ALWAYS]],
  ['and its own', [{ ...VIEWER, see: 'own' }], 'p', all],
  ['two roles see what one of them sees', [{ ...VIEWER, see: 'own' }, VIEWER], 'q', all],
  ['a role that may ask for nothing shows nothing of others', [{ functions: ['subscribe'] }], 'q', ALWAYS],
  [
    'nor does it where another role has eyes for its own',
    [{ ...VIEWER, see: 'own' }, { rights: ['halt'] }],
    'q',
    [...HELD, ...ALWAYS],
  ],
  ['no role at all, but one’s own', [], 'p', [...OWN_KINDS, ...ALWAYS]],
  ['who may ask for trades sees trades', [{ functions: ['get_all_trades'] }], 'q', ['trade', ...ALWAYS]],
  [
    'who is denied the question is denied the view',
    [VIEWER, { deny: { functions: ['get_*order*'] } }],
    'q',
    ['trade', ...HELD, ...ALWAYS],
  ],
  ['by gateway', [{ ...VIEWER, gateways: ['IB'] }], 'q', ALWAYS],
  ['by symbol', [{ ...VIEWER, symbols: ['*.DCE'] }], 'q', ['account', ...ALWAYS]],
  [
    'one’s own is seen also where one may no longer trade',
    [{ ...VIEWER, symbols: ['*.DCE'] }],
    'p',
    [...OWN_KINDS, 'account', ...ALWAYS],
  ],
  ['a denied symbol', [VIEWER, { deny: { symbols: ['rb*'] } }], 'q', ['account', ...ALWAYS]],
  ['a denied gateway', [VIEWER, { deny: { gateways: ['CTP'] } }], 'q', ALWAYS],
  ['an account of another gateway', [{ ...VIEWER, accounts: ['CTP.2'] }], 'q', ALWAYS],
])('%s', (_, roles, owner, kinds) => {
  expect(new Set(shown(roles, owner))).toEqual(new Set(kinds));
});

test('a role with accounts shows what is of them, where the account is known', () => {
  const roles = [{ ...VIEWER, accounts: ['CTP.1'] }];
  expect(new Set(shown(roles, 'q', { accountOf: (gateway) => `${gateway}.1` }))).toEqual(new Set(all));
  expect(new Set(shown(roles, 'q', { accountOf: () => 'CTP.2' }))).toEqual(new Set(['account', ...ALWAYS]));
  expect(new Set(shown(roles, 'q'))).toEqual(new Set(['account', ...ALWAYS]));
});

test('a log line for one principal is that one’s', () => {
  const event = new Event(EventType.LOG, items.log);
  const to = (name: string): ViewContext =>
    context(undefined, { addresseeOf: (item) => (item === event ? name : undefined) });
  expect([sees(rightsOf([VIEWER]), event, to('p')), sees(rightsOf([VIEWER]), event, to('q'))]).toEqual([true, false]);
});
