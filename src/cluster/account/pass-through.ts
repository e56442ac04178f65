/**
 * An engine that does what another one does. Whoever extends it changes what is to be different.
 *
 * @module
 */
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
  OrderTerms,
  PositionData,
  SubscribeRequest,
  TickData,
  TradeData,
  TradingEngine,
} from '../../vnpy/index.js';

/** What an engine may have beside TradingEngine's: RpcGateway does. A guard looks for it. */
export interface Beyond {
  status?: () => { readonly state: string };
  resync?: () => Promise<unknown>;
  findOrder?: (reference: string) => Promise<OrderData | undefined>;
}

/** Asks another engine for everything. */
export class PassThrough implements TradingEngine, Beyond {
  readonly isRemote: boolean;
  readonly flushEvents?: (marker: string) => Promise<void>;
  readonly liveTick?: (vtSymbol: string) => TickData | undefined;
  readonly status?: () => { readonly state: string };
  readonly resync?: () => Promise<unknown>;
  readonly findOrder?: (reference: string) => Promise<OrderData | undefined>;
  protected readonly engine: TradingEngine & Beyond;

  constructor(engine: TradingEngine & Beyond) {
    this.engine = engine;
    this.isRemote = engine.isRemote === true;
    // What it has not must not seem to be there.
    if (engine.flushEvents !== undefined) {
      this.flushEvents = async (marker) => {
        await engine.flushEvents?.(marker);
      };
    }
    if (engine.liveTick !== undefined) this.liveTick = (vtSymbol) => engine.liveTick?.(vtSymbol);
    const { status, resync, findOrder } = engine;
    if (status !== undefined) this.status = () => status.call(engine);
    if (resync !== undefined) this.resync = () => resync.call(engine);
    if (findOrder !== undefined) this.findOrder = (reference) => findOrder.call(engine, reference);
  }

  subscribe(request: SubscribeRequest, gatewayName: string): Awaitable<void> {
    return this.engine.subscribe(request, gatewayName);
  }

  sendOrder(request: OrderRequest, gatewayName: string, terms?: OrderTerms): Awaitable<string> {
    return this.engine.sendOrder(request, gatewayName, terms);
  }

  cancelOrder(request: CancelRequest, gatewayName: string): Awaitable<void> {
    return this.engine.cancelOrder(request, gatewayName);
  }

  queryHistory(request: HistoryRequest, gatewayName: string): Awaitable<readonly BarData[]> {
    return this.engine.queryHistory(request, gatewayName);
  }

  getTick(vtSymbol: string): Awaitable<TickData | undefined> {
    return this.engine.getTick(vtSymbol);
  }

  getOrder(vtOrderid: string): Awaitable<OrderData | undefined> {
    return this.engine.getOrder(vtOrderid);
  }

  getTrade(vtTradeid: string): Awaitable<TradeData | undefined> {
    return this.engine.getTrade(vtTradeid);
  }

  getPosition(vtPositionid: string): Awaitable<PositionData | undefined> {
    return this.engine.getPosition(vtPositionid);
  }

  getAccount(vtAccountid: string): Awaitable<AccountData | undefined> {
    return this.engine.getAccount(vtAccountid);
  }

  getContract(vtSymbol: string): Awaitable<ContractData | undefined> {
    return this.engine.getContract(vtSymbol);
  }

  getAllTicks(): Awaitable<readonly TickData[]> {
    return this.engine.getAllTicks();
  }

  getAllOrders(): Awaitable<readonly OrderData[]> {
    return this.engine.getAllOrders();
  }

  getAllTrades(): Awaitable<readonly TradeData[]> {
    return this.engine.getAllTrades();
  }

  getAllPositions(): Awaitable<readonly PositionData[]> {
    return this.engine.getAllPositions();
  }

  getAllAccounts(): Awaitable<readonly AccountData[]> {
    return this.engine.getAllAccounts();
  }

  getAllContracts(): Awaitable<readonly ContractData[]> {
    return this.engine.getAllContracts();
  }

  getAllActiveOrders(): Awaitable<readonly OrderData[]> {
    return this.engine.getAllActiveOrders();
  }

  on(name: 'event', listener: (event: Event) => void): () => void {
    return this.engine.on(name, listener);
  }
}
