/** What no Python, and what not every Python, can load: refused before it is sent. interop/pickle.test.ts asks Python. */
import { describe, expect, vi, test } from 'vitest';
import {
  ClassRegistry,
  DefaultDict,
  dumps,
  loads,
  NDArray,
  PersistentId,
  PicklingError,
  PyDateTime,
  PyGlobal,
  PyIpAddress,
  PyObject,
  PyPath,
  PyTimeZone,
  PytzZone,
  PyUuid,
  PyZoneInfo,
  Tuple,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import type { DumpsOptions, ForeignPolicy } from 'vnpy-bridge/pickle';
import { ZONE_NAMES } from '../../src/pickle/values/zone-names.js';
import { call, REFUSED, RIGHT_IPS, writtenByHand } from '../support/refused.js';
import { rowClass } from '../support/rows.js';
import { caught } from '../support/caught.js';

describe('what no Python can load', () => {
  test.each(REFUSED.map((row) => [row.title, row] as const))('%s is refused', (_, { make, options, code, path }) => {
    let value: unknown;
    try {
      value = make();
    } catch (error) {
      // Made with the wrong arguments: as with every constructor of JavaScript.
      expect(code === undefined || code === 'UNHASHABLE').toBe(true);
      expect(error).toSatisfy((thrown) => thrown instanceof RangeError || thrown instanceof TypeError);
      expect((error as Error).message).not.toMatch(/Cannot (mix|read|convert)/);
      return;
    }
    const error = caught(() => dumps(value, options));
    expect(error).toBeInstanceOf(PicklingError);
    expect(error).toMatchObject({ code, path });
  });

  test.each(REFUSED.map((row) => [row.title, row] as const))(
    '%s in a pickle is an error of its own, or stays what it is',
    (_, row) => {
      const pickled = writtenByHand(row);
      let read: unknown;
      try {
        read = loads(pickled, { lossless: true });
      } catch (error) {
        expect(error).toBeInstanceOf(UnpicklingError);
        return;
      }
      let again: Uint8Array;
      try {
        again = dumps(read);
      } catch (error) {
        expect(error).toMatchObject({ name: 'PicklingError', code: 'BAD_VALUE' });
        return;
      }
      // Inert: what is written of it is the same call.
      expect(dumps(loads(again, { lossless: true }))).toEqual(again);
    },
  );

  test.each(RIGHT_IPS)('%s(%j) is none of that', (type, text) => {
    expect(new PyIpAddress(type as 'IPv4Address', text).text).toBe(text);
  });

  test.each([
    ['a string', 'Cannot mix', () => new PyUuid('zz' as never), /made of a bigint, not of a string; PyUuid.parse/],
    ['a number', 'Cannot mix', () => new PyUuid(5 as never), /made of a bigint, not of a number/],
  ])('a UUID of %s says so, and not "%s"', (_, __, make, message) => {
    expect(make).toThrow(message);
  });
});

const CHINA = PyTimeZone.ofMinutes(480);
const at = (zone: PyZoneInfo | PytzZone | PyObject): PyDateTime => new PyDateTime(2026, 1, 5, 9, 0, 0, 0, zone);

/** Each as this program makes it, and where the path says that it is. */
const FOREIGN: readonly (readonly [string, unknown, string, string])[] = [
  ['a zone in the wrong case', [new PyZoneInfo('asia/shanghai')], '$[0]', 'is spelled "Asia/Shanghai"'],
  ['a zone with a typo', { at: at(new PyZoneInfo('Asia/Shanghia')) }, '$.at.args[1]', 'is not in the IANA database'],
  ['an abbreviation', new PyZoneInfo('JST'), '$', 'is not in the IANA database'],
  ['an offset', new PyZoneInfo('+08:00'), '$', 'is not in the IANA database'],
  ['a zone of one system', new PyZoneInfo('localtime'), '$', 'is not in the IANA database'],
  ['a zone of pytz', [at(new PytzZone('Asia/Shanghai'))], '$[0].args[1]', 'pytz'],
  ['an offset of pytz', new PytzZone(undefined, 3600), '$', 'pytz'],
  ['a path of Windows', new PyPath('WindowsPath', ['C:\\a']), '$', 'PureWindowsPath'],
  ['a path of POSIX', [new PyPath('PosixPath', ['/a'])], '$[0]', 'PurePosixPath'],
  ['a function', [new PyGlobal('os', 'getcwd')], '$[0]', 'os.getcwd is known to some Pythons only'],
  ['a class of pytz', [new PyGlobal('pytz', '_UTC')], '$[0]', 'pytz._UTC is known'],
  ['a call', { a: call('builtins', 'int', 'x') }, '$.a', 'A call of builtins.int'],
  ['a call of a call', new PyObject(call('builtins', 'getattr', 1, 'x'), Tuple.of()), '$', 'A call of a class'],
  ['a factory', new DefaultDict(new PyGlobal('shop', 'Cart')), '$.class', 'shop.Cart is known'],
  ['a zone of dateutil', at(call('dateutil.tz.tz', 'tzutc')), '$.args[1]', 'A call of dateutil.tz.tz.tzutc'],
  ['33 dimensions', new NDArray('<f8', new Array<number>(33).fill(1), Float64Array.of(1)), '$', 'numpy 2'],
];

describe('what only some Pythons can load', () => {
  const rows = FOREIGN.flatMap((row) => [0, 2, 4, 5].map((protocol) => [row[0], protocol, row] as const));

  test.each(rows)('%s at protocol %i is refused where it was made here', (_, protocol, [, value, path, message]) => {
    for (const foreign of ['decoded', 'refuse'] as const) {
      const error = caught(() => dumps(value, { foreign, protocol }));
      expect(error).toBeInstanceOf(PicklingError);
      expect(error).toMatchObject({ code: 'NOT_PORTABLE' });
      expect((error as Error).message).toContain(message);
      // Older protocols make a call of what is an opcode in newer ones.
      if (protocol >= 4) expect((error as PicklingError).path.startsWith(path.replace('.class', ''))).toBe(true);
    }
    expect(dumps(value, { foreign: 'write', protocol })).toEqual(dumps(value, { protocol }));
  });

  const sentOn = rows.filter(([title]) => title !== '33 dimensions');
  test.each(sentOn)('%s at protocol %i is sent on where it came in a pickle', (_, protocol, [, value]) => {
    const pickled = dumps(value, { protocol });
    const read = loads(pickled, { lossless: true });
    expect(dumps(read, { foreign: 'decoded', protocol })).toEqual(pickled);
  });

  // A reader would call what these name, whoever wrote them first.
  test.each(
    FOREIGN.filter(([title, , , message]) => /A call of|is known/.test(message) && title !== 'a class of pytz'),
  )("%s is refused with 'refuse' where it came in a pickle, too", (_, value) => {
    const read = loads(dumps(value), { lossless: true });
    expect(caught(() => dumps(read, { foreign: 'refuse' }))).toMatchObject({ code: 'NOT_PORTABLE' });
  });

  test.each(['decoded', 'refuse'] as const)('a persistent id is refused by %s wherever it is from', (foreign) => {
    const ids: [unknown, DumpsOptions][] = [
      [[new PersistentId('x')], { foreign }],
      [loads(dumps([new PersistentId('x')])), { foreign }],
      [[{}], { foreign, persistentId: (value) => (Array.isArray(value) ? undefined : 'x') }],
    ];
    for (const [value, options] of ids)
      expect(caught(() => dumps(value, options))).toMatchObject({ code: 'NOT_PORTABLE', path: '$[0]' });
  });

  test('is refused in any place, also where an equal one has been written', () => {
    const factory = new PyGlobal('shop', 'Cart');
    const value = [loads(dumps(factory)), factory];
    expect(caught(() => dumps(value, { foreign: 'decoded' }))).toMatchObject({ code: 'NOT_PORTABLE', path: '$[1]' });
  });

  test('is not what every Python has, nor what is registered', () => {
    class Cart {
      items = 0;
    }
    const registry = ClassRegistry.of({
      kind: 'object',
      module: 'shop',
      qualname: 'Cart',
      type: Cart,
      create: () => new Cart(),
      fields: [{ name: 'items' }],
    });
    const value = [
      new DefaultDict(new PyGlobal('builtins', 'list')),
      new PyGlobal('shop', 'Cart'),
      Cart,
      new Cart(),
      new PyPath('PurePosixPath', ['a']),
      new PyZoneInfo('US/Eastern'),
      new PyZoneInfo('Asia/Shanghai', 'no-cache'),
      new PyUuid(3n),
      new Set([1]),
      new Float64Array(2),
      Uint8Array.of(1),
      new Uint8Array(),
      at(new PyZoneInfo('UTC')),
      CHINA,
    ];
    for (const protocol of [0, 1, 2, 3, 4, 5])
      expect(dumps(value, { registry, protocol, foreign: 'refuse' })).toEqual(dumps(value, { registry, protocol }));
  });

  test('is an option with three values', () => {
    expect(caught(() => dumps(1, { foreign: 'no' as ForeignPolicy }))).toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('the keys of time zones', () => {
  test.each([
    'US/Eastern',
    'Asia/Chongqing',
    'Asia/Calcutta',
    'UTC',
    'GMT0',
    'Etc/GMT+12',
    'PRC',
    'Factory',
    'EST5EDT',
  ])('%s is one', (key) => {
    expect(() => dumps(new PyZoneInfo(key), { foreign: 'refuse' })).not.toThrow();
  });

  test('are as many as the IANA database has, each in its spelling and in no other', () => {
    expect(ZONE_NAMES.length).toBeGreaterThan(590);
    for (const name of ZONE_NAMES) {
      expect(() => dumps(new PyZoneInfo(name), { foreign: 'refuse' })).not.toThrow();
      for (const wrong of [name.toLowerCase(), name.toUpperCase()]) {
        if (wrong === name) continue;
        expect(caught(() => dumps(new PyZoneInfo(wrong), { foreign: 'refuse' }))).toMatchObject({
          code: 'NOT_PORTABLE',
        });
      }
    }
  });

  test('may be of a newer database than the table', () => {
    class Newer {
      readonly #timeZone: string;

      constructor(_: string, { timeZone }: { readonly timeZone: string }) {
        // As engines do with a name in another case.
        this.#timeZone = timeZone.replace(/^asia/, 'Asia');
      }

      resolvedOptions(): { readonly timeZone: string } {
        return { timeZone: this.#timeZone };
      }
    }
    vi.stubGlobal('Intl', { DateTimeFormat: Newer });
    try {
      expect(() => dumps(new PyZoneInfo('Asia/Founded'), { foreign: 'refuse' })).not.toThrow();
      expect(() => dumps(new PyZoneInfo('asia/Founded'), { foreign: 'refuse' })).toThrow('not in the IANA database');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  // Intl has them all. The first was removed from the database in 2020, the last were never in it.
  test.each([
    'US/Pacific-New',
    'us/pacific-new',
    'Canada/East-Saskatchewan',
    'SystemV/AST4',
    'SystemV/EST5EDT',
    'systemv/ast4',
  ])('%s is none, although Intl has it', (key) => {
    expect(ZONE_NAMES).not.toContain(key);
    for (let time = 0; time < 2; time++)
      expect(caught(() => dumps(new PyZoneInfo(key), { foreign: 'refuse' }))).toMatchObject({ code: 'NOT_PORTABLE' });
  });

  test('are remembered within bounds, the wrong ones not at all', () => {
    for (let round = 0; round < 2; round++) {
      for (const key of [...ZONE_NAMES.slice(0, 200), 'Asia/Shanghai']) {
        expect(() => dumps(new PyZoneInfo(key), { foreign: 'refuse' })).not.toThrow();
        expect(() => new PyZoneInfo(`/${key}`)).toThrow(RangeError);
        expect(caught(() => dumps(new PyZoneInfo(`${key}x`), { foreign: 'refuse' }))).toMatchObject({
          code: 'NOT_PORTABLE',
        });
      }
    }
  });
});

describe('a registry', () => {
  class Thing {
    name = '';
  }
  const definition = {
    kind: 'object',
    module: 'm',
    qualname: 'Thing',
    type: Thing,
    fields: [{ name: 'name' }],
  } as const;

  test('with a create() that throws is of no harm to what has no such instance', () => {
    const registry = ClassRegistry.of({
      ...definition,
      create: (): Thing => {
        throw new Error('not now');
      },
      assign: () => true,
    });
    expect(loads(dumps(1, { registry }), { registry })).toBe(1);
    const thing = new PyObject(new PyGlobal('m', 'Thing'), Tuple.of(), 'new', undefined, [
      { kind: 'state', state: { name: 'x' } },
    ]);
    expect(caught(() => loads(dumps(thing), { registry }))).toMatchObject({
      name: 'UnpicklingError',
      code: 'CALLBACK_FAILED',
      message: expect.stringContaining('create() threw') as string,
    });
    expect(dumps(Object.assign(new Thing(), { name: 'x' }), { registry })).toEqual(dumps(thing));
  });

  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'A class definition is an object, not undefined'],
    ['a name', 'Thing', 'A class definition is an object, not Thing'],
    ['null', null, 'A class definition is an object, not null'],
    ['one without create', definition, 'm.Thing has no create function'],
    ['one without a type', { ...definition, create: () => ({}), type: undefined }, 'm.Thing has no type'],
    ['one without fields', { ...definition, create: () => ({}), fields: undefined }, 'm.Thing has no fields'],
    ['an enum without members', { kind: 'enum', module: 'm', qualname: 'E' }, 'm.E has no members'],
    [
      'a member without values',
      { kind: 'enum', module: 'm', qualname: 'E', members: [{ name: 'A', member: Object.freeze({}) }] },
      'The member A of m.E has no values',
    ],
  ])('cannot be made of %s', (_, given, message) => {
    expect(() => ClassRegistry.of(given as never)).toThrow(new TypeError(message));
  });

  test('may have an enum whose values have no hash: its members are read by name', () => {
    const member = Object.freeze({});
    const registry = ClassRegistry.of({
      kind: 'enum',
      module: 'm',
      qualname: 'E',
      members: [{ name: 'A', values: [[1]], member }],
    });
    expect(loads(dumps(member, { registry }), { registry })).toBe(member);
    expect(loads(dumps(call('m', 'E', [1])), { registry })).toBeInstanceOf(PyObject);
  });

  test('says which classes have no hash in Python', () => {
    const { make, row } = rowClass();
    const saved = (hashable?: boolean): Uint8Array => dumps(value, { registry: ClassRegistry.of(row(hashable)) });
    const value = new Set([make()]);
    expect(() => saved()).not.toThrow();
    expect(caught(() => saved(false))).toMatchObject({
      code: 'UNHASHABLE',
      message: expect.stringContaining("unhashable type: 'Row'") as string,
    });
    expect(() => saved(true)).not.toThrow();
  });
});
