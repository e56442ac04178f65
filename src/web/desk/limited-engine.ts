/**
 * An engine whose orders are looked at first.
 *
 * @module
 */
import { StateView } from '../../vnpy/index.js';
import { SendOrderError } from '../../vnpy/index.js';
import type {
  AccountData,
  Awaitable,
  BarData,
  CancelRequest,
  ContractData,
  Event,
  HistoryRequest,
  OrderData,
  OrderRequest,
  PositionData,
  SubscribeRequest,
  TickData,
  TradeData,
  TradingEngine,
} from '../../vnpy/index.js';
import type { DeskRefusal } from './desk.js';

/** Says what refuses an order; undefined for nothing. */
export type OrderCheck = (request: OrderRequest, gatewayName: string) => Awaitable<DeskRefusal | undefined>;

/** Another engine, with a check before its orders. All else goes through as it is. */
export class LimitedEngine implements TradingEngine {
  readonly isRemote: boolean;
  readonly #engine: TradingEngine;
  readonly #check: OrderCheck;

  constructor(engine: TradingEngine, check: OrderCheck) {
    this.#engine = engine;
    this.#check = check;
    this.isRemote = engine.isRemote === true;
  }

  /** @throws SendOrderError `refused`, whose cause is the DeskRefusal. */
  async sendOrder(request: OrderRequest, gatewayName: string): Promise<string> {
    const refusal = await this.#check(request, gatewayName);
    if (refusal !== undefined) {
      const { message, rule, limit, value } = refusal;
      throw new SendOrderError('refused', message, {
        ...{ reference: request.reference, cause: refusal },
        ...{ rule, limit, value },
      });
    }

    return this.#engine.sendOrder(request, gatewayName);
  }

  cancelOrder(request: CancelRequest, gatewayName: string): Awaitable<void> {
    return this.#engine.cancelOrder(request, gatewayName);
  }

  subscribe(request: SubscribeRequest, gatewayName: string): Awaitable<void> {
    return this.#engine.subscribe(request, gatewayName);
  }

  queryHistory(request: HistoryRequest, gatewayName: string): Awaitable<readonly BarData[]> {
    return this.#engine.queryHistory(request, gatewayName);
  }

  getTick(vtSymbol: string): Awaitable<TickData | undefined> {
    return this.#engine.getTick(vtSymbol);
  }

  getOrder(vtOrderid: string): Awaitable<OrderData | undefined> {
    return this.#engine.getOrder(vtOrderid);
  }

  getTrade(vtTradeid: string): Awaitable<TradeData | undefined> {
    return this.#engine.getTrade(vtTradeid);
  }

  getPosition(vtPositionid: string): Awaitable<PositionData | undefined> {
    return this.#engine.getPosition(vtPositionid);
  }

  getAccount(vtAccountid: string): Awaitable<AccountData | undefined> {
    return this.#engine.getAccount(vtAccountid);
  }

  getContract(vtSymbol: string): Awaitable<ContractData | undefined> {
    return this.#engine.getContract(vtSymbol);
  }

  getAllTicks(): Awaitable<readonly TickData[]> {
    return this.#engine.getAllTicks();
  }

  getAllOrders(): Awaitable<readonly OrderData[]> {
    return this.#engine.getAllOrders();
  }

  getAllTrades(): Awaitable<readonly TradeData[]> {
    return this.#engine.getAllTrades();
  }

  getAllPositions(): Awaitable<readonly PositionData[]> {
    return this.#engine.getAllPositions();
  }

  getAllAccounts(): Awaitable<readonly AccountData[]> {
    return this.#engine.getAllAccounts();
  }

  getAllContracts(): Awaitable<readonly ContractData[]> {
    return this.#engine.getAllContracts();
  }

  getAllActiveOrders(): Awaitable<readonly OrderData[]> {
    return this.#engine.getAllActiveOrders();
  }

  on(name: 'event', listener: (event: Event) => void): () => void {
    return this.#engine.on(name, listener);
  }
}

/** The quotes that an engine knows: vnpy's server has no function that lists them. */
export function quotesOf(engine: TradingEngine): StateView['quotes'] | undefined {
  return engine instanceof StateView ? engine.quotes : undefined;
}
