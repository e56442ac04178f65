/**
 * Several servers as one engine.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { Emitter } from '../../rpc/internal.js';
import { RpcUsageError } from '../../rpc/index.js';
import type { ClientStatus } from '../../rpc/index.js';
import { LogData, TickData, ContractData } from '../data/index.js';
import type {
  AccountData,
  BarData,
  CancelRequest,
  HistoryRequest,
  OrderData,
  OrderRequest,
  PositionData,
  SubscribeRequest,
  TradeData,
} from '../data/index.js';
import type { OrderTerms, TradingEngine } from '../engine.js';
import { GatewayError, SendOrderError } from '../errors.js';
import { Event } from '../event.js';
import type { GatewayProblem, RequestOptions, ResyncReport } from '../gateway/types.js';
import { EventType } from '../kinds.js';
import { splitName } from './names.js';
import { References } from './references.js';
import { JoinedServer } from './server.js';
import { Sources } from './sources.js';
import { joinedStatus } from './status.js';

/** What a {@link JoinedEngine} tells. */
export interface JoinedEvents {
  /** Everything that happens at any of the servers, with the names of here. */
  readonly event: readonly [event: Event];
  /** A connection has changed: how all are together, and whose it was. */
  readonly status: readonly [status: ClientStatus, server: string];
  /** A server was compared with, after a reconnect for instance. */
  readonly resynced: readonly [report: ResyncReport, server: string];
  /** Something went wrong at a server that no call reports, or a listener threw: then no server is named. */
  readonly error: readonly [problem: GatewayProblem, server: string | undefined];
}

const EVENT_NAMES = { event: true, status: true, resynced: true, error: true };

/**
 * Several engines as one: vnpy servers, simulations, or engines of one's own.
 *
 * Each has a name. A gateway is called `NAME:GATEWAY` here, and all ids begin with that. `A:CTP` is the gateway `CTP` of the
 * server `A`, and `A:CTP.7` its order `CTP.7`. So no name and no id of one server can be one of another's.
 *
 * Several servers may have the same contract. `getContract` and the list of contracts have the one of the server that was given
 * first. Its ticks are of one server only: of the one where it was subscribed first. Volumes of two servers do not mix.
 *
 * A server that is down keeps no other from working. What is known of it stays as it was. The engines themselves are the
 * caller's: it connects and closes them.
 *
 * @example
 * ```ts
 * const [day, night] = [new RpcGateway(), new RpcGateway()];
 * const both = new JoinedEngine({ day, night });
 * void day.connect('tcp://127.0.0.1:2014', 'tcp://127.0.0.1:4102');
 * void night.connect('tcp://127.0.0.1:3014', 'tcp://127.0.0.1:5102');
 * await both.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'night:CTP');
 * ```
 */
export class JoinedEngine implements TradingEngine {
  /** All of its engines have their data from servers. */
  readonly isRemote: boolean;
  /** The engines by name, in the order in which they were given. */
  readonly servers: ReadonlyMap<string, TradingEngine>;
  /** As {@link TradingEngine.flushEvents}; only where each of the engines has it. */
  readonly flushEvents?: (marker: string) => Promise<void>;
  readonly #servers: ReadonlyMap<string, JoinedServer>;
  readonly #emitter: Emitter<JoinedEvents>;
  readonly #sources: Sources;
  readonly #references = new References();

  /**
   * @param engines - By name: 1 to 32 of letters, digits, `_` and `-`.
   * @throws RpcUsageError `BAD_OPTION` for a name that is none, or where there is no engine.
   */
  constructor(engines: Readonly<Record<string, TradingEngine>>) {
    this.#emitter = new Emitter<JoinedEvents>(EVENT_NAMES, (event, cause) => {
      if (event === 'error') return;
      const message = `a listener of "${event}" threw: ${messageOf(cause)}`;
      this.#emitter.emit('error', { kind: 'listener', message, event, cause }, undefined);
    });
    this.servers = new Map(Object.entries(engines));
    if (this.servers.size === 0) throw new RpcUsageError('BAD_OPTION', 'a JoinedEngine needs one engine at least');
    const servers = [...this.servers].map(([name, engine]) => [name, this.#join(name, engine)] as const);
    this.#servers = new Map(servers);
    this.#sources = new Sources(this.#all);
    this.isRemote = this.#all.every(({ engine }) => engine.isRemote === true);
    if (this.#all.every(({ engine }) => engine.flushEvents !== undefined)) {
      this.flushEvents = async (marker) => {
        await Promise.all(this.#all.map((server) => server.flush()));
        this.#log(`all events before ${marker} are told`);
      };
    }
  }

  /**
   * How its connections are together: `connected` while one of them is. What each is, its own engine says.
   */
  status(): ClientStatus {
    return joinedStatus(this.#all);
  }

  /**
   * Adds a listener.
   *
   * @returns A function that takes it away.
   * @throws RpcUsageError `BAD_ARGUMENT` if there is no such event, or the listener is no function.
   */
  on<Name extends keyof JoinedEvents>(name: Name, listener: (...args: JoinedEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Begins to receive the ticks of a contract. Without a gateway it is that of {@link JoinedEngine.getContract}. */
  async subscribe(request: SubscribeRequest, gatewayName: string): Promise<void> {
    const target = await this.#target('subscribe', request.vt_symbol, gatewayName);
    if (target === undefined) return;
    this.#sources.subscribed(request.vt_symbol, target.server);
    await target.server.engine.subscribe(request, target.own);
  }

  /**
   * Sends an order to the server that the gateway's name names, once.
   *
   * @param terms - What came with the order: it goes on with it.
   * @returns The order's `vt_orderid`, or `''` when it was not taken: the log says why.
   * @throws what the server's engine throws: SendOrderError of an RpcGateway.
   */
  async sendOrder(request: OrderRequest, gatewayName: string, terms?: OrderTerms): Promise<string> {
    const target = await this.#target('send_order', request.vt_symbol, gatewayName);
    if (target === undefined) return '';
    const { server, own } = target;
    this.#references.sent(request.reference, server);
    try {
      const id = await server.engine.sendOrder(request, own, terms);
      return id === '' ? '' : `${server.name}:${id}`;
    } catch (error) {
      // A gateway gives an order a reference that has none.
      if (error instanceof SendOrderError) this.#references.sent(error.reference, server);
      throw error;
    }
  }

  /** Asks the order's server to cancel it. */
  async cancelOrder(request: CancelRequest, gatewayName: string): Promise<void> {
    const target = await this.#target('cancel_order', request.vt_symbol, gatewayName);
    await target?.server.engine.cancelOrder(request, target.own);
  }

  /** Asks a server for bars. */
  async queryHistory(request: HistoryRequest, gatewayName: string): Promise<readonly BarData[]> {
    const target = await this.#target('query_history', request.vt_symbol, gatewayName);
    if (target === undefined) return [];
    const bars = await target.server.engine.queryHistory(request, target.own);
    return bars.map((bar) => target.server.names.of(bar));
  }

  /**
   * What became of an order, by its reference. It asks the server that the order was sent to here; where that is not known, all
   * of them. See `RpcGateway.findOrder`.
   *
   * @returns undefined only when there is no such order at any server that may have it, and none will come.
   * @throws GatewayError when one of those cannot tell, and no other has it.
   */
  async findOrder(
    reference: string,
    options: Omit<RequestOptions, 'gatewayName'> = {},
  ): Promise<OrderData | undefined> {
    const sentTo = this.#references.serverOf(reference);
    const asked = sentTo === undefined ? this.#all : [sentTo];
    const answers = await Promise.allSettled(asked.map((server) => server.findOrder(reference, options)));
    for (const answer of answers) if (answer.status === 'fulfilled' && answer.value !== undefined) return answer.value;
    for (const [index, answer] of answers.entries())
      if (answer.status === 'rejected') throw named(asked[index]?.name ?? '', answer.reason);
    return undefined;
  }

  /** The latest tick of a contract. */
  async getTick(vtSymbol: string): Promise<TickData | undefined> {
    const server = this.#sources.of(vtSymbol);
    const tick = await server?.engine.getTick(vtSymbol);
    return tick === undefined || server === undefined ? undefined : server.names.of(tick);
  }

  /** An order, by its id here: `A:CTP.7`. */
  async getOrder(vtOrderid: string): Promise<OrderData | undefined> {
    return await this.#one(vtOrderid, (engine, id) => engine.getOrder(id));
  }

  /** A trade, by its id here. */
  async getTrade(vtTradeid: string): Promise<TradeData | undefined> {
    return await this.#one(vtTradeid, (engine, id) => engine.getTrade(id));
  }

  /** A position, by its id here: `A:CTP.rb2705.SHFE.多`. */
  async getPosition(vtPositionid: string): Promise<PositionData | undefined> {
    return await this.#one(vtPositionid, (engine, id) => engine.getPosition(id));
  }

  /** An account, by its id here. */
  async getAccount(vtAccountid: string): Promise<AccountData | undefined> {
    return await this.#one(vtAccountid, (engine, id) => engine.getAccount(id));
  }

  /** A contract, of the first server that has it. */
  async getContract(vtSymbol: string): Promise<ContractData | undefined> {
    const [first] = await this.contractsOf(vtSymbol);
    return first;
  }

  /** A contract as each server that has it has it. */
  async contractsOf(vtSymbol: string): Promise<readonly ContractData[]> {
    const found = await Promise.all(
      this.#all.map(async ({ engine, names }) => {
        const contract = await engine.getContract(vtSymbol);
        return contract === undefined ? [] : [names.of(contract)];
      }),
    );
    return found.flat();
  }

  /** The latest tick of every contract that has one. */
  async getAllTicks(): Promise<readonly TickData[]> {
    const all = await this.#lists((engine) => engine.getAllTicks());
    const found = all.flatMap(({ server, list }) =>
      list
        .filter(({ vt_symbol: vtSymbol }) => this.#sources.of(vtSymbol) === server)
        .map((tick) => server.names.of(tick)),
    );
    return found;
  }

  /** All orders of all servers. */
  async getAllOrders(): Promise<readonly OrderData[]> {
    return await this.#joined((engine) => engine.getAllOrders());
  }

  /** All trades of all servers. */
  async getAllTrades(): Promise<readonly TradeData[]> {
    return await this.#joined((engine) => engine.getAllTrades());
  }

  /** All positions of all servers. */
  async getAllPositions(): Promise<readonly PositionData[]> {
    return await this.#joined((engine) => engine.getAllPositions());
  }

  /** All accounts of all servers. */
  async getAllAccounts(): Promise<readonly AccountData[]> {
    return await this.#joined((engine) => engine.getAllAccounts());
  }

  /** Every contract, each once: of the first server that has it. */
  async getAllContracts(): Promise<readonly ContractData[]> {
    const found = new Map<string, ContractData>();
    for (const { server, list } of await this.#lists((engine) => engine.getAllContracts())) {
      for (const contract of list) {
        server.met(contract.vt_symbol);
        if (!found.has(contract.vt_symbol)) found.set(contract.vt_symbol, server.names.of(contract));
      }
    }
    return [...found.values()];
  }

  /** All orders that still work, of all servers. */
  async getAllActiveOrders(): Promise<readonly OrderData[]> {
    return await this.#joined((engine) => engine.getAllActiveOrders());
  }

  /** As {@link TradingEngine.liveTick}. */
  liveTick(vtSymbol: string): TickData | undefined {
    const server = this.#sources.of(vtSymbol);
    const tick = server?.engine.liveTick?.(vtSymbol);
    return tick === undefined ? undefined : server?.names.of(tick);
  }

  /** Follows the engines no more. They are the caller's, and go on. */
  close(): void {
    for (const server of this.#all) server.close();
    this.#emitter.clear();
  }

  /** Closes, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #all(): readonly JoinedServer[] {
    return [...this.#servers.values()];
  }

  #join(name: string, engine: TradingEngine): JoinedServer {
    return new JoinedServer(name, engine, {
      event: (server, event) => {
        if (this.#isTold(server, event)) this.#emitter.emit('event', event);
      },
      status: ({ name: whose }) => {
        this.#emitter.emit('status', this.status(), whose);
      },
      resynced: ({ name: whose }, report) => {
        this.#emitter.emit('resynced', report, whose);
      },
      problem: ({ name: whose }, problem) => {
        this.#emitter.emit('error', problem, whose);
      },
    });
  }

  /** Not ticks that come from another server than the symbol's, and contracts that another server's stand before. */
  #isTold(server: JoinedServer, { data }: Event): boolean {
    if (data instanceof TickData) return this.#sources.isFrom(data.vt_symbol, server);
    if (!(data instanceof ContractData)) return true;
    const { vt_symbol: vtSymbol } = data;
    server.met(vtSymbol);
    return this.#all.find((each) => each === server || each.hasContract(vtSymbol)) === server;
  }

  /** Where a request goes; undefined where there is no such server: the log says so, as that of vnpy's MainEngine. */
  async #target(
    what: string,
    vtSymbol: string,
    gatewayName: string,
  ): Promise<{ readonly server: JoinedServer; readonly own: string } | undefined> {
    const name = gatewayName === '' ? ((await this.getContract(vtSymbol))?.gateway_name ?? '') : gatewayName;
    const parts = splitName(name);
    const server = parts && this.#servers.get(parts.server);
    if (parts !== undefined && server !== undefined) return { server, own: parts.own };
    const known = [...this.#servers.keys()].map((each) => `${each}:…`).join(', ');
    this.#log(`${what} of ${vtSymbol}: ${JSON.stringify(gatewayName)} names no gateway of ${known}; nothing was sent`);
    return undefined;
  }

  #log(msg: string): void {
    this.#emitter.emit('event', new Event(EventType.LOG, new LogData({ msg, gateway_name: '' })));
  }

  async #one<Data extends object>(
    id: string,
    get: (engine: TradingEngine, id: string) => Data | undefined | Promise<Data | undefined>,
  ): Promise<Data | undefined> {
    const parts = splitName(id);
    const server = parts && this.#servers.get(parts.server);
    if (parts === undefined || server === undefined) return undefined;
    const found = await get(server.engine, parts.own);
    return found === undefined ? undefined : server.names.of(found);
  }

  async #lists<Data>(
    list: (engine: TradingEngine) => readonly Data[] | Promise<readonly Data[]>,
  ): Promise<{ readonly server: JoinedServer; readonly list: readonly Data[] }[]> {
    return await Promise.all(this.#all.map(async (server) => ({ server, list: await list(server.engine) })));
  }

  async #joined<Data extends object>(
    list: (engine: TradingEngine) => readonly Data[] | Promise<readonly Data[]>,
  ): Promise<readonly Data[]> {
    const all = await this.#lists(list);
    return all.flatMap(({ server, list: own }) => own.map((data) => server.names.of(data)));
  }
}

/** Of an error of one server, which that is. */
function named(server: string, error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  return new GatewayError(error.code, `${server}: ${error.message}`, { cause: error });
}
