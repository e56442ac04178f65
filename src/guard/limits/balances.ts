/**
 * What accounts have lost since the day began, by their balances.
 *
 * @module
 */
import type { AccountData } from '../../vnpy/data/public.js';
import type { Day } from './trading-day.js';

/** A balance that changes by more than this in one event was changed by a deposit or withdrawal, not by trading. */
const JUMP = 0.5;

interface Account {
  readonly gateway: string;
  balance: number;
  /** The balance at the beginning of the day of each exchange. */
  readonly begun: Map<string, { readonly day: Day; readonly balance: number }>;
  /** What cannot have been trading. */
  jump: { readonly from: number; readonly to: number } | undefined;
}

/** An account as it is stored. */
export interface StoredAccount {
  readonly id: string;
  readonly gateway: string;
  readonly balance: number;
  readonly begun: readonly (readonly [string, { readonly day: Day; readonly balance: number }])[];
  readonly jump: { readonly from: number; readonly to: number } | undefined;
}

/** The balances of all accounts, by vt_accountid. */
export class Balances {
  readonly #dayOf: (exchange: string) => Day;
  readonly #accounts = new Map<string, Account>();
  readonly #exchanges = new Set<string>();

  constructor(dayOf: (exchange: string) => Day) {
    this.#dayOf = dayOf;
  }

  /** There is something to trade at an exchange: its days count from now on. */
  follow(exchange: string): void {
    if (this.#exchanges.has(exchange)) return;
    this.#exchanges.add(exchange);
    for (const account of this.#accounts.values()) this.#begin(account, exchange, account.balance);
  }

  tell({ vt_accountid: id, gateway_name: gateway, balance }: AccountData): void {
    const account = this.#accounts.get(id);
    if (account === undefined) {
      const fresh: Account = { gateway, balance, begun: new Map(), jump: undefined };
      this.#accounts.set(id, fresh);
      for (const exchange of this.#exchanges) this.#begin(fresh, exchange, balance);
      return;
    }
    for (const exchange of this.#exchanges) this.#begin(account, exchange, balance);
    const before = account.balance;
    account.balance = balance;
    // A balance that is no number is a jump, too.
    if (!(Math.abs(balance - before) <= Math.abs(before) * JUMP)) account.jump = { from: before, to: balance };
  }

  /** The ids of a gateway's accounts. */
  of(gateway: string): readonly string[] {
    return [...this.#accounts].filter(([, account]) => account.gateway === gateway).map(([id]) => id);
  }

  /** What an account has lost since the day of an exchange began, or why that cannot be told. */
  lost(id: string, exchange: string): { readonly lost: number } | { readonly missing: string } {
    const account = this.#accounts.get(id);
    if (account === undefined) return { missing: `no balance of ${id} is known` };
    const { jump, balance } = account;
    if (jump !== undefined || !Number.isFinite(balance)) {
      const change = jump === undefined ? `is ${balance}` : `went from ${jump.from} to ${jump.to} at once`;
      return { missing: `the balance of ${id} ${change}, which no trading does: a baseline must be set` };
    }
    return { lost: this.#begin(account, exchange, balance) - balance };
  }

  /** A person says that the balances are right: losses begin at 0. */
  begin(gateway: string): void {
    for (const account of this.#accounts.values()) {
      if (account.gateway !== gateway) continue;
      account.jump = undefined;
      account.begun.clear();
    }
  }

  toJSON(): readonly StoredAccount[] {
    return [...this.#accounts].map(([id, { begun, ...rest }]) => ({ id, ...rest, begun: [...begun] }));
  }

  restore(stored: readonly StoredAccount[]): void {
    for (const { id, begun, ...rest } of stored) this.#accounts.set(id, { ...rest, begun: new Map(begun) });
  }

  /** @returns The balance at the beginning of the day; the one given, where the day has just begun. */
  #begin({ begun }: Account, exchange: string, balance: number): number {
    const day = this.#dayOf(exchange);
    const known = begun.get(exchange);
    if (known !== undefined && known.day >= day) return known.balance;
    begun.set(exchange, { day, balance });
    return balance;
  }
}
