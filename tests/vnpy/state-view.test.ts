import { beforeEach, expect, test } from 'vitest';
import { PyDateTime } from 'vnpy-bridge/pickle';
import { BarData, Direction, Exchange, OrderData, replace, StateView, Status, TickData } from 'vnpy-bridge/vnpy';

/** An engine's state, opened for the test. */
class Book extends StateView {
  put(data: Parameters<StateView['keep']>[0]): string {
    return this.keep(data);
  }
  forget(...args: Parameters<StateView['drop']>): void {
    this.drop(...args);
  }
}

const at = new PyDateTime(2026, 1, 5, 10, 0, 0);
const tick = (last_price: number, symbol = 'rb2705'): TickData =>
  new TickData({ gateway_name: 'CTP', symbol, exchange: Exchange.SHFE, datetime: at, last_price });
const order = (status: Status): OrderData =>
  new OrderData({
    gateway_name: 'CTP',
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    orderid: '7',
    direction: Direction.LONG,
    volume: 2,
    status,
  });

let book: Book;
beforeEach(() => {
  book = new Book();
});

test('what is kept stands under its id, the newest of each', () => {
  expect(book.put(tick(3400))).toBe('rb2705.SHFE');
  book.put(tick(3401));
  expect(book.put(order(Status.NOTTRADED))).toBe('CTP.7');
  expect(book.ticks.get('rb2705.SHFE')?.last_price).toBe(3401);
  expect([book.ticks.size, book.orders.size]).toEqual([1, 1]);
});

test('one is dropped by the key that keeping it gave, or all of a kind', () => {
  const key = book.put(tick(3400));
  book.put(tick(15, 'ru2705'));
  book.put(order(Status.NOTTRADED));
  book.forget('tick', key);
  expect([...book.ticks.keys()]).toEqual(['ru2705.SHFE']);
  book.forget('tick');
  expect([book.ticks.size, book.orders.size]).toEqual([0, 1]);
});

test('what has no id is refused', () => {
  const bar = new BarData({ gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE, datetime: at });
  for (const data of [bar, {}] as never[]) expect(() => book.put(data)).toThrow("data of vnpy's that have an id");
});

test('replace() takes a Date for a datetime, as constructors do', () => {
  const changed = replace(tick(3400), { datetime: new Date('2026-01-05T02:00:00.500Z') });
  expect(changed.datetime.epochMicroseconds).toBe(1767578400500000n);
  expect(changed).toBeInstanceOf(TickData);
  expect(changed.last_price).toBe(3400);
});
