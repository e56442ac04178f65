/**
 * When the Chinese exchanges trade: sessions of the day and the night, and the trading days that they belong to.
 *
 * @module
 */
import type { ContractData } from '../data/index.js';
import { Exchange } from '../enums/index.js';

const MINUTE = 60_000;

/** A day in minutes. */
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
  [Exchange.DCE, new Map(named('a b m y p c cs i j jm l v pp eg eb pg rr bz', TO_23))],
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

/** A stretch of time in ms since 1970, without its end. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A day, counted from 1970, and when a contract trades on it. */
export interface TradingDay {
  readonly day: number;
  readonly stretches: readonly Stretch[];
}

/** Rules of a calendar. */
export interface CalendarRules {
  /** Trading hours are kept; false: every contract trades always. */
  readonly hours: boolean;
  /** Days on which the exchanges are closed beside the weekends, counted from 1970. */
  readonly closed?: ReadonlySet<number>;
}

/** Day and minute in Beijing; the days are counted from 1970. */
function wallClock(time: number): { readonly day: number; readonly minute: number } {
  const minutes = Math.floor(time / MINUTE) + BEIJING;
  const day = Math.floor(minutes / DAY);
  return { day, minute: minutes - day * DAY };
}

/** A minute of a day in Beijing, in ms since 1970. */
const instantOf = (day: number, minute: number): number => (day * DAY + minute - BEIJING) * MINUTE;

/** 0 is Sunday; 1970 began on a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** The Monday of a day's week. */
export const mondayOf = (day: number): number => day - ((weekdayOf(day) + 6) % 7);

function isWeekday(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday >= 1 && weekday <= 5;
}

const isNight = ([from]: Session): boolean => from >= DAY_ENDS;

/** When contracts trade. */
export class Calendar {
  readonly #hours: boolean;
  readonly #closed: ReadonlySet<number>;
  readonly #sessions = new Map<ContractData, readonly Session[] | undefined>();

  constructor({ hours, closed = new Set() }: CalendarRules) {
    this.#hours = hours;
    this.#closed = closed;
  }

  /** The day that trading belongs to, counted from 1970: that of Friday night is Monday's. */
  tradingDayOf(time: number): number {
    const { day, minute } = wallClock(time);
    return this.#tradingDayFrom(minute >= DAY_ENDS ? day + 1 : day);
  }

  /** Whether a contract trades at a moment, in ms since 1970. */
  isOpen(contract: ContractData, time: number): boolean {
    const sessions = this.#kept(contract);
    if (sessions === undefined) return true;
    const { day, minute } = wallClock(time);
    const takesPlace = (session: Session, on: number): boolean =>
      isNight(session) ? this.#hasNight(on) : this.#isTradingDay(on);
    // After midnight it is the night of the day before.
    return sessions.some(
      (session) =>
        (isIn(session, minute) && takesPlace(session, day)) ||
        (isIn(session, minute + DAY) && takesPlace(session, day - 1)),
    );
  }

  /** When a contract that is closed at a moment trades again; undefined where it trades always. */
  nextOpen(contract: ContractData, time: number): number | undefined {
    for (let day = this.tradingDayOf(time); ; day = this.#tradingDayFrom(day + 1)) {
      const stretches = this.stretchesOf(contract, day);
      if (stretches === undefined) return undefined;
      const next = stretches.find(({ from }) => from > time);
      if (next !== undefined) return next.from;
    }
  }

  /** The last moment at which a contract has traded: this one while it is open, else the close before it. */
  lastOpen(contract: ContractData, time: number): number {
    if (this.isOpen(contract, time)) return time;
    for (let day = this.tradingDayOf(time); ; day = this.#tradingDayBefore(day)) {
      const last = this.stretchesOf(contract, day)
        ?.filter(({ to }) => to <= time)
        .at(-1);
      if (last !== undefined) return last.to;
    }
  }

  /** The close of the trading day to which a moment belongs; undefined where a contract trades always. */
  closeOf(contract: ContractData, time: number): number | undefined {
    return this.stretchesOf(contract, this.tradingDayOf(time))?.at(-1)?.to;
  }

  /** When a contract trades on a trading day, in order: first the night before. Undefined where it trades always. */
  stretchesOf(contract: ContractData, day: number): readonly Stretch[] | undefined {
    const sessions = this.#kept(contract);
    if (sessions === undefined) return undefined;
    if (!this.#isTradingDay(day)) return [];
    const before = this.#tradingDayBefore(day);
    return sessions
      .filter((session) => !isNight(session) || this.#hasNight(before))
      .map((session) => {
        const [from, to] = session;
        const on = isNight(session) ? before : day;
        return { from: instantOf(on, from), to: instantOf(on, to) };
      });
  }

  /**
   * The days on which a contract trades, from that of a moment on, without end. Where it trades always these are whole days: of
   * Beijing at a Chinese exchange, of UTC elsewhere.
   */
  *daysFrom(contract: ContractData, time: number): Generator<TradingDay, never> {
    if (this.#kept(contract) === undefined) {
      for (let day = Math.floor((time - this.startOf(contract, 0)) / (DAY * MINUTE)); ; day++)
        yield { day, stretches: [{ from: this.startOf(contract, day), to: this.startOf(contract, day + 1) }] };
    }
    for (let day = this.tradingDayOf(time); ; day = this.#tradingDayFrom(day + 1))
      yield { day, stretches: this.stretchesOf(contract, day) ?? [] };
  }

  /** Midnight of a day that is counted from 1970: in Beijing at a Chinese exchange, in UTC elsewhere. In ms since 1970. */
  startOf(contract: ContractData, day: number): number {
    return this.hasDays(contract) ? instantOf(day, 0) : day * DAY * MINUTE;
  }

  /** Whether a contract has trading days. */
  hasDays(contract: ContractData): boolean {
    return this.#of(contract) !== undefined;
  }

  #isTradingDay(day: number): boolean {
    return isWeekday(day) && !this.#closed.has(day);
  }

  /** There is no night session before a holiday. A weekend is none, nor is a holiday that falls on one. */
  #hasNight(day: number): boolean {
    if (!this.#isTradingDay(day)) return false;
    const next = this.#tradingDayFrom(day + 1);
    for (let between = day + 1; between < next; between++) if (isWeekday(between)) return false;
    return true;
  }

  #tradingDayFrom(day: number): number {
    let found = day;
    while (!this.#isTradingDay(found)) found++;
    return found;
  }

  #tradingDayBefore(day: number): number {
    let found = day - 1;
    while (!this.#isTradingDay(found)) found--;
    return found;
  }

  #kept(contract: ContractData): readonly Session[] | undefined {
    return this.#hours ? this.#of(contract) : undefined;
  }

  #of(contract: ContractData): readonly Session[] | undefined {
    if (!this.#sessions.has(contract)) this.#sessions.set(contract, sessionsOf(contract));
    return this.#sessions.get(contract);
  }
}

function isIn([from, to]: Session, minute: number): boolean {
  return minute >= from && minute < to;
}
