/** What the decoder takes in one stroke must be what the opcodes one by one would give, also for odd sequences. */
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  dumps,
  loads,
  PyDateTime,
  PyDict,
  PyGlobal,
  PyObject,
  Tuple,
  Unpickler,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import type { LoadsOptions, ObjectDefinition, UnknownValue, PyTimeZone } from 'vnpy-bridge/pickle';
import { bytes, float8, little } from '../support/bytes.js';

class Tick {
  symbol = '';
  price = 0;
  volume = 0;
}

const definition: ObjectDefinition<Tick> = {
  kind: 'object',
  module: 'm',
  qualname: 'Tick',
  type: Tick,
  create: () => new Tick(),
  fields: [{ name: 'symbol' }, { name: 'price' }, { name: 'volume' }],
};
const BUY = Object.freeze({ name: 'BUY' });
const registry = ClassRegistry.of(
  { ...definition, fields: [{ name: 'symbol' }, { name: 'price', float: true }, { name: 'volume', float: true }] },
  { kind: 'enum', module: 'm', qualname: 'Side', members: [{ name: 'BUY', values: ['多', 'Long', 1], member: BUY }] },
);
const read = (data: Uint8Array, options: LoadsOptions = {}): unknown => loads(data, { registry, ...options });

const M = 0x94;
const text = (value: string): Uint8Array => {
  const utf8 = new TextEncoder().encode(value);
  return bytes(0x8c, utf8.length, utf8);
};
const name = (qualname: string, module = 'm'): Uint8Array => bytes(text(module), text(qualname), 0x93);
const tick = bytes(name('Tick'), ')', 0x81);
const float = (value: number): Uint8Array => bytes('G', float8(value));

/** For each object of a list, and inside of it, where it came first. Bytes are told by their content. */
function sharing(value: unknown): unknown {
  const seen = new Map<object, number>();
  const visit = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return item;
    const known = seen.get(item);
    if (known !== undefined) return known;
    seen.set(item, seen.size);
    return Object.values(item).map(visit);
  };
  return visit(value);
}

describe('an instance with its state', () => {
  const attributes = bytes(text('symbol'), text('rb'), text('price'), float(1.5), text('volume'), float(2));

  test('gets the attributes that are declared, in one stroke', () => {
    const value = read(bytes(tick, '}(', attributes, 'ub.'));
    expect(value).toEqual({ symbol: 'rb', price: 1.5, volume: 2 });
    expect(value).toBeInstanceOf(Tick);
  });

  test('keeps the default of an attribute that the peer does not have, again and again', () => {
    const reader = new Unpickler({ registry });
    const older = bytes(tick, '}(', text('price'), float(1.5), 'ub.');
    const newer = bytes(tick, '}(', attributes, text('extra'), 'N', 'ub.');
    for (let round = 0; round < 3; round++) {
      expect(reader.load(older)).toEqual({ symbol: '', price: 1.5, volume: 0 });
      expect(reader.load(newer)).toEqual({ symbol: 'rb', price: 1.5, volume: 2, extra: null });
    }
  });

  test('keeps attributes that are not declared as own properties, whatever their names', () => {
    const names = ['__proto__', 'constructor', 'toString', 'then', 'hasOwnProperty'];
    const odd = names.map((odd) => bytes(text(odd), 'K', 1));
    const value = read(bytes(tick, '}(', ...odd, 'ub.')) as object;
    expect(Object.getPrototypeOf(value)).toBe(Tick.prototype);
    for (const odd of names) expect(Object.getOwnPropertyDescriptor(value, odd)?.value).toBe(1);
    expect(read(dumps(value, { registry }))).toEqual(value);
  });

  test('shares the state with whoever fetches it from the memo, before and after', () => {
    // [tick, state, state], the state being memo entry 1.
    const [instance, first, second] = read(
      bytes('](', tick, M, '}', M, '(', attributes, 'ub', 'h', 1, 'h', 1, 'e.'),
    ) as unknown[];
    expect(instance).toEqual({ symbol: 'rb', price: 1.5, volume: 2 });
    expect(first).toEqual({ symbol: 'rb', price: 1.5, volume: 2 });
    expect(first).not.toBeInstanceOf(Tick);
    expect(second).toBe(first);
  });

  describe('with an int beyond 2^53', () => {
    const large = 2n ** 60n;
    const int = bytes(0x8a, 8, little(large, 8));
    const items = bytes(text('symbol'), int, text('price'), int, text('volume'), float(2));
    const given = { symbol: large, price: large, volume: 2 };
    const filled = { symbol: large, price: 2 ** 60, volume: 2 };

    test('has a number where a float is declared, however the attributes come', () => {
      expect(read(bytes(tick, '}(', items, 'ub.'))).toEqual(filled);
      expect(read(bytes(tick, '}', text('price'), int, 'sb.'))).toEqual({ symbol: '', price: 2 ** 60, volume: 0 });
      expect(read(bytes(tick, '(', items, 'db.'))).toEqual(filled);
      expect(read(bytes(tick, 'N}(', items, 'u\x86b.'))).toEqual(filled);
      expect(read(bytes(tick, '](', int, int, float(2), 'eb.'))).toEqual(filled);
      const ints = [bytes('L', `${large}L\n`), bytes('I', `${large}\n`), bytes(0x8b, little(8, 4), little(large, 8))];
      for (const other of ints)
        expect(read(bytes(tick, '}(', text('price'), other, 'ub.'))).toMatchObject({ price: 2 ** 60 });
    });

    test('has it as it is when nothing may be lost', () => {
      expect(read(bytes(tick, '}(', text('symbol'), int, text('price'), int, 'ub.'), { lossless: true })).toEqual({
        symbol: large,
        price: large,
        volume: 0,
      });
    });

    test('has a number, and the state that is shared the int', () => {
      const [instance, state] = read(bytes('](', tick, M, '}', M, '(', items, 'ubh', 1, 'e.')) as unknown[];
      expect(instance).toEqual(filled);
      expect(state).toEqual(given);
    });

    test('is no matter of the next pickle', () => {
      const reader = new Unpickler({ registry });
      expect(reader.load(bytes(tick, '}(', items, 'ub.'))).toEqual(filled);
      expect(reader.load(bytes(tick, '}(', attributes, 'ub.'))).toEqual({ symbol: 'rb', price: 1.5, volume: 2 });
    });
  });

  test('is filled by the definition, if that does what it should', () => {
    let calls = 0;
    const filling = (first: 'price' | 'symbol'): Unpickler =>
      new Unpickler({
        registry: ClassRegistry.of({
          ...definition,
          assign(target: Tick, values, from, count) {
            calls++;
            if (count !== 3) return false;
            Object.assign(target, {
              [first]: values[from],
              [first === 'price' ? 'symbol' : 'price']: values[from + 2],
              volume: values[from + 4],
            });
            return true;
          },
        }),
      });
    const data = bytes(tick, '}(', attributes, 'ub.');
    for (const [first, more] of [
      ['symbol', 1],
      // It takes the one for the other, which a trial shows: it is not asked again.
      ['price', 0],
    ] as const) {
      const reader = filling(first);
      const before = calls;
      expect(reader.load(data)).toEqual({ symbol: 'rb', price: 1.5, volume: 2 });
      expect(calls - before).toBe(more);
      expect(reader.load(bytes(tick, '}(', text('price'), float(1.5), 'ub.'))).toMatchObject({ price: 1.5 });
    }
  });

  test('is filled by name, when the definition throws at values that it does not expect', () => {
    const picky: ObjectDefinition<Tick> = {
      ...definition,
      assign(target, values, from) {
        if (typeof values[from] !== 'string') throw new RangeError('no symbol');
        target.symbol = values[from];
        return true;
      },
    };
    const value = loads(bytes(tick, '}(', attributes, 'ub.'), { registry: ClassRegistry.of(picky) });
    expect(value).toEqual({ symbol: 'rb', price: 1.5, volume: 2 });
  });

  test('may hold its own state', () => {
    const value = read(bytes(tick, M, '}', M, '(', text('symbol'), 'h', 1, text('self'), 'h', 0, 'ub.')) as Record<
      string,
      unknown
    >;
    expect(value['self']).toBe(value);
    const state = value['symbol'] as Record<string, unknown>;
    expect(state['symbol']).toBe(state);
    expect(state['self']).toBe(value);
  });

  test('fetched late is a PyDict with `dict: map`, and has only what was there', () => {
    const data = bytes('](', tick, M, '}', M, '(', text('price'), float(1.5), 'ub', 'h', 1, 'e.');
    expect((read(data) as unknown[])[1]).toEqual({ price: 1.5 });
    const [, state] = read(data, { dict: 'map' }) as unknown[];
    expect(state).toBeInstanceOf(PyDict);
    expect([...(state as PyDict)]).toEqual([['price', 1.5]]);
  });

  test('takes the long way when BUILD does not follow', () => {
    expect(read(bytes('(', tick, '}(', attributes, 'ul.'))).toEqual([
      { symbol: '', price: 0, volume: 0 },
      { symbol: 'rb', price: 1.5, volume: 2 },
    ]);
    expect(read(bytes('(', tick, '}(', text('a'), 'tl.'))).toEqual([new Tick(), {}, ['a']]);
    expect(read(bytes('(', tick, '}(', text('a'), '1l.'))).toEqual([new Tick(), {}]);
    expect(read(bytes('(', tick, '}(0l.'))).toEqual([new Tick(), {}]);
  });

  test('takes slots, and the list of a dataclass with slots', () => {
    expect(read(bytes(tick, 'N}', text('price'), float(1.5), 's', 0x86, 'b.'))).toEqual({
      symbol: '',
      price: 1.5,
      volume: 0,
    });
    expect(read(bytes(tick, '](', text('rb'), float(1.5), float(2), 'eb.'))).toEqual({
      symbol: 'rb',
      price: 1.5,
      volume: 2,
    });
  });

  test('refuses attributes whose names are no strings', () => {
    expect(() => read(bytes(tick, '}(K', 1, 'K', 2, 'ub.'))).toThrow(UnpicklingError);
    expect(() => read(bytes(tick, '}(K', 1, 'ub.'))).toThrow(/key without a value/);
  });
});

describe('a call of a tuple', () => {
  test('gives the member of an enum, by any of its values, and the tuple to whoever fetches it', () => {
    expect(read(bytes(name('Side'), text('多'), 0x85, 'R.'))).toBe(BUY);
    expect(read(bytes(name('Side'), text('Long'), 0x85, M, 'R.'))).toBe(BUY);
    expect(read(bytes(name('Side'), 'K', 1, 0x85, 'R.'))).toBe(BUY);
    const [member, args] = read(bytes('](', name('Side'), text('Long'), 0x85, M, 'Rh', 0, 'e.')) as unknown[];
    expect(member).toBe(BUY);
    expect(args).toBeInstanceOf(Tuple);
    expect(args).toEqual(['Long']);
  });

  test('of more than the value of a member is kept as data', () => {
    const calls = [bytes(text('Long'), 'K', 5, 0x86), bytes(text('Long'), 'K', 5, 'K', 6, 0x87)];
    for (const [index, args] of calls.entries()) {
      const value = read(bytes(name('Side'), args, 'R.')) as PyObject;
      expect(value).toBeInstanceOf(PyObject);
      expect(value.args).toEqual(Tuple.of('Long', 5, 6).slice(0, index + 2));
    }
  });

  test('gives the member by name: through getattr and through a dotted name', () => {
    expect(read(bytes(name('getattr', 'builtins'), name('Side'), text('BUY'), 0x86, 'R.'))).toBe(BUY);
    expect(read(bytes(name('Side.BUY'), '.'))).toBe(BUY);
  });

  test('keeps an unknown member as data, and tells of it once', () => {
    const told: UnknownValue[] = [];
    const options = { onUnknown: (unknown: UnknownValue) => told.push(unknown) };
    const value = read(bytes(name('Side'), text('净'), 0x85, M, 'R.'), options);
    expect(value).toBeInstanceOf(PyObject);
    expect(value).toMatchObject({ class: { module: 'm', qualname: 'Side' }, args: ['净'] });
    expect(told).toMatchObject([{ kind: 'member', value: '净', global: { qualname: 'Side' } }]);
    read(bytes(name('getattr', 'builtins'), name('Side'), text('SELL'), 0x86, M, 'R.'), options);
    expect(told.slice(1)).toMatchObject([{ kind: 'member', value: 'SELL' }]);
    expect(read(dumps(value))).toEqual(value);
  });
});

describe('a call that is refused', () => {
  test('counts what it could copy once, also where the short way is tried first', () => {
    // 100 times a Decimal of a shared text of 1,000 characters that is no number.
    const shared = bytes(
      name('Decimal', 'decimal'),
      'q',
      0,
      '0',
      bytes('X', little(1000, 4), 'x'.repeat(1000)),
      'q',
      1,
      '0',
    );
    const data = bytes(shared, '](', ...Array<Uint8Array>(100).fill(bytes('h', 0, 'h', 1, 0x85, 'R')), 'e.');
    const allowance = 100_000 - 16 * data.length;
    expect(read(data, { maxText: allowance })).toHaveLength(100);
    expect(() => read(data, { maxText: allowance - 1 })).toThrow(expect.objectContaining({ code: 'LIMIT_TEXT' }));
  });
});

describe('a datetime', () => {
  const packed = Uint8Array.of(7, 0xe8, 5, 6, 9, 30, 1, 7, 0xa1, 0x20);
  const datetime = name('datetime', 'datetime');
  const moment = new PyDateTime(2024, 5, 6, 9, 30, 1, 500_000);

  test('is read in one stroke, and gives its bytes and arguments to whoever fetches them', () => {
    const data = bytes('](', datetime, 'C', 10, packed, M, 0x85, M, 'R', M, 'h', 0, 'h', 1, 'h', 2, 'h', 1, 'e.');
    const [value, content, args, again, sameArgs] = read(data) as unknown[];
    expect(value).toEqual(moment);
    expect(content).toEqual(packed);
    expect(args).toEqual([packed]);
    expect(args).toBeInstanceOf(Tuple);
    expect((args as unknown[])[0]).toBe(content);
    expect(again).toBe(value);
    expect(sameArgs).toBe(args);
  });

  test('takes its zone from the memo', () => {
    const zone = bytes(
      name('timezone', 'datetime'),
      name('timedelta', 'datetime'),
      'K',
      0,
      'M',
      0x80,
      0x70,
      'K',
      0,
      0x87,
      'R',
      0x85,
      'R',
      M,
    );
    const tail = (fetch: Uint8Array): Uint8Array =>
      bytes('](', zone, datetime, 'C', 10, packed, M, fetch, 0x86, M, 'R', M, 'h', 2, 'e.');
    for (const fetch of [bytes('h', 0), bytes('j', little(0, 4))]) {
      const [found, value, args] = read(tail(fetch)) as [PyTimeZone, PyDateTime, Tuple];
      expect(value.tzinfo).toBe(found);
      expect(value.toISOString()).toBe('2024-05-06T09:30:01.500000+08:00');
      expect(args[1]).toBe(found);
    }
  });

  test('with fields that are none stays the call that it is', () => {
    const wrong = Uint8Array.from(packed);
    wrong[4] = 99;
    const value = read(bytes(datetime, 'C', 10, wrong, M, 0x85, M, 'R.'));
    expect(value).toMatchObject({ class: new PyGlobal('datetime', 'datetime'), args: [wrong] });
    expect(() => read(bytes(datetime, 'C', 10, wrong, M, 0x85, M, 'R.'), { onReject: 'error' })).toThrow(/datetime/);
  });

  test.each([
    [
      'a fixed zone',
      bytes(
        'h',
        0,
        text('timezone'),
        M,
        0x93,
        M,
        'h',
        0,
        text('timedelta'),
        M,
        0x93,
        M,
        'K',
        0,
        'M',
        0x80,
        0x70,
        'K',
        0,
      ),
      bytes(0x87, M, 'R', M, 0x85, M, 'R', M, 0x86, M, 'R'),
      13,
    ],
    [
      'a zone of the IANA database',
      bytes(
        ...[text('builtins'), M, text('getattr'), M, 0x93, M, text('zoneinfo'), M, text('ZoneInfo'), M, 0x93, M],
        ...[text('_unpickle'), M, 0x86, M, 'R', M, text('Asia/Shanghai'), M, 'K', 1],
      ),
      bytes(0x86, M, 'R', M, 0x86, M, 'R'),
      17,
    ],
  ])('with %s leaves in the memo what the opcodes one by one would', (_, zone, calls, entries) => {
    const start = bytes(0x80, 4, '](', text('datetime'), M, 'h', 0, text('datetime'), M, 0x93, M, 'C', 10, packed, M);
    const value = bytes(start, zone, calls, M);
    // All of them in either order; and each entry stored anew before another is fetched.
    const all = Array.from({ length: entries + 1 }, (_, index) => index);
    const fetched = [all, all.toReversed(), ...all.map((index) => [index, index])].map((order) =>
      bytes(value, ...order.flatMap((index) => ['h', index]), 'e.'),
    );
    for (const index of all) {
      const anew = bytes(value, 'C', 10, new Uint8Array(10), 'q', index, ...all.flatMap((at) => ['h', at]), 'e.');
      // Also another datetime with what is there.
      const again = bytes(value, 'h', 2, 'C', 10, packed, M, 'h', index, 0x86, M, 'Re.');
      fetched.push(anew, again);
    }
    for (const data of fetched) {
      const steps = new Unpickler().loadSteps(data, 1);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      const fast = loads(data);
      expect(fast).toStrictEqual(step.value);
      expect(sharing(fast)).toEqual(sharing(step.value));
    }
    expect((loads(bytes(value, 'e.')) as unknown[])[1]).toBeInstanceOf(PyDateTime);
  });
});

describe('a dict of everything above a mark', () => {
  test('keeps its last value, also where the stack was never as high', () => {
    const reader = new Unpickler();
    for (let round = 0; round < 2; round++)
      expect(reader.load(bytes('(', text('a'), 'K', 1, text('b'), 'K', 2, 'd.'))).toEqual({ a: 1, b: 2 });
  });
});

describe('a dict that turns out to need a PyDict', () => {
  test('is one object wherever it was seen before', () => {
    // d = {}; [d, {'d': d}], then d[1] = d.
    const [first, holder] = read(bytes('](}', M, '}', text('d'), 'h', 0, 'sh', 0, 'K', 1, 'h', 0, 's0e.')) as [
      PyDict,
      { d: PyDict },
    ];
    expect(first).toBeInstanceOf(PyDict);
    expect(holder.d).toBe(first);
    expect(first.get(1)).toBe(first);
  });

  // That it takes time in proportion to the data, linear.test.ts measures.
  test('is found also when there are many, and values have two places', () => {
    const count = 40_000;
    const body = Buffer.alloc(6 * count, bytes('}', M, 'K', 1, 'Ns'));
    const value = read(bytes('](]2', body, 'e.')) as unknown[];
    expect(value).toHaveLength(count + 2);
    expect(value[2]).toBeInstanceOf(PyDict);
  });
});

describe('strings', () => {
  test('of every length and kind are what TextDecoder says, seen for the first or the second time', () => {
    const reader = new Unpickler();
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for (const unit of ['a', 'é', '多', '😀', 'a多', '\u0000', '\ufeff']) {
      for (let length = 0; length < 40; length++) {
        const value = unit.repeat(length);
        const utf8 = new TextEncoder().encode(value);
        if (utf8.length > 255) break;
        for (let round = 0; round < 2; round++)
          expect(reader.load(bytes(0x8c, utf8.length, utf8, '.'))).toBe(decoder.decode(utf8));
      }
    }
  });

  test('that differ in one byte are not taken for each other', () => {
    const reader = new Unpickler();
    const seen = new Set<unknown>();
    for (let length = 1; length <= 32; length++) {
      for (let at = 0; at < length; at++) {
        const value = 'x'.repeat(at) + 'y' + 'x'.repeat(length - at - 1);
        expect(reader.load(bytes(text(value), '.'))).toBe(value);
        seen.add(value);
      }
    }
    expect(seen.size).toBe(528);
  });

  test('that are damaged are an error at every length', () => {
    const reader = new Unpickler();
    for (const damaged of [[0xc3], [0x80], [0xe5, 0xa4], [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      for (const filler of ['', 'a', 'abc', 'abcdefgh', 'x'.repeat(40)]) {
        const content = bytes(filler, ...damaged);
        expect(() => reader.load(bytes(0x8c, content.length, content, '.'))).toThrow(/not valid UTF-8/);
      }
    }
  });
});
