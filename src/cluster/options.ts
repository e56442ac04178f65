/**
 * The options of the cluster's gateway and edge, described.
 *
 * @module
 */
import { option, OptionTable, without } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { optionChecks, withMethods } from '../rpc/internal.js';
import { GATEWAY_OPTIONS, SERVICE_OPTIONS } from '../vnpy/internal.js';
import type { EngineGuard, RpcGatewayOptions, RpcServiceOptions, TradingEngine } from '../vnpy/index.js';
import type { Holding } from './account/holding.js';
import type { EngineParts } from './edge/fenced-engine.js';
import type { JournalAnswer } from './edge/intake.js';
import { SYSTEM_CLOCK } from './transport/clock.js';
import type { ClusterClock } from './transport/clock.js';
import { NATS_TLS } from './transport/nats-options.js';
import type { NatsTlsOptions } from './transport/nats-options.js';
import type { ClusterTransport } from './transport/transport.js';

/** Where a cluster is, and which of its accounts is meant. */
export interface ClusterPlace {
  /** Addresses of NATS servers, `nats://10.0.0.1:4222`. Default: none, and then a `transport` has to be given. */
  readonly servers?: readonly string[];
  /** A connection that there is already. It is not closed with what uses it. Default: one to `servers`. */
  readonly transport?: ClusterTransport;
  /** The name of the cluster: its first token in every subject. */
  readonly cluster: string;
  /** The account: a group of edges that reach the same one, or the same feed. */
  readonly account: string;
  /** The file with the seed of the NATS key, as `nk -gen user` writes it. Default: no key. */
  readonly natsKeyFile?: string;
  /** TLS of the connection to NATS. Default: where a server wants it, or its address begins with `tls://`. */
  readonly tls?: NatsTlsOptions;
}

/** Options of RpcGateway that have no meaning on NATS. */
type OfSockets = 'transport' | 'security' | 'tunnel' | 'receiver' | 'receiveHighWaterMark';

/** Options of ClusterGateway: those of RpcGateway that do not concern sockets, and its own. */
export interface ClusterGatewayOptions extends ClusterPlace, Omit<RpcGatewayOptions, OfSockets> {
  /** As whom it comes: the name of a principal, which the NATS server has to allow. */
  readonly principal: string;
  /**
   * Which ticks are received.
   *
   * - `'subscribed'` (default): those of symbols that were subscribed here.
   * - `'all'`: those of all symbols that anybody has subscribed.
   */
  readonly ticks?: 'subscribed' | 'all';
  /** After so many ms without a sign of life the edge is taken for gone, and nothing leaves. Default 1,500. */
  readonly beatTimeout?: number;
  /** How often to tell the edge that this client is there, in ms. Default 1,000. The edge forgets it after three without. */
  readonly renewInterval?: number;
  /**
   * How long a call may take until the edge begins it, in ms. The edge does not begin it later. Default 5,000; a shorter `timeout`
   * of the call counts instead.
   */
  readonly commandBudget?: number;
}

/** Options of RpcService that an edge sets itself, or that concern sockets. */
type OfServers =
  | 'transport'
  | 'security'
  | 'guard'
  | 'access'
  | 'allowAddresses'
  | 'refuseOrders'
  | 'heartbeatInterval'
  | 'replyHighWaterMark'
  | 'publishHighWaterMark';

/** Options of Edge: those of RpcService that do not concern sockets, and its own. */
export interface EdgeOptions extends ClusterPlace, Omit<RpcServiceOptions, OfServers> {
  /** The name of this edge: no other of the account has it. */
  readonly edge: string;
  /** Who may do what. Default: whoever the NATS server lets publish may do all, which is said once. */
  readonly guard?: EngineGuard;
  /** Says whether this edge holds the account. Default: it does. */
  readonly holding?: Holding;
  /** Stands before the engine, behind the guard. Default: looks at lease and deadline as an order leaves. */
  readonly wrap?: (engine: TradingEngine, parts: EngineParts) => TradingEngine;
  /** What is written down of an order, by its key, for the principal that asks. Default: there is no journal. */
  readonly lookup?: (key: string, principal: string) => Promise<JournalAnswer | undefined>;
  /** From one sign of life to the next, in ms. Default 300. */
  readonly beatInterval?: number;
  /** After so many ms without a word a client is forgotten. Default 3,500. */
  readonly clientTimeout?: number;
  /** How many servers keep the last tick of each symbol. Default 1; 0: they are not kept. */
  readonly lastTickReplicas?: number;
}

const name = option.required(option.text());

const PLACE_ROWS = {
  servers: option.textList(),
  transport: option.other('a `ClusterTransport`', (what, value: ClusterTransport) =>
    withMethods(what, value, ['publish', 'subscribe', 'request', 'flush', 'inbox', 'status', 'append', 'close']),
  ),
  cluster: name,
  account: name,
  natsKeyFile: option.text(),
  tls: option.other('an object', (_name, given: NatsTlsOptions) => NATS_TLS.check(given)),
} satisfies RowsOf<ClusterPlace>;

/** The options of both that say where the cluster is. */
export const CLUSTER_PLACE_OPTIONS = new OptionTable(optionChecks, 'the options of a cluster', PLACE_ROWS);

/** The options of a gateway. */
export const CLUSTER_GATEWAY_OPTIONS = new OptionTable(optionChecks, 'the options of ClusterGateway', {
  ...without(GATEWAY_OPTIONS.rows, 'transport', 'security', 'tunnel', 'receiver', 'receiveHighWaterMark'),
  ...PLACE_ROWS,
  principal: name,
  ticks: option.choice(['subscribed', 'all'], 'subscribed'),
  beatTimeout: option.duration(1500),
  renewInterval: option.duration(1000),
  commandBudget: option.duration(5000),
} satisfies RowsOf<ClusterGatewayOptions>);

/** The options of an edge. */
export const EDGE_OPTIONS = new OptionTable(optionChecks, 'the options of Edge', {
  ...without(
    SERVICE_OPTIONS.rows,
    'transport',
    'security',
    'access',
    'allowAddresses',
    'refuseOrders',
    'heartbeatInterval',
    'replyHighWaterMark',
    'publishHighWaterMark',
  ),
  ...PLACE_ROWS,
  edge: name,
  holding: option.other('a `Holding`', (what, value: Holding) => withMethods(what, value, ['onChange'])),
  wrap: option.callback<NonNullable<EdgeOptions['wrap']>>(),
  lookup: option.callback<NonNullable<EdgeOptions['lookup']>>(),
  beatInterval: option.duration(300),
  clientTimeout: option.duration(3500),
  lastTickReplicas: option.count({ least: 0, most: 5 }, 1),
} satisfies RowsOf<EdgeOptions>);

/** The clock that all goes by; tests have their own. */
export const CLUSTER_CLOCK: ClusterClock = SYSTEM_CLOCK;
