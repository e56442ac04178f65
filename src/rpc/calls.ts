/**
 * The calls of a client, from `call()` to their end: the queue, what is in flight, timeouts and aborts.
 *
 * No phantom orders: a request waits here, not in a socket. So a request that is given up before it left can never leave. A
 * request that has left is never sent again.
 *
 * @module
 */
import { traceCall } from './diagnostics.js';
import type { CallCounters } from './call-counters.js';
import { Deadlines } from './deadlines.js';
import {
  RpcAbortError,
  RpcClosedError,
  RpcDisconnectedError,
  RpcQueueFullError,
  RpcTimeoutError,
  RpcTransportError,
} from './errors.js';
import type { CallOutcome, RpcCallError } from './errors.js';
import type { SignalWatch } from './signal-watch.js';
import type { CallStats } from './stats.js';
import type { Frames, OutgoingCall } from './transport.js';

/** What a call needs to leave, and where its answer goes. */
export interface CallRequest {
  readonly method: string;
  /** The positional arguments, for a transport that routes by them. */
  readonly args: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;
  /** The pickled request. */
  readonly body: Uint8Array;
  /** In ms; Infinity for none. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly urgent: boolean;
  /** It leaves over a connection that stands now, or never: it does not wait for the next one. */
  readonly connectedOnly: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends one request now, or rejects with nothing having left. */
export type Sender = (frames: Frames, call: OutgoingCall) => Promise<void>;

/** What a call table needs, asks and tells. */
export interface CallTableOptions {
  readonly queueLimit: number;
  readonly window: number;
  /**
   * How long after an answer calls are gathered to leave together, in turns of the microtask queue. They are gathered when at
   * least `gatherFrom` others are on their way. Answers come in bursts then, and each makes a caller go on and call again.
   * Waking ZeroMQ's thread for each would cost most.
   */
  readonly gatherTurns: number;
  readonly gatherFrom: number;
  /** Gives the result that a reply carries, or a promise of it; throws what the call shall be rejected with. */
  readonly decode: (method: string, body: Uint8Array) => unknown;
  /** What is in the way of the requests that wait, for error messages. */
  readonly obstacle: () => string;
  /** A request that had left at `sentAt` was not answered in time. */
  readonly onTimeout: (sentAt: number) => void;
  readonly signals: SignalWatch;
}

/** A call on its way. One class with all its fields, rather than a copied request: this is made for every call. */
class Call {
  readonly startedAt = performance.now();
  /**
   * `abandoned`: it has left, and its caller was told `outcome: 'unknown'`. It keeps its place in the window until the server
   * has shown that it is past it. A server that hangs must not be sent more and more.
   */
  phase: 'queued' | 'sent' | 'abandoned' = 'queued';
  /** Its place in the order of sending. */
  order = 0;
  sentAt = 0;
  /** When it has taken too long, by performance.now(). */
  readonly deadline: number;
  unwatch: (() => void) | undefined = undefined;

  constructor(
    readonly id: number,
    readonly request: CallRequest,
  ) {
    this.deadline = this.startedAt + request.timeout;
  }
}

const EMPTY = new Uint8Array(0);

/** Enough for calls of nine years, a million a second. */
const ID_BYTES = 6;

/** All calls of one client. */
export class CallTable {
  readonly #options: CallTableOptions;
  readonly #counters: CallCounters;
  /** Waiting calls, in the order of their ids. Sets, because giving up takes calls out of the middle. */
  #urgent = new Set<Call>();
  #normal = new Set<Call>();
  /** What has left over the present connection and was not answered, in the order of sending. */
  readonly #sent = new Map<number, Call>();
  readonly #deadlines = new Deadlines((now) => this.#checkDeadlines(now));
  #abandoned = 0;
  #lastId = 0;
  #lastOrder = 0;
  #sender: Sender | undefined;
  /** Turns until the gathered calls leave; 0 while calls leave at once. */
  #turnsLeft = 0;
  readonly #gather = (): void => {
    this.#turnsLeft--;
    if (this.#turnsLeft > 0) queueMicrotask(this.#gather);
    else this.#drain();
  };
  /** Why calls are refused at once instead of waiting. */
  #refusal: ((method: string) => RpcCallError) | undefined;

  constructor(options: CallTableOptions, counters: CallCounters) {
    this.#options = options;
    this.#counters = counters;
  }

  /** Whether the oldest request that the server has not answered is one that its caller still waits for. */
  get busy(): boolean {
    for (const call of this.#sent.values()) return call.phase === 'sent';

    return false;
  }

  /** Whether the server owes an answer. */
  get anythingSent(): boolean {
    return this.#sent.size > 0;
  }

  /** Takes a call; it leaves as soon as it may. */
  add(request: CallRequest): void {
    this.#counters.begin();
    const refusal = this.#reasonToRefuse(request);
    if (refusal !== undefined) {
      this.#counters.failed(refusal);
      request.reject(refusal);
      return;
    }
    const call = new Call(++this.#lastId, request);
    this.#deadlines.expect(call.deadline);
    this.#watchSignal(call);
    this.#queueOf(call).add(call);
    if (request.urgent) this.#drain();
    else this.#drainUnlessGathering();
  }

  /**
   * Requests leave by this way from now on; undefined: they wait, those that may.
   *
   * @param why - Why there is no way any more, where the status does not say so yet.
   */
  setSender(sender: Sender | undefined, why?: string): void {
    if (sender === undefined) {
      this.#loseSender(why);
    } else {
      this.#sender = sender;
      this.#drain();
    }
  }

  /** An answer came, with the frame that stood before the empty one; undefined: there was no one such frame. */
  reply(id: Uint8Array | undefined, body: Uint8Array): void {
    const call = id === undefined ? undefined : this.#sent.get(readId(id));
    if (call === undefined) {
      this.#counters.unknownReply();
      return;
    }
    this.#sent.delete(call.id);
    this.#releaseBefore(call);
    if (call.phase === 'abandoned') {
      this.#abandoned--;
      this.#counters.lateReply();
    } else {
      call.unwatch?.();
      this.#settle(call, body);
    }
    const { gatherTurns, gatherFrom } = this.#options;
    if (this.#turnsLeft === 0 && this.#sent.size >= gatherFrom) {
      this.#turnsLeft = gatherTurns;
      queueMicrotask(this.#gather);
    }
    this.#drainUnlessGathering();
  }

  /** It is certain that a request was not executed and will not be, given the frame that stood before the empty one. */
  notExecuted(id: Uint8Array, detail: string): void {
    const call = this.#sent.get(readId(id));
    if (call === undefined) return;
    this.#sent.delete(call.id);
    if (call.phase === 'abandoned') {
      this.#abandoned--;
    } else {
      call.unwatch?.();
      const { method } = call.request;
      const message = `${method}: not executed: ${detail}`;
      this.#fail(call, new RpcDisconnectedError(message, { method, outcome: 'not-sent' }));
    }
    this.#drainUnlessGathering();
  }

  /** The connection broke: what had left over it will not be answered. What waits goes on waiting. */
  connectionLost(detail: string): void {
    this.#loseSender(detail);
    for (const call of this.#takeSent()) {
      this.#giveUp(call, ({ method, outcome }) => {
        const message = `${method}: ${detail} before the answer came; the server may or may not have executed the call`;
        return new RpcDisconnectedError(message, { method, outcome });
      });
    }
  }

  /** The server does not let this client in, so nothing waits for it. Undefined: calls wait again. */
  refuse(detail: string | undefined): void {
    if (detail === undefined) {
      this.#refusal = undefined;
      return;
    }
    const create = ({ method, outcome }: Ending): RpcCallError =>
      new RpcDisconnectedError(`${method}: not sent: ${detail}`, { method, outcome });
    this.#refusal = (method) => create({ method, outcome: 'not-sent' });
    for (const call of [...this.#urgent, ...this.#normal]) this.#giveUp(call, create);
  }

  /** Ends every call, and every later one. */
  close(detail: string): void {
    this.#sender = undefined;
    const create = ({ method, outcome }: Ending): RpcCallError => {
      const known = outcome === 'not-sent' ? 'not sent' : 'the server may or may not have executed the call';
      return new RpcClosedError(`${method}: ${detail}; ${known}`, { method, outcome });
    };
    this.#refusal = (method) => create({ method, outcome: 'not-sent' });
    for (const call of [...this.#takeSent(), ...this.#urgent, ...this.#normal]) this.#giveUp(call, create);

    this.#deadlines.clear();
  }

  stats(): CallStats {
    return this.#counters.stats({
      queued: this.#waiting,
      inFlight: this.#sent.size - this.#abandoned,
      abandoned: this.#abandoned,
    });
  }

  #reasonToRefuse({ method, signal, connectedOnly }: CallRequest): RpcCallError | undefined {
    if (this.#refusal !== undefined) return this.#refusal(method);

    if (signal?.aborted === true) return abortError({ method, outcome: 'not-sent' }, signal);

    if (connectedOnly && this.#sender === undefined) return this.#notConnected({ method, outcome: 'not-sent' });

    const { queueLimit, window } = this.#options;
    const leaving = this.#sender === undefined ? 0 : Math.max(0, window - this.#sent.size);
    if (this.#waiting >= queueLimit + leaving) {
      return new RpcQueueFullError(
        `${method}: not sent: ${queueLimit} calls are waiting already (${this.#obstacle()})`,
        { method, outcome: 'not-sent' },
      );
    }
    return undefined;
  }

  get #waiting(): number {
    return this.#urgent.size + this.#normal.size;
  }

  #queueOf(call: Call): Set<Call> {
    return call.request.urgent ? this.#urgent : this.#normal;
  }

  #drainUnlessGathering(): void {
    // Not for a server that has nothing to do.
    if (this.#turnsLeft === 0 || this.#sent.size === 0) this.#drain();
  }

  #drain(): void {
    const sender = this.#sender;
    if (this.#waiting === 0) return;

    for (const queue of [this.#urgent, this.#normal]) {
      for (const call of queue) {
        if (sender === undefined || this.#sent.size >= this.#options.window) return;

        queue.delete(call);
        this.#transmit(call, sender);
      }
    }
  }

  /** Nothing can leave from now on: what does not wait for another connection ends here, while that is certain. */
  #loseSender(why?: string): void {
    this.#sender = undefined;
    for (const call of [...this.#urgent, ...this.#normal])
      if (call.request.connectedOnly) this.#giveUp(call, (ending) => this.#notConnected(ending, why));
  }

  /** Why a call has not left. */
  #obstacle(): string {
    const { window, obstacle } = this.#options;
    if (this.#sender === undefined) return obstacle();
    return this.#sent.size < window
      ? 'this program was too busy to send it in time'
      : `${window} requests before it are on their way and not answered`;
  }

  #notConnected({ method, outcome }: Ending, why = this.#obstacle()): RpcCallError {
    return new RpcDisconnectedError(`${method}: not sent: ${why}`, { method, outcome });
  }

  #transmit(call: Call, sender: Sender): void {
    const now = performance.now();
    if (call.deadline <= now) {
      // The program was busy for so long that no timer could say so: it must not leave after its time.
      this.#timedOut(call);
      return;
    }
    call.phase = 'sent';
    call.order = ++this.#lastOrder;
    call.sentAt = now;
    this.#sent.set(call.id, call);
    const { method, args, headers, body } = call.request;
    sender([writeId(call.id), EMPTY, body], { method, args, timeout: call.deadline - now, headers }).catch(
      (error: unknown) => {
        this.#notSent(call, sender, error instanceof RpcTransportError ? error.message : undefined);
      },
    );
  }

  /** The socket did not take it, so that it certainly has not left: it waits for the next connection. */
  #notSent(call: Call, sender: Sender, why: string | undefined): void {
    if (this.#sender === sender) this.#loseSender(why);

    if (!this.#sent.delete(call.id)) return;

    if (call.phase === 'abandoned') {
      this.#abandoned--;
      return;
    }
    call.phase = 'queued';
    if (call.request.connectedOnly) {
      this.#giveUp(call, (ending) => this.#notConnected(ending, why));
      return;
    }
    const queue = [call, ...this.#queueOf(call)].sort((left, right) => left.id - right.id);
    if (call.request.urgent) this.#urgent = new Set(queue);
    else this.#normal = new Set(queue);
  }

  /** Servers answer one client in order: abandoned requests in front of an answered one will not be answered any more. */
  #releaseBefore(answered: Call): void {
    if (this.#abandoned === 0) return;

    for (const call of this.#sent.values()) {
      if (call.phase !== 'abandoned' || call.order > answered.order) return;

      this.#sent.delete(call.id);
      this.#abandoned--;
    }
  }

  #settle(call: Call, body: Uint8Array): void {
    this.#counters.answered(performance.now() - call.startedAt);
    let result: unknown;
    try {
      result = this.#options.decode(call.request.method, body);
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    if (result instanceof Promise) {
      result.then(
        (later) => {
          this.#succeed(call, later);
        },
        (error: unknown) => {
          this.#fail(call, error);
        },
      );
    } else {
      this.#succeed(call, result);
    }
  }

  #succeed({ request, startedAt }: Call, result: unknown): void {
    this.#counters.succeeded();
    traceCall(request.method, startedAt, undefined);
    request.resolve(result);
  }

  #fail({ request, startedAt }: Call, error: unknown): void {
    this.#counters.failed(error);
    traceCall(request.method, startedAt, error);
    request.reject(error);
  }

  /** Ends what has taken too long; gives the next deadline. */
  #checkDeadlines(now: number): number {
    const late: Call[] = [];
    let next = Infinity;
    for (const calls of [this.#sent.values(), this.#urgent, this.#normal]) {
      for (const call of calls) {
        if (call.phase === 'abandoned') continue;

        if (call.deadline <= now) late.push(call);
        else if (call.deadline < next) next = call.deadline;
      }
    }
    for (const call of late) {
      // Whoever listens to the end of one call may have ended others.
      if (this.#sent.get(call.id) === call ? call.phase === 'sent' : this.#queueOf(call).has(call))
        this.#timedOut(call);
    }
    return next;
  }

  #timedOut(call: Call): void {
    const { phase, sentAt } = call;
    const { timeout } = call.request;
    this.#giveUp(call, ({ method, outcome }) => {
      const known =
        outcome === 'not-sent'
          ? `the request was not sent (${this.#obstacle()})`
          : 'the request has left, and the server may execute it still';
      return new RpcTimeoutError(`${method}: no answer within ${timeout} ms; ${known}`, { method, outcome, timeout });
    });
    if (phase === 'sent') this.#options.onTimeout(sentAt);
  }

  /** Rejects a call that waits or is on its way. */
  #giveUp(call: Call, create: (ending: Ending) => RpcCallError): void {
    call.unwatch?.();
    const outcome = call.phase === 'queued' ? 'not-sent' : 'unknown';
    if (call.phase === 'queued') {
      this.#queueOf(call).delete(call);
    } else if (this.#sent.has(call.id)) {
      call.phase = 'abandoned';
      this.#abandoned++;
    }
    this.#fail(call, create({ method: call.request.method, outcome }));
  }

  /** Forgets the connection's requests; gives those whose callers wait. */
  #takeSent(): Call[] {
    const waiting = [...this.#sent.values()].filter((call) => call.phase === 'sent');
    this.#sent.clear();
    this.#abandoned = 0;
    return waiting;
  }

  #watchSignal(call: Call): void {
    const { signal } = call.request;
    call.unwatch = this.#options.signals.watch(signal, () => {
      this.#giveUp(call, (ending) => abortError(ending, signal));
    });
  }
}

interface Ending {
  readonly method: string;
  readonly outcome: CallOutcome;
}

function abortError({ method, outcome }: Ending, signal: AbortSignal | undefined): RpcAbortError {
  const known = outcome === 'not-sent' ? 'the request was not sent' : 'the request has left';
  return new RpcAbortError(`${method}: aborted; ${known}`, { method, outcome, cause: signal?.reason });
}

/** The frame in front of the empty one: REP and ROUTER servers return it with the answer. */
function writeId(id: number): Uint8Array {
  const frame = Buffer.allocUnsafe(ID_BYTES);
  frame.writeUIntBE(id, 0, ID_BYTES);
  return frame;
}

/** Gives NaN, which no call has, for a frame that is not ours. */
function readId(frame: Uint8Array): number {
  if (frame.length !== ID_BYTES) return Number.NaN;

  let id = 0;
  for (const byte of frame) id = id * 256 + byte;

  return id;
}
