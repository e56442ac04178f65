/**
 * Feeds the collections from the stream: snapshot, updates, rows, removals, and resuming after a loss.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { ApiError, BASE, eachPage, request } from '../net/http.js';
import { CHANNELS, Stream } from '../net/stream.js';
import type { LinkState } from '../net/stream.js';
import type {
  AgedTick,
  Alert,
  Channel,
  Contract,
  LiveBar,
  Log,
  Ok,
  Rows,
  ServerMessage,
  Snapshot,
  Tick,
  Update,
} from '../net/types.js';
import { exchangeOffset, offsetIn } from '../format/times.js';
import { texts } from '../i18n/index.js';
import {
  accounts,
  contracts,
  contractsComplete,
  logs,
  orders,
  positions,
  quotes,
  status,
  ticks,
  trades,
} from './data.js';
import { chime, notify } from './notices.js';
import { inNextFrame } from './frame.js';
import { leave } from './session.js';
import { settings, set } from './settings.js';

/** The link from this page to the console, and since when it is so, by `performance.now()`. */
export const page = signal<{ readonly state: LinkState; readonly since: number }>({ state: 'connecting', since: 0 });

/** Whether everything shown is of the present connection. Until then nothing can be clicked that trades. */
export const synced = signal(false);

/** When the newest tick came, by `performance.now()`. */
export const lastTick = signal<number | undefined>(undefined);

/** Bars of the stream go to whoever draws them. */
export const barListeners = new Set<(bar: LiveBar) => void>();

/** Everything of {@link Rows} that the page shows of a tick. */
const FIELDS = [
  'datetime',
  'name',
  'last_price',
  'volume',
  'open_price',
  'high_price',
  'low_price',
  'pre_close',
  'limit_up',
  'limit_down',
  ...[1, 2, 3, 4, 5].flatMap((n) => [`bid_price_${n}`, `bid_volume_${n}`, `ask_price_${n}`, `ask_volume_${n}`]),
] as (keyof Tick)[];

const INTERVAL_MS = 50;

/** The console counts the requests of a second. */
const AT_A_TIME = 8;

/** The state of one connection to a console. */
class Feed {
  readonly #stream: Stream;
  readonly #end = new AbortController();
  readonly #seq = new Map<Channel, number>();
  readonly #parts = new Map<Channel, unknown[]>();
  readonly #missing = new Set<Channel>();
  #epoch: string | undefined;
  #symbols: readonly string[] = [];
  #bars: string | undefined;
  #logCount = 0;
  #tickSeen = false;
  #tickTime: string | undefined;

  constructor() {
    const { protocol, host } = location;
    this.#stream = new Stream(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}${BASE}/stream`, {
      message: (message) => {
        this.#take(message);
      },
      state: (state) => {
        // A lost link is as old as what came over it last.
        page.value = { state, since: state === 'lost' ? this.#stream.heard : performance.now() };
        if (state !== 'open') synced.value = false;
        if (state === 'lost') void this.#stillIn();
      },
      over: () => {
        leave('over');
      },
    });
  }

  open(): void {
    page.value = { state: 'connecting', since: performance.now() };
    this.#stream.open();
    document.addEventListener('visibilitychange', this.#visibility);
    void this.#readContracts();
  }

  close(): void {
    this.#end.abort();
    document.removeEventListener('visibilitychange', this.#visibility);
    this.#stream.close();
    synced.value = false;
  }

  /** Asks for the ticks of more contracts: first the server, then the stream. */
  async watch(vtSymbols: readonly string[]): Promise<void> {
    const fresh = vtSymbols.filter((symbol) => !this.#symbols.includes(symbol));
    if (fresh.length === 0) return;
    this.#symbols = [...this.#symbols, ...fresh];
    await this.#subscribe(fresh);
    this.#askTicks(fresh);
  }

  /** Each on its own, some at a time: one that the server refuses does not keep the others away. */
  async #subscribe(symbols: readonly string[]): Promise<void> {
    for (let first = 0; first < symbols.length && !this.#end.signal.aborted; first += AT_A_TIME) {
      const some = symbols.slice(first, first + AT_A_TIME);
      await Promise.allSettled(
        some.map((symbol) => request(`/subscriptions/${encodeURIComponent(symbol)}`, { method: 'PUT' })),
      );
    }
  }

  /** The contract whose bars are wanted. */
  watchBars(vtSymbol: string | undefined): void {
    if (vtSymbol === this.#bars) return;
    if (this.#bars !== undefined) this.#stream.send({ op: 'unsubscribe', channel: 'bars', symbols: [this.#bars] });
    this.#bars = vtSymbol;
    if (vtSymbol !== undefined) this.#stream.send({ op: 'subscribe', channel: 'bars', symbols: [vtSymbol] });
  }

  /** A socket that is refused does not say why: the session may be over. */
  async #stillIn(): Promise<void> {
    try {
      await request('/session', { signal: this.#end.signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) leave('over');
    }
  }

  readonly #visibility = (): void => {
    // Orders and trades go on in a hidden page: only prices are not looked at.
    this.#stream.send({ op: document.hidden ? 'pause' : 'continue', channel: 'ticks' });
  };

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#begin(message.epoch);
        break;
      case 'ok':
        this.#confirmed(message);
        break;
      case 'snapshot':
        this.#snapshot(message);
        break;
      case 'update':
        this.#update(message);
        break;
      case 'rows':
        this.#rows(message);
        break;
      case 'remove':
        this.#seq.set(message.channel, message.seq);
        collectionOf(message.channel)?.remove(message.ids);
        if (message.channel === 'orders' && message.ids.length > 0)
          notify('warning', texts.value.link.restarted, texts.value.link.gone(message.ids.length));
        break;
      case 'resynced':
        notify('warning', message.restarted ? texts.value.link.restarted : texts.value.link.resynced);
        break;
      case 'error':
        notify('error', texts.value.problem.other, message.problem.detail);
        break;
      case 'pong':
      case 'bye':
        break;
    }
  }

  #begin(epoch: string): void {
    this.#missing.clear();
    this.#parts.clear();
    for (const channel of CHANNELS) this.#missing.add(channel);
    const isSame = epoch === this.#epoch;
    // A console that was started again has asked its server for nothing yet.
    if (!isSame && this.#epoch !== undefined) void this.#subscribe(this.#symbols).then(() => this.#readContracts());
    const resumable = CHANNELS.filter((channel) => isSame && channel !== 'status' && this.#seq.has(channel));
    if (resumable.length > 0) {
      const channels = Object.fromEntries(resumable.map((channel) => [channel, this.#seq.get(channel) ?? 0]));
      this.#stream.send({ op: 'resume', epoch, channels });
    }
    for (const channel of CHANNELS) if (!resumable.includes(channel)) this.#stream.send({ op: 'subscribe', channel });
    this.#epoch = epoch;
    this.#tickOrder = [];
    this.#askTicks(this.#symbols);
    if (this.#bars !== undefined) this.#stream.send({ op: 'subscribe', channel: 'bars', symbols: [this.#bars] });
    if (document.hidden) this.#stream.send({ op: 'pause', channel: 'ticks' });
    void this.#findSubscriptions();
  }

  /** `index` of rows is a place in this list. */
  #tickOrder: readonly string[] = [];

  #confirmed(ok: Ok): void {
    if (ok.channel === 'ticks') {
      this.#tickOrder = ok.subscribed;
      return;
    }
    if (ok.resumed === true) this.#arrived(ok.channel);
  }

  #arrived(channel: Channel): void {
    this.#missing.delete(channel);
    if (this.#missing.size === 0 && !synced.value) {
      inNextFrame(() => {
        synced.value = this.#missing.size === 0;
      });
    }
  }

  #snapshot(message: Snapshot): void {
    const { channel, part, of, seq } = message;
    if (part === 1) this.#parts.set(channel, []);
    const all = this.#parts.get(channel) ?? [];
    all.push(...(message.data as readonly unknown[]));
    this.#parts.set(channel, all);
    if (part < of) return;
    this.#parts.delete(channel);
    this.#seq.set(channel, seq);
    this.#fill(channel, all);
    this.#arrived(channel);
  }

  #fill(channel: Channel, all: readonly unknown[]): void {
    if (channel === 'status') this.#takeStatus(all);
    else if (channel === 'logs') logs.replace((all as readonly Log[]).map((line) => this.#numbered(line)));
    else if (channel === 'ticks') this.#takeTicks(all as readonly Tick[]);
    else if (channel === 'bars') this.#takeBars(all as readonly LiveBar[]);
    else collectionOf(channel)?.replace(all as readonly object[]);
  }

  #update(message: Update): void {
    this.#seq.set(message.channel, message.seq);
    switch (message.channel) {
      case 'status':
        this.#takeStatus(message.data);
        break;
      case 'logs':
        logs.put(message.data.map((line) => this.#numbered(line)));
        break;
      case 'ticks':
        this.#takeTicks(message.data);
        break;
      case 'bars':
        this.#takeBars(message.data);
        break;
      case 'alerts':
        for (const alert of message.data) tell(alert);
        break;
      case 'trades':
        if (message.data.some((trade) => trades.get(trade.vt_tradeid) === undefined)) chime('fill');
        trades.put(message.data);
        break;
      case 'orders':
        if (message.data.some((order) => order.status === 'REJECTED')) chime('refusal');
        orders.put(message.data);
        break;
      default:
        collectionOf(message.channel)?.put(message.data);
    }
  }

  #takeStatus(all: readonly unknown[]): void {
    const newest = all.at(-1) as typeof status.value;
    if (newest !== undefined) status.value = newest;
  }

  #takeTicks(all: readonly Tick[]): void {
    ticks.put(all);
    this.#tick(all.at(-1)?.datetime);
  }

  #takeBars(all: readonly LiveBar[]): void {
    for (const bar of all) for (const listener of barListeners) listener(bar);
  }

  #rows({ fields, rows }: Rows): void {
    const changed: Tick[] = [];
    for (const [index, ...values] of rows) {
      const symbol = this.#tickOrder[index as number];
      if (symbol === undefined) continue;
      const tick: Record<string, unknown> = { ...(ticks.get(symbol) ?? emptyTick(symbol)) };
      fields.forEach((field, place) => {
        tick[field] = values[place] ?? null;
      });
      changed.push(tick as Tick);
    }
    ticks.put(changed);
    this.#tick(changed.at(-1)?.datetime);
  }

  #tick(time: string | undefined): void {
    this.#tickSeen = true;
    this.#tickTime = time ?? this.#tickTime;
    inNextFrame(this.#showTick);
  }

  readonly #showTick = (): void => {
    if (this.#tickSeen) lastTick.value = performance.now();
    const offset = this.#tickTime === undefined ? undefined : offsetIn(this.#tickTime);
    if (offset !== undefined) exchangeOffset.value = offset;
  };

  #numbered(line: Log): Log & { readonly number: number } {
    return { ...line, number: this.#logCount++ };
  }

  #askTicks(symbols: readonly string[]): void {
    if (symbols.length === 0) return;
    this.#stream.send({
      op: 'subscribe',
      channel: 'ticks',
      symbols: [...symbols],
      fields: FIELDS,
      interval_ms: INTERVAL_MS,
      encoding: 'rows',
    });
  }

  /** What the server sends anyway is shown, and what this person watches is asked for. */
  async #findSubscriptions(): Promise<void> {
    try {
      const { data } = await request<{ data: readonly AgedTick[] }>('/ticks', { signal: this.#end.signal });
      ticks.put(data);
      const known = data.map((tick) => tick.vt_symbol);
      const { watched } = settings.value;
      if (watched.length === 0 && known.length > 0) set({ watched: known.slice(0, 100) });
      await this.watch([...new Set([...settings.value.watched])]);
    } catch {
      // The stream's own state says what is wrong.
      await this.watch(settings.value.watched);
    }
  }

  /** Whoever has never chosen anything sees a small market whole. */
  #watchFew(): void {
    const all = contracts.keys();
    if (settings.value.watched.length > 0 || all.length > FEW) return;
    set({ watched: all });
    void this.watch(all);
  }

  async #readContracts(): Promise<void> {
    contractsComplete.value = false;
    try {
      await eachPage('/contracts', (found) => contracts.put(found as readonly Contract[]), this.#end.signal);
      contractsComplete.value = true;
      this.#watchFew();
    } catch {
      // A later connection reads them again.
      if (!this.#end.signal.aborted) setTimeout(() => void this.#readContracts(), 3000);
    }
  }
}

/** An alert in the person's language where the page has words for it; what the console says stands below. */
function tell({ kind, level, message }: Alert): void {
  const { halt, link } = texts.value;
  if (kind === 'halt') notify('warning', halt.done, message);
  else if (kind === 'resume') notify('good', halt.resumed);
  else if (kind === 'resynced') notify(level, link.resynced, message);
  else notify(level, message);
}

/** A server with no more contracts than these has no need of a choice. */
const FEW = 12;

function collectionOf(
  channel: Channel,
):
  | { put(rows: Iterable<object>): void; replace(rows: Iterable<object>): void; remove(keys: Iterable<string>): void }
  | undefined {
  const all: Partial<Record<Channel, unknown>> = { orders, trades, positions, accounts, quotes };
  return all[channel] as ReturnType<typeof collectionOf>;
}

function emptyTick(vtSymbol: string): Partial<Tick> {
  const contract = contracts.get(vtSymbol);
  const point = vtSymbol.lastIndexOf('.');
  return {
    vt_symbol: vtSymbol,
    symbol: vtSymbol.slice(0, point),
    exchange: vtSymbol.slice(point + 1),
    gateway_name: contract?.gateway_name ?? '',
    name: contract?.name ?? '',
  };
}

let feed: Feed | undefined;

/** Connects, as soon as somebody is logged in. */
export function openFeed(): void {
  feed ??= new Feed();
  feed.open();
}

/** Ends the connection, and forgets what it brought. */
export function closeFeed(): void {
  feed?.close();
  feed = undefined;
  for (const collection of [orders, trades, positions, accounts, quotes, ticks, contracts, logs])
    (collection as { replace(rows: Iterable<never>): void }).replace([]);
  status.value = undefined;
}

/** Puts a contract on the table of quotes. */
export function watch(vtSymbol: string): void {
  const { watched } = settings.value;
  if (!watched.includes(vtSymbol)) set({ watched: [...watched, vtSymbol] });
  void feed?.watch([vtSymbol]);
}

/** Takes a contract off the table. The server goes on sending it: vnpy knows no end of a subscription. */
export function unwatch(vtSymbol: string): void {
  set({ watched: settings.value.watched.filter((symbol) => symbol !== vtSymbol) });
}

/** Asks for ticks without putting the contract on the table. */
export function listen(vtSymbol: string): void {
  void feed?.watch([vtSymbol]);
}

/** The contract whose growing bar is wanted. */
export function watchBars(vtSymbol: string | undefined): void {
  feed?.watchBars(vtSymbol);
}
