import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bytes, little } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { EVIL, zip } from './samples.js';

const DATA = bytes(0x80, 4, 'N.');

async function check(data: Uint8Array, ...flags: readonly string[]): Promise<string> {
  const { code, stdout } = await inspect(['check', ...flags], { stdin: data });
  return `exit ${code}\n${stdout}`;
}

/** A member that is stored as it is, and what the directory says of it. */
function stored(name: string, data: Uint8Array): { readonly local: Uint8Array; readonly listed: Uint8Array } {
  const common = bytes(little(0, 8), little(0, 4), little(data.length, 4), little(data.length, 4));
  const lengths = bytes(little(name.length, 2), little(0, 2));
  return {
    local: bytes('PK\x03\x04', little(20, 2), common, lengths, name, data),
    listed: bytes('PK\x01\x02', little(20, 2), little(20, 2), common, lengths, new Uint8Array(10), little(0, 4), name),
  };
}

/** The end record. `start` and `size` are those of the directory. */
function endRecord(entries: number, size: number, start: number, comment = ''): Uint8Array {
  const counts = bytes(little(entries, 2), little(entries, 2));
  return bytes(
    'PK\x05\x06',
    little(0, 4),
    counts,
    little(size, 4),
    little(start, 4),
    little(comment.length, 2),
    comment,
  );
}

// Archives of `{'data': dumps(None, 4)}` by CPython 3.11.
test.each([
  [
    'to a pipe, so that checksum and sizes stand behind the data',
    '504b0304140008000800ad747d5d00000000000000000000000004000000646174616b60f1d30300504b0708bfae38790600000004000000' +
      '504b01021403140008000800ad747d5dbfae3879060000000400000004000000000000000000000080010000000064617461' +
      '504b0506000000000100010032000000380000000000',
  ],
  [
    'with the sizes of zip64 in the header',
    '504b03042d000000000000002100bfae3879ffffffffffffffff0400140064617461010010000400000000000000040000000000000080044e2e' +
      '504b01022d032d000000000000002100bfae3879040000000400000004000000000000000000000080010000000064617461' +
      '504b05060000000001000100320000003a0000000000',
  ],
  [
    'with all of zip64',
    '504b03042d0000000000ad747d5dbfae3879ffffffffffffffff0400140064617461010010000400000000000000040000000000000080044e2e' +
      '504b01022d032d0000000000ad747d5dbfae3879ffffffffffffffff04001c0000000000000000008001ffffffff64617461010018000400' +
      '00000000000004000000000000000000000000000000504b06062c000000000000002d002d00000000000000000001000000000000000100' +
      '0000000000004e000000000000003a00000000000000504b060700000000880000000000000001000000504b050600000000010001004e00' +
      '00003a0000000000',
  ],
])('opens what CPython writes %s', async (_, archive) => {
  const text = await check(Buffer.from(archive, 'hex'));
  expect(text).toMatch(/^exit 0\nstdin:data #1 {2}VERDICT: DATA-ONLY/);
});

const OTHER_PLACE = 'other bytes stand where its directory should be';

test('refuses two archives in a row: by the same offset loaders find the directory of one or of the other', async () => {
  const archive = (data: Uint8Array): Uint8Array => {
    const { local, listed } = stored('data', data);
    return bytes(local, listed, endRecord(1, listed.length, local.length));
  };
  const harmless = bytes(0x80, 4, 'X', little(EVIL.length - 8, 4), 'x'.repeat(EVIL.length - 8), '.');
  const text = await check(bytes(archive(harmless), archive(EVIL)));
  expect(text).toContain('exit 1');
  expect(text).toContain(OTHER_PLACE);
});

test('refuses a directory that is shorter than it says', async () => {
  const { local, listed } = stored('data', DATA);
  const text = await check(bytes(local, listed, endRecord(1, listed.length - 1, local.length)));
  expect(text).toContain('exit 1');
  expect(text).toContain(OTHER_PLACE);
});

test('opens members that no directory names wherever they stand', async () => {
  const { local, listed } = stored('data', DATA);
  const hidden = stored('hidden', EVIL).local;
  const members = bytes(local, 'filling', hidden);
  const text = await check(bytes(members, listed, endRecord(1, listed.length, members.length)));
  expect(text).toContain('exit 1');
  expect(text).toContain('stdin:hidden #2  VERDICT: REFUSE');
});

test.each([
  ['a damaged entry', (entry: Uint8Array) => bytes('PK\x01\x03', entry.subarray(4))],
  ['an entry that is cut off', (entry: Uint8Array) => entry.subarray(0, 30)],
])('tells of a directory with %s, and opens what is there', async (_, damage) => {
  const { local, listed } = stored('data', EVIL);
  const damaged = damage(listed);
  const text = await check(bytes(local, damaged, endRecord(1, damaged.length, local.length)));
  expect(text).toContain('exit 1');
  expect(text).toContain('its directory cannot be read');
  expect(text).toContain('os.system');
});

test('an archive with a comment is nothing odd', async () => {
  const { local, listed } = stored('data', DATA);
  expect(await check(bytes(local, listed, endRecord(1, listed.length, local.length, 'a comment')))).toContain('exit 0');
});

test('the members of an archive share one bound on what is unpacked', async () => {
  const zeros = deflateRawSync(new Uint8Array(400_000));
  const archive = zip('bomb', new Uint8Array(400_000));
  const first = archive.subarray(0, 30 + 4 + zeros.length);
  const headers = Array.from({ length: 9 }, () => first);
  const members = bytes(...headers);
  const entry = archive.subarray(first.length, archive.length - 22);
  const listed = headers.map((_, index) =>
    bytes(entry.subarray(0, 42), little(index * first.length, 4), entry.subarray(46)),
  );
  const directory = bytes(...listed);
  const text = await check(
    bytes(members, directory, endRecord(9, directory.length, members.length)),
    '--max-inflate',
    '1M',
  );
  expect(text).toContain('exit 3');
  expect(text.match(/unpacks to more than 1000000 bytes/g)).toHaveLength(7);
});

test('an archive of very many members is read in one go', async () => {
  const { local, listed } = stored('d', new Uint8Array());
  const count = 20_000;
  const directory = Buffer.concat(
    Array.from({ length: count }, (_, index) => bytes(listed.subarray(0, 42), little(index * local.length, 4), 'd')),
  );
  const members = Buffer.concat(Array.from({ length: count }, () => local));
  const text = await check(Buffer.concat([members, directory, endRecord(count, directory.length, members.length)]));
  expect(text).toContain(`none of the ${count} members of the archive is a pickle`);
});
