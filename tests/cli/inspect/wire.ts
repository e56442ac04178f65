import { encodeCommand, encodeMetadata } from '../../../src/zmtp/commands.js';
import { COMMAND, encodeFrame, encodeMessage } from '../../../src/zmtp/frames.js';
import { encodeGreeting } from '../../../src/zmtp/greeting.js';
import { bytes } from '../../support/bytes.js';

// Capture files for tests, built layer by layer: ZMTP frames, TCP segments, packets, pcap and pcapng.

const big = (value: number, size: 2 | 4): Uint8Array => {
  const data = new Uint8Array(size);
  const view = new DataView(data.buffer);
  if (size === 2) view.setUint16(0, value);
  else view.setUint32(0, value);
  return data;
};
const small = (value: number, size: 2 | 4): Uint8Array => big(value, size).reverse();

/** The greeting of ZMTP 3. */
export function greeting(mechanism = 'NULL'): Uint8Array {
  return encodeGreeting(mechanism, false);
}

/** A command: READY with the socket's type, SUBSCRIBE with a prefix. */
export function command(name: string, body: Uint8Array): Uint8Array {
  return encodeFrame(COMMAND, encodeCommand(name, body));
}

/** READY. */
export function ready(socketType: string): Uint8Array {
  return command('READY', encodeMetadata([['Socket-Type', Buffer.from(socketType)]]));
}

/** A message of several parts. */
export function message(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return encodeMessage(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** A TCP segment from the publisher's port (or to it), in an Ethernet packet. */
export interface Segment {
  readonly sequence: number;
  readonly data?: Uint8Array;
  readonly syn?: boolean;
  /** From the client to the server; default the other way. */
  readonly toServer?: boolean;
  /** Bytes of the packet that were captured. */
  readonly snap?: number;
  readonly ipv6?: boolean;
  readonly linux?: boolean;
}

const SERVER = 4102;
const CLIENT = 50123;

/** The packet of a segment. */
export function packet({
  sequence,
  data = new Uint8Array(),
  syn = false,
  toServer = false,
  ipv6 = false,
  linux = false,
}: Segment): Uint8Array {
  const [source, target] = toServer ? [CLIENT, SERVER] : [SERVER, CLIENT];
  const tcp = bytes(
    big(source, 2),
    big(target, 2),
    big(sequence >>> 0, 4),
    big(0, 4),
    0x50,
    syn ? 2 : 0x18,
    big(1000, 2),
    big(0, 4),
    data,
  );
  const ip = ipv6
    ? bytes(0x60, 0, 0, 0, big(tcp.length, 2), 6, 64, new Uint8Array(15), 1, new Uint8Array(15), 1, tcp)
    : bytes(0x45, 0, big(20 + tcp.length, 2), big(0, 4), 64, 6, big(0, 2), 127, 0, 0, 1, 127, 0, 0, 1, tcp);
  if (linux) return bytes(0, 0, 3, 4, 0, 6, new Uint8Array(8), ipv6 ? big(0x86dd, 2) : big(0x0800, 2), ip);
  // Ethernet pads short packets: the padding must not be read as data.
  const frame = bytes(new Uint8Array(12), ipv6 ? big(0x86dd, 2) : big(0x0800, 2), ip);
  return frame.length < 60 ? bytes(frame, new Uint8Array(60 - frame.length).fill(0x4e)) : frame;
}

/** A pcap file with a packet a second. */
export function pcap(segments: readonly Segment[], order: 'little' | 'big' = 'little'): Uint8Array {
  const n = order === 'little' ? small : big;
  const link = segments[0]?.linux === true ? 113 : 1;
  const records = segments.map((segment, index) => {
    const whole = packet(segment);
    const data = whole.subarray(0, segment.snap ?? whole.length);
    return bytes(n(1767605400 + index, 4), n(500_000, 4), n(data.length, 4), n(whole.length, 4), data);
  });
  return bytes(n(0xa1b2c3d4, 4), n(2, 2), n(4, 2), n(0, 4), n(0, 4), n(65535, 4), n(link, 4), ...records);
}

function block(kind: number, body: Uint8Array): Uint8Array {
  const padded = bytes(body, new Uint8Array((4 - (body.length % 4)) % 4));
  const length = small(padded.length + 12, 4);
  return bytes(small(kind, 4), length, padded, length);
}

/** A pcapng file with times in nanoseconds. */
export function pcapng(segments: readonly Segment[]): Uint8Array {
  const section = block(
    0x0a0d0d0a,
    bytes(small(0x1a2b3c4d, 4), small(1, 2), small(0, 2), new Uint8Array(8).fill(0xff)),
  );
  const options = bytes(small(9, 2), small(1, 2), 9, 0, 0, 0, small(0, 2), small(0, 2));
  const device = block(1, bytes(small(1, 2), small(0, 2), small(65535, 4), options));
  const packets = segments.map((segment, index) => {
    const data = packet(segment);
    const time = BigInt(1767605400 + index) * 1_000_000_000n + 500_000_000n;
    const stamp = bytes(small(Number(time >> 32n), 4), small(Number(time & 0xffffffffn), 4));
    return block(6, bytes(small(0, 4), stamp, small(data.length, 4), small(data.length, 4), data));
  });
  return bytes(section, device, ...packets);
}

/** A stream of bytes as segments of one direction, from a sequence number on, with SYN before them. */
export function stream(
  data: Uint8Array,
  size: number,
  start: number,
  settings: Omit<Segment, 'sequence' | 'data'> = {},
): Segment[] {
  const segments: Segment[] = [{ sequence: start - 1, syn: true, ...settings }];
  for (let at = 0; at < data.length; at += size)
    segments.push({ sequence: start + at, data: data.subarray(at, at + size), ...settings });

  return segments;
}
