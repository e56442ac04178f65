/**
 * A running client's two connections and the watch over them.
 *
 * @module
 */
import { Arrivals, tellsDelivery } from './arrivals.js';
import type { CallTable } from './calls.js';
import type { EventHub } from './event-hub.js';
import { FeedWatch } from './feed-watch.js';
import { Link } from './link.js';
import type { ResolvedClientOptions } from './options.js';
import { PROBE_NAME } from './protocol.js';
import type { StatusView } from './status-board.js';
import type {
  ClientSockets,
  ConnectionFailure,
  Frames,
  OutgoingCall,
  RequestConnection,
  SubscribeConnection,
} from './transport.js';
import { Watchdog } from './watchdog.js';

/** Where the server is. */
export interface Addresses {
  readonly request: string;
  readonly subscribe: string | undefined;
}

/** What a session works with, and whom it tells. */
export interface SessionOptions {
  readonly client: ResolvedClientOptions;
  readonly sockets: ClientSockets;
  readonly addresses: Addresses;
  readonly calls: CallTable;
  readonly hub: EventHub;
  /** A request that every living server answers, and that does nothing. */
  readonly probe: Uint8Array;
  /** Something that bears on the status has changed. */
  readonly onChange: () => void;
  /** A connection broke, or an attempt failed. */
  readonly onFailure: (address: string, failure: ConnectionFailure) => void;
  /** Handling a message threw, which it should not: the next one is handled all the same. */
  readonly onError: (cause: unknown) => void;
}

const EMPTY = new Uint8Array(0);
const PROBE_ID = Buffer.from('probe');
const PROBE: OutgoingCall = { method: PROBE_NAME, args: [], timeout: Infinity, headers: {} };

/** From `start` to `stop` of a client. */
export class Session {
  readonly #options: SessionOptions;
  readonly #request: Link<RequestConnection>;
  readonly #subscribe: Link<SubscribeConnection> | undefined;
  readonly #watchdog: Watchdog;
  /** Where there is a subscription. */
  readonly #feedWatch: FeedWatch | undefined;
  readonly #arrivals = new Arrivals();
  #lastMessageAt: number | undefined;
  #refused: string | undefined;

  constructor(options: SessionOptions) {
    const { client, sockets, addresses, calls, hub } = options;
    this.#options = options;
    this.#request = new Link<RequestConnection>({
      connect: (listener) => tellsDelivery(sockets.connectRequest(addresses.request, listener)),
      reconnect: client.reconnect,
      onOpen: (connection) => {
        this.#arrivals.opened(connection);
        this.#refuse(undefined);
        this.#changed();
      },
      onMessage: this.#guarded((frames) => {
        this.#received(frames);
      }),
      onNotExecuted: (id, detail) => {
        calls.notExecuted(id, detail);
      },
      onDown: (failure) => {
        this.#arrivals.down();
        calls.connectionLost(failure.detail);
        this.#refuse(failure.refused === true ? failure.detail : undefined);
        this.#failed(addresses.request, failure);
      },
    });
    const { subscribe } = addresses;
    this.#subscribe =
      subscribe === undefined
        ? undefined
        : new Link<SubscribeConnection>({
            connect: (listener) => sockets.connectSubscribe(subscribe, listener),
            reconnect: client.reconnect,
            onOpen: (connection) => {
              hub.topics.attach(connection);
              this.#changed();
            },
            onMessage: this.#guarded((frames) => {
              this.#feedWatch?.event(this.#sign());
              hub.receive(frames);
            }),
            onDown: (failure) => {
              hub.topics.attach(undefined);
              this.#failed(subscribe, failure);
            },
          });
    this.#watchdog = new Watchdog({
      heartbeat: client.heartbeat,
      expectHeartbeats: subscribe !== undefined,
      busy: () => calls.busy,
      probe: () => {
        this.#probe();
      },
      onChange: () => {
        this.#changed();
      },
    });
    this.#feedWatch =
      subscribe === undefined
        ? undefined
        : new FeedWatch({
            heartbeat: client.heartbeat,
            busy: () => calls.busy,
            onChange: () => {
              this.#changed();
            },
          });
  }

  /** Why the server does not let this client in, if it does not. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** See `RpcClient.arrivesBy`. */
  arrivesBy(sentAt: number): number {
    return this.#arrivals.by(sentAt);
  }

  /** Age of the last message of any kind, in ms. */
  get lastMessageAge(): number | undefined {
    return this.#lastMessageAt === undefined ? undefined : performance.now() - this.#lastMessageAt;
  }

  /** @throws RpcTransportError if an address cannot be one. */
  start(): void {
    this.#request.start();
    try {
      this.#subscribe?.start();
    } catch (error) {
      this.#request.stop();
      throw error;
    }
  }

  stop(): void {
    this.#watchdog.stop();
    this.#feedWatch?.stop();
    this.#request.stop();
    this.#subscribe?.stop();
    this.#options.sockets.close();
  }

  /** A request that had left at `sentAt` was not answered in time. */
  callTimedOut(sentAt: number): void {
    this.#watchdog.callTimedOut(sentAt);
  }

  view(): Omit<StatusView, 'phase'> {
    const { request, subscribe } = this.#options.addresses;
    const endpoints: StatusView['endpoints'] = [
      {
        endpoint: 'request',
        address: request,
        open: this.#request.connection !== undefined,
        failure: this.#request.failure,
      },
      ...(this.#subscribe === undefined || subscribe === undefined
        ? []
        : [
            {
              endpoint: 'subscribe' as const,
              address: subscribe,
              open: this.#subscribe.connection !== undefined,
              failure: this.#subscribe.failure,
            },
          ]),
    ];
    return {
      endpoints,
      silence: this.#watchdog.unresponsive ? this.#watchdog.silence : undefined,
      feedSilence: this.#feedWatch?.dead === true ? this.#feedWatch.silence : undefined,
    };
  }

  /** Brings the watch and the way for requests in line with the connections; then the status. */
  #changed(): void {
    const request = this.#request.connection;
    const complete =
      request !== undefined && (this.#subscribe === undefined || this.#subscribe.connection !== undefined);
    if (!complete) {
      this.#watchdog.stop();
      this.#feedWatch?.stop();
    } else if (!this.#watchdog.running) {
      this.#watchdog.start();
      this.#feedWatch?.start();
    }
    // A server that answers nothing is not sent more: what waits here can still be given up for certain.
    const { calls } = this.#options;
    if (this.#watchdog.unresponsive) calls.setSender(undefined, 'the server does not answer any more');
    else calls.setSender(request === undefined ? undefined : (frames, call) => request.send(frames, call));
    this.#options.onChange();
  }

  /** What was thrown further would end the receiving, or the process. Values that view the bytes must have their own. */
  #guarded(receive: (frames: Frames) => void): (frames: Frames) => void {
    const views = this.#options.client.loads.view === true;
    return (frames) => {
      try {
        receive(views ? frames.map((part) => new Uint8Array(part)) : frames);
      } catch (cause) {
        this.#options.onError(cause);
      }
    };
  }

  #failed(address: string, failure: ConnectionFailure): void {
    this.#changed();
    this.#options.onFailure(address, failure);
  }

  #refuse(detail: string | undefined): void {
    this.#refused = detail;
    this.#options.calls.refuse(detail);
  }

  #received(frames: Frames): void {
    this.#sign();
    this.#feedWatch?.answer();
    const [id, empty, body] = frames;
    if (id !== undefined && PROBE_ID.equals(id)) return; // That it came is all that was asked.

    // In any other envelope than that of our requests, or with more than one body, it is no answer to anything.
    const valid = frames.length === 3 && id?.length !== 0 && empty?.length === 0;
    this.#options.calls.reply(valid ? id : undefined, body ?? EMPTY);
  }

  /** Anything came; gives the time, by performance.now(). */
  #sign(): number {
    const now = performance.now();
    this.#lastMessageAt = now;
    this.#watchdog.sign(now);
    return now;
  }

  #probe(): void {
    // A request that is on its way already asks the same question.
    if (!this.#options.calls.anythingSent)
      this.#request.connection?.send([PROBE_ID, EMPTY, this.#options.probe], PROBE).catch(() => undefined);
  }
}
