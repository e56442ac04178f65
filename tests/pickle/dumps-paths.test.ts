/**
 * The fast paths of writing: calls in one stroke, prepared classes, runs of floats, keys by their place. They may be taken
 * only while no callback has to be asked of every object, so a `persistentId` that knows none turns them off; the bytes
 * must not change.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  dumps,
  loads,
  Pickler,
  PicklingError,
  PyDate,
  PyDateTime,
  PyDecimal,
  PyDict,
  PyFloat,
  PyGlobal,
  PyTime,
  PyTimeDelta,
  PyTimeZone,
  PyZoneInfo,
  Tuple,
} from 'vnpy-bridge/pickle';
import type { DumpsOptions } from 'vnpy-bridge/pickle';
import { PreparedMemo } from '../../src/pickle/encode/prepared-memo.js';
import { Exchange, TickData, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { eventually } from '../support/patience.js';

const SHARED = { shared: true };
const OFFSET = new PyTimeDelta(-1, 3600);

class Quote {
  symbol: unknown = '';
  datetime: unknown = null;
  bid: unknown = 0;
  ask: unknown = 0;
  last: unknown = 0;
  volume: unknown = 0;
  side: unknown = null;
}
class Message {
  type: unknown = '';
  data: unknown = null;
}
const BUY = Object.freeze({ side: 'buy' });
const SELL = Object.freeze(['sell']);
class Side {
  static readonly UP = Object.freeze(new Side('up'));
  static readonly DOWN = Object.freeze(new Side('down'));
  constructor(readonly name: string) {}
}

const float = (name: string): { name: string; float: true } => ({ name, float: true });
const registry = ClassRegistry.of(
  {
    kind: 'object',
    module: 'market.object',
    qualname: 'Quote',
    type: Quote,
    create: () => new Quote(),
    fields: [
      { name: 'symbol' },
      { name: 'datetime' },
      float('bid'),
      float('ask'),
      float('last'),
      float('volume'),
      { name: 'side' },
    ],
  },
  {
    kind: 'object',
    module: 'market.event',
    qualname: 'Message',
    type: Message,
    create: () => new Message(),
    fields: [{ name: 'type' }, { name: 'data' }],
  },
  {
    kind: 'enum',
    module: 'market.constant',
    qualname: 'Side',
    members: [
      { name: 'UP', values: ['up'], member: Side.UP },
      { name: 'DOWN', values: ['down'], member: Side.DOWN },
    ],
  },
);
/** Members that are a plain object and an array: nothing can be told from a prototype any more. */
const plainMembers = registry.with({
  kind: 'enum',
  module: 'market.constant',
  qualname: 'Plain',
  members: [
    { name: 'BUY', values: ['buy'], member: BUY },
    { name: 'SELL', values: ['sell'], member: SELL },
  ],
});
/** Other definitions of what has a fast path of its own. */
const replaced = registry.with(
  {
    kind: 'custom',
    module: 'my',
    qualname: 'Offset',
    type: PyTimeDelta,
    construct: () => new PyTimeDelta(),
    reduce: (value: PyTimeDelta) => ({ args: [{ days: value.days }, [value.seconds]], state: value.microseconds }),
    setState: () => undefined,
  },
  {
    kind: 'custom',
    module: 'datetime',
    qualname: 'datetime',
    type: PyDateTime,
    construct: () => new PyDateTime(2026, 1, 1),
    reduce: (value: PyDateTime) => ({ args: [value.toISOString(), value.tzinfo] }),
  },
);
/** A class under a number. */
const extended = registry.with({ kind: 'extension', module: 'market.object', qualname: 'Quote', code: 0x1234 });

const general = (value: unknown, options: DumpsOptions): Uint8Array =>
  dumps(value, { ...options, persistentId: () => undefined });

function expectSame(value: unknown, options: DumpsOptions = { registry }): Uint8Array {
  const fast = dumps(value, options);
  const slow = general(value, options);
  if (Buffer.compare(fast, slow) !== 0) expect(fast).toEqual(slow);
  return fast;
}

function quote(fields: Partial<Quote>): Quote {
  return Object.assign(new Quote(), fields);
}

const zone = PyTimeZone.ofMinutes(480);
const moment = (micro: number, tz: PyTimeZone | PyZoneInfo | null = null): PyDateTime =>
  new PyDateTime(2026, 1, 5, 9, 30, 0, micro, tz, micro % 2 === 0 ? 0 : 1);

const NUMBERS = [
  ...[0, 1, 255, 256, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300, 0.5, 5e-324],
  ...[-0, -1, -255, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53) + 1, -(2 ** 53), -1.5, NaN, Infinity, -Infinity],
];

const VALUES: Readonly<Record<string, unknown>> = {
  'a message': [
    '',
    Object.assign(new Message(), { type: 'tick', data: quote({ datetime: moment(1, zone), bid: 1.5 }) }),
  ],
  'messages of a shared class': [quote({ side: Side.UP }), quote({ side: Side.UP }), quote({ side: Side.DOWN })],
  'numbers that are no numbers': [quote({ ask: null }), quote({ last: 2n ** 70n }), quote({ volume: '7', bid: 3 })],
  'a name that a run has and another class wrote before': [{ bid: 1 }, quote({}), { bid: 2, ask: 3 }, quote({})],
  'attributes that nobody declared': [Object.assign(quote({}), { bid_2: 1.5, module: 'x' }), quote({})],
  'an attribute less': [Object.assign(Object.create(Quote.prototype) as Quote, { symbol: 'a', bid: 1 }), quote({})],
  'datetimes, naive and not': [
    moment(0),
    moment(1),
    moment(2, zone),
    moment(3, zone),
    moment(4, new PyZoneInfo('UTC')),
  ],
  'zones of their own': [
    moment(1, PyTimeZone.ofMinutes(480)),
    moment(2, PyTimeZone.ofMinutes(480)),
    moment(3, PyTimeZone.ofMinutes(-90, 'named')),
    moment(4, new PyTimeZone(OFFSET)),
    moment(5, new PyTimeZone(OFFSET)),
    OFFSET,
    new PyTime(1, 2, 3, 4, new PyTimeZone(new PyTimeDelta(0, 3600, 1))),
  ],
  'one datetime in two places': [twice(moment(5, zone)), twice(new PyDate(2024, 2, 29))],
  times: [new PyTime(1, 2, 3, 999_999), new PyTime(23, 59, 59, 4, zone, 1), new PyTime(0, 0, 0, 0, null, 1)],
  timedeltas: [new PyTimeDelta(), new PyTimeDelta(-1, 5, 7), new PyTimeDelta(999_999_999, 86_399, 999_999)],
  'zones with a name': [PyTimeZone.ofMinutes(-60, 'x'.repeat(84)), PyTimeZone.ofMinutes(-60, '多'.repeat(86)), zone],
  decimals: [new PyDecimal('1.50'), new PyDecimal('NaN'), new PyDecimal(`0.${'3'.repeat(200)}`)],
  'a Date': [new Date(86_400_000), new Date(0)],
  'names, registered and not': [
    new PyGlobal('market.object', 'Quote'),
    quote({}),
    new PyGlobal('market.object', 'Unknown'),
    new PyGlobal('market.object', 'Unknown'),
    new PyGlobal('datetime', 'datetime'),
    moment(1),
    new PyGlobal('other', 'Quote'),
    Quote,
    Side.UP,
    'market.object',
    'Quote',
  ],
  'an unregistered name before a registered one of its module': [
    new PyGlobal('market.constant', 'Unknown'),
    Side.UP,
    'market.constant',
  ],
  'dicts of the same keys': Array.from({ length: 50 }, (_, n) => ({ symbol: `s${n}`, price: n / 2, n, ok: true })),
  'dicts of other keys in the same places': [
    { a: 1, b: 2 },
    { b: 1, a: 2 },
    { a: 1, b: 2, c: 3 },
    { c: 1 },
    { a: 1, b: 2 },
  ],
  'dicts of floats that are integral, and of what is shared': [
    { a: new PyFloat(1), b: SHARED, c: null, d: undefined },
    { a: new PyFloat(1), b: SHARED, c: [SHARED], d: 2n ** 65n },
    { a: SHARED },
    { a: [] },
    { a: {}, b: { a: 1 } },
    {},
  ],
  'long lists and dicts': [
    Array.from({ length: 2100 }, (_, n) => (n % 3 === 0 ? SHARED : [n])),
    Object.fromEntries(Array.from({ length: 2100 }, (_, n) => [`key ${n}`, n % 3 === 0 ? SHARED : { n }])),
    [SHARED],
  ],
  'runs of numbers of every size, and what ends them': [
    NUMBERS,
    [...NUMBERS, 'text', ...NUMBERS, null, 1, 2n, 2, [], 3, new PyFloat(4), 5, true, undefined, 6],
    Array.from({ length: 2100 }, (_, n) => n * 37),
    Array.from({ length: 2100 }, (_, n) => (n % 500 === 0 ? String(n) : n * 0.37)),
  ],
  'runs of what has been written': [
    Array.from({ length: 300 }, (_, n) => [n]),
    SHARED,
    [SHARED, SHARED, 1, SHARED, null, SHARED, 'text', SHARED, new PyFloat(1), SHARED, zone, SHARED, 2.5, {}, SHARED],
  ].flatMap((item, _, all) => [item, item, all[0]]),
  'a dict in a dict, with its key': [{ a: { a: { b: 1 }, b: 2 }, b: 3 }, new PyDict([['a', { b: 1 }]])],
  'keys that are long, many, or no ASCII': [
    Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`key ${n}`, n])),
    { ['k'.repeat(300)]: 1, 键: 2 },
    { ['k'.repeat(300)]: 1, 键: 2 },
    Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`key ${n}`, n])),
  ],
  'members that are plain': [BUY, SELL, { side: 'buy' }, ['sell'], BUY, SELL],
  'bytes and buffers': [Uint8Array.of(1, 2), Buffer.from('ab'), new Uint8Array(300), new Float64Array(2)],
};

function twice(value: object): unknown {
  return [value, { again: value }];
}

describe('a fast path writes what the general way writes', () => {
  for (const [name, value] of Object.entries(VALUES)) {
    test.each([4, 5])(`${name}, protocol %i`, (protocol) => {
      for (const known of [registry, plainMembers, extended, replaced, ClassRegistry.empty]) {
        const options = { registry: known, protocol };
        let refused: unknown;
        try {
          dumps(value, options);
        } catch (error) {
          refused = error;
        }
        if (refused !== undefined) {
          expect(refused).toBeInstanceOf(PicklingError);
          expect(() => general(value, options)).toThrow((refused as Error).message);
        } else {
          expectSame(value, options);
        }
      }
    });
  }

  test('at every place before the end of a frame', () => {
    const value = (filler: number): unknown => [
      new Uint8Array(filler),
      quote({ symbol: 'a', datetime: moment(1, zone), side: Side.UP }),
      { price: 1.5, when: moment(2, zone), side: Side.DOWN },
      { price: 2.5, when: moment(3, PyTimeZone.ofMinutes(60)), side: Side.DOWN },
      quote({ symbol: 'b', bid: 1 }),
    ];
    // From all in one frame to all in the next; the two things of 2 KiB and less that look ahead are in between.
    for (let filler = 62_800; filler < 65_536; filler += filler > 64_900 ? 1 : 13) expectSame(value(filler));
  });

  test('with the end of a frame at every place of a run', () => {
    const items = Array.from({ length: 300 }, (_, n) => [n]);
    const run = [...NUMBERS.flatMap((number) => [number, 0.5, items]), ...items];
    for (let filler = 64_000; filler < 65_536; filler += filler > 65_100 ? 1 : 11)
      expectSame([items, SHARED, new Uint8Array(filler - 1_200), run]);

    expectSame(Array.from({ length: 40_000 }, (_, n) => (n % 7 === 0 ? n : n / 2)));
  });

  test('with the place of a hole, of what cannot be written, and of the limit of bytes after a run', () => {
    const sparse = [1, 2, 3];
    sparse[4] = 5;
    expect(() => dumps(sparse)).toThrow(/\(at \$\[3\]\)/);
    expect(() => dumps([1, 2.5, () => 1])).toThrow(/\(at \$\[2\]\)/);
    const many = new Array<number>(40_000).fill(0.5);
    const place = (options: DumpsOptions): unknown => {
      try {
        dumps(many, options);
      } catch (error) {
        return error instanceof PicklingError ? error.path : error;
      }
      return undefined;
    };
    expect(place({ maxBytes: 50_000 })).toMatch(/^\$\[\d+\]$/);
    expect(place({ maxBytes: 50_000 })).toBe(place({ maxBytes: 50_000, persistentId: () => undefined }));
  });

  test('at every depth at which calls give way to tasks', () => {
    for (let depth = 24; depth < 40; depth++) {
      let value: unknown = [
        moment(1, zone),
        { a: moment(2, PyTimeZone.ofMinutes(1)) },
        Side.UP,
        quote({ side: Side.UP }),
      ];
      for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
      expectSame(value);
    }
  });

  test('for any nesting of all of them', () => {
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(null, true, Side.UP, Side.DOWN, zone, moment(1, zone), new PyGlobal('m', 'C')),
      fc.integer(),
      fc.double(),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.integer({ min: 0, max: 999_999 }).map((micro) => moment(micro, micro % 3 === 0 ? zone : null)),
      fc.integer({ min: -1000, max: 1000 }).map((minutes) => PyTimeZone.ofMinutes(minutes)),
      fc.uint8Array({ maxLength: 260 }),
    );
    const any = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, depthSize: 'medium' },
        leaf,
        fc.array(tie('value'), { maxLength: 6 }),
        fc.array(tie('value'), { maxLength: 5 }).map((items) => Tuple.from(items)),
        fc.dictionary(fc.constantFrom('a', 'b', 'bid', 'symbol', 'datetime'), tie('value')),
        fc
          .record({ symbol: tie('value'), bid: fc.oneof(fc.double(), tie('value')), side: tie('value') })
          .map((fields) => quote(fields)),
      ),
    })).value;
    fc.assert(
      fc.property(any, (value) => {
        expectSame([value, value]);
      }),
      { numRuns: 1000, seed: 20_260_107 },
    );
  });
});

describe('a Pickler that has written before', () => {
  test('writes the same bytes as a new one', () => {
    const used = new Pickler({ registry });
    for (let round = 0; round < 3; round++) {
      for (const [name, value] of Object.entries(VALUES)) {
        if (name === 'members that are plain') continue;
        expect(used.dump(value), name).toEqual(new Pickler({ registry }).dump(value));
      }
    }
  });

  test('writes the same bytes after an error in the middle of everything', () => {
    const used = new Pickler({ registry });
    const good = ['a', { a: 1, b: quote({ side: Side.UP }) }, moment(1, zone)];
    const expected = new Pickler({ registry }).dump(good);
    for (let round = 0; round < 3; round++) {
      let deep: unknown = [moment(1, zone), 'text', { a: quote({}), b: [() => 1] }];
      for (let level = 0; level < 20 * round; level++) deep = [deep, { a: 'a' }];
      expect(() => used.dump(deep)).toThrow(PicklingError);
      expect(used.dump(good)).toEqual(expected);
    }
  });

  test('gives a pickle of its own each time', () => {
    const used = new Pickler();
    for (const size of [1, 1000, 100_000, 200_000, 3_000_000]) {
      const first = used.dump(new Uint8Array(size).fill(1));
      const copy = first.slice();
      const second = used.dump(new Uint8Array(size).fill(2));
      expect(second.buffer).not.toBe(first.buffer);
      expect(Buffer.compare(first, copy)).toBe(0);
      expect((loads(second) as Uint8Array)[size - 1]).toBe(2);
    }
  });

  test('tells nothing of one pickle in the buffer of another', () => {
    const used = new Pickler();
    const secret = 'the secret of another pickle';
    for (const size of [0, 10, 100, 1000, 100_000, 150_000, 600_000]) {
      used.dump([secret, 'x'.repeat(size), secret]);
      const { buffer } = used.dump(['y'.repeat(size)]);
      expect(Buffer.from(buffer).includes(secret)).toBe(false);
    }
  });
});

describe('a text', () => {
  test('of every length and kind comes back, and is written once', () => {
    const writer = new Pickler();
    for (const unit of ['a', '\u0000', '\u007f', '\u0080', 'é', '多', '😀', '\ud800']) {
      for (let length = 0; length <= 90; length++) {
        for (const text of [unit.repeat(length), `${'x'.repeat(length)}${unit}`, `${unit}${'x'.repeat(length)}`]) {
          const data = writer.dump([text, `${text}.`, text]);
          expect(loads(data)).toEqual([text, `${text}.`, text]);
          // BINGET of the second entry in the memo, APPENDS, STOP.
          expect([...data.subarray(-4)]).toEqual([0x68, 1, 0x65, 0x2e]);
        }
      }
    }
  });

  test('is found again, and no other is taken for it, in more pickles than the table counts', () => {
    const writer = new Pickler();
    const first = writer.dump(['a', 'b', 'a']);
    const second = writer.dump(['b', 'a', 'a']);
    for (let round = 0; round < 5000; round++) {
      const data = round % 2 === 0 ? writer.dump(['a', 'b', 'a']) : writer.dump(['b', 'a', 'a']);
      if (Buffer.compare(data, round % 2 === 0 ? first : second) !== 0) expect(data).toEqual(round);
    }
  });

  test('is not taken for one of a pickle so long ago that the count of pickles has come round', () => {
    const expected = dumps(['late']);
    for (let between = 4090; between < 4100; between++) {
      const writer = new Pickler();
      writer.dump([...Array.from({ length: 50 }, (_, n) => `text ${n}`), 'late']);
      for (let round = 0; round < between; round++) writer.dump(null);
      expect(writer.dump(['late'])).toEqual(expected);
    }
  });

  test('comes back also when there are more than the table holds', () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => `text ${n % 9000} ${'多'.repeat(n % 3)}`);
    expect(loads(dumps(texts))).toEqual(texts);
  });
});

describe('the memo of prepared names', () => {
  test('forgets between two pickles, also where its numbers begin again', () => {
    const memo = new PreparedMemo();
    for (let round = 0; round < 6; round++) {
      expect(memo.get(1)).toBeLessThan(0);
      expect(memo.hasNone(Int32Array.of(1, 2))).toBe(true);
      memo.set(1, 7);
      memo.setAll(Int32Array.of(2, 3), 0x3000_0000);
      expect([memo.get(1), memo.get(2), memo.get(3)]).toEqual([7, 0x3000_0000, 0x3000_0001]);
      expect(memo.hasNone(Int32Array.of(4, 3))).toBe(false);
      memo.clear();
    }
  });

  test('holds as many as it has been given room for', () => {
    const memo = new PreparedMemo();
    memo.set(3, 5);
    memo.grow(100_000);
    memo.set(99_999, 6);
    expect([memo.get(3), memo.get(99_999)]).toEqual([5, 6]);
  });
});

describe('a getter that throws', () => {
  const cause = new Error('not now');
  const failing = {
    get price(): number {
      throw cause;
    },
  };

  test('is named by its own path, in a dict', () => {
    const value = {
      list: [{ name: 'a' }, Object.defineProperties({ name: 'b' }, Object.getOwnPropertyDescriptors(failing))],
    };
    expect(() => dumps(value)).toThrow(
      expect.objectContaining({ code: 'CALLBACK_FAILED', path: '$.list[1].price', cause }) as Error,
    );
  });

  test('is named by its own path, in an instance', () => {
    const value = Object.defineProperty(quote({}), 'last', { enumerable: true, get: () => failing.price });
    expect(() => dumps([value], { registry })).toThrow(
      expect.objectContaining({ code: 'CALLBACK_FAILED', path: '$[0].last', cause }) as Error,
    );
  });

  test('that throws only once has the path of its object', () => {
    let calls = 0;
    const value = {
      get once(): number {
        if (calls++ === 0) throw cause;
        return 1;
      },
    };
    expect(() => dumps([value])).toThrow(expect.objectContaining({ path: '$[0]', cause }) as Error);
  });
});

describe('pickles that share a buffer', () => {
  const sizes = [0, 1, 100, 1000, 4000, 5000, 16_000, 200_000];
  const values = Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(sizes[index % sizes.length] ?? 0, 'x'));

  test('have the bytes that they have without, and keep them', () => {
    const pickler = new Pickler({ pool: true });
    const pooled = values.flatMap((value) => [pickler.dump(value), dumps([value], { pool: true })]);
    const alone = values.flatMap((value) => [dumps(value), dumps([value])]);
    for (const [index, bytes] of pooled.entries())
      expect(Buffer.compare(bytes, alone[index] ?? bytes.slice(1))).toBe(0);
  });

  test('are few to a buffer of 16 KiB; a large one has its own', () => {
    const pickler = new Pickler({ pool: true });
    const small = Array.from({ length: 100 }, (_, index) => pickler.dump('x'.repeat(1000) + String(index)));
    const buffers = new Set(small.map(({ buffer }) => buffer));
    expect([...buffers].map(({ byteLength }) => byteLength)).toEqual(Array.from(buffers, () => 16_384));
    expect(buffers.size).toBe(7);
    const large = pickler.dump('x'.repeat(10_000));
    expect(large.buffer.byteLength).toBe(large.length);
  });

  test('go on after a value that cannot be written', () => {
    const pickler = new Pickler({ pool: true });
    const before = pickler.dump(['before']);
    expect(() => pickler.dump(['x'.repeat(3000), Symbol('none')])).toThrow(PicklingError);
    const after = pickler.dump(['after']);
    expect([before, after].map((bytes) => loads(bytes))).toEqual([['before'], ['after']]);
  });

  test('are asked for: others have a buffer each', () => {
    dumps('a', { pool: true });
    for (const bytes of [dumps('b'), new Pickler().dump('c')]) expect(bytes.buffer.byteLength).toBe(bytes.length);
  });
});

describe('the attributes of an instance', () => {
  class Declared {
    volume: unknown = 10;
    price: unknown = 3.5;
    name: unknown = 'x';
  }
  // Declared in another order than the properties are made in.
  const declared = ClassRegistry.of({
    kind: 'object',
    module: 'm',
    qualname: 'Declared',
    type: Declared,
    create: () => new Declared(),
    fields: [{ name: 'name' }, float('price'), { name: 'volume' }],
  });

  test.each([0, 1, 2, 3, 4, 5])('keep their values in whatever order they were set, at protocol %d', (protocol) => {
    const again = new Declared();
    delete again.volume;
    again.volume = 11;
    const more = Object.assign(new Declared(), { extra: 1 });
    const fewer = new Declared();
    delete fewer.price;
    const bare = Object.assign(Object.create(Declared.prototype) as Declared, { price: 1, name: 'y', volume: 2 });
    for (const value of [new Declared(), again, more, bare]) {
      const read = loads(dumps(value, { registry: declared, protocol }), { registry: declared }) as object;
      expect(new Map(Object.entries(read))).toEqual(new Map(Object.entries(value)));
    }
    const inert = loads(dumps(fewer, { registry: declared, protocol })) as { steps: { state: unknown }[] };
    expect(inert.steps.at(-1)?.state).toEqual({ name: 'x', volume: 10 });
  });

  test('of a tick keep their values in whatever order they were set', () => {
    const datetime = new PyDateTime(2026, 11, 20, 21, 0, 0);
    const about = { symbol: 'rb2705', exchange: Exchange.SHFE, gateway_name: 'CTP', datetime };
    const tick = new TickData({ ...about, last_price: 3500, volume: 7, name: '螺纹钢' });
    const reversed = Object.create(TickData.prototype) as Record<string, unknown>;
    for (const [name, value] of Object.entries(tick).reverse()) reversed[name] = value;
    const read = loads(dumps(reversed, { registry: vnpyRegistry }), { registry: vnpyRegistry });
    expect(read).toEqual(tick);
    expect(dumps(reversed, { registry: vnpyRegistry })).toEqual(dumps(tick, { registry: vnpyRegistry }));
  });

  test('do not get the values of others when a getter removes some', () => {
    const record = {
      get a(): number {
        delete (this as { b?: number }).b;
        return 1;
      },
      b: 2,
      c: 3,
    };
    expect(() => dumps([record])).toThrow(
      expect.objectContaining({ code: 'CALLBACK_FAILED', path: '$[0]' }) as PicklingError,
    );
  });
});

describe('what a Pickler keeps', () => {
  test('is nothing of a large pickle', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const pickler = new Pickler();
    collect();
    const before = process.memoryUsage().arrayBuffers;
    const large = (): number => pickler.dump(Array.from({ length: 1_000_000 }, (_, index) => index + 0.5)).length;
    expect(large()).toBeGreaterThan(9_000_000);
    // V8 sweeps array buffers on another thread: what a collection freed is counted later.
    await eventually(() => {
      collect();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    });
    expect(pickler.dump(1)).toBeInstanceOf(Uint8Array);
  });

  test('is no name that the next pickle would lack', () => {
    const fields = Array.from({ length: 503 }, (_, index) => ({ name: `f${index}` }));
    const many = registry.with(
      { kind: 'object', module: 'm', qualname: 'Many', type: Message, create: () => new Message(), fields },
      { kind: 'object', module: 'm', qualname: 'B', type: Quote, create: () => new Quote(), fields: [{ name: 'zzz' }] },
    );
    const pickler = new Pickler({ registry: many });
    const value = [new Message(), new PyGlobal('zzz', 'q1'), new PyGlobal('zzz', 'q2')];
    expect(pickler.dump(value)).toEqual(pickler.dump(value));
  });
});

describe('the path to a value that is nested too deep', () => {
  test('names its beginning and its end', () => {
    let value: unknown = 1;
    for (let level = 0; level < 20_000; level++) value = [value];
    try {
      dumps({ deep: value });
      expect.unreachable();
    } catch (error) {
      const { code, path } = error as PicklingError;
      expect(code).toBe('LIMIT_DEPTH');
      expect(path).toMatch(/^\$\.deep\[0\].*…\(9936 levels\)….*\[0\]$/);
      expect(path.length).toBeLessThan(300);
    }
  });
});
