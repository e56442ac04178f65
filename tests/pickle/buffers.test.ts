/**
 * PickleBuffer and the buffers beside a pickle (PEP 574), as CPython has them: what `bufferCallback` takes and what
 * `buffers` gives back. interop/numpy-buffers.test.ts has the arrays of numpy.
 */
import { loadPyodide } from 'pyodide';
import { beforeAll, describe, expect, vi, test } from 'vitest';
import {
  ByteArray,
  dumps,
  loads,
  NDArray,
  PickleBuffer,
  Pickler,
  PicklingError,
  PyDict,
  PyObject,
  Tuple,
  Unpickler,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import type { BufferCallback } from 'vnpy-bridge/pickle';
import { bytes } from '../support/bytes.js';
import { caught } from '../support/caught.js';

// A busy machine takes its time over the start of a CPython.
vi.setConfig({ hookTimeout: 60_000 });

const abc = (): Uint8Array => Uint8Array.of(97, 98, 99);

/** What `dumps` writes out of band, and the buffers. */
function outOfBand(value: unknown): { pickle: Uint8Array; buffers: PickleBuffer[] } {
  const buffers: PickleBuffer[] = [];
  const pickle = dumps(value, {
    protocol: 5,
    bufferCallback: (buffer) => {
      buffers.push(buffer);
    },
  });
  return { pickle, buffers };
}

describe('PickleBuffer', () => {
  test('shares the memory of what it views, and its parts are bytes', () => {
    const samples = Float64Array.of(1, 2);
    const buffer = PickleBuffer.view(samples.subarray(1), true);
    expect(buffer).toHaveLength(8);
    expect(buffer.readonly).toBe(true);
    samples[1] = -2;
    expect(new Float64Array(buffer.slice().buffer)[0]).toBe(-2);
    expect(PickleBuffer.view(abc()).readonly).toBe(false);
    for (const part of [buffer.slice(1), buffer.subarray(1), buffer.map((byte) => byte)])
      expect(Object.getPrototypeOf(part)).toBe(Uint8Array.prototype);
  });

  test('is made as any Uint8Array is, too', () => {
    expect(PickleBuffer.of(1, 2)).toEqual(PickleBuffer.from([1, 2]));
    expect(new PickleBuffer(2)).toEqual(PickleBuffer.of(0, 0));
    expect(new PickleBuffer(abc())).toEqual(PickleBuffer.view(abc()));
    expect(new PickleBuffer(abc().buffer, 1, 1, true)).toEqual(PickleBuffer.view(Uint8Array.of(98), true));
    expect(PickleBuffer.view(new DataView(abc().buffer, 1))).toEqual(PickleBuffer.of(98, 99));
  });

  test('is a key by its content where nobody can change it, and none otherwise, as the bytes and the bytearray are', () => {
    const key = PickleBuffer.view(abc(), true);
    expect(new PyDict<Uint8Array, number>([[key, 1]]).get(abc())).toBe(1);
    expect(() => new PyDict([[PickleBuffer.view(abc()), 1]])).toThrow("unhashable type: 'bytearray'");
    const error = caught(() => dumps(new Set([PickleBuffer.view(abc())]), { protocol: 5 }));
    expect(error).toMatchObject({ code: 'UNHASHABLE' });
  });
});

const PYTHON = String.raw`
import json, pickle, sys
from pickle import PickleBuffer

class ZeroCopy(bytearray):
    """Hands out its own memory."""
    def __reduce_ex__(self, protocol):
        return ZeroCopy, ((PickleBuffer if protocol >= 5 else bytes)(self),), {'note': 'kept'}

class FrozenCopy(bytes):
    def __reduce_ex__(self, protocol):
        return FrozenCopy, ((PickleBuffer if protocol >= 5 else bytes)(self),)

for one in (ZeroCopy, FrozenCopy):
    one.__module__ = '__main__'
    setattr(sys.modules['__main__'], one.__name__, one)

def dump(expression, mode):
    buffers = []
    def callback(buffer):
        buffers.append(buffer)
        return mode == 'in' or (mode == 'every second' and len(buffers) % 2 == 0)
    data = pickle.dumps(eval(expression), 5, buffer_callback=None if mode == 'none' else callback)
    views = [buffer.raw() for buffer in buffers]
    return json.dumps([data.hex(), [[view.hex(), view.readonly] for view in views]])

def load(data, buffers):
    given = [bytes.fromhex(text) if readonly else bytearray.fromhex(text) for text, readonly in json.loads(buffers)]
    def described(value):
        if isinstance(value, memoryview): return ['memoryview', value.hex(), value.readonly]
        if isinstance(value, (bytes, bytearray)): return [type(value).__name__, value.hex(), getattr(value, 'note', None)]
        if isinstance(value, dict): return [[key, described(item)] for key, item in value.items()]
        if isinstance(value, (list, tuple)): return [type(value).__name__, *map(described, value)]
        return value
    return json.dumps(described(pickle.loads(bytes.fromhex(data), buffers=given)))
`;

interface Case {
  readonly title: string;
  /** The value in Python. */
  readonly python: string;
  readonly make: () => unknown;
}

const CASES: readonly Case[] = [
  { title: 'writable', python: "PickleBuffer(bytearray(b'abc'))", make: () => PickleBuffer.view(abc()) },
  { title: 'read-only', python: "PickleBuffer(b'abc')", make: () => PickleBuffer.view(abc(), true) },
  {
    title: 'empty',
    python: "[PickleBuffer(b''), PickleBuffer(bytearray())]",
    make: () => [PickleBuffer.view(new Uint8Array(), true), PickleBuffer.view(new Uint8Array())],
  },
  {
    title: 'the same one twice',
    python: "(lambda w, r: [w, w, r, r])(PickleBuffer(bytearray(b'abc')), PickleBuffer(b'abc'))",
    make: () => {
      const [writable, readonly] = [PickleBuffer.view(abc()), PickleBuffer.view(abc(), true)];
      return [writable, writable, readonly, readonly];
    },
  },
  {
    title: 'two of one memory, beside it',
    python: "(lambda b: [b, PickleBuffer(b), PickleBuffer(b)])(bytearray(b'abc'))",
    make: () => {
      const array = ByteArray.from(abc());
      return [array, PickleBuffer.view(array), PickleBuffer.view(array)];
    },
  },
  {
    title: 'inside of containers',
    python: "{'a': (PickleBuffer(b'x'), [PickleBuffer(bytearray(b'y'))], 'x'), 'b': PickleBuffer(b'z'), 'c': b'x'}",
    make: () => ({
      a: Tuple.of<unknown>(PickleBuffer.view(bytes('x'), true), [PickleBuffer.view(bytes('y'))], 'x'),
      b: PickleBuffer.view(bytes('z'), true),
      c: bytes('x'),
    }),
  },
  {
    title: 'larger than a frame, among others',
    python:
      '["before", PickleBuffer(bytes(70000)), 1, PickleBuffer(bytearray(70000)), PickleBuffer(bytes(256)), PickleBuffer(bytes(255))]',
    make: () => [
      'before',
      PickleBuffer.view(new Uint8Array(70_000), true),
      1,
      PickleBuffer.view(new Uint8Array(70_000)),
      PickleBuffer.view(new Uint8Array(256), true),
      PickleBuffer.view(new Uint8Array(255), true),
    ],
  },
  {
    title: 'three thousand',
    python: '[PickleBuffer(bytearray([i % 256])) for i in range(3000)]',
    make: () => Array.from({ length: 3000 }, (_, index) => PickleBuffer.view(Uint8Array.of(index % 256))),
  },
];

const MODES = ['none', 'in', 'out', 'every second'] as const;

describe('a real CPython', () => {
  let ask: (code: string) => unknown;
  const dump = (python: string, mode: string): [string, [string, boolean][]] =>
    ask(`dump(${JSON.stringify(python)}, '${mode}')`) as [string, [string, boolean][]];
  beforeAll(async () => {
    const python = await loadPyodide();
    python.runPython(PYTHON);
    ask = (code) => JSON.parse(python.runPython(code) as string);
  });

  test.each(CASES.flatMap((one) => MODES.map((mode) => ({ ...one, mode }))))(
    'writes the same and hands over the same: $title, mode $mode',
    ({ python, make, mode }) => {
      const [pickle, buffers] = dump(python, mode);
      const taken: PickleBuffer[] = [];
      const callback: BufferCallback = (buffer) => {
        taken.push(buffer);
        return mode === 'in' || (mode === 'every second' && taken.length % 2 === 0);
      };
      const own = dumps(make(), mode === 'none' ? { protocol: 5 } : { protocol: 5, bufferCallback: callback });
      expect(Buffer.from(own).toString('hex')).toBe(pickle);
      expect(taken.map((buffer) => [Buffer.from(buffer).toString('hex'), buffer.readonly])).toEqual(buffers);
    },
  );

  test.each([
    ...CASES,
    { title: 'objects that hand out their memory', python: "[ZeroCopy(b'abc'), FrozenCopy(b'de'), ZeroCopy(b'f')]" },
  ])('sends through the codec what stays writable or read-only: $title', ({ python }) => {
    const [pickle, given] = dump(python, 'out');
    const buffers = given.map(([hex]) => new Uint8Array(Buffer.from(hex, 'hex')));
    const value = loads(Buffer.from(pickle, 'hex'), { buffers, lossless: true });
    const again = outOfBand(value);
    // Neither a copy nor another order.
    expect(again.buffers.map(({ buffer }) => buffer)).toEqual(buffers.map(({ buffer }) => buffer));
    const load = (data: string): unknown => ask(`load('${data}', ${JSON.stringify(JSON.stringify(given))})`);
    expect(load(Buffer.from(again.pickle).toString('hex'))).toEqual(load(pickle));
    // In band, a bytearray where it may be changed.
    const inBand = dump(python, 'none')[0];
    expect(load(Buffer.from(dumps(value, { protocol: 5 })).toString('hex'))).toEqual(load(inBand));
  });
});

describe('Pickler and Unpickler', () => {
  test('take and give the buffers of each pickle', () => {
    const buffers: PickleBuffer[] = [];
    const pickler = new Pickler({ protocol: 5, bufferCallback: (buffer) => void buffers.push(buffer) });
    const values = [[PickleBuffer.view(abc())], { a: PickleBuffer.view(bytes('d'), true) }];
    const pickles = values.map((value) => pickler.dump(value));
    const unpickler = new Unpickler({ buffers: buffers[Symbol.iterator](), lossless: true });
    expect(pickles.map((pickle) => unpickler.load(pickle))).toEqual(values);
    // An array begins anew.
    const again = new Unpickler({ buffers: buffers.slice(0, 1), lossless: true });
    for (let turn = 0; turn < 2; turn++) expect(again.load(pickles[0] ?? bytes())).toEqual(values[0]);
  });
});

describe('reading', () => {
  const pickle = bytes(0x80, 5, '(', 0x97, 0x97, 0x98, 't.');

  test('gives what it was given, and with `lossless` a PickleBuffer of the same memory', () => {
    const [first, second] = [abc(), Buffer.from('def')];
    const plain = loads(pickle, { buffers: [first, second] }) as unknown[];
    expect(plain[0]).toBe(first);
    expect(plain[1]).toBe(second);
    const lossless = loads(pickle, { buffers: [first, second], lossless: true }) as PickleBuffer[];
    expect(lossless).toEqual(Tuple.of(PickleBuffer.view(first), PickleBuffer.view(second, true)));
    expect(lossless.map((buffer) => [buffer.buffer, buffer.byteOffset])).toEqual([
      [first.buffer, 0],
      [second.buffer, second.byteOffset],
    ]);
  });

  test('keeps a PickleBuffer as it is, but for one that is made read-only', () => {
    const [first, second] = [PickleBuffer.view(abc(), true), PickleBuffer.view(abc())];
    const [one, two] = loads(pickle, { buffers: [first, second], lossless: true }) as PickleBuffer[];
    expect(one).toBe(first);
    expect(two).not.toBe(second);
    expect(two).toEqual(PickleBuffer.view(abc(), true));
    expect(second.readonly).toBe(false);
    const readonly = PickleBuffer.view(abc(), true);
    expect((loads(pickle, { buffers: [first, readonly], lossless: true }) as unknown[])[1]).toBe(readonly);
  });

  test('makes a bytearray of the pickle itself read-only, and leaves bytes as they are', () => {
    const inBand = bytes(0x80, 5, '(', 0x96, 1, 0, 0, 0, 0, 0, 0, 0, 'x', 0x98, 'C', 1, 'y', 0x98, 't.');
    const value = loads(inBand, { lossless: true });
    expect(value).toEqual(Tuple.of<Uint8Array>(PickleBuffer.view(bytes('x'), true), bytes('y')));
  });

  test.each([
    [{}, 'give them as the option buffers'],
    [{ buffers: [] }, 'one more out-of-band buffer than there are'],
    [{ buffers: [abc()] }, 'one more out-of-band buffer than there are'],
    [{ buffers: [abc(), 'def' as unknown as Uint8Array] }, 'a buffer that is no Uint8Array'],
  ])('says what is missing: %o', (options, message) => {
    const error = caught(() => loads(pickle, options));
    expect(error).toBeInstanceOf(UnpicklingError);
    expect(error).toMatchObject({ code: 'BUFFER_MISSING', opcode: 'NEXT_BUFFER' });
    expect(String(error)).toContain(message);
  });

  test('says of buffers that throw that they did', () => {
    const cause = new Error('the socket is closed');
    function* buffers(): Generator<Uint8Array> {
      yield abc();
      throw cause;
    }
    const error = caught(() => loads(pickle, { buffers: buffers() }));
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', opcode: 'NEXT_BUFFER', cause });
  });
});

describe('writing', () => {
  test.each([0, 1, 2, 3, 4])('a PickleBuffer at protocol %i is refused, as by CPython', (protocol) => {
    const error = caught(() => dumps({ a: [PickleBuffer.view(abc())] }, { protocol }));
    expect(error).toBeInstanceOf(PicklingError);
    expect(error).toMatchObject({ code: 'PROTOCOL_TOO_LOW', path: '$.a[0]' });
    expect(String(error)).toContain('protocol 5');
  });

  test('tells of a callback that throws, where and why', () => {
    const cause = new RangeError('no room');
    const bufferCallback = (): never => {
      throw cause;
    };
    const error = caught(() => dumps({ a: [PickleBuffer.view(abc())] }, { protocol: 5, bufferCallback }));
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', path: '$.a[0]', cause });
    expect(String(error)).toContain('no room');
  });

  test.each([
    ['a number', 1],
    ['null', null],
    ['a Promise', Promise.resolve()],
    ['text', ''],
  ])('takes %s for no answer', (_, answer) => {
    const bufferCallback = (() => answer) as unknown as BufferCallback;
    const error = caught(() => dumps(PickleBuffer.view(abc()), { protocol: 5, bufferCallback }));
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', path: '$' });
    expect(String(error)).toContain('bufferCallback returned');
  });

  test('does not write what a callback has moved away and left in the pickle', () => {
    const bufferCallback = (buffer: Uint8Array): boolean => {
      structuredClone(null, { transfer: [buffer.buffer as ArrayBuffer] });
      return true;
    };
    const error = caught(() => dumps([PickleBuffer.view(abc())], { protocol: 5, bufferCallback }));
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', path: '$[0]' });
  });

  test('asks for a persistent id first, and takes no buffer that has one', () => {
    const [known, other] = [PickleBuffer.view(abc()), PickleBuffer.view(bytes('d'))];
    const taken: PickleBuffer[] = [];
    const pickle = dumps([known, other], {
      protocol: 5,
      persistentId: (value) => (value === known ? 'known' : undefined),
      bufferCallback: (buffer) => void taken.push(buffer),
    });
    expect(taken).toEqual([other]);
    expect(loads(pickle, { buffers: taken, persistentLoad: () => known })).toEqual([known, other]);
  });

  test('takes a function that is declared to return nothing, and one of any Uint8Array', () => {
    const taken: Uint8Array[] = [];
    function take(buffer: Uint8Array): void {
      taken.push(buffer);
    }
    const buffer = PickleBuffer.view(abc());
    dumps(buffer, { protocol: 5, bufferCallback: take });
    expect(taken[0]).toBe(buffer);
  });

  test('may happen inside of a callback', () => {
    const inner: Uint8Array[] = [];
    const bufferCallback = (buffer: Uint8Array): boolean => {
      inner.push(dumps([...buffer]));
      return true;
    };
    const value = [PickleBuffer.view(abc()), 'x', PickleBuffer.view(bytes('d'))];
    expect(dumps(value, { protocol: 5, bufferCallback })).toEqual(dumps(value, { protocol: 5 }));
    expect(inner.map((pickle) => loads(pickle))).toEqual([[97, 98, 99], [100]]);
  });

  test('leaves bytes in the pickle, whatever they are', () => {
    const value = [abc(), Buffer.from('def'), ByteArray.of(1), bytes('x'.repeat(70_000))];
    const { pickle, buffers } = outOfBand(value);
    expect(buffers).toEqual([]);
    expect(pickle).toEqual(dumps(value, { protocol: 5 }));
  });
});

describe('arrays of numpy', () => {
  test('send their memory out of band, and come back in the same memory', () => {
    const samples = Float64Array.of(1.5, -2);
    const array = new NDArray('<f8', [2, 1], samples, true);
    const { pickle, buffers } = outOfBand({ array, again: array, samples: Int16Array.of(7) });
    expect(buffers.map(({ readonly, length }) => [readonly, length])).toEqual([
      [false, 16],
      [false, 2],
    ]);
    expect(buffers[0]?.buffer).toBe(samples.buffer);
    for (const lossless of [false, true]) {
      const value = loads(pickle, { buffers, lossless }) as Record<string, NDArray>;
      expect(value).toEqual({ array, again: array, samples: new NDArray('<i2', [1], Int16Array.of(7)) });
      expect(value['again']).toBe(value['array']);
      expect((value['array']?.data as Float64Array).buffer).toBe(samples.buffer);
    }
  });

  test('are bytes in the pickle with typedArrays: bytes, and where they hold objects in the pickle, too', () => {
    const taken: Uint8Array[] = [];
    const options = { protocol: 5, bufferCallback: (buffer: Uint8Array) => void taken.push(buffer) };
    expect(loads(dumps(Int16Array.of(7), { ...options, typedArrays: 'bytes' }))).toEqual(Uint8Array.of(7, 0));
    const objects = new NDArray('|O', [2], ['a', PickleBuffer.view(abc())]);
    expect(loads(dumps(objects, options), { buffers: taken, lossless: true })).toEqual(objects);
    expect(taken).toHaveLength(1);
  });

  test.each([
    ['bytes that start anywhere', '<f8', Float64Array.of(1, 2), 3],
    ['the other byte order', '>i4', Int32Array.of(1, -2), 0],
    ['halves', '<f2', Float32Array.of(0.5, -1), 2],
    ['text', '>U1', Uint8Array.of(0, 0, 0, 65), 1],
    ['complex numbers', '>c8', Float32Array.of(1, -2), 1],
  ])('are read from %s', (_, dtype, data, offset) => {
    const array = new NDArray(dtype, [dtype === '>U1' || dtype === '>c8' ? 1 : 2], data);
    const { pickle, buffers } = outOfBand(array);
    const moved = buffers.map((buffer) => {
      const room = new Uint8Array(buffer.length + offset);
      room.set(buffer, offset);
      return room.subarray(offset);
    });
    expect(loads(pickle, { buffers: moved })).toEqual(array);
    // What had to be turned round was turned round in a copy.
    expect(moved).toEqual(buffers.map((buffer) => buffer.slice()));
    expect(Buffer.from(buffers[0] ?? []).toString('hex')).toBe(Buffer.from(array.toBytes() ?? []).toString('hex'));
  });

  test('stay read-only, in band and out of band', () => {
    const array = new NDArray('<f8', [1], Float64Array.of(1), false, false);
    expect(array.writeable).toBe(false);
    expect(loads(dumps(array, { protocol: 5 }))).toEqual(array);
    const { pickle, buffers } = outOfBand(array);
    expect(buffers[0]?.readonly).toBe(true);
    for (const lossless of [false, true]) expect(loads(pickle, { buffers, lossless })).toEqual(array);
    // The reader goes by the pickle, not by what the bytes came in.
    const plain = buffers.map((buffer) => buffer.slice());
    for (const lossless of [false, true]) expect(loads(pickle, { buffers: plain, lossless })).toEqual(array);
    // At protocol 4 it says nothing of it.
    expect(loads(dumps(array, { protocol: 4 }))).toMatchObject({ writeable: true });
  });

  test('do not share what one buffer, given twice, says', () => {
    const writable = new NDArray('|u1', [3], abc());
    const readonly = new NDArray('|u1', [3], abc(), false, false);
    const { pickle } = outOfBand([writable, readonly, new NDArray('|u1', [3], abc())]);
    const buffer = abc();
    const value = loads(pickle, { buffers: [buffer, buffer, buffer] }) as NDArray[];
    expect(value.map(({ writeable }) => writeable)).toEqual([true, false, true]);
  });

  // By numpy 2: `arange(3, dtype='>i4')`, and `arange(3)` that is read-only.
  const bigEndian = [
    '80059580000000000000008c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d62756666657294939428',
    '960c00000000000000000000000000000100000002948c056e756d7079948c0564747970659493948c026934948988879452',
    '94284b038c013e944e4e4e4affffffff4affffffff4b007494624b0385948c014394749452942e',
  ].join('');
  const readOnly = [
    '80059585000000000000008c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d62756666657294939428',
    '4318000000000000000001000000000000000200000000000000948c056e756d7079948c0564747970659493948c02693894',
    '898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624b0385948c014394749452942e',
  ].join('');

  test('keep the byte order that numpy gave them, and what numpy let nobody change', () => {
    const big = loads(Buffer.from(bigEndian, 'hex')) as NDArray;
    expect(big).toEqual(new NDArray('>i4', [3], Int32Array.of(0, 1, 2)));
    expect(loads(dumps(big, { protocol: 5 }))).toEqual(big);
    const fixed = loads(Buffer.from(readOnly, 'hex')) as NDArray;
    expect(fixed).toEqual(new NDArray('<i8', [3], BigInt64Array.of(0n, 1n, 2n), false, false));
    expect(loads(dumps(fixed, { protocol: 5 }))).toEqual(fixed);
  });

  test('do not read from the input, unless `view` lets them', () => {
    for (const [hex, at] of [
      [bigEndian, '0000000100000002'],
      [readOnly, '01000000000000000200'],
    ] as const) {
      const input = new Uint8Array(Buffer.from(hex, 'hex'));
      const before = (loads(input) as NDArray).toBytes();
      const value = loads(input) as NDArray;
      input.fill(0xff, hex.indexOf(at) / 2, hex.indexOf(at) / 2 + 8);
      expect(value.toBytes()).toEqual(before);
    }
  });

  test('toBytes is a copy', () => {
    const array = NDArray.of(Uint8Array.of(1));
    array.toBytes()?.fill(9);
    expect(array.data).toEqual(Uint8Array.of(1));
  });

  // By numpy 2.2: numpy.zeros(2, [('a', '<i4'), ('b', '<f8')]), with its buffer beside it.
  const structured = Buffer.from(
    [
      '800595c8000000000000008c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d62756666657294939428',
      '978c056e756d7079948c0564747970659493948c0356313294898887945294284b038c017c944e8c0161948c01629486947d',
      '9428680a68058c02693494898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624b008694680b6805',
      '8c02663894898887945294284b0368114e4e4e4affffffff4affffffff4b007494624b048694754b0c4b014b107494624b02',
      '85948c014394749452942e',
    ].join(''),
    'hex',
  );

  test('of a structured type, which are inert data, stay writable', () => {
    const buffers = [new Uint8Array(24)];
    const value = loads(structured, { buffers, lossless: true });
    expect(value).toBeInstanceOf(PyObject);
    expect((value as PyObject).args[0]).toEqual(PickleBuffer.view(new Uint8Array(24)));
    const again = outOfBand(value);
    expect(again.buffers.map(({ buffer, readonly }) => [buffer, readonly])).toEqual([[buffers[0]?.buffer, false]]);
    expect(again.pickle.includes(0x98)).toBe(false);
    expect(loads(again.pickle, { buffers, lossless: true })).toEqual(value);
  });
});
