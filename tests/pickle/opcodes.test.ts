/** One row an opcode: the smallest pickle that shows what it does. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ByteArray,
  ClassRegistry,
  FrozenSet,
  loads,
  OPCODES,
  opcodeNamed,
  opcodeOf,
  PersistentId,
  PyGlobal,
  PyObject,
  tokens,
  Tuple,
} from 'vnpy-bridge/pickle';
import type { LoadsOptions, PyConstruction } from 'vnpy-bridge/pickle';
import { bytes, float8, little } from '../support/bytes.js';

interface Row {
  readonly data: Uint8Array;
  readonly value: unknown;
  readonly options?: LoadsOptions;
}

const plain = new PyGlobal('m', 'C');
const extensions = ClassRegistry.of({ kind: 'extension', module: 'm', qualname: 'C', code: 1 });
const one = (type: unknown, args: unknown[], construction: PyConstruction = 'call'): PyObject =>
  new PyObject(type, Tuple.from(args), construction);

const ROWS: Readonly<Record<string, Row>> = {
  MARK: { data: bytes('(l.'), value: [] },
  STOP: { data: bytes('N.'), value: null },
  POP: { data: bytes('K', 1, 'N0.'), value: 1 },
  DUP: { data: bytes('](K', 1, 'K', 2, '2e.'), value: [1, 2, 2] },
  FLOAT: { data: bytes('F-1.5\n.'), value: -1.5 },
  INT: { data: bytes('(I-7\nI01\nI00\nl.'), value: [-7, true, false] },
  LONG: { data: bytes('L-123456789012345678901234567890L\n.'), value: -123456789012345678901234567890n },
  NONE: { data: bytes('N.'), value: null },
  PERSID: { data: bytes('Porder 7\n.'), value: new PersistentId('order 7') },
  REDUCE: { data: bytes('cm\nC\n(K', 1, 'tR.'), value: one(plain, [1]) },
  STRING: { data: bytes("S'a\\x41\\n'\n."), value: 'aA\n' },
  UNICODE: { data: bytes('Va\\u591a\n.'), value: 'a多' },
  APPEND: { data: bytes(']K', 1, 'a.'), value: [1] },
  BUILD: {
    data: bytes('cm\nC\n)', 0x81, '}Vx\nK', 1, 'sb.'),
    value: new PyObject(plain, Tuple.of(), 'new', undefined, [{ kind: 'state', state: { x: 1 } }]),
  },
  GLOBAL: { data: bytes('cm\nC\n.'), value: plain },
  DICT: { data: bytes('(Va\nK', 1, 'd.'), value: { a: 1 } },
  GET: { data: bytes('](Vx\np5\ng5\ne.'), value: ['x', 'x'] },
  INST: { data: bytes('(K', 1, 'im\nC\n.'), value: one(plain, [1], 'instantiate') },
  LIST: { data: bytes('(K', 1, 'K', 2, 'l.'), value: [1, 2] },
  PUT: { data: bytes('](Vx\np300\ng300\ne.'), value: ['x', 'x'] },
  SETITEM: { data: bytes('}Va\nK', 1, 's.'), value: { a: 1 } },
  TUPLE: { data: bytes('(K', 1, 'K', 2, 't.'), value: Tuple.of(1, 2) },
  EMPTY_TUPLE: { data: bytes(').'), value: Tuple.of() },
  POP_MARK: { data: bytes('N(K', 1, 'K', 2, '1.'), value: null },
  BINFLOAT: { data: bytes('G', float8(0.1), '.'), value: 0.1 },
  BININT: { data: bytes('J', little(-2, 4), '.'), value: -2 },
  BININT1: { data: bytes('K', 255, '.'), value: 255 },
  BININT2: { data: bytes('M', 0xff, 0xff, '.'), value: 65535 },
  BINPERSID: { data: bytes('K', 7, 'Q.'), value: 'row 7', options: { persistentLoad: (id) => `row ${String(id)}` } },
  BINSTRING: { data: bytes('T', little(2, 4), 'ab.'), value: 'ab' },
  SHORT_BINSTRING: { data: bytes('U', 2, 0xe9, 'b.'), value: 'éb', options: { encoding: 'latin1' } },
  BINUNICODE: { data: bytes('X', little(3, 4), 0xe5, 0xa4, 0x9a, '.'), value: '多' },
  EMPTY_LIST: { data: bytes('].'), value: [] },
  APPENDS: { data: bytes('](K', 1, 'K', 2, 'e.'), value: [1, 2] },
  BINGET: { data: bytes('](Vx\nq', 9, 'h', 9, 'e.'), value: ['x', 'x'] },
  LONG_BINGET: { data: bytes('](Vx\nq', 9, 'j', little(9, 4), 'e.'), value: ['x', 'x'] },
  OBJ: { data: bytes('(cm\nC\nK', 1, 'o.'), value: one(plain, [1], 'instantiate') },
  BINPUT: { data: bytes('](Vx\nq', 0, 'h', 0, 'e.'), value: ['x', 'x'] },
  LONG_BINPUT: { data: bytes('](Vx\nr', little(70000, 4), 'j', little(70000, 4), 'e.'), value: ['x', 'x'] },
  SETITEMS: { data: bytes('}(Va\nK', 1, 'Vb\nK', 2, 'u.'), value: { a: 1, b: 2 } },
  EMPTY_DICT: { data: bytes('}.'), value: {} },
  PROTO: { data: bytes(0x80, 5, 'N.'), value: null },
  NEWOBJ: { data: bytes('cm\nC\nK', 1, 0x85, 0x81, '.'), value: one(plain, [1], 'new') },
  EXT1: { data: bytes(0x82, 1, '.'), value: plain, options: { registry: extensions } },
  EXT2: { data: bytes(0x83, 1, 0, '.'), value: plain, options: { registry: extensions } },
  EXT4: { data: bytes(0x84, little(1, 4), '.'), value: plain, options: { registry: extensions } },
  TUPLE1: { data: bytes('K', 1, 0x85, '.'), value: Tuple.of(1) },
  TUPLE2: { data: bytes('K', 1, 'K', 2, 0x86, '.'), value: Tuple.of(1, 2) },
  TUPLE3: { data: bytes('K', 1, 'K', 2, 'K', 3, 0x87, '.'), value: Tuple.of(1, 2, 3) },
  NEWTRUE: { data: bytes(0x88, '.'), value: true },
  NEWFALSE: { data: bytes(0x89, '.'), value: false },
  LONG1: { data: bytes(0x8a, 6, little(-(2n ** 40n), 8).subarray(0, 6), '.'), value: -(2 ** 40) },
  LONG4: { data: bytes(0x8b, little(8, 4), little(2n ** 62n, 8), '.'), value: 2n ** 62n },
  BINBYTES: { data: bytes('B', little(2, 4), 0, 255, '.'), value: Uint8Array.of(0, 255) },
  SHORT_BINBYTES: { data: bytes('C', 2, 0, 255, '.'), value: Uint8Array.of(0, 255) },
  SHORT_BINUNICODE: { data: bytes(0x8c, 3, 0xe5, 0xa4, 0x9a, '.'), value: '多' },
  BINUNICODE8: { data: bytes(0x8d, little(1, 8), 'a.'), value: 'a' },
  BINBYTES8: { data: bytes(0x8e, little(1, 8), 'a.'), value: Uint8Array.of(0x61) },
  EMPTY_SET: { data: bytes(0x8f, '.'), value: new Set() },
  ADDITEMS: { data: bytes(0x8f, '(K', 1, 0x88, 'Va\n', 0x90, '.'), value: new Set([1, 'a']) },
  FROZENSET: { data: bytes('(K', 1, 'K', 1, 0x91, '.'), value: new FrozenSet([1]) },
  NEWOBJ_EX: {
    data: bytes('cm\nC\n)}Vk\nK', 1, 's', 0x92, '.'),
    value: new PyObject(plain, Tuple.of(), 'new', { k: 1 }),
  },
  STACK_GLOBAL: { data: bytes('Vm\nVA.B\n', 0x93, '.'), value: new PyGlobal('m', 'A.B') },
  MEMOIZE: { data: bytes('](Vx\n', 0x94, 'h', 0, 'e.'), value: ['x', 'x'] },
  FRAME: { data: bytes(0x95, little(2, 8), 'N.'), value: null },
  BYTEARRAY8: { data: bytes(0x96, little(2, 8), 'ab.'), value: ByteArray.of(0x61, 0x62) },
  NEXT_BUFFER: { data: bytes(0x97, '.'), value: Uint8Array.of(7), options: { buffers: [Uint8Array.of(7)] } },
  READONLY_BUFFER: { data: bytes(0x97, 0x98, '.'), value: Uint8Array.of(7), options: { buffers: [Uint8Array.of(7)] } },
};

describe('the opcode table', () => {
  test('has the 68 opcodes of protocols 0 to 5, each with a row here', () => {
    expect(OPCODES).toHaveLength(68);
    expect(new Set(OPCODES.map(({ code }) => code)).size).toBe(68);
    expect(Object.keys(ROWS).sort()).toEqual(OPCODES.map(({ name }) => name).sort());
  });

  test('finds an opcode by its byte and by its name', () => {
    for (const opcode of OPCODES) {
      expect(opcodeOf(opcode.code)).toBe(opcode);
      expect(opcodeNamed(opcode.name)).toBe(opcode);
    }
    expect(opcodeOf(0)).toBeUndefined();
    expect(opcodeNamed('NOPE')).toBeUndefined();
  });

  test('names the bytes in the decoder as the decoder does', () => {
    const source = ['loop.ts', 'rare-opcodes.ts']
      .map((file) => readFileSync(new URL(`../../src/pickle/decode/${file}`, import.meta.url), 'utf8'))
      .join('\n');
    const cases = [...source.matchAll(/case (0x[0-9a-f]{2}):(?: \{)?\s*\/\/ ([A-Z][A-Z0-9_]+)/g)];
    expect(cases.map(([, code]) => [opcodeOf(Number(code))?.name, code])).toEqual(
      cases.map(([, code, name]) => [name, code]),
    );
    expect(new Set(cases.map(([, code]) => code)).size).toBe(68);
  });
});

describe('decodes', () => {
  test.each(Object.entries(ROWS))('%s', (name, { data, options, value }) => {
    expect([...tokens(data)].map(({ opcode }) => opcode.name)).toContain(name);
    const loaded = loads(data, options);
    expect(loaded).toEqual(value);
    // toEqual takes a tuple for a list.
    expect(Object.getPrototypeOf(Object(loaded))).toBe(Object.getPrototypeOf(Object(value)));
  });
});
