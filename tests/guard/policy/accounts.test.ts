import { expect, test } from 'vitest';
import { accountRule } from '../../../src/guard/policy/accounts.js';
import { policyWith } from './support.js';

const policy = policyWith({
  accounts: {
    'CTP.*': { limits: { ordersPerDay: 10, selfTrade: 'refuse' }, foreignOrders: 'reduce' },
    'CTP.1': { limits: { ordersPerDay: { total: 20, perSymbol: 2 } } },
  },
});

test('an account has the strictest of all rules that match it', () => {
  expect(accountRule(policy, 'CTP.1')).toEqual({
    match: 'CTP.1',
    limits: { ordersPerDay: { total: 10, perSymbol: 2 }, selfTrade: 'refuse' },
    foreignOrders: 'reduce',
  });
  expect(accountRule(policy, 'CTP.2')?.limits).toEqual({ ordersPerDay: { total: 10 }, selfTrade: 'refuse' });
  expect(accountRule(policy, 'IB.1')).toBeUndefined();
});
