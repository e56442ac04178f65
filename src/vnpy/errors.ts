/**
 * Errors of the vnpy layer. Errors of the wire below it (`RpcTimeoutError`, `RemoteException`, ...) come through as
 * they are, or as the `cause` of one of these.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { BridgeErrorOptions } from '../errors.js';

/** Why a value cannot become one of vnpy's objects. */
export type InvalidDataCode = 'MISSING_FIELD' | 'UNKNOWN_FIELD' | 'WRONG_TYPE' | 'OUT_OF_RANGE';

/** A request or data object was given something that vnpy could not work with. Nothing was sent. */
export class InvalidDataError extends BridgeError<InvalidDataCode> {
  /** Name of the class, `OrderRequest`. */
  readonly className: string;
  /** Name of the field, `price`. */
  readonly field: string;

  constructor(code: InvalidDataCode, className: string, field: string, message: string) {
    super(code, message);
    this.className = className;
    this.field = field;
  }
}

/** Why the gateway could not do what it was asked to. */
export type GatewayErrorCode =
  | 'NOT_CONNECTED' // no connection yet, or none any more
  | 'ALREADY_CONNECTED' // connect() was called twice
  | 'CLOSED' // close() was called
  | 'TIMEOUT' // the time given to wait for an order is over
  | 'ABORTED' // the caller's AbortSignal fired
  | 'UNKNOWN_SYMBOL' // no contract with this vt_symbol, so no gateway to send the request to
  | 'ORDER_VANISHED' // the server had this order and does not know it any more: it was restarted, or gave the id to another
  | 'TRADES_MISSING' // an order is as wanted, and its fills have not come in the time given to wait for them
  | 'ORDER_UNCERTAIN' // whether there is such an order cannot be told, or not yet: the message says why
  | 'UNEXPECTED_REPLY'; // the server answered with a value of another kind than vnpy's function returns

/** The gateway could not do what it was asked to. */
export class GatewayError extends BridgeError<GatewayErrorCode> {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it makes the base's protected one public
  constructor(code: GatewayErrorCode, message: string, options?: BridgeErrorOptions) {
    super(code, message, options);
  }
}

/**
 * What is known about an order whose `sendOrder` failed.
 * - `not-sent`: it never left this process, and never will.
 * - `refused`: the server answered that it did not take it.
 * - `unknown`: it may have been placed. Ask with `gateway.findOrder(error.reference)` before anything else.
 */
export type OrderOutcome = 'not-sent' | 'refused' | 'unknown';

const OUTCOME_CODES = { 'not-sent': 'NOT_SENT', refused: 'REFUSED', unknown: 'UNKNOWN' } as const;

/** What a {@link SendOrderError} tells beside its outcome and message. */
export interface SendOrderDetails {
  /** The order's unique reference. */
  readonly reference: string;
  /** The order's key, where it has one. */
  readonly key?: string | undefined;
  /** What the server logged while it handled the order. */
  readonly logs?: readonly string[];
  /** What was thrown. */
  readonly cause?: unknown;
  /** The rule of a guard that refused it. */
  readonly rule?: string | undefined;
  /** What that rule allows, in its unit. */
  readonly limit?: number | undefined;
  /** What the order came to, in the same unit. */
  readonly value?: number | undefined;
}

/** `sendOrder` failed. {@link SendOrderError.outcome} says what that means for your money. */
export class SendOrderError extends BridgeError<'NOT_SENT' | 'REFUSED' | 'UNKNOWN'> {
  /** What it means: {@link OrderOutcome}. */
  readonly outcome: OrderOutcome;
  /** The order's unique `reference`, with which `findOrder` asks the server what became of it. */
  readonly reference: string;
  /** The order's key, where it has one: `findOrder` of a cluster knows the order by it. Undefined over ZeroMQ. */
  readonly key: string | undefined;
  /** What the server logged while it handled the order: a gateway gives its reasons there, not in the reply. */
  readonly logs: readonly string[];
  /** The rule of a guard that refused it, `orderVolume`; undefined where none did, or where it is not known which. */
  readonly rule: string | undefined;
  /** What that rule allows, 10 lots; undefined where it has no number. */
  readonly limit: number | undefined;
  /** What the order came to, 12 lots; undefined where `limit` is. */
  readonly value: number | undefined;

  constructor(outcome: OrderOutcome, message: string, details: SendOrderDetails) {
    super(OUTCOME_CODES[outcome], message, 'cause' in details ? { cause: details.cause } : {});
    this.outcome = outcome;
    this.reference = details.reference;
    this.key = details.key;
    this.logs = details.logs ?? [];
    this.rule = details.rule;
    this.limit = details.limit;
    this.value = details.value;
  }
}

/** The type of the exception by which an RpcService says that an order was not taken. */
export const NOT_TAKEN = 'OrderNotTaken';

/** An order was not taken, in words for whoever is at the other end of the wire. */
export class OrderNotTaken extends Error {
  override readonly name = NOT_TAKEN;
}

/** The datafeed server answered with an error text instead of data (`vnpy_rpcservice`'s `DatafeedServer` does so). */
export class DatafeedError extends BridgeError<'DATAFEED_ERROR'> {
  constructor(message: string) {
    super('DATAFEED_ERROR', message);
  }
}
