/**
 * A reader of zip archives for inspection. It trusts nothing: scanners were bypassed by archives whose directory and
 * local headers name different files, whose flag bits or checksums are wrong, or whose members have odd extensions
 * (CVE-2025-1944, 1945, 10156); loaders that ignore those fields still run such members. So every member that either
 * list knows is opened, and every contradiction is told.
 *
 * @module
 */
import { crc32 } from './crc32.js';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const ENCRYPTED = 0x1;
const STREAMED = 0x8;

/** A file in an archive. */
export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
  /** What does not fit together about this member, in words. */
  readonly anomalies: readonly string[];
  /** The output bound was reached: the data goes on. */
  readonly limited: boolean;
  /** The flags say that it is encrypted: `data` is what a loader gets that does not ask them. */
  readonly encrypted: boolean;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly localOffset: number;
}

const text = new TextDecoder();

function centralEntries(data: Uint8Array, view: DataView): Entry[] {
  const entries: Entry[] = [];
  // The end record stands in the last 64 KiB, before a comment; the last one counts.
  let end = -1;
  for (let at = data.length - 22; at >= Math.max(0, data.length - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === END) {
      end = at;
      break;
    }
  }
  if (end < 0) return entries;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= data.length && view.getUint32(at, true) === CENTRAL) {
    const nameLength = view.getUint16(at + 28, true);
    const rest = nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    entries.push({
      name: text.decode(data.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      localOffset: view.getUint32(at + 42, true),
    });
    at += 46 + rest;
  }
  return entries;
}

/** Where local headers stand that the directory does not name: from the start, one behind the other. */
function* strayLocalHeaders(view: DataView, known: ReadonlySet<number>): Generator<number> {
  let at = 0;
  while (at + 30 <= view.byteLength && view.getUint32(at, true) === LOCAL) {
    if (!known.has(at)) yield at;
    const packed = view.getUint32(at + 18, true);
    if (packed === 0xffffffff || (view.getUint16(at + 6, true) & STREAMED) !== 0) return;
    at += 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true) + packed;
  }
}

/** Whether data starts as a zip archive does. */
export function isZip(data: Uint8Array): boolean {
  return data[0] === 0x50 && data[1] === 0x4b && (data[2] === 3 || data[2] === 5) && (data[3] === 4 || data[3] === 6);
}

/** Opens every member of an archive, within `limit` bytes of output altogether. */
export async function* zipMembers(data: Uint8Array, limit: number): AsyncGenerator<ZipMember> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const listed = centralEntries(data, view);
  const opened = new Set<number>();
  let room = limit;
  for (const entry of listed) {
    if (opened.has(entry.localOffset)) continue;
    opened.add(entry.localOffset);
    const member = await openMember(data, view, entry.localOffset, entry, room);
    room -= member.data.length;
    yield member;
  }
  for (const offset of [...strayLocalHeaders(view, opened)]) {
    const member = await openMember(data, view, offset, undefined, room);
    room -= member.data.length;
    yield member;
  }
}

async function openMember(
  data: Uint8Array,
  view: DataView,
  offset: number,
  listed: Entry | undefined,
  room: number,
): Promise<ZipMember> {
  const anomalies: string[] = [];
  if (offset + 30 > data.length || view.getUint32(offset, true) !== LOCAL) {
    const name = listed?.name ?? `member at ${offset}`;
    return {
      name,
      data: new Uint8Array(),
      anomalies: [`no local header at ${offset}`],
      limited: false,
      encrypted: false,
    };
  }
  const nameLength = view.getUint16(offset + 26, true);
  const start = offset + 30 + nameLength + view.getUint16(offset + 28, true);
  const localName = text.decode(data.subarray(offset + 30, offset + 30 + nameLength));
  const local: Entry = {
    name: localName,
    flags: view.getUint16(offset + 6, true),
    method: view.getUint16(offset + 8, true),
    crc: view.getUint32(offset + 14, true),
    packedSize: view.getUint32(offset + 18, true),
    size: view.getUint32(offset + 22, true),
    localOffset: offset,
  };
  if (listed === undefined) {
    anomalies.push('the archive directory does not name this member');
  } else if (listed.name !== localName) {
    anomalies.push(
      `the directory calls it ${JSON.stringify(listed.name)}, its own header ${JSON.stringify(localName)}`,
    );
  }
  if (listed !== undefined && listed.method !== local.method)
    anomalies.push(`compression method ${listed.method} in the directory, ${local.method} in the header`);

  const entry = listed ?? local;
  const encrypted = ((entry.flags | local.flags) & ENCRYPTED) !== 0;
  const packedSize = entry.packedSize === 0xffffffff ? data.length - start : entry.packedSize;
  if (start + packedSize > data.length) anomalies.push('its data is cut off');
  const packed = data.subarray(start, Math.min(start + packedSize, data.length));

  // Of encrypted data nothing fits, and that proves nothing.
  const unpacked = await unpack(packed, entry.method, room, encrypted ? [] : anomalies);
  const checked = unpacked.problem === undefined && entry.crc !== 0 && !encrypted;
  if (checked && crc32(unpacked.data) !== entry.crc) anomalies.push('its checksum is wrong');
  return { name: entry.name, data: unpacked.data, anomalies, limited: unpacked.problem === 'limit', encrypted };
}

async function unpack(
  packed: Uint8Array,
  method: number,
  room: number,
  anomalies: string[],
): Promise<{ data: Uint8Array; problem?: 'limit' | 'corrupt' }> {
  if (method === 0)
    return packed.length > room ? { data: packed.subarray(0, room), problem: 'limit' } : { data: packed };

  if (method !== 8) {
    anomalies.push(`its compression method ${method} is not supported`);
    return { data: packed, problem: 'corrupt' };
  }
  // Loaded with the first packed member: that an input is no archive must not cost zlib.
  const { inflate } = await import('./inflate.js');
  const result = await inflate(packed, 'deflate', room);
  if (result.problem === 'corrupt') anomalies.push(`its compressed data breaks off: ${result.message ?? 'corrupt'}`);
  return result;
}
