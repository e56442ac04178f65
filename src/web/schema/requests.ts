/**
 * What requests carry: bodies, and the parts of a query. Unknown names are refused, because a limit that is misspelt is no
 * limit.
 *
 * @module
 */
import * as v from 'valibot';
import { DirectionName, ExchangeName, IntervalText, OffsetName, OrderTypeName, ProductName } from './data.js';

/** A name of whatever kind. */
export const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** `rb2705.SHFE`, or a gateway's id of something. */
const id = short;

/** The key of an order: one review has one, and it is sent at most once. It becomes vnpy's `reference`. */
export const ClientOrderId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{8,64}$/));

/** POST /session */
export const LogIn = v.strictObject({
  user: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  password: v.pipe(v.string(), v.maxLength(256)),
  /** Six digits, for users with a second factor. */
  totp: v.optional(v.pipe(v.string(), v.regex(/^\d{6}$/))),
});

/** POST /session/link */
export const LogInByLink = v.strictObject({ code: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) });

/** PUT /session/password */
export const NewPassword = v.strictObject({
  /** The present one; left out by whoever came by a one-time link. */
  current: v.optional(v.pipe(v.string(), v.maxLength(256))),
  password: v.pipe(v.string(), v.minLength(12), v.maxLength(256)),
});

/** The codes of warnings that were seen, also ones that do not apply. */
export const confirm = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.maxLength(20)), []);

const order = {
  vt_symbol: id,
  direction: v.picklist(['LONG', 'SHORT']),
  offset: v.optional(OffsetName, 'NONE'),
  type: v.optional(OrderTypeName, 'LIMIT'),
  /** Left out for MARKET only. */
  price: v.optional(v.pipe(v.number(), v.finite())),
  volume: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  /** The server's gateway; by default that of the contract. Where several servers are joined it must be given. */
  gateway_name: v.optional(short),
};

/** POST /orders. `confirm` names the codes of warnings that were seen, also ones that do not apply. */
export const NewOrder = v.pipe(
  v.strictObject({ client_order_id: v.optional(ClientOrderId), ...order, confirm }),
  v.check(
    ({ type, price }) => price !== undefined || !['LIMIT', 'STOP', 'FAK', 'FOK'].includes(type),
    'this type of order needs a price: give it, 0 and below too where that is meant',
  ),
);

/** POST /orders/preview */
export const PreviewOrder = NewOrder;

/** POST /orders/cancel-all: those of these orders, which the user saw, that the other parts let pass. */
export const CancelAll = v.strictObject({
  vt_orderids: v.pipe(v.array(id), v.maxLength(1000)),
  vt_symbol: v.optional(id),
  gateway_name: v.optional(short),
  direction: v.optional(DirectionName),
});

/** What a halt is for: all, or one thing by its name. */
export const HaltScope = v.union([
  v.literal('all'),
  v.strictObject({ principal: short }),
  v.strictObject({ role: short }),
  v.strictObject({ gateway: short }),
  v.strictObject({ account: short }),
  v.strictObject({ symbol: short }),
]);

const reason = v.pipe(v.string(), v.minLength(1), v.maxLength(500));

/** POST /trading/halt */
export const Halt = v.strictObject({
  /** `reduce` lets orders pass that make a position smaller. */
  level: v.optional(v.picklist(['halt', 'reduce']), 'halt'),
  scope: v.optional(HaltScope, 'all'),
  /** Also cancel every active order that the halt is for. */
  cancel: v.optional(v.boolean(), false),
  reason,
});

/** POST /trading/resume */
export const Resume = v.strictObject({ scope: v.optional(HaltScope, 'all'), reason: v.optional(reason) });

/** PUT /preferences: whatever the page keeps for its user. */
export const Preferences = v.record(v.string(), v.unknown());

/** A whole number of a query, in a range. */
const whole = (least: number, most: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number), v.number(), v.minValue(least), v.maxValue(most));
const yesOrNo = v.pipe(
  v.picklist(['true', 'false', '1', '0', '']),
  v.transform((given) => given !== 'false' && given !== '0'),
);
/** A moment: ISO 8601; without an offset it is in UTC. */
const moment = v.pipe(
  v.string(),
  v.maxLength(40),
  v.check((given) => !Number.isNaN(Date.parse(given)), 'a time in ISO 8601 is expected: 2026-11-27T10:15:30+08:00'),
);
/** So short that each character may take twelve bytes in an address, and a longer one can still be told what is wrong. */
const symbols = v.pipe(
  v.string(),
  v.maxLength(1000),
  v.transform((given) => given.split(',').filter((each) => each !== '')),
);

const page = { limit: v.optional(whole(1, 1000)), cursor: v.optional(v.pipe(v.string(), v.maxLength(200))) };

/** Queries, by the route that they belong to. */
export const ContractsQuery = v.strictObject({
  /** In code and name, in whatever case. */
  find: v.optional(v.pipe(v.string(), v.maxLength(100))),
  exchange: v.optional(ExchangeName),
  product: v.optional(ProductName),
  gateway: v.optional(short),
  ...page,
});
export const TicksQuery = v.strictObject({ symbols: v.optional(symbols) });
export const OrdersQuery = v.strictObject({
  active: v.optional(yesOrNo),
  vt_symbol: v.optional(id),
  gateway: v.optional(short),
  /** Only what is of this time or later. */
  since: v.optional(moment),
  ...page,
});
export const TradesQuery = v.strictObject({
  vt_symbol: v.optional(id),
  gateway: v.optional(short),
  since: v.optional(moment),
  ...page,
});
export const PageQuery = v.strictObject(page);
export const ResolveQuery = v.strictObject({ resolve: v.optional(yesOrNo) });
export const BarsQuery = v.strictObject({
  vt_symbol: id,
  interval: v.optional(IntervalText, '1m'),
  start: v.optional(moment),
  end: v.optional(moment),
  limit: v.optional(whole(1, 5000)),
  /** `server` asks the gateway for history; `live` gives the bars made of ticks seen here. */
  source: v.optional(v.picklist(['server', 'live']), 'server'),
});
export const AuditQuery = v.strictObject({
  since: v.optional(moment),
  user: v.optional(short),
  limit: v.optional(whole(1, 1000)),
});
export const NoQuery = v.strictObject({});

export type NewOrder = v.InferOutput<typeof NewOrder>;
export type NewOrderInput = v.InferInput<typeof NewOrder>;
export type CancelAll = v.InferOutput<typeof CancelAll>;
export type Halt = v.InferOutput<typeof Halt>;
export type HaltInput = v.InferInput<typeof Halt>;
export type HaltScope = v.InferOutput<typeof HaltScope>;
export type Resume = v.InferOutput<typeof Resume>;
export type LogIn = v.InferOutput<typeof LogIn>;
