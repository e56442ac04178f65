/**
 * Hostile and odd pickles, one row each: what ours must do, and how that compares with CPython.
 *
 * @module
 */
import type { LoadsOptions, UnpicklingErrorCode } from 'vnpy-bridge/pickle';
import { bytes, float8, little } from '../support/bytes.js';

/** One row. Exactly one of `error` and `value` is given. */
export interface HostileCase {
  readonly name: string;
  readonly data: Uint8Array | (() => Uint8Array);
  readonly options?: LoadsOptions;
  /** The code of the error, and where it must point to. */
  readonly error?: UnpicklingErrorCode;
  readonly offset?: number;
  readonly opcode?: string;
  /** The value: compared in the notation of describe.py, so that types count. */
  readonly value?: unknown;
  /**
   * What CPython 3.14 does with these bytes: the same (an error where ours is one, else an equal value), a value or an
   * error where ours is the other, or another value.
   * Rows without it are too big for a CPython in WebAssembly, or depend on options that it does not have.
   */
  readonly cpython?: 'same' | 'value' | 'error' | 'differs';
}

const NONE = ['N.'] as const;

function p(protocol: number, ...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  return bytes(0x80, protocol, ...parts);
}

function lines(opcode: string, ...text: readonly string[]): Uint8Array {
  return bytes(opcode, ...text.map((line) => `${line}\n`), '.');
}

/** A frame of that declared length, then the parts. */
function frame(length: number | bigint, ...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  return bytes(0x95, little(length, 8), ...parts);
}

const unicode = (text: string | Uint8Array): Uint8Array => {
  const data = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return bytes(0x8c, data.length, data);
};

/** 1,000 steps, each of which takes the memo entry that the one before stored; at the end the last one is fetched. */
function fetchedAgain(step: (value: Uint8Array) => Uint8Array): Uint8Array[] {
  const get = (index: number): Uint8Array => (index < 0 ? bytes(')') : bytes('j', little(index, 4)));
  return [...Array.from({ length: 1000 }, (_, index) => step(get(index - 1))), get(999)];
}

const declaredLengths: readonly HostileCase[] = [
  {
    name: 'BINBYTES of 4 GiB',
    data: bytes('B', little(0xffffffff, 4), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'BINBYTES',
  },
  {
    name: 'BINUNICODE of 4 GiB',
    data: bytes('X', little(0xffffffff, 4), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'BINUNICODE',
    cpython: 'same',
  },
  {
    name: 'BINUNICODE8 of 2^62',
    data: bytes(0x8d, little(2n ** 62n, 8), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'BINUNICODE8',
    cpython: 'same',
  },
  {
    name: 'BINUNICODE8 of 2^63',
    data: bytes(0x8d, little(2n ** 63n, 8), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'BINUNICODE8',
    cpython: 'same',
  },
  {
    name: 'BINUNICODE8 of 2^53 + 1',
    data: bytes(0x8d, little(2n ** 53n + 1n, 8), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    cpython: 'same',
  },
  {
    name: 'BINBYTES8 of 2^64 - 1',
    data: bytes(0x8e, little(2n ** 64n - 1n, 8), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    cpython: 'same',
  },
  {
    name: 'BYTEARRAY8 of 2^34',
    data: bytes(0x96, little(2n ** 34n, 8), 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'BYTEARRAY8',
  },
  {
    name: 'BYTEARRAY8 of 2^62',
    data: p(5, 0x96, little(2n ** 62n, 8)),
    error: 'TRUNCATED',
    offset: 2,
    opcode: 'BYTEARRAY8',
    cpython: 'same',
  },
  {
    name: 'SHORT_BINUNICODE one byte short',
    data: bytes(0x8c, 4, 'abc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'SHORT_BINUNICODE',
    cpython: 'same',
  },
  {
    name: 'LONG4 of 2^31 - 1 bytes',
    data: bytes(0x8b, little(2 ** 31 - 1, 4), 1),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'LONG4',
    cpython: 'same',
  },
  {
    name: 'LONG4 of negative length',
    data: bytes(0x8b, little(-1, 4), 1, '.'),
    error: 'BAD_ARGUMENT',
    offset: 0,
    opcode: 'LONG4',
    cpython: 'same',
  },
  { name: 'LONG4 of length 0', data: bytes(0x8b, little(0, 4), '.'), value: ['int', '0'], cpython: 'same' },
  { name: 'LONG1 of length 0', data: bytes(0x8a, 0, '.'), value: ['int', '0'], cpython: 'same' },
  {
    name: 'LONG1 of 255 zero bytes',
    data: bytes(0x8a, 255, new Uint8Array(255), '.'),
    value: ['int', '0'],
    cpython: 'same',
  },
  {
    name: 'LONG1 -1 in more bytes than needed',
    data: bytes(0x8a, 3, 0xff, 0xff, 0xff, '.'),
    value: ['int', '-1'],
    cpython: 'same',
  },
  {
    name: 'LONG4 of 1 MB, above maxDigits',
    data: () => bytes(0x8b, little(2 ** 20, 4), new Uint8Array(2 ** 20).fill(0x7f), '.'),
    error: 'LIMIT_DIGITS',
    offset: 0,
    opcode: 'LONG4',
  },
  {
    name: 'BINSTRING of negative length',
    data: bytes('T', little(-5, 4), 'abc.'),
    error: 'BAD_ARGUMENT',
    offset: 0,
    opcode: 'BINSTRING',
    cpython: 'same',
  },
];

const memo: readonly HostileCase[] = [
  { name: 'LONG_BINPUT 2^28', data: bytes('Nr', little(2 ** 28, 4), '.'), value: null },
  {
    name: 'LONG_BINPUT 2^32 - 1, then fetched',
    data: bytes('(Nr', little(2 ** 32 - 1, 4), 'j', little(2 ** 32 - 1, 4), 't.'),
    value: ['tuple', [null, null]],
  },
  {
    name: 'PUT 10^20',
    data: bytes('Np100000000000000000000\n.'),
    error: 'BAD_ARGUMENT',
    offset: 1,
    opcode: 'PUT',
    cpython: 'same',
  },
  { name: 'PUT -1', data: bytes('Np-1\n.'), error: 'BAD_ARGUMENT', offset: 1, opcode: 'PUT', cpython: 'same' },
  { name: 'PUT of no number', data: bytes('Npx\n.'), error: 'BAD_ARGUMENT', offset: 1, opcode: 'PUT', cpython: 'same' },
  { name: 'GET -1', data: bytes('g-1\n.'), error: 'BAD_ARGUMENT', offset: 0, opcode: 'GET', cpython: 'same' },
  { name: 'GET of no number', data: bytes('gx\n.'), error: 'BAD_ARGUMENT', offset: 0, opcode: 'GET', cpython: 'same' },
  { name: 'GET missing', data: bytes('g7\n.'), error: 'MEMO_MISSING', offset: 0, opcode: 'GET', cpython: 'same' },
  {
    name: 'BINGET missing',
    data: bytes('Nq', 0, 'h', 1, '.'),
    error: 'MEMO_MISSING',
    offset: 3,
    opcode: 'BINGET',
    cpython: 'same',
  },
  {
    name: 'LONG_BINGET missing',
    data: bytes('j', little(2 ** 32 - 1, 4), '.'),
    error: 'MEMO_MISSING',
    offset: 0,
    opcode: 'LONG_BINGET',
    cpython: 'same',
  },
  {
    name: 'PUT with an empty stack',
    data: bytes('q', 0, 'N.'),
    error: 'STACK_UNDERFLOW',
    offset: 0,
    opcode: 'BINPUT',
    cpython: 'same',
  },
  {
    name: 'MEMOIZE with an empty stack',
    data: p(4, 0x94, 'N.'),
    error: 'STACK_UNDERFLOW',
    offset: 2,
    opcode: 'MEMOIZE',
    cpython: 'same',
  },
  {
    name: 'PUT of a mark',
    data: bytes('(q', 0, 't.'),
    error: 'STACK_UNDERFLOW',
    offset: 1,
    opcode: 'BINPUT',
    cpython: 'same',
  },
  {
    name: 'memo redefined: the last one wins',
    data: bytes('(Nq', 0, 'I1\nq', 0, 'h', 0, 't.'),
    value: ['tuple', [null, ['int', '1'], ['int', '1']]],
    cpython: 'same',
  },
  {
    name: 'more memo entries than maxMemo',
    data: bytes('Nq', 0, 'q', 1, 'q', 2, '.'),
    options: { maxMemo: 2 },
    error: 'LIMIT_MEMO',
    offset: 5,
    opcode: 'BINPUT',
  },
  {
    name: 'MEMOIZE beyond maxMemo',
    data: p(4, 'N', 0x94, 0x94, 0x94, '.'),
    options: { maxMemo: 2 },
    error: 'LIMIT_MEMO',
    offset: 5,
    opcode: 'MEMOIZE',
  },
];

const integerText = (text: string, rest: Partial<HostileCase>): HostileCase => ({
  name: `INT ${JSON.stringify(text.length > 20 ? `${text.slice(0, 10)}... ${text.length} digits` : text)}`,
  data: lines('I', text),
  ...rest,
});
const longText = (text: string, rest: Partial<HostileCase>): HostileCase => ({
  name: `LONG ${JSON.stringify(text.length > 20 ? `${text.slice(0, 10)}... ${text.length} digits` : text)}`,
  data: lines('L', text),
  ...rest,
});
const floatText = (text: string, rest: Partial<HostileCase>): HostileCase => ({
  name: `FLOAT ${JSON.stringify(text)}`,
  data: lines('F', text),
  options: { lossless: true },
  ...rest,
});
const int = (text: string): Partial<HostileCase> => ({ value: ['int', text], cpython: 'same' });
const bad = (opcode: string): Partial<HostileCase> => ({ error: 'BAD_ARGUMENT', offset: 0, opcode, cpython: 'same' });
const double = (value: number): Partial<HostileCase> => ({
  value: ['float', Buffer.from(float8(value)).toString('hex')],
  cpython: 'same',
});

const numbers: readonly HostileCase[] = [
  // CPython up to 3.13 reads INT as C does, from 3.14 on as decimal; no pickler writes these.
  integerText('010', { value: ['int', '8'], cpython: 'differs' }),
  integerText('001', int('1')),
  integerText('0x10', { value: ['int', '16'], cpython: 'error' }),
  integerText('-0x10', { value: ['int', '-16'], cpython: 'error' }),
  integerText('0b11', { value: ['int', '3'], cpython: 'error' }),
  integerText('0o17', { value: ['int', '15'], cpython: 'error' }),
  integerText('1_000', int('1000')),
  integerText('00', { value: false, cpython: 'same' }),
  integerText('01', { value: true, cpython: 'same' }),
  integerText('000', int('0')),
  // CPython's C unpickler takes any 2 characters that mean 0 or 1 for a bool.
  integerText('+1', { value: true, cpython: 'same' }),
  integerText(' 1', { value: true, cpython: 'same' }),
  integerText('-0', { value: false, cpython: 'same' }),
  integerText('08', int('8')),
  integerText('1 2', bad('INT')),
  integerText('-', bad('INT')),
  integerText('', bad('INT')),
  integerText('1.5', bad('INT')),
  integerText('１', bad('INT')),
  integerText('99999999999999999999', int('99999999999999999999')),
  integerText('7'.repeat(4300), int(`0x${BigInt('7'.repeat(4300)).toString(16)}`)),
  integerText('7'.repeat(4301), { error: 'LIMIT_DIGITS', offset: 0, opcode: 'INT', cpython: 'same' }),
  longText('12', int('12')),
  longText('12L', int('12')),
  longText('12LL', bad('LONG')),
  longText('-12L', int('-12')),
  longText('L', bad('LONG')),
  longText('', bad('LONG')),
  longText('0x10L', { value: ['int', '16'], cpython: 'error' }),
  longText('1_000L', int('1000')),
  longText('7'.repeat(4300), int(`0x${BigInt('7'.repeat(4300)).toString(16)}`)),
  longText('7'.repeat(4301), { error: 'LIMIT_DIGITS', offset: 0, opcode: 'LONG', cpython: 'same' }),
  longText('7'.repeat(1_000_000), { error: 'LIMIT_DIGITS', offset: 0, opcode: 'LONG', cpython: 'same' }),
  floatText('1_0.5', bad('FLOAT')),
  floatText('1e999', { error: 'BAD_ARGUMENT', offset: 0, opcode: 'FLOAT', cpython: 'same' }),
  floatText('0x1p3', bad('FLOAT')),
  floatText('1.5 ', bad('FLOAT')),
  floatText('1,5', bad('FLOAT')),
  floatText('', bad('FLOAT')),
  floatText('.', bad('FLOAT')),
  floatText('.5', double(0.5)),
  floatText('5.', double(5)),
  floatText('+1e3', double(1000)),
  floatText('nan', double(NaN)),
  floatText('-inf', double(-Infinity)),
  floatText('Infinity', double(Infinity)),
  floatText('-0.0', double(-0)),
  {
    name: 'BINFLOAT cut',
    data: bytes('G', 1, 2, 3),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'BINFLOAT',
    cpython: 'same',
  },
];

const frames: readonly HostileCase[] = [
  {
    name: 'a frame longer than the data',
    data: p(4, frame(100, ...NONE)),
    error: 'TRUNCATED',
    offset: 2,
    opcode: 'FRAME',
    cpython: 'same',
  },
  {
    name: 'a frame of 2^62',
    data: p(4, frame(2n ** 62n, ...NONE)),
    error: 'TRUNCATED',
    offset: 2,
    opcode: 'FRAME',
    cpython: 'same',
  },
  {
    name: 'a frame of 2^63',
    data: p(4, frame(2n ** 63n, ...NONE)),
    error: 'TRUNCATED',
    offset: 2,
    opcode: 'FRAME',
    cpython: 'same',
  },
  {
    name: 'a frame longer than the data, lenient',
    data: p(4, frame(100, ...NONE)),
    options: { lenient: true },
    value: null,
  },
  {
    name: 'an argument that crosses the end of a frame',
    data: p(4, frame(3, unicode('abc'), '.')),
    error: 'FRAME_BOUNDARY',
  },
  {
    name: 'an argument that crosses the end of a frame, lenient',
    data: p(4, frame(3, unicode('abc'), '.')),
    options: { lenient: true },
    value: 'abc',
  },
  { name: 'a frame that ends before STOP', data: p(4, frame(1, ...NONE)), value: null, cpython: 'same' },
  { name: 'a frame in a frame', data: p(4, frame(12, frame(2, ...NONE), 'N')), error: 'FRAME_BOUNDARY' },
  { name: 'FRAME of length 0', data: p(4, frame(0), ...NONE), value: null, cpython: 'same' },
  {
    name: '100,000 empty frames',
    data: () => p(4, Buffer.concat(Array.from({ length: 100_000 }, () => frame(0))), ...NONE),
    value: null,
    cpython: 'same',
  },
  {
    name: '100,000 empty frames against maxOpcodes',
    data: () => p(4, Buffer.concat(Array.from({ length: 100_000 }, () => frame(0))), ...NONE),
    options: { maxOpcodes: 1000 },
    error: 'LIMIT_OPCODES',
  },
  { name: 'FRAME in protocol 2', data: p(2, frame(2, ...NONE)), value: null, cpython: 'same' },
];

function laughs(levels: number): Uint8Array {
  const parts: (string | number | Uint8Array)[] = [']', 'q', 0];
  for (let level = 1; level <= levels; level++)
    parts.push(']', 'q', level, '(', ...Array.from({ length: 10 }, () => bytes('h', level - 1)), 'e');
  return bytes(...parts, '.');
}

const dupTuple = (levels: number): Uint8Array => bytes('N', ...Array.from({ length: levels }, () => bytes('2', 0x86)));

const sizes: readonly HostileCase[] = [
  {
    name: '10 MiB of input against maxBytes',
    data: () => new Uint8Array(10 * 2 ** 20),
    options: { maxBytes: 2 ** 20 },
    error: 'LIMIT_BYTES',
  },
  {
    name: '200 copies of 1 kB that a bytearray each makes of shared bytes',
    data: () =>
      p(
        4,
        bytes('cbuiltins\nbytearray\nq', 0, '0B', little(1000, 4), 'a'.repeat(1000), 0x85, 'q', 1, '0]('),
        'h\x00h\x01R'.repeat(200),
        'e.',
      ),
    options: { maxText: 100_000 },
    error: 'LIMIT_TEXT',
  },
  {
    name: '200 copies of 100 items that a set each makes of a shared list',
    data: () =>
      p(
        4,
        bytes('cbuiltins\nset\nq', 0, '0]('),
        'N'.repeat(100),
        bytes('e', 0x85, 'q', 1, '0]('),
        'h\x00h\x01R'.repeat(200),
        'e.',
      ),
    options: { maxText: 100_000 },
    error: 'LIMIT_TEXT',
  },
  {
    name: 'text above maxText',
    data: bytes('(', unicode('abcdef'), unicode('ghijkl'), 't.'),
    options: { maxText: 10 },
    error: 'LIMIT_TEXT',
    offset: 9,
    opcode: 'SHORT_BINUNICODE',
  },
  {
    name: 'opcodes above maxOpcodes',
    data: bytes('NNNNN.'),
    options: { maxOpcodes: 3 },
    error: 'LIMIT_OPCODES',
    offset: 3,
  },
  {
    name: '1,000,000 nested lists',
    data: () => bytes(']'.repeat(1_000_000), 'a'.repeat(999_999), '.'),
    error: 'LIMIT_DEPTH',
  },
  { name: '1,000,000 nested tuples', data: () => bytes(')', '\x85'.repeat(1_000_000), '.'), error: 'LIMIT_DEPTH' },
  {
    name: '100,000 nested dicts',
    data: () => bytes('}N'.repeat(100_000), 'N', 's'.repeat(100_000), '.'),
    error: 'LIMIT_DEPTH',
  },
  {
    name: '200,000 nested instances',
    data: () => bytes('cm\nC\n', '\x85R'.repeat(0), '(cm\nC\n'.repeat(20_000), 'o'.repeat(20_000), '.'),
    error: 'LIMIT_DEPTH',
  },
  {
    name: '100,000 nested tuples, each hundredth a key and fetched from the memo',
    data: () => p(4, '}', ...fetchedAgain((value) => bytes('(', value, '\x85'.repeat(100), 0x94, 'Nu')), '.'),
    error: 'LIMIT_DEPTH',
  },
  {
    name: '101,000 nested tuples and persistent ids, those fetched from the memo',
    data: () => p(4, 'N', ...fetchedAgain((value) => bytes('(', value, '\x85'.repeat(100), 'Q', 0x94, '1')), '.'),
    error: 'LIMIT_DEPTH',
  },
  {
    name: '9,000 nested calls of __newobj__, of two levels each',
    data: () =>
      p(
        4,
        bytes('cm\nA\nq', 1, '0ccopyreg\n__newobj__\nq', 0, '0'),
        'h\x00h\x01'.repeat(9000),
        'N',
        '\x86R'.repeat(9000),
        '.',
      ),
    error: 'LIMIT_DEPTH',
  },
  {
    name: '30,000 nested factories of defaultdict',
    data: () => bytes('ccollections\ndefaultdict\nq\x000', 'h\x00'.repeat(30_000), 'N', '\x85R'.repeat(30_000), '.'),
    error: 'LIMIT_DEPTH',
  },
  {
    name: '30,000 nested states of OrderedDict',
    data: () => bytes('ccollections\nOrderedDict\nq\x000', 'h\x00)R'.repeat(30_000), 'N', 'b'.repeat(30_000), '.'),
    error: 'LIMIT_DEPTH',
  },
];

const keys: readonly HostileCase[] = [
  { name: 'a list as key', data: bytes('}]Ns.'), error: 'UNHASHABLE', offset: 3, opcode: 'SETITEM', cpython: 'same' },
  { name: 'a dict as key', data: bytes('}}Ns.'), error: 'UNHASHABLE', offset: 3, cpython: 'same' },
  { name: 'a set as key', data: p(4, '}', 0x8f, 'Ns.'), error: 'UNHASHABLE', offset: 5, cpython: 'same' },
  { name: 'a bytearray as key', data: p(5, '}', 0x96, little(0, 8), 'Ns.'), error: 'UNHASHABLE', cpython: 'same' },
  { name: 'a tuple of a list as key', data: bytes('}', ']', 0x85, 'Ns.'), error: 'UNHASHABLE', cpython: 'same' },
  { name: 'a list as key of DICT', data: bytes('(]Nd.'), error: 'UNHASHABLE', opcode: 'DICT', cpython: 'same' },
  {
    name: 'a list as set item',
    data: p(4, 0x8f, '(]', 0x90, '.'),
    error: 'UNHASHABLE',
    opcode: 'ADDITEMS',
    cpython: 'same',
  },
  {
    name: 'a list in a frozenset',
    data: p(4, '(]', 0x91, '.'),
    error: 'UNHASHABLE',
    opcode: 'FROZENSET',
    cpython: 'same',
  },
  {
    name: 'a set in itself',
    data: p(4, 0x8f, 0x94, '(h', 0, 0x90, '.'),
    error: 'UNHASHABLE',
    opcode: 'ADDITEMS',
    cpython: 'same',
  },
  {
    name: 'a key that is a tuple containing itself',
    data: bytes('}', '(]q', 0, 'tq', 1, 'h', 0, 'h', 1, 'a0', 'Ns.'),
    error: 'UNHASHABLE',
    cpython: 'same',
  },
  {
    name: 'keys 1, 1.0 and True are one',
    data: bytes('}(K', 1, 'Va\nG', float8(1), 'Vb\nI01\nVc\nu.'),
    value: ['dict', [[['int', '1'], 'c']]],
    cpython: 'same',
  },
  {
    name: 'keys True, 1 and 1.0 are one, and True',
    data: bytes('}(I01\nVa\nK', 1, 'Vb\nG', float8(1), 'Vc\nu.'),
    value: ['dict', [[true, 'c']]],
    cpython: 'same',
  },
  {
    name: 'keys 1.0 and 1 are one, and 1.0',
    data: bytes('}(G', float8(1), 'Va\nK', 1, 'Vb\nu.'),
    options: { lossless: true },
    value: ['dict', [[['float', '3ff0000000000000'], 'b']]],
    cpython: 'same',
  },
  {
    name: 'keys 0.0 and -0.0 are one',
    data: bytes('}(G', float8(0), 'Va\nG', float8(-0), 'Vb\nu.'),
    options: { lossless: true },
    value: ['dict', [[['float', '0000000000000000'], 'b']]],
    cpython: 'same',
  },
  {
    name: 'keys 2^70 and 2.0^70 are one',
    data: bytes('}(L1180591620717411303424L\nVa\nG', float8(2 ** 70), 'Vb\nu.'),
    value: ['dict', [[['int', '1180591620717411303424'], 'b']]],
    cpython: 'same',
  },
  {
    name: 'keys 2^53 + 1 and 2.0^53 are two',
    data: bytes('}(L9007199254740993L\nVa\nG', float8(2 ** 53), 'Vb\nu.'),
    options: { lossless: true },
    value: [
      'dict',
      [
        [['int', '9007199254740993'], 'a'],
        [['float', '4340000000000000'], 'b'],
      ],
    ],
    cpython: 'same',
  },
  {
    name: 'two NaN objects are two keys',
    data: bytes('}(Fnan\nVa\nFnan\nVb\nu.'),
    options: { lossless: true },
    value: [
      'dict',
      [
        [['float', '7ff8000000000000'], 'a'],
        [['float', '7ff8000000000000'], 'b'],
      ],
    ],
    cpython: 'same',
  },
  {
    // Only a float in the memo can be met twice, which no pickler writes. A JavaScript NaN has no identity.
    name: 'one NaN object is two keys, for CPython one',
    data: bytes('}(Fnan\nq', 0, 'Va\nh', 0, 'Vb\nu.'),
    options: { lossless: true },
    value: [
      'dict',
      [
        [['float', '7ff8000000000000'], 'a'],
        [['float', '7ff8000000000000'], 'b'],
      ],
    ],
    cpython: 'differs',
  },
  {
    name: 'equal tuples are one key',
    data: bytes('}(K', 1, 'K', 2, 0x86, 'Va\nK', 1, 'G', float8(2), 0x86, 'Vb\nu.'),
    value: [
      'dict',
      [
        [
          [
            'tuple',
            [
              ['int', '1'],
              ['int', '2'],
            ],
          ],
          'b',
        ],
      ],
    ],
    cpython: 'same',
  },
  {
    name: 'equal bytes are one key, and not the str',
    data: p(3, '}(C', 1, 'aK', 1, 'C', 1, 'aK', 2, 'X', little(1, 4), 'aK', 3, 'u.'),
    value: [
      'dict',
      [
        [
          ['bytes', 'YQ=='],
          ['int', '2'],
        ],
        ['a', ['int', '3']],
      ],
    ],
    cpython: 'same',
  },
  {
    name: 'equal str keys: the first place, the last value',
    data: bytes('}(Va\nK', 1, 'Vb\nK', 2, 'Va\nK', 3, 'u.'),
    value: [
      'dict',
      [
        ['a', ['int', '3']],
        ['b', ['int', '2']],
      ],
    ],
    cpython: 'same',
  },
  { name: 'DUP and TUPLE2 60 times as value', data: bytes(dupTuple(60), '.'), value: 'any' },
  { name: 'DUP and TUPLE2 28 times as dict key', data: bytes('}', dupTuple(28), 'Ns.'), value: 'any' },
  { name: 'DUP and TUPLE2 1000 times as dict key', data: bytes('}', dupTuple(1000), 'Ns.'), value: 'any' },
  { name: 'billion laughs, 30 levels of 10', data: laughs(30), value: 'any' },
  {
    name: '1,000,000 DUP',
    data: () => bytes('N', '2'.repeat(1_000_000), '.'),
    value: null,
    options: { trailing: 'ignore' },
  },
  { name: '1,000,000 MARK', data: () => bytes('('.repeat(1_000_000), 'N.'), value: null, cpython: 'same' },
];

const calls: readonly HostileCase[] = [
  { name: 'REDUCE of None', data: bytes('N)R.'), error: 'BAD_CALL', offset: 2, opcode: 'REDUCE', cpython: 'same' },
  { name: 'REDUCE of a str', data: bytes('Vx\n)R.'), error: 'BAD_CALL', offset: 4, opcode: 'REDUCE', cpython: 'same' },
  {
    name: 'REDUCE with a list of arguments',
    data: bytes('cbuiltins\nint\n]R.'),
    error: 'BAD_CALL',
    opcode: 'REDUCE',
    cpython: 'same',
  },
  {
    name: 'REDUCE with None as arguments',
    data: bytes('cbuiltins\nint\nNR.'),
    error: 'BAD_CALL',
    opcode: 'REDUCE',
    cpython: 'same',
  },
  {
    name: 'REDUCE of os.system is inert data',
    data: bytes('cposix\nsystem\n(Vecho hi\ntR.'),
    value: ['call', ['global', 'posix', 'system'], ['echo hi'], null, [], []],
  },
  {
    name: 'REDUCE of the result of REDUCE is inert data',
    data: bytes('cm\nf\n)R)R.'),
    value: ['call', ['call', ['global', 'm', 'f'], [], null, [], []], [], null, [], []],
  },
  {
    name: 'NEWOBJ of None',
    data: p(2, 'N)', 0x81, '.'),
    error: 'BAD_CALL',
    offset: 4,
    opcode: 'NEWOBJ',
    cpython: 'same',
  },
  {
    name: 'NEWOBJ with a list of arguments',
    data: p(2, 'cbuiltins\nobject\n]', 0x81, '.'),
    error: 'BAD_CALL',
    opcode: 'NEWOBJ',
    cpython: 'same',
  },
  {
    name: 'NEWOBJ_EX with a list as kwargs',
    data: p(4, 'cbuiltins\nobject\n)]', 0x92, '.'),
    error: 'BAD_CALL',
    opcode: 'NEWOBJ_EX',
    cpython: 'same',
  },
  {
    name: 'NEWOBJ_EX with a list as args',
    data: p(4, 'cbuiltins\nobject\n]}', 0x92, '.'),
    error: 'BAD_CALL',
    opcode: 'NEWOBJ_EX',
    cpython: 'same',
  },
  { name: 'NEWOBJ_EX of None', data: p(4, 'N)}', 0x92, '.'), error: 'BAD_CALL', opcode: 'NEWOBJ_EX', cpython: 'same' },
  {
    name: 'OBJ: the class is the first after the mark',
    data: bytes('(cm\nC\nVx\no.'),
    value: ['call', ['global', 'm', 'C'], ['x'], null, [], []],
  },
  { name: 'OBJ of nothing', data: bytes('(o.'), error: 'STACK_UNDERFLOW', offset: 1, opcode: 'OBJ', cpython: 'same' },
  { name: 'OBJ without a mark', data: bytes('cm\nC\no.'), error: 'MARK_MISSING', opcode: 'OBJ', cpython: 'same' },
  { name: 'OBJ of None', data: bytes('(No.'), error: 'BAD_CALL', opcode: 'OBJ', cpython: 'same' },
  { name: 'INST', data: bytes('(Vx\nim\nC\n.'), value: ['call', ['global', 'm', 'C'], ['x'], null, [], []] },
  { name: 'INST without a mark', data: bytes('im\nC\n.'), error: 'MARK_MISSING', opcode: 'INST', cpython: 'same' },
  { name: 'BUILD on None', data: bytes('N}b.'), error: 'BUILD_TARGET', offset: 2, opcode: 'BUILD' },
  {
    name: 'BUILD on an int',
    data: bytes('I1\n}(Va\nK', 1, 'ub.'),
    error: 'BUILD_TARGET',
    opcode: 'BUILD',
    cpython: 'same',
  },
  {
    name: 'BUILD on a list',
    data: bytes(']}(Va\nK', 1, 'ub.'),
    error: 'BUILD_TARGET',
    opcode: 'BUILD',
    cpython: 'same',
  },
  { name: 'BUILD on a class', data: bytes('cm\nC\n}(Va\nK', 1, 'ub.'), error: 'BUILD_TARGET', opcode: 'BUILD' },
  { name: 'BUILD with an empty stack', data: bytes('}b.'), error: 'STACK_UNDERFLOW', opcode: 'BUILD', cpython: 'same' },
  { name: 'BUILD twice keeps both', data: bytes('cm\nC\n)R}(Va\nK', 1, 'ub}(Vb\nK', 2, 'ub.'), value: 'any' },
];

const globals: readonly HostileCase[] = [
  { name: 'GLOBAL with CR keeps it', data: bytes('cos\r\nsystem\n.'), value: ['global', 'os\r', 'system'] },
  {
    name: 'GLOBAL that is not UTF-8',
    data: bytes('cm\xff\nC\n.'),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'GLOBAL',
    cpython: 'same',
  },
  {
    name: 'GLOBAL without a second line',
    data: bytes('cm\nC'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'GLOBAL',
    cpython: 'same',
  },
  {
    name: 'GLOBAL without a name',
    data: bytes('cm\n\n.'),
    error: 'BAD_GLOBAL',
    offset: 0,
    opcode: 'GLOBAL',
    cpython: 'same',
  },
  {
    name: 'STACK_GLOBAL of ints',
    data: p(4, 'K', 1, 'K', 2, 0x93, '.'),
    error: 'BAD_GLOBAL',
    offset: 6,
    opcode: 'STACK_GLOBAL',
    cpython: 'same',
  },
  {
    name: 'STACK_GLOBAL of one str',
    data: p(4, unicode('m'), 0x93, '.'),
    error: 'STACK_UNDERFLOW',
    opcode: 'STACK_GLOBAL',
    cpython: 'same',
  },
  {
    name: 'a dotted name at protocol 4',
    data: p(4, unicode('m'), unicode('A.B'), 0x93, '.'),
    value: ['global', 'm', 'A.B'],
  },
  {
    name: 'EXT1 unknown',
    data: p(2, 0x82, 7, '.'),
    error: 'UNKNOWN_EXTENSION',
    offset: 2,
    opcode: 'EXT1',
    cpython: 'same',
  },
  {
    name: 'EXT2 unknown',
    data: p(2, 0x83, 7, 1, '.'),
    error: 'UNKNOWN_EXTENSION',
    offset: 2,
    opcode: 'EXT2',
    cpython: 'same',
  },
  {
    name: 'EXT4 unknown',
    data: p(2, 0x84, little(70000, 4), '.'),
    error: 'UNKNOWN_EXTENSION',
    offset: 2,
    opcode: 'EXT4',
    cpython: 'same',
  },
  { name: 'EXT1 0', data: p(2, 0x82, 0, '.'), error: 'UNKNOWN_EXTENSION', offset: 2, opcode: 'EXT1', cpython: 'same' },
  {
    name: 'EXT4 negative',
    data: p(2, 0x84, little(-1, 4), '.'),
    error: 'UNKNOWN_EXTENSION',
    offset: 2,
    opcode: 'EXT4',
    cpython: 'same',
  },
  { name: 'PERSID', data: bytes('Pabc\n.'), value: ['persid', 'abc'], cpython: 'same' },
  {
    name: 'PERSID that is not ASCII',
    data: bytes('Pa\xff\n.'),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'PERSID',
    cpython: 'same',
  },
  { name: 'BINPERSID', data: bytes('K', 7, 'Q.'), value: ['persid', ['int', '7']], cpython: 'same' },
  {
    name: 'BINPERSID with an empty stack',
    data: bytes('Q.'),
    error: 'STACK_UNDERFLOW',
    opcode: 'BINPERSID',
    cpython: 'same',
  },
  {
    name: 'NEXT_BUFFER without buffers',
    data: p(5, 0x97, '.'),
    error: 'BUFFER_MISSING',
    offset: 2,
    opcode: 'NEXT_BUFFER',
    cpython: 'same',
  },
  {
    name: 'NEXT_BUFFER with too few buffers',
    data: p(5, 0x97, 0x97, '.'),
    options: { buffers: [new Uint8Array(1)] },
    error: 'BUFFER_MISSING',
    offset: 3,
    opcode: 'NEXT_BUFFER',
  },
  {
    name: 'READONLY_BUFFER of None',
    data: p(5, 'N', 0x98, '.'),
    error: 'BUFFER_MISSING',
    offset: 3,
    opcode: 'READONLY_BUFFER',
    cpython: 'same',
  },
  {
    name: 'READONLY_BUFFER with an empty stack',
    data: p(5, 0x98, '.'),
    error: 'STACK_UNDERFLOW',
    opcode: 'READONLY_BUFFER',
    cpython: 'same',
  },
];

const structure: readonly HostileCase[] = [
  { name: 'PROTO 6', data: p(6, ...NONE), error: 'UNSUPPORTED_PROTOCOL', offset: 0, opcode: 'PROTO', cpython: 'same' },
  { name: 'PROTO 255', data: p(255, ...NONE), error: 'UNSUPPORTED_PROTOCOL', offset: 0, cpython: 'same' },
  { name: 'PROTO twice', data: p(2, 0x80, 4, ...NONE), value: null, cpython: 'same' },
  { name: 'PROTO in the middle', data: bytes('(N', 0x80, 4, 'Nt.'), value: ['tuple', [null, null]], cpython: 'same' },
  { name: 'PROTO lower than the opcodes need', data: p(0, unicode('abc'), '.'), value: 'abc', cpython: 'same' },
  { name: 'bytes after STOP', data: bytes('N.N.'), error: 'TRAILING_BYTES', offset: 2, cpython: 'value' },
  {
    name: 'bytes after STOP, ignored',
    data: bytes('N.N.'),
    options: { trailing: 'ignore' },
    value: null,
    cpython: 'same',
  },
  { name: 'no STOP', data: bytes('N'), error: 'TRUNCATED', offset: 1, cpython: 'same' },
  { name: 'nothing', data: bytes(), error: 'TRUNCATED', offset: 0, cpython: 'same' },
  { name: 'opcode 00', data: bytes(0, '.'), error: 'UNKNOWN_OPCODE', offset: 0, cpython: 'same' },
  { name: 'opcode ff', data: bytes('N', 0xff, '.'), error: 'UNKNOWN_OPCODE', offset: 1, cpython: 'same' },
  { name: 'JSON', data: bytes('{"a": 1}'), error: 'UNKNOWN_OPCODE', offset: 0, cpython: 'same' },
  {
    name: 'STOP with an empty stack',
    data: bytes('.'),
    error: 'STACK_UNDERFLOW',
    offset: 0,
    opcode: 'STOP',
    cpython: 'same',
  },
  {
    name: 'STOP with an open mark',
    data: bytes('(.'),
    error: 'STACK_UNDERFLOW',
    offset: 1,
    opcode: 'STOP',
    cpython: 'same',
  },
  { name: 'STOP with items left', data: bytes('K', 1, 'K', 2, '.'), value: ['int', '2'], cpython: 'same' },
  { name: 'POP of nothing', data: bytes('0.'), error: 'STACK_UNDERFLOW', offset: 0, opcode: 'POP', cpython: 'same' },
  { name: 'POP of a mark', data: bytes('N(0.'), value: null, cpython: 'same' },
  {
    name: 'POP_MARK without a mark',
    data: bytes('N1.'),
    error: 'MARK_MISSING',
    offset: 1,
    opcode: 'POP_MARK',
    cpython: 'same',
  },
  { name: 'DUP of nothing', data: bytes('2.'), error: 'STACK_UNDERFLOW', offset: 0, opcode: 'DUP', cpython: 'same' },
  { name: 'DUP of a mark', data: bytes('N(2.'), error: 'STACK_UNDERFLOW', offset: 2, opcode: 'DUP', cpython: 'same' },
  {
    name: 'TUPLE without a mark',
    data: bytes('Nt.'),
    error: 'MARK_MISSING',
    offset: 1,
    opcode: 'TUPLE',
    cpython: 'same',
  },
  {
    name: 'TUPLE1 of nothing',
    data: p(2, 0x85, '.'),
    error: 'STACK_UNDERFLOW',
    offset: 2,
    opcode: 'TUPLE1',
    cpython: 'same',
  },
  {
    name: 'TUPLE2 over a mark',
    data: p(2, 'N(N', 0x86, '.'),
    error: 'STACK_UNDERFLOW',
    offset: 5,
    opcode: 'TUPLE2',
    cpython: 'same',
  },
  {
    name: 'TUPLE3 over a mark',
    data: p(2, 'NN(N', 0x87, '.'),
    error: 'STACK_UNDERFLOW',
    opcode: 'TUPLE3',
    cpython: 'same',
  },
  { name: 'APPEND to a tuple', data: bytes(')Na.'), error: 'BAD_TARGET', offset: 2, opcode: 'APPEND', cpython: 'same' },
  { name: 'APPEND to None', data: bytes('NNa.'), error: 'BAD_TARGET', offset: 2, opcode: 'APPEND', cpython: 'same' },
  { name: 'APPEND to a dict', data: bytes('}Na.'), error: 'BAD_TARGET', opcode: 'APPEND', cpython: 'same' },
  { name: 'APPEND over a mark', data: bytes('](Na.'), error: 'STACK_UNDERFLOW', opcode: 'APPEND', cpython: 'same' },
  { name: 'APPENDS to a set', data: p(4, 0x8f, '(Ne.'), error: 'BAD_TARGET', opcode: 'APPENDS', cpython: 'same' },
  {
    name: 'APPENDS without a mark',
    data: bytes(']Ne.'),
    error: 'MARK_MISSING',
    offset: 2,
    opcode: 'APPENDS',
    cpython: 'same',
  },
  { name: 'APPENDS of nothing', data: bytes('](e.'), value: ['list', []], cpython: 'same' },
  { name: 'APPENDS of 200,000 items', data: () => bytes('](', 'N'.repeat(200_000), 'e.'), value: 'any' },
  {
    name: 'ADDITEMS to a list',
    data: p(4, '](N', 0x90, '.'),
    error: 'BAD_TARGET',
    opcode: 'ADDITEMS',
    cpython: 'same',
  },
  {
    name: 'ADDITEMS to a frozenset',
    data: p(4, '(', 0x91, '(N', 0x90, '.'),
    error: 'BAD_TARGET',
    opcode: 'ADDITEMS',
    cpython: 'same',
  },
  { name: 'SETITEM on None', data: bytes('NNNs.'), error: 'BAD_TARGET', opcode: 'SETITEM', cpython: 'same' },
  { name: 'SETITEM on a tuple', data: bytes(')K', 0, 'Ns.'), error: 'BAD_TARGET', opcode: 'SETITEM', cpython: 'same' },
  {
    name: 'SETITEM on a list, where the index exists',
    data: bytes('](Ne', 'K', 0, 'I5\ns.'),
    value: ['list', [['int', '5']]],
    cpython: 'same',
  },
  {
    name: 'SETITEM on a list, where it does not',
    data: bytes(']K', 0, 'Ns.'),
    error: 'BAD_TARGET',
    opcode: 'SETITEM',
    cpython: 'same',
  },
  {
    name: 'SETITEMS with an odd number',
    data: bytes('}(NNNu.'),
    error: 'ODD_ITEMS',
    offset: 5,
    opcode: 'SETITEMS',
    cpython: 'same',
  },
  {
    name: 'DICT with an odd number',
    data: bytes('(NNNd.'),
    error: 'ODD_ITEMS',
    offset: 4,
    opcode: 'DICT',
    cpython: 'same',
  },
  {
    name: 'SETITEM with too little',
    data: bytes('}Ns.'),
    error: 'STACK_UNDERFLOW',
    opcode: 'SETITEM',
    cpython: 'same',
  },
  {
    name: 'a list that contains itself',
    data: bytes(']q', 0, 'h', 0, 'a.'),
    value: ['shared', 0, ['list', [['ref', 0]]]],
    cpython: 'same',
  },
  {
    name: 'a dict that contains itself',
    data: bytes('}q', 0, 'Va\nh', 0, 's.'),
    value: ['shared', 0, ['dict', [['a', ['ref', 0]]]]],
    cpython: 'same',
  },
  {
    name: 'a tuple that contains itself, as CPython writes it',
    data: bytes('(]q', 0, '(h', 0, 'tq', 1, 'a0h', 1, '.'),
    value: ['shared', 0, ['tuple', [['list', [['ref', 0]]]]]],
    cpython: 'same',
  },
  {
    name: 'a tuple fetched before it exists',
    data: bytes('(h', 0, 'tq', 0, '.'),
    error: 'MEMO_MISSING',
    offset: 1,
    opcode: 'BINGET',
    cpython: 'same',
  },
  {
    name: 'a frozenset fetched before it exists',
    data: p(4, '(h', 0, 0x91, 0x94, '.'),
    error: 'MEMO_MISSING',
    offset: 3,
    cpython: 'same',
  },
  {
    name: 'a text line without its end',
    data: bytes('Vabc'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'UNICODE',
    cpython: 'same',
  },
  {
    name: 'an INT line without its end',
    data: bytes('I12'),
    error: 'TRUNCATED',
    offset: 0,
    opcode: 'INT',
    cpython: 'same',
  },
  { name: 'a text line of 1 MB', data: () => bytes('V', 'a'.repeat(2 ** 20), '\n.'), value: 'any' },
];

const text: readonly HostileCase[] = [
  {
    name: 'UTF-8: a stray byte',
    data: bytes(unicode(bytes('a', 0xff)), '.'),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'SHORT_BINUNICODE',
    cpython: 'same',
  },
  {
    name: 'UTF-8: a continuation byte alone',
    data: bytes(unicode(bytes(0x80)), '.'),
    error: 'BAD_TEXT',
    cpython: 'same',
  },
  { name: 'UTF-8: cut', data: bytes(unicode(bytes(0xe5, 0xa4)), '.'), error: 'BAD_TEXT', cpython: 'same' },
  {
    name: 'UTF-8: overlong in 2 bytes',
    data: bytes(unicode(bytes(0xc0, 0x80)), '.'),
    error: 'BAD_TEXT',
    cpython: 'same',
  },
  {
    name: 'UTF-8: overlong in 3 bytes',
    data: bytes(unicode(bytes(0xe0, 0x80, 0x80)), '.'),
    error: 'BAD_TEXT',
    cpython: 'same',
  },
  {
    name: 'UTF-8: overlong in 4 bytes',
    data: bytes(unicode(bytes(0xf0, 0x80, 0x80, 0x80)), '.'),
    error: 'BAD_TEXT',
    cpython: 'same',
  },
  {
    name: 'UTF-8: above U+10FFFF',
    data: bytes(unicode(bytes(0xf4, 0x90, 0x80, 0x80)), '.'),
    error: 'BAD_TEXT',
    cpython: 'same',
  },
  {
    name: 'UTF-8: five bytes',
    data: bytes(unicode(bytes(0xf8, 0x88, 0x80, 0x80, 0x80)), '.'),
    error: 'BAD_TEXT',
    cpython: 'same',
  },
  {
    name: 'UTF-8: a lone high surrogate',
    data: bytes(unicode(bytes(0xed, 0xa0, 0x80)), '.'),
    value: '\ud800',
    cpython: 'same',
  },
  {
    name: 'UTF-8: a lone low surrogate',
    data: bytes(unicode(bytes('a', 0xed, 0xbf, 0xbf)), '.'),
    value: 'a\udfff',
    cpython: 'same',
  },
  { name: 'UTF-8: a byte order mark stays', data: bytes(unicode('\ufeffa'), '.'), value: '\ufeffa', cpython: 'same' },
  { name: 'UTF-8: NUL stays', data: bytes(unicode('a\0b'), '.'), value: 'a\0b', cpython: 'same' },
  { name: 'UTF-8: U+10FFFF', data: bytes(unicode('\u{10ffff}'), '.'), value: '\u{10ffff}', cpython: 'same' },
  {
    name: 'UTF-8: an error behind 300 valid characters',
    data: bytes('X', little(301, 4), 'a'.repeat(300), 0xff, '.'),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'BINUNICODE',
    cpython: 'same',
  },
  {
    name: 'UTF-8: a surrogate behind 300 valid characters',
    data: bytes('X', little(303, 4), 'a'.repeat(300), 0xed, 0xa0, 0x80, '.'),
    value: `${'a'.repeat(300)}\ud800`,
    cpython: 'same',
  },
  {
    name: 'UNICODE: escapes',
    data: lines('V', '\\u591a\\U0001F600\\x41\\n\\\\'),
    value: '\u591a\u{1f600}\\x41\\n\\\\',
    cpython: 'same',
  },
  { name: 'UNICODE: raw Latin-1', data: lines('V', '\x80\xff'), value: '\x80\xff', cpython: 'same' },
  {
    name: 'UNICODE: an escape behind an even number of backslashes',
    data: lines('V', '\\\\u0041'),
    value: '\\\\u0041',
    cpython: 'same',
  },
  { name: 'UNICODE: a surrogate pair of escapes', data: lines('V', '\\ud83d'), value: '\ud83d', cpython: 'same' },
  {
    name: 'UNICODE: \\u cut',
    data: lines('V', '\\u12'),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'UNICODE',
    cpython: 'same',
  },
  { name: 'UNICODE: \\u of no number', data: lines('V', '\\u12x4'), error: 'BAD_TEXT', offset: 0, cpython: 'same' },
  {
    name: 'UNICODE: \\U above U+10FFFF',
    data: lines('V', '\\U00110000'),
    error: 'BAD_TEXT',
    offset: 0,
    cpython: 'same',
  },
  {
    name: 'STRING without quotes',
    data: lines('S', 'abc'),
    error: 'BAD_ARGUMENT',
    offset: 0,
    opcode: 'STRING',
    cpython: 'same',
  },
  { name: 'STRING with one quote', data: lines('S', "'"), error: 'BAD_ARGUMENT', offset: 0, cpython: 'same' },
  {
    name: 'STRING with two kinds of quotes',
    data: lines('S', `'abc"`),
    error: 'BAD_ARGUMENT',
    offset: 0,
    cpython: 'same',
  },
  {
    name: 'STRING with a trailing space',
    data: lines('S', "'abc' "),
    error: 'BAD_ARGUMENT',
    offset: 0,
    cpython: 'same',
  },
  { name: 'STRING in double quotes', data: lines('S', '"it\'s"'), value: "it's", cpython: 'same' },
  {
    name: 'STRING: all escapes',
    data: lines('S', "'\\\\\\'\\\"\\a\\b\\f\\n\\r\\t\\v\\x41\\101\\q'"),
    value: '\\\'"\x07\b\f\n\r\t\vAA\\q',
    cpython: 'same',
  },
  {
    name: 'STRING: a bad \\x',
    data: lines('S', "'\\x4'"),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'STRING',
    cpython: 'same',
  },
  {
    name: 'STRING: a backslash at the end',
    data: lines('S', "'\\'"),
    error: 'BAD_TEXT',
    offset: 0,
    cpython: 'same',
  },
  {
    name: 'STRING that is not ASCII',
    data: lines('S', "'\\xe9'"),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'STRING',
    cpython: 'same',
  },
  { name: 'STRING as Latin-1', data: lines('S', "'\\x80\\xff'"), options: { encoding: 'latin1' }, value: '\x80\xff' },
  { name: 'STRING as UTF-8', data: lines('S', "'\\xe5\\xa4\\x9a'"), options: { encoding: 'utf8' }, value: '多' },
  { name: 'STRING as bytes', data: lines('S', "'\\x80'"), options: { encoding: 'bytes' }, value: ['bytes', 'gA=='] },
  {
    name: 'SHORT_BINSTRING that is not ASCII',
    data: bytes('U', 1, 0xe9, '.'),
    error: 'BAD_TEXT',
    offset: 0,
    opcode: 'SHORT_BINSTRING',
    cpython: 'same',
  },
  {
    name: 'SHORT_BINSTRING as Latin-1',
    data: bytes('U', 2, 0x80, 0x9f, '.'),
    options: { encoding: 'latin1' },
    value: '\x80\x9f',
  },
  {
    name: 'SHORT_BINSTRING as UTF-8 that is none',
    data: bytes('U', 1, 0xe9, '.'),
    options: { encoding: 'utf8' },
    error: 'BAD_TEXT',
    offset: 0,
  },
];

/** datetime.datetime of these bytes. */
const datetimeOf = (...state: readonly number[]): Uint8Array =>
  p(3, 'cdatetime\ndatetime\nC', state.length, bytes(...state), 0x85, 'R.');
const call = (module: string, name: string, args: Description[]): unknown => [
  'call',
  ['global', module, name],
  args,
  null,
  [],
  [],
];
type Description = unknown;

const payloads: readonly HostileCase[] = [
  {
    name: 'datetime of 3 bytes',
    data: datetimeOf(1, 2, 3),
    value: call('datetime', 'datetime', [['bytes', 'AQID']]),
    cpython: 'error',
  },
  {
    name: 'datetime of month 13',
    data: datetimeOf(7, 234, 13, 1, 0, 0, 0, 0, 0, 0),
    value: call('datetime', 'datetime', [['bytes', 'B+oNAQAAAAAAAA==']]),
    cpython: 'error',
  },
  {
    name: 'datetime of month 0',
    data: datetimeOf(7, 234, 0, 1, 0, 0, 0, 0, 0, 0),
    value: call('datetime', 'datetime', [['bytes', 'B+oAAQAAAAAAAA==']]),
    cpython: 'error',
  },
  {
    name: 'datetime of 30 February',
    data: datetimeOf(7, 234, 2, 30, 0, 0, 0, 0, 0, 0),
    value: call('datetime', 'datetime', [['bytes', 'B+oCHgAAAAAAAA==']]),
  },
  {
    name: 'datetime of year 0',
    data: datetimeOf(0, 0, 1, 1, 0, 0, 0, 0, 0, 0),
    value: call('datetime', 'datetime', [['bytes', 'AAABAQAAAAAAAA==']]),
  },
  {
    name: 'datetime of hour 99',
    data: datetimeOf(7, 234, 1, 1, 99, 0, 0, 0, 0, 0),
    value: call('datetime', 'datetime', [['bytes', 'B+oBAWMAAAAAAA==']]),
  },
  {
    name: 'datetime of 1,000,000 microseconds',
    data: datetimeOf(7, 234, 1, 1, 0, 0, 0, 0x0f, 0x42, 0x40),
    value: call('datetime', 'datetime', [['bytes', 'B+oBAQAAAA9CQA==']]),
  },
  {
    name: 'datetime without arguments',
    data: bytes('cdatetime\ndatetime\n)R.'),
    value: call('datetime', 'datetime', []),
    cpython: 'error',
  },
  {
    name: 'datetime with a str as zone',
    data: p(3, 'cdatetime\ndatetime\nC', 10, 7, 234, 1, 1, 0, 0, 0, 0, 0, 0, unicode('UTC'), 0x86, 'R.'),
    value: call('datetime', 'datetime', [['bytes', 'B+oBAQAAAAAAAA=='], 'UTC']),
    cpython: 'error',
  },
  {
    name: 'datetime in protocol 0, as Latin-1 text',
    data: bytes('cdatetime\ndatetime\n(V\x07\xea\x01\x05\x09\x1e\\u0000\x01\xe2\x40\ntR.'),
    value: ['datetime', '2026-01-05T09:30:00.123456', 0, null],
    cpython: 'same',
  },
  {
    name: 'datetime with fold in the month',
    data: datetimeOf(7, 234, 0x8a, 25, 2, 30, 0, 0, 0, 0),
    value: ['datetime', '2026-10-25T02:30:00', 1, null],
    cpython: 'same',
  },
  {
    name: 'date of 3 bytes',
    data: p(3, 'cdatetime\ndate\nC', 3, 1, 2, 3, 0x85, 'R.'),
    value: call('datetime', 'date', [['bytes', 'AQID']]),
    cpython: 'error',
  },
  {
    name: 'time of hour 24',
    data: p(3, 'cdatetime\ntime\nC', 6, 24, 0, 0, 0, 0, 0, 0x85, 'R.'),
    value: call('datetime', 'time', [['bytes', 'GAAAAAAA']]),
  },
  {
    name: 'timedelta of 2^31 days',
    data: bytes('cdatetime\ntimedelta\n(L2147483648L\nI0\nI0\ntR.'),
    value: call('datetime', 'timedelta', [
      ['int', '2147483648'],
      ['int', '0'],
      ['int', '0'],
    ]),
    cpython: 'error',
  },
  {
    name: 'timezone of 24 hours',
    data: bytes('cdatetime\ntimezone\n(cdatetime\ntimedelta\n(I1\nI0\nI0\ntRtR.'),
    value: call('datetime', 'timezone', [['timedelta', 1, 0, 0]]),
    cpython: 'error',
  },
  {
    name: 'timezone of a str',
    data: bytes('cdatetime\ntimezone\n(VUTC\ntR.'),
    value: call('datetime', 'timezone', ['UTC']),
    cpython: 'error',
  },
  {
    name: "Decimal('x')",
    data: bytes('cdecimal\nDecimal\n(Vx\ntR.'),
    value: call('decimal', 'Decimal', ['x']),
    cpython: 'error',
  },
  {
    name: 'Decimal of a list',
    data: bytes('cdecimal\nDecimal\n(]tR.'),
    value: call('decimal', 'Decimal', [['list', []]]),
    cpython: 'error',
  },
  {
    name: 'bytes by _codecs.encode',
    data: p(2, 'c_codecs\nencode\n(Vab\xff\nVlatin1\ntR.'),
    value: ['bytes', 'YWL/'],
    cpython: 'same',
  },
  {
    name: '_codecs.encode with another encoding',
    data: p(2, 'c_codecs\nencode\n(Vab\nVrot13\ntR.'),
    value: call('_codecs', 'encode', ['ab', 'rot13']),
    cpython: 'value',
  },
  {
    name: '_codecs.encode of what Latin-1 has not',
    data: p(2, 'c_codecs\nencode\n(V\\u591a\nVlatin1\ntR.'),
    value: call('_codecs', 'encode', ['多', 'latin1']),
    cpython: 'error',
  },
  {
    name: 'bytearray of a negative number',
    data: p(2, 'cbuiltins\nbytearray\n(I-1\ntR.'),
    value: call('builtins', 'bytearray', [['int', '-1']]),
    cpython: 'error',
  },
  {
    name: 'bytearray of 2^40 zeros is not made',
    data: p(2, 'cbuiltins\nbytearray\n(L1099511627776L\ntR.'),
    value: call('builtins', 'bytearray', [['int', '1099511627776']]),
  },
  {
    name: 'complex of a str',
    data: p(2, 'cbuiltins\ncomplex\n(Vx\ntR.'),
    value: call('builtins', 'complex', ['x']),
    cpython: 'error',
  },
  {
    name: 'set of an int',
    data: p(2, 'cbuiltins\nset\n(I5\ntR.'),
    value: call('builtins', 'set', [['int', '5']]),
    cpython: 'error',
  },
  {
    name: 'set of a list of lists',
    data: p(2, 'cbuiltins\nset\n(](]etR.'),
    value: call('builtins', 'set', [['list', [['list', []]]]]),
    cpython: 'error',
  },
  {
    name: 'zoneinfo of an empty key',
    data: p(4, unicode('zoneinfo'), unicode('ZoneInfo._unpickle'), 0x93, unicode(''), 0x88, 0x86, 'R.'),
    value: call('zoneinfo', 'ZoneInfo._unpickle', ['', true]),
    cpython: 'error',
  },
];

/** All rows, by the groups of the document that they follow. */
export const hostileCases: Readonly<Record<string, readonly HostileCase[]>> = {
  'declared lengths': declaredLengths,
  memo,
  numbers,
  frames,
  limits: sizes,
  'keys and sharing': keys,
  calls,
  'names, extensions, persistent ids, buffers': globals,
  structure,
  text,
  'payloads of known types': payloads,
};
