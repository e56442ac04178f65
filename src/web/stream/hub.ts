/**
 * What a view of the market tells, numbered by channel, for all clients that have this view.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import { AccountData, LogData, OrderData, PositionData, QuoteData, TickData, TradeData } from '../../vnpy/index.js';
import type { Event, ResyncReport, TradingEngine } from '../../vnpy/index.js';
import { quotesOf } from '../desk/limited-engine.js';
import { toJson } from '../json.js';
import type { Gateway } from '../market/source.js';
import { LOSSLESS_CHANNELS } from '../schema/index.js';
import type { Alert, LosslessChannel } from '../schema/index.js';
import { ChannelLog } from './channel-log.js';
import type { Batch } from './channel-log.js';

/** A client, as its hub sees it. */
export interface HubClient {
  /** Told at once when something was told on a channel. */
  readonly told: (channel: LosslessChannel, batches: readonly Batch[]) => void;
  readonly tick: (tick: TickData) => void;
  readonly resynced: (report: ResyncReport) => void;
}

/** What a hub needs. */
export interface HubParts {
  readonly view: TradingEngine;
  readonly gateway: Gateway | undefined;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Lines of the log that a snapshot has. */
const LOG_LINES = 1000;

const VANISHED = { order: 'orders', trade: 'trades', position: 'positions', account: 'accounts' } as const;

/** A view that hides something, as a guard's does. */
interface Hiding {
  shows(data: object): boolean;
}

function isHiding(view: TradingEngine): view is TradingEngine & Hiding {
  return 'shows' in view && typeof view.shows === 'function';
}

/** One view. */
export class Hub {
  readonly view: TradingEngine;
  readonly #logs = new Map(LOSSLESS_CHANNELS.map((name) => [name, new ChannelLog()]));
  readonly #clients = new Set<HubClient>();
  readonly #told = new Map<LosslessChannel, number>();
  readonly #quotes = new Map<string, QuoteData>();
  readonly #stop: readonly (() => void)[];
  readonly #logger: Logger;
  readonly #now: () => number;
  #isWaiting = false;

  constructor({ view, gateway, logger, now }: HubParts) {
    this.view = view;
    this.#logger = logger;
    this.#now = now;
    this.#stop = [
      view.on('event', (event) => {
        this.#event(event);
      }),
      ...(gateway === undefined
        ? []
        : [
            gateway.on('resynced', (report) => {
              this.#resynced(report);
            }),
          ]),
    ];
  }

  /** The number of the last thing that clients were told of on a channel. */
  seq(channel: LosslessChannel): number {
    return this.#log(channel).seq;
  }

  /** Whether a client that knows everything up to a number can be told the rest. */
  covers(channel: LosslessChannel, seq: number): boolean {
    return this.#log(channel).covers(seq);
  }

  /** What was told after a number. */
  since(channel: LosslessChannel, seq: number): readonly Batch[] {
    return this.#log(channel).since(seq);
  }

  /** The newest log lines, as JSON. */
  logLines(): readonly string[] {
    return this.#log('logs').newest(LOG_LINES);
  }

  /** All there is on a channel now, as JSON. An engine that has to ask somebody gives a promise. */
  snapshot(channel: LosslessChannel): readonly string[] | Promise<readonly string[]> {
    const texts = <Data>(all: Iterable<Data>, to: (data: Data) => unknown): string[] =>
      Array.from(all, (data) => JSON.stringify(to(data)));
    const { view } = this;
    switch (channel) {
      case 'orders':
        return whenThere(view.getAllOrders(), (all) => texts(all, (data) => toJson(data)));
      case 'trades':
        return whenThere(view.getAllTrades(), (all) => texts(all, (data) => toJson(data)));
      case 'positions':
        return whenThere(view.getAllPositions(), (all) => texts(all, (data) => toJson(data)));
      case 'accounts':
        return whenThere(view.getAllAccounts(), (all) => texts(all, (data) => toJson(data)));
      case 'quotes':
        return texts((quotesOf(view) ?? this.#quotes).values(), (data) => toJson(data));
      case 'logs':
        return this.logLines();
      case 'alerts':
        return this.#log('alerts').newest(LOG_LINES);
    }
  }

  /** Adds a client. @returns Takes it away. */
  join(client: HubClient): () => void {
    this.#clients.add(client);
    return () => this.#clients.delete(client);
  }

  /** Something that a person should see. */
  alert(alert: Omit<Alert, 'time'>): void {
    const full: Alert = { time: new Date(this.#now()).toISOString(), ...alert };
    this.#log('alerts').update(JSON.stringify(full));
    this.#soon();
  }

  /** Tells what waits: before a client joins a channel, so that it and the number agree. */
  flush(): void {
    for (const [channel, log] of this.#logs) {
      const from = this.#told.get(channel) ?? 0;
      if (log.seq === from) continue;
      this.#told.set(channel, log.seq);
      const batches = log.since(from);
      for (const client of this.#clients) {
        this.#guarded(() => {
          client.told(channel, batches);
        });
      }
    }
  }

  close(): void {
    for (const stop of this.#stop) stop();
    this.#clients.clear();
  }

  #event({ data }: Event): void {
    if (data instanceof TickData) {
      for (const client of this.#clients) {
        this.#guarded(() => {
          client.tick(data);
        });
      }
      return;
    }
    if (data instanceof OrderData) {
      this.#update('orders', toJson(data));
    } else if (data instanceof TradeData) {
      this.#update('trades', toJson(data));
    } else if (data instanceof PositionData) {
      this.#update('positions', toJson(data));
    } else if (data instanceof AccountData) {
      this.#update('accounts', toJson(data));
    } else if (data instanceof LogData) {
      this.#update('logs', toJson(data));
    } else if (data instanceof QuoteData) {
      this.#quotes.set(data.vt_quoteid, data);
      this.#update('quotes', toJson(data));
    }
  }

  #update(channel: LosslessChannel, object: object): void {
    this.#log(channel).update(JSON.stringify(object));
    this.#soon();
  }

  #resynced(whole: ResyncReport): void {
    const report = { ...whole, vanished: this.#seen(whole.vanished), missed: this.#seen(whole.missed) };
    const why = report.restarted ? 'restart' : 'comparison';
    for (const [kind, channel] of Object.entries(VANISHED) as [keyof typeof VANISHED, LosslessChannel][]) {
      const ids = report.vanished[kind].map((data) => idOf(data));
      this.#log(channel).remove(ids, why);
    }
    this.flush();
    for (const client of this.#clients) {
      this.#guarded(() => {
        client.resynced(report);
      });
    }
    const missed = Object.values(report.missed).reduce((sum, all) => sum + all.length, 0);
    const restarted = report.restarted ? 'The server was restarted. ' : '';
    this.alert({
      level: report.restarted ? 'warning' : 'info',
      kind: 'resynced',
      message: `${restarted}Compared with the server (${report.reason}): ${missed} missed`,
    });
  }

  /** What of a report those who have this view may know of. */
  #seen<Lists extends Readonly<Record<string, readonly object[]>>>(lists: Lists): Lists {
    const { view } = this;
    const entries = Object.entries(lists).map(([kind, list]) => [
      kind,
      list.filter((data) => !isHiding(view) || view.shows(data)),
    ]);
    return Object.fromEntries(entries) as Lists;
  }

  /** What happens in one turn is told together, right after it. */
  #soon(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setImmediate(() => {
      this.#isWaiting = false;
      this.flush();
    });
  }

  /** One client that fails harms no other, and not the engine that tells. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#logger.error(`a client of the stream could not be told: ${messageOf(error)}`);
    }
  }

  #log(channel: LosslessChannel): ChannelLog {
    const log = this.#logs.get(channel);
    if (log === undefined) throw new TypeError(`there is no channel ${channel}`);
    return log;
  }
}

function whenThere<Data>(
  given: readonly Data[] | Promise<readonly Data[]>,
  make: (all: readonly Data[]) => string[],
): readonly string[] | Promise<readonly string[]> {
  return given instanceof Promise ? given.then(make) : make(given);
}

function idOf(data: object): string {
  for (const name of ['vt_orderid', 'vt_positionid', 'vt_accountid'])
    if (name in data && !('tradeid' in data)) return String(Reflect.get(data, name));

  return String(Reflect.get(data, 'vt_tradeid'));
}
