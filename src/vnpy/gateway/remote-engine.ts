/**
 * The functions of the server's MainEngine, as calls.
 *
 * @module
 */
import type { RpcClient } from '../../rpc/index.js';
import type { SignalWatch } from '../../rpc/internal.js';
import { describe } from '../data/describe.js';
import { BarData, OrderData } from '../data/index.js';
import type { CancelRequest, HistoryRequest, SubscribeRequest } from '../data/index.js';
import { GatewayError } from '../errors.js';
import { QueryLane } from './lane.js';
import type { GatewayTimeouts, RequestOptions } from './types.js';

/** A symbol that was subscribed here. */
export interface Subscription {
  readonly request: SubscribeRequest;
  readonly gatewayName: string;
}

/** How a call is made. */
export interface CallTerms {
  /** In ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Calls the server. Knows what an answer has to be, and nothing of the state. */
export class RemoteEngine {
  readonly #client: RpcClient;
  readonly #timeouts: Required<GatewayTimeouts>;
  readonly #lane: QueryLane;
  readonly #histories: QueryLane;

  /** @param asksBeside - whether the server answers other questions while it reads a history. */
  constructor(client: RpcClient, timeouts: Required<GatewayTimeouts>, signals: SignalWatch, asksBeside: boolean) {
    this.#client = client;
    this.#timeouts = timeouts;
    this.#lane = new QueryLane(signals);
    this.#histories = asksBeside ? new QueryLane(signals) : this.#lane;
  }

  /** The terms of a call, from the options of a request. */
  terms({ timeout = this.#timeouts.request, signal }: RequestOptions): CallTerms {
    return signal === undefined ? { timeout } : { timeout, signal };
  }

  async subscribe({ request, gatewayName }: Subscription, options: RequestOptions = {}): Promise<void> {
    await this.#client.call('subscribe', [request, gatewayName], this.terms(options));
  }

  async cancel(request: CancelRequest, gatewayName: string, options: RequestOptions): Promise<void> {
    const terms = { ...this.terms(options), priority: 'high' } as const;
    await this.#client.call('cancel_order', [request, gatewayName], terms);
  }

  async tick(vtSymbol: string, options: RequestOptions): Promise<unknown> {
    return await this.#client.call('get_tick', [vtSymbol], this.terms(options));
  }

  /** The bars that the server's gateway has. */
  async history(request: HistoryRequest, gatewayName: string, options: RequestOptions): Promise<BarData[]> {
    const terms = this.terms({ timeout: this.#timeouts.history, ...options });
    const call = (): Promise<unknown> => this.#client.call('query_history', [request, gatewayName], terms);
    const reply = await this.#histories.run(call, options.signal);
    // A gateway without history returns None or an empty list.
    if (reply === null) return [];
    if (Array.isArray(reply) && reply.every((bar) => bar instanceof BarData)) return reply;
    const message = `query_history returned ${describe(reply)} instead of a list of BarData`;
    throw new GatewayError('UNEXPECTED_REPLY', message);
  }

  /** The orders that the server lists. Not after the queries that wait: whoever asks has no time. */
  async orders(options: RequestOptions): Promise<OrderData[]> {
    const reply = await this.#client.call('get_all_orders', [], { ...this.terms(options), priority: 'high' });
    if (!Array.isArray(reply)) throw new GatewayError('UNEXPECTED_REPLY', `get_all_orders returned ${describe(reply)}`);
    return reply.filter((order) => order instanceof OrderData);
  }

  /**
   * Calls a function that changes nothing, after those that were asked for before.
   *
   * @returns The answer, and what the server took for it, in ms.
   */
  query(name: string): Promise<{ readonly reply: unknown; readonly took: number }> {
    return this.#lane.run(async () => {
      const asked = performance.now();
      const reply = await this.#client.call(name, [], { timeout: this.#timeouts.snapshot });
      return { reply, took: performance.now() - asked };
    });
  }
}
