/**
 * Floods of every opcode, in a process of 512 MB: none takes much more than a second of processor time, or more than 64 MB, a megabyte.
 *
 * The child process reads the built package, so that nothing of the test runner counts.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { disassemble, disassembleLines, OPCODES } from 'vnpy-bridge/pickle';
import { bytes, little } from '../support/bytes.js';
import { caught } from '../support/caught.js';

interface Flood {
  /** What is repeated; a function gives one for each number, so that no two are equal. */
  readonly unit: Uint8Array | ((index: number) => Uint8Array);
  /** Bytes of the flood. Default {@link SIZE}. */
  readonly size?: number;
  /** What stands before it. Default: memo entry 0 is a name, then a list. */
  readonly before?: Uint8Array;
  /** What stands behind it, before STOP. Default: nothing. */
  readonly after?: Uint8Array;
  /** Bytes of memory a byte of it, where twice of what CPython takes is more than 64. */
  readonly memory?: number;
}

const SIZE = 131_072;
/** Of a pair: there are many. */
const PAIR_SIZE = 65_536;
const MEGABYTE = 1_000_000;
const START = bytes(0x80, 5, 'ca\nb\n', 'q', 0, '0]');
const inert = bytes('h', 0, ')', 0x81);
/** A set of CPython takes 216 bytes, a dict of one key 232. */
const TWO_SETS = 2 * (216 + 8);
const TWO_DICTS = 2 * (232 + 8);

/** By opcode: the cheapest unit that it takes something in, and that can follow itself. */
const FLOODS: Readonly<Record<string, Flood>> = {
  MARK: { unit: bytes('('), size: MEGABYTE },
  STOP: { unit: bytes('.') },
  POP: { unit: bytes('N0') },
  DUP: { unit: bytes('2') },
  FLOAT: { unit: bytes('F1\n') },
  INT: { unit: bytes('I', '7'.repeat(4300), '\n') },
  LONG: { unit: bytes('L', '7'.repeat(4300), '\n') },
  NONE: { unit: bytes('N') },
  PERSID: { unit: bytes('P\n') },
  REDUCE: { unit: bytes('h', 0, ')R') },
  STRING: { unit: bytes("S'\\x41'\n") },
  UNICODE: { unit: bytes('V\\u591a\n') },
  APPEND: { unit: bytes(']Na') },
  BUILD: { unit: bytes('Nb'), before: bytes(START, inert) },
  GLOBAL: { unit: bytes('ca\nb\n') },
  DICT: { unit: bytes('(NNd'), memory: TWO_DICTS / 4 },
  GET: { unit: bytes('g0\n') },
  INST: { unit: bytes('(ia\nb\n') },
  LIST: { unit: bytes('(l') },
  PUT: { unit: bytes('p7\n') },
  SETITEM: { unit: bytes('}NNs'), memory: TWO_DICTS / 4 },
  TUPLE: { unit: bytes('(Nt') },
  EMPTY_TUPLE: { unit: bytes(')'), size: MEGABYTE },
  POP_MARK: { unit: bytes('(1') },
  BINFLOAT: { unit: bytes('G', 0x3f, 0xf1, 1, 2, 3, 4, 5, 6) },
  BININT: { unit: bytes('J', little(2 ** 30, 4)) },
  BININT1: { unit: bytes('K', 1) },
  BININT2: { unit: bytes('M', 1, 2) },
  BINPERSID: { unit: bytes('NQ') },
  BINSTRING: { unit: bytes('T', little(0, 4)) },
  SHORT_BINSTRING: { unit: bytes('U', 0) },
  BINUNICODE: { unit: bytes('X', little(0, 4)) },
  EMPTY_LIST: { unit: bytes(']') },
  APPENDS: { unit: bytes('](Ne') },
  BINGET: { unit: bytes('h', 0) },
  LONG_BINGET: { unit: bytes('j', little(0, 4)) },
  OBJ: { unit: bytes('(h', 0, 'o') },
  BINPUT: { unit: bytes('q', 7) },
  LONG_BINPUT: { unit: bytes('r', little(2 ** 32 - 1, 4)) },
  SETITEMS: { unit: bytes('}(NNu'), memory: TWO_DICTS / 5 },
  EMPTY_DICT: { unit: bytes('}'), size: MEGABYTE, memory: 2 * (64 + 8) },
  PROTO: { unit: bytes(0x80, 4) },
  NEWOBJ: { unit: inert },
  EXT1: { unit: bytes(0x82, 1) },
  EXT2: { unit: bytes(0x83, 1, 0) },
  EXT4: { unit: bytes(0x84, 1, 0, 0, 0) },
  TUPLE1: { unit: bytes(0x85), size: 5 * MEGABYTE },
  TUPLE2: { unit: bytes('N', 0x86) },
  TUPLE3: { unit: bytes('NN', 0x87) },
  NEWTRUE: { unit: bytes(0x88) },
  NEWFALSE: { unit: bytes(0x89) },
  LONG1: { unit: bytes(0x8a, 9, '123456789') },
  LONG4: { unit: bytes(0x8b, little(8_000, 4), new Uint8Array(8_000).fill(0x5a)) },
  BINBYTES: { unit: bytes('B', little(0, 4)) },
  SHORT_BINBYTES: { unit: bytes('C', 1, 'a') },
  SHORT_BINUNICODE: { unit: bytes(0x8c, 2, 0xc3, 0xa4) },
  BINUNICODE8: { unit: bytes(0x8d, little(0, 8)) },
  BINBYTES8: { unit: bytes(0x8e, little(0, 8)) },
  EMPTY_SET: { unit: bytes(0x8f), size: MEGABYTE, memory: TWO_SETS },
  ADDITEMS: { unit: bytes(0x8f, '(N', 0x90), memory: TWO_SETS / 4 },
  FROZENSET: { unit: bytes('(N', 0x91), memory: TWO_SETS / 3 },
  NEWOBJ_EX: { unit: bytes('h', 0, ')}', 0x92) },
  STACK_GLOBAL: { unit: bytes(0x8c, 1, 'a', 0x8c, 1, 'b', 0x93) },
  MEMOIZE: { unit: bytes(0x94) },
  FRAME: { unit: bytes(0x95, little(0, 8)) },
  BYTEARRAY8: { unit: bytes(0x96, little(0, 8)) },
  NEXT_BUFFER: { unit: bytes(0x97) },
  READONLY_BUFFER: { unit: bytes(0x97, 0x98) },
};

/** The cheapest keys and items of each kind that Python can hash: `index` tells them apart where so few bytes can. */
const KEYS: Readonly<Record<string, (index: number) => Uint8Array>> = {
  int: (index) => bytes('M', little(index & 0xffff, 2)),
  bool: (index) => bytes(0x88 + (index & 1)),
  float: (index) => bytes('G', float(index + 0.5)),
  largeFloat: (index) => bytes('G', float(2 ** 60 * (index + 1))),
  bigint: (index) => bytes(0x8a, 9, little(index, 4), 0, 0, 0, 0, 1),
  text: (index) => bytes(0x8c, 3, index.toString(36).padStart(3, '0').slice(-3)),
  digits: (index) => bytes('U', 3, `${100 + (index % 900)}`),
  bytes: (index) => bytes('C', 2, little(index & 0xffff, 2)),
  byte: (index) => bytes('C', 1, index & 0xff),
  emptyTuple: () => bytes(')'),
  tuple: (index) => bytes('M', little(index & 0xffff, 2), 0x85),
  tupleOfNone: () => bytes('N', 0x85),
  tuples: (index) => bytes('M', little(index & 0xffff, 2), 0x85, 0x85),
  deepTuple: (index) => bytes('M', little(index & 0xffff, 2), ...Array.from({ length: 8 }, () => 0x85)),
  tupleOfBytes: (index) => bytes('C', 2, little(index & 0xffff, 2), 0x85),
  frozenset: (index) => bytes('(M', little(index & 0xffff, 2), 0x91),
  emptyFrozenset: () => bytes('(', 0x91),
  persistentId: () => bytes('NQ'),
  tupleOfPersistentId: () => bytes('NQ', 0x85),
  call: () => bytes('h', 0, ')R'),
  name: () => bytes('h', 0),
};

/** What takes a key or an item: all of them in one container, and each in its own, in a list. */
const CONTAINERS: Readonly<Record<string, (key: (index: number) => Uint8Array) => Flood>> = {
  ADDITEMS: (key) => ({ unit: key, before: bytes(START, 0x8f, '('), after: bytes(0x90) }),
  FROZENSET: (key) => ({ unit: key, before: bytes(START, '('), after: bytes(0x91) }),
  SETITEMS: (key) => ({ unit: (n) => bytes(key(n), 'N'), before: bytes(START, '}('), after: bytes('u') }),
  DICT: (key) => ({ unit: (n) => bytes(key(n), 'N'), before: bytes(START, '('), after: bytes('d') }),
  SETITEM: (key) => ({ unit: (n) => bytes(key(n), 'Ns'), before: bytes(START, '}') }),
  sets: (key) => ({ unit: (n) => bytes(0x8f, '(', key(n), 0x90), memory: TWO_SETS / 4 }),
  frozensets: (key) => ({ unit: (n) => bytes('(', key(n), 0x91), memory: TWO_SETS / 3 }),
  dicts: (key) => ({ unit: (n) => bytes('}', key(n), 'Ns'), memory: TWO_DICTS / 4 }),
  states: (key) => ({ unit: (n) => bytes('}', key(n), 'Nsb'), before: bytes(START, inert), memory: TWO_DICTS / 5 }),
};

/** Other pairs, the worst of many that were tried. */
const PAIRS: Readonly<Record<string, Flood>> = {
  'items set on a call': { unit: bytes('NNs'), before: bytes(START, inert) },
  'items set on a call by the batch': { unit: bytes('(NNu'), before: bytes(START, inert) },
  'items appended to a call': { unit: bytes('Na'), before: bytes(START, inert) },
  'items added to a call': { unit: bytes('(N', 0x90), before: bytes(START, inert) },
  'states of a call': { unit: bytes('Nb'), before: bytes(START, inert) },
  'empty bytes': { unit: bytes('C', 0) },
  'empty bytes in tuples': { unit: bytes('C', 0, 0x85) },
  'bytes in tuples': { unit: bytes('C', 1, 'a', 0x85) },
  'memo entries far from one another': { unit: (n) => bytes('r', little((n * 2_654_435_761) % 2 ** 32, 4)) },
  'memo entries that are fetched': { unit: (n) => bytes('q', n & 0xff, 'h', n & 0xff) },
  'containers in the memo': { unit: bytes('}', 0x94) },
  'sets of one list': sharedBy('builtins', 'set', bytes(']('), bytes('e')),
  'dicts of one list of pairs': sharedBy('collections', 'OrderedDict', bytes(']('), bytes('e'), bytes('N', 0x86)),
  'paths of one tuple': sharedBy('pathlib', 'PurePosixPath', bytes('('), bytes('t'), bytes('0Va\n'), bytes()),
};

/** Calls of a class with the same argument, which has 500 tuples. */
function sharedBy(
  module: string,
  name: string,
  open: Uint8Array,
  close: Uint8Array,
  more = bytes(),
  tuple = bytes(0x85),
): Flood {
  const items = Array.from({ length: 500 }, (_, index) => bytes('M', little(index, 2), 0x85, more));
  const before = bytes(0x80, 5, 'c', module, '\n', name, '\nq', 0, '0', open, ...items, close, tuple, 'q', 1, '0](');
  return { unit: bytes('h', 0, 'h', 1, 'R'), before, after: bytes('e'), size: 262_144 };
}

function float(value: number): Uint8Array {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setFloat64(0, value);
  return data;
}

function fill({ unit, size = SIZE, before = START, after = bytes() }: Flood): Uint8Array {
  if (typeof unit !== 'function') {
    const flood = Buffer.alloc(Math.max(1, Math.floor(size / unit.length)) * unit.length, unit);
    return bytes(before, flood, after, '.');
  }
  const flood: Uint8Array[] = [];
  for (let length = 0; length < size; length += flood.at(-1)?.length ?? size) flood.push(unit(flood.length));
  return bytes(before, Buffer.concat(flood), after, '.');
}

interface Measured {
  readonly name: string;
  readonly work: string;
  /** Microseconds of the processor, the best of some runs. */
  readonly time: number;
  /** Bytes that the result takes. */
  readonly memory: number;
}

/** Reads floods as lines of JSON, and writes a line for each thing that is done with each. */
const CHILD = `
import { createInterface } from 'node:readline';
import { disassemble, loads, tokens } from 'vnpy-bridge/pickle';
const buffers = { *[Symbol.iterator]() { while (true) yield new Uint8Array(1); } };
const works = {
  loads: (data) => loads(data, { buffers, trailing: 'ignore' }),
  tokens: (data) => { let last; for (const token of tokens(data)) last = token; return last; },
  disassemble: (data) => disassemble(data),
};
const used = () => { gc(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return heapUsed + arrayBuffers; };
for await (const line of createInterface({ input: process.stdin })) {
  const [name, text, allowed, room, wanted] = JSON.parse(line);
  const data = new Uint8Array(Buffer.from(text, 'base64'));
  for (const work of wanted) {
    const run = works[work];
    let time = Infinity;
    let memory = Infinity;
    for (let turn = 0; turn < 8 && (time > allowed || memory > room); turn++) {
      const before = used();
      const start = process.cpuUsage();
      let result;
      try { result = run(data); } catch (error) { if (error.name !== 'UnpicklingError' || error.code === 'INTERNAL') throw error; }
      const { user, system } = process.cpuUsage(start);
      time = Math.min(time, user + system);
      memory = Math.min(memory, used() - before);
      result = undefined;
    }
    console.log(JSON.stringify({ name, work, time, memory }));
  }
}`;

/**
 * A byte takes about a microsecond at most, and a small flood an eighth of a second, most of it to be compiled in. On a core
 * that does something else at the same time, the same work takes up to twice as much processor time.
 */
const BUSY = 2;

/** Does the works with each flood in a child process of 512 MB, and expects that each is within its limits. */
function expectWithinLimits(floods: Readonly<Record<string, Flood>>, works = ['loads', 'tokens', 'disassemble']): void {
  const inputs = Object.entries(floods).map(([name, flood]) => ({ name, data: fill(flood) }));
  const allowed = new Map(inputs.map(({ name, data }) => [name, BUSY * Math.max(data.length, 125_000)]));
  // A quarter of a megabyte is what the program itself may take meanwhile, for compiled code.
  const roomOf = (name: string, size: number): number => Math.max(64, floods[name]?.memory ?? 0) * size + 2 ** 18;
  const child = spawnSync(
    process.execPath,
    ['--max-old-space-size=512', '--expose-gc', '--input-type=module', '--eval', CHILD],
    {
      input: inputs
        .map(({ name, data }) =>
          JSON.stringify([
            name,
            Buffer.from(data).toString('base64'),
            allowed.get(name),
            roomOf(name, data.length),
            works,
          ]),
        )
        .join('\n'),
      encoding: 'utf8',
      maxBuffer: 16 * 2 ** 20,
    },
  );
  const measured = child.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Measured);
  expect(measured.at(-1), child.stderr.slice(0, 2000)).toMatchObject({ name: inputs.at(-1)?.name, work: works.at(-1) });
  expect(measured.filter(({ name, time }) => time > (allowed.get(name) ?? 0))).toEqual([]);
  const greedy = measured.filter(({ name, memory }) => {
    return memory > roomOf(name, inputs.find((input) => input.name === name)?.data.length ?? 0);
  });
  expect(greedy).toEqual([]);
}

describe('floods', () => {
  test('are there for every opcode', () => {
    expect(Object.keys(FLOODS).toSorted()).toEqual(OPCODES.map(({ name }) => name).toSorted());
  });

  test('of every opcode take about a second and 64 MB a megabyte at most', { timeout: 300_000 }, () => {
    expectWithinLimits(FLOODS);
  });

  test('of pairs of opcodes, and of each kind of key, take no more', { timeout: 300_000 }, () => {
    const keys = Object.entries(CONTAINERS).flatMap(([container, take]) =>
      Object.entries(KEYS).map(([name, key]) => [`${container} of ${name}`, { ...take(key), size: PAIR_SIZE }]),
    );
    expectWithinLimits(Object.fromEntries([...keys, ...Object.entries(PAIRS)]) as Record<string, Flood>, ['loads']);
  });

  test('of calls with the same lists, of which each gets more later, take as little', () => {
    const lists = Array.from({ length: 60 }, (_, index) => bytes(']q', index + 1));
    const fills = lists.map((_, index) => bytes('h', index + 1, 'Na0'));
    const before = bytes(0x80, 5, 'ca\nb\nq', 0, '(', ...lists, 'tq', 100, '0](');
    const calls = fill({ unit: bytes('h', 0, 'h', 100, 'R'), before }).subarray(0, -1);
    const script = `
      import { loads } from 'vnpy-bridge/pickle';
      const data = Buffer.from(${JSON.stringify(Buffer.from(bytes(calls, 'e', ...fills, '.')).toString('base64'))}, 'base64');
      const held = () => { gc(); return process.memoryUsage().heapUsed; };
      const before = held();
      const value = loads(data, { trailing: 'ignore', lossless: true });
      console.log((held() - before) / data.length, typeof value);`;
    const node = ['--max-old-space-size=512', '--expose-gc', '--input-type=module'];
    const { stdout, stderr } = spawnSync(process.execPath, node, { input: script, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(parseFloat(stdout)).toBeLessThan(64);
  });
});

describe('disassembleLines', () => {
  test('gives the lines of disassemble, each before the next opcode is read', () => {
    const data = bytes('](NNe.');
    expect(`${[...disassembleLines(data)].join('\n')}\n`).toBe(disassemble(data));
    const lines = disassembleLines(bytes('N', 0xff));
    expect(lines.next().value).toContain('NONE');
    expect(caught(() => lines.next())).toMatchObject({ code: 'UNKNOWN_OPCODE', offset: 1 });
  });

  test('refuses marks in marks beyond maxIndentation, and ints beyond maxDigits', () => {
    const marks = bytes('('.repeat(3000), '.');
    expect(caught(() => disassemble(marks))).toMatchObject({ code: 'LIMIT_DEPTH' });
    expect(disassemble(bytes('('.repeat(3000), 't'.repeat(3000), '.'), { maxIndentation: Infinity })).toContain('STOP');
    const long = bytes(0x8a, 100, new Uint8Array(100).fill(1), '.');
    expect(caught(() => disassemble(long, { maxDigits: 100 }))).toMatchObject({ code: 'LIMIT_DIGITS', offset: 0 });
  });
});
