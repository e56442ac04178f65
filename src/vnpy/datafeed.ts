/**
 * History from a datafeed server: what vnpy_rpcservice's RpcDatafeed does.
 *
 * @module
 */
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { RpcClient } from '../rpc/index.js';
import type { CallOptions, RpcClientOptions } from '../rpc/index.js';
import { CLIENT_OPTIONS, optionChecks } from '../rpc/internal.js';
import { BarData, TickData } from './data/index.js';
import type { HistoryRequest } from './data/index.js';
import { describe } from './data/describe.js';
import { DatafeedError, GatewayError } from './errors.js';
import { EventType } from './kinds.js';
import { vnpyRegistry } from './registry.js';

/** Options of RpcDatafeed: those of its RpcClient. */
export interface RpcDatafeedOptions extends RpcClientOptions {
  /** How long a query may take, in ms. Default 300,000: history is long, and the server may have to fetch it. */
  readonly timeout?: number;
}

/** The options of a datafeed. */
export const DATAFEED_OPTIONS = new OptionTable(optionChecks, 'the options of RpcDatafeed', {
  ...CLIENT_OPTIONS.rows,
  timeout: option.duration(300_000),
} satisfies RowsOf<RpcDatafeedOptions>);

const CONNECT_OPTIONS = new OptionTable(optionChecks, 'the options of connect()', { timeout: option.duration(30_000) });

/**
 * Asks a `DatafeedServer`, Python's or this package's, for bars and ticks.
 *
 * @example
 * ```ts
 * await using datafeed = new RpcDatafeed();
 * await datafeed.connect('tcp://127.0.0.1:2014', 'tcp://127.0.0.1:4102');
 * const bars = await datafeed.queryBarHistory(new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start }));
 * ```
 */
export class RpcDatafeed {
  /** The RPC client. */
  readonly client: RpcClient;

  constructor(options: RpcDatafeedOptions = {}) {
    const { timeout } = DATAFEED_OPTIONS.resolve(options);
    this.client = new RpcClient({ ...options, registry: options.registry ?? vnpyRegistry, timeout });
  }

  /**
   * Connects, and resolves once the server is there.
   *
   * @param subscribeAddress - Where the server publishes its sign of life; without it only calls tell of a loss.
   * @param options - How long to wait. Default 30,000 ms.
   */
  async connect(
    requestAddress = 'tcp://127.0.0.1:2014',
    subscribeAddress?: string,
    options: { readonly timeout?: number } = {},
  ): Promise<void> {
    const { timeout } = CONNECT_OPTIONS.resolve(options);
    // vnpy's DatafeedServer publishes a timer every second, and no heartbeat is needed beside it.
    if (subscribeAddress !== undefined) this.client.subscribe(EventType.TIMER);
    await this.client.start(requestAddress, subscribeAddress);
    await this.client.ready({ timeout });
  }

  /**
   * Bars of a contract.
   *
   * @throws {@link DatafeedError} with the server's own text when it cannot give them.
   */
  queryBarHistory(request: HistoryRequest, options: Omit<CallOptions, 'kwargs'> = {}): Promise<BarData[]> {
    return this.#query('query_bar_history', request, BarData, options);
  }

  /**
   * Ticks of a contract.
   *
   * @throws {@link DatafeedError} with the server's own text when it cannot give them.
   */
  queryTickHistory(request: HistoryRequest, options: Omit<CallOptions, 'kwargs'> = {}): Promise<TickData[]> {
    return this.#query('query_tick_history', request, TickData, options);
  }

  /** Ends the connection. May be called again. */
  close(): Promise<void> {
    return this.client.stop();
  }

  /** Closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #query<T>(
    name: string,
    request: HistoryRequest,
    type: abstract new (...args: never[]) => T,
    options: Omit<CallOptions, 'kwargs'>,
  ): Promise<T[]> {
    const reply = await this.client.call(name, [request], options);
    if (typeof reply === 'string') throw new DatafeedError(reply);
    if (reply === null) return [];
    if (!Array.isArray(reply) || !reply.every((item): item is T => item instanceof type))
      throw new GatewayError('UNEXPECTED_REPLY', `${name} returned ${describe(reply)}, not a list of ${type.name}`);

    return reply;
  }
}
