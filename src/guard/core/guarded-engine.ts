/**
 * An engine as one principal may use it.
 *
 * @module
 */
import type {
  AccountData,
  BarData,
  CancelRequest,
  ContractData,
  Event,
  HistoryRequest,
  OrderData,
  OrderRequest,
  OrderTerms,
  PositionData,
  SubscribeRequest,
  TickData,
  TradeData,
  TradingEngine,
} from '../../vnpy/index.js';
import type { Rights } from '../rights/rights.js';
import { sees } from '../rights/views.js';
import type { ViewContext } from '../rights/views.js';
import type { Desk, Orders } from './orders.js';
import { errorOf, nobody } from './ruling.js';
import type { Sight } from './sight.js';

/** What it needs beside the engine. */
export interface GuardedParts {
  readonly desk: Desk;
  readonly orders: Orders;
  readonly sight: Sight;
  /** The rights of the principal, now; undefined when it has none any more. */
  readonly rights: () => Rights | undefined;
  readonly view: ViewContext;
}

/** Requests are decided, answers and events are those that the principal may see. */
export class GuardedEngine implements TradingEngine {
  readonly isRemote: boolean;
  readonly flushEvents?: (marker: string) => Promise<void>;
  readonly liveTick?: (vtSymbol: string) => TickData | undefined;
  readonly #parts: GuardedParts;
  readonly #engine: TradingEngine;

  constructor(parts: GuardedParts) {
    this.#parts = parts;
    const engine = (this.#engine = parts.desk.engine);
    this.isRemote = engine.isRemote === true;
    if (engine.flushEvents !== undefined) {
      this.flushEvents = async (marker) => {
        await engine.flushEvents?.(marker);
      };
    }
    if (engine.liveTick !== undefined) this.liveTick = (vtSymbol) => engine.liveTick?.(vtSymbol);
  }

  async subscribe(request: SubscribeRequest, gatewayName: string): Promise<void> {
    this.#check('subscribe');
    await this.#engine.subscribe(request, gatewayName);
  }

  sendOrder(request: OrderRequest, gatewayName: string, terms?: OrderTerms): Promise<string> {
    return this.#parts.orders.send(this.#parts.desk, request, gatewayName, terms);
  }

  cancelOrder(request: CancelRequest, gatewayName: string): Promise<void> {
    return this.#parts.orders.cancel(this.#parts.desk, request, gatewayName);
  }

  async queryHistory(request: HistoryRequest, gatewayName: string): Promise<readonly BarData[]> {
    this.#check('query_history');
    return this.#engine.queryHistory(request, gatewayName);
  }

  async getTick(vtSymbol: string): Promise<TickData | undefined> {
    return this.#one('get_tick', await this.#engine.getTick(vtSymbol));
  }

  async getOrder(vtOrderid: string): Promise<OrderData | undefined> {
    return this.#one('get_order', await this.#engine.getOrder(vtOrderid));
  }

  async getTrade(vtTradeid: string): Promise<TradeData | undefined> {
    return this.#one('get_trade', await this.#engine.getTrade(vtTradeid));
  }

  async getPosition(vtPositionid: string): Promise<PositionData | undefined> {
    return this.#one('get_position', await this.#engine.getPosition(vtPositionid));
  }

  async getAccount(vtAccountid: string): Promise<AccountData | undefined> {
    return this.#one('get_account', await this.#engine.getAccount(vtAccountid));
  }

  async getContract(vtSymbol: string): Promise<ContractData | undefined> {
    return this.#one('get_contract', await this.#engine.getContract(vtSymbol));
  }

  async getAllTicks(): Promise<readonly TickData[]> {
    return this.#all('get_all_ticks', await this.#engine.getAllTicks());
  }

  async getAllOrders(): Promise<readonly OrderData[]> {
    return this.#all('get_all_orders', await this.#engine.getAllOrders());
  }

  async getAllTrades(): Promise<readonly TradeData[]> {
    return this.#all('get_all_trades', await this.#engine.getAllTrades());
  }

  async getAllPositions(): Promise<readonly PositionData[]> {
    return this.#all('get_all_positions', await this.#engine.getAllPositions());
  }

  async getAllAccounts(): Promise<readonly AccountData[]> {
    return this.#all('get_all_accounts', await this.#engine.getAllAccounts());
  }

  async getAllContracts(): Promise<readonly ContractData[]> {
    return this.#all('get_all_contracts', await this.#engine.getAllContracts());
  }

  async getAllActiveOrders(): Promise<readonly OrderData[]> {
    return this.#all('get_all_active_orders', await this.#engine.getAllActiveOrders());
  }

  on(name: 'event', listener: (event: Event) => void): () => void {
    const { sight, desk } = this.#parts;
    const ends = [
      this.#engine.on(name, (event) => {
        if (sight.sees(desk.principal, event)) listener(event);
      }),
      sight.onLate((principal, event) => {
        if (principal === desk.principal) listener(event);
      }),
    ];
    return () => {
      for (const end of ends.splice(0)) end();
    };
  }

  /** Whether the principal may see a piece of data: for what tells of it by another way than events and answers. */
  shows(data: object): boolean {
    const rights = this.#parts.rights();
    return rights !== undefined && sees(rights, data, this.#parts.view);
  }

  #one<Item>(name: string, item: Item | null | undefined): Item | undefined {
    return this.#all(name, item === undefined || item === null ? [] : [item])[0];
  }

  /** What may not be seen is not there: a refusal would tell that it exists. */
  #all<Item>(name: string, list: readonly Item[]): readonly Item[] {
    const rights = this.#check(name);
    return list.filter((data) => sees(rights, data, this.#parts.view));
  }

  /** @throws GuardError for a function that the principal may not call. */
  #check(name: string): Rights {
    const { desk, rights } = this.#parts;
    const now = rights();
    if (now === undefined) throw errorOf(nobody(desk.principal));
    const refusal = now.mayCall(name);
    if (refusal !== undefined) throw errorOf(refusal);
    return now;
  }
}
