/**
 * Options of the client and the server, with their defaults; each is resolved once, in the constructor.
 *
 * @module
 */
import { ClassRegistry, PickleError, Pickler, Unpickler } from '../pickle/index.js';
import type { DumpsOptions, ForeignPolicy, LoadsOptions } from '../pickle/index.js';
import { DUMPS_OPTIONS, LOADS_OPTIONS } from '../pickle/internal.js';
import { option, OptionTable, without } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import type { AccessControl } from './access-control.js';
import { checkOptions, choice, duration, optionChecks, withMethods } from './checks.js';
import { RpcUsageError } from './errors.js';
import { guardedLogger } from './logger.js';
import type { Logger } from './logger.js';
import { CLIENT_SECURITY, securityCheck, SERVER_SECURITY } from './security.js';
import type { ClientSecurity, ServerSecurity } from './security.js';
import type { Transport } from './transport.js';
import { DEFAULT_TRANSPORT, TRANSPORT_NAMES, transportOf } from './transports.js';
import type { TransportName } from './transports.js';

/** Waits between attempts to connect: full jitter over a bound that doubles. */
export interface ReconnectOptions {
  /** Bound of the first wait, in ms. Default 100. */
  readonly initial?: number;
  /** Largest bound, in ms. Default 5000. */
  readonly max?: number;
}

/** How a client judges silence. */
export interface HeartbeatOptions {
  /**
   * Silence that makes a client suspicious, in ms. Default 30,000, vnpy's `HEARTBEAT_TOLERANCE` (vnpy/rpc/common.py).
   * `Infinity` turns the watch off.
   */
  readonly tolerance?: number;
  /**
   * How long a suspicious client waits for the answer to one harmless request before its status says `unresponsive`, in ms.
   * Default 5000. The request is a call of a function that no server has.
   */
  readonly probeTimeout?: number;
  /**
   * Silence of the subscription alone, in ms, that a server which answers requests has no reason for. It has to be longer
   * than the 10 s between two heartbeats of vnpy's server (vnpy/rpc/common.py). Default: `tolerance`, 30,000 at least.
   * `Infinity`, for servers that send no heartbeats, turns this watch off.
   */
  readonly feedTolerance?: number;
}

/** What vnpy's own client tolerates, in ms: `HEARTBEAT_TOLERANCE` (vnpy/rpc/common.py). */
const HEARTBEAT_TOLERANCE = 30_000;

/** Calls that may be on their way at once, unless an option says otherwise. */
export const DEFAULT_WINDOW = 64;

/** Options of an RpcClient. */
export interface RpcClientOptions {
  /** Default timeout of a call, in ms. Default 30,000, as vnpy's. `Infinity` waits for ever. */
  readonly timeout?: number;
  /** Calls that may wait for the connection or for a place in the window. Default 10,000. */
  readonly queueLimit?: number;
  /**
   * Requests that may be on their way at once. Default 64. A Python server executes one at a time, and what has left
   * cannot be taken back. With a small window more calls can still be given up. 1 is vnpy's own behaviour.
   */
  readonly window?: number;
  /** Watch over the server's silence. */
  readonly heartbeat?: HeartbeatOptions;
  /** Waits between attempts to connect. */
  readonly reconnect?: ReconnectOptions;
  /** An attempt that has not reached the ZeroMQ handshake after this time, in ms, has failed. Default 10,000. */
  readonly connectTimeout?: number;
  /** Classes that requests, replies and events carry. Default: none, so that instances are inert data. */
  readonly registry?: ClassRegistry;
  /** Limits and choices of decoding what comes in. */
  readonly loads?: Omit<LoadsOptions, 'registry' | 'buffers'>;
  /**
   * How what goes out is encoded. Default: protocol 4, which every Python that runs vnpy reads, and `foreign: 'refuse'`. An
   * argument that Python cannot load would end the server's only thread, and one that it can load is called there.
   */
  readonly dumps?: Omit<DumpsOptions, 'registry' | 'bufferCallback'>;
  /** CURVE or PLAIN. Default: none, as vnpy has it. */
  readonly security?: ClientSecurity;
  /** Largest reply or event accepted, in bytes. Default 1 GiB. A larger one costs the connection. */
  readonly maxMessageBytes?: number;
  /**
   * Messages that may wait for this program while it is busy. The receiving thread drops further events, counts them and tells
   * it; libzmq drops them without telling. Default 100,000: 5 s of 20,000 events/s, which then take some 60 MB, or 300 MB in
   * libzmq. vnpy's own client has 1,000. A publisher drops too, by a queue of its own, which in vnpy has 1,000.
   */
  readonly receiveHighWaterMark?: number;
  /** Where log lines go. Lines to `console` begin with `vnpy-bridge: `. Default: nowhere. */
  readonly logger?: Logger;
  /**
   * How to reach the server. Default `'zmtp'`, ZeroMQ's wire in TypeScript. `'zeromq'` is libzmq, by the package zeromq, which has
   * to be installed.
   */
  readonly transport?: TransportName | Transport;
  /**
   * Whether a tunnel or a proxy lies on the way to the server (ssh, frp, stunnel). It may hold a request for any time after
   * its connection is gone, so `findOrder` can call no order that is missing certain. Default false.
   */
  readonly tunnel?: boolean;
  /**
   * Where events are received. `thread` is a thread of its own, in which up to `receiveHighWaterMark` events wait while this
   * program computes. It costs some 3 µs of processor time an event. `inline` leaves them to the system and the publisher
   * meanwhile. Default `'auto'`: `thread` for a gateway, `inline` for a client.
   */
  readonly receiver?: 'inline' | 'thread' | 'auto';
}

/** Options of an RpcServer. */
export interface RpcServerOptions {
  /** Classes that requests, results and events carry. Default: none, so that instances are inert data. */
  readonly registry?: ClassRegistry;
  /**
   * Limits and choices of decoding what comes in. Default: `forward: false`. Values of a request that only some Pythons can
   * load are then data that stays here. Neither this server nor a client of this program writes them to others, unless its
   * `dumps.foreign` is `'write'`. With `forward: true` requests count as data of a Python server.
   */
  readonly loads?: Omit<LoadsOptions, 'registry' | 'buffers'>;
  /**
   * Choices of encoding what goes out. Default: protocol 4, which every Python that runs vnpy reads, and `foreign: 'decoded'`.
   * That decides about values that only some Pythons can load, of the kinds that `ForeignPolicy` lists:
   *
   * - Values of a Python server may go to others, in a reply or an event that an RpcClient read. So may values that `loads` read.
   * - Persistent ids and arrays of more than 32 dimensions are refused.
   * - Values that this program made, or that came in a request, are refused. See `loads`.
   */
  readonly dumps?: Omit<DumpsOptions, 'registry' | 'bufferCallback'>;
  /** Time between heartbeats, in ms. Default 10,000, vnpy's `HEARTBEAT_INTERVAL` (vnpy/rpc/common.py). */
  readonly heartbeatInterval?: number;
  /** Names that clients may call. Default: all that are registered. */
  readonly allow?: readonly string[];
  /** IP addresses that may connect. Default: all. */
  readonly allowAddresses?: readonly string[];
  /**
   * Who may connect, call and get events, where `allow`, `allowAddresses` and `security` allow it, too. It needs a transport
   * that can tell who sent a message, as `'zmtp'` can. Default: none.
   */
  readonly access?: AccessControl;
  /** CURVE or PLAIN. Default: none, as vnpy has it. */
  readonly security?: ServerSecurity;
  /** Leave the stack frames out of the tracebacks that clients get. Default false. */
  readonly hideStack?: boolean;
  /**
   * Largest request that is run, in bytes. Default 16 MiB. A larger one is answered with an error. One of more than
   * four times the size ends the client's connection, before memory is spent on it.
   */
  readonly maxRequestBytes?: number;
  /** Requests of all clients that may wait or run. Default 10,000. One more is answered with an error. */
  readonly maxPending?: number;
  /** Requests of one client that may wait or run. Default 1000. One more is answered with an error. */
  readonly maxPendingPerClient?: number;
  /** Answers that may wait for a client that does not read. Default 1000. More are dropped and counted. */
  readonly replyHighWaterMark?: number;
  /** Events that may wait for a subscriber that does not read. Default 50,000. ZeroMQ drops more without telling. */
  readonly publishHighWaterMark?: number;
  /** How long `stop()` waits for running handlers, in ms. Default 500. */
  readonly gracePeriod?: number;
  /** Where log lines go. Lines to `console` begin with `vnpy-bridge: `. Default: nowhere. */
  readonly logger?: Logger;
  /**
   * How clients reach the server. Default `'zmtp'`, ZeroMQ's wire in TypeScript. `'zeromq'` is libzmq, by the package zeromq, which
   * has to be installed.
   */
  readonly transport?: TransportName | Transport;
}

/** setTimeout's largest delay; a longer one would fire at once. */
export const MAX_DELAY = 2 ** 31 - 1;

/** libzmq counts messages in 32 bits, and takes what is beyond for another number, or for no limit at all. */
const MAX_HIGH_WATER_MARK = 2 ** 31 - 1;

// A registry is one option for both, and a message has no buffers beside it. The codec checks their values.
const LOADS_NAMES = without(LOADS_OPTIONS.rows, 'registry', 'buffers');
const DUMPS_NAMES = without(DUMPS_OPTIONS.rows, 'registry', 'bufferCallback');

/** The options `heartbeat` of a client. */
export const HEARTBEAT_OPTIONS = new OptionTable(
  optionChecks,
  'heartbeat',
  {
    tolerance: option.duration(HEARTBEAT_TOLERANCE),
    probeTimeout: option.duration(5000),
    feedTolerance: option.duration(),
  } satisfies RowsOf<HeartbeatOptions>,
  { prefix: 'heartbeat.' },
);

/** The options `reconnect` of a client. */
export const RECONNECT_OPTIONS = new OptionTable(
  optionChecks,
  'reconnect',
  { initial: option.other('ms', delay, 100), max: option.other('ms', delay, 5000) } satisfies RowsOf<ReconnectOptions>,
  { prefix: 'reconnect.' },
);

const TRANSPORT_KIND = `${TRANSPORT_NAMES.map((name) => `\`'${name}'\``).join(', ')} or a \`Transport\``;

/** What client and server have in common. */
const CODEC_ROWS = {
  registry: option.instance(ClassRegistry, ClassRegistry.empty),
  loads: option.other<Omit<LoadsOptions, 'registry' | 'buffers'>>('`LoadsOptions`'),
  dumps: option.other<Omit<DumpsOptions, 'registry' | 'bufferCallback'>>('`DumpsOptions`'),
  logger: option.other('a `Logger`', (_name, value: Logger) => guardedLogger(value), guardedLogger()),
};

/** A client's options but its timeout; what stands on a client has timeouts of its own. */
export const CONNECTION_ROWS = {
  queueLimit: option.count({ least: 0 }, 10_000),
  window: option.count({ least: 1 }, DEFAULT_WINDOW),
  heartbeat: option.group('`HeartbeatOptions`', HEARTBEAT_OPTIONS),
  reconnect: option.group('`ReconnectOptions`', RECONNECT_OPTIONS),
  connectTimeout: option.other('ms', delay, 10_000),
  ...CODEC_ROWS,
  security: option.other(
    '`CurveClientSecurity`, `PlainClientSecurity`',
    securityCheck<ClientSecurity>(CLIENT_SECURITY),
  ),
  maxMessageBytes: option.count({ least: 1 }, 2 ** 30),
  receiveHighWaterMark: option.count({ least: 1, most: MAX_HIGH_WATER_MARK }, 100_000),
  transport: option.other(TRANSPORT_KIND, transportCheck('openClient'), DEFAULT_TRANSPORT),
  tunnel: option.flag(false),
  receiver: option.choice(['inline', 'thread', 'auto'], 'auto'),
} satisfies RowsOf<Omit<RpcClientOptions, 'timeout'>>;

/** The options of a client. */
export const CLIENT_OPTIONS = new OptionTable(optionChecks, 'the options of RpcClient', {
  timeout: option.duration(30_000),
  ...CONNECTION_ROWS,
} satisfies RowsOf<RpcClientOptions>);

/** The options of a server; what stands on a server adds its own. */
export const SERVER_OPTIONS = new OptionTable(optionChecks, 'the options of RpcServer', {
  ...CODEC_ROWS,
  heartbeatInterval: option.other('ms', delay, 10_000),
  allow: option.textList(),
  allowAddresses: option.textList(),
  access: option.other('an `AccessControl`', (name, value: AccessControl) =>
    withMethods(name, value, ['admit', 'decide', 'closed']),
  ),
  security: option.other(
    '`CurveServerSecurity`, `PlainServerSecurity`',
    securityCheck<ServerSecurity>(SERVER_SECURITY),
  ),
  hideStack: option.flag(false),
  maxRequestBytes: option.count({ least: 1 }, 2 ** 24),
  maxPending: option.count({ least: 1 }, 10_000),
  maxPendingPerClient: option.count({ least: 1 }, 1000),
  replyHighWaterMark: option.count({ least: 1, most: MAX_HIGH_WATER_MARK }, 1000),
  publishHighWaterMark: option.count({ least: 1, most: MAX_HIGH_WATER_MARK }, 50_000),
  gracePeriod: option.other('ms', delay, 500),
  transport: option.other(TRANSPORT_KIND, transportCheck('openServer'), DEFAULT_TRANSPORT),
} satisfies RowsOf<RpcServerOptions>);

/** {@link RpcClientOptions} with every default filled in. */
export type ResolvedClientOptions = Readonly<ReturnType<typeof resolveClientOptions>>;

/** {@link RpcServerOptions} with every default filled in. */
export type ResolvedServerOptions = Readonly<ReturnType<typeof resolveServerOptions>>;

/** @throws RpcUsageError if an option has no sense, or is none. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type follows from the table
export function resolveClientOptions(options: RpcClientOptions) {
  const { registry, ...resolved } = CLIENT_OPTIONS.resolve(options);
  const { heartbeat, reconnect } = resolved;
  return {
    ...resolved,
    heartbeat: {
      ...heartbeat,
      feedTolerance: heartbeat.feedTolerance ?? Math.max(heartbeat.tolerance, HEARTBEAT_TOLERANCE),
    },
    reconnect: { initial: reconnect.initial, max: Math.max(reconnect.initial, reconnect.max) },
    ...codecOptions(registry, options, { foreign: 'refuse', forward: true }),
    transport: transportOf(resolved.transport),
  };
}

/** @throws RpcUsageError if an option has no sense, or is none. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type follows from the table
export function resolveServerOptions(options: RpcServerOptions) {
  const { registry, allow, ...resolved } = SERVER_OPTIONS.resolve(options);
  const transport = transportOf(resolved.transport);
  if (resolved.access !== undefined && resolved.access.needsPeers !== false && transport.tellsPeers !== true) {
    throw new RpcUsageError(
      'BAD_OPTION',
      `access: ${transportName(resolved.transport)} cannot tell who sent a message: use the transport 'zmtp', or an access control whose needsPeers is false`,
    );
  }

  return {
    ...resolved,
    allow: allow === undefined ? undefined : new Set(allow),
    ...codecOptions(registry, options, { foreign: 'decoded', forward: false }),
    transport,
  };
}

function transportName(transport: TransportName | Transport): string {
  return typeof transport === 'string' ? `the transport '${transport}'` : 'this transport';
}

function codecOptions(
  registry: ClassRegistry,
  options: RpcClientOptions | RpcServerOptions,
  { foreign, forward }: { readonly foreign: ForeignPolicy; readonly forward: boolean },
): { loads: LoadsOptions; dumps: DumpsOptions } {
  const loads = checkOptions('loads', options.loads ?? {}, LOADS_NAMES);
  const dumps = checkOptions('dumps', options.dumps ?? {}, DUMPS_NAMES);
  // What is only sent may share a buffer.
  const resolved = {
    loads: { ...loads, forward: loads.forward ?? forward, registry },
    dumps: { ...dumps, pool: dumps.pool ?? true, foreign: dumps.foreign ?? foreign, registry },
  };
  byCodec('loads', () => new Unpickler(resolved.loads));
  byCodec('dumps', () => new Pickler(resolved.dumps));
  return resolved;
}

/** Lets the codec check the values of its options. @throws RpcUsageError for what it refuses */
function byCodec(what: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw new RpcUsageError('BAD_OPTION', `${what}: ${error.message}`, { cause: error });
  }
}

/** Takes the name of a transport, or one that has a method. */
function transportCheck(
  method: keyof Transport,
): (name: string, value: TransportName | Transport) => TransportName | Transport {
  return (name, value) =>
    typeof value === 'string' ? choice(name, value, TRANSPORT_NAMES) : withMethods(name, value, [method]);
}

/** @throws RpcUsageError unless `value` is a time in ms that setTimeout can wait. */
function delay(name: string, value: number): number {
  if (duration(name, value) > MAX_DELAY)
    throw new RpcUsageError('BAD_OPTION', `${name} must be at most ${MAX_DELAY} ms, not ${value}`);

  return value;
}
