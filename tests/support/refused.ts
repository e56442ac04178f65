/**
 * What no CPython can load, made with the classes of the codec, which refuse it, and written by hand.
 *
 * @module
 */
import {
  Counter,
  DefaultDict,
  Deque,
  dumps,
  FrozenSet,
  NDArray,
  NumpyDType,
  OrderedDict,
  PyDate,
  PyDateTime,
  PyDecimal,
  PyDict,
  PyFraction,
  PyGlobal,
  PyIpAddress,
  PyObject,
  PyPath,
  PyRange,
  PyTime,
  PyTimeDelta,
  PyTimeZone,
  PyUuid,
  PyZoneInfo,
  Tuple,
} from 'vnpy-bridge/pickle';
import type { DumpsOptions } from 'vnpy-bridge/pickle';
import { TickData } from '../../src/vnpy/data/index.js';
import { Exchange } from '../../src/vnpy/enums/index.js';
import { vnpyRegistry } from '../../src/vnpy/registry.js';

/** One thing that no CPython can load. */
export interface Refused {
  readonly title: string;
  /** Makes it: either this throws, or `dumps` of what it gives. */
  readonly make: () => unknown;
  /** The same for Python, by calls that are written as they stand. */
  readonly byHand: () => unknown;
  readonly options?: DumpsOptions;
  /** What `dumps` says, where making it is not refused. */
  readonly code?: string;
  readonly path?: string;
}

export function call(module: string, qualname: string, ...args: readonly unknown[]): PyObject {
  return new PyObject(new PyGlobal(module, qualname), Tuple.from(args));
}

/** A dict of this key, whatever the key is. */
export function dictOf(key: unknown): PyObject {
  const entries: [unknown, unknown][] = [[key, 1]];
  return new PyObject(new PyGlobal('builtins', 'dict'), Tuple.of(), 'call', undefined, [{ kind: 'set', entries }]);
}

function zone(key: unknown): PyObject {
  const unpickle = call('builtins', 'getattr', new PyGlobal('zoneinfo', 'ZoneInfo'), '_unpickle');
  return new PyObject(unpickle, Tuple.of(key, 1));
}

const tick = (): TickData =>
  new TickData({
    gateway_name: 'CTP',
    symbol: 'rb2605',
    exchange: Exchange.SHFE,
    datetime: new PyDateTime(2026, 1, 5),
  });
const snan = (): PyDecimal => new PyDecimal('sNaN');
const datetimeBytes = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

function deque(maxlen: unknown): Deque {
  return Object.assign(Deque.create([1]), { maxlen });
}

function ordered(attributes: unknown): OrderedDict {
  return Object.assign(new OrderedDict(), { attributes });
}

function dtype(code: string, ...state: readonly unknown[]): PyObject {
  return new PyObject(new PyGlobal('numpy', 'dtype'), Tuple.of<unknown>(code, false, true), 'call', undefined, [
    { kind: 'state', state: Tuple.from(state) },
  ]);
}

function unit(name: string, count: number): PyObject {
  const units = Tuple.of<unknown>(new TextEncoder().encode(name), count, 1, 1);
  return dtype('M8', 4, '<', null, null, null, -1, -1, 0, Tuple.of<unknown>({}, units));
}

function array(shape: readonly number[], element: PyObject, content: unknown): PyObject {
  const made = call('numpy.core.multiarray', '_reconstruct', new PyGlobal('numpy', 'ndarray'), Tuple.of(0), 'b');
  const state = Tuple.of<unknown>(1, Tuple.from(shape), element, false, content);
  return new PyObject(made.class, made.args, 'call', undefined, [{ kind: 'state', state }]);
}

const f8 = (): PyObject => dtype('f8', 3, '<', null, null, null, -1, -1, 0);
const ints = (text: string): bigint => BigInt(text);

/** Texts that are no address of their class. */
export const WRONG_IPS: readonly (readonly [string, string])[] = [
  ['IPv4Address', '300.1.1.1'],
  ['IPv4Address', '1.2.3'],
  ['IPv4Address', '01.1.1.1'],
  ['IPv4Address', ' 1.1.1.1'],
  ['IPv4Address', '1.1.1.1/32'],
  ['IPv4Address', ''],
  ['IPv4Network', '10.0.0.1/8'],
  ['IPv4Network', '10.0.0.0/33'],
  ['IPv4Network', '10.0.0.0/'],
  ['IPv4Network', '10.0.0.0/255.0.255.0'],
  ['IPv4Network', '10.0.0.0/8/8'],
  ['IPv4Interface', '10.0.0.1/x'],
  ['IPv6Address', '::g'],
  ['IPv6Address', ':::'],
  ['IPv6Address', '1::2::3'],
  ['IPv6Address', '1:2:3:4:5:6:7'],
  ['IPv6Address', '1:2:3:4:5:6:7:8::'],
  ['IPv6Address', '::12345'],
  ['IPv6Address', '::1.2.3'],
  ['IPv6Address', 'fe80::1%'],
  ['IPv6Address', 'fe80::1%a%b'],
  ['IPv6Address', '::1/64'],
  ['IPv6Address', 'fe80::1%a/64'],
  ['IPv6Network', '2001:db8::1/32'],
  ['IPv6Network', '2001:db8::/129'],
  ['IPv6Network', '2001:db8::/ffff::'],
  ['IPv6Interface', '1.2.3.4/32'],
  ['IPv6Address', '1.2.3.4'],
  ['IPv6Address', '::1.2.3.4:'],
  ['IPv6Address', '0ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'],
  ['IPv6Address', `${'.'.repeat(50)}:`],
  ['IPv6Address', `${'a'.repeat(50)}%eth0`],
  ['IPv6Address', '%eth0'],
];

/** Texts that are one. */
export const RIGHT_IPS: readonly (readonly [string, string])[] = [
  ['IPv4Address', '0.0.0.0'],
  ['IPv4Network', '10.0.0.0'],
  ['IPv4Network', '10.0.0.0/08'],
  ['IPv4Network', '10.0.0.0/255.0.0.0'],
  ['IPv4Network', '10.0.0.0/0.255.255.255'],
  ['IPv4Network', '0.0.0.0/0.0.0.0'],
  ['IPv4Interface', '10.0.0.1/8'],
  ['IPv4Interface', '10.0.0.1'],
  ['IPv6Address', '::'],
  ['IPv6Address', 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'],
  ['IPv6Address', `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%${'.:'.repeat(50)}`],
  ['IPv6Interface', 'fe80::1%a:b.c/64'],
  ['IPv6Network', `::/${'0'.repeat(4298)}64`],
  ['IPv6Address', '1:2:3:4:5:6:7::'],
  ['IPv6Address', '::2:3:4:5:6:7:8'],
  ['IPv6Address', '::FFFF:1.2.3.4'],
  ['IPv6Address', 'fe80::1%eth0'],
  ['IPv6Network', '2001:db8::/32'],
  ['IPv6Interface', 'fe80::1%1/64'],
];

const ips: readonly Refused[] = WRONG_IPS.map(([type, text]) => ({
  title: `${type}(${JSON.stringify(text)})`,
  make: () => new PyIpAddress(type as 'IPv4Address', text),
  byHand: () => call('ipaddress', type, text),
}));

const zones: readonly Refused[] = [
  '',
  '/etc/localtime',
  '../UTC',
  'Asia//Shanghai',
  'Asia/./Shanghai',
  'Asia/',
  'a\0b',
].map((key) => ({
  title: `a zone of the key ${JSON.stringify(key)}`,
  make: () => new PyZoneInfo(key),
  byHand: () => zone(key),
}));

const decimals: readonly Refused[] = [
  '1e1000000000000000000',
  '10e999999999999999999',
  '0e1000000000000000000',
  '1e-1999999999999999998',
  '1.5e-1999999999999999997',
  '1e99999999999999999999',
  `1e+${'9'.repeat(1000)}`,
  `0e-${'9'.repeat(1000)}`,
  '\ufeff1.5',
  '1 _',
  '_',
].map((text) => ({
  title: `Decimal(${JSON.stringify(text)})`,
  make: () => new PyDecimal(text),
  byHand: () => call('decimal', 'Decimal', text),
}));

/** Keys that have no hash. Each is tried as a key, an item, and inside of a tuple. */
const keys: readonly Refused[] = (
  [
    ['a signaling NaN', snan, snan],
    ['a negative one with digits', () => new PyDecimal('-snan12'), () => new PyDecimal('-sNaN12')],
    ['a list', () => [1], () => [1]],
    ['a dict', () => new PyDict(), () => new PyDict()],
    ['a Counter', () => new Counter(), () => new Counter()],
    ['a deque', () => Deque.create([1]), () => Deque.create([1])],
    ['a tick of vnpy', tick, () => new PyObject(new PyGlobal('vnpy.trader.object', 'TickData'), Tuple.of(), 'new')],
  ] as const
).flatMap(([title, make, byHand]) => [
  {
    title: `a dict with ${title} as a key`,
    make: () => [new Map([[make(), 1]])],
    byHand: () => dictOf(byHand()),
    options: { registry: vnpyRegistry },
    code: 'UNHASHABLE',
    path: '$[0]',
  },
  {
    title: `a dict with ${title} in a key`,
    make: () => new PyDict([[Tuple.of(1, new FrozenSet(), Tuple.of(make())), 1]]),
    byHand: () => dictOf(Tuple.of(1, Tuple.of(byHand()))),
    // Of a tick a PyDict knows nothing without a registry.
    options: { registry: vnpyRegistry },
    code: 'UNHASHABLE',
    path: '$',
  },
  {
    title: `a set with ${title} in it`,
    make: () => ({ a: new Set([make()]) }),
    byHand: () => call('builtins', 'set', [byHand()]),
    options: { registry: vnpyRegistry },
    code: 'UNHASHABLE',
    path: '$.a',
  },
  {
    title: `a frozenset with ${title} in it`,
    make: () => new FrozenSet([make()]),
    byHand: () => call('builtins', 'frozenset', [byHand()]),
    options: { registry: vnpyRegistry },
    code: 'UNHASHABLE',
    path: '$',
  },
]);

const deques: readonly Refused[] = [-1, 1.5, Number.NaN, Infinity, 2 ** 53, '3'].map((maxlen) => ({
  title: `a deque of the maxlen ${JSON.stringify(maxlen)} (${String(maxlen)})`,
  make: () => [deque(maxlen)],
  byHand: () => call('collections', 'deque', Tuple.of(), maxlen),
  code: 'BAD_VALUE',
  path: '$[0]',
}));

const factories: readonly Refused[] = [3, 'int', Tuple.of(), {}, PyTimeZone.utc, new PyDecimal('1')].map(
  (factory, index) => ({
    title: `a defaultdict with a factory that cannot be called, ${index}`,
    make: () => new DefaultDict(factory),
    byHand: () => call('collections', 'defaultdict', factory),
  }),
);

const attributes: readonly Refused[] = [[1], 'a', 7, Tuple.of<unknown>({}, 1), new Set()].map((state, index) => ({
  title: `an OrderedDict with attributes that are no dict, ${index}`,
  make: () => ({ a: ordered(state) }),
  byHand: () =>
    new PyObject(new PyGlobal('collections', 'OrderedDict'), Tuple.of(), 'call', undefined, [{ kind: 'state', state }]),
  code: 'BAD_VALUE',
  path: '$.a',
}));

const tzinfos: readonly Refused[] = ['UTC', {}, new PyDate(2026, 1, 1), 8].flatMap((tzinfo, index) => [
  {
    title: `a datetime with a tzinfo that is none, ${index}`,
    make: () => [tzinfo, new PyDateTime(2026, 1, 1, 0, 0, 0, 0, tzinfo as never)],
    byHand: () => call('datetime', 'datetime', datetimeBytes(7, 234, 1, 1, 0, 0, 0, 0, 0, 0), tzinfo),
    code: 'BAD_VALUE',
    path: '$[1]',
  },
  {
    title: `a time with a tzinfo that is none, ${index}`,
    make: () => [new PyTime(0, 0, 0, 0, tzinfo as never)],
    byHand: () => call('datetime', 'time', datetimeBytes(0, 0, 0, 0, 0, 0), tzinfo),
    code: 'BAD_VALUE',
    path: '$[0]',
  },
]);

const names: readonly Refused[] = (
  [
    ['', 'X'],
    ['.os', 'path'],
    ['os.', 'path'],
    ['os', ''],
    ['os', 'f.<locals>.g'],
  ] as const
).map(([module, qualname]) => ({
  title: `the name ${JSON.stringify(qualname)} of the module ${JSON.stringify(module)}`,
  make: () => [new PyGlobal(module, qualname)],
  byHand: () => call('builtins', 'getattr', call('importlib', 'import_module', module), qualname),
  code: 'BAD_VALUE',
  path: '$[0]',
}));

/** All of them. */
export const REFUSED: readonly Refused[] = [
  ...[0, 0n].map((step) => ({
    title: `a range of the step ${String(step)} (${typeof step})`,
    make: () => new PyRange(0, 1, step),
    byHand: () => call('builtins', 'range', 0, 1, step),
  })),
  ...[1.5, Number.NaN, 2 ** 60, '1'].map((stop) => ({
    title: `a range to ${String(stop)} (${typeof stop})`,
    make: () => new PyRange(0, stop as number, 1),
    byHand: () => call('builtins', 'range', 0, stop, 1),
  })),
  ...zones,
  {
    title: 'a timezone with None for its name',
    make: () => new PyTimeZone(new PyTimeDelta(0, 60), null as never),
    byHand: () => call('datetime', 'timezone', new PyTimeDelta(0, 60), null),
  },
  ...[new PyTimeDelta(1), new PyTimeDelta(-1)].map((offset) => ({
    title: `a timezone of ${offset.toString()}`,
    make: () => new PyTimeZone(offset),
    byHand: () => call('datetime', 'timezone', offset),
  })),
  {
    title: 'the date 2026-02-30',
    make: () => new PyDate(2026, 2, 30),
    byHand: () => call('datetime', 'date', 2026, 2, 30),
  },
  {
    title: 'the year 10000',
    make: () => new PyDateTime(10_000, 1, 1),
    byHand: () => call('datetime', 'datetime', 10_000, 1, 1),
  },
  {
    title: 'the hour 24',
    make: () => new PyTime(24),
    byHand: () => call('datetime', 'time', 24),
  },
  {
    title: 'a billion days',
    make: () => new PyTimeDelta(1e9),
    byHand: () => call('datetime', 'timedelta', 1e9),
  },
  ...decimals,
  {
    title: 'a Fraction over 0',
    make: () => new PyFraction(1n, 0n),
    byHand: () => call('fractions', 'Fraction', 1, 0),
  },
  {
    title: 'a UUID of 129 bits',
    make: () => new PyUuid(2n ** 128n),
    byHand: () => call('uuid', 'UUID', null, null, null, null, 2n ** 128n),
  },
  {
    title: 'a UUID of text',
    make: () => new PyUuid('zz' as never),
    byHand: () => call('uuid', 'UUID', 'zz'),
  },
  ...ips,
  {
    title: 'a path of no class',
    make: () => new PyPath('OtherPosixPath' as never, ['a']),
    byHand: () => call('pathlib', 'OtherPosixPath', 'a'),
  },
  ...keys,
  ...deques,
  ...factories,
  ...attributes,
  ...tzinfos,
  ...names,
  ...[3, 'int', [], {}].map((callable) => ({
    title: `a call of ${JSON.stringify(callable)}`,
    make: () => [new PyObject(callable, Tuple.of())],
    byHand: () => call('functools', 'reduce', callable, Tuple.of(1, 2)),
    code: 'BAD_VALUE',
    path: '$[0]',
  })),
  ...[0, 1].map((protocol) => ({
    title: `an int of 4301 digits at protocol ${protocol}`,
    make: () => [-ints(`1${'0'.repeat(4300)}`)],
    byHand: () => call('builtins', 'int', `1${'0'.repeat(4300)}`),
    options: { protocol },
    code: 'PROTOCOL_TOO_LOW',
    path: '$[0]',
  })),
  {
    title: 'an unknown unit of numpy',
    make: () => new NumpyDType('<M8[foo]'),
    byHand: () => unit('foo', 1),
  },
  {
    title: 'a unit of numpy, zero times',
    make: () => new NumpyDType('<M8[0ns]'),
    byHand: () => unit('ns', 0),
  },
  {
    title: 'a unit of numpy, 2^31 times',
    make: () => new NumpyDType('<M8[2147483648ns]'),
    byHand: () => dictOf(unit('ns', 2 ** 31)),
  },
  ...['<U536870912', '|S2147483648'].map((text) => ({
    title: `the element type ${text} of numpy`,
    make: () => new NumpyDType(text),
    byHand: () => call('numpy', 'dtype', text.slice(1), false, true),
  })),
  {
    title: 'an array of numpy with elements of another size',
    make: () => new NDArray('<f8', [2], Float32Array.of(1, 2)),
    byHand: () => array([2], f8(), new Uint8Array(8)),
  },
  {
    title: 'an array of numpy with plain values for floats',
    make: () => new NDArray('<f8', [1], [1]),
    byHand: () => array([1], f8(), [1]),
  },
  {
    title: 'an array of numpy with floats for objects',
    make: () => new NDArray('|O', [1], Float64Array.of(1)),
    byHand: () => array([1], dtype('O8', 3, '|', null, null, null, -1, -1, 63), new Uint8Array(8)),
  },
  {
    title: 'an array of numpy of 65 dimensions',
    make: () => new NDArray('<f8', new Array<number>(65).fill(1), Float64Array.of(1)),
    byHand: () => array(new Array<number>(65).fill(1), f8(), new Uint8Array(8)),
  },
];

/** The pickle of a {@link Refused} as Python gets it when it is written by hand. */
export function writtenByHand({ byHand }: Refused): Uint8Array {
  return dumps(byHand());
}
