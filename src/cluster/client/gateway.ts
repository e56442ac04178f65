/**
 * An account of a cluster as a strategy sees it: an RpcGateway that reaches its server over NATS.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { without } from '../../option-table.js';
import { RemoteException, RpcCallError } from '../../rpc/index.js';
import { OrderData, OrderRequest, replace, RpcGateway } from '../../vnpy/index.js';
import type { OrderTerms, RequestOptions } from '../../vnpy/index.js';
import { KEY_HEADER, optionsOf } from '../../vnpy/internal.js';
import { CLUSTER_GATEWAY_OPTIONS } from '../options.js';
import type { ClusterGatewayOptions } from '../options.js';
import type { EventCounts } from './event-filter.js';
import { JOURNAL } from '../wire/routes.js';
import { clientTransport } from './client-transport.js';
import type { ClusterClientTransport } from './sockets.js';

/** Options that are the cluster's and not the gateway's. */
const OWN = [
  'servers',
  'transport',
  'cluster',
  'account',
  'natsKeyFile',
  'tls',
  'principal',
  'ticks',
  'beatTimeout',
  'renewInterval',
  'commandBudget',
] as const;

/** So many calls may be under way: one connection carries them all, and an edge runs orders in order, and reads beside them. */
const WINDOW = 512;

/** So many keys are remembered: the edge and its journal know all. */
const MOST_REMEMBERED = 10_000;

/** Which edge answers this gateway now. */
export interface ClusterGatewayEdge {
  /** Its name. */
  readonly edge: string;
  /** The number of its lease: a later lease of the account has a greater one. */
  readonly epoch: number;
  /** How old its last sign of life is, in ms. */
  readonly ageMs: number;
  /** How far its clock is ahead of this one's, in ms, by one question and its answer. For people: nothing is decided by it. */
  readonly clockOffset: number | undefined;
  /** How far off `clockOffset` may be, in ms: half of the way there and back. */
  readonly clockError: number | undefined;
}

/**
 * An account of a cluster: the same maps, events and requests as those of {@link RpcGateway}, whichever edge holds it.
 *
 * @example
 * ```ts no-run
 * await using gateway = new ClusterGateway({ servers: ['nats://10.0.0.1:4222'], cluster: 'desk', account: 'ctp', principal: 'cta' });
 * await gateway.connect();
 * await gateway.subscribe('rb2705.SHFE');
 * ```
 */
export class ClusterGateway extends RpcGateway {
  readonly #transport: ClusterClientTransport;
  readonly #address: string;
  /** Events that are none of vnpy's. */
  #nameless = 0;
  /** Orders that were sent here, by their keys. */
  readonly #sent = new Map<string, { readonly order: OrderRequest; readonly answer: Promise<string> }>();

  /** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
  constructor(options: ClusterGatewayOptions) {
    const { cluster, account } = CLUSTER_GATEWAY_OPTIONS.resolve(options);
    const transport = clientTransport(options);
    // Whoever may publish as an edge is no Python server: what it calls stays here, and a relay does not write it to Python.
    const loads = { ...options.loads, forward: options.loads?.forward ?? false };
    super({ window: WINDOW, ...without(options, ...OWN), loads, transport, receiver: 'inline' });
    this.#transport = transport;
    this.on('event', ({ type }) => {
      // An edge publishes what has no topic as an Event, which has a type.
      if (type === '') this.#nameless++;
    });
    this.#address = `nats://${cluster}/${account}`;
  }

  /**
   * Connects, and resolves when the state is complete. From then on it reconnects by itself, also to another edge that has taken
   * the account over.
   *
   * @throws RpcTimeoutError and the like when no edge holds the account; RemoteException when it cannot answer.
   */
  override async connect(): Promise<void> {
    await super.connect(this.#address, this.#address);
  }

  /** The edge that answers now; undefined while there is none. */
  edge(): ClusterGatewayEdge | undefined {
    const channel = this.#transport.channel;
    const session = channel?.session;
    const known = session === undefined ? undefined : channel?.edges.get(session.edge);
    if (channel === undefined || session === undefined || known === undefined) return undefined;
    return {
      edge: session.edge,
      epoch: session.epoch,
      ageMs: channel.edges.ageOf(known),
      clockOffset: channel.clock?.offset,
      clockError: channel.clock?.error,
    };
  }

  /** What was missed of ticks and events, and what came of another edge, run or lease. */
  eventCounts(): EventCounts {
    const counts = this.#transport.counts ?? { missedEvents: 0, missedTicks: 0, stale: 0, malformed: 0 };
    return { ...counts, malformed: counts.malformed + this.#nameless };
  }

  /**
   * Sends an order, once: orders with the same key are one order, however often they are sent. Without a key it gets one.
   *
   * @throws SendOrderError, whose `outcome` says whether the order may exist, and whose `key` is for `findOrder`.
   */
  override async sendOrder(
    request: OrderRequest,
    target: string | RequestOptions = {},
    terms: OrderTerms = {},
  ): Promise<string> {
    const { key = terms.key ?? newKey(), ...options } = optionsOf(target);
    const order = withReference(request, key);
    const known = this.#sent.get(key);
    // The same order once more: the answer is there, or on its way. Another order by this key is the edge's to refuse.
    if (known !== undefined && isSame(known.order, order)) return await known.answer;
    const answer = super.sendOrder(order, options, { ...terms, key });
    if (known === undefined) this.#remember(key, order, answer);
    return await answer;
  }

  /**
   * What became of an order, by its key or its reference.
   *
   * @returns `undefined` when there is no such order, and none will come.
   * @throws GatewayError `ORDER_UNCERTAIN` and others, as RpcGateway's.
   */
  override async findOrder(
    keyOrReference: string,
    options: Omit<RequestOptions, 'gatewayName'> = {},
  ): Promise<OrderData | undefined> {
    const noted = await this.#noted(keyOrReference, options);
    if (noted?.state === 'refused') return undefined;
    if (noted?.vtOrderid !== undefined) {
      const known = this.orders.get(noted.vtOrderid) ?? (await this.#ask(noted.vtOrderid, options));
      if (known !== undefined) return known;
    }
    return await super.findOrder(noted?.reference ?? keyOrReference, options);
  }

  /** What failed is forgotten: the journal knows whether it may be sent again. */
  #remember(key: string, order: OrderRequest, answer: Promise<string>): void {
    this.#sent.set(key, { order, answer });
    answer.catch(() => {
      this.#sent.delete(key);
    });
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > MOST_REMEMBERED && oldest !== undefined) this.#sent.delete(oldest);
  }

  async #ask(vtOrderid: string, options: RequestOptions): Promise<OrderData | undefined> {
    const found: unknown = await this.client
      .call('get_order', [vtOrderid], callOptions(options))
      .catch(() => undefined);
    return found instanceof OrderData ? found : undefined;
  }

  /** What the journal has of a key; undefined where it has nothing, or there is none. */
  async #noted(key: string, options: RequestOptions): Promise<Noted | undefined> {
    if (typeof key !== 'string' || key === '' || !isHeader(key)) return undefined;
    try {
      const answer = await this.client.call(JOURNAL, [], { ...callOptions(options), headers: { [KEY_HEADER]: key } });
      return notedIn(answer);
    } catch (error) {
      // The search goes on by the reference: it says what it can know.
      if (error instanceof RemoteException || error instanceof RpcCallError) return undefined;
      throw error;
    }
  }
}

/** What the journal has of an order. */
interface Noted {
  readonly state: string;
  readonly reference: string | undefined;
  readonly vtOrderid: string | undefined;
}

function notedIn(answer: unknown): Noted | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { state, reference, vtOrderid } = answer as Readonly<Record<string, unknown>>;
  if (typeof state !== 'string') return undefined;
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  return { state, reference: text(reference), vtOrderid: text(vtOrderid) };
}

function callOptions({ timeout, signal }: RequestOptions): {
  readonly timeout?: number;
  readonly signal?: AbortSignal;
} {
  return { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
}

function isHeader(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

function isSame(one: OrderRequest, other: OrderRequest): boolean {
  const [fields, others] = [one, other].map((order) => new Map<string, unknown>(Object.entries(order)));
  return (
    fields !== undefined && others !== undefined && [...fields].every(([name, value]) => others.get(name) === value)
  );
}

/** An order without a reference gets that of its key: sent again by the same key, it is the same order in all fields. */
function withReference(request: OrderRequest, key: string): OrderRequest {
  if (!(request instanceof OrderRequest) || request.reference !== '') return request;
  return replace(request, { reference: `vb-${createHash('sha256').update(key).digest('hex').slice(0, 18)}` });
}

/** A key that no other order has. */
function newKey(): string {
  return `vb-${Date.now().toString(36)}-${randomBytes(8).toString('hex')}`;
}
