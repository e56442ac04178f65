import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytes, fromBase64, little } from '../../support/bytes.js';
import { inspect } from './harness.js';

// What real numpys write (numpy/generate.py) is known; what could make numpy read or write where it should not, is not.

interface Row {
  readonly case: string;
  readonly protocol: number;
  readonly numpy: readonly string[];
  readonly data: string;
}

const rows = readFileSync(new URL('numpy/pickles.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const byCase = new Map<string, Row[]>();
for (const row of rows) byCase.set(row.case, [...(byCase.get(row.case) ?? []), row]);

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

async function check(data: Uint8Array, profile = 'numpy'): Promise<Report> {
  const { stdout } = await inspect(['check', '--format', 'json', '--profile', profile], { stdin: data });
  const { verdict, findings } = JSON.parse(stdout) as Report;
  // Of what a test throws away, a lint tells.
  return { verdict, findings: findings.filter(({ code }) => code !== 'L409') };
}

describe('what real numpys write', () => {
  test.each([...byCase])('%s is allowed by the profile numpy alone', async (_name, pickles) => {
    for (const { protocol, numpy, data } of pickles) {
      const allowed = await check(fromBase64(data));
      const title = `protocol ${protocol}, numpy ${numpy.join(', ')}: ${JSON.stringify(allowed.findings)}`;
      expect([allowed.verdict, allowed.findings], title).toEqual(['ALLOWED TYPES', []]);
      expect((await check(fromBase64(data), 'data')).verdict, title).toBe('UNKNOWN TYPES');
    }
  });

  async function show(name: string): Promise<string> {
    const data = byCase.get(name)?.find(({ protocol }) => protocol === 4)?.data ?? '';
    return (await inspect(['show', '--all'], { stdin: fromBase64(data) })).stdout;
  }

  test('objects of an array are shown as values', async () => {
    const shown = await show('objects');
    expect(shown).toContain("'k': 1.5");
    expect(shown).toContain('2026-01-05');
    expect(await show('record-objects')).toMatch(/0: 1 .*\n.*1: None/);
  });

  test('a structured array is shown by its type, and its values', async () => {
    expect(await show('structured')).toContain("array(2 V36, 3 fields) [(1, 2.5, 'rb2605'), (2, 3.5, 'ag')]");
  });

  test('is shown as the values that it is', async () => {
    const shown = async (name: string): Promise<string[]> => {
      const stdin = fromBase64(byCase.get(name)?.at(-1)?.data ?? '');
      return (await inspect(['show', '-q', '--no-types', '--no-offsets'], { stdin })).stdout.trimEnd().split('\n');
    };
    expect(await shown('masked')).toEqual(['masked array(3 f8) [1, --, 3]']);
    expect(await shown('masked-fortran')).toEqual(['masked array(2×3 i4) [0, 1, --, 3, 4, 5]']);
    expect(await shown('matrix')).toEqual(['array(1×2 i8) [1, 2]']);
    const [, names, types, first] = await shown('structured');
    expect(names?.trim().split(/ +/)).toEqual(['id', 'price', 'symbol']);
    expect(types?.trim().split(/ +/)).toEqual(['int32', 'float64', '<U6']);
    expect(first?.trim().split(/ +/)).toEqual(['1', '2.5', 'rb2605']);
  });

  test('is nothing known when a mask is shorter than its array', async () => {
    const data = Buffer.from(byCase.get('masked')?.find(({ protocol }) => protocol === 4)?.data ?? '', 'base64');
    const at = data.indexOf(Buffer.from('C\x03\x00\x01\x00', 'latin1'));
    const short = Buffer.concat([data.subarray(0, at), Buffer.from('C\x02\x00\x01', 'latin1'), data.subarray(at + 5)]);
    expect([at > 0, (await check(data)).verdict, (await check(short)).verdict]).toEqual([
      true,
      'ALLOWED TYPES',
      'UNKNOWN TYPES',
    ]);
  });
});

// The parts of a pickle, in protocol 4, each with what a forger might change.

const text = (value: string): Uint8Array => bytes(0x8c, value.length, value);
const int = (value: number): Uint8Array => bytes('J', little(value, 4));
const name = (module: string, attribute: string): Uint8Array => bytes(text(module), text(attribute), 0x93);
const tuple = (...items: readonly Uint8Array[]): Uint8Array => bytes('(', ...items, 't');
const list = (...items: readonly Uint8Array[]): Uint8Array => bytes('](', ...items, 'e');
const raw = (...data: readonly number[]): Uint8Array => bytes('C', data.length, ...data);
const NONE = bytes('N');
const FALSE = bytes(0x89);
const TRUE = bytes(0x88);
const CALL = bytes("cos\nsystem\n(S'id'\ntR");
const pickle = (value: Uint8Array): Uint8Array => bytes(0x80, 4, value, '.');
const dict = (...parts: readonly Uint8Array[]): Uint8Array => bytes('}(', ...parts, 'u');

interface DtypeParts {
  readonly code?: string | Uint8Array;
  readonly version?: number;
  readonly order?: string;
  readonly subarray?: Uint8Array;
  readonly names?: Uint8Array;
  readonly fields?: Uint8Array;
  readonly size?: number;
  readonly alignment?: number;
  readonly flags?: number;
  readonly more?: readonly Uint8Array[];
}

function dtypeOf(parts: DtypeParts): Uint8Array {
  const { code = 'f8', version = 3, order = '|', size = -1, alignment = -1, flags = 0, more = [] } = parts;
  const { subarray = NONE, names = NONE, fields = NONE } = parts;
  const letter = typeof code === 'string' ? text(code) : code;
  return bytes(
    name('numpy', 'dtype'),
    tuple(letter, FALSE, TRUE),
    'R',
    tuple(int(version), text(order), subarray, names, fields, int(size), int(alignment), int(flags), ...more),
    'b',
  );
}

const F8 = dtypeOf({});
const I4 = dtypeOf({ code: 'i4' });
const OBJECT = dtypeOf({ code: 'O8', flags: 63 });

type Field = readonly [name: string, dtype: Uint8Array, offset: number];

function struct(fields: readonly Field[], size: number, flags: number, changes: DtypeParts = {}): Uint8Array {
  return dtypeOf({
    code: `V${size}`,
    names: tuple(...fields.map(([field]) => text(field))),
    fields: dict(...fields.flatMap(([field, type, offset]) => [text(field), tuple(type, int(offset))])),
    size,
    alignment: 1,
    flags,
    ...changes,
  });
}

const PAIR = struct(
  [
    ['a', I4, 0],
    ['b', OBJECT, 4],
  ],
  12,
  27,
);

const EMPTY = bytes(name('numpy._core.multiarray', '_reconstruct'));

interface ArrayParts {
  readonly subtype?: Uint8Array;
  readonly first?: Uint8Array;
  readonly letter?: Uint8Array;
  readonly version?: number;
}

function array(dtype: Uint8Array, shape: readonly number[], content: Uint8Array, changes: ArrayParts = {}): Uint8Array {
  const { subtype = name('numpy', 'ndarray'), first = tuple(int(0)), letter = raw(0x62), version = 1 } = changes;
  const state = tuple(int(version), tuple(...shape.map(int)), dtype, FALSE, content);
  return bytes(EMPTY, tuple(subtype, first, letter), 'R', state, 'b');
}

const scalar = (dtype: Uint8Array, content: Uint8Array): Uint8Array =>
  bytes(name('numpy._core.multiarray', 'scalar'), tuple(dtype, content), 'R');
const fromBuffer = (content: Uint8Array, dtype: Uint8Array, ...shape: readonly number[]): Uint8Array =>
  bytes(name('numpy._core.numeric', '_frombuffer'), tuple(content, dtype, tuple(...shape.map(int)), text('C')), 'R');
const overBuffer = (content: Uint8Array, dtype: Uint8Array, changes: OverParts = {}): Uint8Array => {
  const { shape = [1], offset = 0, strides = NONE, order = 'C' } = changes;
  const args = [tuple(...shape.map(int)), dtype, content, int(offset), strides, text(order)];
  return bytes(name('numpy', 'ndarray'), tuple(...args), 'R');
};

const bytearray = (...args: readonly Uint8Array[]): Uint8Array =>
  bytes(name('builtins', 'bytearray'), tuple(...args), 'R');

interface OverParts {
  readonly shape?: readonly number[];
  readonly offset?: number;
  readonly strides?: Uint8Array;
  readonly order?: string;
}

const eight = raw(1, 2, 3, 4, 5, 6, 7, 8);
const twelve = raw(...new Uint8Array(12));
const row = tuple(int(1), NONE);

describe('what the parts below make is allowed as long as nobody changes it', () => {
  test.each([
    ['numbers', array(F8, [1], eight)],
    ['objects', array(OBJECT, [2], list(NONE, int(1)))],
    ['records', array(PAIR, [1], list(row))],
    ['a record array', array(PAIR, [1], list(row), { subtype: name('numpy.rec', 'recarray') })],
    ['a scalar', scalar(F8, eight)],
    ['a scalar with objects', bytes(PAIR, 'q\x000', scalar(bytes('h\x00'), array(bytes('h\x00'), [], list(row))))],
    ['a buffer', fromBuffer(eight, F8, 1)],
    ['an array in the memory of a buffer', overBuffer(eight, F8, { order: 'F' })],
    ['a buffer as protocol 4 has it', fromBuffer(bytearray(eight), F8, 1)],
    ['an array in the memory of a bytearray', overBuffer(bytearray(eight), F8)],
    ['an array in the memory of an empty bytearray', overBuffer(bytearray(), F8, { shape: [0] })],
    [
      'a sub-array',
      array(
        struct(
          [['s', dtypeOf({ code: 'V16', subarray: tuple(F8, tuple(int(2))), size: 16, alignment: 8 }), 0]],
          16,
          16,
        ),
        [0],
        raw(),
      ),
    ],
  ])('%s', async (_name, value) => {
    expect(await check(pickle(value))).toMatchObject({ verdict: 'ALLOWED TYPES', findings: [] });
  });
});

const MUTATIONS: readonly (readonly [name: string, value: Uint8Array])[] = [
  // Bytes that numpy would take for addresses.
  ['numbers flagged as references', array(dtypeOf({ code: 'i8', flags: 1 }), [1], eight)],
  ['numbers flagged as a list', array(dtypeOf({ code: 'i8', flags: 2 }), [1], list(int(1)))],
  ['numbers flagged as pointers', array(dtypeOf({ code: 'i8', flags: 4 }), [1], eight)],
  ['objects without flags', array(dtypeOf({ code: 'O8', flags: 0 }), [1], eight)],
  ['objects whose memory nobody clears', array(dtypeOf({ code: 'O8', flags: 55 }), [1], list(NONE))],
  ['objects without the lock', array(dtypeOf({ code: 'O8', flags: 47 }), [1], list(NONE))],
  ['objects as bytes', array(OBJECT, [1], eight)],
  ['objects from a buffer', fromBuffer(eight, OBJECT, 1)],
  ['an object as a scalar of bytes', scalar(OBJECT, eight)],
  ['objects in the memory of a buffer', overBuffer(eight, OBJECT)],
  ['numbers behind the beginning of a buffer', overBuffer(eight, F8, { offset: 8 })],
  ['numbers of a buffer in strides', overBuffer(eight, F8, { strides: tuple(int(64)) })],
  ['more numbers than a buffer has', overBuffer(eight, F8, { shape: [2] })],
  ['fewer numbers than a buffer has', overBuffer(eight, I4)],
  ['more numbers than a bytearray has', overBuffer(bytearray(eight), F8, { shape: [2] })],
  ['numbers of a buffer in no order', overBuffer(eight, F8, { order: 'A' })],
  ['a record with objects as bytes', array(PAIR, [1], twelve)],
  ['a scalar with objects as bytes', scalar(PAIR, twelve)],
  ['a record with an object field and no flags', array(struct([['a', OBJECT, 0]], 8, 0), [1], eight)],
  ['a record of numbers flagged as references', array(struct([['a', F8, 0]], 8, 27), [1], list(tuple(int(1))))],
  [
    'raw bytes flagged as references',
    array(dtypeOf({ code: 'V8', size: 8, alignment: 1, flags: 27 }), [1], list(NONE)),
  ],
  [
    'a scalar with objects of an array of another type',
    scalar(
      PAIR,
      array(
        struct(
          [
            ['a', I4, 0],
            ['b', F8, 4],
          ],
          12,
          16,
        ),
        [],
        twelve,
      ),
    ),
  ],
  ['a scalar with objects of an equal type that is another', scalar(PAIR, array(PAIR, [], list(row)))],
  [
    'a scalar with objects of an empty array',
    bytes(PAIR, 'q\x000', scalar(bytes('h\x00'), array(bytes('h\x00'), [0], bytes(']')))),
  ],
  [
    'a number over an object',
    array(
      struct(
        [
          ['a', OBJECT, 0],
          ['b', F8, 0],
        ],
        8,
        27,
      ),
      [1],
      list(tuple(NONE, int(1))),
    ),
  ],
  [
    'a number that reaches into an object',
    array(
      struct(
        [
          ['a', F8, 0],
          ['b', OBJECT, 4],
        ],
        12,
        27,
      ),
      [1],
      list(row),
    ),
  ],
  [
    'a number that begins within an object',
    array(
      struct(
        [
          ['b', OBJECT, 0],
          ['a', I4, 4],
        ],
        8,
        27,
      ),
      [1],
      list(row),
    ),
  ],
  [
    'a number in the middle of two that reach an object',
    array(
      struct(
        [
          ['a', F8, 0],
          ['n', I4, 1],
          ['b', OBJECT, 6],
        ],
        14,
        27,
      ),
      [1],
      list(tuple(int(1), int(1), NONE)),
    ),
  ],

  // Memory behind the end.
  ['a field behind the end', array(struct([['a', F8, 4]], 8, 16), [1], eight)],
  ['a field before the beginning', array(struct([['a', F8, -8]], 8, 16), [1], eight)],
  ['a nested type that is too large', array(struct([['a', struct([['x', F8, 0]], 64, 16), 0]], 8, 16), [1], eight)],
  [
    'a sub-array that is larger than it says',
    array(
      struct([['s', dtypeOf({ code: 'V8', subarray: tuple(F8, tuple(int(1000))), size: 8, alignment: 8 }), 0]], 8, 16),
      [1],
      eight,
    ),
  ],
  [
    'a sub-array of a negative shape',
    array(
      struct(
        [['s', dtypeOf({ code: 'V8', subarray: tuple(F8, tuple(int(-1), int(-1))), size: 8, alignment: 8 }), 0]],
        8,
        16,
      ),
      [1],
      eight,
    ),
  ],
  [
    'a sub-array that hides objects',
    array(
      struct([['s', dtypeOf({ code: 'V8', subarray: tuple(OBJECT, tuple(int(1))), size: 8, alignment: 8 }), 0]], 8, 16),
      [1],
      eight,
    ),
  ],
  [
    'a sub-array of objects whose memory nobody clears',
    array(
      struct(
        [['s', dtypeOf({ code: 'V8', subarray: tuple(OBJECT, tuple(int(1))), size: 8, alignment: 8, flags: 55 }), 0]],
        8,
        27,
      ),
      [1],
      list(tuple(list(NONE))),
    ),
  ],
  [
    'a sub-array as the type of an array',
    array(dtypeOf({ code: 'V8', subarray: tuple(F8, tuple(int(1))), size: 8, alignment: 8 }), [1], eight),
  ],
  ['a list that is shorter than the shape', array(OBJECT, [3], list(NONE))],
  ['a list that is filled later', bytes(array(OBJECT, [1], bytes(']q\x05')), '0h\x05Na')],
  [
    'a text that is larger than its type',
    array(dtypeOf({ code: 'S4', size: 400, alignment: 1 }), [1], raw(1, 2, 3, 4)),
  ],
  ['a negative size', array(dtypeOf({ code: 'V0', size: -4, alignment: 1 }), [1], raw())],
  ['an alignment of 0', array(struct([['a', F8, 0]], 8, 16, { alignment: 0 }), [1], eight)],
  ['an alignment of 3', array(struct([['a', F8, 0]], 8, 16, { alignment: 3 }), [1], eight)],
  ['too few bytes', array(F8, [2], eight)],
  ['too few bytes in a buffer', fromBuffer(eight, F8, 1_000_000_000)],
  ['a negative shape', array(F8, [-1], eight)],
  ['a shape beyond all numbers', array(struct([], 0, 16), new Array<number>(40).fill(2_000_000_000), raw())],

  // Names and fields that do not agree.
  ['a name without a field', array(struct([['a', F8, 0]], 8, 16, { names: tuple(text('a'), text('z')) }), [1], eight)],
  ['a field without a name', array(struct([['a', F8, 0]], 8, 16, { names: tuple() }), [1], eight)],
  ['a name twice', array(struct([['a', F8, 0]], 8, 16, { names: tuple(text('a'), text('a')) }), [1], eight)],
  [
    'a field twice',
    array(
      struct([['a', F8, 0]], 8, 16, { fields: dict(text('a'), tuple(OBJECT, int(0)), text('a'), tuple(F8, int(0))) }),
      [1],
      eight,
    ),
  ],
  [
    'a title that is no key',
    array(struct([['a', F8, 0]], 8, 16, { fields: dict(text('a'), tuple(F8, int(0), text('t'))) }), [1], eight),
  ],
  ['a name that is no text', array(struct([['a', F8, 0]], 8, 16, { names: tuple(int(1)) }), [1], eight)],

  // Types that change after their use.
  [
    'a type whose fields change later',
    bytes(
      array(struct([['a', F8, 0]], 8, 16, { fields: bytes(dict(text('a'), tuple(F8, int(0))), 'q\x05') }), [1], eight),
      '0h\x05',
      text('a'),
      tuple(OBJECT, int(0)),
      's',
    ),
  ],
  [
    'a type that gets a field later',
    bytes(
      array(
        struct([['a', F8, 0]], 16, 16, {
          names: tuple(text('a'), text('b')),
          fields: bytes(dict(text('a'), tuple(bytes(F8, 'q\x06'), int(0))), 'q\x05'),
        }),
        [1],
        raw(...new Uint8Array(16)),
      ),
      '0h\x05',
      text('b'),
      tuple(bytes('h\x06'), int(8)),
      's',
    ),
  ],
  [
    'a type that is set up twice',
    array(bytes(F8, tuple(int(3), text('<'), NONE, NONE, NONE, int(-1), int(-1), int(1)), 'b'), [1], eight),
  ],
  [
    'a type that is set up after its use',
    bytes(
      name('numpy', 'dtype'),
      tuple(text('V8'), FALSE, TRUE),
      'Rq\x05',
      array(bytes('h\x05'), [1], eight),
      '0h\x05',
      tuple(int(3), text('|'), NONE, NONE, NONE, int(8), int(1), int(0)),
      'b',
    ),
  ],
  [
    'a type within itself',
    bytes(
      name('numpy', 'dtype'),
      tuple(text('V8'), FALSE, TRUE),
      'Rq\x05',
      tuple(
        int(3),
        text('|'),
        NONE,
        tuple(text('a')),
        dict(text('a'), tuple(bytes('h\x05'), int(0))),
        int(8),
        int(1),
        int(16),
      ),
      'b',
    ),
  ],
  ['an array that is set up twice', bytes(array(F8, [1], eight), tuple(int(1), tuple(int(1)), F8, FALSE, eight), 'b')],

  // Other forms of the same calls.
  ['a first shape that allocates', array(F8, [1], eight, { first: tuple(int(2_000_000_000)) })],
  ['a first type of objects', array(F8, [1], eight, { letter: raw(0x4f) })],
  ['another class', array(F8, [1], eight, { subtype: name('numpy.char', 'chararray') })],
  ['another version', array(F8, [1], eight, { version: 0 })],
  ['another version of a type', array(dtypeOf({ version: 0 }), [1], eight)],
  [
    'a type by a class that is none',
    array(dtypeOf({ code: name('numpy', 'ndarray'), size: 8, alignment: 1 }), [1], eight),
  ],
  ['an order of bytes that is none', array(dtypeOf({ order: 'x' }), [1], eight)],
  [
    'a date of a unit of 0',
    array(
      dtypeOf({ code: 'M8', version: 4, more: [tuple(dict(), tuple(bytes('C\x02ns'), int(0), int(1), int(1)))] }),
      [1],
      eight,
    ),
  ],
  ['more than a type has', array(dtypeOf({ version: 5, more: [NONE, NONE] }), [1], eight)],
  [
    'a state of attributes',
    bytes(name('numpy', 'dtype'), text('f8'), 0x85, 'R', tuple(NONE, dict(text('flags'), int(63))), 'b'),
  ],

  // Names that a known call explains, in another use.
  [
    'an array made by its constructor',
    bytes(
      array(F8, [1], eight, { subtype: bytes(name('numpy', 'ndarray'), 'q\x05') }),
      '0h\x05',
      tuple(tuple(int(2_000_000_000))),
      'R',
    ),
  ],
  [
    'a record made by its constructor',
    bytes(
      array(struct([['a', F8, 0]], 8, 16, { code: bytes(name('numpy', 'record'), 'q\x05') }), [1], eight),
      '0h\x05',
      tuple(int(2_000_000_000)),
      'R',
    ),
  ],
];

describe('what numpy would believe and must not', () => {
  test.each(MUTATIONS)('%s', async (_name, value) => {
    const { verdict, findings } = await check(pickle(value));
    expect(verdict).toBe('UNKNOWN TYPES');
    expect(findings.map(({ code }) => code)).toContain('P202');
  });

  const HIDDEN: readonly (readonly [name: string, value: Uint8Array])[] = [
    ['an array of objects', array(OBJECT, [2], list(NONE, CALL))],
    ['a record with objects', array(PAIR, [1], list(tuple(int(1), CALL)))],
    [
      'a scalar with objects',
      bytes(PAIR, 'q\x000', scalar(bytes('h\x00'), array(bytes('h\x00'), [], list(tuple(int(1), CALL))))),
    ],
    ['the metadata of a type', array(dtypeOf({ version: 4, more: [dict(text('k'), CALL)] }), [1], eight)],
    ['the list of an array of objects, thrown away', array(OBJECT, [1], bytes(']', CALL, '0Na'))],
  ];

  test.each(HIDDEN)('a call in %s is found', async (_name, value) => {
    const { verdict, findings } = await check(pickle(value));
    expect(verdict).toBe('REFUSE');
    expect(findings.filter(({ code }) => code === 'P101')).toHaveLength(2);
  });

  test('a bomb of types in types ends at once', async () => {
    let value = struct(
      [
        ['a', F8, 0],
        ['b', F8, 8],
      ],
      16,
      16,
    );
    for (let level = 1, size = 16; level < 25; level++, size *= 2) {
      const inner: readonly Field[] = [
        ['a', bytes(value, 'q', level), 0],
        ['b', bytes('h', level), size],
      ];
      value = struct(inner, size * 2, 16);
    }
    const start = process.cpuUsage();
    expect((await check(pickle(value))).verdict).toBe('ALLOWED TYPES');
    // Processor time, in µs: some milliseconds, or the minutes that 2^25 types take.
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(3_000_000);
  });
});

test('a class of vnpy that one object explains cannot be called', async () => {
  const tick = bytes(name('vnpy.trader.object', 'TickData'), 'q\x05)', 0x81, '0');
  expect((await check(pickle(bytes(tick, 'N')), 'vnpy')).verdict).toBe('ALLOWED TYPES');
  const called = await check(pickle(bytes(tick, 'h\x05', tuple(int(1)), 'R')), 'vnpy');
  expect(called.findings.map(({ code }) => code)).toEqual(['P202']);
});

const PAIR_OF_INTS = struct(
  [
    ['a', I4, 0],
    ['b', I4, 4],
  ],
  8,
  0,
);

describe('values are shown as what they are', () => {
  const unit = (letters: string): readonly Uint8Array[] => [
    tuple(dict(), tuple(raw(...Buffer.from(letters)), int(1), int(1), int(1))),
  ];
  const date = (code: string, letters: string): Uint8Array => dtypeOf({ code, version: 4, more: unit(letters) });
  const words = (...values: readonly number[]): number[] => values.flatMap((value) => [...little(value, 8)]);
  const NAT = [0, 0, 0, 0, 0, 0, 0, 0x80];

  test.each<[string, Uint8Array, string, string]>([
    [
      'half floats',
      array(dtypeOf({ code: 'f2' }), [3], raw(0, 0x3c, 0, 0x7e, 0, 0xfc)),
      '[1, NaN, -inf]',
      '[1,null,"-Infinity"]',
    ],
    ['truths', array(dtypeOf({ code: 'b1' }), [2], raw(1, 0)), '[True, False]', '[true,false]'],
    ['big-endian', array(dtypeOf({ code: 'i2', order: '>' }), [2], raw(1, 0, 0xff, 0xff)), '[256, -1]', '[256,-1]'],
    [
      'large ints',
      array(dtypeOf({ code: 'u8' }), [1], raw(255, 255, 255, 255, 255, 255, 255, 255)),
      '[18446744073709551615]',
      '["18446744073709551615"]',
    ],
    ['complex', array(dtypeOf({ code: 'c8' }), [1], raw(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0)), '[1-2j]', '["1-2j"]'],
    [
      'dates',
      array(date('M8', 's'), [2], raw(...words(86_400), ...NAT)),
      '[1970-01-02T00:00:00, NaT]',
      '["1970-01-02T00:00:00",null]',
    ],
    ['months', array(date('M8', 'M'), [2], raw(...words(671, -1))), '[2025-12, 1969-12]', '["2025-12","1969-12"]'],
    ['days', array(date('M8', 'D'), [1], raw(...words(-1))), '[1969-12-31]', '["1969-12-31"]'],
    ['spans', array(date('m8', 'ms'), [1], raw(...words(1500))), '[0 days 00:00:01.5]', '["0 days 00:00:01.5"]'],
    [
      'texts',
      array(dtypeOf({ code: 'U2', size: 8, alignment: 4 }), [1], raw(0x1a, 0x59, 0, 0, 0, 0, 0, 0)),
      "['多']",
      '["多"]',
    ],
    [
      'bytes',
      array(dtypeOf({ code: 'S3', size: 3, alignment: 1 }), [2], raw(0x61, 0x62, 0, 0x63, 0, 0)),
      "['ab', 'c']",
      '["ab","c"]',
    ],
    [
      'two dimensions',
      array(I4, [2, 2], raw(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0)),
      '[1, 2, 3, 4]',
      '[[1,2],[3,4]]',
    ],
    ['no dimension', array(I4, [], raw(7, 0, 0, 0)), '[7]', '7'],
    ['records', array(PAIR_OF_INTS, [1], raw(1, 0, 0, 0, 2, 0, 0, 0)), '[(1, 2)]', '[[1,2]]'],
  ])('%s', async (_, value, shown, json) => {
    const show = await inspect(['show', '-q', '--no-types', '--no-offsets'], { stdin: pickle(value) });
    const [first = ''] = show.stdout.split('\n');
    expect(first.endsWith(` ${shown}`), show.stdout).toBe(true);
    const run = await inspect(['json', '-q', '--ndjson', '--arrays', 'numbers'], { stdin: pickle(value) });
    expect(run.stdout).toBe(`${json}\n`);
  });
});
