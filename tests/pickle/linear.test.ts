/** Four times the input takes about four times the time, whatever the input is: nothing is quadratic. */
import { describe, expect, vi, test } from 'vitest';
import { ClassRegistry, dumps, loads, PyDict, Tuple } from 'vnpy-bridge/pickle';
import { bytes, float8, little } from '../support/bytes.js';

// Seconds, where nothing else runs.
vi.setConfig({ testTimeout: 180_000 });

const times = (count: number, part: (index: number) => Uint8Array | string): Uint8Array =>
  bytes(Buffer.concat(Array.from({ length: count }, (_, index) => bytes(part(index)))));
const int = (value: number): Uint8Array => bytes('J', little(value, 4));
const text = (value: string): Uint8Array => bytes('X', little(value.length, 4), value);
/** `value << 64`: engines hash a bigint by its lowest 64 bits. */
const shifted = (value: number): Uint8Array => bytes(0x8a, 13, little(0, 8), little(value, 4), 0);
/** An int of so many bytes, each different. */
const long = (size: number, step: number): Uint8Array =>
  bytes(
    0x8b,
    little(size, 4),
    Uint8Array.from({ length: size }, (_, n) => (n === size - 1 ? 1 : n * n * step + (n >> 8))),
  );
const address = (value: string, type = 'IPv6Address'): Uint8Array =>
  p4(`cipaddress\n${type}\n`, text(value), 0x85, 'R');
const p4 = (...parts: (string | number | Uint8Array)[]): Uint8Array => bytes(0x80, 4, ...parts, '.');

class Known {
  a = 0;
}
const registry = ClassRegistry.of({
  kind: 'object',
  module: 'm',
  qualname: 'Known',
  type: Known,
  create: () => new Known(),
  fields: [{ name: 'a' }],
});

const READING: Readonly<Record<string, (size: number) => Uint8Array>> = {
  'dicts that become PyDicts, after a DUP': (size) =>
    p4(
      'N2](',
      times(size, (n) => bytes('}', 0x94, int(n), 'Ns')),
      'e',
    ),
  'dicts that become PyDicts, in a list that has two places': (size) =>
    p4(
      '](]2',
      times(size, (n) => bytes('}', 0x94, int(n), 'Ns')),
      'e',
    ),
  'one dict of ints': (size) =>
    p4(
      '}(',
      times(size, (n) => bytes(int(n), 'N')),
      'u',
    ),
  'one dict, first of text, then of ints': (size) =>
    p4(
      '}',
      0x94,
      '2(',
      times(size, (n) => bytes(n < size / 2 ? text(`k${n}`) : int(n), 'N')),
      'u',
    ),
  'one dict of tuples': (size) =>
    p4(
      '}(',
      times(size, (n) => bytes(int(n), int(n), 0x86, 'N')),
      'u',
    ),
  'one dict of equal tuples': (size) =>
    p4(
      '}(',
      times(size, () => bytes(int(1), int(2), 0x86, 'N')),
      'u',
    ),
  'one dict of tuples of ints that differ far up': (size) =>
    p4(
      '}(',
      times(size, (n) => bytes(shifted(n + 1), 0x85, 'N')),
      'u',
    ),
  'one dict of large floats': (size) =>
    p4(
      '}(',
      times(size, (n) => bytes('G', float8((n + 1) * 2 ** 70), 'N')),
      'u',
    ),
  'one dict of tuples that share bytes': (size) =>
    p4(
      'B',
      little(20 * size, 4),
      new Uint8Array(20 * size),
      0x94,
      '0}(',
      times(size, (n) => bytes('h', 0, int(n), 0x86, 'N')),
      'u',
    ),
  'one dict of tuples that share a Decimal': (size) =>
    p4(
      'cdecimal\nDecimal\n',
      text('1'.repeat(20 * size)),
      0x85,
      'R',
      0x94,
      '0}(',
      times(size, (n) => bytes('h', 0, int(n), 0x86, 'N')),
      'u',
    ),
  'a Decimal with zeros between digits, as a key': (size) =>
    p4('}cdecimal\nDecimal\n', text(`1${'0'.repeat(20 * size)}1`), 0x85, 'RNs'),
  'a Decimal with a long exponent': (size) => p4('cdecimal\nDecimal\n', text(`1e${'9'.repeat(20 * size)}`), 0x85, 'R'),
  'an address of dots, then a colon': (size) => address(`${'.'.repeat(size)}:`),
  'an address of one letter': (size) => address('a'.repeat(20 * size)),
  'an address of colons': (size) => address(':'.repeat(20 * size)),
  'an address with a long zone': (size) => address(`fe80::1%${'.'.repeat(20 * size)}`),
  'an address with many zones': (size) => address('%'.repeat(20 * size)),
  'a network with a long prefix': (size) => address(`::/${'0'.repeat(20 * size)}`, 'IPv6Network'),
  'a numpy text with NULs between letters': (size) =>
    p4(
      'cnumpy._core.multiarray\nscalar\ncnumpy\ndtype\n',
      text(`U${size}`),
      bytes(0x89, 0x88, 0x87, 'R(', int(3), text('<'), 'NNN', int(4 * size), int(4), int(8), 'tb'),
      bytes('B', little(4 * size, 4), new Uint8Array(4 * size - 4), 'a', 0, 0, 0),
      0x86,
      'R',
    ),
  'a Fraction of long parts, as a key': (size) =>
    p4('}cfractions\nFraction\n', long(size, 3), long(size, 7), 0x86, 'R', 'Ns'),
  'SETITEM by SETITEM': (size) =>
    p4(
      '}',
      times(size, (n) => bytes(text(`key${n}`), 'Ns')),
    ),
  'APPEND by APPEND': (size) =>
    p4(
      ']',
      times(size, () => 'Na'),
    ),
  'one set': (size) =>
    p4(
      0x8f,
      '(',
      times(size, (n) => bytes(int(n))),
      0x90,
    ),
  'ADDITEMS by ADDITEMS': (size) =>
    p4(
      0x8f,
      times(size, (n) => bytes('(', int(n), int(n), 0x86, 0x90)),
    ),
  'a memo entry for everything': (size) =>
    p4(
      ']',
      0x94,
      '(',
      times(size, () => bytes(']', 0x94)),
      'e',
    ),
  'PUT from high to low': (size) =>
    bytes(
      '](',
      times(size, (n) => bytes('Nr', little(size - n, 4))),
      'e.',
    ),
  'PUT with gaps': (size) =>
    bytes(
      '](',
      times(size, (n) => bytes('Nr', little(n * 5003, 4))),
      'e.',
    ),
  'marks in marks': (size) =>
    bytes(
      times(size, () => '('),
      times(size, () => 't'),
      '.',
    ),
  'different texts': (size) =>
    p4(
      ']',
      '(',
      times(size, (n) => text(`text number ${n}`)),
      'e',
    ),
  'different texts of one length and hash-like form': (size) =>
    p4(
      ']',
      '(',
      times(size, (n) => text(String(n).padStart(12, '0'))),
      'e',
    ),
  'objects of a known class': (size) =>
    p4(
      '(',
      text('m'),
      text('Known'),
      0x93,
      0x94,
      '0](',
      times(size, (n) => bytes('h', 0, ')', 0x81, '}(', text('a'), int(n), 'ub')),
      'e',
    ),
  'objects of a known class, BUILD after BUILD': (size) =>
    p4(
      text('m'),
      text('Known'),
      0x93,
      ')',
      0x81,
      times(size, (n) => bytes('}', text(`a${n % 7}`), int(n), 'sb')),
    ),
  'an unknown object, BUILD after BUILD': (size) =>
    p4(
      text('m'),
      text('C'),
      0x93,
      ')',
      0x81,
      times(size, (n) => bytes('}', text('a'), int(n), 'sb')),
    ),
  'an unknown object, APPEND by APPEND': (size) =>
    p4(
      text('m'),
      text('C'),
      0x93,
      ')',
      0x81,
      times(size, () => 'Na'),
    ),
  'many global names': (size) =>
    bytes(
      '](',
      times(size, (n) => `cm\nC${n}\n`),
      'e.',
    ),
  'text lines': (size) =>
    bytes(
      '](',
      times(size, (n) => `Vline ${n}\n`),
      'e.',
    ),
  'a long line of escapes': (size) =>
    bytes(
      'V',
      times(size, () => '\\u591a'),
      '\n.',
    ),
  'an int of many bytes': (size) => p4(0x8b, little(size, 4), new Uint8Array(size).fill(0x5a)),
  'empty frames': (size) =>
    p4(
      times(size, () => bytes(0x95, little(0, 8))),
      'N',
    ),
};

const WRITING: Readonly<Record<string, (size: number) => unknown>> = {
  'a list of lists': (size) => Array.from({ length: size }, (_, n) => [n]),
  'one list, many times': (size) => Array.from({ length: size }, () => shared),
  'texts, all different': (size) => Array.from({ length: size }, (_, n) => `text number ${n}`),
  'texts, all equal': (size) => Array.from({ length: size }, () => 'the same text'),
  'one object with many keys': (size) => Object.fromEntries(Array.from({ length: size }, (_, n) => [`key${n}`, n])),
  'one PyDict of tuples': (size) => new PyDict(Array.from({ length: size }, (_, n) => [Tuple.of(n, n), n] as const)),
  'one Set of tuples that share bytes': (size) => {
    const long = new Uint8Array(20 * size);
    return new Set(Array.from({ length: size }, (_, n) => Tuple.of(n, long)));
  },
  'a long text': (size) => '多a'.repeat(size),
  'a long text with surrogates': (size) => '\ud800a'.repeat(size),
  'a long bigint': (size) => 1n << BigInt(8 * size),
  'known objects': (size) => Array.from({ length: size }, () => new Known()),
};
const shared = ['shared'];

/** Four is linear, sixteen quadratic. Garbage collection of the larger input has been seen to make a ten of a four. */
const LINEAR = 12;

/** CPU time, so that other programs do not count; the best of some runs. */
function cpuTime(work: () => unknown): number {
  let best = Infinity;
  for (let run = 0; run < 2; run++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return best;
}

/** How much longer four times as much takes. Sizes grow until the smaller takes some milliseconds. */
function growth(measure: (size: number) => number): number {
  let size = 2000;
  while (measure(size) < 4000 && size < 64_000) size *= 2;
  let best = Infinity;
  // Garbage collection may hit one measurement, seldom all of them.
  for (let attempt = 0; attempt < 6 && best > LINEAR; attempt++)
    // Some systems count processor time in steps of 10 ms.
    best = Math.min(best, measure(4 * size) / Math.max(1, measure(size)));
  return best;
}

const reader = { registry, maxDigits: Infinity, maxDepth: Infinity, trailing: 'ignore' } as const;

describe('reading is linear:', () => {
  test.each(Object.entries(READING))('%s', (_, make) => {
    const inputs = new Map<number, Uint8Array>();
    const ratio = growth((size) => {
      const data = inputs.get(size) ?? make(size);
      inputs.set(size, data);
      return cpuTime(() => loads(data, reader));
    });
    expect(ratio).toBeLessThan(LINEAR);
  });
});

describe('writing is linear:', () => {
  test.each(Object.entries(WRITING))('%s', (_, make) => {
    const values = new Map<number, unknown>();
    const ratio = growth((size) => {
      const value = values.get(size) ?? make(size);
      values.set(size, value);
      return cpuTime(() => dumps(value, { registry }));
    });
    expect(ratio).toBeLessThan(LINEAR);
  });
});
