/**
 * The way of everything that comes from a server, by the stream or by a snapshot, to everyone it concerns.
 *
 * Each piece of data passes through here once, and in one order: counters, rename, identity, state, waiters, streams,
 * listeners.
 *
 * @module
 */
import type { Emitter } from '../../rpc/emitter.js';
import type { RpcEvent } from '../../rpc/index.js';
import type { Reporter } from '../../rpc/reporter.js';
import type { ContractData, OrderData } from '../data/index.js';
import { Event } from '../event.js';
import { eventTypes, keyOf } from '../kinds.js';
import type { DataByKind, DataKind, KindedData, SnapshotItem, StateMaps } from '../kinds.js';
import { GatewayCounters } from './counters.js';
import { ForeignData } from './foreign-data.js';
import type { LogRing } from './log-ring.js';
import type { OrderWaiters } from './orders.js';
import type { References } from './references.js';
import type { GatewayRename } from './rename.js';
import { GatewayState } from './state.js';
import type { StaleWatch } from './stale-watch.js';
import { understand } from './stream.js';
import type { Streams } from './streams.js';
import type { GatewayEvents, GatewayProblem } from './types.js';

/** Whom data concerns. */
export interface IntakeParts {
  readonly maps: StateMaps;
  readonly rename: GatewayRename | undefined;
  readonly references: References;
  readonly waiters: OrderWaiters;
  readonly logs: LogRing;
  readonly streams: Streams;
  readonly stale: StaleWatch | undefined;
  readonly emitter: Emitter<GatewayEvents>;
  readonly reporter: Reporter<GatewayProblem>;
  /** Told of a contract of the stream before the state is. */
  contractSeen(contract: ContractData): void;
}

/** Takes in all data. */
export class Intake {
  /** What is known of the server. */
  readonly state: GatewayState;
  readonly counters = new GatewayCounters();
  readonly #foreign = new ForeignData();
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.state = new GatewayState(parts.maps, (data) => {
      this.#deliver({ kind: 'order', data }, plainEvent({ kind: 'order', data }));
    });
  }

  /** Takes a message of the subscription. */
  stream(published: RpcEvent): void {
    const incoming = understand(published);
    if (incoming === undefined) {
      this.counters.timers += 1;
      return;
    }
    const { event, item } = incoming;
    if (item === undefined) {
      this.#other(event);
      return;
    }
    this.#prepare(item);
    // News or not: the server knows the contract, the feed of the symbol lives.
    if (item.kind === 'contract') this.#parts.contractSeen(item.data);
    else if (item.kind === 'tick') this.#parts.stale?.touch(item.data.vt_symbol);
    const applied = this.state.applyEvent(item);
    if (applied === 'double') this.counters.doubles += 1;
    else if (applied === 'superseded') this.counters.superseded += 1;
    else this.#deliver(item, event);
  }

  /**
   * Takes a piece of a snapshot.
   *
   * @returns Under which key the state has it, and whether it was news.
   */
  snapshot(item: SnapshotItem): { readonly key: string; readonly isNews: boolean } {
    this.#prepare(item);
    const isNews = this.state.applySnapshot(item) === 'changed';
    if (isNews) this.#deliver(item, plainEvent(item));
    return { key: keyOf(item), isNews };
  }

  /** Takes what was asked for and is not for the state: it goes to whoever asked, who knows what it is. */
  answer(item: KindedData): void {
    this.#prepare(item);
  }

  /** Takes the list of orders that a search asked for: the stream may have brought newer news of them than it. */
  listing(orders: readonly OrderData[]): OrderData[] {
    for (const data of orders) this.#prepare({ kind: 'order', data });
    return orders.map((order) => this.#parts.maps.order.get(order.vt_orderid) ?? order);
  }

  #prepare(item: KindedData): void {
    this.counters.countUnknownMembers(item);
    this.#parts.rename?.apply(item);
    if (item.kind === 'order') this.#parts.references.see(item.data);
  }

  #other(event: Event): void {
    this.counters.otherEvents += 1;
    const problem = this.#foreign.look(event);
    if (problem !== undefined) this.#parts.reporter.report(problem);
    this.#parts.emitter.emit('event', event);
  }

  #deliver(item: KindedData, event: Event): void {
    this.counters.delivered[item.kind] += 1;
    if (item.kind === 'order') this.#parts.waiters.changed(item.data);
    else if (item.kind === 'log') this.#parts.logs.add(item.data.msg, performance.now());
    this.#parts.streams.push(item);
    this.#emitKind(item);
    this.#parts.emitter.emit('event', event);
  }

  #emitKind<K extends DataKind>(item: { readonly kind: K; readonly data: DataByKind[K] }): void {
    const args = [item.data] as unknown as GatewayEvents[K];
    this.#parts.emitter.emit(item.kind, ...args);
  }
}

function plainEvent(item: KindedData): Event {
  return new Event(eventTypes(item).plain, item.data);
}
