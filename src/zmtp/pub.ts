/**
 * A PUB (https://rfc.zeromq.org/spec/29/): each event is decided, encoded and joined once for all subscribers that ask for the
 * same.
 *
 * @module
 */
import type { Connection } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { messageBytes } from './frames.js';
import { DEFAULT_PREFIX_LIMITS, PrefixSet } from './prefixes.js';
import type { PrefixLimits } from './prefixes.js';
import { Selections } from './selections.js';
import type { Batch, Message } from './selections.js';
import { Server } from './server.js';
import type { ServerOptions, ServerPeer } from './server.js';

/** Options of a PUB. */
export interface PubOptions extends ServerOptions {
  readonly prefixLimits?: Partial<PrefixLimits>;
}

/** What a PUB tells. */
export interface PubEvents {
  opened?(address: string): void;
  closed?(address: string): void;
}

/** Bytes of messages that are joined before they are written: 10 events of 1 KB to 50 subscribers cost an eighth so. */
const BATCH_BYTES = 64 * 1024;

/**
 * A flush that took so long, in ms, is followed by a rest: what is published in the next turns is joined until then. Many
 * subscribers that get a few events each turn cost a system call each, and turns follow one another in less than that.
 */
const COSTLY = 0.25;
/** How long that rest is, in ms: the shortest that a timer knows. */
const REST = 1;

/** Subscribers with so many prefixes are a group of their own: to compare them costs more than it saves. */
const SHARED_PREFIXES = 100;

/** Subscribers that ask for the same. */
interface Group {
  readonly prefixes: PrefixSet;
  /** By principal; undefined for those that the doorkeeper does not know. */
  readonly members: Map<string | undefined, Set<Connection>>;
}

interface Subscriber {
  readonly prefixes: PrefixSet;
  readonly principal: string | undefined;
  group: string | undefined;
}

export class PubSocket {
  readonly #server: Server;
  readonly #subscribers = new Map<number, Subscriber>();
  readonly #groups = new Map<string, Group>();
  /** Those that ask for something else since the last message. A stranger that changes his mind all the time costs little. */
  readonly #moving = new Set<ServerPeer>();
  /** Messages that wait for the end of this turn of the event loop. */
  #batch: Message[] = [];
  /** Whom those are for that are not for everybody, each at the message's index. */
  #audiences: (ReadonlySet<string> | undefined)[] = [];
  #batchBytes = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timeout: NodeJS.Timeout | undefined;
  /** No flush before this, by performance.now(), unless the batch is full. */
  #restUntil = 0;
  #dropped = 0;
  #isOpen = true;

  constructor(options: PubOptions, events: PubEvents = {}) {
    const limits = { ...DEFAULT_PREFIX_LIMITS, ...options.prefixLimits };
    this.#server = new Server('PUB', options, {
      ready: ({ id, address, admitted }) => {
        const principal = admitted?.principal;
        this.#subscribers.set(id, { prefixes: new PrefixSet(limits), principal, group: undefined });
        events.opened?.(address);
      },
      // The form of ZMTP 3.0. All else that is sent to a publisher means nothing.
      message: (peer, [first = NOTHING, ...others]) => {
        if (others.length === 0 && (first[0] === 0 || first[0] === 1))
          this.#subscribe(peer, first.subarray(1), first[0] === 1);
      },
      subscription: (peer, prefix, wanted) => {
        this.#subscribe(peer, prefix, wanted);
      },
      closed: (peer) => {
        const subscriber = this.#subscribers.get(peer.id);
        this.#subscribers.delete(peer.id);
        this.#moving.delete(peer);
        if (subscriber !== undefined) this.#leave(subscriber, peer.connection);
        events.closed?.(peer.address);
      },
    });
  }

  /**
   * Binds.
   *
   * @returns where, with the real port or path.
   * @throws the system's error, with its `code`.
   */
  listen(): Promise<Endpoint> {
    return this.#server.listen();
  }

  /** Subscribers whose handshake is done. */
  get peers(): number {
    return this.#subscribers.size;
  }

  /** Messages that were dropped for subscribers that do not read, counted for each of them. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Hands a message to every subscriber that wants it. Its parts must not be changed any more.
   *
   * @param to - principals that may get it, of those that the doorkeeper has let in; undefined for everybody.
   * @returns false when it is closed.
   */
  send(parts: Message, to?: ReadonlySet<string>): boolean {
    if (!this.#isOpen) return false;
    if (this.#groups.size + this.#moving.size === 0) return true;
    if (to !== undefined) this.#audiences[this.#batch.length] = to;
    this.#batch.push(parts);
    this.#batchBytes += messageBytes(parts);
    if (this.#batchBytes >= BATCH_BYTES) this.#flush();
    else if (this.#batch.length === 1) this.#schedule();
    return true;
  }

  /** Accepts no more; what waits gets `linger` ms to leave. */
  async close(linger: number): Promise<void> {
    this.#flush();
    this.#isOpen = false;
    await this.#server.close(linger);
    this.#subscribers.clear();
    this.#moving.clear();
    this.#groups.clear();
  }

  /** A prefix that is asked for twice is ended by taking it back once, as in libzmq. */
  #subscribe(peer: ServerPeer, prefix: Uint8Array, wanted: boolean): void {
    const subscriber = this.#subscribers.get(peer.id);
    if (subscriber?.prefixes.has(prefix) !== !wanted) return;
    this.#flush(); // What was published before is not for it, or still is.
    if (wanted) subscriber.prefixes.add(prefix);
    else subscriber.prefixes.delete(prefix);
    this.#leave(subscriber, peer.connection);
    this.#moving.add(peer);
  }

  #enter({ id, connection }: ServerPeer): void {
    const subscriber = this.#subscribers.get(id);
    if (subscriber === undefined || subscriber.prefixes.size === 0) return;
    const { prefixes, principal } = subscriber;
    const isShared = prefixes.size <= SHARED_PREFIXES;
    const name = isShared ? prefixes.signature : `#${id}`;
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { prefixes: isShared ? copyOf(prefixes) : prefixes, members: new Map() };
      this.#groups.set(name, group);
    }
    const members = group.members.get(principal);
    if (members === undefined) group.members.set(principal, new Set([connection]));
    else members.add(connection);
    subscriber.group = name;
  }

  #leave(subscriber: Subscriber, connection: Connection): void {
    const { group: name, principal } = subscriber;
    if (name === undefined) return;
    subscriber.group = undefined;
    const group = this.#groups.get(name);
    const members = group?.members.get(principal);
    members?.delete(connection);
    if (members?.size === 0) group?.members.delete(principal);
    if (group?.members.size === 0) this.#groups.delete(name);
  }

  #schedule(): void {
    const flush = (): void => {
      this.#flush();
    };
    if (performance.now() < this.#restUntil) this.#timeout = setTimeout(flush, REST);
    else this.#immediate = setImmediate(flush);
  }

  #flush(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timeout);
    const messages = this.#batch;
    if (messages.length === 0) return;
    const audiences = this.#audiences;
    this.#batch = [];
    this.#audiences = [];
    this.#batchBytes = 0;
    for (const peer of this.#moving) this.#enter(peer);
    this.#moving.clear();
    const began = performance.now();
    const selections = new Selections(messages, audiences, this.#groups.size > 1);
    for (const { prefixes, members } of this.#groups.values()) {
      const wanted = selections.matching(prefixes);
      if (wanted === undefined) continue;
      for (const [principal, connections] of members) {
        const visible = selections.visible(wanted, principal);
        if (visible === undefined) continue;
        for (const connection of connections) {
          if (connection.isEncrypted) this.#sendEach(connection, visible.messages);
          else this.#sendBatch(connection, visible.batch);
        }
      }
    }
    const ended = performance.now();
    if (ended - began >= COSTLY) this.#restUntil = ended + REST;
  }

  /** Of a batch that has no room the newest messages are dropped, as libzmq drops them. */
  #sendBatch(connection: Connection, { bytes, ends }: Batch): void {
    const taken = Math.min(ends.length, connection.room(bytes.length));
    this.#dropped += ends.length - taken;
    if (taken === 0) return;
    connection.send(taken === ends.length ? bytes : bytes.subarray(0, ends[taken - 1]), taken);
    // Not at the end of this turn: a program that publishes much in one turn would fill the queue of a peer that does read.
    connection.flush();
  }

  #sendEach(connection: Connection, messages: readonly Message[]): void {
    for (const parts of messages) if (!connection.trySend(parts)) this.#dropped++;
  }
}

const NOTHING = new Uint8Array(0);

/** A group outlives the subscription that it was made for. */
function copyOf(prefixes: PrefixSet): PrefixSet {
  const copy = new PrefixSet();
  for (const prefix of prefixes.sorted()) copy.add(prefix);
  return copy;
}
