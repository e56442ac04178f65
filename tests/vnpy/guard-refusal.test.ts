import { expect, test } from 'vitest';
import { RemoteException } from 'vnpy-bridge/rpc';
import { SendOrderError } from 'vnpy-bridge/vnpy';
import { readRefusal, refusalInLogs, ruleOf } from '../../src/vnpy/guard-refusal.js';

test.each<readonly [string, ReturnType<typeof readRefusal>]>([
  [
    "send_order: [orderVolume] order volume 12 is more than desk-1's limit of 10",
    { rule: 'orderVolume', value: 12, limit: 10 },
  ],
  ["[priceBand] price -0.5 is above the day's limit -1e-7", { rule: 'priceBand', value: -0.5, limit: -1e-7 }],
  [
    "[lossPerDay] a loss of 1.5e+21 CNY today is more than 7's limit of 2",
    { rule: 'lossPerDay', value: 1.5e21, limit: 2 },
  ],
  // No numbers of one rule: its text has them, and they mean something else.
  ['[state] no tick of rb2705.SHFE for 42 s, so priceBand cannot be decided', { rule: 'state' }],
  ["[selfTrade] would trade with your account's own sell order CTP.17 at 3500", { rule: 'selfTrade' }],
  [
    "[halt] trading is halted since 2027 by lossPerDay: a loss of 5 today is more than x's limit of 1",
    { rule: 'halt' },
  ],
  ['[function] local may not call send_order', { rule: 'function' }],
  ['order volume 12 is more than a limit of 10', undefined],
  ['[a rule] order volume 12', undefined],
  ['Send_order: [orderVolume] 12', undefined],
  [`[orderVolume] ${'1'.repeat(5000)} limit of 1`, undefined],
])('the text %j', (text, read) => {
  expect(readRefusal(text)).toEqual(read);
});

test('lines of a log tell of a rule where they tell of one refusal', () => {
  const one = "send_order: [orderVolume] order volume 12 is more than x's limit of 10";
  expect(refusalInLogs(['CTP: connected', one, one])).toMatchObject({ rule: 'orderVolume', limit: 10 });
  expect(refusalInLogs([one, one.replace('12', '13')])).toBeUndefined();
  expect(refusalInLogs([`cancel_order: ${one}`, '[orderVolume] 1'])).toBeUndefined();
  expect(refusalInLogs([])).toBeUndefined();
});

test('an error tells of its rule by itself, or by the text of a remote one', () => {
  const remote = (type: string): RemoteException =>
    new RemoteException('cancel_order', `Traceback (most recent call last):\n${type}: [owner] it is not yours\n`);
  expect(ruleOf(remote('GuardError'))).toEqual({ rule: 'owner' });
  expect(ruleOf(remote('ValueError'))).toBeUndefined();
  const error = new SendOrderError('refused', 'no', { reference: 'r', rule: 'openOrders', limit: 3, value: 4 });
  expect(ruleOf(error)).toEqual({ rule: 'openOrders', limit: 3, value: 4 });
  expect(ruleOf(new Error('[orderVolume] x'))).toBeUndefined();
  expect(ruleOf('text')).toBeUndefined();
});
