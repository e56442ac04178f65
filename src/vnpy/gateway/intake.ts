/**
 * The way of everything that comes from a server, by the stream or by a snapshot, to everyone it concerns.
 *
 * Each piece of data passes through here once, and in one order: rename, twins, counters, identity, state, waiters, streams,
 * listeners.
 *
 * @module
 */
import type { Emitter, Reporter, SignalWatch } from '../../rpc/internal.js';
import type { RpcClient, RpcEvent } from '../../rpc/index.js';
import type { ContractData, OrderData, QuoteData, TickData, TradeData } from '../data/index.js';
import { GatewayError } from '../errors.js';
import { Event } from '../event.js';
import { eventTypes, keyOf } from '../kinds.js';
import type { DataByKind, DataKind, KindedData, SnapshotItem, StateMaps } from '../kinds.js';
import { GatewayCounters } from './counters.js';
import { ForeignData } from './foreign-data.js';
import { difference } from './identity.js';
import type { LiveTicks } from './live-ticks.js';
import { LogRing } from './log-ring.js';
import { OrderLives } from './order-lives.js';
import type { Replacement } from './order-lives.js';
import { OrderWaiters } from './order-waiters.js';
import { LISTING_DELAY, References } from './order-search/references.js';
import type { GatewayRename } from './rename.js';
import { GatewayState } from './state/state.js';
import type { Applied } from './state/state.js';
import type { StaleWatch } from './stale-watch.js';
import { understand } from './stream.js';
import type { Streams } from './streams.js';
import { Twins } from './twins.js';
import type { GatewayEvents, GatewayProblem, TickInfo } from './types.js';
import { WrongFields } from './wrong-fields.js';

const LIVE: TickInfo = Object.freeze({ fresh: true });

/** Whom data concerns. */
export interface IntakeParts {
  readonly maps: StateMaps;
  readonly rename: GatewayRename | undefined;
  readonly client: RpcClient;
  readonly signals: SignalWatch;
  readonly streams: Streams;
  /** Which ticks have come by the stream. */
  readonly liveTicks: LiveTicks;
  readonly stale: StaleWatch | undefined;
  readonly emitter: Emitter<GatewayEvents>;
  readonly reporter: Reporter<GatewayProblem>;
  /** See the option of that name. */
  readonly dropGoneContracts: boolean;
}

/** Told of some data, once it is known what they are. */
export interface IntakeFollower {
  /** An order or a fill; once the state has it. */
  orderNews?(data: OrderData | TradeData): void;
  /** A contract of the stream; before the state has it. */
  contractSeen?(contract: ContractData): void;
}

/** What became of a piece of a snapshot. */
export interface Taken {
  /** The key under which the state has it. */
  readonly key: string;
  /** It was not known. */
  readonly isNews: boolean;
  /** The order that had its id before. */
  readonly replaced?: OrderData;
}

/** Takes in all data. */
export class Intake {
  /** What is known of the server. */
  readonly state: GatewayState;
  readonly counters = new GatewayCounters();
  /** Which orders the ids mean. */
  readonly lives: OrderLives;
  /** Which references orders had. */
  readonly references = new References();
  /** Those who wait for orders. */
  readonly waiters: OrderWaiters;
  /** The latest log lines. */
  readonly logs = new LogRing();
  readonly #followers: IntakeFollower[] = [];
  readonly #twins = new Twins();
  readonly #foreign = new ForeignData();
  readonly #wrongFields: WrongFields;
  readonly #parts: IntakeParts;
  /** Fills that were known already, of orders that may turn out to be others than those whose fills are known. */
  #repeated: { readonly data: TradeData; readonly at: number }[] = [];
  /** The order that has lost its id last. */
  #replacedLast: OrderData | undefined;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#wrongFields = new WrongFields(this.counters, parts.reporter);
    this.waiters = new OrderWaiters(parts.signals, (order) => this.missingFills(order));
    this.lives = new OrderLives({
      orders: parts.maps.order,
      replaced: (replacement) => {
        this.#replaced(replacement);
      },
      firstSentAt: (reference) => this.references.firstSentAt(reference),
      isConnected: () => parts.client.status().state === 'connected',
    });
    this.state = new GatewayState(
      parts.maps,
      (vtOrderid) => this.lives.generation(vtOrderid),
      parts.dropGoneContracts,
      (data) => {
        this.#order(data, plainEvent({ kind: 'order', data }));
      },
    );
  }

  /** What is known, by kind and key. */
  get maps(): StateMaps {
    return this.#parts.maps;
  }

  /** Which ticks have come by the stream. */
  get liveTicks(): LiveTicks {
    return this.#parts.liveTicks;
  }

  /** From here on somebody is told, too. */
  follow(follower: IntakeFollower): void {
    this.#followers.push(follower);
  }

  /** Takes a message of the subscription. */
  stream(published: RpcEvent): void {
    const incoming = understand(published);
    if (incoming === undefined) {
      this.counters.timers++;
      return;
    }
    const { event, item, isPlain } = incoming;
    if (item === undefined) {
      this.#other(event);
      return;
    }
    this.#parts.rename?.apply(item);
    if (this.#twins.isTwin(item, isPlain)) {
      this.counters.doubles++;
      return;
    }
    this.#look(item);
    if (item.kind === 'order') {
      this.#order(item.data, event);
      return;
    }
    // News or not: the server knows the contract, the feed of the symbol lives.
    if (item.kind === 'contract') {
      for (const follower of this.#followers) follower.contractSeen?.(item.data);
    } else if (item.kind === 'tick') {
      this.#parts.stale?.touch(item.data.vt_symbol);
      this.#parts.liveTicks.came(item.data);
    }
    const applied = this.state.applyEvent(item);
    if (applied === 'changed') this.#deliver(item, event);
    else this.#repeat(applied, event);
    if (applied === 'double' && item.kind === 'trade') this.#keepRepeated(item.data);
  }

  /** Takes a tick that the server was asked for. It may be of yesterday, and is not told as an event. */
  staleTick(tick: TickData): void {
    this.#prepare({ kind: 'tick', data: tick });
    if (this.#parts.liveTicks.hasCome(tick.vt_symbol)) return;
    this.#parts.maps.tick.set(tick.vt_symbol, tick);
    this.#parts.streams.pushStale(tick);
    this.#parts.emitter.emit('tick', tick, { fresh: false });
  }

  /** Takes the ticks that the server had when the gateway connected: what has come since is newer. */
  knownTicks(ticks: readonly TickData[]): void {
    for (const data of ticks) {
      this.#prepare({ kind: 'tick', data });
      if (this.#parts.liveTicks.present(data.vt_symbol) === undefined) this.#parts.maps.tick.set(data.vt_symbol, data);
    }
  }

  /**
   * Takes a piece of a snapshot.
   *
   * @param askedAt - When the snapshot was asked for, by performance.now().
   */
  snapshot(item: SnapshotItem, askedAt: number): Taken {
    this.#prepare(item);
    const key = keyOf(item);
    if (item.kind !== 'order') {
      const isNews = this.state.applySnapshot(item) === 'changed';
      if (isNews) this.#deliver(item, plainEvent(item));
      return { key, isNews };
    }
    const { data } = item;
    this.#replacedLast = undefined;
    if (!this.lives.meet(data, askedAt)) return { key, isNews: false };
    const replaced = this.#replacedLast as OrderData | undefined;
    this.references.see(data);
    const previous = this.#parts.maps.order.get(key);
    const applied = this.state.applySnapshot(item);
    if (applied === 'changed') {
      this.lives.applied(data, previous, askedAt);
      this.#deliver(item, plainEvent(item));
    } else if (applied === 'double') {
      this.lives.confirmed(key, askedAt);
    }
    return { key, isNews: applied === 'changed', ...(replaced === undefined ? {} : { replaced }) };
  }

  /** Takes what was asked for and is not for the state: it goes to whoever asked, who knows what it is. */
  answer(item: KindedData): void {
    this.#prepare(item);
  }

  /**
   * Takes the list of orders that a search asked for.
   *
   * @returns Those that have their ids now, and newer news of them where the stream has brought some.
   */
  listing(orders: readonly OrderData[], askedAt: number): OrderData[] {
    const listed: OrderData[] = [];
    for (const data of orders) {
      this.#prepare({ kind: 'order', data });
      const isPresent = this.lives.meet(data, askedAt);
      if (isPresent) this.references.see(data);
      const known = this.#parts.maps.order.get(data.vt_orderid);
      if (isPresent || known !== undefined) listed.push(known ?? data);
    }
    return listed;
  }

  /** The connection was lost: the server may have been restarted. */
  lost(): void {
    this.state.lost();
    this.liveTicks.lost();
  }

  /**
   * The server does not know these orders any more.
   *
   * @param lostAt - When the connection was lost last, if it was.
   */
  vanished(orders: readonly OrderData[], lostAt: number | undefined): void {
    for (const { vt_orderid: vtOrderid } of orders) {
      this.#parts.rename?.forget(vtOrderid);
      this.lives.forget(vtOrderid);
      this.references.vanish(vtOrderid);
      this.waiters.vanished(vtOrderid);
    }
    if (lostAt === undefined) return;
    // What the snapshot does not have yet may be in vnpy's event queue, if it was not restarted.
    setTimeout(() => {
      this.waiters.giveUp(
        lostAt,
        (vtOrderid) => this.references.wasAnswered(vtOrderid, lostAt),
        (vtOrderid) => this.maps.order.has(vtOrderid),
      );
    }, LISTING_DELAY).unref();
  }

  /** A comparison is complete. */
  compared(restarted: boolean): void {
    if (restarted) this.references.serverRestarted();
    for (const vtQuoteid of this.state.compared(restarted)) this.#parts.rename?.forget(vtQuoteid);
    this.counters.snapshots++;
  }

  /** Nothing comes any more, and nobody waits. */
  stop(): void {
    this.state.stop();
    this.lives.stop();
    this.waiters.fail(new GatewayError('CLOSED', 'The gateway was closed'));
  }

  /** What is missing of the fills of an order, in words. */
  missingFills(order: OrderData): string | undefined {
    return this.state.fills.missing(order, this.lives.generation(order.vt_orderid));
  }

  #prepare(item: KindedData): void {
    this.#parts.rename?.apply(item);
    this.#look(item);
  }

  /** Counts and tells what is odd about a piece of data: once, though vnpy sends most of it twice. */
  #look(item: KindedData): void {
    this.counters.countUnknownMembers(item);
    this.#wrongFields.look(item.data);
    if (item.kind === 'quote') this.#meetQuote(item.data);
  }

  #order(data: OrderData, event: Event): void {
    const at = performance.now();
    if (!this.lives.meet(data, at)) {
      this.#repeat('superseded', event);
      return;
    }
    this.references.see(data);
    const previous = this.#parts.maps.order.get(data.vt_orderid);
    const item = { kind: 'order', data } as const;
    const applied = this.state.applyEvent(item);
    if (applied === 'changed') {
      this.lives.applied(data, previous, at);
      this.#deliver(item, event);
    } else {
      this.#repeat(applied, event);
    }
  }

  /** What was known already is told to those alone who want everything that comes; what is older, to nobody. */
  #repeat(applied: Exclude<Applied, 'changed'>, event: Event): void {
    if (applied === 'superseded') {
      this.counters.superseded++;
      return;
    }
    this.counters.doubles++;
    this.#tellEvent(event);
  }

  #keepRepeated(data: TradeData): void {
    const isOpen = ({ vt_orderid }: TradeData): boolean => this.lives.isOpen(vt_orderid);
    this.#repeated = this.#repeated.filter((repeated) => isOpen(repeated.data));
    if (isOpen(data)) this.#repeated.push({ data, at: performance.now() });
  }

  #replaced({ vtOrderid, old, why, since, generation }: Replacement): void {
    const { references, waiters, maps } = this;
    const { reporter } = this.#parts;
    this.#replacedLast = old;
    this.state.dropOrder(old);
    references.vanish(vtOrderid);
    const present = maps.order.get(vtOrderid);
    if (present !== undefined) references.see(present);
    this.state.fills.renew(vtOrderid, since, generation);
    waiters.replaced(vtOrderid, why, since);
    const message = `Order ${vtOrderid} (${old.vt_symbol}, ${String(old.status)}) is known no longer, another order has its id: ${why}`;
    reporter.report({ kind: 'replaced', message, data: old, cause: undefined });
    const repeated = this.#repeated.filter(({ data, at }) => data.vt_orderid === vtOrderid && at >= since);
    for (const { data } of repeated) {
      const item = { kind: 'trade', data } as const;
      if (this.state.applyEvent(item) === 'changed') this.#deliver(item, plainEvent(item));
    }
  }

  /** A quote is not waited for and has no fills: that another has its id is told, and the other takes its place. */
  #meetQuote(quote: QuoteData): void {
    const old = this.#parts.maps.quote.get(quote.vt_quoteid);
    const why = old && difference(old, quote);
    if (old === undefined || why === undefined) return;
    const message = `Quote ${quote.vt_quoteid} of ${old.vt_symbol} is known no longer, another quote has its id: ${why}`;
    this.#parts.reporter.report({ kind: 'replaced', message, data: old, cause: undefined });
  }

  #other(event: Event): void {
    this.counters.otherEvents++;
    const problem = this.#foreign.look(event);
    if (problem !== undefined) this.#parts.reporter.report(problem);
    this.#tellEvent(event);
  }

  #deliver(item: KindedData, event: Event): void {
    this.counters.delivered[item.kind]++;
    if (item.kind === 'order' || item.kind === 'trade')
      for (const follower of this.#followers) follower.orderNews?.(item.data);

    if (item.kind === 'order') this.waiters.changed(item.data);
    else if (item.kind === 'trade') this.waiters.traded(item.data.vt_orderid);
    else if (item.kind === 'log') this.logs.add(item.data.msg, performance.now());
    this.#parts.streams.push(item);
    if (item.kind === 'tick') this.#parts.emitter.emit('tick', item.data, LIVE);
    else this.#emitKind(item);
    this.#tellEvent(event);
  }

  #emitKind<K extends Exclude<DataKind, 'tick'>>(item: { readonly kind: K; readonly data: DataByKind[K] }): void {
    const args = [item.data] as unknown as GatewayEvents[K];
    this.#parts.emitter.emit(item.kind, ...args);
  }

  #tellEvent(event: Event): void {
    this.#parts.streams.pushEvent(event);
    this.#parts.emitter.emit('event', event);
  }
}

function plainEvent(item: KindedData): Event {
  return new Event(eventTypes(item).plain, item.data);
}
