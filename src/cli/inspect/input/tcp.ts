/**
 * TCP streams out of captured packets: segments in order, doubles dropped, holes told.
 *
 * @module
 */
import type { Packet } from './packets.js';

/** A TCP segment of one direction of one connection. */
interface Segment {
  /** `address:port > address:port`. */
  readonly flow: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly data: Uint8Array;
  /** The capture holds less of it than was sent. */
  readonly missing: number;
}

/** Bytes of a stream, in order. */
export interface StreamChunk {
  readonly flow: string;
  readonly time: number;
  readonly data: Uint8Array;
  /** Bytes that are missing before these; the stream is interrupted here. */
  readonly gap: number;
  /** A new connection starts here. */
  readonly opens: boolean;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/** Offset of the IP header and its kind, by link type; undefined when the packet is something else. */
function networkLayer(packet: Packet): { readonly at: number; readonly ipv6: boolean } | undefined {
  const { data, linkType } = packet;
  const byType = (type: number, at: number): ReturnType<typeof networkLayer> =>
    type === IPV4 || type === IPV6 ? { at, ipv6: type === IPV6 } : undefined;
  const u16 = (at: number): number => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  const byVersion = (at: number): ReturnType<typeof networkLayer> => {
    const version = (data[at] ?? 0) >> 4;
    return version === 4 || version === 6 ? { at, ipv6: version === 6 } : undefined;
  };
  switch (linkType) {
    case 1: {
      let at = 12;
      // 802.1Q and 802.1ad tags stand before the type.
      while (u16(at) === 0x8100 || u16(at) === 0x88a8) at += 4;
      return byType(u16(at), at + 2);
    }
    case 0: // BSD loopback: the family in host order, so the version of the header says it better
    case 108:
      return byVersion(4);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return byVersion(0);
    case 113:
      return byType(u16(14), 16);
    case 276:
      return byType(u16(0), 20);
    default:
      return undefined;
  }
}

const TCP = 6;
/** Extension headers of IPv6 that may stand before TCP: hop-by-hop, routing, destination options. */
const IPV6_EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);

function ipv6Address(data: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((data[2 * index] ?? 0) << 8) | (data[2 * index + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::')}]`;
}

function segmentOf(packet: Packet): Segment | undefined {
  const network = networkLayer(packet);
  if (network === undefined) return undefined;
  const { data } = packet;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let { at } = network;
  let source: string;
  let target: string;
  let end: number;
  if (network.ipv6) {
    if (at + 40 > data.length) return undefined;
    const length = view.getUint16(at + 4);
    end = length === 0 ? data.length : at + 40 + length;
    source = ipv6Address(data.subarray(at + 8, at + 24));
    target = ipv6Address(data.subarray(at + 24, at + 40));
    let next = data[at + 6] ?? 0;
    at += 40;
    while (IPV6_EXTENSIONS.has(next) && at + 8 <= data.length) {
      next = data[at] ?? 0;
      at += ((data[at + 1] ?? 0) + 1) * 8;
    }
    if (next !== TCP) return undefined;
  } else {
    if (at + 20 > data.length || data[at + 9] !== TCP) return undefined;
    // A fragment behind the first has no TCP header.
    if ((view.getUint16(at + 6) & 0x1fff) !== 0) return undefined;
    // With segmentation offload the length may be 0: then all that was captured belongs to it.
    const length = view.getUint16(at + 2);
    end = length === 0 ? data.length : at + length;
    source = data.subarray(at + 12, at + 16).join('.');
    target = data.subarray(at + 16, at + 20).join('.');
    at += ((data[at] ?? 0) & 0xf) * 4;
  }
  if (at + 20 > data.length) return undefined;
  const payloadAt = at + ((data[at + 12] ?? 0) >> 4) * 4;
  return {
    flow: `${source}:${view.getUint16(at)} > ${target}:${view.getUint16(at + 2)}`,
    sequence: view.getUint32(at + 4),
    syn: ((data[at + 13] ?? 0) & 0x02) !== 0,
    data: data.subarray(payloadAt, Math.min(end, data.length)),
    missing: Math.max(0, end - data.length),
  };
}

interface Pending {
  readonly data: Uint8Array;
  readonly missing: number;
  readonly time: number;
}

interface Flow {
  /** The sequence number that comes next. */
  next: number;
  /** Segments that came too early, by sequence number. */
  readonly early: Map<number, Pending>;
}

/** Segments that may wait for a missing one; above, the missing one counts as lost. */
const MAX_EARLY = 256;

/** Puts the segments of every stream in order. */
export class Reassembler {
  readonly #flows = new Map<string, Flow>();

  /** Takes a packet and gives the bytes that are now in order. */
  *add(packet: Packet): Generator<StreamChunk> {
    const segment = segmentOf(packet);
    if (segment === undefined) return;
    let flow = this.#flows.get(segment.flow);
    if (segment.syn) {
      // A new connection, perhaps between the same ports as an older one.
      this.#flows.set(segment.flow, { next: (segment.sequence + 1) >>> 0, early: new Map() });
      yield { flow: segment.flow, time: packet.time, data: new Uint8Array(), gap: 0, opens: true };
      return;
    }
    if (segment.data.length + segment.missing === 0) return;
    if (flow === undefined) {
      flow = { next: segment.sequence, early: new Map() };
      this.#flows.set(segment.flow, flow);
    }
    if (!flow.early.has(segment.sequence))
      flow.early.set(segment.sequence, { data: segment.data, missing: segment.missing, time: packet.time });

    yield* this.#drain(segment.flow, flow, MAX_EARLY);
  }

  /** Gives what still waits behind holes. */
  *end(): Generator<StreamChunk> {
    for (const [name, flow] of this.#flows) yield* this.#drain(name, flow, 0);
  }

  *#drain(name: string, flow: Flow, patience: number): Generator<StreamChunk> {
    while (flow.early.size > 0) {
      let best: number | undefined;
      let bestDistance = Number.POSITIVE_INFINITY;
      for (const [sequence, { data, missing }] of flow.early) {
        // Sequence numbers wrap around: the difference as a signed number tells before from after.
        const distance = (sequence - flow.next) | 0;
        if (distance + data.length + missing <= 0) {
          flow.early.delete(sequence);
        } else if (distance < bestDistance) {
          best = sequence;
          bestDistance = distance;
        }
      }
      if (best === undefined) return;
      if (bestDistance > 0 && flow.early.size <= patience) return;
      const pending = flow.early.get(best);
      flow.early.delete(best);
      if (pending === undefined) return;
      const skip = Math.max(0, -bestDistance);
      flow.next = (best + pending.data.length + pending.missing) >>> 0;
      const data = pending.data.subarray(Math.min(skip, pending.data.length));
      yield { flow: name, time: pending.time, data, gap: Math.max(0, bestDistance), opens: false };
      if (pending.missing > 0)
        yield { flow: name, time: pending.time, data: new Uint8Array(), gap: pending.missing, opens: false };
    }
  }
}
