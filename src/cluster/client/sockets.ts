/**
 * The client half of the cluster as a transport of the RPC layer.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { dumps, PyFloat } from '../../pickle/index.js';
import type {
  ClientSocketOptions,
  ClientSockets,
  ConnectionListener,
  ServerSockets,
  SubscribeConnection,
  Transport,
} from '../../rpc/index.js';
import { RpcTransportError } from '../../rpc/index.js';
import type { Message } from '../transport/transport.js';
import { PICKLED_EVENT } from '../wire/prefix.js';
import { readTopicEvent, TOPIC_EVENT } from '../wire/topic-event.js';
import { Channel } from './channel.js';
import type { ChannelOptions } from './channel.js';
import { EventFilter } from './event-filter.js';
import type { Accepted, EventCounts } from './event-filter.js';
import { LastTicks } from './last-ticks.js';
import { ClusterRequestConnection } from './request-connection.js';

const HEARTBEAT = Buffer.from('heartbeat');
const NO_TOPIC = new Uint8Array(0);

/** What a client's sockets share. */
interface Shared {
  readonly channel: Channel;
  readonly filter: EventFilter;
  readonly missed: (count: number) => void;
}

/** Connects one client, once: what a reconnect needs of before is in it. */
export class ClusterClientTransport implements Transport {
  /** An edge has a lane for histories. */
  readonly answersBeside = true;
  readonly #options: ChannelOptions;
  #shared: Shared | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** What was heard and missed so far. */
  get counts(): EventCounts | undefined {
    return this.#shared?.filter.counts;
  }

  /** The channel, while there is one. */
  get channel(): Channel | undefined {
    return this.#shared?.channel;
  }

  openClient({ connectTimeout, maxMessageBytes, missed }: ClientSocketOptions): Promise<ClientSockets> {
    const channel = new Channel(this.#options);
    const filter = new EventFilter();
    const tellMissed = missed ?? (() => undefined);
    const shared = { channel, filter, missed: tellMissed };
    this.#shared = shared;
    const { subjects, account } = this.#options;
    const lastTicks = new LastTicks({
      subjects,
      account,
      clock: this.#options.clock,
      transport: () => channel.transport,
      session: () => channel.session,
    });
    const parts = { channel, filter, lastTicks, connectTimeout, maxMessageBytes, missed: tellMissed };
    return Promise.resolve({
      connectRequest: (_address, listener) => new ClusterRequestConnection(parts, listener),
      connectSubscribe: (_address, listener) => new ClusterSubscribeConnection(shared, listener),
      close: () => {
        channel.close();
      },
    });
  }

  openServer(): Promise<ServerSockets> {
    return Promise.reject(new RpcTransportError('UNSUPPORTED', 'this is the transport of a client'));
  }
}

/** Hands on what the filter lets through. */
class ClusterSubscribeConnection implements SubscribeConnection {
  readonly #shared: Shared;
  readonly #listener: ConnectionListener;
  #prefixes: Uint8Array[] = [];
  #unlisten: () => void = () => undefined;
  #isClosed = false;
  #lastBeat = 0;

  constructor(shared: Shared, listener: ConnectionListener) {
    this.#shared = shared;
    this.#listener = listener;
    void this.#open();
  }

  subscribe(prefix: Uint8Array): void {
    this.#prefixes.push(prefix);
  }

  unsubscribe(prefix: Uint8Array): void {
    const index = this.#prefixes.findIndex((known) => Buffer.compare(known, prefix) === 0);
    if (index >= 0) this.#prefixes = this.#prefixes.toSpliced(index, 1);
  }

  close(): void {
    this.#isClosed = true;
    this.#unlisten();
  }

  async #open(): Promise<void> {
    const { channel } = this.#shared;
    try {
      await channel.open();
    } catch (error) {
      if (!this.#over()) this.#listener.closed({ kind: 'unreachable', detail: messageOf(error) });
      return;
    }
    if (this.#over()) return;
    this.#unlisten = channel.listen({
      changed: () => {
        const { holder } = channel.edges;
        if (holder !== undefined) this.#shared.filter.holds(holder.beat);
        this.#beat();
      },
      event: (message) => {
        this.#event(message);
      },
      tick: (message) => {
        const accepted = this.#shared.filter.tick(message);
        if (accepted !== undefined) this.#handOn(accepted);
      },
    });
    this.#listener.opened();
  }

  /** A method, because `close()` can come at any `await`, which a type checker does not see. */
  #over(): boolean {
    return this.#isClosed;
  }

  /** The edge's beats are the heartbeats that a client of vnpy waits for: they prove that what it publishes is heard. */
  #beat(): void {
    const { channel } = this.#shared;
    const { session, edges } = channel;
    const known = session === undefined ? undefined : edges.get(session.edge);
    if (known === undefined || known.beat.count === this.#lastBeat) return;
    this.#lastBeat = known.beat.count;
    this.#listener.message([HEARTBEAT, dumps(new PyFloat(known.beat.wall / 1000))]);
  }

  #event(message: Message): void {
    const arrived = this.#shared.filter.event(message);
    if (arrived === undefined) return;
    const { accepted, missed } = arrived;
    if (missed > 0) this.#shared.missed(missed);
    if (accepted !== undefined) this.#handOn(accepted);
  }

  #handOn({ prefix, body }: Accepted): void {
    if (prefix.encoding === PICKLED_EVENT) {
      this.#message(NO_TOPIC, body);
    } else if (prefix.encoding === TOPIC_EVENT) {
      const event = readTopicEvent(body);
      if (event !== undefined) this.#message(event.topic, event.pickle);
    }
  }

  #message(topic: Uint8Array, pickle: Uint8Array): void {
    const isWanted = this.#prefixes.some((prefix) => Buffer.compare(topic.subarray(0, prefix.length), prefix) === 0);
    if (isWanted) this.#listener.message([topic, pickle]);
  }
}
