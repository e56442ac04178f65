/**
 * What is counted by trading day.
 *
 * @module
 */
import { exact } from './exact.js';
import type { Day } from './trading-day.js';

/** What is counted. `cancelled` are the exchange's: orders that were seen cancelled, without FAK and FOK. */
export interface Tally {
  orders: number;
  cancels: number;
  cancelled: number;
  openVolume: number;
  largeCancels: number;
}

export type TallyName = keyof Tally;

const newTally = (): Tally => ({ orders: 0, cancels: 0, cancelled: 0, openVolume: 0, largeCancels: 0 });

const EMPTY: Readonly<Tally> = Object.freeze(newTally());

/** The day of one exchange. */
interface Book {
  day: Day;
  total: Tally;
  bySymbol: Map<string, Tally>;
}

/** Counts as they are stored. */
export type StoredTallies = readonly {
  readonly exchange: string;
  readonly day: Day;
  readonly bySymbol: readonly (readonly [string, Tally])[];
}[];

/** Counts of the day, for each symbol and together. Those of a day that is over are forgotten. */
export class Tallies {
  readonly #dayOf: (exchange: string) => Day;
  readonly #books = new Map<string, Book>();

  constructor(dayOf: (exchange: string) => Day) {
    this.#dayOf = dayOf;
  }

  add(name: TallyName, exchange: string, vtSymbol: string, amount: number): void {
    const book = this.#bookOf(exchange);
    let tally = book.bySymbol.get(vtSymbol);
    if (tally === undefined) book.bySymbol.set(vtSymbol, (tally = newTally()));
    tally[name] = exact(tally[name] + amount);
    book.total[name] = exact(book.total[name] + amount);
  }

  /** What was counted on a day is taken back, if it is that day still. */
  takeBack(name: TallyName, exchange: string, vtSymbol: string, amount: number, day: Day): void {
    if (this.#dayOf(exchange) === day) this.add(name, exchange, vtSymbol, -amount);
  }

  ofSymbol(exchange: string, vtSymbol: string): Readonly<Tally> {
    return this.#bookOf(exchange).bySymbol.get(vtSymbol) ?? EMPTY;
  }

  /** Over all symbols, each in the day of its exchange. */
  total(name: TallyName): number {
    let sum = 0;
    for (const exchange of this.#books.keys()) sum += this.#bookOf(exchange).total[name];
    return exact(sum);
  }

  toJSON(): StoredTallies {
    return [...this.#books].map(([exchange, { day, bySymbol }]) => ({ exchange, day, bySymbol: [...bySymbol] }));
  }

  restore(stored: StoredTallies): void {
    for (const { exchange, day, bySymbol } of stored) {
      this.#books.set(exchange, { day, total: newTally(), bySymbol: new Map() });
      const book = this.#books.get(exchange);
      for (const [vtSymbol, tally] of bySymbol) {
        book?.bySymbol.set(vtSymbol, { ...tally });
        for (const name of Object.keys(EMPTY) as TallyName[])
          if (book !== undefined) book.total[name] = exact(book.total[name] + tally[name]);
      }
    }
  }

  #bookOf(exchange: string): Book {
    const day = this.#dayOf(exchange);
    let book = this.#books.get(exchange);
    if (book === undefined) {
      this.#books.set(exchange, (book = { day, total: newTally(), bySymbol: new Map() }));
    } else if (book.day < day) {
      book.day = day;
      book.total = newTally();
      book.bySymbol = new Map();
    }
    return book;
  }
}
