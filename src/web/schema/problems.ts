/**
 * What goes wrong, as RFC 9457 has it: one list of the types, with their status and title.
 *
 * @module
 */
import * as v from 'valibot';

/** Every problem: its status, and what it is in a few words. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is not as it should be' },
  unauthenticated: { status: 401, title: 'Not logged in' },
  forbidden: { status: 403, title: 'Not allowed' },
  'wrong-host': { status: 403, title: 'The Host header names another server' },
  'wrong-origin': { status: 403, title: 'The request comes from another page' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'Not by this method' },
  'too-large': { status: 413, title: 'Too large' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'server-error': { status: 500, title: 'The console failed' },
  'history-failed': { status: 502, title: 'There is no history' },
  'not-connected': { status: 503, title: 'The vnpy server cannot be reached' },
  timeout: { status: 504, title: 'The vnpy server did not answer in time' },
  'duplicate-client-order-id': { status: 422, title: 'This client_order_id has been used' },
  'warning-not-confirmed': { status: 409, title: 'A warning was not confirmed; nothing was sent' },
  rule: { status: 422, title: 'A rule of this desk refused it; nothing was sent' },
  halted: { status: 422, title: 'Trading is halted; nothing was sent' },
  'order-refused': { status: 422, title: 'The server did not take the order' },
  'order-not-sent': { status: 503, title: 'The order was not sent, and will not be' },
  'order-outcome-unknown': { status: 504, title: 'Whether there is such an order is not known' },
  'order-uncertain': { status: 409, title: 'What became of the order cannot be told, or not yet' },
  'order-vanished': { status: 410, title: 'The server does not know the order any more' },
  'strategy-busy': { status: 409, title: 'Something is being done to this strategy' },
  'strategy-refused': { status: 422, title: 'The application did not do it, or the strategy failed' },
} as const;

/** The short name of a problem, behind {@link PROBLEM_PREFIX}. */
export type ProblemName = keyof typeof PROBLEMS;

/** What every `type` begins with. */
export const PROBLEM_PREFIX = 'urn:vnpy-bridge:problem:';

const types = (Object.keys(PROBLEMS) as ProblemName[]).map((name) => `${PROBLEM_PREFIX}${name}` as const);

/** A warning of an order: it is sent only when `confirm` names its code. */
export const Warning = v.object({
  code: v.picklist(['far-from-last', 'outside-limits', 'large-volume', 'wide-spread']),
  message: v.string(),
  /** What was found, and from where on it warns. */
  value: v.nullable(v.number()),
  limit: v.nullable(v.number()),
});

/** An answer in `application/problem+json`. */
export const Problem = v.object({
  type: v.picklist(types),
  title: v.string(),
  status: v.number(),
  /** What happened, and what to do. */
  detail: v.string(),
  /** As in the header X-Request-Id, the log and the audit. */
  request_id: v.optional(v.string()),
  /** `bad-request`: what is wrong, and where. */
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() }))),
  /** `unauthenticated`: the password was right, and a code of six digits is wanted. */
  totp_required: v.optional(v.boolean()),
  /** `wrong-host`, `wrong-origin`: what came, and what is allowed. */
  received: v.optional(v.nullable(v.string())),
  allowed: v.optional(v.array(v.string())),
  /** `rate-limited`: seconds. */
  retry_after: v.optional(v.number()),
  /** `warning-not-confirmed`: those that `confirm` does not name. */
  warnings: v.optional(v.array(Warning)),
  /** `rule`, `halted`: which, and where it can be told, its limit and what was asked for. */
  rule: v.optional(v.string()),
  limit: v.optional(v.nullable(v.number())),
  value: v.optional(v.nullable(v.number())),
  /** `order-refused`, `strategy-refused`: what the server logged meanwhile. */
  server_log: v.optional(v.array(v.string())),
  /** `strategy-refused`: the application did not do it, something trades it, a strategy's code failed, or vnpy raised an exception. */
  reason: v.optional(v.picklist(['not-done', 'in-use', 'strategy-failed', 'raised'])),
  /** Of orders: the id that it was asked with. */
  client_order_id: v.optional(v.string()),
  /** `order-outcome-unknown`: GET this to find out. */
  resolve: v.optional(v.string()),
  /** `order-uncertain`: orders that it may be. */
  candidates: v.optional(v.array(v.string())),
  /** `server-error`: by which the log has it. */
  traceback_id: v.optional(v.string()),
});

export type Warning = v.InferOutput<typeof Warning>;
export type WarningCode = Warning['code'];
export type Problem = v.InferOutput<typeof Problem>;
