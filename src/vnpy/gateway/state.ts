/**
 * How the gateway comes to know what it knows: the stream and snapshots, merged.
 *
 * @module
 */
import type { OrderData } from '../data/index.js';
import { Status } from '../enums/index.js';
import type { DataByKind, KindedData } from '../event.js';
import { keyOf } from '../state-view.js';
import type { StateKind, StateMaps } from '../state-view.js';
import { sameFields } from './equality.js';

/** The kinds that a snapshot brings, in the order in which vnpy's RpcGateway asks for them. */
export const SNAPSHOT_KINDS = ['contract', 'account', 'position', 'order', 'trade'] as const;
/** A kind of data that a snapshot brings. */
export type SnapshotKind = (typeof SNAPSHOT_KINDS)[number];

/**
 * What applying a piece of data did.
 * - `changed`: it was news.
 * - `double`: it was known already, word for word; vnpy sends most things twice.
 * - `superseded`: something newer about the same order is known already.
 */
export type Applied = 'changed' | 'double' | 'superseded';

/** Merges the stream and snapshots into one state. */
export class GatewayState {
  /** Keys that the stream has brought while a snapshot is on its way: what the snapshot says of them may be older. */
  readonly #touched = new Map<StateKind, Set<string>>();

  /** Orders of which nothing newer than the snapshot is known. */
  readonly #ordersFromSnapshot = new Set<string>();
  readonly #maps: StateMaps;

  constructor(maps: StateMaps) {
    this.#maps = maps;
  }

  /** Takes what the stream brought. */
  applyEvent(item: KindedData): Applied {
    if (item.kind === 'bar' || item.kind === 'log') return 'changed';
    // Ticks come in thousands and no snapshot has them.
    if (item.kind === 'tick') return this.#apply(item);
    if (item.kind === 'order' && this.#isLate(item.data)) return 'superseded';
    this.#touched.get(item.kind)?.add(keyOf(item));
    return this.#apply(item);
  }

  /** From here on the stream is newer than the snapshot that is being asked for. */
  beginSnapshot(kind: SnapshotKind): void {
    this.#touched.set(kind, new Set());
  }

  /** Takes one piece of the snapshot. What the stream has said meanwhile stands. */
  applySnapshot(item: KindedData & { readonly kind: SnapshotKind }): Applied {
    const { kind } = item;
    const key = keyOf(item);
    if (this.#touched.get(kind)?.has(key) === true) return 'superseded';
    if (kind === 'order') this.#ordersFromSnapshot.add(key);
    return this.#apply(item);
  }

  /**
   * Takes out what the state has and the snapshot has not: the server has lost it. Contracts stay: a server that was
   * just restarted has not loaded them yet, and what is known of them is still true.
   *
   * @returns What the server has lost.
   */
  removeAbsent<K extends SnapshotKind>(kind: K, present: ReadonlySet<string>): DataByKind[K][] {
    const map: Map<string, DataByKind[K]> = this.#maps[kind];
    const touched = this.#touched.get(kind);
    const absent: DataByKind[K][] = [];
    for (const [key, data] of map) {
      if (present.has(key) || touched?.has(key) === true) continue;
      absent.push(data);
      if (kind !== 'contract') map.delete(key);
      if (kind === 'order') this.#ordersFromSnapshot.delete(key);
    }
    return absent;
  }

  endSnapshot(kind: SnapshotKind): void {
    this.#touched.delete(kind);
  }

  #apply(item: Exclude<KindedData, { readonly kind: 'bar' | 'log' }>): Applied {
    switch (item.kind) {
      case 'tick':
        return store(this.#maps.tick, item.data.vt_symbol, item.data);
      case 'contract':
        return store(this.#maps.contract, item.data.vt_symbol, item.data);
      case 'position':
        return store(this.#maps.position, item.data.vt_positionid, item.data);
      case 'account':
        return store(this.#maps.account, item.data.vt_accountid, item.data);
      case 'quote':
        return store(this.#maps.quote, item.data.vt_quoteid, item.data);
      case 'order':
        return store(this.#maps.order, item.data.vt_orderid, item.data);
      case 'trade':
        // Its id does not identify a trade: both sides of a trade with oneself have the same one, and so may trades at
        // two exchanges. The whole of it does.
        return store(this.#maps.trade, item.data.vt_tradeid, item.data);
    }
  }

  /**
   * Whether the stream tells of an order what the snapshot has overtaken. Within the stream itself the last word counts,
   * as it does in vnpy.
   */
  #isLate(order: OrderData): boolean {
    if (!this.#ordersFromSnapshot.has(order.vt_orderid)) return false;
    const known = this.#maps.order.get(order.vt_orderid);
    if (known !== undefined && isOlder(order, known)) return true;
    this.#ordersFromSnapshot.delete(order.vt_orderid);
    return false;
  }
}

function store<T extends object>(map: Map<string, T>, key: string, data: T): Applied {
  const known = map.get(key);
  if (known !== undefined && sameFields(known, data)) return 'double';
  map.set(key, data);
  return 'changed';
}

/**
 * Whether `order` tells of an earlier moment in an order's life than `known`. Snapshot and stream come over two
 * connections, so that an older word can arrive later. An order goes one way: more is filled, and what is final stays
 * final.
 */
function isOlder(order: OrderData, known: OrderData): boolean {
  if (order.isActive() !== known.isActive()) return order.isActive();
  if (order.traded !== known.traded) return order.traded < known.traded;
  return order.status === Status.SUBMITTING && known.status !== Status.SUBMITTING;
}
