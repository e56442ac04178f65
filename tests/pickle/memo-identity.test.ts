/** The memo: the same object wherever the pickle stores and fetches it, under whatever index. */
import { describe, expect, test } from 'vitest';
import { ClassRegistry, FrozenSet, loads, PyDict, Tuple, Unpickler } from 'vnpy-bridge/pickle';
import type { LoadsOptions, ObjectDefinition, PersistentId, PyObject } from 'vnpy-bridge/pickle';
import { bytes, little } from '../support/bytes.js';

/** Decoded at once, and opcode by opcode, which takes no fast path. */
const WAYS: Readonly<Record<string, (data: Uint8Array, options?: LoadsOptions) => unknown>> = {
  'at once': loads,
  'opcode by opcode': (data, options) => {
    const steps = new Unpickler(options).loadSteps(data, 1);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return step.value;
  },
};

/** The character of each as a byte. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe.each(Object.entries(WAYS))('%s', (_, load) => {
  describe('a dict that gets a key which a plain object cannot have', () => {
    const pairs: Readonly<Record<string, string>> = {
      'stored twice': '}q\x00q\x01K\x01K\x02sh\x00\x86.',
      'stored twice by MEMOIZE': '\x80\x04}\x94\x94K\x01K\x02sh\x00\x86.',
      'stored by LONG_BINPUT and by MEMOIZE': '\x80\x04}r\x00\x00\x00\x00\x94K\x01K\x02sh\x00\x86.',
      'fetched, then stored again under its index': '}q\x00h\x00q\x00K\x01K\x02s\x86.',
      'fetched, then stored under another index': '}q\x00h\x00q\x01K\x01K\x02s\x86.',
      'whose index goes to another object, then is its own again': '}q\x00Nq\x000q\x00h\x00K\x01K\x02s\x86.',
    };
    test.each(Object.entries(pairs))('%s, is one object', (__, pickle) => {
      const pair = load(latin1(pickle)) as unknown[];
      expect(pair).toHaveLength(2);
      expect(pair[0]).toEqual(new PyDict([[1, 2]]));
      expect(pair[1]).toBe(pair[0]);
    });

    test('is the one in a list, after its index went to that list', () => {
      // d = {}; l = [d]; memo[0] = l; d[1] = 2; (d, l)
      const [dict, list] = load(latin1('}q\x00]h\x00aq\x05q\x000K\x01K\x02sh\x05\x86.')) as [unknown, unknown[]];
      expect(dict).toEqual(new PyDict([[1, 2]]));
      expect(list[0]).toBe(dict);
    });

    test('is the same for each of its persistent ids', () => {
      const known = {};
      const persistentLoad = (): unknown => known;
      const pair = load(latin1('\x80\x04K\x01QK\x01QK\x05K\x06s\x86.'), { persistentLoad }) as unknown[];
      expect(pair[0]).toEqual(new PyDict([[5, 6]]));
      expect(pair[1]).toBe(pair[0]);
    });

    test('is the same for each call that gives it', () => {
      const known = {};
      const registry = ClassRegistry.of({ kind: 'custom', module: 'm', qualname: 'f', construct: () => known });
      const pair = load(latin1('cm\nf\n)Rcm\nf\n)RK\x05K\x06s\x86.'), { registry }) as unknown[];
      expect(pair[0]).toEqual(new PyDict([[5, 6]]));
      expect(pair[1]).toBe(pair[0]);
    });
  });

  describe('a dict that got such a key under its second name is complete', () => {
    // d = {}; memo[0] = d; memo[0][1] = 2; and then d itself, which is below on the stack
    const dict = '}q\x00h\x00K\x01K\x02s0';
    const complete = new PyDict([[1, 2]]);

    test('in the arguments of a call', () => {
      const counter = load(latin1(`ccollections\nCounter\n${dict}\x85R.`)) as PyDict;
      expect([...counter]).toEqual([[1, 2]]);
      const again = load(latin1(`ccopyreg\n__newobj__\ncm\nA\n${dict}\x86R.`)) as PyObject;
      expect(again.args[0]).toEqual(complete);
    });

    test('as keyword arguments', () => {
      const object = load(latin1(`cm\nA\n)${dict}\x92.`)) as PyObject;
      expect(object.kwargs).toEqual(complete);
    });

    test('as a persistent id', () => {
      expect(load(latin1(`${dict}Q.`), { persistentLoad: (id) => [id] })).toEqual([complete]);
    });

    test('as a state, which it cannot be', () => {
      const registry = ClassRegistry.of(definition('A', ['a', 'b']));
      expect(() => load(latin1(`cm\nA\n)\x81${dict}b.`), { registry })).toThrow(/an attribute whose name is a number/);
    });
  });

  test('fetches a None', () => {
    expect(load(bytes(0x80, 4, 'N', 0x94, '0h', 0, '.'))).toBeNull();
    expect(load(latin1('N\x940j\x00\x00\x00\x00.'))).toBeNull();
  });

  test('fetches an entry with a large index, however many entries were stored since', () => {
    // l = []; memo[1025] = l; 600 lists into memo[1], …; fetched, memo[1025] is l
    const data = bytes(0x80, 4, ']r', little(1025, 4), '(', ...Array<Uint8Array>(600).fill(bytes(']', 0x94)));
    const list = load(bytes(data, 'j', little(3, 4), '0j', little(1025, 4), 'e.')) as unknown[];
    expect(list).toHaveLength(601);
    expect(list[600]).toBe(list);
  });

  describe('of None at a large index, and then of more numbers than that', () => {
    const many = Array.from({ length: 2100 }, (__, index) => bytes('J', little(index, 4), 0x94, '0'));
    const data = bytes(0x80, 4, 'Nr', little(2000, 4), '0', ...many);

    test('counts each index once, so that MEMOIZE stays at the one that was taken', () => {
      // As CPython: it goes by the number of entries, which storing under an index in use does not change.
      expect(load(bytes(data, 'j', little(2000, 4), '.'))).toBe(2099);
      expect(load(bytes(data, 'j', little(1999, 4), '.'))).toBe(1998);
      expect(() => load(bytes(data, 'j', little(2001, 4), '.'))).toThrow('memo entry 2001, which was never stored');
    });

    test('does so for strings', () => {
      const text = (index: number): Uint8Array => bytes(0x8c, 4, String(1000 + index).padStart(4), 0x94, '0');
      const strings = Array.from({ length: 2100 }, (__, index) => text(index));
      const start = bytes(0x80, 4, 'Nr', little(2000, 4), '0', ...strings);
      expect(load(bytes(start, 'j', little(2000, 4), '.'))).toBe('3099');
      expect(() => load(bytes(start, 'j', little(2001, 4), '.'))).toThrow('memo entry 2001, which was never stored');
    });
  });

  test('a dict that gets such a key after it became a persistent id is the one in that', () => {
    const [persistent, , dict] = load(latin1('\x80\x04(}\x94Qh\x00K\x01K\x02sh\x00t.')) as [
      PersistentId,
      unknown,
      unknown,
    ];
    expect(dict).toEqual(new PyDict([[1, 2]]));
    expect(persistent.id).toBe(dict);
    expect(() => Object.assign(persistent, { id: 1 })).toThrow(TypeError);
    expect(() => Object.assign(persistent, { other: 1 })).toThrow(TypeError);
  });

  test('the packed fields of a datetime are one object, fetched before and after their index went to another', () => {
    const packed = '\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x06';
    const datetime = `\x80\x04cdatetime\ndatetime\n\x94C\x0a${packed}\x94\x85\x94R\x94`;
    for (const fetched of ['h\x01Nq\x010h\x02', 'h\x01h\x02', 'h\x01Nq\x010h\x022\x86']) {
      const [, fields, args] = load(latin1(`${datetime}${fetched}\x87.`)) as [unknown, unknown, unknown[]];
      expect(fields).toEqual(latin1(packed));
      expect(args.flat()[0]).toBe(fields);
    }
  });

  describe('an object that is made of its state, in that state', () => {
    class W {
      constructor(readonly state: unknown) {}
    }
    const registry = ClassRegistry.of({
      kind: 'custom',
      module: 'm',
      qualname: 'W',
      when: 'state',
      construct: ({ state }) => new W(state),
    });
    const stateOf = (pickle: string): { value: W; state: unknown } => {
      const value = load(latin1(`\x80\x04cm\nW\n)R\x94${pickle}b.`), { registry }) as W;
      return { value, state: value.state };
    };

    test.each([
      ['set', '\x8f(K\x01h\x00K\x02\x90'],
      ['frozenset', '(K\x01h\x00K\x02\x91'],
      ['tuple', 'K\x01h\x00K\x02\x87'],
    ])('is itself in a %s, at its place', (__, pickle) => {
      const { value, state } = stateOf(pickle);
      expect([...(state as Iterable<unknown>)]).toEqual([1, value, 2]);
      expect([...(state as Iterable<unknown>)][1]).toBe(value);
    });

    test('is itself as a key, at its place', () => {
      const { value, state } = stateOf('}(K\x01K\x02h\x00h\x00K\x05K\x06u') as { value: W; state: PyDict };
      expect([...state.keys()]).toEqual([1, value, 5]);
      expect([...state.values()]).toEqual([2, value, 6]);
      expect(state.get(value)).toBe(value);
    });

    test.each<[string, string, (value: W) => unknown]>([
      ['a tuple', 'h\x00\x85', (value) => Tuple.of(value)],
      ['a frozenset', '(h\x00\x91', (value) => new FrozenSet([value])],
      [
        'tuples, twice',
        'h\x00\x85\x942h\x01\x87',
        (value) => Tuple.of(Tuple.of(value), Tuple.of(value), Tuple.of(value)),
      ],
      ['a tuple of a frozenset', '(h\x00\x91\x85', (value) => Tuple.of(new FrozenSet([value]))],
      ['a frozenset of a tuple', '(h\x00\x85\x91', (value) => new FrozenSet([Tuple.of(value)])],
      [
        'all of them',
        '((h\x00\x91h\x00\x86\x91\x85',
        (value) => Tuple.of(new FrozenSet([Tuple.of(new FrozenSet([value]), value)])),
      ],
    ])('is found in a key that is %s', (__, pickle, key) => {
      const { value, state } = stateOf(`}${pickle}K\x01s`) as { value: W; state: PyDict };
      expect([...state.keys()]).toEqual([key(value)]);
      expect(state.get(key(value))).toBe(1);
      // W is equal to itself alone.
      expect(state.has(key(new W(null)))).toBe(false);
    });

    test('leaves a tuple that is a key and elsewhere one object', () => {
      const { value, state } = stateOf('](}h\x00\x85\x94K\x01sh\x01h\x01\x85(h\x01\x91e');
      const [dict, tuple, [again], frozen] = state as [PyDict, Tuple, Tuple, FrozenSet];
      expect(tuple[0]).toBe(value);
      expect([...dict.keys()][0]).toBe(tuple);
      expect(again).toBe(tuple);
      expect([...frozen][0]).toBe(tuple);
    });

    test('leaves other keys the objects that they are', () => {
      const pickle = '](}(K\x01\x85\x94K\x01h\x00K\x02uh\x01e';
      const { state } = stateOf(pickle) as unknown as { state: [PyDict, Tuple] };
      expect([...state[0].keys()][0]).toBe(state[1]);
    });

    test('cannot be a key when it is made a list', () => {
      const lists = ClassRegistry.of({
        kind: 'custom',
        module: 'm',
        qualname: 'W',
        when: 'state',
        construct: ({ state }) => [state],
      });
      const read = (): unknown => load(latin1('\x80\x04cm\nW\n)R\x94}h\x00K\x01sb.'), { registry: lists });
      expect(read).toThrow(expect.objectContaining({ code: 'UNHASHABLE' }));
    });

    test('takes a second state when its definition does, and refuses it when not', () => {
      const data = latin1('\x80\x04cm\nW\n)RK\x01bK\x02b.');
      const states: unknown[] = [];
      const twice = ClassRegistry.of({
        kind: 'custom',
        module: 'm',
        qualname: 'W',
        when: 'state',
        construct: ({ state }) => new W(state),
        setState: (value, state) => void states.push(value, state),
      });
      const value = load(data, { registry: twice });
      expect(value).toEqual({ state: 1 });
      expect(states).toEqual([value, 2]);
      expect(() => load(data, { registry })).toThrow(expect.objectContaining({ code: 'BUILD_TARGET' }));
    });

    test('is found in a key however deep, and however often the key holds the same', () => {
      const levels = 5000;
      const pickle = `\x80\x04cm\nW\n)R\x94}h\x00\x85${'\x942\x86'.repeat(levels)}K\x01sb.`;
      const value = load(latin1(pickle), { registry, maxDepth: 2 * levels }) as W;
      let inside = [...(value.state as PyDict).keys()][0];
      for (let level = 0; level <= levels; level++) inside = (inside as Tuple)[0];
      expect(inside).toBe(value);
    });
  });

  describe('the state of an instance, fetched after more was done to the instance,', () => {
    const A = '\x8c\x01m\x8c\x01A\x93)\x81';
    const a = '\x8c\x01a';
    const b = '\x8c\x01b';
    const registry = ClassRegistry.of(definition('A', ['a', 'b']));

    test('is what it was', () => {
      const [instance, state] = load(latin1(`\x80\x04${A}}\x94(${a}K\x01${b}K\x02ub}${a}K\x07sbh\x00\x86.`), {
        registry,
      }) as unknown[];
      expect(instance).toEqual({ a: 7, b: 2 });
      expect(state).toEqual({ a: 1, b: 2 });
    });

    test('is what it was where the attributes came in another order, or more of them', () => {
      const states = `${A}}\x94(${b}K\x02${a}K\x01ub}${a}K\x07sb${A}}\x94(${a}K\x01\x8c\x01cK\x02ub(${a}K\x08db`;
      const value = load(latin1(`\x80\x04${states}h\x00h\x01\x86\x87.`), { registry });
      expect(value).toEqual([
        { a: 7, b: 2 },
        { a: 8, b: 0, c: 2 },
        [
          { b: 2, a: 1 },
          { a: 1, c: 2 },
        ],
      ]);
    });

    test('is what it was, of every instance, one inside the other', () => {
      // The inner one gets its second state in the middle of the outer one's first.
      const inner = `${A}\x94}\x94(${a}K\x01${b}K\x02ub}${a}K\x07sb`;
      const outer = `${A}\x94}\x94(${a}K\x03${b}${inner}ub}${a}K\x08sb`;
      const after = `${A}\x94}\x94(${a}K\x05${b}K\x06ub}${a}K\x09sb`;
      const fetched = 'h\x01h\x03h\x05\x87';
      const value = load(latin1(`\x80\x04${outer}${after}${fetched}\x87.`), { registry }) as unknown[];
      const innerNow = { a: 7, b: 2 };
      expect(value).toEqual([
        { a: 8, b: innerNow },
        { a: 9, b: 6 },
        [
          { a: 3, b: innerNow },
          { a: 1, b: 2 },
          { a: 5, b: 6 },
        ],
      ]);
      const [now, , [before]] = value as [{ b: unknown }, unknown, [{ b: unknown }]];
      expect(before.b).toBe(now.b);
    });

    test('has the attributes of its own class, when two have the same type', () => {
      const both = ClassRegistry.of(definition('A', ['a']), definition('B', ['a', 'b']));
      const data = latin1(`\x80\x04${A}}\x94(${a}K\x07ubh\x00\x86.`);
      expect((load(data, { registry: both }) as unknown[])[1]).toEqual({ a: 7 });
    });
  });
});

class A {
  a: unknown = 0;
  b: unknown = 0;
}

function definition(qualname: string, names: readonly string[]): ObjectDefinition<A> {
  const fields = names.map((name) => ({ name }));
  return { kind: 'object', module: 'm', qualname, type: A, create: () => new A(), fields };
}
