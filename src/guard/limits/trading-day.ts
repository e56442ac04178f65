/**
 * Trading days: which one it is at an exchange.
 *
 * A night session belongs to the next trading day, and Friday's to Monday. So a day has no date here: it is known by the
 * instant at which it began.
 *
 * @module
 */
import { compilePatterns } from '../policy/patterns.js';
import type { Matcher } from '../policy/patterns.js';
import type { DayRule } from '../policy/policy.js';

/** The start of a trading day, in ms since the epoch. */
export type Day = number;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Days back or forth in which one begins, whatever the rule: a rule names at least one day of the week. */
const REACH = 8;

/** What holds for exchanges that no rule names. */
const ELSEWHERE: DayRule = { exchanges: ['*'], starts: 0, on: [0, 1, 2, 3, 4, 5, 6], zone: 'UTC' };

/** The day of each exchange. A day never gives way to an earlier one, whatever the clock does. */
export class TradingDays {
  readonly #rules: readonly Calendar[];
  readonly #byExchange = new Map<string, Calendar>();
  readonly #latest: Map<string, Day>;

  /**
   * @param days - The first rule that names an exchange holds.
   * @param before - Days that have begun under an earlier policy or before a restart: {@link begun} gave them.
   */
  constructor(days: readonly DayRule[], before: Iterable<readonly [exchange: string, day: Day]> = []) {
    this.#rules = [...days, ELSEWHERE].map((rule) => new Calendar(rule));
    this.#latest = new Map(before);
  }

  /**
   * The day of an exchange.
   *
   * @param exchange - vnpy's name, `SHFE`.
   * @param now - In ms since the epoch.
   * @returns The last start of a day that is not after `now`; a later one, where a later one was given before.
   */
  dayOf(exchange: string, now: number): Day {
    const day = this.#calendarOf(exchange).startOf(now);
    const latest = this.#latest.get(exchange);
    if (latest !== undefined && latest >= day) return latest;
    this.#latest.set(exchange, day);
    return day;
  }

  /** The zone of an exchange's days. */
  zoneOf(exchange: string): string {
    return this.#calendarOf(exchange).rule.zone;
  }

  /** The latest day of each exchange that was asked for. */
  begun(): readonly (readonly [exchange: string, day: Day])[] {
    return [...this.#latest];
  }

  #calendarOf(exchange: string): Calendar {
    let calendar = this.#byExchange.get(exchange);
    if (calendar === undefined) {
      calendar = this.#rules.find(({ exchanges }) => exchanges.matches(exchange)) ?? new Calendar(ELSEWHERE);
      this.#byExchange.set(exchange, calendar);
    }
    return calendar;
  }
}

/** The days of one rule. */
class Calendar {
  readonly rule: DayRule;
  readonly exchanges: Matcher;
  readonly #wall: Intl.DateTimeFormat;
  /** The day that was asked for last: it holds from its start to before its end. */
  #start = Infinity;
  #end = -Infinity;

  constructor(rule: DayRule) {
    this.rule = rule;
    this.exchanges = compilePatterns(rule.exchanges);
    this.#wall = new Intl.DateTimeFormat('en-US', {
      timeZone: rule.zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  startOf(now: number): Day {
    if (now >= this.#start && now < this.#end) return this.#start;
    const midnight = Math.floor(this.#wallAt(now) / DAY) * DAY;
    this.#start = -Infinity;
    this.#end = Infinity;
    for (let days = -REACH; days <= REACH; days++) {
      const date = midnight + days * DAY;
      if (!this.rule.on.includes(new Date(date).getUTCDay())) continue;
      const instant = this.#instantOf(date + this.rule.starts * MINUTE);
      if (instant <= now) this.#start = instant;
      else if (this.#end === Infinity) this.#end = instant;
    }
    return this.#start;
  }

  /** What a clock on the wall shows at an instant, as if it were UTC. */
  #wallAt(instant: number): number {
    const shown: Record<string, number> = {};
    for (const { type, value } of this.#wall.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }

  /** The instant at which the wall shows it; where it is left out in spring, as much later as is left out. */
  #instantOf(wall: number): number {
    const offset = this.#wallAt(wall) - wall;
    const guess = wall - offset;
    const corrected = wall - (this.#wallAt(guess) - guess);
    return this.#wallAt(corrected) === wall ? corrected : Math.max(guess, corrected);
  }
}
