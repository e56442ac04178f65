/**
 * The members of a zip archive, for inspection. `yauzl` reads the directory. What it says is trusted no further. Archives
 * bypassed scanners (CVE-2025-1944, 1945, 10156). Their directory and local headers named different files, their flag bits or
 * checksums were wrong, or their members had odd extensions. Loaders that ignore those fields still run such members. So every
 * member that either list knows is opened, and every contradiction is told.
 *
 * @module
 */
import { crc32 } from '@foxglove/crc';
import { fromBufferPromise } from 'yauzl';
import { messageOf } from '../../../errors.js';
import type { Said } from '../findings/finding.js';
import { inflate } from './inflate.js';

const ENCRYPTED = 0x1;
/** A size that stands elsewhere, in an extra field. */
const ELSEWHERE = 0xffffffff;
const LOCAL = Buffer.from('PK\x03\x04', 'latin1');
const LOCAL_SIZE = 30;
const END_SIZE = 22;
/** The end record of zip64, and the locator that stands between it and the end record. */
const END64_SIZE = 56 + 20;

/** A file in an archive. */
export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
  /** What does not fit together about this member, in words. */
  readonly anomalies: readonly Said[];
  /** The output bound was reached: the data goes on. */
  readonly limited: boolean;
  /** The flags say that it is encrypted: `data` is what a loader gets that does not ask them. */
  readonly encrypted: boolean;
}

/** What does not fit together about the archive as a whole, in words. */
export interface ZipAnomaly {
  readonly anomaly: Said;
}

/** What the directory or a local header says of a member. */
interface Header {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
}

/** Opens every member of an archive, within `limit` bytes of output altogether. */
export async function* zipMembers(data: Uint8Array, limit: number): AsyncGenerator<ZipMember | ZipAnomaly> {
  const archive = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  /** Where members end, by where they begin. */
  const ends = new Map<number, number>();
  let room = limit;
  let membersEnd = archive.length;
  const open = async (offset: number, listed: Header | undefined): Promise<ZipMember> => {
    const { member, end } = await openMember(archive, offset, listed, room);
    ends.set(offset, end);
    room -= member.data.length;
    return member;
  };
  try {
    const zip = await fromBufferPromise(archive, { decodeStrings: false, validateEntrySizes: false });
    const start = Number(zip.readEntryCursor);
    for await (const entry of zip.eachEntry()) {
      const { relativeOffsetOfLocalHeader: offset, generalPurposeBitFlag: flags, compressionMethod: method } = entry;
      if (ends.has(offset)) continue;
      const name = entry.fileNameRaw.toString();
      yield await open(offset, { name, flags, method, crc: entry.crc32, packedSize: entry.compressedSize });
    }
    membersEnd = start;
    if (!isOnlyDirectory(archive, start, Number(zip.readEntryCursor), zip.comment.length))
      yield { anomaly: ({ containers }) => containers.otherBytes };
  } catch (error) {
    yield { anomaly: ({ containers }) => containers.noDirectory(messageOf(error)) };
  }
  for (let at = archive.indexOf(LOCAL); at >= 0 && at < membersEnd; at = archive.indexOf(LOCAL, at)) {
    if (!ends.has(at)) yield await open(at, undefined);
    at = Math.max(at + LOCAL_SIZE, ends.get(at) ?? 0);
  }
}

/**
 * Whether the directory ends where the record begins that says where it stands, and is as long as that says. If not,
 * CPython's `zipfile` looks for it elsewhere: at its end less its length (`_RealGetContents`).
 */
function isOnlyDirectory(archive: Buffer, start: number, end: number, commentSize: number): boolean {
  const record = archive.length - END_SIZE - commentSize;
  if (end === record) return archive.readUInt32LE(record + 12) === end - start;
  return end === record - END64_SIZE && archive.readBigUInt64LE(end + 40) === BigInt(end - start);
}

function localHeader(archive: Buffer, at: number): { readonly header: Header; readonly dataAt: number } | undefined {
  if (at + LOCAL_SIZE > archive.length || archive.compare(LOCAL, 0, LOCAL.length, at, at + LOCAL.length) !== 0)
    return undefined;
  const nameEnd = at + LOCAL_SIZE + archive.readUInt16LE(at + 26);
  const header = {
    name: archive.toString('utf8', at + LOCAL_SIZE, nameEnd),
    flags: archive.readUInt16LE(at + 6),
    method: archive.readUInt16LE(at + 8),
    crc: archive.readUInt32LE(at + 14),
    packedSize: archive.readUInt32LE(at + 18),
  };
  return { header, dataAt: nameEnd + archive.readUInt16LE(at + 28) };
}

/** Opens the member at an offset. `listed` is what the directory says, if it names it. */
async function openMember(
  archive: Buffer,
  offset: number,
  listed: Header | undefined,
  room: number,
): Promise<{ readonly member: ZipMember; readonly end: number }> {
  const local = localHeader(archive, offset);
  const entry = listed ?? local?.header;
  if (local === undefined || entry === undefined) {
    const name = entry?.name ?? `member at ${offset}`;
    const anomalies: Said[] = [({ containers }) => containers.noLocalHeader(offset)];
    return { member: { name, data: new Uint8Array(), anomalies, limited: false, encrypted: false }, end: offset };
  }
  const { header, dataAt } = local;
  const anomalies: Said[] = [];
  if (listed === undefined) anomalies.push(({ containers }) => containers.notListed);
  else if (listed.name !== header.name)
    anomalies.push(({ containers }) => containers.otherName(JSON.stringify(listed.name), JSON.stringify(header.name)));

  if (entry.method !== header.method)
    anomalies.push(({ containers }) => containers.otherMethod(entry.method, header.method));

  const encrypted = ((entry.flags | header.flags) & ENCRYPTED) !== 0;
  const end = entry.packedSize === ELSEWHERE ? archive.length : dataAt + entry.packedSize;
  if (end > archive.length) anomalies.push(({ containers }) => containers.cutOff);

  // Of encrypted data nothing fits, and that proves nothing.
  const unpacked = await unpack(archive.subarray(dataAt, end), entry.method, room, encrypted ? [] : anomalies);
  const checked = unpacked.problem === undefined && entry.crc !== 0 && !encrypted;
  if (checked && crc32(unpacked.data) !== entry.crc) anomalies.push(({ containers }) => containers.wrongChecksum);
  const limited = unpacked.problem === 'limit';
  return { member: { name: entry.name, data: unpacked.data, anomalies, limited, encrypted }, end };
}

async function unpack(
  packed: Uint8Array,
  method: number,
  room: number,
  anomalies: Said[],
): Promise<{ data: Uint8Array; problem?: 'limit' | 'corrupt' }> {
  if (method === 0)
    return packed.length > room ? { data: packed.subarray(0, room), problem: 'limit' } : { data: packed };

  if (method !== 8) {
    anomalies.push(({ containers }) => containers.noMethod(method));
    return { data: packed, problem: 'corrupt' };
  }
  const result = await inflate(packed, 'deflate', room);
  if (result.problem === 'corrupt')
    anomalies.push(({ containers }) => containers.packedBreaksOff(result.message ?? 'corrupt'));
  return result;
}
