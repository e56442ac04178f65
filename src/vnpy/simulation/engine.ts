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
import { Direction, OrderType, Status } from '../enums/index.js';
import type { TradingEngine } from '../engine.js';
import { GatewayError } from '../errors.js';
import { Event } from '../event.js';
import { eventTypes } from '../kinds.js';
import type { KindedData } from '../kinds.js';
import { StateView } from '../state-view.js';
import { keyOf } from '../kinds.js';
import { inZone, zoneOption } from '../zone.js';
import type { Fill } from './book.js';
import { Calendar, tradingDayOf } from './calendar.js';
import { standardChains } from './chains.js';
import { STANDARD_PRICES, standardContracts } from './contracts.js';
import { Fees } from './fees.js';
import { Ledger } from './ledger.js';
import type { Holding } from './ledger.js';
import type { Market } from './market.js';
import { Markets } from './markets.js';
import { Narrator } from './narrator.js';
import { newSession, ownSession, SIMULATION_OPTIONS } from './options.js';
import type { SimulatedEngineOptions } from './options.js';
import { checkOrder } from './order-check.js';
import { priceOf, volumeOf } from './units.js';

/** An order that works, in whole units. */
interface Working {
  data: OrderData;
  readonly contract: ContractData;
  readonly direction: Direction;
  readonly limit: number | undefined;
  /** Of a stop order that waits: the price of a trade that makes it one at the market. */
  trigger: number | undefined;
  readonly lots: number;
  left: number;
  /** Whether it has met the market on its arrival and waits now for the market to come to it. */
  resting: boolean;
}

/** Steps a second at most: timers are no finer. */
const MAX_RATE = 1000;

/** Steps a second at least: a timer of Node.js cannot be set for longer. */
const MIN_RATE = 1000 / (2 ** 31 - 1);

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
  readonly #calendar = new Calendar();
  readonly #hasSessions: boolean;
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
    this.#hasSessions = rest.sessions;
    this.#day = rest.sessions || rest.closeByDay ? tradingDayOf(this.#clock()) : undefined;
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
      calendar: rest.sessions ? this.#calendar : undefined,
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
    this.#turnDay();
    const held = [...this.positions.values()].filter(({ volume }) => volume !== 0).map(({ vt_symbol }) => vt_symbol);
    const trading = [...this.#working.values()].map(({ contract }) => contract.vt_symbol);
    for (const contract of this.#markets.inOrder([...this.#subscribed, ...trading, ...held])) {
      if (this.#isClosed(contract)) continue;
      const market = this.#markets.of(contract);
      market.step();
      this.#moved(contract, market);
    }
  }

  /** The market of a contract is as this tick says, from a recording for instance. */
  giveTick(tick: TickData): void {
    const contract = this.contracts.get(tick.vt_symbol);
    if (contract === undefined) throw new GatewayError('UNKNOWN_SYMBOL', `giveTick: no contract ${tick.vt_symbol}`);
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
    this.#tell({ kind: 'tick', data: this.#markets.of(contract).tick(this.#clock()) });
  }

  /** @returns The order's `vt_orderid`, or `''` for an unknown gateway or symbol: the log says why. */
  sendOrder(request: OrderRequest, gatewayName: string = this.gatewayName): string {
    const contract = this.#contractOf(request.vt_symbol, gatewayName, 'send_order');
    if (contract === undefined) return '';
    this.#turnDay();
    this.#orderCount++;
    const submitted = replace(request.createOrderData(`${this.#session}_${this.#orderCount}`, this.gatewayName), {
      datetime: this.#now(),
    });
    this.#tell({ kind: 'order', data: submitted });
    const accepted = this.#accept(submitted, contract);
    if (typeof accepted === 'string') {
      this.#tell({ kind: 'order', data: replace(submitted, { status: Status.REJECTED }) });
      this.#log(`order ${submitted.vt_orderid} rejected: ${accepted}`);
    } else {
      this.#match(accepted);
    }
    return submitted.vt_orderid;
  }

  /** Cancels an order that works; of any other the log says why not. */
  cancelOrder(request: CancelRequest, gatewayName: string = this.gatewayName): void {
    if (this.#contractOf(request.vt_symbol, gatewayName, 'cancel_order') === undefined) return;
    this.#turnDay();
    const order = this.#working.get(request.orderid);
    if (order !== undefined && this.#isClosed(order.contract))
      this.#log(`cancel rejected: the market of ${request.vt_symbol} is closed`);
    else if (order === undefined) this.#log(`cancel rejected: no active order ${this.gatewayName}.${request.orderid}`);
    else this.#end(order, Status.CANCELLED);
  }

  /** Logs the marker: each event is told before the call that causes it returns. */
  flushEvents(marker: string): void {
    this.#log(`all events before ${marker} are told`);
  }

  /** Bars of the option `history`, or made-up ones that follow from seed, symbol and time. */
  queryHistory(request: HistoryRequest, gatewayName: string = this.gatewayName): readonly BarData[] {
    const contract = this.#contractOf(request.vt_symbol, gatewayName, 'query_history');
    if (contract === undefined) return [];
    if (this.#history !== undefined) return inZone(this.#history(request), this.#zone);
    const bars = this.#markets.bars(request, contract);
    if (typeof bars !== 'string') return bars;
    this.#log(`query_history failed: ${bars}`);
    return [];
  }

  #contractOf(vtSymbol: string, gatewayName: string, what: string): ContractData | undefined {
    if (gatewayName !== this.gatewayName) {
      this.#log(`${what} rejected: unknown gateway ${JSON.stringify(gatewayName)}`);
      return undefined;
    }
    const contract = this.contracts.get(vtSymbol);
    if (contract === undefined) this.#log(`${what} rejected: unknown symbol ${vtSymbol}`);
    return contract;
  }

  #isClosed(contract: ContractData): boolean {
    return this.#hasSessions && !this.#calendar.isOpen(contract, this.#clock());
  }

  /** Begins the trading day if it has come: orders end, positions become those of before, the market starts anew. */
  #turnDay(): void {
    if (this.#day === undefined) return;
    const day = tradingDayOf(this.#clock());
    if (day <= this.#day) return;
    this.#day = day;
    const hasDays = (contract: ContractData): boolean => this.#calendar.hasDays(contract);
    const ended = [...this.#working.values()].filter(({ contract }) => hasDays(contract));
    // All of it before anything is told: who hears of it may send orders already.
    for (const order of ended) this.#forget(order);
    this.#markets.beginDay(hasDays);
    const changed = this.#ledger.beginDay(hasDays);
    for (const order of ended) {
      this.#update(order, { status: Status.CANCELLED });
      this.#tellHoldings(order);
    }
    for (const holding of changed) this.#tellPosition(holding);
  }

  /** @returns The order as it works now, or why it was rejected. */
  #accept(data: OrderData, contract: ContractData): Working | string {
    if (this.#isClosed(contract)) return `the market of ${contract.vt_symbol} is closed`;
    const market = this.#markets.of(contract);
    const checked = checkOrder(data, contract, market.limits);
    if (typeof checked === 'string') return checked;
    const { direction, limit, trigger, lots } = checked;
    const worst = limit ?? trigger ?? market.orders.worst(direction) ?? market.lastTicks;
    const refused = this.#ledger.reserve(data, contract, lots, worst);
    if (refused !== undefined) return refused;
    return { data, contract, direction, limit, trigger, lots, left: lots, resting: false };
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

/** Whether the price has reached that of a stop order, now or before. */
function isTriggered(order: Working, { lastTicks }: Market): boolean {
  const { trigger, direction } = order;
  if (trigger !== undefined && (direction === Direction.LONG ? lastTicks < trigger : lastTicks > trigger)) return false;
  order.trigger = undefined;
  return true;
}
