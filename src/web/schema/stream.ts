/**
 * Messages of the stream, `/api/v1/stream`, subprotocol `vnpy-bridge.v1`.
 *
 * @module
 */
import * as v from 'valibot';
import { Status } from './answers.js';
import { Account, LiveBar, Log, Order, Position, Quote, Tick, Trade } from './data.js';
import { Problem } from './problems.js';

/** The name of the subprotocol. */
export const SUBPROTOCOL = 'vnpy-bridge.v1';

/** Channels whose updates are told each, in order, and can be resumed. */
export const LOSSLESS_CHANNELS = ['orders', 'trades', 'positions', 'accounts', 'quotes', 'logs', 'alerts'] as const;

export const LosslessChannel = v.picklist(LOSSLESS_CHANNELS);
export const Channel = v.picklist(['status', 'ticks', 'bars', ...LOSSLESS_CHANNELS]);

/** Fields of ticks that rows may have. */
export const TICK_FIELDS = Object.keys(Tick.entries).filter((name) => name !== 'extra') as (keyof v.InferOutput<
  typeof Tick
>)[];

const id = v.optional(v.union([v.pipe(v.number(), v.safeInteger()), v.pipe(v.string(), v.maxLength(64))]));
const symbols = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), v.maxLength(2000));

/** Adds to what is subscribed: of ticks and bars, symbols. `fields`, `interval_ms` and `encoding` hold for all ticks of the client. */
export const Subscribe = v.strictObject({
  id,
  op: v.literal('subscribe'),
  channel: Channel,
  /** Of ticks and bars. */
  symbols: v.optional(symbols),
  /** Of ticks: for rows; default are those of VeighNa's table. */
  fields: v.optional(v.pipe(v.array(v.picklist(TICK_FIELDS)), v.minLength(1), v.maxLength(TICK_FIELDS.length))),
  /** Of ticks: how long ticks are gathered. */
  interval_ms: v.optional(v.pipe(v.number(), v.minValue(20), v.maxValue(10_000))),
  encoding: v.optional(v.picklist(['rows', 'objects'])),
});
/** Takes symbols away; without `symbols` the whole channel. */
export const Unsubscribe = v.strictObject({
  id,
  op: v.literal('unsubscribe'),
  channel: Channel,
  symbols: v.optional(symbols),
});
/** The last `seq` that came. */
const last = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));

/** After a reconnect: what was missed since these numbers, or a snapshot. */
export const ResumeStream = v.strictObject({
  id,
  op: v.literal('resume'),
  epoch: v.pipe(v.string(), v.maxLength(64)),
  channels: v.strictObject({
    orders: last,
    trades: last,
    positions: last,
    accounts: last,
    quotes: last,
    logs: last,
    alerts: last,
  }),
});
export const Ping = v.strictObject({ id, op: v.literal('ping'), t: v.optional(v.number()) });
/** Of a hidden page: no ticks, or no bars, until `continue`. */
export const Pause = v.strictObject({
  id,
  op: v.picklist(['pause', 'continue']),
  channel: v.picklist(['ticks', 'bars']),
});

/** What a client sends. */
export const ClientMessage = v.union([Subscribe, Unsubscribe, ResumeStream, Ping, Pause]);

const seq = v.number();

/** First. */
export const Hello = v.object({
  type: v.literal('hello'),
  epoch: v.string(),
  server_time: v.string(),
  user: v.string(),
  role: v.string(),
  heartbeat_ms: v.number(),
  limits: v.object({
    message_bytes: v.number(),
    messages_per_second: v.number(),
    symbols: v.number(),
    orders_per_second: v.number(),
  }),
});
/** After each op: the whole present subscription of the channel. */
export const Ok = v.object({
  id,
  type: v.literal('ok'),
  channel: Channel,
  /** Of ticks and bars: the symbols. `index` of rows is a place in this list. */
  subscribed: v.array(v.string()),
  /** Symbols that there are no contracts of. */
  unknown: v.array(v.string()),
  /** Of ticks: what rows have behind the index. */
  fields: v.optional(v.array(v.string())),
  paused: v.optional(v.boolean()),
  /** Of resume: no snapshot comes, but what was missed. */
  resumed: v.optional(v.boolean()),
});
export const ErrorMessage = v.object({ id, type: v.literal('error'), problem: Problem });
export const Pong = v.object({ id, type: v.literal('pong'), t: v.optional(v.number()), server_time: v.string() });

/** Something that a person should see. */
export const Alert = v.object({
  time: v.string(),
  level: v.picklist(['info', 'warning', 'error']),
  /** `resynced`, `connection`, `halt`, `resume`, `problem`, `order`. */
  kind: v.string(),
  message: v.string(),
});

const items = {
  status: Status,
  ticks: Tick,
  bars: LiveBar,
  orders: Order,
  trades: Trade,
  positions: Position,
  accounts: Account,
  quotes: Quote,
  logs: Log,
  alerts: Alert,
};

/** All there is, in parts of 500. Whole, it takes the place of what was known. */
const snapshotOf = <const Name extends keyof typeof items>(channel: Name) =>
  v.object({
    type: v.literal('snapshot'),
    channel: v.literal(channel),
    seq,
    data: v.array(items[channel]),
    part: v.number(),
    of: v.number(),
  });
/** Whole objects by their `vt_…id`, in order. */
const updateOf = <const Name extends keyof typeof items>(channel: Name) =>
  v.object({ type: v.literal('update'), channel: v.literal(channel), seq, data: v.array(items[channel]) });

/** A snapshot, by channel. */
export const Snapshot = v.variant('channel', [
  snapshotOf('status'),
  snapshotOf('ticks'),
  snapshotOf('bars'),
  snapshotOf('orders'),
  snapshotOf('trades'),
  snapshotOf('positions'),
  snapshotOf('accounts'),
  snapshotOf('quotes'),
  snapshotOf('logs'),
  snapshotOf('alerts'),
]);
/** An update, by channel. */
export const Update = v.variant('channel', [
  updateOf('status'),
  updateOf('ticks'),
  updateOf('bars'),
  updateOf('orders'),
  updateOf('trades'),
  updateOf('positions'),
  updateOf('accounts'),
  updateOf('quotes'),
  updateOf('logs'),
  updateOf('alerts'),
]);
/** The newest tick of each symbol that had one in the interval: `[index, …fields]`. */
export const Rows = v.object({
  type: v.literal('rows'),
  channel: v.literal('ticks'),
  seq,
  /** When it was sent, by this console's clock, in ms since 1970. */
  t0: v.number(),
  fields: v.array(v.string()),
  rows: v.array(v.array(v.union([v.number(), v.string(), v.null(), v.boolean()]))),
  /** How many ticks a newer one has taken the place of. */
  merged: v.number(),
});
/** What the server does not know any more. */
export const Remove = v.object({
  type: v.literal('remove'),
  channel: Channel,
  seq,
  ids: v.array(v.string()),
  why: v.string(),
});
/** A comparison with the server brought something. */
export const Resynced = v.object({
  type: v.literal('resynced'),
  reason: v.string(),
  missed: v.record(v.string(), v.number()),
  restarted: v.boolean(),
});
/** The last message before the end. */
export const Bye = v.object({
  type: v.literal('bye'),
  code: v.number(),
  reason: v.string(),
  retry_ms: v.nullable(v.number()),
});

/** What the server sends. */
export const ServerMessage = v.union([Hello, Ok, ErrorMessage, Pong, Snapshot, Update, Rows, Remove, Resynced, Bye]);

/** Codes of the end: of `bye`, and of the close frame. */
export const CLOSE_CODES = {
  shutdown: 1001,
  sessionOver: 4001,
  forbidden: 4003,
  silent: 4008,
  tooSlow: 4009,
  tooManyMessages: 4029,
} as const;

export type Channel = v.InferOutput<typeof Channel>;
export type LosslessChannel = v.InferOutput<typeof LosslessChannel>;
export type ClientMessage = v.InferOutput<typeof ClientMessage>;
export type SubscribeMessage = v.InferOutput<typeof Subscribe>;
export type Alert = v.InferOutput<typeof Alert>;
export type Hello = v.InferOutput<typeof Hello>;
export type Ok = v.InferOutput<typeof Ok>;
export type Rows = v.InferOutput<typeof Rows>;
export type Snapshot = v.InferOutput<typeof Snapshot>;
export type Update = v.InferOutput<typeof Update>;
export type Remove = v.InferOutput<typeof Remove>;
export type Resynced = v.InferOutput<typeof Resynced>;
export type Bye = v.InferOutput<typeof Bye>;
export type ServerMessage = v.InferOutput<typeof ServerMessage>;
