/**
 * One connection for requests: to one run of one edge under one lease. It ends when another has taken its place.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.js';
import { Unpickler } from '../../pickle/index.js';
import { RemoteException, RpcTransportError } from '../../rpc/index.js';
import type {
  ConnectionFailure,
  ConnectionListener,
  Frames,
  OutgoingCall,
  RequestConnection,
} from '../../rpc/index.js';
import { isMarker, KEY_HEADER, TRACE_HEADER } from '../../vnpy/internal.js';
import type { ClusterTransport } from '../transport/transport.js';
import type { Envelope } from '../wire/envelope.js';
import { clockOffset } from '../wire/edge-clock.js';
import { readWelcome, writeHello } from '../wire/hello.js';
import type { Welcome } from '../wire/hello.js';
import type { Channel } from './channel.js';
import type { KnownEdge } from './edge-watch.js';
import type { EventFilter } from './event-filter.js';
import type { LastTicks } from './last-ticks.js';
import { Questions } from './questions.js';
import type { Question } from './questions.js';
import { FLUSH, HELLO, HISTORY, kindOfCall } from '../wire/routes.js';

/** What a connection works with. */
export interface RequestParts {
  readonly channel: Channel;
  readonly filter: EventFilter;
  readonly lastTicks: LastTicks;
  /** Ms that an attempt may take. */
  readonly connectTimeout: number;
  readonly maxMessageBytes: number;
  /** So many events have not come. */
  readonly missed: (count: number) => void;
}

/** So many hellos without an answer, and the edge does not hear this client, although it is heard. */
const MAX_SILENCE = 3;

const EMPTY = new Uint8Array(0);
/** `[True, None]`, as an edge writes it. */
const NONE = Uint8Array.from([0x80, 0x04, 0x5d, 0x28, 0x88, 0x4e, 0x65, 0x2e]);

export class ClusterRequestConnection implements RequestConnection {
  readonly deliversFor: number;
  readonly #parts: RequestParts;
  readonly #listener: ConnectionListener;
  readonly #client = randomBytes(8).toString('hex');
  readonly #ends: (() => void)[] = [];
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #questions: Questions | undefined;
  #edge: KnownEdge | undefined;
  #session: Welcome | undefined;
  #hellos = 0;
  /** When the last of them left, by this machine's clock. */
  #helloAt = 0;
  #unanswered = 0;
  /** What the edge had published at the last hello: it has to be here by the next. */
  #publishedAtHello = 0;

  constructor(parts: RequestParts, listener: ConnectionListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.deliversFor = parts.channel.options.commandBudget;
    const { clock } = parts.channel.options;
    this.#ends.push(
      clock.after(parts.connectTimeout, () => {
        if (this.#state === 'opening') this.#fail('unreachable', this.#parts.channel.obstacle());
      }),
    );
    void this.#open();
  }

  send(frames: Frames, call?: OutgoingCall): Promise<void> {
    const [id = EMPTY, , body = EMPTY] = frames;
    try {
      if (call === undefined) throw notSent('a cluster routes by the function, which is not given');
      this.#send(Buffer.from(id).toString('hex'), id, body, call);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error instanceof RpcTransportError ? error : notSent(messageOf(error)));
    }
  }

  close(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#sayHello(true);
    this.#end();
  }

  async #open(): Promise<void> {
    const { channel } = this.#parts;
    try {
      const transport = await channel.open();
      if (this.#isClosed()) return;
      this.#questions = this.#listenTo(transport);
      this.#ends.push(
        channel.listen({
          changed: () => {
            this.#look();
          },
          refused: (detail) => {
            this.#questions?.refused(detail);
          },
        }),
      );
      this.#watch();
      this.#look();
    } catch (error) {
      this.#fail('unreachable', messageOf(error));
    }
  }

  #listenTo(transport: ClusterTransport): Questions {
    const { clock, beatTimeout } = this.#parts.channel.options;
    const options = { maxBytes: this.#parts.maxMessageBytes, clock, patience: beatTimeout };
    return new Questions(transport, options, {
      answered: (id, body, envelope) => {
        this.#answered(id, body, envelope);
      },
      notExecuted: (id, detail) => {
        if (id.startsWith(HELLO)) this.#noWelcome(detail);
        else this.#listener.notExecuted?.(Buffer.from(id, 'hex'), detail);
      },
    });
  }

  /** Looks at the silence of an edge of which nothing tells. */
  #watch(): void {
    const { clock, beatTimeout, renewInterval } = this.#parts.channel.options;
    const again = (ms: number, look: () => void): void => {
      let takeBack: () => void = () => undefined;
      const wait = (): void => {
        takeBack = clock.after(ms, () => {
          // When this program was busy, beats may lie unread: let it read before it judges.
          setImmediate(() => {
            setImmediate(() => {
              if (this.#isClosed()) return;
              look();
              wait();
            });
          });
        });
      };
      wait();
      this.#ends.push(() => {
        takeBack();
      });
    };
    again(beatTimeout / 4, () => {
      this.#look();
    });
    again(renewInterval, () => {
      this.#renew();
    });
  }

  /** A beat came, or did not come; the connection has changed. */
  #look(): void {
    const { channel } = this.#parts;
    if (this.#isClosed()) return;
    if (!channel.isConnected) {
      this.#fail('lost', `the connection to NATS was lost: ${channel.obstacle()}`);
      return;
    }
    const holder = channel.edges.holder;
    if (this.#state === 'opening') {
      if (holder === undefined || this.#hellos > 0) return;
      this.#edge = holder;
      this.#sayHello(false);
      return;
    }
    const session = this.#session;
    if (session === undefined || this.#edge === undefined) return;
    if (holder === undefined) {
      const known = channel.edges.get(session.edge);
      const age = known === undefined ? Infinity : channel.edges.ageOf(known);
      const why = known !== undefined && channel.edges.isFresh(known) ? channel.obstacle() : silenceText(session, age);
      this.#fail('lost', why);
    } else if (!isSame(holder, session)) {
      const { edge, epoch } = holder.beat;
      this.#fail(
        'lost',
        `${edge} holds the account now, with the epoch ${epoch}; before it was ${session.edge}, ${session.epoch}`,
      );
    } else {
      this.#edge = holder;
    }
  }

  #renew(): void {
    if (this.#state !== 'open') return;
    if (this.#unanswered >= MAX_SILENCE) {
      this.#fail(
        'lost',
        `${this.#session?.edge ?? 'the edge'} answers nothing any more, although it gives signs of life`,
      );
      return;
    }
    this.#sayHello(false);
  }

  #sayHello(isLeaving: boolean): void {
    const { subjects, account, principal, clock } = this.#parts.channel.options;
    this.#hellos++;
    this.#unanswered++;
    this.#helloAt = clock.wall();
    const offset = this.#session && this.#parts.channel.clock?.offset;
    const payload = writeHello({
      ...{ client: this.#client, wall: this.#helloAt, isLeaving },
      ...(offset === undefined ? {} : { offset }),
    });
    const subject = subjects.call('q1', account, principal, HELLO);
    const boot = this.#edge?.beat.boot;
    const envelope = { client: this.#client, ...(boot === undefined ? {} : { boot }) };
    try {
      this.#questions?.ask(`${HELLO}-${this.#hellos}`, { subject, payload, envelope });
    } catch (error) {
      if (!isLeaving) this.#fail('lost', messageOf(error));
    }
  }

  #noWelcome(detail: string): void {
    if (this.#state === 'opening') this.#fail('unreachable', detail);
  }

  #answered(id: string, body: Uint8Array, envelope: Envelope): void {
    if (id.startsWith(HELLO)) {
      this.#welcomed(body, envelope, id === `${HELLO}-${this.#hellos}`);
      return;
    }
    const { notExecuted } = envelope;
    const bytes = Buffer.from(id, 'hex');
    if (notExecuted === undefined) this.#listener.message([bytes, EMPTY, body]);
    else this.#listener.notExecuted?.(bytes, `${envelope.edge ?? 'the edge'}: ${reasonOf(body) ?? notExecuted}`);
  }

  #welcomed(body: Uint8Array, { notExecuted }: Envelope, isLast: boolean): void {
    const answer = readWelcome(body);
    if (answer === undefined) {
      if (notExecuted !== undefined) this.#noWelcome(reasonOf(body) ?? notExecuted);
      return;
    }
    if ('refused' in answer) {
      this.#parts.filter.end();
      this.#fail('handshake', `the edge does not let this client in: ${answer.refused}`, !answer.retry);
      return;
    }
    this.#unanswered = 0;
    const { channel } = this.#parts;
    const { wall } = answer;
    if (isLast) {
      const received = channel.options.clock.wall();
      channel.clock = clockOffset({ asked: this.#helloAt, heard: wall, answered: wall, received });
    }
    if (this.#state === 'opening') this.#opened(answer);
    else if (this.#state === 'open') this.#renewed(answer);
  }

  #opened(welcome: Welcome): void {
    const { channel, filter } = this.#parts;
    const { holder } = channel.edges;
    if (holder === undefined || !isSame(holder, welcome)) {
      this.#fail('unreachable', `the account changes hands: ${channel.obstacle()}`);
      return;
    }
    this.#state = 'open';
    this.#edge = holder;
    this.#session = welcome;
    this.#publishedAtHello = welcome.seq;
    channel.session = welcome;
    filter.begin(welcome, holder.beat.number);
    this.#listener.opened();
  }

  #renewed(welcome: Welcome): void {
    const session = this.#session;
    if (welcome.boot !== session?.boot || welcome.epoch !== session.epoch) return; // Its beats will tell.
    if (welcome.session !== session.session) {
      this.#fail('lost', `${welcome.edge} had forgotten this client: what it published meanwhile did not come`);
      return;
    }
    const { filter, missed } = this.#parts;
    const count = filter.published(this.#publishedAtHello, welcome.seq);
    this.#publishedAtHello = welcome.seq;
    if (count > 0) missed(count);
  }

  #send(id: string, idBytes: Uint8Array, body: Uint8Array, call: OutgoingCall): void {
    const { channel, lastTicks } = this.#parts;
    if (this.#state !== 'open') throw notSent('there is no connection to an edge');
    const { method, args } = call;
    if (method === 'get_tick') {
      void lastTicks.answer(args).then((answer) => {
        if (answer === undefined) this.#askLater(id, idBytes, body, call);
        else if (!this.#isClosed()) this.#listener.message([idBytes, EMPTY, answer]);
      });
      return;
    }
    if (method === 'get_order' && typeof args[0] === 'string' && isMarker(args[0])) {
      // It only lets a REP socket come to what stands before it. There is none, and calls of one client go in order.
      queueMicrotask(() => {
        if (!this.#isClosed()) this.#listener.message([idBytes, EMPTY, NONE]);
      });
      return;
    }
    const [request] = args;
    if (method === 'subscribe' && isOfSymbol(request)) channel.hearTicks(request.exchange.value, request.symbol);
    this.#ask(id, body, call);
  }

  /** Nothing has left yet: whatever is in the way, the caller may know that. */
  #askLater(id: string, idBytes: Uint8Array, body: Uint8Array, call: OutgoingCall): void {
    if (this.#isClosed()) return;
    try {
      this.#ask(id, body, call);
    } catch (error) {
      this.#listener.notExecuted?.(idBytes, messageOf(error));
    }
  }

  /** @throws where nothing has left. */
  #ask(id: string, body: Uint8Array, { method, args, timeout, headers }: OutgoingCall): void {
    const { subjects, account, principal, commandBudget } = this.#parts.channel.options;
    const edge = this.#edge;
    if (edge === undefined || this.#questions === undefined) throw notSent('there is no connection to an edge');
    const deadline = this.#parts.channel.edges.deadline(edge, Math.min(timeout, commandBudget));
    if (deadline === undefined) throw notSent(`${edge.beat.edge} has given no sign of life for too long`);
    const marker = args[1];
    const isFlush = method === 'cancel_order' && typeof marker === 'string' && isMarker(marker);
    const name = isFlush ? FLUSH : method;
    const { [KEY_HEADER]: key, [TRACE_HEADER]: traceparent } = headers;
    const kind = kindOfCall(name);
    const envelope: Envelope = {
      deadline,
      boot: edge.beat.boot,
      epoch: edge.beat.epoch,
      client: this.#client,
      ...(key === undefined ? {} : { key }),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const question: Question = {
      subject: subjects.call(kind, account, principal, name),
      payload: isFlush ? Buffer.from(marker) : body,
      // Any edge may answer a read that need not be of now: it has no run, and its deadline would be by another's clock.
      envelope: kind === 'q' ? { client: this.#client } : envelope,
    };
    // A history may take minutes where it is read.
    if (kind === 'q' && name !== HISTORY) this.#questions.askAny(id, question);
    else this.#questions.ask(id, question);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #fail(kind: ConnectionFailure['kind'], detail: string, refused = false): void {
    if (this.#isClosed()) return;
    this.#end();
    // At once: a call that is made in between would be said to have left.
    this.#listener.closed({ kind, detail, ...(refused ? { refused } : {}) });
  }

  #end(): void {
    const { channel, filter } = this.#parts;
    if (this.#session !== undefined && channel.session === this.#session) {
      channel.session = undefined;
      filter.pause();
    }
    this.#state = 'closed';
    for (const end of this.#ends.splice(0)) end();
    this.#questions?.close();
  }
}

function isSame({ beat }: KnownEdge, { edge, boot, epoch }: Welcome): boolean {
  return beat.edge === edge && beat.boot === boot && beat.epoch === epoch;
}

function silenceText({ edge }: Welcome, age: number): string {
  return `${edge} has given no sign of life for ${Math.round(age)} ms`;
}

function notSent(why: string): RpcTransportError {
  return new RpcTransportError('TRANSPORT_FAILED', why);
}

interface OfSymbol {
  readonly symbol: string;
  readonly exchange: { readonly value: string };
}

function isOfSymbol(request: unknown): request is OfSymbol {
  if (typeof request !== 'object' || request === null) return false;
  const { symbol, exchange } = request as Readonly<Record<string, unknown>>;
  const value: unknown = typeof exchange === 'object' && exchange !== null && 'value' in exchange ? exchange.value : '';
  return typeof symbol === 'string' && typeof value === 'string' && value !== '';
}

const unpickler = new Unpickler();

/** Why a request was not executed, of the traceback that is the answer. */
function reasonOf(body: Uint8Array): string | undefined {
  try {
    const answer = unpickler.load(body);
    const text: unknown = Array.isArray(answer) ? answer[1] : undefined;
    return typeof text === 'string' ? new RemoteException('', text).remoteMessage : undefined;
  } catch {
    return undefined; // A word in the headers has to do.
  }
}
