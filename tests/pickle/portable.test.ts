/** What is refused of states and factories, and what the option `foreign` has to let through. */
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  Counter,
  DefaultDict,
  dumps,
  Ellipsis,
  loads,
  OrderedDict,
  PersistentId,
  PicklingError,
  PyDate,
  PyDict,
  PyGlobal,
  PyObject,
  PyPath,
  PyRange,
  PyZoneInfo,
  Tuple,
  UnpicklingError,
} from 'vnpy-bridge/pickle';
import type { LoadsOptions, Reduction } from 'vnpy-bridge/pickle';
import { caught } from '../support/caught.js';

const PROTOCOLS = [0, 1, 2, 3, 4, 5] as const;
class Color {
  readonly value = 'red';
}
const RED = Object.freeze(new Color());

class Cart {
  items = 0;
}

/** A class whose instances are written as a definition says. */
function reducedBy(reduction: Reduction): ClassRegistry {
  return ClassRegistry.of(
    {
      kind: 'custom',
      module: 'shop',
      qualname: 'Cart',
      type: Cart,
      construct: () => new Cart(),
      reduce: () => reduction,
    },
    { kind: 'enum', module: 'shop', qualname: 'Color', members: [{ name: 'RED', values: ['red'], member: RED }] },
    { kind: 'extension', module: 'shop.ext', qualname: 'Shelf', code: 7 },
  );
}

describe('the attributes of an OrderedDict', () => {
  const written = (attributes: unknown): Uint8Array => dumps({ a: [Object.assign(new OrderedDict(), { attributes })] });

  // Each asked of CPython 3.11: "state is not a dictionary", "slot state is not a dictionary", TypeError of setattr.
  test.each<[string, unknown]>([
    ['a range', new PyRange(0, 1, 1)],
    ['a date', new PyDate(2026, 1, 1)],
    ['a Date', new Date(0)],
    ['a number', 0],
    ['a list', []],
    ['a set', new Set()],
    ['an empty tuple', Tuple.of()],
    ['a tuple of three', Tuple.of<unknown>({}, {}, {})],
    ['a tuple in a tuple', Tuple.of<unknown>(Tuple.of(null, null), null)],
    ['a tuple without slots', Tuple.of(null, null)],
    ['slots that are no dict', Tuple.of<unknown>({}, 1)],
    ['a slot of the name __class__', Tuple.of<unknown>(null, { __class__: 1 })],
    ['a slot of the name __dict__', Tuple.of<unknown>({}, new PyDict([['__dict__', 1]]))],
    ['a slot whose name is a number', Tuple.of<unknown>(null, new PyDict([[1, 1]]))],
    ['a slot whose name is bytes', Tuple.of<unknown>(null, new PyDict([[Uint8Array.of(97), 1]]))],
  ])('are not %s', (_, attributes) => {
    const error = caught(() => written(attributes));
    expect(error).toBeInstanceOf(PicklingError);
    expect(error).toMatchObject({ code: 'BAD_VALUE', path: '$.a[0]' });
    expect((error as Error).message).toMatch(/ \(at \$\.a\[0\]\)$/);
  });

  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['a dict', { a: 1, __class__: 1 }],
    ['a dict of any keys', new PyDict<unknown, unknown>([[1, 2]])],
    ['an OrderedDict', new OrderedDict([['a', 1]])],
    ['slots', Tuple.of<unknown>(null, { a: 1 })],
    ['both', Tuple.of<unknown>({ a: 1 }, new Counter([['b', 1]]))],
    ['neither', Tuple.of<unknown>({}, {})],
  ])('may be %s', (_, attributes) => {
    const pickled = written(attributes);
    expect(dumps(loads(pickled, { lossless: true }))).toEqual(pickled);
  });
});

describe('the factory of a defaultdict', () => {
  const registry = reducedBy({});

  test.each<[string, unknown]>([
    ['Ellipsis by its name', new PyGlobal('builtins', 'Ellipsis')],
    ['NotImplemented by its name', new PyGlobal('builtins', 'NotImplemented')],
    ['Ellipsis', Ellipsis],
    ['a text', 'int'],
    ['an object', {}],
  ])('is not %s', (_, factory) => {
    expect(() => new DefaultDict(factory)).toThrow(TypeError);
  });

  test.each(['write', 'decoded', 'refuse'] as const)(
    'is no member of an enum, whatever the option says: %s',
    (foreign) => {
      const value = [new DefaultDict(RED)];
      expect(caught(() => dumps(value, { registry, foreign }))).toMatchObject({ code: 'BAD_VALUE', path: '$[0]' });
    },
  );

  test('is no class of a PyObject either', () => {
    for (const type of [RED, new PyGlobal('builtins', 'Ellipsis')]) {
      const value = [new PyObject(type, Tuple.of())];
      expect(caught(() => dumps(value, { registry }))).toMatchObject({ code: 'BAD_VALUE', path: '$[0]' });
    }
  });

  test.each([
    new PyGlobal('builtins', 'list'),
    new PyGlobal('collections', 'OrderedDict'),
    new PyGlobal('shop', 'Color'),
    Cart,
    null,
  ])('may be %s', (factory) => {
    expect(() => dumps(new DefaultDict(factory), { registry, foreign: 'refuse' })).not.toThrow();
  });

  test.each(['a text', {}, [1], 7])('is what persistentLoad gives: %j', (given) => {
    const pickled = dumps(new DefaultDict(new PersistentId('list'), [['a', 1]]));
    const read = loads(pickled, { persistentLoad: () => given });
    expect(read).toBeInstanceOf(DefaultDict);
    expect((read as DefaultDict).factory).toBe(given);
    expect(caught(() => dumps([read]))).toMatchObject({ code: 'BAD_VALUE', path: '$[0]' });
    if (typeof given !== 'object') return;
    expect(dumps(read, { persistentId: (value) => (value === given ? 'list' : undefined) })).toEqual(pickled);
  });
});

describe("what a definition's reduce gives", () => {
  const classmethod = new PyObject(
    new PyGlobal('builtins', 'getattr'),
    Tuple.of<unknown>(new PyGlobal('shop.base', 'Base'), 'from_dict'),
  );
  const REDUCTIONS: readonly (readonly [string, Reduction])[] = [
    ['a call with keywords', { construction: 'new', kwargs: { a: 1 }, state: { b: 2 } }],
    ['the method of a class', { callable: classmethod, args: [{ items: 1 }] }],
    ['the method of a class, with a state', { callable: classmethod, args: [], state: { items: 1 } }],
    ['a name', { callable: new PyGlobal('shop.base', 'make'), args: [1] }],
    ['a name, with a state', { callable: new PyGlobal('shop.base', 'make'), state: { a: 1 } }],
    ['a method with keywords', { callable: classmethod, construction: 'new', kwargs: { a: 1 } }],
    ['a name with dots', { callable: new PyGlobal('shop.base', 'Base.from_dict'), args: [1], state: { a: 1 } }],
  ];
  test.each(REDUCTIONS)('to be called is written by each option: %s', (_, reduction) => {
    const registry = reducedBy(reduction);
    const value = [new Cart(), new Cart()];
    for (const protocol of PROTOCOLS) {
      const expected = dumps(value, { registry, protocol });
      for (const foreign of ['decoded', 'refuse'] as const)
        expect(dumps(value, { registry, protocol, foreign })).toEqual(expected);
    }
  });

  test('for arguments is refused as anywhere else', () => {
    const registry = reducedBy({ callable: classmethod, args: [new PyGlobal('os', 'system')] });
    for (const protocol of PROTOCOLS) {
      const error = caught(() => dumps([new Cart()], { registry, protocol, foreign: 'refuse' }));
      expect(error).toMatchObject({ code: 'NOT_PORTABLE' });
    }
  });

  test('is remembered for that pickle alone', () => {
    const registry = reducedBy({ callable: classmethod });
    dumps(new Cart(), { registry, foreign: 'refuse' });
    expect(caught(() => dumps(classmethod, { registry, foreign: 'refuse' }))).toMatchObject({ code: 'NOT_PORTABLE' });
  });
});

test('a decoded object that was made with keywords goes on at each protocol', () => {
  const made = new PyObject(new PyGlobal('shop', 'Cart'), Tuple.of(1), 'new', { a: 2 });
  const read = loads(dumps([made]));
  for (const protocol of PROTOCOLS) {
    expect(dumps(read, { protocol, foreign: 'decoded' })).toEqual(dumps([made], { protocol }));
    expect(caught(() => dumps(read, { protocol, foreign: 'refuse' }))).toMatchObject({ code: 'NOT_PORTABLE' });
  }
});

test('a name that has an extension code is registered', () => {
  const registry = reducedBy({});
  const value = [new PyGlobal('shop.ext', 'Shelf')];
  for (const protocol of PROTOCOLS)
    expect(dumps(value, { registry, protocol, foreign: 'refuse' })).toEqual(dumps(value, { registry, protocol }));
});

describe('the message of an error', () => {
  test.each<[string, unknown, object, string]>([
    ['NOT_PORTABLE', new PyZoneInfo('no/Where'), { foreign: 'refuse' }, '$.a[0]'],
    ['NOT_PORTABLE', new PyPath('WindowsPath', ['a']), { foreign: 'refuse' }, '$.a[0]'],
    ['NOT_PORTABLE', new PyGlobal('shop', 'Cart'), { foreign: 'refuse' }, '$.a[0]'],
    ['NOT_PORTABLE', new PersistentId('x'), { foreign: 'refuse' }, '$.a[0]'],
    ['BAD_VALUE', Object.assign(new OrderedDict(), { attributes: 1 }), {}, '$.a[0]'],
    ['PROTOCOL_TOO_LOW', 10n ** 4400n, { protocol: 0 }, '$.a[0]'],
  ])('says where: %s', (code, value, options, path) => {
    const error = caught(() => dumps({ a: [value] }, options));
    expect(error).toMatchObject({ code, path });
    expect((error as Error).message.endsWith(` (at ${path})`)).toBe(true);
    const whole = caught(() => dumps(value, options)) as Error;
    expect(whole.message.match(/\(at /g)).toHaveLength(1);
    expect(whole.message.endsWith(' (at $)')).toBe(true);
  });

  test('says it once where a definition pickles something of its own', () => {
    const registry = ClassRegistry.of({
      kind: 'custom',
      module: 'shop',
      qualname: 'Cart',
      type: Cart,
      construct: () => new Cart(),
      reduce: () => ({ args: [dumps(Symbol('x'))] }),
    });
    const error = caught(() => dumps([new Cart()], { registry }));
    expect(error).toMatchObject({ path: '$[0]' });
    expect((error as Error).message).toMatch(/pickled \(at \$\[0\]\)$/);
  });
});

test.each(['no', 0, null, {}])('the option forward is not %j', (forward) => {
  const error = caught(() => loads(dumps(1), { forward } as unknown as LoadsOptions));
  expect(error).toBeInstanceOf(UnpicklingError);
  expect(error).toMatchObject({ code: 'INVALID_OPTION' });
});
