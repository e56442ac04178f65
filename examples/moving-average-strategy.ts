/**
 * A moving-average strategy on bars that it builds from live ticks. It knows TradingEngine only, so that it runs on a
 * vnpy server (moving-average.js) as well as on a SimulatedEngine (tests/examples/moving-average-strategy.test.ts).
 */
import {
  Direction,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  Status,
  SubscribeRequest,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { ContractData, Event, TradingEngine } from 'vnpy-bridge/vnpy';

/** An interval of ticks. */
export interface Bar {
  /** Number of the interval since 1970. */
  readonly index: number;
  open: number;
  high: number;
  low: number;
  close: number;
}

/** Makes bars of some seconds from ticks. A bar is complete when the first tick of a later one comes. */
export class BarBuilder {
  #bar: Bar | undefined;
  readonly #seconds: number;
  readonly #onBar: (bar: Bar) => void;

  constructor(seconds: number, onBar: (bar: Bar) => void) {
    this.#seconds = seconds;
    this.#onBar = onBar;
  }

  update(tick: TickData): void {
    // The exchange's time decides, not the time of arrival.
    const index = Math.floor(tick.datetime.toDate().getTime() / 1000 / this.#seconds);
    const price = tick.last_price;
    if (this.#bar === undefined || index > this.#bar.index) {
      if (this.#bar !== undefined) this.#onBar(this.#bar);
      this.#bar = { index, open: price, high: price, low: price, close: price };
      return;
    }
    this.#bar.high = Math.max(this.#bar.high, price);
    this.#bar.low = Math.min(this.#bar.low, price);
    this.#bar.close = price;
  }
}

/** What the strategy is told to do. */
export interface MovingAverageOptions {
  readonly contract: ContractData;
  /** Length of a bar, in seconds. */
  readonly seconds: number;
  /** Bars of the two averages. */
  readonly fast: number;
  readonly slow: number;
  readonly volume: number;
  readonly log?: (line: string) => void;
}

/** Long while the fast average is above the slow one, short while it is below. */
export class MovingAverageStrategy {
  /** Volume held: above 0 long, below 0 short. */
  position = 0;
  /** Begins the reference of each of its orders: by it the strategy knows its own. */
  readonly #name = `MovingAverage-${Date.now().toString(36)}-`;
  #orders = 0;
  readonly #closes: number[] = [];
  readonly #bars: BarBuilder;
  #tick: TickData | undefined;
  /** The order that works, '' while one is being sent. One at a time. */
  #working: string | undefined;
  /** What has been traded of orders, so that a fill counts once. */
  readonly #traded = new Map<string, number>();
  #unlisten: (() => void) | undefined;
  readonly #engine: TradingEngine;
  readonly #options: MovingAverageOptions;

  constructor(engine: TradingEngine, options: MovingAverageOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#bars = new BarBuilder(options.seconds, (bar) => {
      this.#onBar(bar);
    });
  }

  async start(): Promise<void> {
    const { symbol, exchange, gateway_name } = this.#options.contract;
    this.#unlisten = this.#engine.on('event', (event) => {
      this.#onEvent(event);
    });
    await this.#engine.subscribe(new SubscribeRequest({ symbol, exchange }), gateway_name);
  }

  stop(): void {
    this.#unlisten?.();
  }

  #onEvent({ data }: Event): void {
    const { vt_symbol } = this.#options.contract;
    if (data instanceof TickData && data.vt_symbol === vt_symbol) {
      this.#tick = data;
      this.#bars.update(data);
    } else if (data instanceof OrderData && data.reference.startsWith(this.#name)) {
      this.#onOrder(data);
    }
  }

  #onOrder(order: OrderData): void {
    const fresh = order.traded - (this.#traded.get(order.vt_orderid) ?? 0);
    this.#traded.set(order.vt_orderid, order.traded);
    if (fresh !== 0) {
      this.position += order.direction === Direction.LONG ? fresh : -fresh;
      this.#options.log?.(`traded ${fresh}, position ${this.position}`);
    }
    if (order.status === Status.REJECTED) this.#options.log?.(`order ${order.vt_orderid} was rejected`);
    if (!order.isActive()) this.#working = undefined;
  }

  #onBar(bar: Bar): void {
    const { fast, slow, volume } = this.#options;
    this.#closes.push(bar.close);
    if (this.#closes.length > slow) this.#closes.shift();
    if (this.#closes.length < slow || this.#working !== undefined) return;
    const difference = average(this.#closes.slice(-fast)) - average(this.#closes);
    if (difference === 0) return;
    const target = difference > 0 ? volume : -volume;
    if (target !== this.position) void this.#trade(target);
  }

  /** One order towards the target; the next bar goes on from there. */
  async #trade(target: number): Promise<void> {
    const tick = this.#tick;
    const { position } = this;
    if (tick === undefined) return;
    const { contract, log } = this.#options;
    const direction = target > position ? Direction.LONG : Direction.SHORT;
    // What is held the other way is closed first: an order either closes or opens.
    const closing = position !== 0 && Math.sign(target - position) !== Math.sign(position);
    const volume = closing ? Math.abs(position) : Math.abs(target - position);
    // A few ticks beyond the book, and cancelled where it is not filled at once: no order is left working.
    const beyond = 5 * contract.pricetick * (direction === Direction.LONG ? 1 : -1);
    const price = (direction === Direction.LONG ? tick.ask_price_1 : tick.bid_price_1) + beyond;
    const request = new OrderRequest({
      symbol: contract.symbol,
      exchange: contract.exchange,
      direction,
      type: OrderType.FAK,
      volume,
      price,
      offset: contract.net_position ? Offset.NONE : closing ? Offset.CLOSETODAY : Offset.OPEN,
      reference: `${this.#name}${++this.#orders}`,
    });
    log?.(`${direction.name} ${volume} at ${price} to ${closing ? 'close' : 'open'}`);
    this.#working = '';
    try {
      const vtOrderid = await this.#engine.sendOrder(request, contract.gateway_name);
      const order = await this.#engine.getOrder(vtOrderid);
      // Its end may have been told before its id came.
      if (vtOrderid === '' || order?.isActive() === false) this.#working = undefined;
      else this.#working = vtOrderid;
    } catch (error) {
      // After an outcome that is not known the strategy stands still: `working` stays, until a person has looked.
      log?.(`order failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
