/**
 * What answers carry.
 *
 * @module
 */
import * as v from 'valibot';
import { Account, Bar, Contract, Log, Order, Position, Tick, Trade } from './data.js';
import { Warning } from './problems.js';
import { HaltScope } from './requests.js';

/** A moment of this console's own clock: ISO 8601 in UTC, with ms. */
const moment = v.string();

/** A list; more follows where there is a cursor, to be given back as it is. */
const listOf = <Item extends v.GenericSchema>(item: Item) =>
  v.object({ data: v.array(item), next_cursor: v.optional(v.string()) });

/** What somebody may do. */
export const Right = v.picklist(['view', 'trade', 'halt', 'resume', 'audit', 'users']);

/** GET /session: who am I. */
export const Session = v.object({
  user: v.string(),
  role: v.string(),
  rights: v.array(Right),
  /** When it ends at the latest; null for a token. */
  expires: v.nullable(moment),
  /** It came by a one-time link: PUT /session/password comes first. */
  needs_password: v.boolean(),
  options: v.object({
    /** Whether this console sends orders at all. */
    trade: v.boolean(),
    /** Whether PUT /preferences keeps something. */
    preferences: v.boolean(),
    /** Whether this console shows strategies. */
    strategies: v.boolean(),
    simulated: v.boolean(),
    version: v.string(),
    warnings: v.object({ far_from_last: v.number(), large_volume: v.number(), wide_spread_ticks: v.number() }),
  }),
});

/** One halt that holds. */
export const HaltState = v.object({
  level: v.picklist(['halt', 'reduce']),
  scope: HaltScope,
  reason: v.string(),
  by: v.string(),
  since: moment,
});

/** Whether orders may be sent, and who halted what. */
export const Trading = v.object({
  /** Whether this console sends orders at all. */
  enabled: v.boolean(),
  /** Whether something halts everything. */
  halted: v.boolean(),
  by: v.nullable(v.string()),
  since: v.nullable(moment),
  halts: v.array(HaltState),
  /** Whether a halt holds after a restart of this console, too. */
  halts_kept: v.boolean(),
});

const link = v.object({
  state: v.picklist(['up', 'down', 'unknown']),
  /** Since when it is so. */
  since: moment,
  address: v.nullable(v.string()),
});

/** The way to one server. */
export const ServerState = v.object({
  /** Its name, with which its gateways and all its ids begin: `NAME:`. Empty where there is only one server. */
  name: v.string(),
  /** `local` is a simulation, or a recording. */
  kind: v.picklist(['vnpy', 'local']),
  state: v.picklist(['connected', 'connecting', 'disconnected', 'stopped']),
  /** Of a lost connection: `unreachable`, `lost`, `handshake`, `unresponsive`. */
  reason: v.nullable(v.string()),
  /** One or two sentences: what was seen, and what to do. */
  detail: v.nullable(v.string()),
  since: moment,
  links: v.object({
    request: link,
    publish: link,
    /** Age of the last message of the server, in ms; null where there is no server, or before the first. */
    heartbeat_age: v.nullable(v.number()),
  }),
  /** How many times it was connected again. */
  reconnects: v.number(),
  /** The server's clock minus this one's, in ms. */
  clock_offset: v.nullable(v.number()),
  gateways: v.array(v.string()),
});

/** GET /status, and the channel `status`: what is known of the way to the market, from evidence. */
export const Status = v.object({
  /** The worst of what is below: `connected` is all well. */
  state: v.picklist(['connected', 'connecting', 'disconnected', 'stopped']),
  /** Of a lost connection: `unreachable`, `lost`, `handshake`, `unresponsive`. */
  reason: v.nullable(v.string()),
  /** One or two sentences: what was seen, and what to do. */
  detail: v.nullable(v.string()),
  since: moment,
  server_time: moment,
  /** Changes when this console starts. */
  epoch: v.string(),
  /** Of several servers each is the best of theirs: what works. */
  links: v.object({
    request: link,
    publish: link,
    /** Age of the last message of a server, in ms; null where there is no server, or before the first. */
    heartbeat_age: v.nullable(v.number()),
    /** Age of the last tick of any symbol, in ms; null before the first. */
    tick_age: v.nullable(v.number()),
  }),
  server: v.object({
    kind: v.picklist(['vnpy', 'local']),
    /** How many times it was connected again. */
    reconnects: v.number(),
    clock_offset: v.nullable(v.number()),
  }),
  /** Each server: more than one where several are joined. */
  servers: v.array(ServerState),
  gateways: v.array(v.string()),
  /** Counts, so that a page sees that there is more to fetch. */
  counts: v.object({
    contracts: v.number(),
    orders: v.number(),
    trades: v.number(),
    subscriptions: v.number(),
    clients: v.number(),
  }),
  /** Subscribed symbols without a tick for a while. */
  stale: v.array(v.string()),
  trading: Trading,
});

/** A tick, and how old it is by this console's clock. */
export const AgedTick = v.object({ ...Tick.entries, age_ms: v.nullable(v.number()), stale: v.boolean() });

export const ContractList = listOf(Contract);
export const TickList = listOf(AgedTick);
export const OrderList = listOf(Order);
export const TradeList = listOf(Trade);
export const PositionList = listOf(Position);
export const AccountList = listOf(Account);
export const LogList = listOf(Log);
export const BarList = listOf(Bar);

/** One of the server's gateways. */
export const Gateway = v.object({ gateway_name: v.string(), contracts: v.number(), accounts: v.array(v.string()) });
export const GatewayList = listOf(Gateway);

/** A symbol whose ticks were asked for. */
export const Subscription = v.object({ vt_symbol: v.string() });
export const SubscriptionList = listOf(Subscription);

/** What the table of ids knows of one. */
export const OrderTicket = v.object({
  client_order_id: v.string(),
  /** `unknown`: it may be at the server; ask with `resolve=true`. Never a failure. */
  state: v.picklist(['sending', 'sent', 'refused', 'not-sent', 'unknown']),
  vt_orderid: v.nullable(v.string()),
  /** As it stands now, where it is known. */
  order: v.nullable(Order),
});

/** POST /orders/preview: what the server worked out. Nothing was sent. */
export const OrderPreview = v.object({
  vt_symbol: v.string(),
  name: v.string(),
  gateway_name: v.string(),
  last_price: v.nullable(v.number()),
  /** Price times volume times size, in the contract's currency. */
  notional: v.nullable(v.number()),
  /** How far the price is from the last one: 0.01 is 1 % above. */
  distance: v.nullable(v.number()),
  /** The same in price ticks. */
  distance_ticks: v.nullable(v.number()),
  /** Lots held in the direction of the order when it is filled: long above 0, short below. Null where it cannot be told. */
  position_after: v.nullable(v.number()),
  warnings: v.array(Warning),
  /** What would refuse it now. */
  refusals: v.array(
    v.object({
      rule: v.string(),
      message: v.string(),
      /** Where the rule counts something. */
      limit: v.nullable(v.number()),
      value: v.nullable(v.number()),
    }),
  ),
});

/** Answer to a cancel: it was sent; the end comes as an event. */
export const CancelSent = v.object({ vt_orderid: v.string(), outcome: v.literal('sent') });

/** What became of one cancel. `unknown`: it may have been sent. */
export const CancelOutcome = v.object({
  vt_orderid: v.string(),
  outcome: v.picklist(['sent', 'not-active', 'not-found', 'filtered', 'refused', 'not-sent', 'unknown']),
  detail: v.nullable(v.string()),
});
export const CancelAllAnswer = v.object({ data: v.array(CancelOutcome) });

/** POST /trading/halt */
export const HaltAnswer = v.object({ trading: Trading, cancelled: v.array(CancelOutcome) });

/** One line of the audit. */
export const AuditEntry = v.object({
  time: moment,
  request_id: v.nullable(v.string()),
  user: v.nullable(v.string()),
  address: v.nullable(v.string()),
  action: v.string(),
  outcome: v.string(),
  detail: v.record(v.string(), v.unknown()),
});
export const AuditList = listOf(AuditEntry);

export type Right = v.InferOutput<typeof Right>;
export type Session = v.InferOutput<typeof Session>;
export type HaltState = v.InferOutput<typeof HaltState>;
export type Trading = v.InferOutput<typeof Trading>;
export type ServerState = v.InferOutput<typeof ServerState>;
export type Status = v.InferOutput<typeof Status>;
export type AgedTick = v.InferOutput<typeof AgedTick>;
export type Gateway = v.InferOutput<typeof Gateway>;
export type OrderTicket = v.InferOutput<typeof OrderTicket>;
export type OrderPreview = v.InferOutput<typeof OrderPreview>;
export type CancelOutcome = v.InferOutput<typeof CancelOutcome>;
export type HaltAnswer = v.InferOutput<typeof HaltAnswer>;
export type AuditEntry = v.InferOutput<typeof AuditEntry>;
