import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  NDArray,
  NumpyScalar,
  PyDate,
  PyDateTime,
  PyDecimal,
  PyFloat,
  PyFraction,
  PyGlobal,
  PyObject,
  PyTimeZone,
  PyZoneInfo,
  Tuple,
  dumps,
  loads,
} from 'vnpy-bridge/pickle';
import { AccountData, Event, EventType, OrderData, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, TickData } from 'vnpy-bridge/vnpy';
import { account, contract, nextEvent, order, startFake, tick } from './support.js';

const registry = vnpyRegistry;

/** The data with attributes of any type, as a peer sends it: the pickle has them as they are. */
function pickled(data: object, changes: object, protocol: 2 | 4 = 4): Uint8Array {
  // Only an instance of a class that nobody registered is written with its attributes untouched.
  const inert = new PyObject(new PyGlobal('vnpy.trader.object', data.constructor.name), Tuple.of(), 'new', undefined, [
    { kind: 'state', state: { ...data, ...changes } },
  ]);
  return dumps(inert, { registry: enumsOnly, foreign: 'write', protocol });
}

const enumsOnly = ClassRegistry.of(...vnpyRegistry.definitions.filter(({ kind }) => kind === 'enum'));

const received = <T extends object>(data: T, changes: object, protocol: 2 | 4 = 4): T =>
  loads(pickled(data, changes, protocol), { registry }) as T;

interface Fixture {
  readonly versions: string;
  readonly name: string;
  readonly protocol: 2 | 4;
  readonly python: string;
  readonly pickle: string;
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../python-fixtures/data/foreign-fields.json', import.meta.url), 'utf8'),
) as Fixture[];
const read = ({ pickle }: Fixture): unknown => loads(Buffer.from(pickle, 'hex'), { lossless: true });
const named = ({ versions, name, protocol }: Fixture): string => `${name} of ${versions}, protocol ${protocol}`;
const isNumber = ({ name }: Fixture): boolean => /^(int|float|array)/.test(name);

describe('a field of a declared type holds its type', () => {
  test.each<[string, unknown, number]>([
    ['a Decimal', new PyDecimal('3.5'), 3.5],
    ['a large Decimal', new PyDecimal('1E+400'), Infinity],
    ['a Fraction', new PyFraction(7n, 2n), 3.5],
    ['a Fraction of parts beyond a float', new PyFraction(7n * 10n ** 400n, 2n * 10n ** 400n + 1n), 3.5],
    ['an int beyond 2^53', 2n ** 70n, 2 ** 70],
    ['True', true, 1],
    ['numpy.int64', new NumpyScalar('<i8', new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0x40])), 2 ** 62],
    ['numpy.float64', new NumpyScalar('<f8', new Uint8Array(new Float64Array([2.5]).buffer)), 2.5],
    ['numpy.bool', new NumpyScalar('|b1', new Uint8Array([1])), 1],
    ['an array of no dimension', new NDArray('<f8', [], new Float64Array([2.5])), 2.5],
  ])('%s is a number where a number is declared, and a float on its way out', (_name, value, number) => {
    for (const protocol of [2, 4] as const) {
      const data = received(order('1'), { volume: value, traded: value, extra: { own: new PyDecimal('3') } }, protocol);
      expect([data.volume, data.traded]).toEqual([number, number]);
      expect(data.volume + 1).toBe(number + 1);
      // What the gateway adds of its own is its own.
      expect(data.extra).toEqual({ own: new PyDecimal('3') });
      const out = loads(dumps(data, { registry }), { registry: enumsOnly, lossless: true }) as PyObject;
      const float = Number.isInteger(number) ? new PyFloat(number) : number;
      expect(out.state).toMatchObject({ volume: float, traded: float });
    }
    const quote = received(account(1), { balance: value, frozen: 0, available: value });
    expect(quote).toMatchObject({ balance: number, available: number });
    expect(quote).toBeInstanceOf(AccountData);
  });

  test.each(fixtures.filter(isNumber).map((fixture) => [named(fixture), fixture] as const))('%s', (_name, fixture) => {
    expect(received(tick(1), { last_price: read(fixture) }).last_price).toBe(Number(fixture.python));
  });

  test.each(fixtures.filter((fixture) => !isNumber(fixture)).map((fixture) => [named(fixture), fixture] as const))(
    '%s',
    (_name, fixture) => {
      const { datetime } = received(tick(1), { datetime: read(fixture) });
      if (fixture.python === 'NaT') {
        expect(datetime).toBeNull();
        return;
      }
      if (fixture.name === 'tzstr') {
        expect(datetime.tzinfo).toBeInstanceOf(PyObject);
        return;
      }
      // Microseconds are all that a datetime has.
      const expected = (fixture.python.length === 10 ? `${fixture.python}T00:00:00` : fixture.python).replace(
        /(\.\d{6})\d+/,
        '$1',
      );
      expect(datetime).toBeInstanceOf(PyDateTime);
      expect(datetime.toISOString()).toBe(expected);
      expect(datetime.tzinfo).not.toBeInstanceOf(PyObject);
    },
  );

  test('a zone of dateutil is one that every Python has', () => {
    const zoneOf = (name: string): unknown => {
      const fixture = fixtures.find((candidate) => candidate.name === name);
      return fixture && received(tick(1), { datetime: read(fixture) }).datetime.tzinfo;
    };
    expect(zoneOf('tzfile')).toEqual(new PyZoneInfo('Asia/Shanghai'));
    expect(zoneOf('tzfile by path')).toEqual(new PyZoneInfo('Asia/Tokyo'));
    expect(zoneOf('tzoffset')).toEqual(PyTimeZone.ofMinutes(480, 'X'));
    expect(zoneOf('tzutc')).toEqual(PyTimeZone.utc);
  });

  test('a date is the midnight that begins it', () => {
    const data = received(contract(), { option_expiry: new PyDate(2027, 3, 19), max_volume: null });
    expect(data.option_expiry).toEqual(new PyDateTime(2027, 3, 19));
    expect(data.max_volume).toBeNull();
  });

  test('texts and ids stay as they came, and everything with lossless', () => {
    const odd = { orderid: 7, symbol: new PyDecimal('5'), reference: null };
    expect(received(order('1'), odd)).toMatchObject(odd);
    const bytes = pickled(order('1'), { volume: new PyDecimal('3') });
    expect(loads(bytes, { registry, lossless: true })).toMatchObject({ volume: new PyDecimal('3') });
  });

  test('in attributes of another order or number, too', () => {
    const names = ['volume', 'symbol', 'datetime'] as const;
    const state = { volume: new PyDecimal('2'), symbol: 'rb', datetime: new PyDate(2027, 1, 4) };
    const type = new PyGlobal('vnpy.trader.object', 'OrderData');
    const inert = (): PyObject => new PyObject(type, Tuple.of(), 'new', undefined, [{ kind: 'state', state }]);
    const both = loads(dumps([inert(), inert()], { foreign: 'write' }), { registry }) as OrderData[];
    for (const data of both) {
      expect(data).toBeInstanceOf(OrderData);
      expect(names.map((name) => data[name])).toEqual([2, 'rb', new PyDateTime(2027, 1, 4)]);
    }
  });
});

describe('what cannot be converted', () => {
  test('is as it came, told once for each class and field, and counted', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    const wrong = (price: string): TickData => Object.assign(tick(1), { last_price: price, datetime: 'noon' });
    for (const price of ['a', 'b']) server.engine.emit(new Event(EventType.TICK, wrong(price)));
    server.engine.emit(
      new Event(EventType.ORDER, Object.assign(order('1'), { price: null, traded: new PyDecimal('1') })),
    );
    const told = nextEvent<OrderData>(gateway, 'order');
    const all = nextEvent(gateway, 'log');
    server.engine.tellLog('all of it');
    expect(await told).toMatchObject({ price: null, traded: 1 });
    await all;
    expect(gateway.ticks.get('rb2705.SHFE')).toMatchObject({ last_price: 'b', datetime: 'noon' });
    expect(problems).toMatchObject([
      { kind: 'wrong-field', className: 'TickData', field: 'datetime', value: 'noon' },
      { kind: 'wrong-field', className: 'TickData', field: 'last_price', value: 'a' },
      { kind: 'wrong-field', className: 'OrderData', field: 'price', value: null },
    ]);
    expect(problems[1]?.message).toMatch(/^TickData.last_price is "a", which is neither what vnpy declares/);
    // Each event has come twice, and is counted once.
    expect(gateway.stats()).toMatchObject({ wrongFields: 5, doubles: 3 });
  });
});
