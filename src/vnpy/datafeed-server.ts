/**
 * Serves history to Python: what vnpy_rpcservice's DatafeedServer does.
 *
 * @module
 */
import type { TzInfo } from '../pickle/index.js';
import { RpcServer } from '../rpc/index.js';
import type { PublishAddress, RpcServerOptions, ServerAddresses, ServerStats } from '../rpc/index.js';
import { BarData, HistoryRequest, TickData } from './data/index.js';
import { OptionTable, without } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { optionChecks, SERVER_OPTIONS, withMethods } from '../rpc/internal.js';
import { describe } from './data/describe.js';
import type { Awaitable } from './engine.js';
import { EventType } from './kinds.js';
import { vnpyRegistry } from './registry.js';
import { inZone, ZONE_ROW, zoneOption } from './zone.js';

/** Time between two signs of life, in ms: that of vnpy's timer event. */
const TIMER_INTERVAL = 1000;

/** Where history comes from: vnpy's `BaseDatafeed`. To refuse, throw; the message is what the Python side shows. */
export interface Datafeed {
  /** Bars of a contract. */
  queryBarHistory(request: HistoryRequest): Awaitable<readonly BarData[]>;
  /** Ticks of a contract. */
  queryTickHistory(request: HistoryRequest): Awaitable<readonly TickData[]>;
}

/** Options of DatafeedServer: those of its RpcServer, and one of its own. */
export interface DatafeedServerOptions extends RpcServerOptions {
  /** The zone in which times are written that the datafeed gave as a JavaScript Date. Default `'Asia/Shanghai'`. */
  readonly zone?: TzInfo | string;
}

/** The options of a datafeed's server. */
export const DATAFEED_SERVER_OPTIONS = new OptionTable(optionChecks, 'the options of DatafeedServer', {
  ...SERVER_OPTIONS.rows,
  zone: ZONE_ROW,
} satisfies RowsOf<DatafeedServerOptions>);

/**
 * Serves a datafeed. In vnpy set `datafeed.name` to `rpcservice`, `datafeed.username` to the reply address and
 * `datafeed.password` to the publish address.
 */
export class DatafeedServer {
  /** The RPC server. */
  readonly server: RpcServer;

  #timer: NodeJS.Timeout | undefined;

  constructor(datafeed: Datafeed, options: DatafeedServerOptions = {}) {
    const zone = zoneOption(DATAFEED_SERVER_OPTIONS.resolve(options).zone);
    withMethods('the datafeed of DatafeedServer', datafeed, ['queryBarHistory', 'queryTickHistory']);
    this.server = new RpcServer({ ...without(options, 'zone'), registry: options.registry ?? vnpyRegistry });
    // `output` is a function in Python and never crosses the wire; the parameter is there for callers who pass None.
    const params = ['req', 'output?'];
    const serve = (
      name: string,
      type: abstract new (...args: never[]) => object,
      query: (request: HistoryRequest) => Awaitable<readonly unknown[]>,
    ): void => {
      const handler = async (request: unknown): Promise<readonly unknown[] | string> => {
        if (!(request instanceof HistoryRequest))
          throw new TypeError(`${name}() takes a HistoryRequest as req, got ${describe(request)}`);

        try {
          return inZone(checked(name, type, await query(request)), zone);
        } catch (error) {
          // A text instead of a list is how vnpy's DatafeedServer says that something is wrong.
          return error instanceof Error && error.message !== '' ? error.message : String(error);
        }
      };
      this.server.register(name, handler, { params });
    };
    serve('query_bar_history', BarData, (request) => datafeed.queryBarHistory(request));
    serve('query_tick_history', TickData, (request) => datafeed.queryTickHistory(request));
  }

  /**
   * Binds both addresses.
   *
   * @param publishAddress - See `RpcServer.start`: a string for vnpy 4.5 and later, `{ pair }` for vnpy 3.0 to 4.4.
   * @throws RpcTransportError when an address cannot be bound.
   */
  async start(
    replyAddress = 'tcp://127.0.0.1:2014',
    publishAddress: PublishAddress = 'tcp://127.0.0.1:4102',
  ): Promise<void> {
    await this.server.start(replyAddress, publishAddress);
    this.#timer ??= setInterval(() => {
      this.server.publish(EventType.TIMER, null);
    }, TIMER_INTERVAL);
  }

  /** The addresses bound; undefined unless active. */
  get addresses(): ServerAddresses | undefined {
    return this.server.addresses;
  }

  /** Counters of the RPC server, taken now. */
  stats(): ServerStats {
    return this.server.stats();
  }

  /** Stops serving. May be called again. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.server.stop();
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** @throws TypeError for what vnpy's programs cannot take: they get its text instead of the list. */
function checked(
  name: string,
  type: abstract new (...args: never[]) => object,
  list: readonly unknown[],
): readonly unknown[] {
  // Typed, and not trusted: the datafeed may be plain JavaScript.
  const given: unknown = list;
  const items: readonly unknown[] | undefined = Array.isArray(given) ? given : undefined;
  if (items?.every((item) => item instanceof type) === true) return list;
  const stranger = items === undefined ? given : items.find((item) => !(item instanceof type));
  throw new TypeError(`the datafeed answered ${name} with ${describe(stranger)}, not with a list of ${type.name}`);
}
