/**
 * A messaging system inside one process, for tests: no server, no package, and faults at will.
 *
 * @module
 */
import { guardedLogger } from '../../rpc/internal.js';
import type { Logger } from '../../rpc/index.js';
import { ClusterTransportError } from '../errors.js';
import { SYSTEM_CLOCK } from './clock.js';
import type { ClusterClock } from './clock.js';
import { MemoryClient } from './memory-client.js';
import type { Delivered, MemoryDenials, MemoryServer, Published } from './memory-client.js';
import { Faults } from './memory-faults.js';
import type { MemoryFault, MemoryFaultOptions } from './memory-faults.js';
import { MemoryStream } from './memory-stream.js';
import type { Entry, MemoryStreamCopy } from './memory-stream.js';
import { matches, overlap } from './patterns.js';
import { planDifferences } from './stream-plan.js';
import type { ClusterTransport, ServerInfo, StreamPlan, StreamState } from './transport.js';

/** Options of {@link MemoryCluster}. */
export interface MemoryClusterOptions {
  /** Default: this machine's. */
  readonly clock?: ClusterClock;
  /** What its server says of itself. Default: streams, nobody asked who he is, 1 MiB. */
  readonly server?: Partial<ServerInfo>;
  /** After so many ms without a sign of life a client says that it has no connection. Default 4,000. */
  readonly staleAfter?: number;
  /** Takes what listeners throw. Default: nobody. */
  readonly logger?: Logger;
}

/** Options of {@link MemoryCluster.connect}. */
export interface MemoryConnectOptions {
  /** By it the faults name the client. Nobody else may have it. */
  readonly name: string;
  /** Default: `_IN.` and the name. */
  readonly inboxPrefix?: string;
}

/** Which reads of a stream are old ones. */
interface Lag {
  readonly pattern: string;
  readonly messages: number;
}

const SERVER: ServerInfo = {
  version: '2.15.0',
  hasStreams: true,
  authRequired: false,
  maxPayload: 2 ** 20,
  address: 'memory',
};

/**
 * The "server": clients that connect to the same one reach each other. Messages arrive in order, each after microtasks of its own.
 *
 * @example
 * ```ts
 * const cluster = new MemoryCluster();
 * const desk = cluster.connect({ name: 'desk' });
 * const edge = cluster.connect({ name: 'edge' });
 * edge.subscribe('cmd.>', ({ reply }) => edge.publish(reply ?? '', new Uint8Array([1])));
 * const answer = await desk.request('cmd.cancel', new Uint8Array(), { timeout: 1000 });
 * ```
 */
export class MemoryCluster {
  readonly #clock: ClusterClock;
  readonly #logger: Logger;
  readonly #staleAfter: number;
  readonly #info: ServerInfo;
  readonly #clients = new Map<string, MemoryClient>();
  readonly #streams = new Map<string, MemoryStream>();
  readonly #faults = new Faults();
  readonly #turns = new Map<string, number>();
  /** Patterns of which so many appends more are not compared with `expectedLast`. */
  readonly #blind = new Map<string, number>();
  #lags: readonly Lag[] = [];
  #isRunning = true;
  #lastClient = 0;

  constructor({ clock = SYSTEM_CLOCK, server = {}, staleAfter = 4000, logger }: MemoryClusterOptions = {}) {
    this.#clock = clock;
    this.#logger = guardedLogger(logger);
    this.#staleAfter = staleAfter;
    this.#info = { ...SERVER, ...server };
  }

  /** A client of it. */
  connect({ name, inboxPrefix }: MemoryConnectOptions): ClusterTransport {
    if (this.#clients.has(name)) throw new ClusterTransportError('FAILED', `there is a client ${name} already`);

    const client = new MemoryClient(this.#server(), {
      name,
      inboxPrefix: inboxPrefix ?? `_IN.${name.replace(/[^\w-]/g, '_') || '_'}`,
      id: ++this.#lastClient,
      closed: () => this.#clients.delete(name),
    });
    this.#clients.set(name, client);
    if (!this.#isRunning) client.cut('the server was stopped');
    return client;
  }

  /** Names of those that are connected now, or cut. */
  get clients(): readonly string[] {
    return [...this.#clients.keys()];
  }

  /** Stands still, as a program does on SIGSTOP: nothing comes to it and nothing of it leaves. All waits. */
  pause(client: string): void {
    this.#client(client).hold();
  }

  /** Ends {@link MemoryCluster.pause}: what has waited goes on, in order. */
  thaw(client: string): void {
    this.#client(client).letGo();
  }

  /** Loses its connection, and what was under way. It knows it at once, and stays so until {@link MemoryCluster.restore}. */
  cut(client: string, detail = 'the connection was cut'): void {
    this.#client(client).cut(detail);
  }

  /** Ends {@link MemoryCluster.cut}: its subscriptions stand again. */
  restore(client: string): void {
    this.#client(client).restore();
  }

  /** The network swallows all, and nobody is told. After `staleAfter` the client says that it has no connection. */
  blackHole(client: string): void {
    this.#client(client).blackHole();
  }

  /** Ends {@link MemoryCluster.blackHole}: what was swallowed arrives, late, as TCP sends it again. */
  heal(client: string): void {
    this.#client(client).heal();
  }

  /** What a client may not, from now on; nothing given allows all again. */
  deny(client: string, denials: MemoryDenials = {}): void {
    this.#client(client).denials = denials;
  }

  /** Messages get lost. */
  drop(pattern: string, options: MemoryFaultOptions = {}): MemoryFault {
    return this.#faults.add('drop', pattern, options);
  }

  /** Messages wait until they are released, in any order. */
  hold(pattern: string, options: MemoryFaultOptions = {}): MemoryFault {
    return this.#faults.add('hold', pattern, options);
  }

  /** Stores what is appended, and does not say so. */
  loseAcks(pattern: string, options: Omit<MemoryFaultOptions, 'stage'> = {}): MemoryFault {
    return this.drop(pattern, { ...options, stage: 'acknowledge' });
  }

  /** Does not look at `expectedLast`: so a store grants a lease to two. */
  grantTwice(pattern: string, times = Infinity): void {
    this.#blind.set(pattern, times);
  }

  /** Reads do not see so many of the last messages of a stream, as those of a server that lags. 0 ends it. */
  lagReads(pattern: string, messages: number): void {
    this.#lags = [...this.#lags.filter((lag) => lag.pattern !== pattern), { pattern, messages }];
  }

  /** A stream as it is now, for {@link MemoryCluster.restoreStream}. */
  copyStream(name: string): MemoryStreamCopy {
    return this.#stream(name).copy();
  }

  /** A stream is again what it was: somebody has put back an old copy. */
  restoreStream(name: string, copy: MemoryStreamCopy): void {
    this.#stream(name).restore(copy);
  }

  /** A stream forgets everything after a message, as a server does that lost what it had not written yet. */
  rollBackStream(name: string, seq: number): void {
    this.#stream(name).rollBack(seq);
  }

  /** A stream is gone, and its messages. */
  loseStream(name: string): void {
    this.#streams.delete(name);
  }

  /** The server ends: all lose their connection, and streams in memory their messages. */
  stop(): void {
    this.#isRunning = false;
    for (const client of this.#clients.values()) client.cut('the server was stopped');
    for (const [name, { plan }] of this.#streams)
      if (plan.storage === 'memory') this.#streams.set(name, new MemoryStream(plan, this.#clock));
  }

  /** Ends {@link MemoryCluster.stop}. */
  start(): void {
    this.#isRunning = true;
    for (const client of this.#clients.values()) client.restore();
  }

  #client(name: string): MemoryClient {
    const client = this.#clients.get(name);
    if (client === undefined) throw new ClusterTransportError('FAILED', `there is no client ${name}`);
    return client;
  }

  #stream(name: string): MemoryStream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new ClusterTransportError('NO_STREAM', `there is no stream ${name}`);
    return stream;
  }

  /** What its clients see of it. */
  #server(): MemoryServer {
    return {
      clock: this.#clock,
      logger: this.#logger,
      info: this.#info,
      staleAfter: this.#staleAfter,
      faults: this.#faults,
      route: (message) => this.#route(message),
      append: (entry) => this.#append(entry),
      read: (pattern, read) => read(this.#streamOf(pattern), this.#lagOf(pattern)),
      ensure: (plan) => this.#ensure(plan),
      streams: (pattern) => this.#overlapping(pattern),
    };
  }

  /** @returns whether anybody heard it, or a stream has it. */
  #route(message: Published): boolean {
    const stream = [...this.#streams.values()].find((each) => each.takes(message.subject));
    const heard = this.#deliver(message);
    stream?.append({ ...message, expectedLast: undefined, ttl: undefined }, false);
    return heard || stream !== undefined;
  }

  #deliver(message: Published): boolean {
    const groups = new Map<string, Delivered[]>();
    let isHeard = false;
    for (const client of this.#clients.values()) {
      for (const delivered of client.wanting(message.subject)) {
        const { queue } = delivered.subscription;
        isHeard = true;
        if (queue === undefined) delivered.client.deliver(delivered.subscription, message);
        else groups.set(queue, [...(groups.get(queue) ?? []), delivered]);
      }
    }
    for (const [queue, members] of groups) {
      const turn = this.#turns.get(queue) ?? 0;
      this.#turns.set(queue, turn + 1);
      const chosen = members[turn % members.length];
      chosen?.client.deliver(chosen.subscription, message);
    }
    return isHeard;
  }

  #append(entry: Entry): number {
    const stream = this.#streamOf(entry.subject);
    const blind = [...this.#blind].find(([pattern, left]) => left > 0 && matches(pattern, entry.subject));
    const seq = stream.append(entry, blind !== undefined);
    if (blind !== undefined) this.#blind.set(blind[0], blind[1] - 1);
    this.#deliver({ ...entry, reply: undefined });
    return seq;
  }

  #streamOf(pattern: string): MemoryStream {
    const stream = this.#info.hasStreams
      ? [...this.#streams.values()].find(({ plan }) => plan.subjects.some((subject) => overlap(subject, pattern)))
      : undefined;
    if (stream === undefined) throw new ClusterTransportError('NO_STREAM', `no stream has the subject ${pattern}`);
    return stream;
  }

  #lagOf(pattern: string): number {
    return this.#lags.find((lag) => overlap(lag.pattern, pattern))?.messages ?? 0;
  }

  #ensure(plan: StreamPlan): StreamState {
    if (!this.#info.hasStreams) throw new ClusterTransportError('NO_STREAM', 'the server has no streams');

    const other = this.#overlappingAny(plan.subjects).find((stream) => stream.plan.name !== plan.name);
    if (!this.#streams.has(plan.name)) {
      if (other !== undefined)
        throw new ClusterTransportError('FAILED', `the stream ${other.plan.name} has subjects of ${plan.name} already`);
      this.#streams.set(plan.name, new MemoryStream(plan, this.#clock));
    }
    const stream = this.#stream(plan.name);
    return stateOf(stream, planDifferences(plan, stream.plan));
  }

  #overlapping(pattern: string): readonly StreamState[] {
    return this.#overlappingAny([pattern]).map((stream) => stateOf(stream, []));
  }

  #overlappingAny(patterns: readonly string[]): readonly MemoryStream[] {
    return [...this.#streams.values()].filter(({ plan }) =>
      plan.subjects.some((subject) => patterns.some((pattern) => overlap(subject, pattern))),
    );
  }
}

function stateOf(stream: MemoryStream, differences: readonly string[]): StreamState {
  return { ...stream.plan, messages: stream.messages, bytes: stream.bytes, differences };
}
