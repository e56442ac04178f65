/** One row an error code: what gives it, and that the message says what, where and which opcode. */
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  dumps,
  loads,
  PickleError,
  PicklingError,
  PyZoneInfo,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import type { DumpsOptions, LoadsOptions, PicklingErrorCode, UnpicklingErrorCode } from 'vnpy-bridge/pickle';
import { BridgeError } from '../../src/errors.js';
import { bytes, little } from '../support/bytes.js';
import { caught } from '../support/caught.js';

interface ReadingRow {
  readonly data: Uint8Array;
  readonly options?: LoadsOptions;
  readonly offset?: number;
  readonly opcode?: string;
  readonly message: string;
}

class Thing {
  name = '';
}

const refusing = ClassRegistry.of({
  kind: 'custom',
  module: 'm',
  qualname: 'C',
  construct: () => {
    throw new TypeError('not so');
  },
});
const throwing = ClassRegistry.of({
  kind: 'object',
  module: 'm',
  qualname: 'C',
  type: Thing,
  create: (() => {
    let made = 0;
    return () => {
      // The registry makes one itself, to see what it looks like.
      if (made++ > 0) throw new TypeError('no more');
      return new Thing();
    };
  })(),
  fields: [{ name: 'name' }],
});
const things = ClassRegistry.of({
  kind: 'object',
  module: 'm',
  qualname: 'C',
  type: Thing,
  create: () => new Thing(),
  fields: [{ name: 'name' }],
});
const nested = bytes(']'.repeat(200), 'a'.repeat(199), '.');

const READING: Readonly<Record<Exclude<UnpicklingErrorCode, 'INTERNAL'>, ReadingRow>> = {
  INVALID_OPTION: {
    data: bytes('N.'),
    options: { maxDepth: -1 },
    message: 'maxDepth must be a number, 0 or more, not -1',
  },
  INVALID_INPUT: { data: 'N.' as unknown as Uint8Array, message: 'not a Uint8Array' },
  TRUNCATED: {
    data: bytes(']', 0x8c, 6, 'ab'),
    offset: 1,
    opcode: 'SHORT_BINUNICODE',
    message: 'SHORT_BINUNICODE at byte 1 says 6 bytes, 2 remain',
  },
  UNKNOWN_OPCODE: {
    data: bytes('N', 0xff, '.'),
    offset: 1,
    message: 'at byte 1 has the byte 0xff, which is no opcode',
  },
  UNSUPPORTED_PROTOCOL: {
    data: bytes(0x80, 6, 'N.'),
    offset: 0,
    opcode: 'PROTO',
    message: 'names protocol 6; the highest there is is 5',
  },
  BAD_ARGUMENT: { data: bytes('Ix\n.'), offset: 0, opcode: 'INT', message: '"x" is not an int' },
  BAD_TEXT: { data: bytes('X', little(1, 4), 0xff, '.'), offset: 0, opcode: 'BINUNICODE', message: 'not valid UTF-8' },
  FRAME_BOUNDARY: {
    data: bytes(0x95, little(2, 8), 'C', 2, 'ab.'),
    offset: 9,
    opcode: 'SHORT_BINBYTES',
    message: 'needs 2 bytes, and its frame ends at byte 11',
  },
  STACK_UNDERFLOW: { data: bytes('(K', 1, 0x86, '.'), offset: 3, opcode: 'TUPLE2', message: 'needs 2 items, 1 above' },
  MARK_MISSING: { data: bytes('K', 1, 't.'), offset: 2, opcode: 'TUPLE', message: 'needs a mark, and none is set' },
  MEMO_MISSING: { data: bytes('h', 7, '.'), offset: 0, opcode: 'BINGET', message: 'fetches memo entry 7' },
  UNHASHABLE: { data: bytes('}]N', 's.'), offset: 3, opcode: 'SETITEM', message: "unhashable type: 'list'" },
  ODD_ITEMS: { data: bytes('}(Nu.'), offset: 3, opcode: 'SETITEMS', message: 'a key without a value' },
  BAD_TARGET: { data: bytes('NK', 1, 'a.'), offset: 3, opcode: 'APPEND', message: 'appends to None' },
  BUILD_TARGET: { data: bytes('N}b.'), offset: 2, opcode: 'BUILD', message: 'gives a state to None' },
  BAD_STATE: {
    data: bytes('cm\nC\n)', 0x81, 'K', 1, 'b.'),
    options: { registry: things },
    offset: 9,
    opcode: 'BUILD',
    message: 'gives a m.C a number for its attributes, not a dict',
  },
  BAD_CALL: {
    data: bytes('cm\nC\n]R.'),
    offset: 6,
    opcode: 'REDUCE',
    message: 'has a list for arguments, not a tuple',
  },
  BAD_GLOBAL: { data: bytes('NN', 0x93, '.'), offset: 2, opcode: 'STACK_GLOBAL', message: 'needs two strings' },
  UNKNOWN_EXTENSION: { data: bytes(0x82, 3, '.'), offset: 0, opcode: 'EXT1', message: 'the extension code 3' },
  BUFFER_MISSING: { data: bytes(0x97, '.'), offset: 0, opcode: 'NEXT_BUFFER', message: 'the option buffers' },
  REJECTED: {
    data: bytes('cm\nC\n)R.'),
    options: { registry: refusing, onReject: 'error' },
    offset: 6,
    opcode: 'REDUCE',
    message: 'makes a m.C, which refuses its arguments: not so',
  },
  TRAILING_BYTES: { data: bytes('N.N.'), offset: 2, message: 'The pickle ends at byte 2, 2 bytes follow' },
  LIMIT_BYTES: { data: bytes('NNN.'), options: { maxBytes: 3 }, message: 'The data has 4 bytes, the limit is 3' },
  LIMIT_OPCODES: { data: bytes('NNN.'), options: { maxOpcodes: 3 }, offset: 3, message: 'the limit of 3 opcodes' },
  LIMIT_DEPTH: { data: nested, options: { maxDepth: 100 }, opcode: 'STOP', message: 'deeper than the limit of 100' },
  LIMIT_MEMO: {
    data: bytes('N', 0x94, 0x94, 0x94, '.'),
    options: { maxMemo: 2 },
    offset: 3,
    opcode: 'MEMOIZE',
    message: 'more than 2 memo entries',
  },
  LIMIT_DIGITS: {
    data: bytes('I123456\n.'),
    options: { maxDigits: 5 },
    offset: 0,
    opcode: 'INT',
    message: '6 digits, the limit is 5',
  },
  LIMIT_COLLISIONS: {
    data: bytes(0x8f, '(', ...[1, 2, 3, 4, 5].map((n) => bytes(0x8a, 9, little(0, 8), n)), 0x90, '.'),
    options: { maxCollisions: 2 },
    opcode: 'ADDITEMS',
    message: 'more than 2 ints that differ only above',
  },
  LIMIT_TEXT: {
    data: bytes('](Vab\nVcd\ne.'),
    options: { maxText: 3 },
    offset: 6,
    opcode: 'UNICODE',
    message: 'the limit of 3',
  },
  CALLBACK_FAILED: {
    data: bytes('cm\nC\n)', 0x81, '.'),
    options: { registry: throwing },
    offset: 6,
    opcode: 'NEWOBJ',
    message: 'makes a m.C, whose create() threw',
  },
};

describe('an UnpicklingError', () => {
  test.each(Object.entries(READING))('%s', (code, { data, options, message, ...place }) => {
    const error = caught(() => loads(data, options));
    expect(error).toBeInstanceOf(UnpicklingError);
    expect(error).toBeInstanceOf(PickleError);
    expect(error).toBeInstanceOf(BridgeError);
    expect(error).toMatchObject({ code, name: 'UnpicklingError', ...place });
    expect((error as Error).message).toContain(message);
  });

  test('leaves the codec as it was', () => {
    for (const { data, options } of Object.values(READING)) caught(() => loads(data, options));
    expect(loads(bytes('](K', 1, 'Va\ne.'))).toEqual([1, 'a']);
  });
});

interface WritingRow {
  readonly value: unknown;
  readonly options?: DumpsOptions;
  readonly path?: string;
  readonly message: string;
}

const sparse: unknown[] = [1];
sparse[2] = 3;
const cyclic: unknown[] = [];
for (let depth = 0, list = cyclic; depth < 50; depth++) {
  const inner: unknown[] = [];
  list.push(inner);
  list = inner;
}

const WRITING: Readonly<Record<Exclude<PicklingErrorCode, 'INTERNAL' | 'BAD_REDUCTION'>, WritingRow>> = {
  INVALID_OPTION: { value: null, options: { protocol: 6 }, message: 'protocol must be at most 5, not 6' },
  UNSUPPORTED_TYPE: {
    value: ['a', { strategy: { run: () => 1 } }],
    path: '$[1].strategy.run',
    message: 'A function (run) cannot be pickled',
  },
  SPARSE_ARRAY: { value: { data: sparse }, path: '$.data[1]', message: 'The array has no item 1' },
  INVALID_DATE: { value: [new Date(NaN)], path: '$[0]', message: 'The Date is invalid' },
  UNHASHABLE: { value: new Map([[[1], 2]]), path: '$', message: "unhashable type: 'list'" },
  DUPLICATE_KEY: { value: [new Set<unknown>([1, true])], path: '$[0]', message: 'equal in Python' },
  BAD_VALUE: { value: { at: new Date(8.64e15) }, path: '$.at', message: 'the years 1 to 9999' },
  NOT_PORTABLE: {
    value: { zones: [new PyZoneInfo('asia/shanghai')] },
    options: { foreign: 'refuse' },
    path: '$.zones[0]',
    message: 'is spelled "Asia/Shanghai" in Python',
  },
  PROTOCOL_TOO_LOW: {
    value: [{ id: 1 }],
    options: { protocol: 0, persistentId: (value) => ('id' in value ? 'é' : undefined) },
    path: '$[0]',
    message: 'a persistent id is a line of ASCII',
  },
  LIMIT_DEPTH: { value: cyclic, options: { maxDepth: 40 }, message: 'deeper than the limit of 40' },
  LIMIT_BYTES: { value: 'x'.repeat(5000), options: { maxBytes: 4000 }, message: 'longer than the limit of 4000 bytes' },
  CALLBACK_FAILED: {
    value: {
      get price(): number {
        throw new RangeError('no price');
      },
    },
    path: '$.price',
    message: 'no price',
  },
};

describe('a PicklingError', () => {
  test.each(Object.entries(WRITING))('%s', (code, { value, options, path, message }) => {
    const error = caught(() => dumps(value, options));
    expect(error).toBeInstanceOf(PicklingError);
    expect(error).toBeInstanceOf(PickleError);
    expect(error).toMatchObject({ code, name: 'PicklingError', ...(path === undefined ? {} : { path }) });
    expect((error as Error).message).toContain(message);
  });

  test('leaves the codec as it was', () => {
    for (const { value, options } of Object.values(WRITING)) caught(() => dumps(value, options));
    expect(loads(dumps({ a: [1, 'b'] }))).toEqual({ a: [1, 'b'] });
  });
});

describe('an instance of a class that is not registered', () => {
  test('is refused with its name and the path', () => {
    expect(caught(() => dumps([{ order: new Thing() }]))).toMatchObject({
      code: 'UNSUPPORTED_TYPE',
      path: '$[0].order',
      message: expect.stringContaining('Thing') as string,
    });
  });
});
