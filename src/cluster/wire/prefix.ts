/**
 * The 32 bytes before the pickle of every tick and event. All numbers are big-endian.
 *
 * ```
 *  0  "VB"           8  boot    u32    24  edge time f64
 *  2  version u8    12  epoch   u48
 *  3  encoding u8   18  seq     u48
 *  4  edge    u32
 * ```
 *
 * @module
 */

/** How the rest is written: the pickle of vnpy's `Event`, as vnpy made it. Others may follow. */
export const PICKLED_EVENT = 1;

/** How many bytes it has. */
export const PREFIX_BYTES = 32;

const MAGIC = 0x5642;
const VERSION = 1;

/** What the prefix says. */
export interface EventPrefix {
  /** {@link PICKLED_EVENT}. */
  readonly encoding: number;
  /** The number of the edge, of its beats. */
  readonly edge: number;
  /** The run of its program. */
  readonly boot: number;
  /** Its lease. */
  readonly epoch: number;
  /** One more for each message of the same subject (ticks), or principal (other events), of this edge, boot and epoch. */
  readonly seq: number;
  /** When the edge published it, in ms since 1970 by the edge's clock. For people and for measuring. */
  readonly time: number;
}

/** The message: prefix and rest. */
export function writePrefixed(prefix: EventPrefix, rest: Uint8Array): Uint8Array {
  const message = Buffer.allocUnsafe(PREFIX_BYTES + rest.length);
  message.writeUInt16BE(MAGIC, 0);
  message.writeUInt8(VERSION, 2);
  message.writeUInt8(prefix.encoding, 3);
  message.writeUInt32BE(prefix.edge, 4);
  message.writeUInt32BE(prefix.boot, 8);
  message.writeUIntBE(prefix.epoch, 12, 6);
  message.writeUIntBE(prefix.seq, 18, 6);
  message.writeDoubleBE(prefix.time, 24);
  message.set(rest, PREFIX_BYTES);
  return message;
}

/** The prefix of a message; undefined where there is none, or one of another version. The rest begins at {@link PREFIX_BYTES}. */
export function readPrefix(message: Uint8Array): EventPrefix | undefined {
  if (message.length < PREFIX_BYTES) return undefined;
  const view = Buffer.from(message.buffer, message.byteOffset, PREFIX_BYTES);
  if (view.readUInt16BE(0) !== MAGIC || view.readUInt8(2) !== VERSION) return undefined;
  const time = view.readDoubleBE(24);
  if (!Number.isFinite(time)) return undefined;
  return {
    encoding: view.readUInt8(3),
    edge: view.readUInt32BE(4),
    boot: view.readUInt32BE(8),
    epoch: view.readUIntBE(12, 6),
    seq: view.readUIntBE(18, 6),
    time,
  };
}
