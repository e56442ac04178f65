/**
 * A trading engine without a market: for tests and demos without Python.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';
import type { TzInfo } from '../../pickle/index.js';
import { checkListener, Emitter } from '../../rpc/internal.js';
import { RpcUsageError } from '../../rpc/index.js';
import { LogData, TradeData, replace } from '../data/index.js';
import type {
  BarData,
  CancelRequest,
  ContractData,
  HistoryRequest,
  OrderData,
  OrderRequest,
  SubscribeRequest,
  TickData,
} from '../data/index.js';
import { OrderType, Status } from '../enums/index.js';
import type { TradingEngine } from '../engine.js';
import { GatewayError } from '../errors.js';
import { Event } from '../event.js';
import { eventTypes } from '../kinds.js';
import type { KindedData } from '../kinds.js';
import { StateView } from '../state-view.js';
import { keyOf } from '../kinds.js';
import { inZone, zoneOption } from '../zone.js';
import type { Fill } from './book.js';
import { Calendar } from './calendar.js';
import { standardChains } from './chains.js';
import { STANDARD_PRICES, standardContracts } from './contracts.js';
import { Fees } from './fees.js';
import { daysOf } from './holidays.js';
import { Ledger } from './ledger.js';
import type { Holding } from './ledger.js';
import type { Market } from './market.js';
import { Markets } from './markets.js';
import { Narrator } from './narrator.js';
import { newSession, ownSession, SIMULATION_OPTIONS } from './options.js';
import type { SimulatedEngineOptions } from './options.js';
import { checkOrder } from './order-check.js';
import { textsIn } from './texts.js';
import type { Asked, Reason, SimulationTexts } from './texts.js';
import { priceOf, volumeOf } from './units.js';
import { isTriggered } from './working.js';
import type { Working } from './working.js';

/** Steps a second at most: timers are no finer. */
const MAX_RATE = 1000;

/** Steps a second at least: a timer of Node.js cannot be set for longer. */
const MIN_RATE = 1000 / (2 ** 31 - 1);

/** Contracts that a log line names, whose symbol was not found. */
const EXAMPLES = 3;

const EVENT_NAMES = { event: true, error: true };

/**
 * Simulates an exchange and a broker. Everything happens at once and in order: when `sendOrder` returns, its events have
 * been told, as with a fast gateway of vnpy's. Time passes with {@link SimulatedEngine.step}, with given ticks, or by
 * itself after {@link SimulatedEngine.start}.
 *
 * A listener may send, cancel and give ticks itself, and it counts at once. So an order that is cancelled while its first
 * fill is told gets no second one. Every listener hears all events in the order in which they happened.
 *
 * @example
 * ```ts
 * const engine = new SimulatedEngine({ seed: 7, clock: () => 0 });
 * engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'SIM');
 * engine.step(); // one tick of each subscribed contract
 * ```
 */
export class SimulatedEngine extends StateView implements TradingEngine {
  readonly gatewayName: string;

  readonly #clock: () => number;
  readonly #session: string;
  readonly #zone: TzInfo;
  readonly #history: ((request: HistoryRequest) => readonly BarData[]) | undefined;
  readonly #events: Narrator<Event>;
  readonly #errors: Emitter<{ error: [cause: unknown] }>;
  readonly #markets: Markets;
  readonly #subscribed = new Set<string>();
  readonly #working = new Map<string, Working>();
  readonly #ledger: Ledger;
  readonly #calendar: Calendar;
  readonly #texts: SimulationTexts;
  /** The trading day; undefined where one day is as another. */
  #day: number | undefined;
  #orderCount = 0;
  #tradeCount = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SimulatedEngineOptions = {}) {
    super();
    const { gatewayName, seed, balance, clock, session, zone, ...rest } = SIMULATION_OPTIONS.resolve(options);
    this.gatewayName = gatewayName;
    this.#clock = clock ?? Date.now;
    this.#zone = zoneOption(zone);
    this.#session = session ?? (clock === undefined ? newSession() : ownSession(this.#clock(), seed));
    this.#history = rest.history;
    this.#texts = textsIn(rest.language);
    this.#calendar = new Calendar({ hours: rest.sessions, closed: daysOf(rest.holidays ?? []) });
    this.#day = rest.sessions || rest.closeByDay ? this.#calendar.tradingDayOf(this.#clock()) : undefined;
    this.#ledger = new Ledger(gatewayName, gatewayName, {
      ...{ balance, fees: new Fees(rest.fees), byDay: rest.closeByDay },
    });
    // A listener to errors that throws has nobody left to tell.
    this.#errors = new Emitter({ error: true }, () => undefined);
    this.#events = new Narrator((cause) => {
      this.#errors.emit('error', cause);
    });
    const chains = rest.optionChains ? standardChains(gatewayName) : [];
    for (const contract of [...(rest.contracts ?? standardContracts(gatewayName)), ...chains])
      this.maps.contract.set(contract.vt_symbol, inZone(contract, this.#zone));

    this.#markets = new Markets(this.maps.contract, {
      ...{ seed, zone: this.#zone, clock: this.#clock },
      calendar: this.#calendar,
      startPrices: { ...STANDARD_PRICES, ...rest.startPrices },
    });

    const account = this.#ledger.account();
    this.maps.account.set(account.vt_accountid, account);
  }

  /**
   * Everything that happens. `error`: what a listener threw.
   *
   * @returns A function that takes the listener away.
   * @throws RpcUsageError `BAD_ARGUMENT` if there is no such event, or the listener is no function.
   */
  on(name: 'event', listener: (event: Event) => void): () => void;
  on(name: 'error', listener: (cause: unknown) => void): () => void;
  on(...[name, listener]: ['event', (event: Event) => void] | ['error', (cause: unknown) => void]): () => void {
    checkListener(EVENT_NAMES, name, listener);
    return name === 'event' ? this.#events.on(listener) : this.#errors.on('error', listener);
  }

  /**
   * Lets time pass by itself.
   *
   * @param rate - Ticks a second of each subscribed contract: more than 0 (one in 24 days is the least), at most 1000.
   * @throws RpcUsageError `BAD_OPTION` for any other rate; time then goes on as before.
   */
  start(rate = 2): void {
    if (typeof rate !== 'number' || !(rate >= MIN_RATE && rate <= MAX_RATE)) {
      throw new RpcUsageError(
        'BAD_OPTION',
        `rate must be a number of ticks a second, more than 0 and at most ${MAX_RATE}, not ${String(rate)}`,
      );
    }
    this.stop();
    this.#timer = setInterval(() => {
      this.step();
    }, 1000 / rate);
  }

  /** Stops the time that {@link SimulatedEngine.start} started. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One step of time: every market that is watched, traded or held moves once. */
  step(): void {
    this.#passTime();
    const held = [...this.positions.values()].filter(({ volume }) => volume !== 0).map(({ vt_symbol }) => vt_symbol);
    const trading = [...this.#working.values()].map(({ contract }) => contract.vt_symbol);
    const now = this.#clock();
    for (const contract of this.#markets.inOrder([...this.#subscribed, ...trading, ...held])) {
      if (!this.#calendar.isOpen(contract, now)) continue;
      const market = this.#markets.of(contract);
      market.step();
      this.#moved(contract, market);
    }
  }

  /** The market of a contract is as this tick says, from a recording for instance. */
  giveTick(tick: TickData): void {
    const contract = this.contracts.get(tick.vt_symbol);
    if (contract === undefined) throw new GatewayError('UNKNOWN_SYMBOL', `giveTick: no contract ${tick.vt_symbol}`);
    this.#passTime();
    const market = this.#markets.of(contract);
    market.follow(inZone(tick, this.#zone));
    this.#subscribed.add(tick.vt_symbol);
    this.#moved(contract, market);
  }

  subscribe(request: SubscribeRequest, gatewayName: string = this.gatewayName): void {
    const contract = this.#contractOf(request.vt_symbol, gatewayName, 'subscribe');
    if (contract === undefined) return;
    // Whoever subscribes again at every trade would otherwise make himself the ticks that he trades on.
    if (this.#subscribed.has(request.vt_symbol)) return;
    this.#subscribed.add(request.vt_symbol);
    // In a closed market the last tick is that of its close: a bar of now would begin with it otherwise.
    const time = this.#calendar.lastOpen(contract, this.#clock());
    this.#tell({ kind: 'tick', data: this.#markets.of(contract).tick(time) });
  }

  /** @returns The order's `vt_orderid`, or `''` for an unknown gateway or symbol: the log says why. */
  sendOrder(request: OrderRequest, gatewayName: string = this.gatewayName): string {
    const contract = this.#contractOf(request.vt_symbol, gatewayName, 'send_order');
    if (contract === undefined) return '';
    this.#passTime();
    this.#orderCount++;
    const submitted = replace(request.createOrderData(`${this.#session}_${this.#orderCount}`, this.gatewayName), {
      datetime: this.#now(),
    });
    this.#tell({ kind: 'order', data: submitted });
    const accepted = this.#accept(submitted, contract);
    if (typeof accepted === 'function') {
      this.#tell({ kind: 'order', data: replace(submitted, { status: Status.REJECTED }) });
      this.#log(this.#texts.orderRejected(submitted.vt_orderid, accepted(this.#texts)));
    } else {
      this.#match(accepted);
    }
    return submitted.vt_orderid;
  }

  /** Cancels an order that works; of any other the log says why not. */
  cancelOrder(request: CancelRequest, gatewayName: string = this.gatewayName): void {
    if (this.#contractOf(request.vt_symbol, gatewayName, 'cancel_order') === undefined) return;
    this.#passTime();
    const order = this.#working.get(request.orderid);
    const why = order === undefined ? this.#notWorking(request) : this.#closed(order.contract);
    if (why !== undefined) this.#log(this.#texts.cancelRejected(why(this.#texts)));
    else if (order !== undefined) this.#end(order, Status.CANCELLED);
  }

  /** Logs the marker: each event is told before the call that causes it returns. */
  flushEvents(marker: string): void {
    this.#log(this.#texts.allTold(marker));
  }

  /** Bars of the option `history`, or made-up ones that follow from seed, symbol and time. */
  queryHistory(request: HistoryRequest, gatewayName: string = this.gatewayName): readonly BarData[] {
    const contract = this.#contractOf(request.vt_symbol, gatewayName, 'query_history');
    if (contract === undefined) return [];
    if (this.#history !== undefined) return inZone(this.#history(request), this.#zone);
    const bars = this.#markets.bars(request, contract);
    if (typeof bars !== 'function') return bars;
    this.#log(this.#texts.historyFailed(bars(this.#texts)));
    return [];
  }

  #contractOf(vtSymbol: string, gatewayName: string, asked: Asked): ContractData | undefined {
    const contract = this.contracts.get(vtSymbol);
    if (contract !== undefined && gatewayName === this.gatewayName) return contract;
    // The symbol first: vnpy's RpcGateway takes the name of the gateway from it, and has none for one that it does not know.
    const why: Reason =
      contract === undefined
        ? ({ unknownSymbol }) => unknownSymbol(vtSymbol, [...this.contracts.keys()].slice(0, EXAMPLES))
        : ({ unknownGateway }) => unknownGateway(gatewayName, this.gatewayName);
    this.#log(this.#texts.refused(asked, why(this.#texts)));
    return undefined;
  }

  /** Why nothing can be done in a market that is closed; undefined while it is open. */
  #closed(contract: ContractData): Reason | undefined {
    const now = this.#clock();
    if (this.#calendar.isOpen(contract, now)) return undefined;
    const next = this.#calendar.nextOpen(contract, now) ?? now;
    const opens = PyDateTime.fromDate(new Date(next), this.#zone).toString().slice(0, 'YYYY-MM-DD hh:mm'.length);
    return ({ closed }) => closed(contract.vt_symbol, opens.replace('T', ' '));
  }

  #notWorking({ orderid }: CancelRequest): Reason {
    const id = `${this.gatewayName}.${orderid}`;
    const order = this.orders.get(id);
    return order === undefined ? ({ noOrder }) => noOrder(id) : ({ orderEnded }) => orderEnded(id, order.status);
  }

  /** What the clock has brought since it was looked at. */
  #passTime(): void {
    if (this.#day === undefined) return;
    this.#endOrders();
    this.#turnDay();
  }

  /** Orders end with the close of their trading day. */
  #endOrders(): void {
    const now = this.#clock();
    const ended = [...this.#working.values()].filter(({ until }) => until !== undefined && until <= now);
    // All of it before anything is told: who hears of it may send orders already.
    for (const order of ended) this.#forget(order);
    for (const order of ended) this.#tellDayEnded(order);
  }

  /** Settles the trading day that is over, and begins the next one: the prices of the day start anew. */
  #turnDay(): void {
    const day = this.#calendar.tradingDayOf(this.#clock());
    if (this.#day === undefined || day <= this.#day) return;
    this.#day = day;
    const hasDays = (contract: ContractData): boolean => this.#calendar.hasDays(contract);
    // Where the market never closes, they end here.
    const ended = [...this.#working.values()].filter(({ contract }) => hasDays(contract));
    for (const order of ended) this.#forget(order);
    const changed = this.#ledger.beginDay(hasDays, (contract) => this.#markets.of(contract).lastTicks);
    this.#markets.beginDay(hasDays);
    for (const order of ended) this.#tellDayEnded(order);
    for (const holding of changed) this.#tellPosition(holding);
    if (changed.length > 0) this.#tell({ kind: 'account', data: this.#ledger.account() });
  }

  #tellDayEnded(order: Working): void {
    this.#update(order, { status: Status.CANCELLED });
    this.#tellHoldings(order);
    this.#log(this.#texts.dayEnded(order.data.vt_orderid, order.contract.vt_symbol));
  }

  /** @returns The order as it works now, or why it was rejected. */
  #accept(data: OrderData, contract: ContractData): Working | Reason {
    const closed = this.#closed(contract);
    if (closed !== undefined) return closed;
    const market = this.#markets.of(contract);
    const checked = checkOrder(data, contract, market.limits);
    if (typeof checked === 'function') return checked;
    const { direction, limit, trigger, lots } = checked;
    const worst = limit ?? trigger ?? market.orders.worst(direction) ?? market.lastTicks;
    const refused = this.#ledger.reserve(data, contract, lots, worst);
    if (refused !== undefined) return refused;
    const until = this.#calendar.closeOf(contract, this.#clock());
    return { data, contract, direction, limit, trigger, lots, left: lots, until, resting: false };
  }

  /** A new order meets the market. */
  #match(order: Working): void {
    const { contract, direction, limit } = order;
    const { type } = order.data;
    this.#working.set(order.data.orderid, order);
    this.#update(order, { status: Status.NOTTRADED });
    if (type === OrderType.FOK) {
      const book = this.#markets.of(contract).orders;
      // All at once: nobody is told of a part, who could cancel the rest.
      const whole = this.#works(order) && book.available(direction, limit) >= order.left;
      if (whole) this.#book(order, book.take(direction, limit, order.left));
    } else if (type !== OrderType.STOP || isTriggered(order, this.#markets.of(contract))) {
      // Both are looked at anew each time: whoever was told of a fill may have cancelled the order, or moved the market.
      while (this.#works(order)) {
        const fill = this.#markets.of(contract).orders.takeBest(direction, limit, order.left);
        if (fill === undefined) break;
        this.#book(order, [fill]);
      }
    }
    if (order.left === 0) {
      this.#tellHoldings(order);
    } else if (!this.#works(order)) {
      return;
    } // It was cancelled meanwhile, and its holdings told then.
    else if (type === OrderType.LIMIT || type === OrderType.STOP) {
      order.resting = true;
      this.#tellHoldings(order);
    } else {
      this.#end(order, Status.CANCELLED);
    }
  }

  /** The market has moved: ticks, resting orders, the value of what is held. */
  #moved(contract: ContractData, market: Market): void {
    const { vt_symbol } = contract;
    const book = market.orders;
    for (const order of [...this.#working.values()]) {
      // An order that was told of before this one may have ended it.
      if (order.contract !== contract || !order.resting || !this.#works(order)) continue;
      const fills = this.#fillsOf(order, market);
      if (fills.length === 0) continue;
      this.#book(order, fills);
      this.#tellHoldings(order);
      // A listener has moved the market on: that has dealt with all orders, and has told the later tick.
      if (market.orders !== book) return;
    }
    if (this.#subscribed.has(vt_symbol)) this.#tell({ kind: 'tick', data: market.tick(this.#clock()) });
    for (const holding of this.#ledger.held(vt_symbol)) if (holding.lots !== 0) this.#tellPosition(holding);
  }

  /** What the market gives an order that waits. */
  #fillsOf(order: Working, market: Market): readonly Fill[] {
    const { direction, limit, left } = order;
    const book = market.orders;
    if (order.data.type === OrderType.STOP)
      return isTriggered(order, market) ? book.take(direction, undefined, left) : [];
    if (limit === undefined) return [];
    const lots = book.take(direction, limit, left).reduce((sum, fill) => sum + fill.lots, 0);
    // The market came to the order, so the order's own price counts.
    return lots === 0 ? [] : [{ ticks: limit, lots }];
  }

  /** Whether an order can still be filled and cancelled. */
  #works(order: Working): boolean {
    return this.#working.get(order.data.orderid) === order;
  }

  /** Books fills of an order, all of them before any is told. */
  #book(order: Working, fills: readonly Fill[]): void {
    const { contract, direction } = order;
    const { symbol, exchange, orderid, offset } = order.data;
    const told: KindedData[] = [];
    for (const fill of fills) {
      this.#ledger.fill(order.data, contract, fill.ticks, fill.lots);
      order.left -= fill.lots;
      order.data = replace(order.data, {
        traded: volumeOf(contract, order.lots - order.left),
        status: order.left > 0 ? Status.PARTTRADED : Status.ALLTRADED,
      });
      this.#tradeCount++;
      const trade = new TradeData({
        gateway_name: this.gatewayName,
        symbol,
        exchange,
        orderid,
        tradeid: `${this.#session}_${this.#tradeCount}`,
        direction,
        offset,
        price: priceOf(contract, fill.ticks),
        volume: volumeOf(contract, fill.lots),
        datetime: this.#now(),
      });
      told.push({ kind: 'order', data: order.data }, { kind: 'trade', data: trade });
    }
    if (order.left === 0) this.#forget(order);
    this.#tell(...told);
  }

  /** Takes an order off the market with something left. */
  #end(order: Working, status: Status): void {
    this.#forget(order);
    this.#update(order, { status });
    this.#tellHoldings(order);
  }

  #forget(order: Working): void {
    this.#working.delete(order.data.orderid);
    this.#ledger.release(order.data);
  }

  #update(order: Working, changes: { readonly status: Status }): void {
    order.data = replace(order.data, changes);
    this.#tell({ kind: 'order', data: order.data });
  }

  /** Tells what an order has changed. */
  #tellHoldings({ contract, direction, data }: Working): void {
    this.#tellPosition(this.#ledger.holdingOf(contract, direction, data.offset));
    this.#tell({ kind: 'account', data: this.#ledger.account() });
  }

  #tellPosition(holding: Holding): void {
    this.#tell({
      kind: 'position',
      data: this.#ledger.position(holding, this.#markets.of(holding.contract).lastTicks),
    });
  }

  #log(msg: string): void {
    this.#tell({ kind: 'log', data: inZone(new LogData({ gateway_name: this.gatewayName, msg }), this.#zone) });
  }

  #now(): PyDateTime {
    return PyDateTime.fromDate(new Date(this.#clock()), this.#zone);
  }

  /** Tells what has happened. Several things have happened at once: none is told before all can be seen. */
  #tell(...items: readonly KindedData[]): void {
    for (const item of items) {
      if (item.kind === 'log' || item.kind === 'bar') continue;
      const map: Map<string, unknown> = this.maps[item.kind];
      map.set(keyOf(item), item.data);
    }
    this.#events.tell(items.map((item) => new Event(eventTypes(item).plain, item.data)));
  }
}
