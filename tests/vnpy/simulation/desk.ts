/** A simulated exchange with a clock that a test sets, and what it has told. */
import {
  Direction,
  Exchange,
  LogData,
  Offset,
  OrderRequest,
  OrderType,
  SimulatedEngine,
  SubscribeRequest,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { OrderData, OrderRequestInit, PositionData, SimulatedEngineOptions } from 'vnpy-bridge/vnpy';

export const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };
export const IF = { symbol: 'IF2703', exchange: Exchange.CFFEX };

/** A moment in Beijing. */
export function beijing(text: string): number {
  return Date.parse(`${text}+08:00`);
}

export class Desk {
  readonly engine: SimulatedEngine;
  readonly ticks: TickData[] = [];
  readonly logs: string[] = [];
  now: number;

  constructor(now: string, options: SimulatedEngineOptions = {}) {
    this.now = beijing(now);
    this.engine = new SimulatedEngine({ seed: 7, clock: () => this.now, session: 't', ...options });
    this.engine.on('event', ({ data }) => {
      if (data instanceof TickData) this.ticks.push(data);
      if (data instanceof LogData) this.logs.push(data.msg);
    });
  }

  /** Time goes on to a moment, and the market by one step. */
  at(now: string): this {
    this.now = beijing(now);
    this.engine.step();
    return this;
  }

  subscribe(contract: { readonly symbol: string; readonly exchange: Exchange }): void {
    this.engine.subscribe(new SubscribeRequest(contract));
  }

  /** The market has one price, and a volume on each side. */
  market(price: number, volume = 100, contract: { readonly symbol: string; readonly exchange: Exchange } = RB): void {
    this.engine.giveTick(
      new TickData({
        ...contract,
        gateway_name: 'SIM',
        datetime: new Date(this.now),
        last_price: price,
        bid_price_1: price - 1,
        bid_volume_1: volume,
        ask_price_1: price + 1,
        ask_volume_1: volume,
      }),
    );
  }

  /** @returns The order's id. */
  send(changes: Partial<OrderRequestInit> = {}): string {
    const order = { ...RB, direction: Direction.LONG, offset: Offset.OPEN, type: OrderType.LIMIT, price: 3501 };
    return this.engine.sendOrder(new OrderRequest({ ...order, volume: 1, ...changes }));
  }

  /** Sells what was bought, at the market. */
  close(offset: Offset, volume: number, changes: Partial<OrderRequestInit> = {}): string {
    return this.send({ direction: Direction.SHORT, offset, type: OrderType.MARKET, price: 0, volume, ...changes });
  }

  order(vtOrderid: string): OrderData | undefined {
    return this.engine.getOrder(vtOrderid);
  }

  /** What was bought. */
  long(vtSymbol = 'rb2705.SHFE'): PositionData | undefined {
    return this.engine.getPosition(`SIM.${vtSymbol}.${Direction.LONG.value}`);
  }
}
