import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { readPickleFixtures } from '../../support/pickle-fixtures.js';
import type { PickleFixture } from '../../support/pickle-fixtures.js';
import { dumps } from 'vnpy-bridge/pickle';
import { Event, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { bytes, fromBase64, little, toBase64 } from '../../support/bytes.js';
import { crc32 } from '@foxglove/crc';

const fixtures = readPickleFixtures();

/** A fixture by case and protocol; of several the first whose maker matches. */
export function fixture(name: string, protocol: number, by = ''): Uint8Array {
  const found = fixtures.find(
    (row: PickleFixture) => row.case === name && row.protocol === protocol && row.by.includes(by),
  );
  if (found === undefined) throw new Error(`no fixture ${name} at protocol ${protocol} by ${by}`);
  return found.data;
}

/** `os.system('echo hi')`, as every article about pickle has it. */
export const EVIL = bytes("cos\nsystem\n(S'echo hi'\ntR.");

/** A list that holds itself twice, and a dict with keys of all kinds. */
export const CYCLE = bytes(0x80, 4, ']', 0x94, '(h\x00h\x00}', '(K\x01', 0x8c, 1, 'a', 'K\x01K\x02', 0x86, 'h\x00ue.');

/** A zip archive with one deflated member; `local` is the name in its own header. */
export function zip(
  name: string,
  data: Uint8Array,
  changes: { readonly local?: string; readonly crc?: number } = {},
): Uint8Array {
  const local = changes.local ?? name;
  const packed = deflateRawSync(data);
  const crc = changes.crc ?? crc32(data);
  const common = bytes(
    little(0, 2),
    little(8, 2),
    little(0, 4),
    little(crc, 4),
    little(packed.length, 4),
    little(data.length, 4),
  );
  const header = bytes('PK\x03\x04', little(20, 2), common, little(local.length, 2), little(0, 2), local, packed);
  const directory = bytes(
    'PK\x01\x02',
    little(20, 2),
    little(20, 2),
    common,
    little(name.length, 2),
    little(0, 4),
    little(0, 4),
    little(0, 4),
    little(0, 4),
    name,
  );
  const end = bytes(
    'PK\x05\x06',
    little(0, 4),
    little(1, 2),
    little(1, 2),
    little(directory.length, 4),
    little(header.length, 4),
    little(0, 2),
  );
  return bytes(header, directory, end);
}

/** A NumPy file. */
export function npy(descr: string, body: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (1,), }\n`;
  return bytes(0x93, 'NUMPY', 1, 0, little(header.length, 2), header, body);
}

/** Lines of a capture. */
export function jsonLines(
  ...messages: readonly (readonly [time: number, ...frames: readonly (string | Uint8Array)[]])[]
): string {
  return messages
    .map(([t, ...frames]) => {
      const encoded = frames.map((frame) => toBase64(typeof frame === 'string' ? Buffer.from(frame) : frame));
      return `${JSON.stringify({ t, dir: 'in', sock: 'SUB', addr: 'tcp://127.0.0.1:4102', frames: encoded })}\n`;
    })
    .join('');
}

const TERMINAL = Buffer.from('\x1b[2J\x1b]0;owned\x07\u202eabc\r\n\0');

/** A table as pandas 2.2.3 writes it. */
function bars(): Uint8Array {
  const file = new URL('../../../python-fixtures/data/pandas-pickles.jsonl', import.meta.url);
  const rows = readFileSync(file, 'utf8').trim().split('\n');
  const parsed = rows.map(
    (line) => JSON.parse(line) as { case: string; protocol: number; pandas: string[]; data: string },
  );
  const found = parsed.find((row) => row.case === 'bars' && row.protocol === 4 && row.pandas.includes('2.2.3'));
  return fromBase64(found?.data ?? '');
}

/** Files for the transcripts, by name. */
export const FILES: Readonly<Record<string, Uint8Array | string>> = {
  'tick.pkl': fixture('vnpy-tick-event', 4, '3.10+zh'),
  'order.pkl': fixture('vnpy-order', 4, '3.10+en'),
  'request.pkl': fixture('vnpy-send-order', 4),
  'bars.pkl': bars(),
  'evil.pkl': EVIL,
  'cycle.pkl': CYCLE,
  'two.pkl': bytes(0x80, 4, 'K\x01.', 0x80, 4, ']', 0x94, '(K\x01K\x02e.'),
  'broken.pkl': fixture('vnpy-order', 4, '3.10+en').subarray(0, 150),
  'python2.pkl': bytes('U\x03a\xe9\x80q\x00q\x00.'),
  'trailing.pkl': bytes(0x80, 4, 'K\x01.junk'),
  'hidden.pkl': bytes(0x80, 4, 'C', EVIL.length, EVIL, '.'),
  // Clears the screen, sets the title, turns the reading direction around.
  'terminal.pkl': bytes(0x80, 4, 0x8c, TERMINAL.length, TERMINAL, '.'),
  'a.pkl': bytes(0x80, 4, '}', '(', 0x8c, 1, 'xK\x01', 0x8c, 1, 'yG', 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x8c, 1, 'zNu.'),
  'b.pkl': bytes(0x80, 2, '}', '(X', little(1, 4), 'xK\x02X', little(1, 4), 'yK\x01X', little(1, 4), 'w', 0x88, 'u.'),
  'model.zip': zip('archive/data.txt', EVIL),
  'renamed.zip': zip('archive/data.txt', bytes(0x80, 4, 'N.'), { local: 'archive/data.pkl', crc: 1 }),
  'array.npy': npy('<f8', new Uint8Array(8)),
  'objects.npy': npy('|O', EVIL),
  'tick.pkl.gz': gzipSync(fixture('vnpy-tick-event', 4, '3.10+zh')),
  'wire.jsonl': jsonLines(
    [1767605400.12, 'heartbeat', bytes(0x80, 5, 'G', 0x41, 0xda, 0x56, 0xc8, 0xf6, 0x00, 0x00, 0x00, '.')],
    [1767605400.5, '', dumps(new Event('eTimer', null), { registry: vnpyRegistry, protocol: 5 })],
    [1767605401.0, fixture('vnpy-order-event', 4)],
    [1767605402.0, '', fixture('vnpy-send-order', 4)],
  ),
  'notes.txt': 'these are no pickles, just words\n',
  'lint.pkl': bytes('(lp0\nI010\naI0x10\nag0\na.'),
};
