/**
 * A trading engine that knows what a recording says: its state follows the recorded snapshots and events. It trades
 * nothing.
 *
 * @module
 */
import { ContractData, Event, EventType, Interval, LogData, StateView, replace } from '../../../vnpy/index.js';
import type { BarData, Event as VnpyEvent, HistoryRequest, TradingEngine } from '../../../vnpy/index.js';
import { classify, keyOf } from '../../../vnpy/internal.js';
import type { KindedData, StateKind } from '../../../vnpy/internal.js';
import { seeEvent } from '../events/see.js';
import type { ReplayHistory } from './history.js';

/** Which part of the state a function's answer is. */
const ANSWERS: Readonly<Record<string, StateKind>> = {
  get_all_contracts: 'contract',
  get_all_accounts: 'account',
  get_all_positions: 'position',
  get_all_orders: 'order',
  get_all_trades: 'trade',
  get_all_ticks: 'tick',
};

/**
 * A contract as a recording has it, with history only where the replay has some. A client that is told of history asks for it,
 * and begins with none. Anything else stays as it is.
 */
export function withoutHistory(data: unknown, history?: ReplayHistory): unknown {
  if (data instanceof Event) {
    const inner = withoutHistory(data.data, history);
    return inner === data.data ? data : new Event(data.type, inner);
  }
  if (!(data instanceof ContractData)) return data;
  return replace(data, { history_data: history?.has(data.vt_symbol) === true });
}

/** Answers from a recording. */
export class RecordedEngine extends StateView implements TradingEngine {
  readonly #listeners = new Set<(event: VnpyEvent) => void>();
  readonly #answers = new Map<string, unknown>();
  readonly #history: ReplayHistory | undefined;
  readonly #said: (text: string) => string;

  /**
   * @param history - What it answers to `query_history`; without one, nothing.
   * @param said - Puts lines of the log into the language of who reads them.
   */
  constructor(history?: ReplayHistory, said: (text: string) => string = (text) => text) {
    super();
    this.#history = history;
    this.#said = said;
  }

  /** What was answered to functions that are none of vnpy_rpcservice's, by name. */
  get answers(): ReadonlyMap<string, unknown> {
    return this.#answers;
  }

  /** Forgets everything: a recording begins anew. */
  clear(): void {
    this.#history?.restart();
    for (const map of Object.values(this.maps)) map.clear();
  }

  /** A recorded answer, `[ok, result]`. */
  applyAnswer(method: string, reply: unknown): void {
    if (!Array.isArray(reply) || reply[0] !== true) return;
    const result: unknown = reply[1];
    const kind = Object.hasOwn(ANSWERS, method) ? ANSWERS[method] : undefined;
    if (kind === undefined) {
      this.#answers.set(method, result);
      return;
    }
    if (!Array.isArray(result)) return;
    // A snapshot is all there is: what it does not name was gone.
    this.maps[kind].clear();
    for (const data of result as unknown[]) this.#apply(classify(data));
  }

  /** A recorded event as it is published. */
  published(data: unknown): unknown {
    return withoutHistory(data, this.#history);
  }

  /** A recorded event. */
  applyEvent(topic: string, data: unknown): void {
    const { item, copyOf } = seeEvent({ topic, data });
    this.#apply(item);
    if (copyOf === undefined) this.#history?.take(item?.data);
  }

  subscribe(): void {
    // Every recorded tick is published to whoever listens.
  }

  sendOrder(): string {
    this.#log('order refused: a recording trades nothing (vnpy-bridge replay --trade matches orders against it)');
    return '';
  }

  cancelOrder(): void {
    this.#log('cancel refused: a recording trades nothing');
  }

  flushEvents(marker: string): void {
    this.#log(`all events before ${marker} are told`);
  }

  queryHistory(request: HistoryRequest): readonly BarData[] {
    const bars = this.#history?.query(request) ?? [];
    if (bars.length > 0) return bars;
    this.#log(this.#whyNone(request));
    return [];
  }

  #whyNone({ vt_symbol, interval }: HistoryRequest): string {
    if (this.#history === undefined || this.#history.isEmpty)
      return 'no history: a recording holds none (vnpy-bridge replay --history FILE, or --history-from-ticks)';
    const wanted = interval ?? Interval.MINUTE;
    const there = this.#history.intervalsOf(vt_symbol);
    if (there.length === 0 || there.includes(wanted)) return `no history of ${vt_symbol} for this time`;
    const names = there.map(({ value }) => value).join(', ');
    return `no bars ${wanted.value} of ${vt_symbol}, only ${names}: --history takes several files`;
  }

  on(_name: 'event', listener: (event: VnpyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #apply(item: KindedData | undefined): void {
    if (item === undefined || item.kind === 'log' || item.kind === 'bar') return;
    const map: Map<string, unknown> = this.maps[item.kind];
    map.set(keyOf(item), withoutHistory(item.data, this.#history));
  }

  #log(msg: string): void {
    const event = new Event(EventType.LOG, new LogData({ gateway_name: 'REPLAY', msg: this.#said(msg), level: 30 }));
    for (const listener of this.#listeners) listener(event);
  }
}
