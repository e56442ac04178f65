/**
 * Publishes what an edge has to tell: ticks for all, every other event for each principal that may see it.
 *
 * @module
 */
import type { Frames, OutgoingEvent, PublishSocket } from '../../rpc/index.js';
import { Event } from '../../vnpy/index.js';
import { classify, eventTypes } from '../../vnpy/internal.js';
import type { KindedData } from '../../vnpy/internal.js';
import type { Holding } from '../account/holding.js';
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport } from '../transport/transport.js';
import { PICKLED_EVENT, writePrefixed } from '../wire/prefix.js';
import type { Subjects } from '../wire/subjects.js';
import { TOPIC_EVENT, writeTopicEvent } from '../wire/topic-event.js';

/** What it needs. */
export interface OutletParts {
  readonly address: string;
  readonly transport: ClusterTransport;
  readonly subjects: Subjects;
  readonly account: string;
  /** The number and the run of the edge. */
  readonly number: number;
  readonly boot: number;
  readonly holding: Holding;
  readonly clock: ClusterClock;
  /** Principals that are there. */
  readonly listening: () => Iterable<string>;
}

/** What was published. */
export interface OutletCounts {
  /** Ticks that left. */
  readonly ticks: number;
  /** Other events that left: each once for each principal. */
  readonly events: number;
  /** Ticks and events that could not leave, because there was no connection. */
  readonly dropped: number;
}

/** Kinds that have a subject of their own; all else is `other`. */
const KINDS: ReadonlySet<string> = new Set(['order', 'trade', 'position', 'account', 'contract', 'quote', 'log']);
const HEARTBEAT = 'heartbeat';
/** Symbols whose ticks are counted. A number that begins anew reads as another run's, and no gap is found. */
const MAX_SYMBOLS = 100_000;

export class Outlet implements PublishSocket {
  readonly address: string;
  readonly #parts: OutletParts;
  /** Of the present lease: the last number of each symbol and principal. */
  readonly #ticks = new Map<string, number>();
  readonly #events = new Map<string, number>();
  #epoch: number | undefined;
  #isClosed = false;
  #counts = { ticks: 0, events: 0, dropped: 0 };

  constructor(parts: OutletParts) {
    this.#parts = parts;
    this.address = parts.address;
  }

  get counts(): OutletCounts {
    return { ...this.#counts };
  }

  /** The number of the last event for a principal, under the present lease. */
  seqOf(principal: string): number {
    this.#renewed();
    return this.#events.get(principal) ?? 0;
  }

  /** Beats take the place of heartbeats, and each thing is told once: clients know vnpy's second event by its first. */
  wants({ topic, data }: OutgoingEvent): boolean {
    if (topic === HEARTBEAT || this.#isClosed || this.#parts.holding.epoch === undefined) return false;
    if (topic !== '' || !(data instanceof Event)) return true;
    const item = classify(data.data);
    return item === undefined || data.type === eventTypes(item).plain;
  }

  send(frames: Frames, to?: ReadonlySet<string>, event?: OutgoingEvent): boolean {
    const [topic, pickle] = frames;
    const epoch = this.#renewed();
    if (topic === undefined || pickle === undefined || event === undefined || epoch === undefined || this.#isClosed)
      return false;
    try {
      const item = topic.length === 0 && event.data instanceof Event ? classify(event.data.data) : undefined;
      // Who may see ticks, the server decides: they are published once for all.
      if (item?.kind === 'tick') this.#tick(epoch, item, pickle);
      else this.#event(epoch, item, topic, pickle, to);
      return true;
    } catch {
      this.#counts.dropped++; // No connection: clients find the gap, or have lost the edge.
      return false;
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #tick(epoch: number, { data }: KindedData & { readonly kind: 'tick' }, pickle: Uint8Array): void {
    const { transport, subjects, account } = this.#parts;
    const subject = subjects.tick(account, data.exchange.value, data.symbol);
    const seq = (this.#ticks.get(subject) ?? 0) + 1;
    if (seq === 1 && this.#ticks.size >= MAX_SYMBOLS) this.#ticks.clear();
    this.#ticks.set(subject, seq);
    transport.publish(subject, this.#prefixed(epoch, seq, PICKLED_EVENT, pickle));
    this.#counts.ticks++;
  }

  #event(
    epoch: number,
    item: KindedData | undefined,
    topic: Uint8Array,
    pickle: Uint8Array,
    to: ReadonlySet<string> | undefined,
  ): void {
    const { transport, subjects, account, listening } = this.#parts;
    const rest = topic.length === 0 ? pickle : writeTopicEvent(topic, pickle);
    if (rest === undefined) return;
    const encoding = topic.length === 0 ? PICKLED_EVENT : TOPIC_EVENT;
    const kind = item !== undefined && KINDS.has(item.kind) ? item.kind : 'other';
    for (const principal of listening()) {
      if (to !== undefined && !to.has(principal)) continue;
      const seq = (this.#events.get(principal) ?? 0) + 1;
      // Counted before it leaves: what does not leave is a gap.
      this.#events.set(principal, seq);
      transport.publish(subjects.event(account, principal, kind), this.#prefixed(epoch, seq, encoding, rest));
      this.#counts.events++;
    }
  }

  #prefixed(epoch: number, seq: number, encoding: number, rest: Uint8Array): Uint8Array {
    const { number: edge, boot, clock } = this.#parts;
    return writePrefixed({ encoding, edge, boot, epoch, seq, time: clock.wall() }, rest);
  }

  /** With another lease all numbers begin anew. */
  #renewed(): number | undefined {
    const { epoch } = this.#parts.holding;
    if (epoch !== undefined && epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#ticks.clear();
      this.#events.clear();
    }
    return epoch;
  }
}
