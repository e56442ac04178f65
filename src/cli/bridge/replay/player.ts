/**
 * Plays a recording to the clients of a server.
 *
 * @module
 */
import { messageOf } from '../../../errors.js';
import { Unpickler } from '../../../pickle/index.js';
import type { Logger } from '../../../rpc/index.js';
import { TickData, vnpyRegistry } from '../../../vnpy/index.js';
import type { RecordedMessage } from '../../recording/format.js';
import { isOfType, seeEvent, typeFamily } from '../events/see.js';
import { Pace } from './pace.js';
import type { RecordedEngine } from './recorded-engine.js';
import { readAll } from './source.js';
import type { Shortfall, TimeRange } from './source.js';
import type { ReplayedMarket } from './trading-engine.js';

/** What a player needs. */
export interface PlayerOptions {
  readonly paths: readonly string[];
  readonly range: TimeRange;
  readonly speed: number;
  /** What the types of the events that are played start with; none for all. The state follows the others, too. */
  readonly types: readonly string[];
  readonly signal: AbortSignal;
  readonly recorded: RecordedEngine;
  readonly logger: Logger;
}

/** Where events go. */
export interface Stage {
  readonly publish: (topic: string, data: unknown) => void;
  /** Orders are matched against the ticks, which it publishes itself. */
  readonly market: ReplayedMarket | undefined;
  /** Told of each event's type. */
  readonly played: (type: string) => void;
}

/** Messages of the first minute, in ns: a snapshot that is not there by then is not looked for. */
const SNAPSHOT_SPAN = 60_000_000_000n;

/** Topics of the heartbeats: this server sends its own. */
const HEARTBEATS: ReadonlySet<string> = new Set(['heartbeat', '_keep_alive']);

/** Plays recordings. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #pace: Pace;
  /** For the state: values as programs use them. */
  readonly #plain = new Unpickler({ registry: vnpyRegistry });
  /** For the wire: values that are written as they were. */
  readonly #lossless = new Unpickler({ registry: vnpyRegistry, lossless: true });
  #position: number | undefined;
  #published = 0;
  #undecodable = 0;
  readonly #damaged = new Set<string>();

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#pace = new Pace(options.speed, options.signal);
  }

  /** Recorded time, ms since 1970; undefined before the first message. */
  get position(): number | undefined {
    return this.#position;
  }

  /** Events published, messages that could not be decoded, and files that could not be played to their end. */
  get counts(): { readonly published: number; readonly undecodable: number; readonly damaged: number } {
    return { published: this.#published, undecodable: this.#undecodable, damaged: this.#damaged.size };
  }

  /** Reads the first snapshot, so that calls can be answered before the first event. @returns Whether there is one. */
  async prepare(): Promise<boolean> {
    const { recorded } = this.#options;
    recorded.clear();
    let begin: bigint | undefined;
    let answers = 0;
    for await (const message of this.#messages(() => undefined)) {
      begin ??= message.time;
      if (message.time - begin > SNAPSHOT_SPAN) break;
      this.#position ??= milliseconds(message.time);
      if (message.channel.kind === 'reply') {
        this.#applyAnswer(message.channel.method, message.data);
        answers++;
      } else if (message.channel.kind === 'note' && noteOf(message.data) === 'snapshot') {
        break;
      }
    }
    return answers > 0;
  }

  /** Publishes everything once, each message at its time. */
  async play(stage: Stage): Promise<void> {
    const { range, signal, logger } = this.#options;
    this.#pace.reset();
    const short = ({ path, why, cut }: Shortfall): void => {
      if (cut) {
        logger.warn(`${path} ${why}`);
      } else {
        this.#damaged.add(path);
        logger.error(`${path} ${why}`);
      }
    };
    for await (const message of this.#messages(short)) {
      if (message.time < range.from) {
        this.#follow(message);
        continue;
      }
      if (message.time > range.to) break;
      await this.#pace.until(milliseconds(message.time));
      if (signal.aborted) return;
      this.#position = milliseconds(message.time);
      if (message.channel.kind === 'event') this.#perform(message, stage);
      else this.#follow(message);
    }
  }

  #messages(short: (shortfall: Shortfall) => void): AsyncGenerator<RecordedMessage> {
    return readAll(this.#options.paths, short);
  }

  /** The state follows a message that is not played. */
  #follow({ channel, data }: RecordedMessage): void {
    if (channel.kind === 'reply') {
      this.#applyAnswer(channel.method, data);
    } else if (channel.kind === 'event') {
      const event = this.#decode(channel, data, this.#plain);
      if (event !== undefined) this.#options.recorded.applyEvent(event.topic, event.data);
    }
  }

  #perform({ channel, data }: RecordedMessage, { publish, market, played }: Stage): void {
    if (channel.kind !== 'event') return;
    const event = this.#decode(channel, data, this.#plain);
    if (event === undefined || HEARTBEATS.has(event.topic)) return;
    this.#options.recorded.applyEvent(event.topic, event.data);
    const { type, item, copyOf } = seeEvent(event);
    if (!isOfType(type, this.#options.types)) return;
    if (market !== undefined && item !== undefined && item.kind !== 'log') {
      // The client's own account: what others did on that day is not its business, the market is.
      if (item.data instanceof TickData && copyOf === undefined && market.giveTick(item.data)) {
        played(typeFamily(type));
        this.#published++;
      }
      return;
    }
    const exact = this.#decode(channel, data, this.#lossless);
    if (exact === undefined) return;
    publish(exact.topic, this.#options.recorded.published(exact.data));
    played(typeFamily(type));
    this.#published++;
  }

  #applyAnswer(method: string, data: Uint8Array): void {
    try {
      this.#options.recorded.applyAnswer(method, this.#plain.load(data));
    } catch (error) {
      this.#failed(`the answer to ${method}`, error);
    }
  }

  #decode(
    channel: Extract<RecordedMessage['channel'], { kind: 'event' }>,
    data: Uint8Array,
    unpickler: Unpickler,
  ): { readonly topic: string; readonly data: unknown } | undefined {
    try {
      const value = unpickler.load(data);
      if (channel.format === 'topic-frame') return { topic: channel.topic, data: value };
      if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string')
        return { topic: value[0], data: value[1] as unknown };

      throw new Error('it is no [topic, data]');
    } catch (error) {
      this.#failed('an event', error);
      return undefined;
    }
  }

  #failed(what: string, error: unknown): void {
    this.#undecodable++;
    // The first one says what is wrong; the rest are counted.
    if (this.#undecodable === 1) this.#options.logger.warn(`${what} cannot be decoded: ${messageOf(error)}`);
  }
}

function milliseconds(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}

function noteOf(data: Uint8Array): unknown {
  try {
    return (JSON.parse(new TextDecoder().decode(data)) as { readonly note?: unknown } | null)?.note;
  } catch {
    return undefined;
  }
}
