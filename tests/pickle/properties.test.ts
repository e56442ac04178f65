/** What holds for any value and for any bytes. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, vi, test } from 'vitest';
import {
  ByteArray,
  Complex,
  dumps,
  Ellipsis,
  FrozenSet,
  loads,
  OPCODES,
  Pickler,
  PicklingError,
  PyDate,
  PyDateTime,
  Deque,
  OrderedDict,
  PyDict,
  PyFloat,
  PyGlobal,
  PyObject,
  PyTime,
  PyTimeDelta,
  PyTimeZone,
  PyZoneInfo,
  Tuple,
  Unpickler,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import { toBase64 } from '../support/bytes.js';
import { describeValue } from '../support/describe.js';
import { startPyodide } from '../support/python.js';
import type { Python } from '../support/python.js';

/** Any text, lone surrogates included. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
);
/** Text that Python has no one object for, and a dict no order problem with. */
const key = fc.string({ minLength: 2, maxLength: 12 });
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
  fc.bigInt({ min: -(2n ** 3000n), max: 2n ** 3000n }).filter((value) => !Number.isSafeInteger(Number(value))),
);
const float = fc
  .double()
  .map((value) => (Number.isInteger(value) && !Object.is(value, -0) ? new PyFloat(value) : value));
const binary = fc.uint8Array({ maxLength: 300 });
const scalar = fc.oneof(fc.constant(null), fc.boolean(), integer, float, text, binary);

const dateTimeWith = (fold: 0 | 1): fc.Arbitrary<PyDateTime> =>
  fc
    .record({
      year: fc.integer({ min: 1, max: 9999 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      second: fc.integer({ min: 0, max: 59 }),
      microsecond: fc.integer({ min: 0, max: 999_999 }),
      // Only protocols 4 and 5 carry it, in CPython as here.
      fold: fc.constantFrom<0 | 1>(0, fold),
      zone: fc.oneof(
        fc.constant(null),
        fc.constant(PyTimeZone.utc),
        fc.integer({ min: -1439, max: 1439 }).map((minutes) => PyTimeZone.ofMinutes(minutes)),
        fc.constantFrom('Asia/Shanghai', 'America/New_York').map((name) => new PyZoneInfo(name)),
      ),
    })
    .map(
      ({ year, month, day, hour, minute, second, microsecond, zone, fold }) =>
        new PyDateTime(year, month, day, hour, minute, second, microsecond, zone, fold),
    );

const dateTime = dateTimeWith(0);

const special = fc.oneof(
  dateTime,
  dateTime.map(({ year, month, day }) => new PyDate(year, month, day)),
  dateTime.map(
    ({ hour, minute, second, microsecond, fold }) => new PyTime(hour, minute, second, microsecond, null, fold),
  ),
  fc
    .tuple(
      fc.integer({ min: -999_999_999, max: 999_999_998 }),
      fc.integer({ min: 0, max: 86_399 }),
      fc.integer({ min: 0, max: 999_999 }),
    )
    .map(([days, seconds, microseconds]) => new PyTimeDelta(days, seconds, microseconds)),
  fc.tuple(fc.double(), fc.double()).map(([real, imag]) => new Complex(real, imag)),
  fc.constant(Ellipsis),
  binary.map((data) => new ByteArray(data)),
  fc
    .tuple(key, key)
    .map(([module, name]) => new PyGlobal(`m${module.replace(/[^a-z]/g, '')}`, `C${name.replace(/[^a-z]/g, '')}`)),
);

/** Keys that Python can hash, of all kinds. */
const hashable = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 2 },
    scalar,
    dateTime,
    fc.array(tie('key'), { maxLength: 3 }).map((items) => Tuple.from(items)),
  ),
})).key;

/** Trees of every kind of value that can be written without a registry. */
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    special,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => Tuple.from(items)),
    fc.array(fc.tuple(hashable, tie('value')), { maxLength: 5 }).map((entries) => new PyDict(entries)),
    // With `lossless`, keys that JavaScript would reorder or take for the prototype are in a PyDict.
    fc
      .dictionary(
        key.filter((name) => !/^\d+$/.test(name) && name !== '__proto__'),
        tie('value'),
        { maxKeys: 5 },
      )
      .map((object) => ({ ...object })),
    fc
      .array(scalar, { maxLength: 4 })
      .map((items) => new FrozenSet(new PyDict(items.map((item) => [item, 0] as const)).keys())),
    fc
      .array(scalar, { maxLength: 4 })
      .map((items) => new Set(new PyDict(items.map((item) => [item, 0] as const)).keys())),
    fc
      .record({
        args: fc.array(tie('value'), { maxLength: 3 }),
        state: fc.dictionary(
          key.filter((name) => !/^\d+$/.test(name) && name !== '__proto__'),
          tie('value'),
          { maxKeys: 3, noNullPrototype: true },
        ),
      })
      .map(
        ({ args, state }) =>
          new PyObject(new PyGlobal('shop', 'Order'), Tuple.from(args), 'new', undefined, [{ kind: 'state', state }]),
      ),
  ),
})).value;

/** Only what CPython's bytes are reproduced for. */
const plainValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(fc.constant(null), fc.boolean(), integer, float, key, fc.uint8Array({ minLength: 2, maxLength: 300 })),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => Tuple.from(items)),
    fc.dictionary(
      key.filter((name) => !/^\d+$/.test(name) && name !== '__proto__'),
      tie('value'),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value;

const protocol = fc.integer({ min: 0, max: 5 });

/** Bytes that look like a pickle: opcodes with arguments that often make sense. */
const opcodeSoup = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...OPCODES).map(({ code }) => [code]) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => [byte]) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          [0x8c, 1, 0x61],
          [0x4b, 1],
          [0x5d],
          [0x7d],
          [0x28],
          [0x29],
          [0x94],
          [0x68, 0],
          [0x4e],
          [0x63, 0x6d, 0x0a, 0x43, 0x0a],
        ),
      },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('I1\n', 'F1.5\n', 'Vab\n', "S'a'\n", 'p0\n', 'g0\n')
          .map((line) => [...Buffer.from(line)]),
      },
    ),
    { maxLength: 40 },
  )
  .map((parts) => Uint8Array.from([...parts.flat(), 0x2e]));

// The same values in every run of `npm test`; `npm run fuzz` sets others, and more of them.
const scale = process.env['FUZZ_SECONDS'] === undefined ? 1 : 20;
vi.setConfig({ testTimeout: 60_000 * scale, hookTimeout: 60_000 });
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED'] ?? (scale === 1 ? 20_260_105 : Date.now() % 2 ** 31)) });

describe('any value', () => {
  test('comes back equal, with the same types and sharing, at every protocol', () => {
    fc.assert(
      fc.property(anyValue, protocol, (value, chosen) => {
        const back = loads(dumps(value, { protocol: chosen }), { lossless: true });
        expect(describeValue(back)).toEqual(describeValue(value));
      }),
      { numRuns: 400 * scale },
    );
  });

  test('is written to the same bytes a second time, and by what was read', () => {
    fc.assert(
      fc.property(anyValue, protocol, (value, chosen) => {
        const first = dumps(value, { protocol: chosen });
        expect(dumps(value, { protocol: chosen })).toEqual(first);
        const again = dumps(loads(first, { lossless: true }), { protocol: chosen });
        expect(dumps(loads(again, { lossless: true }), { protocol: chosen })).toEqual(again);
      }),
      { numRuns: 400 * scale },
    );
  });

  test('keeps what is shared as one object, and what is not as two', () => {
    fc.assert(
      fc.property(
        fc.array(anyValue, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(3), { maxLength: 8 }),
        protocol,
        (values, picks, chosen) => {
          const graph: unknown[] = [values, ...picks.map((pick) => values[pick % values.length]), { again: values }];
          graph.push(Tuple.of(graph));
          const back = loads(dumps(graph, { protocol: chosen }), { lossless: true });
          expect(describeValue(back)).toEqual(describeValue(graph));
        },
      ),
      { numRuns: 400 * scale },
    );
  });
});

describe('any bytes', () => {
  const reader = new Unpickler({ maxDepth: 200, maxDigits: 1000, maxText: 100_000 });
  const good = dumps(['still', 'works', { a: 1 }]);

  const check = (data: Uint8Array): void => {
    let failed = false;
    try {
      reader.load(data);
    } catch (error) {
      failed = true;
      if (!(error instanceof UnpicklingError) || error.code === 'INTERNAL') throw error;
      expect(error.message).not.toBe('');
      expect(error.offset ?? 0).toBeLessThanOrEqual(data.length);
    }
    if (failed) expect(reader.load(good)).toEqual(['still', 'works', { a: 1 }]);
  };

  test('give a value or an UnpicklingError, and the decoder still works', () => {
    const before = Reflect.ownKeys(Object.prototype);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 2000 * scale });
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
  });

  test('that are made of opcodes too', () => {
    const before = Reflect.ownKeys(Object.prototype);
    fc.assert(fc.property(opcodeSoup, check), { numRuns: 5000 * scale });
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
  });

  test('that give a value can be written again, or name what cannot', () => {
    let written = 0;
    fc.assert(
      fc.property(opcodeSoup, (data) => {
        let value: unknown;
        try {
          value = loads(data, { lossless: true, maxDepth: 200 });
        } catch {
          return;
        }
        try {
          dumps(value);
          written++;
        } catch (error) {
          if (!(error instanceof PicklingError) || error.code === 'INTERNAL') throw error;
        }
      }),
      { numRuns: 5000 * scale },
    );
    expect(written).toBeGreaterThan(20);
  });
});

describe('the fold of a datetime', () => {
  test('comes back at protocols 4 and 5', () => {
    fc.assert(
      fc.property(dateTimeWith(1), fc.integer({ min: 4, max: 5 }), (value, chosen) => {
        expect(loads(dumps(value, { protocol: chosen }))).toEqual(value);
      }),
    );
  });
});

describe('a Pickler', () => {
  test('still works after a value that it refuses', () => {
    const writer = new Pickler();
    const good = writer.dump(['a', { b: 1 }]);
    for (const bad of [[() => 1], { a: Symbol('x') }, new PyDict([['k', new Date(NaN)]])]) {
      expect(() => writer.dump(bad)).toThrow(PicklingError);
      expect(writer.dump(['a', { b: 1 }])).toEqual(good);
    }
  });
});

describe('a real CPython 3.14', () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPyodide();
  });
  afterAll(() => python[Symbol.asyncDispose]());

  test('loads any value to an equal one', async () => {
    const samples = fc
      .sample(fc.tuple(anyValue, protocol), { numRuns: 1500 })
      .filter(([value]) => !JSON.stringify(describeValue(value)).includes('"global"'));
    const answers = await python.loads(
      samples.map(([value, chosen]) => ({ bytes: toBase64(dumps(value, { protocol: chosen })) })),
    );
    const different: string[] = [];
    samples.forEach(([value], index) => {
      const expected = describeValue(value);
      if (JSON.stringify(answers[index]) !== JSON.stringify({ value: expected }))
        different.push(`${JSON.stringify(expected)}: ${JSON.stringify(answers[index])}`.slice(0, 800));
    });
    expect(samples.length).toBeGreaterThan(800);
    expect(different, different.slice(0, 3).join('\n')).toEqual([]);
  });

  test('writes any plain value to the same bytes at protocols 2 to 5', async () => {
    const samples = fc.sample(fc.tuple(plainValue, fc.integer({ min: 2, max: 5 })), {
      numRuns: 1500,
      seed: 20_260_106,
    });
    const answers = await python.redump(
      samples.map(([value, chosen]) => ({ protocol: chosen, bytes: toBase64(dumps(value, { protocol: chosen })) })),
    );
    const different: string[] = [];
    samples.forEach(([value, chosen], index) => {
      const answer = answers[index] ?? { error: 'no answer' };
      if ('error' in answer || answer.given !== answer.own)
        different.push(`${JSON.stringify(describeValue(value))} at ${chosen}: ${JSON.stringify(answer)}`.slice(0, 800));
    });
    expect(different, different.slice(0, 3).join('\n')).toEqual([]);
  });

  test('writes batches of 1000 to the same bytes at protocols 2 to 5', async () => {
    const values = [0, 1, 999, 1000, 1001, 2000, 2001].flatMap((count) => {
      const numbers = Array.from({ length: count }, (_, index) => index);
      const entries = numbers.map((number): [string, number] => [`k${number}`, number]);
      return [
        numbers,
        Object.fromEntries(entries),
        new PyDict(entries),
        new Set(numbers),
        new OrderedDict(entries),
        new Deque(numbers),
      ];
    });
    const samples = values.flatMap((value) => [2, 3, 4, 5].map((chosen) => ({ value, protocol: chosen })));
    const answers = await python.redump(
      samples.map(({ value, protocol: chosen }) => ({
        protocol: chosen,
        bytes: toBase64(dumps(value, { protocol: chosen })),
      })),
    );
    const different = samples.filter((_, index) => {
      const answer = answers[index] ?? { error: 'no answer' };
      return 'error' in answer || answer.given !== answer.own;
    });
    const named = different.map(({ value, protocol: chosen }) => `${value.constructor.name} at ${chosen}`);
    expect(named).toEqual([]);
  });
});
