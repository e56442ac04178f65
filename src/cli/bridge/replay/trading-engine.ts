/**
 * A trading engine whose market is a recording: orders are matched against the recorded ticks.
 *
 * @module
 */
import { SimulatedEngine, StateView } from '../../../vnpy/index.js';
import { newSession } from '../../../vnpy/internal.js';
import type {
  BarData,
  CancelRequest,
  Event,
  HistoryRequest,
  OrderRequest,
  SimulationLanguage,
  TickData,
  TradingEngine,
} from '../../../vnpy/index.js';
import type { RecordedEngine } from './recorded-engine.js';

/** The part of a recording that stays: contracts and ticks. Orders, trades, positions and account are the client's own. */
export class ReplayedMarket extends StateView implements TradingEngine {
  readonly #engine: SimulatedEngine;
  readonly #recorded: RecordedEngine;
  readonly #gatewayName: string;

  /**
   * @param clock - Recorded time, ms since 1970.
   * @param language - Of the log.
   */
  constructor(recorded: RecordedEngine, clock: () => number, language: SimulationLanguage) {
    super();
    this.#recorded = recorded;
    const contracts = recorded.getAllContracts();
    this.#gatewayName = contracts[0]?.gateway_name ?? 'REPLAY';
    const gatewayName = this.#gatewayName;
    this.#engine = new SimulatedEngine({ contracts, gatewayName, clock, language, session: newSession() });
  }

  /** A recorded tick: the market is as it says. @returns false when its contract is not known. */
  giveTick(tick: TickData): boolean {
    if (!this.#engine.contracts.has(tick.vt_symbol)) return false;
    this.#engine.giveTick(tick);
    return true;
  }

  override get contracts(): StateView['contracts'] {
    return this.#engine.contracts;
  }

  override get ticks(): StateView['ticks'] {
    return this.#engine.ticks;
  }

  override get orders(): StateView['orders'] {
    return this.#engine.orders;
  }

  override get trades(): StateView['trades'] {
    return this.#engine.trades;
  }

  override get positions(): StateView['positions'] {
    return this.#engine.positions;
  }

  override get accounts(): StateView['accounts'] {
    return this.#engine.accounts;
  }

  subscribe(): void {
    // Every recorded tick is published to whoever listens.
  }

  // The simulated broker is one gateway, whichever of the recorded ones a contract came from.
  sendOrder(request: OrderRequest): string {
    return this.#engine.sendOrder(request, this.#gatewayName);
  }

  cancelOrder(request: CancelRequest): void {
    this.#engine.cancelOrder(request, this.#gatewayName);
  }

  flushEvents(marker: string): void {
    this.#engine.flushEvents(marker);
  }

  queryHistory(request: HistoryRequest): readonly BarData[] {
    return this.#recorded.queryHistory(request);
  }

  on(name: 'event', listener: (event: Event) => void): () => void {
    // The recording's own events are log lines: what it has not got.
    const removers = [this.#engine.on(name, listener), this.#recorded.on(name, listener)];
    return () => {
      for (const remove of removers) remove();
    };
  }
}
