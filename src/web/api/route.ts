/**
 * What a route is: one row, from which come the router, the checks, the documents.
 *
 * @module
 */
import type * as v from 'valibot';
import type { Awaitable, TradingEngine } from '../../vnpy/index.js';
import type { Caller } from '../auth/gate.js';
import type { ProblemName, Right } from '../schema/index.js';
import type { Services } from '../services.js';

/** Methods that change nothing. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request, checked. */
export interface Call<Query = unknown, Body = unknown> {
  readonly services: Services;
  /** Of a route without a right, nobody. */
  readonly caller: Caller;
  /** What the caller sees, and where its requests go. */
  readonly view: TradingEngine;
  /** Parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
  readonly address: string;
  /** Another name for `client_order_id`. */
  readonly idempotencyKey: string | undefined;
  /** Session cookies of this request and its answer. */
  readonly cookie: CookieJar;
}

/** The cookie of a request and its answer. */
export interface CookieJar {
  /** The token that came. */
  readonly token: string | undefined;
  set(token: string, expires: number): void;
  clear(): void;
}

/** What a handler answers. */
export interface Reply<Body = unknown> {
  readonly body?: Body;
  /** Default: that of the route. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One row. */
export interface Route {
  readonly method: Method;
  /** Behind `/api/v1`. */
  readonly path: string;
  /** What the caller needs; undefined: nothing, not even to be logged in. */
  readonly right: Right | undefined;
  /** Only where this console sends orders: elsewhere it is not there at all. */
  readonly isTrading: boolean;
  /** Only where this console shows strategies. */
  readonly isOfStrategies: boolean;
  readonly summary: string;
  readonly notes: string | undefined;
  readonly query: v.GenericSchema;
  readonly body: v.GenericSchema | undefined;
  /** Undefined: no body. */
  readonly answer: v.GenericSchema | undefined;
  /** Of the answer when all is well. */
  readonly status: number;
  /** Beside those that every route has. */
  readonly problems: readonly ProblemName[];
  readonly hasEtag: boolean;
  readonly handle: (call: Call) => Awaitable<Reply>;
}

interface RouteInfo<
  Query extends v.GenericSchema,
  Body extends v.GenericSchema | undefined,
  Answer extends v.GenericSchema | undefined,
> {
  readonly method: Method;
  readonly path: string;
  readonly right: Right | undefined;
  readonly isTrading?: boolean;
  readonly isOfStrategies?: boolean;
  readonly summary: string;
  readonly notes?: string;
  readonly query: Query;
  readonly body?: Body;
  readonly answer?: Answer;
  readonly status?: number;
  readonly problems?: readonly ProblemName[];
  readonly hasEtag?: boolean;
  readonly handle: (
    call: Call<v.InferOutput<Query>, Body extends v.GenericSchema ? v.InferOutput<Body> : undefined>,
  ) => Awaitable<Reply<Answer extends v.GenericSchema ? v.InferOutput<Answer> : undefined>>;
}

/** Makes a row; the handler gets what the schemas say, and gives what they say. */
export function route<
  Query extends v.GenericSchema,
  Body extends v.GenericSchema | undefined = undefined,
  Answer extends v.GenericSchema | undefined = undefined,
>(info: RouteInfo<Query, Body, Answer>): Route {
  const { notes, body, answer, handle, ...rest } = info;
  return {
    ...{ isTrading: false, isOfStrategies: false, status: 200, problems: [], hasEtag: false, notes, body, answer },
    ...rest,
    // The router gives it what the schemas have checked.
    handle: handle as Route['handle'],
  };
}
