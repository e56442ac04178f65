/**
 * IP addresses and networks: read, compared, and looked whether they overlap.
 *
 * @module
 */
import { isIP } from 'node:net';

/** A network, or a single address with all bits fixed. */
export interface Network {
  readonly family: 4 | 6;
  /** The address as a number; bits behind `prefix` are 0. */
  readonly base: bigint;
  /** How many bits are fixed. */
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** What is before an IPv4 address that came by an IPv6 socket. */
const MAPPED = 0xffffn;

/** The network that a text means, `10.1.0.0/16` or `10.1.2.3`; otherwise a sentence's end that says why it is none. */
export function parseNetwork(text: string): Network | string {
  const [host = '', bits, ...more] = text.split('/');
  const address = addressOf(host);
  if (address === undefined || more.length > 0 || host.includes('%'))
    return 'is neither an IP address nor a network like 10.1.0.0/16';

  const most = BITS[address.family];
  if (bits === undefined) return address;

  const prefix = Number(bits);
  if (!/^\d{1,3}$/.test(bits) || prefix > most) return `has no number from 0 to ${most} behind the slash`;

  const base = cut(address, prefix);
  return base === address.base
    ? { family: address.family, base, prefix }
    : `is an address inside a network: the network is ${textOf(address.family, base)}/${prefix}`;
}

/** A single address; undefined when it is none. One that is mapped into IPv6 is the IPv4 address that it stands for. */
export function addressOf(text: string): Network | undefined {
  const [plain = ''] = text.split('%');
  switch (isIP(plain)) {
    case 4:
      return { family: 4, base: ofV4(plain), prefix: 32 };
    case 6: {
      const base = ofV6(plain);
      return base >> 32n === MAPPED
        ? { family: 4, base: base & 0xffff_ffffn, prefix: 32 }
        : { family: 6, base, prefix: 128 };
    }
    default:
      return undefined;
  }
}

/** Whether an address lies in a network. */
export function contains(network: Network, address: Network): boolean {
  return network.family === address.family && cut(address, network.prefix) === network.base;
}

/** Whether an address lies in both: one of two networks that overlap contains the other. */
export function overlap(left: Network, right: Network): boolean {
  return left.prefix <= right.prefix ? contains(left, right) : contains(right, left);
}

/** What only this machine can come from. */
export const LOOPBACK: readonly Network[] = [
  { family: 4, base: 127n << 24n, prefix: 8 },
  { family: 6, base: 1n, prefix: 128 },
];

function cut({ family, base }: Network, prefix: number): bigint {
  const rest = BigInt(BITS[family] - prefix);
  return (base >> rest) << rest;
}

function ofV4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** An IPv4 address at the end stands for the last two groups. */
function ofV6(text: string): bigint {
  const colon = text.lastIndexOf(':');
  const tail = text.slice(colon + 1);
  if (tail.includes('.')) {
    const v4 = ofV4(tail);
    return ofV6(`${text.slice(0, colon + 1)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`);
  }
  const [left = '', right] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(left), groups(right ?? '')];
  const zeros = right === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].reduce(
    (sum, group) => (sum << 16n) | BigInt(`0x${group}`),
    0n,
  );
}

function textOf(family: 4 | 6, base: bigint): string {
  const [step, count] = family === 4 ? [8n, 4] : [16n, 8];
  const groups = Array.from(
    { length: count },
    (_, index) => (base >> (step * BigInt(count - 1 - index))) & ((1n << step) - 1n),
  );
  return family === 4 ? groups.join('.') : groups.map((group) => group.toString(16)).join(':');
}
