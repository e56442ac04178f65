import { afterEach, vi } from 'vitest';
import { MemoryTransport } from 'vnpy-bridge/rpc';
import {
  AccountData,
  ContractData,
  Direction,
  Event,
  EventType,
  Exchange,
  LogData,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  PositionData,
  Product,
  RpcGateway,
  RpcService,
  Status,
  TickData,
  TradeData,
} from 'vnpy-bridge/vnpy';
import type {
  BarData,
  CancelRequest,
  ContractDataInit,
  DataByKind,
  DataKind,
  HistoryRequest,
  OrderDataInit,
  OffsetSource,
  OrderRequestInit,
  OrderTerms,
  PositionDataInit,
  RpcGatewayOptions,
  SnapshotProgress,
  SubscribeRequest,
  TickDataInit,
  TradeDataInit,
  TradingEngine,
} from 'vnpy-bridge/vnpy';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

export function contract(
  symbol = 'rb2705',
  gatewayName = 'CTP',
  changes: Partial<ContractDataInit> = {},
): ContractData {
  return new ContractData({
    gateway_name: gatewayName,
    symbol,
    exchange: Exchange.SHFE,
    name: symbol,
    product: Product.FUTURES,
    size: 10,
    pricetick: 1,
    ...changes,
  });
}

export function order(orderid: string, changes: Partial<OrderDataInit> = {}): OrderData {
  return new OrderData({
    ...RB,
    gateway_name: 'CTP',
    orderid,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    price: 3500,
    volume: 10,
    status: Status.NOTTRADED,
    ...changes,
  });
}

export function trade(tradeid: string, orderid: string, changes: Partial<TradeDataInit> = {}): TradeData {
  return new TradeData({
    ...RB,
    gateway_name: 'CTP',
    orderid,
    tradeid,
    direction: Direction.LONG,
    volume: 1,
    price: 3500,
    ...changes,
  });
}

export function tick(lastPrice: number, changes: Partial<TickDataInit> = {}): TickData {
  return new TickData({ ...RB, gateway_name: 'CTP', datetime: new Date(0), last_price: lastPrice, ...changes });
}

export function account(balance: number, gatewayName = 'CTP'): AccountData {
  return new AccountData({ gateway_name: gatewayName, accountid: '1', balance });
}

export function position(
  volume: number,
  direction: Direction = Direction.LONG,
  changes: Partial<PositionDataInit> = {},
): PositionData {
  return new PositionData({ ...RB, gateway_name: 'CTP', direction, volume, ...changes });
}

export function orderRequest(changes: Partial<OrderRequestInit> = {}): OrderRequest {
  return new OrderRequest({
    ...RB,
    direction: Direction.LONG,
    type: OrderType.LIMIT,
    volume: 1,
    price: 3500,
    ...changes,
  });
}

/** A vnpy server's engine that does what the test tells it. */
export class ScriptedEngine implements TradingEngine {
  /** It stands for a Python, of which everything can come. */
  isRemote = true;
  contracts: ContractData[] = [contract()];
  accounts: AccountData[] = [];
  positions: PositionData[] = [];
  orders: OrderData[] = [];
  trades: TradeData[] = [];
  ticks: TickData[] = [];
  /** What was called, in order: `send_order CTP`, `get_all_orders`, ... */
  readonly calls: string[] = [];
  readonly subscriptions: [SubscribeRequest, string][] = [];
  readonly requests: OrderRequest[] = [];
  readonly terms: (OrderTerms | undefined)[] = [];
  readonly cancels: [CancelRequest, string][] = [];
  /** Run inside the function of this name, before it answers. */
  readonly hooks = new Map<string, () => unknown>();
  onSendOrder: (request: OrderRequest, gatewayName: string) => unknown = () => 'CTP.1';
  onMarker: (gatewayName: string) => void = (gatewayName) => {
    this.tellLog(`找不到底层接口：${gatewayName}`);
  };
  onQueryHistory: (request: HistoryRequest) => unknown = () => [];
  readonly #listeners = new Set<(event: Event) => void>();

  on(_name: 'event', listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  tellTick(data: TickData): void {
    this.emit(new Event(EventType.TICK, data));
  }

  tellOrder(data: OrderData): void {
    this.orders = [...this.orders.filter((known) => known.vt_orderid !== data.vt_orderid), data];
    this.emit(new Event(EventType.ORDER, data));
  }

  tellTrade(data: TradeData): void {
    this.trades.push(data);
    this.emit(new Event(EventType.TRADE, data));
  }

  tellPosition(data: PositionData): void {
    this.positions = [...this.positions.filter((known) => known.vt_positionid !== data.vt_positionid), data];
    this.emit(new Event(EventType.POSITION, data));
  }

  tellLog(msg: string): void {
    this.emit(new Event(EventType.LOG, new LogData({ gateway_name: 'CTP', msg })));
  }

  async subscribe(request: SubscribeRequest, gatewayName: string): Promise<void> {
    await this.#called('subscribe', gatewayName);
    this.subscriptions.push([request, gatewayName]);
  }

  async sendOrder(request: OrderRequest, gatewayName: string, terms?: OrderTerms): Promise<string> {
    this.requests.push(request);
    this.terms.push(terms);
    await this.#called('send_order', gatewayName);
    return (await this.onSendOrder(request, gatewayName)) as string;
  }

  async cancelOrder(request: CancelRequest, gatewayName: string): Promise<void> {
    this.cancels.push([request, gatewayName]);
    await this.#called('cancel_order', gatewayName);
  }

  async flushEvents(marker: string): Promise<void> {
    // As MainEngine.get_gateway: the log is an event in its queue.
    await this.#called('cancel_order', '?');
    this.onMarker(marker);
  }

  async queryHistory(request: HistoryRequest, gatewayName: string): Promise<BarData[]> {
    await this.#called('query_history', gatewayName);
    return (await this.onQueryHistory(request)) as BarData[];
  }

  getTick = (): TickData | undefined => undefined;
  getOrder = (vtOrderid: string): OrderData | undefined => this.orders.find((data) => data.vt_orderid === vtOrderid);
  getTrade = (): undefined => undefined;
  getPosition = (): undefined => undefined;
  getAccount = (): undefined => undefined;
  getContract = (vtSymbol: string): ContractData | undefined =>
    this.contracts.find((data) => data.vt_symbol === vtSymbol);
  getAllTicks = (): TickData[] => this.ticks;
  getAllOrders = (): Promise<OrderData[]> => this.#answer('get_all_orders', () => this.orders);
  getAllTrades = (): Promise<TradeData[]> => this.#answer('get_all_trades', () => this.trades);
  getAllPositions = (): Promise<PositionData[]> => this.#answer('get_all_positions', () => this.positions);
  getAllAccounts = (): Promise<AccountData[]> => this.#answer('get_all_accounts', () => this.accounts);
  getAllContracts = (): Promise<ContractData[]> => this.#answer('get_all_contracts', () => this.contracts);
  getAllActiveOrders = (): OrderData[] => this.orders.filter((data) => data.isActive());

  async #answer<T>(name: string, get: () => T[]): Promise<T[]> {
    await this.#called(name);
    return [...get()];
  }

  async #called(name: string, detail = ''): Promise<void> {
    this.calls.push(`${name} ${detail}`.trim());
    await this.hooks.get(name)?.();
  }
}

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Something that is closed after the test. */
export function closed<T extends AsyncDisposable>(resource: T): T {
  closing.push(async () => {
    await resource[Symbol.asyncDispose]();
  });
  return resource;
}

/** What an OffsetConverter reads of an engine: its own functions answer later. */
export function offsetSource(engine: ScriptedEngine): OffsetSource {
  return {
    getContract: engine.getContract,
    getAllContracts: () => engine.contracts,
    getAllPositions: () => engine.positions,
    getAllActiveOrders: engine.getAllActiveOrders,
    on: (name, listener) => engine.on(name, listener),
  };
}

/** A gateway that is connected to a service in front of an engine, or of another gateway. */
export async function gatewayTo(engine: TradingEngine): Promise<RpcGateway> {
  const transport = new MemoryTransport();
  const service = closed(new RpcService(engine, { transport, gracePeriod: 1 }));
  await service.start('requests', 'events');
  const gateway = closed(new RpcGateway({ transport }));
  await gateway.connect('requests', 'events');
  return gateway;
}

/** A server in memory, with an engine that can be told what to do. */
export class FakeServer {
  readonly transport = new MemoryTransport();
  engine = new ScriptedEngine();
  service = this.#newService();

  async start(): Promise<this> {
    await this.service.start('requests', 'events');
    return this;
  }

  /** The process dies and another one comes up, with nothing but what `prepare` gives its engine. */
  async restart(prepare: (engine: ScriptedEngine) => void = () => undefined): Promise<void> {
    await this.service.stop();
    this.engine = new ScriptedEngine();
    prepare(this.engine);
    this.service = this.#newService();
    await this.start();
  }

  /** A gateway that is not connected yet. */
  gateway(options: RpcGatewayOptions = {}): RpcGateway {
    return closed(new RpcGateway({ transport: this.transport, reconnect: { initial: 5, max: 10 }, ...options }));
  }

  /** A gateway that is connected. */
  async connected(options: RpcGatewayOptions = {}): Promise<RpcGateway> {
    const gateway = this.gateway(options);
    await gateway.connect('requests', 'events');
    return gateway;
  }

  #newService(): RpcService {
    return closed(
      new RpcService(this.engine, {
        transport: this.transport,
        heartbeatInterval: 50,
        gracePeriod: 1,
        // It stands for a Python that has what the tests write by hand.
        dumps: { foreign: 'write' },
      }),
    );
  }
}

export async function startFake(prepare: (engine: ScriptedEngine) => void = () => undefined): Promise<FakeServer> {
  const server = new FakeServer();
  prepare(server.engine);
  return server.start();
}

/** What listeners of these kinds are told, in order. */
export function record(gateway: RpcGateway, ...kinds: DataKind[]): string[] {
  const told: string[] = [];
  const listen = gateway.on.bind(gateway) as (kind: DataKind, listener: (data: DataByKind[DataKind]) => void) => void;
  for (const kind of kinds) {
    listen(kind, (data) => {
      if (data instanceof OrderData) told.push(`order ${data.vt_orderid} ${data.status.name} ${data.traded}`);
      else if (data instanceof TickData) told.push(`tick ${data.vt_symbol} ${data.last_price}`);
      else if ('vt_tradeid' in data) told.push(`trade ${data.vt_tradeid}`);
      else told.push(kind);
    });
  }
  return told;
}

/** Connects, and resolves when the second look is over that the first message makes the gateway take. */
export async function settled(server: FakeServer, options: RpcGatewayOptions = {}): Promise<RpcGateway> {
  const gateway = await server.connected(options);
  const looked = nextEvent<SnapshotProgress>(
    gateway,
    'progress',
    (step) => step.kind === 'trade' && step.phase === 'done',
  );
  server.engine.tellLog('RPC started');
  await looked;
  return gateway;
}

/** Resolves with the first event that the condition holds for. */
export function nextEvent<T>(
  source: { on(name: never, listener: (data: T) => void): () => void },
  name: string,
  condition: (data: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => {
    const off = source.on(name as never, (data) => {
      if (!condition(data)) return;
      off();
      resolve(data);
    });
  });
}

/**
 * What part of the time that passes the process seems to use of the processor, until the mocks are restored. On a machine that
 * is busy with other things a program that computes gets less of it than one that was paused.
 */
export function useProcessor(part: number): void {
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: process.uptime() * 1e6 * part, system: 0 }));
}
