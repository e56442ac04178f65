/** Code of the user runs in the middle of reading and writing: it may fail, and it may read and write itself. */
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  dumps,
  loads,
  PersistentId,
  Pickler,
  PicklingError,
  PyObject,
  Unpickler,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import type { LoadsOptions, UnknownValue } from 'vnpy-bridge/pickle';
import { bytes } from '../support/bytes.js';
import { caught } from '../support/caught.js';

/** Decodes opcode by opcode, which takes no fast path. */
function byOpcode(data: Uint8Array, options: LoadsOptions): unknown {
  const steps = new Unpickler(options).loadSteps(data, 1);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

const inner = dumps({ inner: [1, [2, 'three']] });
const outer = dumps([[['deep']], new PersistentId('a'), { b: new PersistentId('b') }, 'end']);

describe('reading', () => {
  test('may happen inside of reading, with the same Unpickler', () => {
    const reader: Unpickler = new Unpickler({ persistentLoad: (id) => [id, reader.load(inner)] });
    const expected = { inner: [1, [2, 'three']] };
    expect(reader.load(outer)).toEqual([[['deep']], ['a', expected], { b: ['b', expected] }, 'end']);
    expect(reader.load(outer)).toEqual([[['deep']], ['a', expected], { b: ['b', expected] }, 'end']);
  });

  test('may happen inside of reading, in a constructor, at any depth', () => {
    const pickle = bytes('(cm\nC\n)RVafter\nt.');
    let depth = 0;
    const registry: ClassRegistry = ClassRegistry.of({
      kind: 'custom',
      module: 'm',
      qualname: 'C',
      construct: () => (++depth < 20 ? { value: loads(pickle, { registry }) } : { value: 'bottom' }),
    });
    let value: unknown = loads(pickle, { registry });
    for (let level = 0; level < 20; level++) {
      const [object, after] = value as [{ value: unknown }, string];
      expect(after).toBe('after');
      value = object.value;
    }
    expect(value).toBe('bottom');
  });

  test('tells of a callback that throws, where and why, and works on', () => {
    const cause = new RangeError('no such thing');
    let failing = true;
    const reader = new Unpickler({
      persistentLoad: (id) => {
        if (failing) throw cause;
        return id;
      },
    });
    const error = caught(() => reader.load(outer));
    expect(error).toBeInstanceOf(UnpicklingError);
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', opcode: 'BINPERSID', cause });
    failing = false;
    expect(reader.load(outer)).toEqual([[['deep']], 'a', { b: 'b' }, 'end']);
  });

  test('keeps what a constructor refuses as inert data, or says so on request', () => {
    const pickle = bytes('cm\nC\n(Vx\ntR.');
    const cause = new TypeError('not x');
    const registry = ClassRegistry.of({
      kind: 'custom',
      module: 'm',
      qualname: 'C',
      construct: () => {
        throw cause;
      },
    });
    const told: unknown[] = [];
    const value = loads(pickle, { registry, onUnknown: (unknown) => told.push(unknown) });
    expect(value).toBeInstanceOf(PyObject);
    expect(value).toMatchObject({ class: { module: 'm', qualname: 'C' }, args: ['x'] });
    expect(told).toMatchObject([{ kind: 'rejected', value: cause, global: { qualname: 'C' } }]);
    expect(caught(() => loads(pickle, { registry, onReject: 'error' }))).toMatchObject({ code: 'REJECTED', cause });
  });

  describe.each([
    ['at once', loads],
    ['opcode by opcode', byOpcode],
  ] as const)('inside of a call of a built-in, %s,', (_, load) => {
    // copyreg.__newobj__(m.C, 1)
    const pickle = bytes('ccopyreg\n__newobj__\ncm\nC\nK', 1, 0x86, 'R.');
    const cause = new TypeError('not 1');
    let calls = 0;
    const registry = ClassRegistry.of({
      kind: 'custom',
      module: 'm',
      qualname: 'C',
      construct: () => {
        calls++;
        throw cause;
      },
    });

    test('a constructor that refuses is asked once', () => {
      calls = 0;
      const error = caught(() => load(pickle, { registry, onReject: 'error' }));
      expect(error).toMatchObject({ code: 'REJECTED', cause, opcode: 'REDUCE', offset: 28 });
      expect((error as Error).message).toContain('makes a m.C');
      expect(calls).toBe(1);
    });

    test('an onUnknown is told once, of the right place', () => {
      const told: UnknownValue[] = [];
      expect(load(pickle, { registry, onUnknown: (unknown) => told.push(unknown) })).toBeInstanceOf(PyObject);
      expect(told).toMatchObject([{ kind: 'rejected', value: cause, global: { qualname: 'C' }, offset: 28 }]);
    });

    test('an onUnknown that throws is told once, and its error is not lost', () => {
      const failure = new RangeError('stop');
      let told = 0;
      const onUnknown = (): void => {
        if (++told === 1) throw failure;
      };
      const error = caught(() => load(pickle, { registry, onUnknown }));
      expect(error).toMatchObject({ code: 'CALLBACK_FAILED', cause: failure, opcode: 'REDUCE', offset: 28 });
      expect(told).toBe(1);
    });
  });

  test('does not give one decoding what belongs to another', () => {
    const reader = new Unpickler();
    expect(() => reader.load(bytes('Vsecret\nq', 7, '.', 'x'))).toThrow(UnpicklingError);
    expect(caught(() => reader.load(bytes('h', 7, '.')))).toMatchObject({ code: 'MEMO_MISSING' });
    expect(caught(() => reader.load(bytes('t.')))).toMatchObject({ code: 'MARK_MISSING' });
    expect(caught(() => reader.load(bytes('.')))).toMatchObject({ code: 'STACK_UNDERFLOW' });
  });
});

describe('very many calls that a built-in class refuses', () => {
  test('are each told, with what is wrong, and leave nothing behind', () => {
    const limit = Error.stackTraceLimit;
    const refused = bytes('cdatetime\ntimedelta\nK\x01K\x01Va\n', 0x87, 'R');
    const pickle = bytes(0x80, 4, '(', ...Array.from({ length: 200 }, () => refused), 'l.');
    const told: UnknownValue[] = [];
    const list = loads(pickle, { onUnknown: (unknown) => told.push(unknown) }) as PyObject[];
    expect(list).toHaveLength(200);
    expect(list.every((item) => item instanceof PyObject && item.args[2] === 'a')).toBe(true);
    expect(told.map(({ value }) => (value as Error).message)).toEqual(list.map(() => 'needs three ints'));
    expect(new Set(told.map(({ offset }) => offset)).size).toBe(200);
    expect(Error.stackTraceLimit).toBe(limit);
    // One that is right, behind all those.
    expect(loads(bytes(pickle.subarray(0, -2), 'cdatetime\ntimedelta\nK\x01K\x02K\x03', 0x87, 'Rl.'))).toHaveProperty(
      [200, 'seconds'],
      2,
    );
  });
});

describe('bytes of a pickle', () => {
  test('are copied, so that the input may be used again', () => {
    const data = bytes(0x80, 3, 'C', 3, 'abc.');
    const value = loads(data) as Uint8Array;
    data.fill(0);
    expect(value).toEqual(bytes('abc'));
    expect(value.buffer).not.toBe(data.buffer);
  });

  test('are views of the input with the option view', () => {
    const data = bytes(0x80, 3, 'C', 3, 'abc.');
    const value = loads(data, { view: true }) as Uint8Array;
    data[4] = 0x7a;
    expect(value).toEqual(bytes('zbc'));
  });

  test('are read right out of the middle of a larger buffer', () => {
    const data = bytes('junk', 0x80, 4, 0x8c, 2, 'hi', 'C', 2, 'ab', 0x86, '.', 'junk');
    expect(loads(data.subarray(4, data.length - 4))).toEqual(['hi', bytes('ab')]);
    expect(loads(Buffer.from(data.buffer, 4, data.length - 8))).toEqual(['hi', bytes('ab')]);
  });

  test('are plain Uint8Arrays also when the input is a Buffer', () => {
    const value = loads(Buffer.from(bytes(0x80, 3, 'C', 3, 'abc.'))) as Uint8Array;
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
  });
});

describe('writing', () => {
  test('may happen inside of writing, with the same Pickler', () => {
    class Box {
      constructor(readonly content: unknown) {}
    }
    const registry = ClassRegistry.of({
      kind: 'custom',
      module: 'm',
      qualname: 'Box',
      type: Box,
      construct: ({ args }) => new Box(loads(args[0] as Uint8Array)),
      reduce: (box: Box) => ({ args: [writer.dump(box.content)] }),
    });
    const writer: Pickler = new Pickler({ registry });
    const value = ['before', new Box(['a', ['b']]), 'before', new Box({ c: 1 })];
    expect(loads(writer.dump(value), { registry })).toEqual(value);
  });

  test('tells of a getter that throws, with the path, and works on', () => {
    const cause = new Error('not now');
    const writer = new Pickler();
    const value = {
      list: [
        {
          get price(): number {
            throw cause;
          },
        },
      ],
    };
    const error = caught(() => writer.dump(value));
    expect(error).toBeInstanceOf(PicklingError);
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', cause });
    expect((error as PicklingError).path).toMatch(/^\$\.list\[0\]/);
    expect(loads(writer.dump({ fine: true }))).toEqual({ fine: true });
  });

  test('takes an object by its persistent id, and by value without one', () => {
    const shared = { name: 'shared' };
    const data = dumps([shared, { other: 1 }, shared], {
      persistentId: (value) => (value === shared ? 'the shared one' : undefined),
    });
    expect(loads(data, { persistentLoad: () => shared })).toEqual([shared, { other: 1 }, shared]);
    expect(loads(data)).toEqual([new PersistentId('the shared one'), { other: 1 }, new PersistentId('the shared one')]);
  });

  test('leaves the value as it was', () => {
    const value = Object.freeze({ list: Object.freeze([1, Object.freeze({ a: Object.freeze([]) })]) });
    expect(loads(dumps(value))).toEqual(value);
  });
});
