import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, contains, overlap, parseNetwork } from '../../../src/guard/policy/networks.js';
import type { Network } from '../../../src/guard/policy/networks.js';

function network(text: string): Network {
  const read = parseNetwork(text);
  if (typeof read === 'string') throw new Error(`${text} ${read}`);
  return read;
}

test.each([
  ['10.1.0.0/16', '10.1.255.255', true],
  ['10.1.0.0/16', '10.2.0.0', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.4', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['10.1.0.0/16', '::ffff:10.1.9.9', true],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '2001:db9::', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::1', '::1', true],
  ['64:ff9b::/96', '64:ff9b::192.0.2.33', true],
])('%s contains %s: %s', (text, address, inside) => {
  const place = addressOf(address);
  expect(place !== undefined && contains(network(text), place)).toBe(inside);
});

test.each([
  ['10.1.2.3/16', /the network is 10\.1\.0\.0\/16/],
  ['2001:db8::1/32', /the network is 2001:db8:0:0:0:0:0:0\/32/],
  ['10.1.0.0/33', /0 to 32/],
  ['10.1.0.0/', /0 to 32/],
  ['10.1.0.0/8/8', /neither/],
  ['10.1', /neither/],
  ['desk', /neither/],
  ['', /neither/],
  ['010.1.1.1', /neither/],
])('%s is no network', (text, message) => {
  expect(parseNetwork(text)).toMatch(message);
});

test('the bits of an address are those that the system sees', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), (one, two, bits) => {
      const [left, right] = [addressOf(one), addressOf(two)];
      if (left === undefined || right === undefined) throw new Error('no address');
      const prefix = Math.min(bits, left.prefix);
      const rest = BigInt(left.prefix - prefix);
      const net: Network = { family: left.family, base: (left.base >> rest) << rest, prefix };
      const list = new BlockList();
      // Node maps IPv4 into IPv6 for itself: only addresses of one family are compared here.
      if (one.includes(':') !== two.includes(':') || left.family !== (one.includes(':') ? 6 : 4)) return;
      list.addSubnet(one, prefix, one.includes(':') ? 'ipv6' : 'ipv4');
      expect(contains(net, right)).toBe(list.check(two, two.includes(':') ? 'ipv6' : 'ipv4'));
      expect(contains(net, left)).toBe(true);
    }),
  );
});

test('two networks overlap where one lies in the other, whichever stands first', () => {
  const nets = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '11.0.0.0/8', '::/0'].map(network);
  const pairs = nets.map((left) => nets.map((right) => overlap(left, right)));
  expect(pairs).toEqual([
    [true, true, true, false, false],
    [true, true, true, false, false],
    [true, true, true, false, false],
    [false, false, false, true, false],
    [false, false, false, false, true],
  ]);
});
