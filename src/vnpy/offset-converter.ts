/**
 * Which offset an order must have: what vnpy's OffsetConverter works out.
 *
 * @module
 */
import type { ContractData, OrderData, OrderRequest, PositionData, TradeData } from './data/index.js';
import { RpcUsageError } from '../rpc/index.js';
import { checkOptions } from '../rpc/checks.js';
import type { Names } from '../options.js';
import type { Event } from './event.js';
import { RpcGateway } from './gateway/gateway.js';
import { classify } from './kinds.js';
import { PositionHolding, closesByDay } from './position-holding.js';

/** What an OffsetConverter reads: an RpcGateway, a SimulatedEngine, any TradingEngine that answers at once. */
export interface OffsetSource {
  /** A contract by its `vt_symbol`. */
  getContract(vtSymbol: string): ContractData | undefined;
  /** All contracts. */
  getAllContracts(): readonly ContractData[];
  /** All positions. */
  getAllPositions(): readonly PositionData[];
  /** The orders that may still trade. */
  getAllActiveOrders(): readonly OrderData[];
  /** Everything that happens. What is returned takes the listener away. */
  on(name: 'event', listener: (event: Event) => void): () => void;
}

/** Options of `convertOrderRequest`. */
export interface ConvertOptions {
  /**
   * Lock: open the other side instead of closing what was opened today; SHFE and INE close yesterday's position first. As
   * vnpy's `lock`. Default false.
   */
  readonly lock?: boolean;
  /** Net: close what there is of the other side, and open the rest. As vnpy's `net`. Default false. */
  readonly net?: boolean;
  /** The vnpy gateway whose positions count. Default: the one that the contract came from. */
  readonly gatewayName?: string;
}

const CONVERT_OPTION_NAMES: Names<ConvertOptions> = { lock: true, net: true, gatewayName: true };

/**
 * Turns an order into those that a Chinese futures exchange takes: SHFE and INE want CLOSETODAY and CLOSEYESTERDAY where
 * others want CLOSE. It gives what `vnpy.trader.converter.OffsetConverter` gives, out of the same data: contracts,
 * positions, active orders and fills. It follows them by itself, also when the gateway is connected already.
 *
 * Where a position has shrunk below what active orders close, vnpy's can ask for more than the request does, or for a
 * negative volume. This one never does.
 *
 * @example
 * ```ts
 * using converter = new OffsetConverter(gateway);
 * for (const request of converter.convertOrderRequest(closing)) await gateway.sendOrder(request);
 * ```
 */
export class OffsetConverter {
  readonly #source: OffsetSource;
  /** By the name of the vnpy gateway and the `vt_symbol`. */
  readonly #holdings = new Map<string, PositionHolding>();
  readonly #gateways = new Set<string>();
  readonly #unlisten: (() => void)[] = [];

  /** @throws RpcUsageError `BAD_ARGUMENT` for what is no gateway or engine. */
  constructor(source: OffsetSource) {
    checkSource(source);
    this.#source = source;
    for (const contract of source.getAllContracts()) this.#gateways.add(contract.gateway_name);
    this.#reload();
    for (const order of source.getAllActiveOrders()) this.#order(order);
    if (source instanceof RpcGateway) this.#follow(source);
    else {
      this.#unlisten.push(
        source.on('event', ({ data }) => {
          const item = classify(data);
          if (item?.kind === 'contract') this.#gateways.add(item.data.gateway_name);
          else if (item?.kind === 'position') this.#position(item.data);
          else if (item?.kind === 'order') this.#order(item.data);
          else if (item?.kind === 'trade') this.#trade(item.data);
        }),
      );
    }
  }

  /**
   * The orders to send instead of one, in their order. Those of a contract that needs no conversion (a net position, an
   * unknown contract, CLOSE at CFFEX, DCE and the rest without `lock` and `net`) come back as they are. An empty list: not
   * enough is left that could be closed.
   *
   * @throws RpcUsageError `BAD_OPTION` for an option that there is not.
   */
  convertOrderRequest(request: OrderRequest, options: ConvertOptions = {}): OrderRequest[] {
    const {
      lock = false,
      net = false,
      gatewayName,
    } = checkOptions('the options of convertOrderRequest', options, CONVERT_OPTION_NAMES);
    const holding = this.#holdingOf(request.vt_symbol, gatewayName);
    if (holding === undefined) return [request];
    if (lock) return holding.convertLock(request);
    if (net) return holding.convertNet(request);
    return closesByDay(request.exchange) ? holding.convertByDay(request) : [request];
  }

  /**
   * Notes an order that was sent, until its own events tell of it (vnpy's `update_order_request`). An RpcGateway's own
   * `sendOrder` is noted by itself; another engine's has told of the order, as a rule, before it answers.
   */
  updateOrderRequest(request: OrderRequest, vtOrderid: string): void {
    const dot = vtOrderid.indexOf('.');
    const gatewayName = vtOrderid.slice(0, Math.max(dot, 0));
    const order = request.createOrderData(vtOrderid.slice(dot + 1), gatewayName);
    this.#order(order);
  }

  /** Lets go of the gateway: it follows it no longer. May be called again. */
  close(): void {
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
  }

  /** Lets go of the gateway. */
  [Symbol.dispose](): void {
    this.close();
  }

  #follow(gateway: RpcGateway): void {
    let listing = false;
    let listed = false;
    this.#unlisten.push(
      gateway.on('contract', ({ gateway_name }) => this.#gateways.add(gateway_name)),
      gateway.on('position', (position) => {
        this.#position(position);
      }),
      gateway.on('order', (order) => {
        this.#order(order);
      }),
      gateway.on('trade', (trade) => {
        listed ||= listing;
        this.#trade(trade);
      }),
      gateway.on('progress', ({ kind, phase }) => {
        if (kind !== 'trade') return;
        listing = phase === 'asked';
        // The positions that the same snapshot brought have the listed fills in them already.
        if (!listing && listed) this.#reload();
        listed = false;
      }),
      gateway.on('resynced', ({ vanished }) => {
        for (const order of vanished.order)
          this.#each(order.vt_symbol, (holding) => {
            holding.drop(order.vt_orderid);
          });
        for (const { vt_symbol, direction } of vanished.position) {
          this.#each(vt_symbol, (holding) => {
            holding.emptied(direction);
          });
        }
      }),
      gateway.on('sent', (request, vtOrderid) => {
        const known = gateway.orders.get(vtOrderid);
        // Its own events may have come before the answer, and know more.
        if (known?.vt_symbol === request.vt_symbol) this.#order(known);
        else this.updateOrderRequest(request, vtOrderid);
      }),
    );
  }

  #reload(): void {
    for (const position of this.#source.getAllPositions()) this.#position(position);
  }

  #position(position: PositionData): void {
    this.#holdingOf(position.vt_symbol, position.gateway_name)?.updatePosition(position);
  }

  #order(order: OrderData): void {
    this.#holdingOf(order.vt_symbol, order.gateway_name)?.updateOrder(order);
  }

  #trade(trade: TradeData): void {
    this.#holdingOf(trade.vt_symbol, trade.gateway_name)?.updateTrade(trade);
  }

  #each(vtSymbol: string, change: (holding: PositionHolding) => void): void {
    for (const holding of this.#holdings.values()) if (holding.vtSymbol === vtSymbol) change(holding);
  }

  /** As OmsEngine: a converter for each gateway that has told of a contract, a holding for each contract that needs one. */
  #holdingOf(vtSymbol: string, gatewayName: string | undefined): PositionHolding | undefined {
    const contract = this.#source.getContract(vtSymbol);
    if (contract === undefined || contract.net_position) return undefined;
    const name = gatewayName ?? contract.gateway_name;
    if (!this.#gateways.has(name)) return undefined;
    const key = `${name} ${vtSymbol}`;
    let holding = this.#holdings.get(key);
    if (holding === undefined) {
      holding = new PositionHolding(contract);
      this.#holdings.set(key, holding);
    }
    return holding;
  }
}

const NEEDED = ['getContract', 'getAllContracts', 'getAllPositions', 'getAllActiveOrders', 'on'] as const;

function checkSource(source: unknown): void {
  const given = typeof source === 'object' && source !== null ? source : {};
  const missing = NEEDED.filter((name) => typeof Reflect.get(given, name) !== 'function');
  if (missing.length > 0) {
    throw new RpcUsageError(
      'BAD_ARGUMENT',
      `new OffsetConverter() takes a gateway or an engine; what it was given lacks ${missing.join(', ')}`,
    );
  }
  for (const name of ['getAllContracts', 'getAllPositions', 'getAllActiveOrders'] as const) {
    if (!Array.isArray((source as OffsetSource)[name]())) {
      throw new RpcUsageError(
        'BAD_ARGUMENT',
        `new OffsetConverter() takes an engine that answers at once, and ${name}() gives no array (a promise?)`,
      );
    }
  }
}
