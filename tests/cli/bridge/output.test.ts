import { describe, expect, test } from 'vitest';
import { parseArgument, parseKeywords } from '../../../src/cli/bridge/arguments/arguments.js';
import { isChosen, seeEvent, typeFamily } from '../../../src/cli/bridge/events/see.js';
import { eventJson, eventLine } from '../../../src/cli/bridge/output/event-line.js';
import { LineWriter } from '../../../src/cli/bridge/output/line-writer.js';
import { toPlain } from '../../../src/cli/bridge/output/plain.js';
import { renderCsv, renderTable } from '../../../src/cli/kit/text/table.js';
import { textsOf } from '../../../src/cli/lang/texts.js';
import { plainStyle } from '../../../src/cli/kit/text/style.js';
import {
  FrozenSet,
  NDArray,
  NumpyDType,
  NumpyScalar,
  PersistentId,
  PyDateTime,
  PyDecimal,
  PyFloat,
  PyFraction,
  PyGlobal,
  PyObject,
  PyTimeDelta,
  PyUuid,
  PyZoneInfo,
  Tuple,
} from 'vnpy-bridge/pickle';
import {
  CancelRequest,
  Direction,
  Event,
  Exchange,
  HistoryRequest,
  LogData,
  Offset,
  OrderRequest,
  OrderType,
  SubscribeRequest,
  TickData,
} from 'vnpy-bridge/vnpy';
import { TestSink } from './harness.js';

const TIME = new PyDateTime(2026, 1, 5, 10, 0, 0, 500_001, new PyZoneInfo('Asia/Shanghai'));
const tick = new TickData({
  gateway_name: 'SIM',
  symbol: 'rb2705',
  exchange: Exchange.SHFE,
  datetime: TIME,
  last_price: 3500,
});

describe('values as plain data', () => {
  test.each<[string, unknown, unknown]>([
    ['undefined', undefined, null],
    ['NaN, which JSON has not', NaN, null],
    ['infinity', -Infinity, null],
    ['a float that is whole', new PyFloat(3), 3],
    ['a large integer', 2n ** 70n, '1180591620717411303424'],
    ['an enum member', Direction.LONG, 'LONG'],
    ['a datetime', TIME, '2026-01-05T10:00:00.500001+08:00'],
    ['a timedelta', PyTimeDelta.fromMicroseconds(1_500_000n), '0:00:01.500000'],
    ['bytes', Uint8Array.of(1, 2), { $bytes: 'AQI=' }],
    ['a tuple', Tuple.of(1, 'a'), [1, 'a']],
    ['a set', new FrozenSet([1]), [1]],
    ['a dict with other keys than texts', new Map<unknown, unknown>([[1, 'a']]), [[1, 'a']]],
    ['a Decimal', new PyDecimal('1.10'), '1.10'],
    ['a Fraction', new PyFraction(3n, 4n), '3/4'],
    ['a uuid', new PyUuid(1n), '00000000-0000-0000-0000-000000000001'],
    [
      'a time in a zone that is not known',
      new PyDateTime(2026, 1, 5, 0, 0, 0, 0, new PyZoneInfo('Mars/Base')),
      '2026-01-05T00:00:00[Mars/Base]',
    ],
    ['a number of numpy', new NumpyScalar('<i2', Uint8Array.of(1, 2)), 513],
    ['a datetime64', new NumpyScalar('<M8[D]', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)), '1970-01-02T00:00:00'],
    [
      'an array of numpy',
      NDArray.of(BigInt64Array.of(1n, 2n ** 60n)),
      { $ndarray: '<i8', shape: [2], data: [1, '1152921504606846976'] },
    ],
    [
      'an array of booleans',
      new NDArray('|b1', [2], Uint8Array.of(0, 1)),
      { $ndarray: '|b1', shape: [2], data: [false, true] },
    ],
    ['a type of numpy', new NumpyDType('<f8'), '<f8'],
    ['a persistent id', new PersistentId('a'), { $persistent_id: 'a' }],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a function', new PyGlobal('os', 'system'), { $global: 'os.system' }],
    [
      'an object of a class that nobody knows',
      new PyObject(new PyGlobal('m', 'C'), Tuple.of(1), 'call', undefined, [{ kind: 'state', state: { a: [2] } }]),
      { $class: 'm.C', args: [1], state: { a: [2] } },
    ],
  ])('%s', (_name, value, plain) => {
    expect(toPlain(value)).toEqual(plain);
  });

  test('a key named __proto__ is a key like any other', () => {
    const plain = toPlain(new Map([['__proto__', { polluted: true }]]));
    expect(JSON.stringify(plain)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a cycle and great depth end', () => {
    const cycle: unknown[] = [];
    cycle.push([cycle]);
    expect(toPlain(cycle)).toEqual([[{ $cycle: 2 }]]);
    let deep: unknown = 0;
    for (let depth = 0; depth < 10_000; depth++) deep = [deep];
    expect(JSON.stringify(toPlain(deep))).toContain('…');
  });

  test('a small pickle that shares its parts into billions of values is refused', () => {
    let bomb: unknown = ['x'];
    for (let depth = 0; depth < 90; depth++) bomb = [bomb, bomb];
    expect(() => toPlain(bomb, 100_000)).toThrow(/too large/);
  });
});

describe('tables', () => {
  const columns = [
    { title: 'name', value: (row: { name: string; n: number | null }) => row.name },
    { title: 'n', value: (row: { name: string; n: number | null }) => row.n },
  ];

  test('align by display width, numbers to the right, empty where nothing is', () => {
    const rows = [
      { name: '螺纹', n: 3.5 },
      { name: 'a', n: 12 },
      { name: 'b', n: null },
    ];
    expect(renderTable(columns, rows, plainStyle)).toEqual(['name    n', '螺纹  3.5', 'a      12', 'b']);
  });

  test('escape what would change the screen', () => {
    const [, line = ''] = renderTable(columns, [{ name: '\x1b[2Jgone\u202e', n: 1 }], plainStyle);
    expect(line).toBe('\\x1b[2Jgone\\u202e  1');
  });

  test('show the largest double as no limit, and as it is in CSV', () => {
    const rows = [{ name: 'x', n: Number.MAX_VALUE }];
    expect(renderTable(columns, rows, plainStyle)[1]).toBe('x     ∞');
    expect(renderCsv(columns, rows)[1]).toBe('x,1.7976931348623157e+308');
  });

  test.each([
    [9999824.93399999, '9999824.934'],
    [0.1 + 0.2, '0.3'],
    [-1234567.1000000001, '-1234567.1'],
    [123456789012.34, '123456789012.34'],
    [1 / 3, '0.3333333333333333'],
    [0.00000012, '1.2e-7'],
    [1e21, '1e+21'],
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
  ])('the noise of sums of floats is not shown: %d', (n, shown) => {
    const columns = [{ title: 'n', value: (row: { readonly n: number }) => row.n }];
    expect(renderTable(columns, [{ n }], plainStyle)[1]?.trim()).toBe(shown);
    // Programs get the number as it is.
    expect(Number(renderCsv(columns, [{ n }])[1])).toBe(n === 0 ? 0 : n);
  });

  test('quote in CSV what needs it', () => {
    expect(renderCsv(columns, [{ name: 'a,"b"\nc', n: -0 }])).toEqual(['name,n', '"a,""b""\nc",0']);
  });

  test('take as many rows as a market has contracts', () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => ({ name: String(n), n }));
    expect(renderTable(columns, rows, plainStyle)).toHaveLength(200_001);
  });
});

describe('arguments of a call', () => {
  test.each<[string, unknown]>([
    ['rb2505.SHFE', 'rb2505.SHFE'],
    ['42', 42],
    ['-9007199254740993', -9007199254740993n],
    ['1.0', new PyFloat(1)],
    ['2.5', new PyFloat(2.5)],
    ['null', null],
    ['None', null],
    ['true', true],
    ['"42"', '42'],
    ['[1, "a"]', [1, 'a']],
    ['{"a": {"b": 1}}', { a: { b: 1 } }],
    ['Exchange.SHFE', Exchange.SHFE],
    ['Exchange.NOWHERE', 'Exchange.NOWHERE'],
  ])('%s', (text, value) => {
    expect(parseArgument(text)).toEqual(value);
  });

  test('single quotes stand for double ones, as every shell passes them on', () => {
    expect(parseArgument("SubscribeRequest{'symbol': '600000', 'exchange': 'SSE'}")).toEqual(
      new SubscribeRequest({ symbol: '600000', exchange: Exchange.SSE }),
    );
    expect(parseKeywords("{'vt_symbol': 'rb2505.SHFE'}")).toEqual({ vt_symbol: 'rb2505.SHFE' });
    // Where both stand in a text, the single one is a character of the value.
    expect(parseArgument('["it\'s"]')).toEqual(["it's"]);
    expect(() => parseArgument("{'a': 'it's'}")).toThrow(/is no JSON/);
  });

  test('requests by their class, enum members by name or value', () => {
    expect(parseArgument('SubscribeRequest{"symbol": "rb2505", "exchange": "SHFE"}')).toEqual(
      new SubscribeRequest({ symbol: 'rb2505', exchange: Exchange.SHFE }),
    );
    expect(
      parseArgument(
        'OrderRequest{"symbol":"rb2505","exchange":"SHFE","direction":"多","offset":"OPEN","type":"Limit","volume":1,"price":3500}',
      ),
    ).toEqual(
      new OrderRequest({
        symbol: 'rb2505',
        exchange: Exchange.SHFE,
        direction: Direction.LONG,
        offset: Offset.OPEN,
        type: OrderType.LIMIT,
        volume: 1,
        price: 3500,
      }),
    );
    expect(parseArgument('CancelRequest{"orderid":"1","symbol":"rb2505","exchange":"SHFE"}')).toBeInstanceOf(
      CancelRequest,
    );
    const history = parseArgument('HistoryRequest{"symbol":"a","exchange":"SSE","start":"2026-01-05T00:00:00Z"}');
    expect(history).toBeInstanceOf(HistoryRequest);
    expect((history as HistoryRequest).start.toDate()).toEqual(new Date(Date.UTC(2026, 0, 5)));
  });

  test('a cancel of an order whose id is no text', () => {
    const cancel = (id: string): unknown =>
      parseArgument(`CancelRequest{"orderid": ${id}, "symbol": "a", "exchange": "SSE"}`);
    expect(cancel('7')).toMatchObject({ orderid: 7, vt_symbol: 'a.SSE' });
    expect(cancel('8389765512384743573')).toMatchObject({ orderid: 8389765512384743573n });
    expect(cancel('null')).toMatchObject({ orderid: null });
    expect(cancel('"8389765512384743573"')).toMatchObject({ orderid: '8389765512384743573' });
  });

  test('integers within JSON are exact', () => {
    const text =
      '{"i9007199254740993": [9007199254740993, -9007199254740993, 1, 1e3, 2.5, "s\\"9007199254740993", ""]}';
    expect(parseArgument(text)).toEqual({
      i9007199254740993: [9007199254740993n, -9007199254740993n, 1, 1000, 2.5, 's"9007199254740993', ''],
    });
  });

  test('keyword arguments', () => {
    expect(
      parseKeywords('{"req": "SubscribeRequest{\\"symbol\\":\\"a\\",\\"exchange\\":\\"SSE\\"}", "gateway_name": "42"}'),
    ).toEqual({
      req: new SubscribeRequest({ symbol: 'a', exchange: Exchange.SSE }),
      gateway_name: '42',
    });
  });

  test.each([
    ['an unknown class', 'Order{"a": 1}', /no class Order; there are SubscribeRequest/],
    ['a wrong field', 'SubscribeRequest{"symbl": "a", "exchange": "SSE"}', /symbl/],
    ['an exchange that is none', 'SubscribeRequest{"symbol": "a", "exchange": "NOWHERE"}', /Exchange/],
    ['damaged JSON', '{"a": ', /is no JSON/],
    [
      'an id that is no id',
      'CancelRequest{"orderid": 1.5, "symbol": "a", "exchange": "SSE"}',
      /orderid must be a string/,
    ],
    ['no symbol', 'CancelRequest{"orderid": 7, "exchange": "SSE"}', /needs symbol/],
    ['a time that is none', 'HistoryRequest{"symbol":"a","exchange":"SSE","start":"yesterday"}', /start.*is no time/],
  ])('%s is refused', (_name, text, message) => {
    expect(() => parseArgument(text)).toThrow(message);
  });
});

describe('events', () => {
  const plain = seeEvent({ topic: '', data: new Event('eTick.', tick) });
  const copy = seeEvent({ topic: '', data: new Event('eTick.rb2705.SHFE', tick) });
  const bare = seeEvent({ topic: 'eTick.', data: tick });
  const timer = seeEvent({ topic: '', data: new Event('eTimer', null) });
  const own = seeEvent({ topic: '', data: new Event('eAlgo', { any: 1 }) });
  const filter = { types: [], symbols: new Set<string>(), all: false };

  test('are understood in both shapes', () => {
    expect([plain.type, copy.type, bare.type, own.type]).toEqual(['eTick.', 'eTick.rb2705.SHFE', 'eTick.', 'eAlgo']);
    expect([plain.copyOf, copy.copyOf, bare.copyOf]).toEqual([undefined, 'eTick.', undefined]);
  });

  test.each([
    ['everything once', filter, [true, false, true, false, true]],
    ['everything', { ...filter, all: true }, [true, true, true, true, true]],
    ['one type', { ...filter, types: ['eTick.'] }, [true, false, true, false, false]],
    [
      'the second copy, where it alone is asked for',
      { ...filter, types: ['eTick.rb2705'] },
      [false, true, false, false, false],
    ],
    ['the timer, where it is asked for', { ...filter, types: ['eTimer'] }, [false, false, false, true, false]],
    ['one contract', { ...filter, symbols: new Set(['rb2705.SHFE']) }, [true, false, true, false, false]],
    ['another contract', { ...filter, symbols: new Set(['x.SSE']) }, [false, false, false, false, false]],
  ])('chosen: %s', (_name, chosen, expected) => {
    expect([plain, copy, bare, timer, own].map((event) => isChosen(event, chosen))).toEqual(expected);
  });

  test('are one line, whatever they hold', async () => {
    const log = seeEvent({
      topic: '',
      data: new Event('eLog', new LogData({ gateway_name: 'CTP', msg: 'a\n\x1b[31mb' })),
    });
    expect(eventLine(log, 0, plainStyle, await textsOf('data', 'en'))).toMatch(
      /^\d\d:\d\d:\d\d\.000 eLog CTP a\\n\\x1b\[31mb$/,
    );
    expect(JSON.parse(eventJson(plain, 0))).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      type: 'eTick.',
      data: { vt_symbol: 'rb2705.SHFE', exchange: 'SHFE', datetime: '2026-01-05T10:00:00.500001+08:00' },
    });
  });

  test('have few families', () => {
    expect(['eTick.rb2705.SHFE', 'eLog', ''].map(typeFamily)).toEqual(['eTick.', 'eLog', '']);
  });
});

describe('the writer of lines', () => {
  test('gathers lines into few writes and passes on a closed pipe', async () => {
    const sink = new TestSink(false, undefined, undefined);
    let writes = 0;
    const lines = new LineWriter({
      isTTY: false,
      columns: undefined,
      write: (chunk) => {
        writes++;
        return sink.write(chunk);
      },
    });
    for (let index = 0; index < 1000; index++) await lines.add(`line ${index}`);
    await lines.flush();
    expect(sink.text.split('\n')).toHaveLength(1001);
    expect(writes).toBeLessThan(10);
    sink.closed = true;
    await lines.add('x');
    await expect(lines.flush()).rejects.toThrow(/reader of the output went away/);
  });
});
