/**
 * Which offset an order must have: what vnpy's OffsetConverter works out.
 *
 * @module
 */
import type { ContractData, OrderData, OrderRequest, PositionData, TradeData } from './data/index.js';
import { RpcUsageError } from '../rpc/index.js';
import { optionChecks } from '../rpc/internal.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import type { Event } from './event.js';
import { classify } from './kinds.js';
import type { TradingGateway } from './trading-gateway.js';
import type { SnapshotKind } from './kinds.js';
import { PositionHolding, closesByDay } from './position-holding.js';

/** What an OffsetConverter reads: a TradingGateway, a SimulatedEngine, any TradingEngine that answers at once. */
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

/** The list that a snapshot is asking for. */
interface Listing {
  readonly kind: SnapshotKind | undefined;
  /** The snapshot has asked for positions. */
  readonly hasPositions: boolean;
  /** It brought fills. */
  hasTrades: boolean;
  /** Orders that were sent before, and of which no event had told. */
  readonly unconfirmed: readonly string[];
}

const NO_LISTING: Listing = Object.freeze({ kind: undefined, hasPositions: false, hasTrades: false, unconfirmed: [] });

const keyOf = (gatewayName: string, vtSymbol: string): string => `${gatewayName} ${vtSymbol}`;

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

/** The options of `convertOrderRequest()`. */
export const CONVERT_OPTIONS = new OptionTable(optionChecks, 'the options of convertOrderRequest', {
  lock: option.flag(false),
  net: option.flag(false),
  gatewayName: option.text(),
} satisfies RowsOf<ConvertOptions>);

/**
 * Turns an order into those that a Chinese futures exchange takes. SHFE and INE want CLOSETODAY and CLOSEYESTERDAY where others
 * want CLOSE. It gives what `vnpy.trader.converter.OffsetConverter` gives, out of the same data: contracts, positions, active
 * orders and fills. It follows them by itself, also when the gateway is connected already.
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
  /** What each active order freezes something of, by `vt_orderid`. */
  readonly #frozenBy = new Map<string, PositionHolding>();
  /** Orders that were sent, and of which no event has told yet. */
  readonly #unconfirmed = new Set<string>();
  #listing: Listing = NO_LISTING;
  readonly #unlisten: (() => void)[] = [];

  /** @throws RpcUsageError `BAD_ARGUMENT` for what is no gateway or engine. */
  constructor(source: OffsetSource) {
    checkSource(source);
    this.#source = source;
    for (const contract of source.getAllContracts()) this.#gateways.add(contract.gateway_name);
    this.#reload();
    for (const order of source.getAllActiveOrders()) this.#order(order);
    if (isGateway(source)) {
      this.#follow(source);
    } else {
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
   * The orders to send instead of one, in their order. Those of a contract that needs no conversion come back as they are. That
   * is a net position, an unknown contract, or CLOSE at CFFEX, DCE and the rest without `lock` and `net`. The list is empty
   * where not enough is left that could be closed.
   *
   * @throws RpcUsageError `BAD_OPTION` for an option that there is not.
   */
  convertOrderRequest(request: OrderRequest, options: ConvertOptions = {}): OrderRequest[] {
    const { lock, net, gatewayName } = CONVERT_OPTIONS.resolve(options);
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

  #follow(gateway: TradingGateway): void {
    this.#unlisten.push(
      gateway.on('contract', ({ gateway_name }) => this.#gateways.add(gateway_name)),
      gateway.on('position', (position) => {
        this.#position(position);
      }),
      gateway.on('order', (order) => {
        this.#order(order);
      }),
      gateway.on('trade', (trade) => {
        if (this.#listing.kind === 'trade') this.#listing.hasTrades = true;
        this.#trade(trade);
      }),
      gateway.on('progress', ({ kind, phase }) => {
        if (phase === 'asked') this.#asked(kind);
        else this.#answered(kind);
      }),
      gateway.on('resynced', ({ vanished }) => {
        // What has come since it was found missing is there.
        for (const order of vanished.order) if (!gateway.orders.has(order.vt_orderid)) this.#drop(order.vt_orderid);
        for (const position of vanished.position) {
          if (!gateway.positions.has(position.vt_positionid))
            this.#holdings.get(keyOf(position.gateway_name, position.vt_symbol))?.emptied(position.direction);
        }
      }),
      gateway.on('sent', (request, vtOrderid) => {
        const known = gateway.orders.get(vtOrderid);
        // Its own events may have come before the answer, and know more.
        if (known?.vt_symbol === request.vt_symbol) {
          this.#order(known);
        } else {
          this.updateOrderRequest(request, vtOrderid);
          this.#unconfirmed.add(vtOrderid);
        }
      }),
    );
  }

  #asked(kind: SnapshotKind): void {
    const hasPositions = kind === 'position' || (kind !== 'contract' && this.#listing.hasPositions);
    this.#listing = { kind, hasPositions, hasTrades: false, unconfirmed: [...this.#unconfirmed] };
  }

  #answered(kind: SnapshotKind): void {
    const { hasPositions, hasTrades, unconfirmed } = this.#listing;
    this.#listing = { ...NO_LISTING, hasPositions: kind !== 'trade' && hasPositions };
    // Sent before the server was asked for its orders, and not among them: it was lost with the server.
    if (kind === 'order')
      for (const vtOrderid of unconfirmed) if (this.#unconfirmed.has(vtOrderid)) this.#drop(vtOrderid);
    // The positions that the same snapshot brought have the listed fills in them already. A comparison of orders and trades
    // brings none: what it finds has been missed since.
    if (kind === 'trade' && hasTrades && hasPositions) this.#reload();
  }

  #reload(): void {
    for (const position of this.#source.getAllPositions()) this.#position(position);
    for (const holding of this.#holdings.values()) holding.recalculate();
  }

  #position(position: PositionData): void {
    this.#holdingOf(position.vt_symbol, position.gateway_name)?.updatePosition(position);
  }

  #order(order: OrderData): void {
    const { vt_orderid: vtOrderid } = order;
    this.#unconfirmed.delete(vtOrderid);
    const holding = this.#holdingOf(order.vt_symbol, order.gateway_name);
    // The id may have been that of an order of another contract before.
    if (this.#frozenBy.get(vtOrderid) !== holding) this.#drop(vtOrderid);
    if (holding === undefined) return;
    holding.updateOrder(order);
    if (order.isActive()) this.#frozenBy.set(vtOrderid, holding);
    else this.#frozenBy.delete(vtOrderid);
  }

  #drop(vtOrderid: string): void {
    this.#unconfirmed.delete(vtOrderid);
    this.#frozenBy.get(vtOrderid)?.drop(vtOrderid);
    this.#frozenBy.delete(vtOrderid);
  }

  #trade(trade: TradeData): void {
    this.#holdingOf(trade.vt_symbol, trade.gateway_name)?.updateTrade(trade);
  }

  /** As OmsEngine: a converter for each gateway that has told of a contract, a holding for each contract that needs one. */
  #holdingOf(vtSymbol: string, gatewayName: string | undefined): PositionHolding | undefined {
    const contract = this.#source.getContract(vtSymbol);
    if (contract === undefined || contract.net_position) return undefined;
    const name = gatewayName ?? contract.gateway_name;
    if (!this.#gateways.has(name)) return undefined;
    const key = keyOf(name, vtSymbol);
    let holding = this.#holdings.get(key);
    if (holding === undefined) {
      holding = new PositionHolding(contract);
      this.#holdings.set(key, holding);
    }
    return holding;
  }
}

const NEEDED = ['getContract', 'getAllContracts', 'getAllPositions', 'getAllActiveOrders', 'on'] as const;

/** Whether it tells of orders that it has sent, and of snapshots: an engine alone does not. */
function isGateway(source: OffsetSource): source is OffsetSource & TradingGateway {
  return 'next' in source && 'status' in source;
}

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
