import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PyGlobal, PyObject, Tuple, dumps, loads } from 'vnpy-bridge/pickle';
import { Direction, Exchange, OrderType, Status, isEnumMember, parseEnum, vnpyRegistry } from 'vnpy-bridge/vnpy';

const registry = vnpyRegistry;

/** A pickle of `callable(*args)`, as Python writes a member of an enum. */
function call(callable: PyGlobal, ...args: readonly unknown[]): Uint8Array {
  return dumps(new PyObject(callable, Tuple.from(args)));
}

const DIRECTION = new PyGlobal('vnpy.trader.constant', 'Direction');

describe('members', () => {
  test('are found by name and by the value of either locale', () => {
    expect(parseEnum(Direction, 'LONG')).toBe(Direction.LONG);
    expect(parseEnum(Direction, '多')).toBe(Direction.LONG);
    expect(parseEnum(Direction, 'Long')).toBe(Direction.LONG);
    expect(parseEnum(Exchange, 'EUX')).toBe(Exchange.EUREX);
    expect(parseEnum(Direction, 'toString')).toBeUndefined();
    expect(parseEnum(Direction, '')).toBeUndefined();
  });

  test('show as what they are', () => {
    expect(String(Status.ALLTRADED)).toBe('Status.ALLTRADED');
    expect(inspect({ status: Status.ALLTRADED })).toBe('{ status: Status.ALLTRADED }');
    expect(JSON.stringify({ status: Status.ALLTRADED })).toBe('{"status":"ALLTRADED"}');
  });

  test('are recognised', () => {
    expect(isEnumMember(Direction.LONG)).toBe(true);
    expect(isEnumMember(Direction.LONG, 'Status')).toBe(false);
    expect(isEnumMember({ name: 'LONG' })).toBe(false);
  });
});

describe('on the wire', () => {
  test.each(['多', 'Long'])('Direction(%j), of Python 3.10, 3.12 and later, is Direction.LONG', (value) => {
    expect(loads(call(DIRECTION, value), { registry })).toBe(Direction.LONG);
  });

  test('getattr(Direction, "LONG"), of early Python 3.11, is Direction.LONG', () => {
    expect(loads(call(new PyGlobal('builtins', 'getattr'), DIRECTION, 'LONG'), { registry })).toBe(Direction.LONG);
  });

  test('a member is written by name, which every locale reads', () => {
    expect(dumps(OrderType.LIMIT, { registry })).toEqual(
      call(new PyGlobal('builtins', 'getattr'), new PyGlobal('vnpy.trader.constant', 'OrderType'), 'LIMIT'),
    );
  });

  test('a value that no version here knows stays data, and is written back as it came', () => {
    const bytes = call(new PyGlobal('vnpy.trader.constant', 'Exchange'), 'MARS');
    const value = loads(bytes, { registry });
    expect(value).toBeInstanceOf(PyObject);
    expect(dumps(value, { registry })).toEqual(bytes);
  });
});
