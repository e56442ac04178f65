import { describe, expect, test } from 'vitest';
import { dumps, loads, PyDateTime, PyDecimal, PyZoneInfo } from 'vnpy-bridge/pickle';
import {
  Direction,
  Event,
  Exchange,
  InvalidDataError,
  OrderData,
  Status,
  toPlain,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';

const order = new OrderData({
  gateway_name: 'CTP',
  symbol: 'rb2705',
  exchange: Exchange.SHFE,
  orderid: '7',
  direction: Direction.LONG,
  price: 3500.5,
  volume: 2,
  status: Status.NOTTRADED,
  datetime: new PyDateTime(2026, 1, 5, 10, 0, 0, 500_001, new PyZoneInfo('Asia/Shanghai')),
  extra: { fees: [2n ** 60n, 5n], levels: new Map([['side', Direction.SHORT]]), byVolume: new Map([[1, 'a']]) },
});

describe('toPlain', () => {
  test('gives an order that came in an event as JSON', () => {
    const event = loads(dumps(new Event('eOrder.', order), { registry: vnpyRegistry }), { registry: vnpyRegistry });
    const plain: unknown = JSON.parse(JSON.stringify(toPlain(event)));
    expect(plain).toMatchObject({
      type: 'eOrder.',
      data: {
        vt_symbol: 'rb2705.SHFE',
        exchange: 'SHFE',
        direction: 'LONG',
        offset: 'NONE',
        status: 'NOTTRADED',
        price: 3500.5,
        datetime: '2026-01-05T10:00:00.500001+08:00',
        extra: { fees: ['1152921504606846976', 5], levels: { side: 'SHORT' }, byVolume: [[1, 'a']] },
      },
    });
    expect(toPlain((event as Event).data)).toEqual(toPlain(order));
  });

  test('gives a naive datetime no offset', () => {
    expect(toPlain(new PyDateTime(2026, 1, 5, 10, 0, 0, 1))).toBe('2026-01-05T10:00:00.000001');
  });

  test.each([2n ** 53n - 1n, 1n - 2n ** 53n])('gives %s as the number that it is', (value) => {
    expect(toPlain(value)).toBe(Number(value));
  });

  test.each([2n ** 53n, -(2n ** 53n)])('gives %s as a text', (value) => {
    expect(toPlain(value)).toBe(value.toString());
  });

  test('gives bytes of every length as base64', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
    for (const length of [0, 1, 2, 3, 4, 256]) {
      const part = bytes.subarray(0, length);
      expect(toPlain(part)).toEqual({ $bytes: Buffer.from(part).toString('base64') });
    }
  });

  test('ends where a value contains itself, in maps and in what `extra` has', () => {
    const own = new Map<string, unknown>();
    own.set('self', own);
    expect(toPlain({ extra: own })).toEqual({ extra: { self: { $cycle: 1 } } });
  });

  test('ends below a hundred levels', () => {
    let deep: unknown = 0;
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    expect(JSON.stringify(toPlain(deep))).toBe(`${'{"deep":'.repeat(100)}"…"${'}'.repeat(100)}`);
  });

  test.each([
    ['values', Array.from({ length: 1000 }, () => 0)],
    ['bytes', new Uint8Array(16_000)],
    ['digits', new PyDecimal(`0.${'1'.repeat(16_000)}`)],
    ['digits of an int', 10n ** 16_000n],
  ])('refuses %s beyond the bound, as often as they are shared', (_what, part) => {
    expect(() => toPlain([part, part], 3000)).not.toThrow();
    const refusal = new InvalidDataError(
      'OUT_OF_RANGE',
      '',
      '',
      'the value is too large to be written out: more than 3000 parts',
    );
    expect(() => toPlain([part, part, part], 3000)).toThrow(refusal);
  });
});
