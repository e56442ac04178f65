/**
 * What the server has told: one collection a kind.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import type { Account, Contract, Log, Order, Position, Quote, Status, Tick, Trade } from '../net/types.js';
import { Collection } from './collection.js';

export const orders = new Collection<Order>((order) => order.vt_orderid);
export const trades = new Collection<Trade>((trade) => trade.vt_tradeid, 20_000);
export const positions = new Collection<Position>((position) => position.vt_positionid);
export const accounts = new Collection<Account>((account) => account.vt_accountid);
/** Two-sided quotes of market makers; vnpy's server tells of them as they change, and cannot list them. */
export const quotes = new Collection<Quote>((quote) => quote.vt_quoteid);
export const ticks = new Collection<Tick>((tick) => tick.vt_symbol);
export const contracts = new Collection<Contract>((contract) => contract.vt_symbol);

/** A log line has no name of its own: it gets a number here. */
export interface NumberedLog extends Log {
  readonly number: number;
}
export const logs = new Collection<NumberedLog>((line) => String(line.number), 5_000);

/** Whether all contracts have come. */
export const contractsComplete = signal(false);

/** What the console knows of its way to the market. */
export const status = signal<Status | undefined>(undefined);

const ACTIVE: ReadonlySet<string> = new Set(['SUBMITTING', 'NOTTRADED', 'PARTTRADED']);
const FINAL: ReadonlySet<string> = new Set(['ALLTRADED', 'CANCELLED', 'REJECTED']);

/** Whether an order may still trade. A status that this page does not know says nothing final. */
export const isActive = (order: Pick<Order, 'status'>): boolean => ACTIVE.has(order.status) || !FINAL.has(order.status);

/** The orders that may still trade. */
export const activeOrders = computed(() => orders.rows.value.filter(isActive));

/** The tick of prices of a contract: how its prices are written. */
export function tickOf(vtSymbol: string): number | undefined {
  return contracts.get(vtSymbol)?.pricetick ?? undefined;
}

/** What of an order is left to trade. */
export const leftOf = (order: Order): number => Math.max(0, (order.volume ?? 0) - (order.traded ?? 0));
