/**
 * Python's `ipaddress`.
 *
 * @module
 */
import { isIpText } from './ip-text.js';
import type { IpClass } from './ip-text.js';
import { pythonKey } from './keys.js';

/** An IP address, network or interface: its class and its text. */
export class PyIpAddress {
  readonly type: IpClass;
  /** As Python's `str`: `192.0.2.1`, `2001:db8::/32`. */
  readonly text: string;

  /**
   * @throws RangeError when the text is none of that class: an octet above 255 or with leading zeros, a network with host
   *   bits.
   */
  constructor(type: IpClass, text: string) {
    if (typeof text !== 'string') throw new RangeError(`An ${type} is made of text, not of a ${typeof text}`);
    if (!isIpText(type, text)) throw new RangeError(`${JSON.stringify(text.slice(0, 60))} is no ${type}`);
    this.type = type;
    this.text = text;
  }

  /** From the address as an int. @throws RangeError when it has too many bits. */
  static fromInt(type: 'IPv4Address' | 'IPv6Address', value: bigint): PyIpAddress {
    const bits = type === 'IPv4Address' ? 32n : 128n;
    if (value < 0n || value >= 1n << bits) throw new RangeError(`An ${type} has ${bits} bits`);
    return new PyIpAddress(type, type === 'IPv4Address' ? ipv4Text(value) : ipv6Text(value));
  }

  /** The address as text. */
  toString(): string {
    return this.text;
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.text;
  }

  /** @internal */
  [pythonKey](): string {
    return `${this.type} ${this.text}`;
  }
}

function ipv4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

function ipv6Text(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  // RFC 5952: the first longest run of two or more zero groups becomes `::`.
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}
