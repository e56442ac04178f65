/**
 * When the Chinese exchanges trade: sessions of the day and the night, and the trading days that they belong to.
 *
 * @module
 */
import type { ContractData } from '../data/index.js';
import { Exchange } from '../enums/index.js';

const MINUTE = 60_000;
const DAY = 24 * 60;

/** China keeps one time, without summer time. */
const BEIJING = 8 * 60;

/** The trading day ends at 20:30: half an hour before the night session, which belongs to the next one. */
const DAY_ENDS = 20 * 60 + 30;

/** From and to, in minutes of the day in Beijing. A night session may end after minute 1440. */
type Session = readonly [from: number, to: number];

const at = (hour: number, minute = 0): number => hour * 60 + minute;

const FUTURES: readonly Session[] = [
  [at(9), at(10, 15)],
  [at(10, 30), at(11, 30)],
  [at(13, 30), at(15)],
];
const STOCKS: readonly Session[] = [
  [at(9, 30), at(11, 30)],
  [at(13), at(15)],
];
const BONDS: readonly Session[] = [
  [at(9, 30), at(11, 30)],
  [at(13), at(15, 15)],
];

const until = (end: number): readonly Session[] => [[at(21), end], ...FUTURES];
const TO_23 = until(at(23));
const TO_1 = until(at(25));
const TO_230 = until(at(26, 30));

const named = (names: string, sessions: readonly Session[]): [string, readonly Session[]][] =>
  names.split(' ').map((name) => [name, sessions]);

/** Sessions by product, of the exchanges' own rules (2026). A product that is not here trades by day alone. */
const NIGHTS: ReadonlyMap<Exchange, ReadonlyMap<string, readonly Session[]>> = new Map<
  Exchange,
  ReadonlyMap<string, readonly Session[]>
>([
  [
    Exchange.SHFE,
    new Map([
      ...named('rb hc bu ru fu sp br op', TO_23),
      ...named('cu al zn pb ni sn ss ao ad', TO_1),
      ...named('au ag', TO_230),
    ]),
  ],
  [Exchange.INE, new Map([...named('lu nr', TO_23), ...named('bc', TO_1), ...named('sc', TO_230)])],
  [Exchange.DCE, new Map(named('a b m y p c cs i j jm l v pp eg eb pg rr', TO_23))],
  [Exchange.CZCE, new Map(named('SR CF CY TA MA FG RM OI ZC SA PF PX SH PR PL', TO_23))],
]);

const BOND_FUTURES: ReadonlySet<string> = new Set(['T', 'TF', 'TS', 'TL']);

/** The sessions of a contract; undefined where it trades always. */
function sessionsOf({ symbol, exchange }: ContractData): readonly Session[] | undefined {
  const product = /^[A-Za-z]*/.exec(symbol)?.[0] ?? '';
  switch (exchange) {
    case Exchange.SSE:
    case Exchange.SZSE:
    case Exchange.BSE:
      return STOCKS;
    case Exchange.CFFEX:
      return BOND_FUTURES.has(product) ? BONDS : STOCKS;
    case Exchange.SHFE:
    case Exchange.INE:
    case Exchange.DCE:
    case Exchange.CZCE:
    case Exchange.GFEX:
      return NIGHTS.get(exchange)?.get(product) ?? FUTURES;
    default:
      return undefined;
  }
}

/** Day and minute in Beijing; the days are counted from 1970. */
function wallClock(time: number): { readonly day: number; readonly minute: number } {
  const minutes = Math.floor(time / MINUTE) + BEIJING;
  const day = Math.floor(minutes / DAY);
  return { day, minute: minutes - day * DAY };
}

/** 0 is Sunday; 1970 began on a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** Holidays are not known: an exchange trades from Monday to Friday. */
export function isWeekday(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday >= 1 && weekday <= 5;
}

/** The day that trading belongs to, counted from 1970: that of Friday night is Monday's. */
export function tradingDayOf(time: number): number {
  const { day, minute } = wallClock(time);
  let tradingDay = minute >= DAY_ENDS ? day + 1 : day;
  while (!isWeekday(tradingDay)) tradingDay++;
  return tradingDay;
}

/** When contracts trade. */
export class Calendar {
  readonly #sessions = new Map<ContractData, readonly Session[] | undefined>();

  /** Whether a contract trades at a moment, in ms since 1970. */
  isOpen(contract: ContractData, time: number): boolean {
    const sessions = this.#of(contract);
    if (sessions === undefined) return true;
    const { day, minute } = wallClock(time);
    const isIn = (moment: number): boolean => sessions.some(([from, to]) => moment >= from && moment < to);
    // After midnight it is the night of the day before.
    return (isWeekday(day) && isIn(minute)) || (isWeekday(day - 1) && isIn(minute + DAY));
  }

  /**
   * Whether a contract trades at all from one moment to another. A minute, an hour, or whole days from midnight in Beijing.
   */
  tradesWithin(contract: ContractData, from: number, to: number): boolean {
    if (!this.hasDays(contract)) return true;
    const { day } = wallClock(from);
    // Bars of days and weeks have their trading days, to which the nights before belong.
    const days = Math.round((to - from) / (DAY * MINUTE));
    if (days >= 1) return Array.from({ length: days }, (_, index) => day + index).some(isWeekday);
    // Sessions begin and end at quarters of an hour.
    for (let time = from; time < to; time += 15 * MINUTE) if (this.isOpen(contract, time)) return true;
    return false;
  }

  /** Where the days and weeks of bars begin, beside those of 1970 in UTC: at midnight in Beijing, on a Monday. In ms. */
  beginOf(contract: ContractData, length: number): number {
    if (!this.hasDays(contract) || length < DAY * MINUTE) return 0;
    return ((length > DAY * MINUTE ? 4 * DAY : 0) - BEIJING) * MINUTE;
  }

  /** Whether a contract has trading days. */
  hasDays(contract: ContractData): boolean {
    return this.#of(contract) !== undefined;
  }

  #of(contract: ContractData): readonly Session[] | undefined {
    if (!this.#sessions.has(contract)) this.#sessions.set(contract, sessionsOf(contract));
    return this.#sessions.get(contract);
  }
}
