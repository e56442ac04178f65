/**
 * The npm package pickleparser as a second opinion: where it is right both give the same, and where it is wrong, the
 * errors are listed here one by one, so that a fixed pickleparser is noticed.
 */
import { Parser } from 'pickleparser';
import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { loads, UnpicklingError } from 'vnpy-bridge/pickle';
import { bytes, little } from '../support/bytes.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import type { PickleFixture } from '../support/pickle-fixtures.js';

function theirs(data: Uint8Array): unknown {
  return new Parser({ unpicklingTypeOfDictionary: 'Map', unpicklingTypeOfSet: 'Set' }).parse(data);
}

function ours({ data, by }: Pick<PickleFixture, 'data' | 'by'>): unknown {
  return loads(data, { dict: 'map', encoding: by.startsWith('2.7') ? 'latin1' : undefined });
}

/** A value without the types that pickleparser does not tell apart; shared parts are written out, cycles named. */
function plain(value: unknown, open: readonly unknown[] = []): unknown {
  // A bigint that a number holds exactly is as good as the number.
  if (typeof value === 'bigint')
    return Number.isFinite(Number(value)) && BigInt(Number(value)) === value ? `number ${value}` : `int ${value}`;
  if (typeof value === 'number')
    return Object.is(value, -0) ? 'number -0' : `number ${Number.isInteger(value) ? BigInt(value) : value}`;

  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const depth = open.indexOf(value);
  if (depth >= 0) return `cycle ${depth}`;
  const inside = [...open, value];
  if (ArrayBuffer.isView(value))
    return `bytes ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (Array.isArray(value)) return value.map((item) => plain(item, inside));
  if (value instanceof Set) return ['set', ...[...value].map((item) => plain(item, inside))];
  if (value instanceof Map)
    return ['dict', ...[...value].map(([key, item]) => [plain(key, inside), plain(item, inside)])];
  return `instance of ${value.constructor.name}`;
}

function verdict(fixture: PickleFixture): string {
  let found: unknown;
  try {
    found = plain(theirs(fixture.data));
  } catch (error) {
    return error instanceof Error ? error.constructor.name : String(error);
  }
  return JSON.stringify(found) === JSON.stringify(plain(ours(fixture))) ? 'right' : 'wrong';
}

/** Cases of built-in types, which need no class. Those with sharing in every level would take it for ever. */
const PLAIN =
  /^(none|true|false|ints?|float|floats|float-minus-zero|float-infinities|float-integral|bool-and-int|int-[0-9m].*|str-.*|bytes-.*|bytearray|list-[en0-9].*|tuple-[0n].*|dict-[^ds].*|set-[e1].*|set|frozenset|shared-(list|tuple|str|many)|cycle-(list|dict|tuple-.*)|py2-str.*|py2-mixed-dict)$/;
const fixtures = readPickleFixtures().filter(({ case: name, data }) => PLAIN.test(name) && data.length < 5000);

// It decodes the strings of Python 2 by TextDecoder, whose latin1 is windows-1252 as the standard says only from
// Node.js 22 on.
const LATIN1_IS_WINDOWS_1252 = new TextDecoder('latin1').decode(Uint8Array.of(0x80)) === '\u20ac';

/** Case and protocols: bytes and sets before their opcodes, ints beyond 48 bits, text that is not plain ASCII, … */
const WRONG_FIXTURES: readonly string[] = [
  'bytearray at 0, 1, 2, 3, 4',
  'bytes-all at 0, 1, 2',
  'bytes-empty at 0, 1, 2',
  'bytes-shared at 0, 1, 2',
  'bytes-short at 0, 1, 2',
  'cycle-tuple-inside at 0',
  'dict-bytes-keys at 0, 1, 2',
  'dict-mixed-keys at 0, 1, 2, 3, 4, 5',
  'dict-nan-keys at 0, 1, 2, 3, 4, 5',
  'float-infinities at 0',
  'frozenset at 0, 1, 2, 3',
  'int-2-to-2040 at 0, 1',
  'int-2-to-53-plus-1 at 0, 1, 2, 3, 4, 5',
  'int-2-to-63 at 2, 3, 4, 5',
  'int-2-to-63-less-1 at 0, 1, 2, 3, 4, 5',
  'int-2-to-64 at 2, 3, 4, 5',
  'int-minus-2-to-255 at 2, 3, 4, 5',
  'int-minus-2-to-40 at 2, 3, 4, 5',
  'int-minus-2-to-53 at 2, 3, 4, 5',
  'int-minus-2-to-63 at 2, 3, 4, 5',
  'ints at 2, 3, 4, 5',
  'py2-str at 0',
  LATIN1_IS_WINDOWS_1252 ? 'py2-str-all at 0, 1, 2' : 'py2-str-all at 0',
  'py2-str-gbk at 0',
  'set at 0, 1, 2, 3',
  'set-1001 at 1, 2, 3',
  'set-empty at 0, 1, 2, 3',
  'str-backslashes at 0',
  'str-bom at 0, 1, 2, 3, 4, 5',
  'str-chinese at 0',
  'str-controls at 0',
  'str-line-separators at 0',
  'str-lone-surrogates at 0, 1, 2, 3, 4, 5',
  'str-non-bmp at 0',
];

/** An error of pickleparser 0.2.1: what CPython and this codec give, and what it gives. */
interface KnownError {
  readonly what: string;
  readonly data: Uint8Array;
  readonly right: unknown;
  readonly wrong: unknown;
}

const damaged = 'an UnpicklingError';
const p2 = (...parts: (string | number | Uint8Array)[]): Uint8Array => bytes(0x80, 2, ...parts);
const text4 = (...parts: (string | number)[]): Uint8Array => {
  const data = bytes(...parts);
  return bytes('X', little(data.length, 4), data, '.');
};

const KNOWN_ERRORS: readonly KnownError[] = [
  { what: 'reads LONG1 as unsigned', data: p2(0x8a, 1, 0xff, '.'), right: -1, wrong: 255 },
  {
    what: 'reads -2**40 as a positive number',
    data: p2(0x8a, 6, 0, 0, 0, 0, 0, 0xff, '.'),
    right: -(2 ** 40),
    wrong: 280375465082880,
  },
  { what: 'rounds 2**53 + 1', data: p2(0x8a, 7, 1, 0, 0, 0, 0, 0, 0x20, '.'), right: 2n ** 53n + 1n, wrong: 2 ** 53 },
  {
    what: 'refuses 2**63',
    data: p2(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, '.'),
    right: 2n ** 63n,
    wrong: 'throws Error',
  },
  {
    what: 'makes a float of a long in text',
    data: bytes('L1180591620717411303425L\n.'),
    right: 2n ** 70n + 1n,
    wrong: 2 ** 70,
  },
  {
    what: 'loses the bytes of protocol 2',
    data: p2('c_codecs\nencode\n(Vab\nVlatin1\ntR.'),
    right: bytes('ab'),
    wrong: {},
  },
  { what: 'leaves the escapes of UNICODE', data: bytes('V\\u591a\n.'), right: '多', wrong: '\\u591a' },
  { what: 'leaves the escapes of STRING', data: bytes("S'a\\nb'\n."), right: 'a\nb', wrong: 'a\\nb' },
  { what: 'puts U+FFFD for invalid UTF-8', data: text4('a', 0xff), right: damaged, wrong: 'a\ufffd' },
  { what: 'loses a lone surrogate', data: text4(0xed, 0xa0, 0x80), right: '\ud800', wrong: '\ufffd\ufffd\ufffd' },
  { what: 'eats a byte order mark', data: text4(0xef, 0xbb, 0xbf, 'a'), right: '\ufeffa', wrong: 'a' },
  {
    what: 'has two keys for 1 and True',
    data: bytes('}(K', 1, 'Va\nI01\nVb\nu.'),
    right: new Map([[1, 'b']]),
    wrong: new Map<unknown, string>([
      [1, 'a'],
      [true, 'b'],
    ]),
  },
  { what: 'gives undefined for a missing memo entry', data: bytes('h', 5, '.'), right: damaged, wrong: undefined },
  { what: 'gives undefined for an empty stack', data: bytes('.'), right: damaged, wrong: undefined },
  {
    what: 'makes up the value of a last key',
    data: bytes('}(Va\nNVb\nu.'),
    right: damaged,
    wrong: new Map([
      ['a', null],
      ['b', undefined],
    ]),
  },
  {
    what: 'overflows the stack on 200,000 items',
    data: bytes('](', 'N'.repeat(200_000), 'e.'),
    right: Array.from({ length: 200_000 }, () => null),
    wrong: 'throws RangeError',
  },
  { what: 'appends to a tuple', data: bytes(')Na.'), right: damaged, wrong: [null] },
  { what: 'takes items from under a mark', data: p2('N(N', 0x86, '.'), right: damaged, wrong: [undefined, null] },
  { what: 'reads inf as NaN', data: bytes('Finf\n.'), right: Infinity, wrong: NaN },
  { what: 'ignores frames', data: bytes(0x80, 4, 0x95, little(255, 8), 'N.'), right: damaged, wrong: null },
  { what: 'ignores what follows', data: bytes('N.N.'), right: damaged, wrong: null },
];

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnpicklingError) return damaged;
    return `throws ${error instanceof Error ? error.constructor.name : String(error)}`;
  }
}

// It warns about every number that it rounds.
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('pickleparser', () => {
  test('agrees on every other fixture of built-in types, and is wrong on exactly these', () => {
    const wrong = new Map<string, Set<number>>();
    for (const fixture of fixtures) {
      if (verdict(fixture) === 'right') continue;
      wrong.set(fixture.case, (wrong.get(fixture.case) ?? new Set()).add(fixture.protocol));
    }
    const told = [...wrong].map(([name, protocols]) => `${name} at ${[...protocols].sort().join(', ')}`);
    expect(fixtures.length).toBeGreaterThan(500);
    expect(told).toEqual(WRONG_FIXTURES);
  });

  test.each(KNOWN_ERRORS)('$what', ({ data, right, wrong }) => {
    expect(outcome(() => theirs(data))).toEqual(wrong);
    const own = outcome(() => loads(data, { dict: 'map' }));
    expect(own instanceof Map ? new Map(own) : own).toEqual(right);
  });

  test('lets a pickle replace the prototype of an object', () => {
    const data = bytes('}V__proto__\n}Vpolluted\nI01\nssVa\nK', 1, 's.');
    expect(Reflect.get(new Parser().parse<object>(data), 'polluted')).toBe(true);
    expect(Reflect.get(loads(data) as object, 'polluted')).toBeUndefined();
  });

  test('takes the last item of OBJ for the class', () => {
    const data = bytes('(cm\nC\nVx\no.');
    expect(outcome(() => theirs(data))).toBe('throws TypeError');
    expect(loads(data)).toMatchObject({ class: { qualname: 'C' }, args: ['x'] });
  });
});
