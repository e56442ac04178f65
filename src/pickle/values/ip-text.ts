/**
 * Which texts Python's `ipaddress` takes: CPython 3.10 to 3.14, Lib/ipaddress.py.
 *
 * @module
 */

/** The classes of `ipaddress`. */
export type IpClass = 'IPv4Address' | 'IPv6Address' | 'IPv4Network' | 'IPv6Network' | 'IPv4Interface' | 'IPv6Interface';

const CLASS = /^IPv([46])(Address|Network|Interface)$/;

/** The longest address: `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`. A text from a pickle may be of any length. */
const MAX_ADDRESS = 45;

/** The most digits that CPython makes an int of, leading zeros among them: `sys.int_info.default_max_str_digits`. */
const MAX_INT_DIGITS = 4300;

/** Whether a class of `ipaddress` can be made of a text. */
export function isIpText(type: string, text: string): boolean {
  const [, version, kind] = CLASS.exec(type) ?? [];
  if (version === undefined) return false;
  const slash = text.indexOf('/');
  if (slash >= 0 && kind === 'Address') return false;
  const address = slash < 0 ? text : text.slice(0, slash);
  const value = version === '4' ? ipv4(address) : scopedIpv6(address);
  if (value === undefined) return false;
  const bits = version === '4' ? 32 : 128;
  const prefix = slash < 0 ? bits : prefixLength(text.slice(slash + 1), bits);
  if (prefix === undefined) return false;
  // A network has no host bits; an interface may.
  return kind !== 'Network' || BigInt.asUintN(bits - prefix, value) === 0n;
}

/** Four numbers to 255, without leading zeros: Python refuses them since 3.9.5, because others read them as octal. */
function ipv4(text: string): bigint | undefined {
  if (text.length > MAX_ADDRESS) return undefined;
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255))
    return undefined;

  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

/** With a zone behind `%`: `fe80::1%eth0`. */
function scopedIpv6(text: string): bigint | undefined {
  const percent = text.indexOf('%');
  if (percent < 0) return ipv6(text);
  // Python takes a zone of any length and of any characters.
  const isScope = percent < text.length - 1 && !text.includes('%', percent + 1);
  return isScope ? ipv6(text.slice(0, percent)) : undefined;
}

function ipv6(text: string): bigint | undefined {
  if (text.length > MAX_ADDRESS) return undefined;
  let groups = text;
  const start = text.lastIndexOf(':') + 1;
  const dotted = text.slice(start);
  if (dotted.includes('.')) {
    const low = ipv4(dotted);
    if (low === undefined) return undefined;
    groups = `${text.slice(0, start)}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const halves = groups.split('::');
  if (halves.length > 2) return undefined;
  const [high = [], low = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - high.length - low.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...high, ...Array.from({ length: missing }, () => '0'), ...low];
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** The length that is given behind the slash: a number, or for IPv4 a mask of the net or of the hosts. */
function prefixLength(text: string, bits: number): number | undefined {
  if (text.length > MAX_INT_DIGITS) return undefined;
  if (/^\d+$/.test(text)) return Number(text) <= bits ? Number(text) : undefined;
  const mask = bits === 32 ? ipv4(text) : undefined;
  if (mask === undefined) return undefined;
  const given = mask.toString(2).padStart(32, '0');
  const length = [/^(1*)0*$/, /^(0*)1*$/].map((form) => form.exec(given)?.[1]?.length);
  return length[0] ?? length[1];
}
