/**
 * Runs a server's requests: those of one client in order, those of different clients side by side, never more than
 * the limits allow.
 *
 * @module
 */
import type { CallContext, CallTerms } from './access-control.js';
import { traceRequest } from './diagnostics.js';
import { NOBODY } from './gate.js';
import type { AnswerNote, Frames } from './transport.js';

/** What a dispatcher needs. */
export interface DispatcherOptions {
  readonly maxPending: number;
  readonly maxPendingPerClient: number;
  /** Runs one request. Gives the answer, or a promise of it. */
  readonly run: (body: Uint8Array, caller: CallContext) => Uint8Array | Promise<Uint8Array>;
  /** The answer to a request that is not run. */
  readonly refuse: (reason: string) => Uint8Array;
  /** Running a request or sending its answer threw, which neither should. The request is answered, the others go on. */
  readonly onError: (cause: unknown) => void;
}

/** The socket that a request came by. */
export interface Source {
  /** Of no other source of a dispatcher: clients of different sockets may have the same identity. */
  readonly name: string;
  /** Sends an answer; false: the client is gone. Its promise never rejects. */
  readonly answer: (envelope: Frames, body: Uint8Array, note?: AnswerNote) => Promise<boolean>;
}

/** A request to run. */
export interface Job {
  readonly source: Source;
  /** Its first frame names the client. */
  readonly envelope: Frames;
  readonly body: Uint8Array;
  /** Who sent it, one object a connection; undefined where the transport cannot tell. */
  readonly caller: CallContext | undefined;
  /** What came beside its bytes. */
  readonly terms?: CallTerms | undefined;
}

/** What names a client: its connection, or where that is not told its socket and identity. */
type Key = CallContext | string;

/** One client's requests. */
interface Client {
  /** Its name among the clients; undefined until it is one of them. */
  key: Key | undefined;
  /** Waiting behind the one that runs. */
  readonly waiting: Job[];
  /** The one that runs, as long as it has not been answered. */
  running: Job | undefined;
  /** When it began, by performance.now(). */
  startedAt: number;
}

const EMPTY = new Uint8Array(0);

/** Requests that wait or run. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** Clients with a request that runs or waits. */
  readonly #clients = new Map<Key, Client>();
  readonly #idle: (() => void)[] = [];
  #pending = 0;
  #refused = 0;
  #discarded = 0;
  #expired = 0;
  #closing: string | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#pending;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Requests answered with an error because too many were waiting. */
  get refused(): number {
    return this.#refused;
  }

  /** Requests dropped because their client had gone before they ran. */
  get discarded(): number {
    return this.#discarded;
  }

  /** Requests that came to their turn after their deadline, and were not begun. */
  get expired(): number {
    return this.#expired;
  }

  /** Takes a request. */
  add(job: Job): void {
    // With one request at a time, and a function that answers at once, nobody needs the client's name.
    const client = this.#clients.size === 0 ? undefined : this.#clients.get(keyOf(job));
    const reason = this.#obstacle(client);
    if (reason !== undefined) {
      this.#refused++;
      void this.#refuse(job, reason);
      return;
    }
    this.#pending++;
    if (client === undefined) this.#start({ key: undefined, waiting: [], running: undefined, startedAt: 0 }, job);
    else client.waiting.push(job);
  }

  /** A client's connection is no more: what waits is not run. What runs goes on, and its answer reaches nobody. */
  discard(caller: CallContext): void {
    const client = this.#clients.get(caller);
    if (client !== undefined) this.#drop(client);
  }

  /**
   * Begins no more requests: those that wait, and those that come, are answered with an error. Resolves when what runs
   * has ended, after `gracePeriod` ms at the latest; what runs then is answered with an error, its result is dropped.
   */
  async close(reason: string, gracePeriod: number): Promise<void> {
    this.#closing = reason;
    const clients = [...this.#clients.values()];
    for (const client of clients) for (const job of client.waiting.splice(0)) this.#takeBack(job, reason);

    await this.#idleWithin(gracePeriod);
    for (const client of this.#clients.values()) {
      if (client.running !== undefined) {
        this.#pending--;
        this.#refused++;
        void this.#answer(client.running, this.#options.refuse(reason)); // It may have done something.
        client.running = undefined;
      }
    }
    this.#clients.clear();
  }

  #obstacle(client: Client | undefined): string | undefined {
    const { maxPending, maxPendingPerClient } = this.#options;
    if (this.#closing !== undefined) return this.#closing;

    if (this.#pending >= maxPending) return `the server has ${maxPending} requests waiting already`;

    if (client !== undefined && client.waiting.length + 1 >= maxPendingPerClient)
      return `this client has ${maxPendingPerClient} requests waiting already`;

    return undefined;
  }

  #start(client: Client, job: Job): void {
    client.startedAt = performance.now();
    const late = client.startedAt - (job.terms?.deadline ?? Infinity);
    if (late >= 0) {
      this.#expire(client, job, late);
      return;
    }
    client.running = job;
    const answer = this.#run(job);
    if (answer instanceof Promise) {
      client.key ??= keyOf(job);
      this.#clients.set(client.key, client);
      answer.then(
        (body) => {
          this.#finish(client, body);
        },
        (cause: unknown) => {
          this.#finish(client, this.#failed(cause));
        },
      );
    } else {
      this.#finish(client, answer);
    }
  }

  #run({ body, caller = NOBODY, terms }: Job): Uint8Array | Promise<Uint8Array> {
    try {
      return this.#options.run(body, terms === undefined ? caller : { ...caller, terms });
    } catch (cause) {
      return this.#failed(cause);
    }
  }

  #failed(cause: unknown): Uint8Array {
    this.#options.onError(cause);
    return this.#options.refuse('the server failed at this request');
  }

  /** Its caller does not wait any more, or has been told that it was not done: it is not begun. */
  #expire(client: Client, job: Job, late: number): void {
    this.#pending--;
    this.#expired++;
    const delivered = this.#refuse(job, `it came to its turn ${Math.ceil(late)} ms after its deadline`);
    this.#goOn(client, delivered);
  }

  /** Answers a request that was not begun. */
  #refuse(job: Job, reason: string): Promise<boolean> {
    return this.#answer(job, this.#options.refuse(reason), { notExecuted: reason });
  }

  /** An answer that cannot be sent is its client's loss alone. */
  #answer({ source, envelope }: Job, body: Uint8Array, note?: AnswerNote): Promise<boolean> {
    try {
      return source.answer(envelope, body, note);
    } catch (cause) {
      this.#options.onError(cause);
      return Promise.resolve(true);
    }
  }

  #finish(client: Client, body: Uint8Array): void {
    const job = client.running;
    if (job === undefined) return; // Answered already, when the grace period was over.

    client.running = undefined;
    this.#pending--;
    const traceparent = job.terms?.headers['traceparent'];
    traceRequest({ requestBytes: job.body.length, replyBytes: body.length, traceparent }, client.startedAt);
    this.#goOn(client, this.#answer(job, body));
  }

  #goOn(client: Client, delivered: Promise<boolean>): void {
    if (client.waiting.length === 0) {
      this.#forget(client);
    } else {
      void delivered.then((present) => {
        this.#next(client, present);
      });
    }
  }

  /** What a client that is gone had still to be done is not done: nobody would learn of it. */
  #next(client: Client, present: boolean): void {
    if (!present) this.#drop(client);
    const job = client.waiting.shift();
    if (job === undefined) this.#forget(client);
    else this.#start(client, job);
  }

  #drop({ waiting }: Client): void {
    const dropped = waiting.splice(0).length;
    this.#pending -= dropped;
    this.#discarded += dropped;
  }

  #forget(client: Client): void {
    if (client.key !== undefined) this.#clients.delete(client.key);

    this.#checkIdle();
  }

  #takeBack(job: Job, reason: string): void {
    this.#pending--;
    this.#refused++;
    void this.#refuse(job, reason);
  }

  #idleWithin(time: number): Promise<void> {
    if (this.#clients.size === 0) return Promise.resolve();

    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #checkIdle(): void {
    if (this.#clients.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function keyOf({ caller, source, envelope: [identity = EMPTY] }: Job): Key {
  if (caller !== undefined) return caller;
  // Bytes, one a character.
  return source.name + (Buffer.isBuffer(identity) ? identity : Buffer.from(identity)).toString('latin1');
}
