/** Objects whose own arguments lead back to them: written as CPython's C pickler writes them, byte by byte. */
import { describe, expect, it } from 'vitest';
import { ClassRegistry, dumps, loads } from '../../src/pickle/index.js';
import type { PyObject } from '../../src/pickle/index.js';

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

  it.each(cases)('is written once when its class is not registered, at protocol %i', (protocol, pickle) => {
    const value = loads(latin1(pickle), { lossless: true }) as PyObject;
    const written = dumps(value, { protocol });
    expect(written).toEqual(latin1(pickle));
    const again = loads(written) as PyObject;
    expect(again.items).toEqual([1]);
    expect(again.steps).toHaveLength(3);
    expect((again.args[0] as unknown[])[0]).toBe(again);
  });

  it.each(cases)('is written once when its class is registered, at protocol %i', (protocol, pickle) => {
    const value = loads(latin1(pickle), { registry }) as C;
    const again = loads(dumps(value, { protocol, registry }), { registry }) as C;
    expect([again.items, again.entries, again.state]).toEqual([[1], [['k', 2]], ['s']]);
    expect((again.args[0] as unknown[])[0]).toBe(again);
  });
});
