import { describe, expect, test } from 'vitest';
import { Principals } from '../../../src/guard/rights/principals.js';
import type { Refused, Visitor } from '../../../src/guard/rights/principals.js';
import type { Principal } from '../../../src/guard/policy/policy.js';
import { KEY, OTHER_KEY, policyWith } from '../policy/support.js';

const NATS = `U${'A'.repeat(55)}`;
const ENDED = Date.parse('2027-01-01T00:00Z');

const principals = (members: object, now = 0): Principals =>
  new Principals(
    policyWith({
      principals: Object.fromEntries(
        Object.entries(members).map(([name, each]) => [name, { roles: [], ...(each as object) }]),
      ),
    }),
    () => now,
  );
const said = (found: Principal | Refused): string => ('refused' in found ? found.refused : found.name);

const all = {
  key: { curveKey: [KEY, OTHER_KEY], until: '2027-01-01T00:00Z' },
  user: { plainUser: 'screen', addresses: ['10.1.0.0/16', '127.0.0.1'] },
  desk: { addresses: ['10.2.0.0/16', '2001:db8::/32'] },
  web: { webUser: 'ann', addresses: ['10.9.0.0/16'] },
  nats: { natsKey: NATS },
  alone: {
    listen: { request: 'tcp://127.0.0.1:3014', subscribe: 'tcp://localhost:5102', subscribePair: 'ipc:///run/p' },
  },
  both: { curveKey: 'x'.repeat(40), listen: { request: 'tcp://*:3015', subscribe: 'tcp://*:5103' } },
  local: {},
};

const visit = (visitor: Partial<Visitor>): Visitor => ({ mechanism: 'null', id: '', address: '127.0.0.1', ...visitor });

test.each<readonly [name: string, visitor: Partial<Visitor>, said: RegExp]>([
  ['a key', { mechanism: 'curve', id: KEY, address: '203.0.113.1' }, /^key$/],
  ['the second key', { mechanism: 'curve', id: OTHER_KEY }, /^key$/],
  [
    'an unknown key, from this machine too',
    { mechanism: 'curve', id: 'y'.repeat(40) },
    /^no principal has the key y{40}/,
  ],
  ['a user', { mechanism: 'plain', id: 'screen', address: '10.1.2.3' }, /^user$/],
  [
    'a user from elsewhere',
    { mechanism: 'plain', id: 'screen', address: '10.2.2.3' },
    /^user may not come from 10\.2\.2\.3/,
  ],
  ['a user at a Unix socket, where this machine may', { mechanism: 'plain', id: 'screen', address: '' }, /^user$/],
  ['an unknown user', { mechanism: 'plain', id: 'Screen' }, /^no principal has the user name "Screen"/],
  ['a key as a user', { mechanism: 'plain', id: KEY }, /^no principal/],
  ['a prototype as a user', { mechanism: 'plain', id: '__proto__' }, /^no principal has the user name "__proto__"/],
  ['an address', { address: '10.2.9.9' }, /^desk$/],
  ['an address in an IPv6 socket', { address: '::ffff:10.2.9.9' }, /^desk$/],
  [
    'a name that NATS has checked',
    { mechanism: 'nats', id: 'nats', address: '', endpoint: 'nats://desk/one' },
    /^nats$/,
  ],
  ['a name of NATS without a key there', { mechanism: 'nats', id: 'user' }, /^user has no natsKey$/],
  ['an unknown name of NATS', { mechanism: 'nats', id: '__proto__' }, /^there is no principal "__proto__"$/],
  ['an IPv6 address', { address: '2001:db8::7' }, /^desk$/],
  ['an address that only restricts another', { address: '10.1.2.3' }, /^it shows neither/],
  ['an unknown address', { address: '203.0.113.1' }, /^it shows neither a key nor a user name/],
  ['this machine', {}, /^local$/],
  ['this machine by IPv6', { address: '::1' }, /^local$/],
  ['this machine by a socket', { address: '' }, /^local$/],
  ['no address at all', { address: 'desk' }, /^it shows neither/],
  ['an address of its own', { endpoint: 'tcp://127.0.0.1:3014' }, /^alone$/],
  ['the same, written otherwise', { endpoint: 'tcp://127.0.0.1:5102' }, /^alone$/],
  ['a socket of its own', { endpoint: 'ipc:///run/p', address: '' }, /^alone$/],
  [
    'the address of another',
    { endpoint: 'tcp://127.0.0.1:3014', mechanism: 'curve', id: KEY },
    /^this address serves another principal alone/,
  ],
  ['the address of one that has a key, without', { endpoint: 'tcp://0.0.0.0:3015' }, /^this address asks for a key/],
  [
    'the address of one that has a key, with',
    { endpoint: 'tcp://0.0.0.0:3015', mechanism: 'curve', id: 'x'.repeat(40) },
    /^both$/,
  ],
  ['an address for all', { endpoint: 'tcp://127.0.0.1:2014' }, /^local$/],
  ['an address that is none', { endpoint: 'anywhere' }, /^local$/],
])('who shows %s', (_, visitor, expected) => {
  expect(said(principals(all).find(visit(visitor)))).toMatch(expected);
});

test('without local, this machine is nobody', () => {
  expect(said(principals({ p: { curveKey: KEY } }).find(visit({})))).toMatch(/^it shows neither/);
});

test('rights end at their time, to the ms', () => {
  const byKey = visit({ mechanism: 'curve', id: KEY });
  expect(said(principals(all, ENDED - 1).find(byKey))).toBe('key');
  expect(said(principals(all, ENDED).find(byKey))).toBe('the rights of key ended at 2027-01-01T00:00:00.000Z');
  // A clock that shows no time.
  expect(said(principals(all, NaN).find(byKey))).toMatch(/ended/);
});

test('an address that was its own and is no more makes nobody local', () => {
  const former = new Set(principals(all).endpoints);
  const rest = Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'alone'));
  const visitor = visit({ endpoint: 'tcp://localhost:3014' });
  expect(said(principals(rest).find(visitor, former))).toMatch(/^this address served a principal/);
  expect(said(principals(rest).find(visit({ endpoint: 'tcp://127.0.0.1:2014' }), former))).toBe('local');
  expect(said(principals(all).find(visitor, former))).toBe('alone');
});

describe('who comes by other ways', () => {
  test('a web user, from where it may', () => {
    expect(said(principals(all).byWebUser('ann', '10.9.1.1'))).toBe('web');
    expect(said(principals(all).byWebUser('ann', '10.8.1.1'))).toBe('web may not come from 10.8.1.1');
    expect(said(principals(all).byWebUser('ann'))).toBe('web');
    expect(said(principals(all).byWebUser('constructor'))).toBe('no principal has this web user');
  });

  test('a NATS key', () => {
    expect(said(principals(all).byNatsKey(NATS))).toBe('nats');
    expect(said(principals(all).byNatsKey('__proto__'))).toBe('no principal has this NATS key');
  });
});

test('what is refused names no other principal', () => {
  const refusals = [
    visit({ endpoint: 'tcp://127.0.0.1:3014', mechanism: 'curve', id: KEY }),
    visit({ address: '203.0.113.1' }),
    visit({ mechanism: 'plain', id: 'nobody' }),
  ].map((each) => said(principals(all).find(each)));
  for (const refusal of refusals) expect(refusal).not.toMatch(/alone\b.*alone|desk|screen|local/);
});
