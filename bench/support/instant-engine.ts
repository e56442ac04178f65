/**
 * An engine that does nothing but take orders and tell of their ends, so that what stands before it can be measured.
 *
 * @module
 */
import {
  AccountData,
  ContractData,
  Event,
  EventType,
  Exchange,
  OrderData,
  Product,
  Status,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { CancelRequest, OrderRequest, TradingEngine } from 'vnpy-bridge/vnpy';

const GATEWAY = { gateway_name: 'SIM' };
const SYMBOL = { symbol: 'rb2705', exchange: Exchange.SHFE };

/** Takes every order, or none: then it answers `''`, and there are no events. */
export class InstantEngine implements TradingEngine {
  readonly #takes: boolean;
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #working = new Map<string, OrderData>();
  readonly #tick = new TickData({ ...GATEWAY, ...SYMBOL, datetime: new Date(), last_price: 3300, pre_close: 3300 });
  #count = 0;

  constructor(takes: boolean) {
    this.#takes = takes;
  }

  sendOrder(request: OrderRequest): string {
    if (!this.#takes) return '';
    const order = orderFrom(request, String(++this.#count), Status.NOTTRADED);
    this.#working.set(order.vt_orderid, order);
    this.#tell(order);
    return order.vt_orderid;
  }

  cancelOrder({ orderid }: CancelRequest): void {
    const order = this.#working.get(`SIM.${orderid}`);
    if (order === undefined) return;
    this.#working.delete(order.vt_orderid);
    this.#tell(orderFrom(order, orderid, Status.CANCELLED));
  }

  on(_name: 'event', listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  getTick(): TickData {
    return this.#tick;
  }

  getOrder(id: string): OrderData | undefined {
    return this.#working.get(id);
  }

  getAllContracts(): readonly ContractData[] {
    const contract = { name: 'rb', product: Product.FUTURES, size: 10, pricetick: 1 };
    return [new ContractData({ ...GATEWAY, ...SYMBOL, ...contract })];
  }

  getAllAccounts(): readonly AccountData[] {
    return [new AccountData({ ...GATEWAY, accountid: 'A', balance: 1e9, frozen: 0 })];
  }

  getAllTicks(): readonly TickData[] {
    return [this.#tick];
  }

  getAllOrders(): readonly OrderData[] {
    return [...this.#working.values()];
  }

  getAllActiveOrders(): readonly OrderData[] {
    return this.getAllOrders();
  }

  getAllTrades(): readonly [] {
    return [];
  }

  getAllPositions(): readonly [] {
    return [];
  }

  getContract(): undefined {
    return undefined;
  }

  getTrade(): undefined {
    return undefined;
  }

  getPosition(): undefined {
    return undefined;
  }

  getAccount(): undefined {
    return undefined;
  }

  subscribe(): void {
    // Nothing moves.
  }

  queryHistory(): readonly [] {
    return [];
  }

  #tell(order: OrderData): void {
    const event = new Event(EventType.ORDER, order);
    for (const listener of this.#listeners) listener(event);
  }
}

function orderFrom(from: OrderRequest | OrderData, orderid: string, status: Status): OrderData {
  const { direction, offset, type, price, volume } = from;
  return new OrderData({ ...GATEWAY, ...SYMBOL, ...{ direction, offset, type, price, volume, orderid, status } });
}
