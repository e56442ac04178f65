/** Objects whose own arguments lead back to them: written as CPython's C pickler writes them, byte by byte. */
import { describe, expect, test } from 'vitest';
import { ClassRegistry, dumps, loads, Pickler, PyDict } from 'vnpy-bridge/pickle';
import type { PyObject } from 'vnpy-bridge/pickle';

/** The character of each as a byte. */
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (char) => char.charCodeAt(0));

class C {
  items: unknown[] = [];
  entries: (readonly [unknown, unknown])[] = [];
  state: unknown = null;
  constructor(readonly args: readonly unknown[]) {}
}

const registry = ClassRegistry.of({
  kind: 'custom',
  module: 'm',
  qualname: 'C',
  type: C,
  construct: ({ args }) => new C([...args]),
  append: (value: C, items) => void value.items.push(...items),
  setItems: (value: C, entries) => void value.entries.push(...entries),
  setState: (value: C, state) => void (value.state = state),
  reduce: ({ args, items, entries, state }: C) => ({ args, items, entries, state }),
});

describe('an object with items, entries and a state, in a list that is its argument', () => {
  // list = []; o = C(list); list.append(o); o.append(1); o['k'] = 2; o.__setstate__(['s'])
  const PICKLES: Readonly<Record<number, string>> = {
    0: 'cm\nC\np0\n((lp1\ng0\n(g1\ntp2\nRp3\nI1\naVk\np4\nI2\ns(lp5\nVs\np6\naba00g2\nR0g3\n.',
    2: '\x80\x02cm\nC\nq\x00]q\x01h\x00h\x01\x85q\x02Rq\x03K\x01aX\x01\x00\x00\x00kq\x04K\x02s]q\x05X\x01\x00\x00\x00sq\x06aba0h\x02R0h\x03.',
    4: '\x80\x04\x95/\x00\x00\x00\x00\x00\x00\x00\x8c\x01m\x94\x8c\x01C\x94\x93\x94]\x94h\x02h\x03\x85\x94R\x94K\x01a\x8c\x01k\x94K\x02s]\x94\x8c\x01s\x94aba0h\x04R0h\x05.',
  };
  const cases = Object.entries(PICKLES).map(([protocol, pickle]) => [Number(protocol), pickle] as const);

  test.each(cases)('is written once when its class is not registered, at protocol %i', (protocol, pickle) => {
    const value = loads(latin1(pickle), { lossless: true }) as PyObject;
    const written = dumps(value, { protocol });
    expect(written).toEqual(latin1(pickle));
    const again = loads(written) as PyObject;
    expect(again.items).toEqual([1]);
    expect(again.steps).toHaveLength(3);
    expect((again.args[0] as unknown[])[0]).toBe(again);
  });

  test.each(cases)('is written once when its class is registered, at protocol %i', (protocol, pickle) => {
    const value = loads(latin1(pickle), { registry }) as C;
    const again = loads(dumps(value, { protocol, registry }), { registry }) as C;
    expect([again.items, again.entries, again.state]).toEqual([[1], [['k', 2]], ['s']]);
    expect((again.args[0] as unknown[])[0]).toBe(again);
  });
});

describe('an instance of a subclass of dict or list that protocols 0 and 1 make of a copy of its content', () => {
  // list = []; o = D(); o['x'] = list; o['k'] = 1; list.append(o); pickle.dumps(list)
  const DICTS = [
    '(lp0\nccopy_reg\n_reconstructor\np1\n(cm\nD\np2\nc__builtin__\ndict\np3\n(dp4\nVx\np5\ng0\nsVk\np6\nI1\nstp7\nRp8\na.',
    ']q\x00ccopy_reg\n_reconstructor\nq\x01(cm\nD\nq\x02c__builtin__\ndict\nq\x03}q\x04(X\x01\x00\x00\x00xq\x05h\x00X\x01\x00\x00\x00kq\x06K\x01utq\x07Rq\x08a.',
  ];
  // list = []; o = L(); o.extend([list, 7]); list.append(o); pickle.dumps(list)
  const LISTS = [
    '(lp0\nccopy_reg\n_reconstructor\np1\n(cm\nL\np2\nc__builtin__\nlist\np3\n(lp4\ng0\naI7\natp5\nRp6\na.',
    ']q\x00ccopy_reg\n_reconstructor\nq\x01(cm\nL\nq\x02c__builtin__\nlist\nq\x03]q\x04(h\x00K\x07etq\x05Rq\x06a.',
  ];
  const byProtocol = (pickles: string[]): (readonly [number, string])[] =>
    pickles.map((pickle, protocol) => [protocol, pickle] as const);

  test.each([...byProtocol(DICTS), ...byProtocol(LISTS)])('is written as it was at protocol %i', (protocol, pickle) => {
    expect(dumps(loads(latin1(pickle), { lossless: true }), { protocol })).toEqual(latin1(pickle));
  });

  test.each(byProtocol(DICTS))(
    'has its content when it is written alone, a dict of protocol %i',
    (protocol, pickle) => {
      const [, , content, object] = partOf(pickle, protocol);
      expect(content).toEqual({});
      const map = new Map(object.entries);
      expect([...map.keys()]).toEqual(['x', 'k']);
      expect(map.get('k')).toBe(1);
      expect((map.get('x') as unknown[])[0]).toBe(object);
    },
  );

  test.each(byProtocol(LISTS))(
    'has its content when it is written alone, a list of protocol %i',
    (protocol, pickle) => {
      const [, , content, object] = partOf(pickle, protocol);
      expect(content).toEqual([]);
      expect(object.items).toEqual([[object], 7]);
      expect((object.items[0] as unknown[])[0]).toBe(object);
    },
  );

  test('has its content when that has keys of another kind, and leads back through a tuple', () => {
    const pickle = '(lp0\nccopyreg\n_reconstructor\n(cm\nD\nc__builtin__\ndict\n(dp4\nI1\n(g0\ntstRa.';
    const [, , content, object] = partOf(pickle, 2);
    expect(content).toEqual({});
    expect(new PyDict(object.entries).get(1)).toEqual([[object]]);
  });

  test('has its content after a pickle that ended early', () => {
    const [object] = loads(latin1(DICTS[1] ?? '')) as [PyObject];
    const pickler = new Pickler();
    const whole = pickler.dump(object);
    const content = object.args[2] as Record<string, unknown>;
    content['k'] = Symbol('not to be written');
    expect(() => pickler.dump(object)).toThrow('symbol');
    content['k'] = 1;
    expect(pickler.dump(object)).toEqual(whole);
  });

  /** The object in a list, written without the list and read again: its arguments, and it. */
  function partOf(pickle: string, protocol: number): [unknown, unknown, unknown, PyObject] {
    const [part] = loads(latin1(pickle), { lossless: true }) as [PyObject];
    const object = loads(dumps(part, { protocol })) as PyObject;
    return [...object.args, object] as unknown as [unknown, unknown, unknown, PyObject];
  }
});
