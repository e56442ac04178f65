/**
 * Streams of NATS (JetStream), by requests to the subjects that it answers: `$JS.API.…` (ADR-1, ADR-31, ADR-37, ADR-42).
 *
 * What is read is named in the subject of the request, so that a server can allow one account's and not another's.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.js';
import { ClusterTransportError } from '../errors.js';
import type { SystemMessage } from './nats-session.js';
import { configOf, streamOf } from './nats-stream-config.js';
import type { StreamRecord } from './nats-stream-config.js';
import { isSubject, overlap, requirePattern, requireSubject } from './patterns.js';
import { NO_RESPONDERS, STATUS_DESCRIPTION, STATUS_HEADER } from './status.js';
import { planDifferences } from './stream-plan.js';
import type {
  AppendOptions,
  Headers,
  Message,
  StoredMessage,
  StreamPlan,
  StreamState,
  Subscription,
} from './transport.js';

/** What it needs of the connection. */
export interface StreamsLink {
  ask(subject: string, payload: Uint8Array, timeout: number, headers?: Headers): Promise<SystemMessage>;
  /** Publishes to the API; a subject with wildcards is one there. */
  send(subject: string, payload: Uint8Array, reply: string): void;
  subscribe(subject: string, listener: (message: Message) => void): Subscription;
  inbox(): string;
  onLost(listener: (detail: string) => void): () => void;
}

const API = '$JS.API';
const NAMES = `${API}.STREAM.NAMES`;
/** How long what has no timeout of its own may take, in ms. */
const SERVER_TIMEOUT = 5000;
/** A server that has just lost its leader does not answer: what can be asked again is, after so long, in ms. */
const ASK_AGAIN = 1000;
/** Last messages that are asked for at the same time. */
const AT_ONCE = 64;
/** Messages that are asked for at one go. */
const BATCH = 256;
/** The server forgets a reading that stands still for so long, in ns. */
const FORGET_AFTER = 30e9;
/** Shortest time to live, in ms. The server keeps whole seconds. */
const SECOND = 1000;

/** `err_code`s of the server (server/errors.json). */
const WRONG_LAST = new Set([10071, 10164]);
const NO_STREAMS = new Set([10039, 10076]);
const NOT_FOUND = 10059;
const NAME_TAKEN = 10058;
const TOO_FEW_SERVERS = new Set([10005, 10074]);

/** Which messages a reading begins with. */
type Start =
  | { readonly deliver_policy: 'last_per_subject' }
  | { readonly deliver_policy: 'by_start_sequence'; readonly opt_start_seq: number };

/** Made anew for each time that it is asked. */
type Request = readonly [subject: string, payload: Uint8Array];

type Answer = Readonly<Record<string, unknown>>;

export class NatsStreams {
  readonly #link: StreamsLink;
  /** Which streams are known, by name: few. */
  readonly #known = new Map<string, Pick<StreamPlan, 'name' | 'subjects'>>();

  constructor(link: StreamsLink, known: readonly StreamPlan[]) {
    this.#link = link;
    for (const plan of known) this.#known.set(plan.name, plan);
  }

  async append(subject: string, payload: Uint8Array, options: AppendOptions): Promise<number> {
    const { headers = {}, expectedLast, ttl, timeout } = options;
    requireSubject(subject);
    if (ttl !== undefined && ttl < SECOND)
      throw new ClusterTransportError('FAILED', `a time to live is at least 1 s, not ${ttl} ms: nothing has left`);
    const sent = {
      ...headers,
      ...(expectedLast === undefined ? {} : { 'Nats-Expected-Last-Subject-Sequence': String(expectedLast) }),
      ...(ttl === undefined ? {} : { 'Nats-TTL': `${Math.ceil(ttl / SECOND)}s` }),
    };
    const { seq } = await this.#ask(subject, payload, timeout, sent);
    if (typeof seq !== 'number')
      throw new ClusterTransportError('FAILED', `${subject}: the answer is no acknowledgement of a stream`);
    return seq;
  }

  async last(subject: string, timeout: number): Promise<StoredMessage | undefined> {
    requireSubject(subject);
    const end = performance.now() + timeout;
    const stream = await this.#streamOf(subject, timeout);
    const answer = await this.#again(() => [`${API}.DIRECT.GET.${stream}.${subject}`, new Uint8Array()], left(end));
    const status = answer.headers[STATUS_HEADER];
    if (status === '404') return undefined;
    if (status !== undefined) throw statusError(stream, answer.headers);
    const { system, payload, headers } = answer;
    return {
      subject: system['Nats-Subject'] ?? subject,
      payload,
      headers,
      seq: Number(system['Nats-Sequence']),
      storedAt: Date.parse(system['Nats-Time-Stamp'] ?? ''),
    };
  }

  async lasts(patterns: readonly string[], timeout: number, limit: number): Promise<readonly StoredMessage[]> {
    const end = performance.now() + timeout;
    const found = new Map<string, StoredMessage>();
    const take = (message: StoredMessage | undefined): void => {
      if (message === undefined || (found.size >= limit && !found.has(message.subject))) return;
      if (message.seq > (found.get(message.subject)?.seq ?? 0)) found.set(message.subject, message);
    };
    for (const pattern of patterns) requirePattern(pattern);
    const single = patterns.filter(isSubject);
    for (let at = 0; at < single.length; at += AT_ONCE) {
      const asked = single.slice(at, at + AT_ONCE).map((subject) => this.last(subject, left(end)));
      for (const message of await Promise.all(asked)) take(message);
    }
    for (const pattern of patterns.filter((each) => !isSubject(each))) {
      for await (const page of this.#read(pattern, { deliver_policy: 'last_per_subject' }, () => left(end)))
        page.forEach(take);
    }
    return [...found.values()].sort((one, two) => one.seq - two.seq);
  }

  async *history(pattern: string, from: number, timeout: number): AsyncIterable<StoredMessage> {
    requirePattern(pattern);
    const start: Start = { deliver_policy: 'by_start_sequence', opt_start_seq: Math.max(1, from) };
    for await (const page of this.#read(pattern, start, () => timeout)) yield* page;
  }

  async ensure(plan: StreamPlan): Promise<StreamState> {
    const info = `${API}.STREAM.INFO.${plan.name}`;
    const record =
      (await this.#call(info, {}, [NOT_FOUND])) ??
      // Somebody else may make it at the same time.
      (await this.#call(`${API}.STREAM.CREATE.${plan.name}`, configOf(plan), [NAME_TAKEN])) ??
      (await this.#call(info, {}, []));
    const state = streamOf(record);
    if (state === undefined) throw new ClusterTransportError('FAILED', `the stream ${plan.name} cannot be described`);
    this.#known.set(state.name, state);
    return { ...state, differences: planDifferences(plan, state) };
  }

  /** The streams that have a subject in common with the pattern. */
  async list(pattern: string): Promise<readonly StreamState[]> {
    requirePattern(pattern);
    const all: StreamState[] = [];
    for (let offset = 0; ;) {
      const page = await this.#call(`${API}.STREAM.LIST`, { offset }, []);
      const { streams, total } = page ?? {};
      const records = Array.isArray(streams) ? (streams as readonly StreamRecord[]) : [];
      all.push(...records.flatMap((record) => streamOf(record) ?? []));
      offset += records.length;
      if (records.length === 0 || typeof total !== 'number' || offset >= total) break;
    }
    return all.filter(({ subjects }) => subjects.some((subject) => overlap(subject, pattern)));
  }

  /** The name of the stream that has a subject. @throws {@link ClusterTransportError} `NO_STREAM`. */
  async #streamOf(pattern: string, timeout: number): Promise<string> {
    for (const { name, subjects } of this.#known.values())
      if (subjects.some((subject) => overlap(subject, pattern))) return name;

    const payload = Buffer.from(JSON.stringify({ subject: pattern }));
    const { streams } = await this.#askAgain(NAMES, () => [NAMES, payload], timeout);
    const [name] = Array.isArray(streams) ? (streams as readonly unknown[]) : [];
    if (typeof name !== 'string') throw new ClusterTransportError('NO_STREAM', `no stream has the subject ${pattern}`);
    return name;
  }

  /** Reads what is there now, in pages. The server keeps where it stands, and forgets it afterwards. */
  async *#read(pattern: string, start: Start, timeout: () => number): AsyncIterable<readonly StoredMessage[]> {
    const stream = await this.#streamOf(pattern, timeout());
    const made = await this.#askAgain(`reading ${pattern}`, () => readingOf(stream, pattern, start), timeout());
    const reading = String(made['name']);
    let open = Number(made['num_pending'] ?? 0);
    try {
      while (open > 0) {
        const page = await this.#page(stream, reading, Math.min(open, BATCH), timeout());
        yield page.messages;
        // Messages that have gone meanwhile do not come; what has come meanwhile is left to whoever listens.
        if (page.isEnd) return;
        open -= page.messages.length;
      }
    } finally {
      this.#link
        .ask(`${API}.CONSUMER.DELETE.${stream}.${reading}`, new Uint8Array(), SERVER_TIMEOUT)
        .catch(() => undefined);
    }
  }

  #page(
    stream: string,
    reading: string,
    batch: number,
    timeout: number,
  ): Promise<{ readonly messages: readonly StoredMessage[]; readonly isEnd: boolean }> {
    return new Promise((resolve, reject) => {
      const messages: StoredMessage[] = [];
      const inbox = this.#link.inbox();
      const end = (finish: () => void): void => {
        clearTimeout(timer);
        stopWatching();
        subscription.close();
        finish();
      };
      const fail = (error: ClusterTransportError): void => {
        end(() => {
          reject(error);
        });
      };
      const timer = setTimeout(() => {
        fail(new ClusterTransportError('TIMEOUT', `the stream ${stream} was not read within ${timeout} ms`));
      }, timeout);
      const stopWatching = this.#link.onLost((detail) => {
        fail(
          new ClusterTransportError('FAILED', `the connection was lost while the stream ${stream} was read: ${detail}`),
        );
      });
      const subscription = this.#link.subscribe(inbox, (message) => {
        const stored = storedOf(message);
        const status = message.headers[STATUS_HEADER];
        if (stored !== undefined) {
          messages.push(stored.message);
        } else if (status === undefined || status.startsWith('1')) {
          return;
        } else if (status !== '404' && status !== '408') {
          fail(statusError(stream, message.headers));
          return;
        }
        const isEnd = stored?.pending === 0 || stored === undefined;
        if (!isEnd && messages.length < batch) return;
        end(() => {
          resolve({ messages, isEnd });
        });
      });
      try {
        const payload = Buffer.from(JSON.stringify({ batch, no_wait: true }));
        this.#link.send(`${API}.CONSUMER.MSG.NEXT.${stream}.${reading}`, payload, inbox);
      } catch (error) {
        end(() => {
          reject(error instanceof Error ? error : new Error(messageOf(error)));
        });
      }
    });
  }

  /** A call of the API. @returns undefined where the server refuses with one of the codes. */
  async #call(subject: string, body: object, codes: readonly number[]): Promise<Answer | undefined> {
    const payload = Buffer.from(JSON.stringify(body));
    const answer = parse(await this.#again(() => [subject, payload], SERVER_TIMEOUT));
    const { error } = answer;
    if (isRecord(error) && codes.includes(Number(error['err_code']))) return undefined;
    refuseErrors(subject, answer);
    return answer;
  }

  async #ask(subject: string, payload: Uint8Array, timeout: number, headers?: Headers): Promise<Answer> {
    const answer = parse(await this.#request(subject, payload, timeout, headers));
    refuseErrors(subject, answer);
    return answer;
  }

  async #askAgain(what: string, request: () => Request, timeout: number): Promise<Answer> {
    const answer = parse(await this.#again(request, timeout));
    refuseErrors(what, answer);
    return answer;
  }

  /**
   * For what may be done twice: reading, and making what has a name. While servers choose a leader for all of them, requests are
   * dropped without an answer, and a later one is answered.
   */
  #again(request: () => Request, timeout: number): Promise<SystemMessage> {
    return new Promise((resolve, reject) => {
      const end = performance.now() + timeout;
      const ask = (): void => {
        this.#request(...request(), left(end))
          .finally(() => {
            clearInterval(timer);
          })
          .then(resolve, reject);
      };
      // The first is waited for as well: a server that is only slow answers it.
      const timer = setInterval(ask, ASK_AGAIN);
      ask();
    });
  }

  /** Nobody answers where there is no stream. */
  async #request(subject: string, payload: Uint8Array, timeout: number, headers?: Headers): Promise<SystemMessage> {
    try {
      return await this.#link.ask(subject, payload, timeout, headers);
    } catch (error) {
      if (!(error instanceof ClusterTransportError) || error.code !== 'NO_RESPONDERS') throw error;
      throw new ClusterTransportError(
        'NO_STREAM',
        `no stream answers to ${subject}: there is none, the server has none at all, or its servers are choosing a leader now`,
        { cause: error },
      );
    }
  }
}

/**
 * Makes what the server keeps of a reading. Its name is new each time: the server that got the last one may be dead without that
 * the others know it.
 */
function readingOf(stream: string, pattern: string, start: Start): Request {
  const name = `r${randomBytes(8).toString('hex')}`;
  const config = {
    name,
    ...start,
    ack_policy: 'none',
    filter_subject: pattern,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: FORGET_AFTER,
  };
  const payload = Buffer.from(JSON.stringify({ stream_name: stream, action: 'create', config }));
  return [`${API}.CONSUMER.CREATE.${stream}.${name}.${pattern}`, payload];
}

function left(end: number): number {
  return Math.max(1, end - performance.now());
}

function isRecord(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null;
}

function parse({ payload }: Message): Answer {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {}; // What it lacks is told by whoever looks for it.
  }
}

function refuseErrors(subject: string, { error }: Answer): void {
  if (!isRecord(error)) return;
  const number = Number(error['err_code']);
  const text = `${subject}: ${String(error['description'])} (${number})`;
  if (WRONG_LAST.has(number)) throw new ClusterTransportError('CONFLICT', `${text}: nothing was stored`);
  if (NO_STREAMS.has(number) || number === NOT_FOUND) throw new ClusterTransportError('NO_STREAM', text);
  if (TOO_FEW_SERVERS.has(number)) throw new ClusterTransportError('UNSUITABLE', text);
  throw new ClusterTransportError('FAILED', text);
}

function statusError(stream: string, headers: Headers): ClusterTransportError {
  const { [STATUS_HEADER]: status, [STATUS_DESCRIPTION]: description = '' } = headers;
  const code = status === NO_RESPONDERS ? 'NO_STREAM' : 'FAILED';
  return new ClusterTransportError(code, `the stream ${stream} cannot be read: ${status ?? ''} ${description}`.trim());
}

/**
 * Where a message of a reading says which it is: `$JS.ACK.<stream>.<reading>.<tries>.<seq>.<count>.<time>.<left>`. The newer
 * form has the domain and account before the stream, and one token more.
 */
function storedOf({
  subject,
  payload,
  headers,
  reply,
}: Message): { readonly message: StoredMessage; readonly pending: number } | undefined {
  const tokens = reply?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const [, seq, , time, pending] = tokens.slice(tokens.length === 9 ? 4 : 6).map(Number);
  if (seq === undefined || time === undefined || pending === undefined) return undefined;
  // The listener's memory is read into again.
  const message = { subject, payload: new Uint8Array(payload), headers, seq, storedAt: Math.floor(time / 1e6) };
  return { message, pending };
}
