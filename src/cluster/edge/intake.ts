/**
 * Takes the requests of clients for the RPC server of an edge, and carries its answers back.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { Pickler } from '../../pickle/index.js';
import type { AnswerNote, CallContext, CallTerms, Delivery, Frames, Logger, ReplySocket } from '../../rpc/index.js';
import { encodeRequest, failureReply } from '../../rpc/internal.js';
import { vnpyRegistry } from '../../vnpy/index.js';
import { cancelOf, isMarker, KEY_HEADER, TRACE_HEADER } from '../../vnpy/internal.js';
import type { Holding } from '../account/holding.js';
import { FLUSH, HELLO, HISTORY, JOURNAL, kindOfCall } from '../wire/routes.js';
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport, Message, Subscription } from '../transport/transport.js';
import { splitChunks } from '../wire/chunks.js';
import { readEnvelope, writeEnvelope } from '../wire/envelope.js';
import type { Envelope } from '../wire/envelope.js';
import { escapeToken } from '../wire/escape.js';
import { readHello, writeWelcome } from '../wire/hello.js';
import type { CallKind, Subjects } from '../wire/subjects.js';
import type { Lane, Visitor, Visitors } from './visitors.js';

/** What is written down of an order. */
export interface JournalAnswer {
  /** `open`: it was written down, and what became of it was not. */
  readonly state: 'open' | 'sent' | 'refused' | 'unknown';
  readonly reference: string;
  /** Where it was sent. */
  readonly vtOrderid?: string | undefined;
  readonly reason?: string | undefined;
}

/** What it needs. */
export interface IntakeParts {
  readonly address: string;
  readonly transport: ClusterTransport;
  readonly subjects: Subjects;
  readonly account: string;
  readonly edge: string;
  readonly boot: number;
  readonly holding: Holding;
  readonly clock: ClusterClock;
  readonly logger: Logger;
  readonly visitors: Visitors;
  /** The number of the last event for a principal. */
  readonly seqOf: (principal: string) => number;
  /** What the journal has of a key of this principal; undefined without a journal. */
  readonly lookup?: ((key: string, principal: string) => Promise<JournalAnswer | undefined>) | undefined;
  /** Whether reads that any edge may answer can be answered here. */
  readonly isHealthy: () => boolean;
}

/** What came. */
export interface IntakeCounts {
  /** Requests that came, hellos included. */
  readonly requests: number;
  /** Questions of clients that begin, or renew themselves. */
  readonly hellos: number;
  /** Requests that were not executed, by why. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Why a request is not executed: a word for programs, and a sentence. */
type Refusal = readonly [word: string, detail: string];

const EMPTY = new Uint8Array(0);
/** Edges that answer the same reads. */
const READERS = 'vb-readers';
/** Why the server itself does not run something: it came to its turn too late, or is not taken. */
const EXPIRED = 'deadline';

type Receiver = Parameters<ReplySocket['receive']>[0];

export class EdgeIntake implements ReplySocket {
  readonly address: string;
  readonly #parts: IntakeParts;
  readonly #pickler = new Pickler({ registry: vnpyRegistry });
  #subscriptions: Subscription[] = [];
  #reading: Subscription | undefined;
  #onMessage: Receiver = () => undefined;
  #isReceiving = false;
  #isClosed = false;
  #requests = 0;
  #hellos = 0;
  readonly #refused = new Map<string, number>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.address = parts.address;
  }

  get counts(): IntakeCounts {
    return { requests: this.#requests, hellos: this.#hellos, refused: Object.fromEntries(this.#refused) };
  }

  receive(onMessage: Receiver): void {
    this.#onMessage = onMessage;
    this.#isReceiving = true;
    this.update();
  }

  /** The account was taken or given up, or the engine is there or not: listens to what is now its business. */
  update(): void {
    const { transport, subjects, account, holding, isHealthy } = this.#parts;
    const serves = this.#isReceiving && !this.#isClosed;
    const holds = serves && holding.epoch !== undefined;
    if (holds && this.#subscriptions.length === 0) {
      for (const kind of ['cmd', 'q1'] as const)
        this.#subscriptions.push(transport.subscribe(subjects.calls(kind, account), this.#take));
    } else if (!holds) {
      for (const subscription of this.#subscriptions.splice(0)) subscription.close();
    }
    const reads = serves && isHealthy();
    if (reads) {
      this.#reading ??= transport.subscribe(subjects.calls('q', account), this.#take, { queue: READERS });
    } else {
      this.#reading?.close();
      this.#reading = undefined;
    }
  }

  send(frames: Frames, note?: AnswerNote): Promise<Delivery> {
    const [reply = EMPTY] = frames;
    const body = frames.at(-1) ?? EMPTY;
    const word = note === undefined ? undefined : note.notExecuted.includes(EXPIRED) ? 'expired' : 'not-taken';
    if (word !== undefined) this.#count(word);
    return Promise.resolve(this.#answer(Buffer.from(reply).toString(), body, word));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.update();
    return Promise.resolve();
  }

  readonly #take = (message: Message): void => {
    const { reply, subject, headers, payload } = message;
    const parsed = this.#parts.subjects.parse(subject);
    // Whoever does not wait for an answer would not learn what became of it.
    if (reply === undefined || parsed === undefined || !('method' in parsed)) return;
    const { kind, principal, method } = parsed;
    // The server lets an edge answer wherever a question says. Elsewhere than at who asks, the answer could be a command itself.
    const isAsked = this.#parts.transport.server.authRequired;
    if (isAsked && !reply.startsWith(`_IN.${escapeToken(principal)}.`)) return;
    const envelope = headers['Vb'] === undefined ? {} : readEnvelope(headers);
    this.#requests++;
    if (envelope === undefined) {
      this.#refuse(reply, ['bad-envelope', 'its headers cannot be read: is it of another version?']);
      return;
    }
    // It is for another edge, or for one that was here before. That one answers, and only that one: a no from here would
    // read as certain, while the other executes it.
    if (kind !== 'q' && envelope.boot !== undefined && envelope.boot !== this.#parts.boot) {
      this.#count('other-run');
      return;
    }
    const deadline = this.#deadlineOf(kind, method, envelope);
    if (typeof deadline !== 'number') {
      this.#refuse(reply, deadline);
      return;
    }
    if (method === HELLO) {
      this.#hello(reply, principal, payload);
      return;
    }
    const visitor = this.#parts.visitors.of(principal, envelope.client ?? '');
    if (!('principal' in visitor)) {
      this.#refuse(reply, ['not-admitted', visitor.refused]);
      return;
    }
    if (method === JOURNAL) void this.#journal(reply, visitor, envelope.key);
    else this.#request(reply, visitor.lanes[laneOf(kind, method)], { method, deadline, payload, envelope });
  };

  /** By when it must be begun, by this edge's clock; or why it is not executed. */
  #deadlineOf(kind: CallKind, method: string, { deadline, boot, epoch }: Envelope): number | Refusal {
    const { holding, clock, edge } = this.#parts;
    const isRead = kind === 'q';
    if (kind === 'cmd' && kindOfCall(method) !== 'cmd')
      return ['wrong-subject', `${method} is a read, and is not asked for as a command`];
    if (kind !== 'cmd' && kindOfCall(method) === 'cmd')
      return ['wrong-subject', `${method} may change something, and is not asked for as a read`];
    // A read that any edge answers does nothing, however late.
    if (isRead) return Infinity;
    if (holding.epoch === undefined) return ['not-active', `${edge} does not hold the account: ${holding.reason}`];
    if (epoch !== undefined && epoch !== holding.epoch)
      return ['other-epoch', `it is for the lease ${epoch}, and ${edge} holds the account by ${holding.epoch}`];
    if (kind === 'cmd' && (deadline === undefined || boot === undefined))
      return ['no-deadline', 'a command needs a deadline in the clock of the edge: headers Vb-Deadline and Vb-Boot'];
    const late = clock.now() - (deadline ?? Infinity);
    return late < 0 ? (deadline ?? Infinity) : ['expired', `it came ${Math.ceil(late)} ms after its deadline`];
  }

  #hello(reply: string, principal: string, payload: Uint8Array): void {
    const { visitors, edge, boot, holding, seqOf, clock } = this.#parts;
    const hello = readHello(payload);
    if (hello === undefined) {
      this.#refuse(reply, ['bad-hello', 'the hello cannot be read: is it of another version?']);
      return;
    }
    this.#hellos++;
    if (hello.isLeaving) {
      visitors.leave(principal, hello.client);
      return;
    }
    const visitor = visitors.hello(principal, hello.client, hello.offset);
    const answer =
      'principal' in visitor
        ? {
            edge,
            boot,
            epoch: holding.epoch ?? 0,
            seq: seqOf(principal),
            session: visitor.session,
            wall: clock.wall(),
          }
        : { refused: visitor.refused, retry: visitor.retry === true };
    this.#answer(reply, writeWelcome(answer));
  }

  async #journal(reply: string, { principal }: Visitor, key: string | undefined): Promise<void> {
    const { lookup, logger } = this.#parts;
    try {
      if (lookup === undefined) {
        this.#refuse(reply, ['no-journal', 'this edge keeps no journal']);
        return;
      }
      const found = key === undefined ? undefined : await lookup(key, principal);
      this.#answer(reply, this.#pickler.dump([true, found ?? null]));
    } catch (error) {
      logger.warn(`cluster: the journal could not be read: ${messageOf(error)}`);
      this.#answer(reply, failureReply(error));
    }
  }

  #request(
    reply: string,
    context: CallContext,
    asked: {
      readonly method: string;
      readonly deadline: number;
      readonly payload: Uint8Array;
      readonly envelope: Envelope;
    },
  ): void {
    const { method, deadline, payload, envelope } = asked;
    const { key, traceparent } = envelope;
    const headers = {
      ...(key === undefined ? {} : { [KEY_HEADER]: key }),
      ...(traceparent === undefined ? {} : { [TRACE_HEADER]: traceparent }),
    };
    const terms: CallTerms = { method: method === FLUSH ? 'cancel_order' : method, deadline, headers };
    const body = method === FLUSH ? this.#flushOf(payload) : payload;
    if (body === undefined) this.#refuse(reply, ['bad-marker', 'there is no marker in it']);
    else this.#onMessage([Buffer.from(reply), EMPTY, body], context, terms);
  }

  /** The cancel that puts a marker into the event queue. It is made here: whoever may ask for it may cancel nothing by it. */
  #flushOf(payload: Uint8Array): Uint8Array | undefined {
    const marker = Buffer.from(payload).toString();
    return isMarker(marker) ? encodeRequest(this.#pickler, 'cancel_order', cancelOf(marker), {}) : undefined;
  }

  #refuse(reply: string, [word, detail]: Refusal): void {
    this.#count(word);
    this.#answer(reply, failureReply(new Error(detail)), word);
  }

  #count(word: string): void {
    this.#refused.set(word, (this.#refused.get(word) ?? 0) + 1);
  }

  #answer(reply: string, body: Uint8Array, notExecuted?: string): Delivery {
    const { transport, edge, boot, holding, logger } = this.#parts;
    const { epoch } = holding;
    const envelope: Envelope = {
      edge,
      boot,
      ...(epoch === undefined ? {} : { epoch }),
      ...(notExecuted === undefined ? {} : { notExecuted }),
    };
    try {
      for (const { payload, place } of splitChunks(body, transport.server.maxPayload)) {
        const headers = writeEnvelope(place === undefined ? envelope : { ...envelope, chunk: place });
        transport.publish(reply, payload, { headers });
      }
      return 'sent';
    } catch (error) {
      logger.debug(`cluster: an answer did not leave: ${messageOf(error)}`);
      return 'gone';
    }
  }
}

/** With what a call waits in order. The marker says that all orders before it are told: it may overtake none. */
function laneOf(kind: CallKind, method: string): Lane {
  if (method === FLUSH) return 'cmd';
  return method === HISTORY ? 'history' : kind;
}
