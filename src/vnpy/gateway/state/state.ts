/**
 * How the gateway comes to know what it knows: the stream and snapshots, merged.
 *
 * @module
 */
import type { OrderData, TradeData } from '../../data/index.js';
import { keyOf } from '../../kinds.js';
import type {
  DataByKind,
  KindedData,
  SnapshotItem,
  SnapshotKind,
  StateItem,
  StateKind,
  StateMaps,
} from '../../kinds.js';
import { sameFields } from './equality.js';
import { Fills } from './fills.js';
import { LateOrders } from './late-orders.js';

/**
 * What applying a piece of data did.
 * - `changed`: it was news, or is told each time: a tick, a position, an account.
 * - `double`: it was known already, word for word.
 * - `superseded`: something newer about the same order seems to be known already.
 */
export type Applied = 'changed' | 'double' | 'superseded';

/** The kinds of which every event is news. */
const FEEDS: ReadonlySet<StateKind> = new Set<StateKind>(['tick', 'position', 'account']);

/** Merges the stream and snapshots into one state. */
export class GatewayState {
  /** Keys that the stream has brought while a snapshot is on its way: what the snapshot says of them may be older. */
  readonly #touched = new Map<StateKind, Set<string>>();

  /** Contracts that the server has lost, and has not loaded again. */
  readonly #gone = new Set<string>();
  /** Those of them that a snapshot has found again. */
  #returned: string[] = [];

  readonly #late: LateOrders;
  readonly #maps: StateMaps;
  readonly #generation: (vtOrderid: string) => number;
  readonly #dropsContracts: boolean;
  /** The fills that are known, also where an id is given to several. */
  readonly fills: Fills;

  /**
   * @param generation - The number of the order that has an id now among those that had it.
   * @param dropsContracts - Whether contracts that the server has lost leave the state, and their ticks. Otherwise they stay.
   * @param released - Takes an order whose event was taken for older than a snapshot, and was not.
   */
  constructor(
    maps: StateMaps,
    generation: (vtOrderid: string) => number,
    dropsContracts: boolean,
    released: (order: OrderData) => void,
  ) {
    this.#maps = maps;
    this.#dropsContracts = dropsContracts;
    this.#generation = generation;
    this.fills = new Fills(maps.trade);
    this.#late = new LateOrders(released);
  }

  /** Takes what the stream brought. */
  applyEvent(item: KindedData): Applied {
    if (item.kind === 'bar' || item.kind === 'log') return 'changed';
    // Ticks come in thousands and no snapshot has them.
    if (item.kind === 'tick') return this.#apply(item);
    // Within the stream itself the last word counts, as it does in vnpy.
    if (item.kind === 'order' && this.#late.holds(item.data, this.#maps.order.get(item.data.vt_orderid)))
      return 'superseded';

    if (item.kind === 'contract') this.#gone.delete(item.data.vt_symbol);
    this.#touched.get(item.kind)?.add(keyOf(item));
    return this.#apply(item);
  }

  /** Whether a snapshot has found a contract missing that was there, and nothing has brought it since. */
  isGone(vtSymbol: string): boolean {
    return this.#gone.has(vtSymbol);
  }

  /** The contracts that were gone and that snapshots have found since this was called last. */
  takeReturned(): readonly string[] {
    const returned = this.#returned;
    this.#returned = [];
    return returned;
  }

  /** From here on the stream is newer than the snapshot that is being asked for. */
  beginSnapshot(kind: SnapshotKind): void {
    this.#touched.set(kind, new Set());
    if (kind === 'order') this.#late.setAside();
  }

  /** Takes one piece of the snapshot. What the stream has said meanwhile stands. */
  applySnapshot(item: SnapshotItem): Applied {
    const { kind } = item;
    const key = keyOf(item);
    if (kind === 'contract' && this.#gone.delete(key)) this.#returned.push(key);
    if (this.#touched.get(kind)?.has(key) === true) return 'superseded';
    const applied = this.#apply(item, true);
    if (kind === 'order' && applied === 'changed') this.#late.mark(key);
    return applied;
  }

  /** An order has lost its id to another: what is known of it is of the past. */
  dropOrder(order: OrderData): void {
    const { vt_orderid: vtOrderid } = order;
    this.#late.forget(vtOrderid);
    if (this.#maps.order.get(vtOrderid) === order) this.#maps.order.delete(vtOrderid);
  }

  /**
   * Takes out what the state has and the snapshot has not, because the server has lost it. Contracts stay unless they are to be
   * dropped. A server that was just restarted has not loaded them yet, and what is known of them is still true.
   *
   * @returns What the server has lost; a contract once, until it comes back.
   */
  removeAbsent<K extends SnapshotKind>(kind: K, present: ReadonlySet<string>): DataByKind[K][] {
    const map: Map<string, DataByKind[K]> = this.#maps[kind];
    const touched = this.#touched.get(kind);
    const absent: DataByKind[K][] = [];
    for (const [key, data] of map) {
      // vnpy's map keeps one of the fills that share an id.
      const isPresent = present.has(kind === 'trade' ? (data as TradeData).vt_tradeid : key);
      if (isPresent || touched?.has(key) === true) continue;
      if (kind === 'order' && this.#late.isHolding(key)) continue;
      if (kind === 'contract' && this.#gone.has(key)) continue;
      absent.push(data);
      if (kind === 'contract') this.#lost(key);
      if (kind === 'trade') this.fills.remove(key, data as TradeData);
      else if (kind !== 'contract') map.delete(key);
      if (kind === 'order') this.#late.forget(key);
    }
    return absent;
  }

  #lost(vtSymbol: string): void {
    this.#gone.add(vtSymbol);
    if (!this.#dropsContracts) return;
    this.#maps.contract.delete(vtSymbol);
    this.#maps.tick.delete(vtSymbol);
  }

  /** @param complete - Whether all of it was applied; otherwise it is as if it had not been asked for. */
  endSnapshot(kind: SnapshotKind, complete: boolean): void {
    this.#touched.delete(kind);
    if (kind !== 'order') return;
    if (complete) this.#late.dropAside();
    else this.#late.takeBack();
  }

  /** The connection was lost: a quote that the stream tells of from here on is the server's, also if it was restarted. */
  lost(): void {
    this.#touched.set('quote', new Set());
  }

  /**
   * A comparison after a loss is complete. vnpy's server has no function that lists quotes: those of a server that was
   * restarted are taken out.
   *
   * @returns Their ids.
   */
  compared(restarted: boolean): string[] {
    const touched = this.#touched.get('quote');
    this.#touched.delete('quote');
    if (!restarted || touched === undefined) return [];
    const gone = [...this.#maps.quote.keys()].filter((key) => !touched.has(key));
    for (const key of gone) this.#maps.quote.delete(key);
    return gone;
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#late.stop();
  }

  #apply(item: StateItem, isListed = false): Applied {
    if (item.kind === 'trade') {
      const { data } = item;
      return this.fills.add(data, this.#generation(data.vt_orderid), isListed) ? 'changed' : 'double';
    }
    const map: Map<string, StateItem['data']> = this.#maps[item.kind];
    const key = keyOf(item);
    const known = map.get(key);
    map.set(key, item.data);
    // A feed repeats itself where nothing moves, and who counts its news counts those too; in a list it is no news.
    if (!isListed && FEEDS.has(item.kind)) return 'changed';
    return known !== undefined && sameFields(known, item.data) ? 'double' : 'changed';
  }
}
