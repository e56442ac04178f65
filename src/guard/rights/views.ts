/**
 * What a principal sees: of answers, and of events.
 *
 * Orders, trades and quotes of its own it always sees. Those of others, positions and accounts it sees when one of its roles may
 * ask for them, and no role denies them. They have to be in the gateways, accounts and symbols of that role. For others' orders
 * and trades the role also has to say `see: all`. Contracts, ticks, bars and everything that is not vnpy's is shown.
 *
 * @module
 */
import { Event } from '../../vnpy/index.js';
import { classify } from '../../vnpy/internal.js';
import type { KindedData } from '../../vnpy/internal.js';
import type { CompiledRole, Question } from './roles.js';
import type { Rights } from './rights.js';

/** What has to be known of an item beyond what stands in it. */
export interface ViewContext {
  /** The principal that sent an order or a quote, by its `gateway.orderid`; undefined: not by this guard. */
  ownerOf(vtOrderid: string): string | undefined;
  /** The account of a gateway, as `GATEWAY.accountid`. Without it, roles with `accounts` show only what names its account. */
  accountOf?(gateway: string): string | undefined;
  /** The principal that a log event is for; undefined: for all. */
  addresseeOf?(item: object): string | undefined;
}

/** Functions that list what a kind is of: who may call none of them does not see others'. */
const ASKED_BY = {
  order: ['get_order', 'get_all_orders', 'get_all_active_orders'],
  // vnpy has no question for quotes: they are a kind of orders.
  quote: ['get_order', 'get_all_orders', 'get_all_active_orders'],
  trade: ['get_trade', 'get_all_trades'],
  position: ['get_position', 'get_all_positions'],
  account: ['get_account', 'get_all_accounts'],
} as const;

type Guarded = keyof typeof ASKED_BY;

/** Whether a principal sees a piece of data, or an event with one. */
export function sees(rights: Rights, item: unknown, context: ViewContext): boolean {
  if (typeof item !== 'object' || item === null) return true;

  const addressee = context.addresseeOf?.(item);
  if (addressee !== undefined) return addressee === rights.principal.name;

  const data: unknown = item instanceof Event ? item.data : item;
  const kinded = classify(data);
  return kinded === undefined || !isGuarded(kinded) || seesGuarded(rights, kinded, context);
}

type GuardedItem = Extract<KindedData, { readonly kind: Guarded }>;

function isGuarded(item: KindedData): item is GuardedItem {
  return Object.hasOwn(ASKED_BY, item.kind);
}

function seesGuarded(rights: Rights, item: GuardedItem, context: ViewContext): boolean {
  const id = idOf(item);
  if (id !== undefined && context.ownerOf(id) === rights.principal.name) return true;

  const place = placeOf(item, context);
  if (rights.roles.some((role) => role.firstDenied(place) !== undefined)) return false;

  // A function that any role denies, nobody asks.
  const questions = ASKED_BY[item.kind].filter((name) => rights.mayCall(name) === undefined);
  return questions.length > 0 && rights.roles.some((role) => shows(role, item, place, questions));
}

function shows(role: CompiledRole, { kind }: GuardedItem, place: Question, questions: readonly string[]): boolean {
  // Positions and accounts belong to nobody.
  const isOnesOwn = kind !== 'position' && kind !== 'account';
  if (isOnesOwn && role.role.see !== 'all') return false;

  return role.firstOutside(place) === undefined && role.mayCallAny(questions);
}

/** By which its owner is found. */
function idOf(item: GuardedItem): string | undefined {
  switch (item.kind) {
    case 'order':
    case 'trade':
      return item.data.vt_orderid;
    case 'quote':
      return item.data.vt_quoteid;
    default:
      return undefined;
  }
}

function placeOf(item: GuardedItem, context: ViewContext): Question {
  const { gateway_name: gateway } = item.data;
  return item.kind === 'account'
    ? { gateway, account: item.data.vt_accountid }
    : { gateway, account: context.accountOf?.(gateway), symbol: item.data.vt_symbol };
}
