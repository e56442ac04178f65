import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newMarker } from '../../../src/vnpy/internal.js';
import { explain } from '../../../src/guard/rights/explain.js';
import { compileRights } from '../../../src/guard/rights/rights.js';
import { policyWith } from '../policy/support.js';

const policy = policyWith({
  roles: {
    viewer: { functions: ['get_*'] },
    trader: { functions: ['send_order', 'cancel_order'], symbols: ['*.SHFE'], deny: { symbols: ['au*'] } },
    risk: { functions: ['cancel_order'], cancel: 'all' },
  },
  principals: {
    desk: { plainUser: 'desk', roles: ['viewer', 'trader'] },
    risk: { plainUser: 'risk', roles: ['risk'] },
    nobody: { plainUser: 'nobody', roles: [] },
  },
});
const ORDER = { gateway: 'CTP', vt_symbol: 'rb2705.SHFE', product: 'FUTURES', orderType: 'LIMIT' };

test('an order that is allowed: what each role says, and that it has the right', () => {
  const { verdict, steps } = explain(policy, 'desk', { function: 'send_order', order: ORDER });
  expect(verdict).toBe('allowed');
  expect(steps.map(({ rule, outcome, text }) => `${rule} ${outcome}: ${text}`)).toEqual([
    'function outside: the role viewer does not allow send_order',
    'gateway allowed: the role viewer allows CTP',
    'account allowed: the role viewer allows every account',
    'symbol allowed: the role viewer allows rb2705.SHFE',
    'product allowed: the role viewer allows FUTURES',
    'orderType allowed: the role viewer allows LIMIT',
    'function allowed: the role trader allows send_order',
    'gateway allowed: the role trader allows CTP',
    'account allowed: the role trader allows every account',
    'symbol allowed: the role trader allows rb2705.SHFE',
    'product allowed: the role trader allows FUTURES',
    'orderType allowed: the role trader allows LIMIT',
    'function allowed: desk has the right to send_order',
  ]);
});

test('an order that is denied: by whom', () => {
  const { verdict, refusal, steps } = explain(policy, 'desk', {
    function: 'send_order',
    order: { ...ORDER, vt_symbol: 'au2705.SHFE' },
  });
  expect([verdict, refusal?.rule, steps.at(-1)?.text]).toEqual([
    'refused',
    'symbol',
    'desk may not trade au2705.SHFE: the role trader denies it',
  ]);
  expect(steps.filter(({ outcome }) => outcome === 'denied')).toHaveLength(1);
});

test.each([
  ['its own', 'desk', 'desk', 'allowed', "the order is desk's own"],
  [
    'another’s',
    'desk',
    'risk',
    'refused',
    'desk may cancel its own orders only, and this is none that it sent by this guard',
  ],
  ['another’s, for all', 'risk', 'desk', 'allowed', 'the role risk cancels all orders'],
])('a cancel of %s', (_, name, owner, verdict, text) => {
  const cancel = { owner, gateway: 'CTP', vt_symbol: 'rb2705.SHFE' };
  const explained = explain(policy, name, { function: 'cancel_order', cancel });
  expect(explained.verdict).toBe(verdict);
  expect(explained.steps.map((step) => step.text)).toContain(text);
});

test('a marker, and a principal without a role', () => {
  const cancel = { owner: undefined, gateway: newMarker(), vt_symbol: undefined };
  expect(explain(policy, 'nobody', { function: 'cancel_order', cancel }).verdict).toBe('allowed');
  expect(explain(policy, 'nobody', { function: 'get_tick' })).toMatchObject({
    verdict: 'refused',
    steps: [{ text: 'nobody has no role' }, { outcome: 'refused' }],
  });
});

test('nobody of that name', () => {
  expect(() => explain(policy, 'dsk', { function: 'get_tick' })).toThrow(
    expect.objectContaining({ name: 'GuardError', code: 'principal' }),
  );
});

test('limits follow the rights: the first that refuses decides', () => {
  const further = () =>
    [
      { rule: 'shape', outcome: 'allowed', text: 'it fits' },
      { rule: 'orderVolume', outcome: 'refused', text: 'too much' },
      { rule: 'openOrders', outcome: 'refused', text: 'too many' },
    ] as const;
  const explained = explain(policy, 'desk', { function: 'send_order', order: ORDER }, further);
  expect(explained).toMatchObject({ verdict: 'refused', refusal: { rule: 'orderVolume', reason: 'too much' } });
  expect(explained.steps.at(-1)).toMatchObject({ text: 'too many' });
  // Where the rights refuse, the limits are shown, and decide nothing.
  const denied = explain(policy, 'nobody', { function: 'send_order', order: ORDER }, further);
  expect(denied).toMatchObject({ verdict: 'refused', refusal: { rule: 'function' } });
  expect(denied.steps.at(-1)).toMatchObject({ text: 'too many' });
});

test('an explanation says what a decision says', () => {
  const rights = compileRights(policy);
  fc.assert(
    fc.property(
      fc.constantFrom('desk', 'risk', 'nobody'),
      fc.constantFrom('send_order', 'cancel_order', 'get_tick'),
      fc.constantFrom('rb2705.SHFE', 'au2705.SHFE', 'a2705.DCE'),
      fc.constantFrom('desk', 'risk', undefined),
      (name, called, vt_symbol, owner) => {
        const order = { ...ORDER, vt_symbol };
        const cancel = { gateway: 'CTP', vt_symbol, owner };
        const own = rights.get(name);
        const request = {
          function: called,
          ...(called === 'send_order' ? { order } : called === 'cancel_order' ? { cancel } : {}),
        };
        const decided =
          called === 'send_order'
            ? own?.mayOrder(order)
            : called === 'cancel_order'
              ? own?.mayCancel(cancel)
              : own?.mayCall(called);
        const { verdict, refusal } = explain(policy, name, request);
        expect(refusal).toEqual(decided);
        expect(verdict).toBe(decided === undefined ? 'allowed' : 'refused');
      },
    ),
  );
});
