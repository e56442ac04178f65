/**
 * The iterators that are being read.
 *
 * @module
 */
import { choice, EventStream, AbandonedStreams } from '../../rpc/internal.js';
import type { Emitter, SignalWatch } from '../../rpc/internal.js';
import { TickData } from '../data/index.js';
import type { Event } from '../event.js';
import { DATA_KINDS } from '../kinds.js';
import type { DataByKind, DataKind, KindedData } from '../kinds.js';
import type { LiveTicks } from './live-ticks.js';
import { nextOf } from './next.js';
import { NEXT_OPTIONS, STREAM_OPTIONS, TICK_STREAM_OPTIONS } from './options.js';
import type { DataStreamOptions, GatewayEvents, NextOptions, StreamKind, TickStreamOptions } from './types.js';

interface OpenStream {
  readonly kind: StreamKind;
  /** It wants ticks that the server was asked for, too. */
  readonly wantsStale: boolean;
  push(data: KindedData['data'] | Event): void;
  end(): void;
}

/** All open iterators of a gateway. */
export class Streams {
  readonly #open = new Set<OpenStream>();
  readonly #abandoned = new AbandonedStreams();
  readonly #signals: SignalWatch;
  #closed = false;
  readonly #emitter: Emitter<GatewayEvents>;
  readonly #liveTicks: LiveTicks;
  /** The ticks that {@link Streams.next} gave. */
  readonly #given = new WeakSet<TickData>();

  constructor(signals: SignalWatch, emitter: Emitter<GatewayEvents>, liveTicks: LiveTicks) {
    this.#signals = signals;
    this.#emitter = emitter;
    this.#liveTicks = liveTicks;
  }

  /** A new iterator of one kind of data. It queues from the first `next()` on. */
  create<K extends DataKind>(
    kind: K,
    options: DataStreamOptions<DataByKind[K]> & TickStreamOptions,
  ): AsyncIterableIterator<DataByKind[K], undefined> {
    choice('the kind of data', kind, DATA_KINDS);
    // Each filter takes what is of this kind, and that is all that Streams.push hands on.
    if (kind !== 'tick') return this.#create(kind, STREAM_OPTIONS.resolve(options), options.filter);

    const { queue, stale, ...rest } = TICK_STREAM_OPTIONS.resolve(options);
    return this.#create(kind, rest, options.filter, { latestOnly: queue === 'latest', stale });
  }

  /** A new iterator of everything, in the order in which it comes. */
  createOfAll(options: DataStreamOptions<Event>): AsyncIterableIterator<Event, undefined> {
    return this.#create('event', STREAM_OPTIONS.resolve(options), options.filter);
  }

  /** The next piece of data of a kind; a tick that it gave it gives no more. */
  async next<K extends DataKind>(kind: K, options: NextOptions<DataByKind[K]>): Promise<DataByKind[K]> {
    const { filter, timeout, signal, ...ticks } = NEXT_OPTIONS.check(options);
    const isNew = (data: DataByKind[K]): boolean => !(data instanceof TickData && this.#given.has(data));
    const wanted = (data: DataByKind[K]): boolean => isNew(data) && filter?.(data) !== false;
    const data = await nextOf(kind, { timeout, signal }, this.#signals, (end) =>
      this.create(kind, { ...ticks, filter: wanted, signal: end }),
    );
    if (data instanceof TickData) this.#given.add(data);
    return data;
  }

  /** Hands on a piece of data, to those who want its kind. */
  push({ kind, data }: KindedData): void {
    for (const stream of this.#open) if (stream.kind === kind) stream.push(data);
  }

  /** Hands on a tick that the server was asked for. */
  pushStale(tick: TickData): void {
    for (const stream of this.#open) if (stream.wantsStale) stream.push(tick);
  }

  /** Hands on an event, to those who want everything. */
  pushEvent(event: Event): void {
    for (const stream of this.#open) if (stream.kind === 'event') stream.push(event);
  }

  close(): void {
    this.#closed = true;
    for (const stream of [...this.#open]) stream.end();
    this.#open.clear();
  }

  #create<Item extends KindedData['data'] | Event>(
    kind: StreamKind,
    { limit, signal }: { readonly limit: number; readonly signal: AbortSignal | undefined },
    filter: ((data: Item) => boolean) | undefined,
    ticks?: { readonly latestOnly: boolean; readonly stale: boolean },
  ): AsyncIterableIterator<Item, undefined> {
    const stream = new EventStream<Item>({
      limit,
      overflow: ticks === undefined ? 'fail' : 'drop-oldest',
      ...(ticks === undefined ? {} : { latestBy: symbolOf, latestOnly: ticks.latestOnly }),
      onOverflow: (counts) => {
        this.#emitter.emit('overflow', { kind, limit, ...counts });
      },
      onEnd: () => {
        this.#open.delete(entry);
      },
    });
    const entry: OpenStream = {
      kind,
      wantsStale: ticks?.stale === true,
      push: (data) => {
        // Streams.push hands on only what is of this kind.
        const item = data as Item;
        try {
          if (filter?.(item) !== false) stream.push(item);
        } catch (error) {
          stream.end(error instanceof Error ? error : new Error(String(error)));
        }
      },
      end: () => {
        stream.end();
      },
    };
    if (this.#closed) stream.end();
    else stream.endWith(signal, this.#signals);
    return this.#abandoned.lend(stream, () => {
      if (this.#closed) {
        stream.end();
        return;
      }
      if (stream.isEnded) return;
      this.#open.add(entry);
      if (ticks !== undefined) for (const tick of this.#liveTicks.first(ticks.stale)) entry.push(tick);
    });
  }
}

function symbolOf(item: object): string | undefined {
  return 'vt_symbol' in item ? String(item.vt_symbol) : undefined;
}
