/**
 * Packets of a capture file, pcap or pcapng (https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ and -pcapng/).
 *
 * @module
 */

/** One captured packet. */
export interface Packet {
  /** Seconds since the epoch. */
  readonly time: number;
  /** The link type of the interface: LINKTYPE_ETHERNET is 1. */
  readonly linkType: number;
  readonly data: Uint8Array;
  /** Less was captured than was sent. */
  readonly cut: boolean;
}

/** The capture file breaks off or contradicts itself. */
export interface CaptureBreak {
  /** Where in the file, in bytes. */
  readonly brokenAt: number;
}

type PacketOrBreak = Packet | CaptureBreak;

/** Whether data starts as a capture file does. */
export function isCapture(data: Uint8Array): boolean {
  return pcapOrder(data) !== undefined || isPcapng(data);
}

/** Reads all packets; ends with a {@link CaptureBreak} where the file is damaged. */
export function packets(data: Uint8Array): Generator<PacketOrBreak> {
  return isPcapng(data) ? pcapngPackets(data) : pcapPackets(data);
}

interface PcapOrder {
  readonly little: boolean;
  /** Units of the second part of a time stamp in a second. */
  readonly fraction: number;
}

function pcapOrder(data: Uint8Array): PcapOrder | undefined {
  const magic = [...data.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (magic === 'd4c3b2a1') return { little: true, fraction: 1e6 };
  if (magic === 'a1b2c3d4') return { little: false, fraction: 1e6 };
  if (magic === '4d3cb2a1') return { little: true, fraction: 1e9 };
  if (magic === 'a1b23c4d') return { little: false, fraction: 1e9 };
  return undefined;
}

function* pcapPackets(data: Uint8Array): Generator<PacketOrBreak> {
  const order = pcapOrder(data);
  if (order === undefined || data.length < 24) {
    yield { brokenAt: 0 };
    return;
  }
  const { little, fraction } = order;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  // The upper bits of this field hold the length of a frame check sequence.
  const linkType = view.getUint32(20, little) & 0xffff;
  let at = 24;
  while (at < data.length) {
    if (at + 16 > data.length) {
      yield { brokenAt: at };
      return;
    }
    const captured = view.getUint32(at + 8, little);
    if (at + 16 + captured > data.length) {
      yield { brokenAt: at };
      return;
    }
    yield {
      time: view.getUint32(at, little) + view.getUint32(at + 4, little) / fraction,
      linkType,
      data: data.subarray(at + 16, at + 16 + captured),
      cut: captured < view.getUint32(at + 12, little),
    };
    at += 16 + captured;
  }
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

function isPcapng(data: Uint8Array): boolean {
  return data[0] === 0x0a && data[1] === 0x0d && data[2] === 0x0d && data[3] === 0x0a;
}

interface Interface {
  readonly linkType: number;
  /** Units of a time stamp in a second. */
  readonly resolution: number;
}

/** The time stamp resolution among the options of an interface block (if_tsresol); a millionth unless it says so. */
function resolutionOf(view: DataView, start: number, end: number, little: boolean): number {
  let at = start;
  while (at + 4 <= end) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0) break;
    if (code === 9 && at + 4 < end) {
      const value = view.getUint8(at + 4);
      return value >= 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1e6;
}

function* pcapngPackets(data: Uint8Array): Generator<PacketOrBreak> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let little = true;
  let interfaces: Interface[] = [];
  let at = 0;
  while (at < data.length) {
    if (at + 12 > data.length) {
      yield { brokenAt: at };
      return;
    }
    const section = view.getUint32(at, false) === SECTION;
    if (section) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      interfaces = [];
    }
    const kind = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || at + length > data.length) {
      yield { brokenAt: at };
      return;
    }
    const end = at + length - 4;
    if (kind === INTERFACE && length >= 20) {
      interfaces.push({
        linkType: view.getUint16(at + 8, little),
        resolution: resolutionOf(view, at + 16, end, little),
      });
    } else {
      const packet = blockPacket(data, view, { at, end, kind, little }, interfaces);
      if (packet !== undefined) yield packet;
    }
    at += length;
  }
}

/** The packet of a block, if the block holds one. */
function blockPacket(
  data: Uint8Array,
  view: DataView,
  block: { readonly at: number; readonly end: number; readonly kind: number; readonly little: boolean },
  interfaces: readonly Interface[],
): PacketOrBreak | undefined {
  const { at, end, kind, little } = block;
  if (kind === SIMPLE_PACKET) {
    if (at + 12 > end) return { brokenAt: at };
    const original = view.getUint32(at + 8, little);
    const bytes = data.subarray(at + 12, Math.min(at + 12 + original, end));
    return { time: 0, linkType: interfaces[0]?.linkType ?? 1, data: bytes, cut: bytes.length < original };
  }
  if (kind !== ENHANCED_PACKET && kind !== OLD_PACKET) return undefined;
  if (at + 28 > end) return { brokenAt: at };
  const captured = view.getUint32(at + 20, little);
  if (at + 28 + captured > end) return { brokenAt: at };
  const number = kind === ENHANCED_PACKET ? view.getUint32(at + 8, little) : view.getUint16(at + 8, little);
  const { linkType, resolution } = interfaces[number] ?? { linkType: 1, resolution: 1e6 };
  const ticks = view.getUint32(at + 12, little) * 2 ** 32 + view.getUint32(at + 16, little);
  return {
    time: ticks / resolution,
    linkType,
    data: data.subarray(at + 28, at + 28 + captured),
    cut: captured < view.getUint32(at + 24, little),
  };
}
