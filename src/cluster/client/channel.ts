/**
 * What the connections of one client share: the way to the messaging system, the beats that it hears, and its inbox.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport, Message, Subscription } from '../transport/transport.js';
import { readBeat } from '../wire/beats.js';
import type { ClockOffset } from '../wire/edge-clock.js';
import type { Welcome } from '../wire/hello.js';
import type { Subjects } from '../wire/subjects.js';
import { EdgeWatch } from './edge-watch.js';

/** How a client goes about it. */
export interface ChannelOptions {
  readonly subjects: Subjects;
  readonly account: string;
  readonly principal: string;
  /** All ticks of the account, or those of subscribed symbols. */
  readonly ticks: 'subscribed' | 'all';
  /** Ms without a beat after which the edge is taken for gone. */
  readonly beatTimeout: number;
  /** Ms from one hello to the next. */
  readonly renewInterval: number;
  /** A command that the edge has not begun after so many ms is not begun any more. */
  readonly commandBudget: number;
  readonly clock: ClusterClock;
  readonly logger: Logger;
  /** Connects to the messaging system. */
  readonly open: () => Promise<ClusterTransport>;
  /** Whether the transport ends with the client. */
  readonly ownsTransport: boolean;
}

/** What a client is told of. */
export interface ChannelListener {
  /** A beat, or the connection: whether the edge is still there has to be looked at. */
  changed?(): void;
  /** The server refused a message. */
  refused?(detail: string): void;
  event?(message: Message): void;
  tick?(message: Message): void;
}

/** How long the server may take to know what was subscribed, in ms. */
const FLUSH_TIMEOUT = 5000;

/** One client's connection to the messaging system. */
export class Channel {
  readonly options: ChannelOptions;
  readonly edges: EdgeWatch;
  /** As whom the edge has let this client in, while a connection for requests stands. */
  session: Welcome | undefined;
  /** The clock of the edge that answered last, by one question and its answer. For people: nothing is decided by it. */
  clock: ClockOffset | undefined;
  readonly #listeners = new Set<ChannelListener>();
  readonly #ends: (() => void)[] = [];
  readonly #ticks = new Map<string, Subscription>();
  #transport: ClusterTransport | undefined;
  #opening: Promise<ClusterTransport> | undefined;
  #isClosed = false;

  constructor(options: ChannelOptions) {
    this.options = options;
    this.edges = new EdgeWatch(options.clock, options.beatTimeout);
  }

  /** The way out, once {@link Channel.open} is done. */
  get transport(): ClusterTransport | undefined {
    return this.#transport;
  }

  /** Whether something can leave. */
  get isConnected(): boolean {
    return this.#transport?.status().isConnected === true;
  }

  /** Begins to listen. @returns what ends it. */
  listen(listener: ChannelListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Resolves when this client hears beats and events: what the edge does from then on, it hears.
   *
   * @throws what the transport throws; the next call tries again.
   */
  async open(): Promise<ClusterTransport> {
    this.#opening ??= this.#open();
    try {
      const transport = await this.#opening;
      await transport.flush({ timeout: FLUSH_TIMEOUT });
      return transport;
    } catch (error) {
      if (this.#transport === undefined) this.#opening = undefined;
      throw error;
    }
  }

  /** Hears the ticks of a symbol from now on. */
  hearTicks(exchange: string, symbol: string): void {
    const { subjects, account, ticks } = this.options;
    const subject = subjects.tick(account, exchange, symbol);
    if (ticks === 'all' || this.#transport === undefined || this.#ticks.has(subject)) return;
    this.#ticks.set(subject, this.#transport.subscribe(subject, this.#onTick));
  }

  /** Why nothing can be asked now, for a person. */
  obstacle(): string {
    const status = this.#transport?.status();
    return status?.isConnected === false ? status.detail : this.edges.describe(this.options.account);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#ends.splice(0)) end();
    for (const subscription of this.#ticks.values()) subscription.close();
    this.#ticks.clear();
    const { ownsTransport, logger } = this.options;
    if (!ownsTransport) return;
    // One that is still being opened is closed when it is there.
    this.#opening
      ?.then((transport) => transport.close())
      .catch((error: unknown) => {
        logger.debug(`cluster: the connection did not close: ${messageOf(error)}`);
      });
  }

  async #open(): Promise<ClusterTransport> {
    const transport = await this.options.open();
    if (this.#isClosed) return transport;
    this.#transport = transport;
    const { subjects, account, principal, ticks } = this.options;
    const subscriptions = [
      transport.subscribe(subjects.beats(account), ({ payload }) => {
        const beat = readBeat(payload);
        if (beat?.account === account && this.edges.hear(beat)) this.#tell((listener) => listener.changed?.());
      }),
      transport.subscribe(subjects.events(account, principal), (message) => {
        this.#tell((listener) => listener.event?.(message));
      }),
      ...(ticks === 'all' ? [transport.subscribe(subjects.ticks(account), this.#onTick)] : []),
    ];
    for (const subscription of subscriptions) {
      this.#ends.push(() => {
        subscription.close();
      });
    }
    this.#ends.push(
      transport.onStatus(() => {
        this.#tell((listener) => listener.changed?.());
      }),
      transport.onRefused((detail) => {
        this.options.logger.warn(`cluster: the server refused: ${detail}`);
        this.#tell((listener) => listener.refused?.(detail));
      }),
    );
    return transport;
  }

  readonly #onTick = (message: Message): void => {
    this.#tell((listener) => listener.tick?.(message));
  };

  #tell(tell: (listener: ChannelListener) => void): void {
    for (const listener of [...this.#listeners]) tell(listener);
  }
}
