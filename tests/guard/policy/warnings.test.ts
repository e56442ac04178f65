import { expect, test } from 'vitest';
import { policyWarnings } from '../../../src/guard/policy/warnings.js';
import { policyWith } from './support.js';

const warnings = (members: object, registered: readonly string[] = [], now = 0): string[] =>
  policyWarnings(policyWith({ audit: 'a', ...members }), registered, now);

const trader = { functions: ['send_order'], limits: { orderVolume: 1 } };

test('what is plain has none', () => {
  expect(
    warnings({ roles: { r: { functions: ['get_tick'] } }, principals: { p: { plainUser: 'p', roles: ['r'] } } }),
  ).toEqual([]);
});

test.each<readonly [name: string, members: object, registered: readonly string[], warning: RegExp]>([
  ['no audit', { audit: undefined, roles: { r: trader } }, [], /^there is no audit: orders of r are refused/],
  ['an audit that is false', { audit: false }, [], /^audit is false/],
  [
    'trading from this machine',
    { roles: { r: trader }, principals: { local: { roles: ['r'] } } },
    [],
    /^local may call send_order: that is every program/,
  ],
  [
    'trading at an address that all reach',
    {
      roles: { r: trader },
      principals: { p: { roles: ['r'], listen: { request: 'tcp://127.0.0.1:1', subscribe: 'tcp://127.0.0.1:2' } } },
    },
    [],
    /^p may call send_order, and is known by an address/,
  ],
  [
    'an end that has passed',
    { principals: { p: { plainUser: 'p', roles: [], until: '1969-01-01' } } },
    [],
    /^the rights of p ended at 1968-12-31T16:00/,
  ],
  ['no role', { principals: { p: { plainUser: 'p', roles: [] } } }, [], /^p has no role/],
  [
    'from everywhere',
    { principals: { p: { addresses: ['0.0.0.0/0'], roles: [] } } },
    [],
    /^p may come from everywhere: 0\.0\.0\.0\/0/,
  ],
  [
    'what a pattern allows',
    { roles: { r: { functions: ['get_all_t*'] } } },
    ['get_all_things'],
    /^the role r: get_all_t\* allows get_all_ticks, get_all_trades, get_all_things$/,
  ],
  [
    'what a pattern will allow',
    { roles: { r: { functions: ['x*'], future: true } } },
    [],
    /^the role r: x\* allows nothing now, and what is registered later$/,
  ],
  [
    'a function that is not there',
    { roles: { r: { functions: ['send_ordr'] } } },
    [],
    /^the role r: there is no function send_ordr now; did you mean send_order\?/,
  ],
  [
    'a denied function that is not there',
    { roles: { r: { deny: { functions: ['get_tik'] } } } },
    [],
    /there is no function get_tik now; did you mean get_tick/,
  ],
  [
    'limits that are absent',
    { roles: { r: trader } },
    [],
    /^the role r may send orders without orderNotional, priceBand, .*lossPerDay$/,
  ],
  [
    'functions that trade past the limits',
    { roles: { r: { ...trader, functions: ['send_order', 'run'] } } },
    ['run'],
    /^the role r has limits, and may call run: orders that these send/,
  ],
])('%s', (_, members, registered, warning) => {
  expect(warnings(members, registered)).toContainEqual(expect.stringMatching(warning));
});

test('what is denied is not warned of', () => {
  const roles = { r: { ...trader, deny: { functions: ['send_*'] } } };
  expect(warnings({ roles, principals: { local: { roles: ['r'] } } })).toEqual([]);
});
