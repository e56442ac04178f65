/**
 * What `doctor` says, in English: the shape that every other language has to fill. Its JSON is English in every language.
 *
 * @module
 */
import type { DiagnosisCode } from '../../bridge/doctor/diagnoses.js';
import type { StepId, StepStatus } from '../../bridge/doctor/steps.js';

/** What to do about each finding. */
const advice: Readonly<Record<DiagnosisCode, string>> = {
  BAD_ADDRESS: 'Correct the address.',
  SAME_ADDRESS: 'Give the publish address with --subscribe: a vnpy server has two addresses.',
  ZEROMQ_UNAVAILABLE: 'Reinstall the package where its native module can be installed or built.',
  HOST_UNKNOWN: 'Correct the name of the host, or use its IP address.',
  REFUSED:
    'Nobody listens there: start the server (in vnpy: the RPC service module, "start"), or correct the address. A server ' +
    'that binds 127.0.0.1 is reached from its own machine only.',
  NO_ROUTE: 'The network has no way to that host: check VPN and routing.',
  CONNECT_TIMEOUT: 'Nothing comes back: as a rule a firewall drops the packets, or the host is down.',
  NOT_PERMITTED: 'Run as a user who may open that socket.',
  NOT_ZEROMQ: 'Another program uses this port: correct the address.',
  SILENT_PORT:
    'The server process hangs or is stopped (kill -STOP, a debugger, swapping): look at it, and restart it. The other cause is a ' +
    'program that never speaks.',
  CLOSED_AT_ONCE:
    "The port accepts connections and closes them: another program, a proxy without its server, or the server's list of allowed addresses.",
  OLD_ZEROMQ: 'The server speaks ZMTP 2 or older (libzmq before 4): update pyzmq there.',
  CURVE_EXPECTED: 'The server demands CURVE: give its public key with --curve-server-key.',
  PLAIN_EXPECTED: 'The server demands PLAIN: give --plain-username and the password.',
  SECURITY_NOT_SPOKEN: 'The server uses no such security: leave the security options out, or set it up at the server.',
  CREDENTIALS_REFUSED: 'Check the keys or the password, and whether the server lets this client in.',
  PUBLISHER_AT_REQUEST: 'This is a publish address: exchange --request and --subscribe, or correct --request.',
  REPLIER_AT_SUBSCRIBE: 'This is a request address: exchange --request and --subscribe, or correct --subscribe.',
  OTHER_SOCKET: 'This is a ZeroMQ socket, but none of a vnpy server: correct the address.',
  THREAD_DEAD:
    "TCP is up, no reply and no heartbeat: the server's RPC thread has died: restart it. (One bad message ends it, while " +
    'vnpy still says that it is active. The other cause is a single call that has been running all the while.)',
  NO_REPLY:
    'Events arrive and no reply does: the two addresses belong to different servers, or one long call is running.',
  BAD_REPLY: 'Something answers that is no vnpy RpcServer: correct the request address.',
  SLOW_REPLY: 'The server is busy, or the network slow: vnpy answers one request after the other.',
  NO_HEARTBEAT:
    'Replies arrive and no heartbeat does: the publish address belongs to another program, or to a server that is not a vnpy 3.0 or newer.',
  EVENTS_STUCK:
    "The server's event thread has ended or stands still, while its RPC thread goes on: no tick, order or trade will come. " +
    "Restart the server. Its log shows why: an event that cannot be pickled ends that thread, as OptionMaster's do. " +
    'The other cause is a publish address of another server, whose events arrive instead: correct --subscribe.',
  OLD_HEARTBEAT: 'The server is a vnpy 2: it works, but was never tested with this package. Update it.',
  UNDECODABLE_EVENTS: 'The publisher sends something else than vnpy does, or a newer vnpy than this package knows.',
  CLOCK_OFF: "The clocks differ: set both by NTP. Times of orders and ticks are the server's.",
  NO_RPC_SERVICE:
    'A vnpy RpcServer answers, but has none of the functions of the RPC service module: for trading, start that module.',
  WEBTRADER:
    "This is WebTrader's server, made for its web page: ticks, orders, trades, positions and accounts arrive, logs and contracts do " +
    'not. For all of it start the RPC service module.',
  MISSING_FUNCTIONS: 'The RPC service is an old or a changed one: commands that need these functions fail.',
  NO_CONTRACTS: 'No gateway has brought contracts: connect the gateway in vnpy, and look at its log.',
};

const titles: Readonly<Record<StepId, string>> = {
  address: 'addresses',
  'request-port': 'request port',
  'subscribe-port': 'publish port',
  connection: 'connection',
  call: 'answered call',
  python: 'Python version',
  functions: 'functions',
  contracts: 'contracts',
  enums: 'locale',
  queue: 'event queue',
  heartbeat: 'heartbeat',
  vnpy: 'vnpy version',
  clock: 'clock',
  events: 'events',
};

const marks: Readonly<Record<StepStatus, string>> = {
  ok: 'ok',
  info: 'info',
  warning: 'warn',
  fault: 'FAULT',
  skipped: 'skip',
};

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** How many things the server has. */
export interface Counts {
  readonly accounts: number;
  readonly positions: number;
  readonly orders: number;
  readonly trades: number;
}

const countText = ({ accounts, positions, orders, trades }: Counts): string =>
  `${accounts} accounts, ${positions} positions, ${orders} orders, ${trades} trades`;

/** Sentences by what they say. */
export const doctor = {
  advice,
  titles,
  marks,
  verdict: (faults: number, warnings: number): string =>
    `${faults > 0 ? 'not usable' : 'usable'}: ${counted(faults, 'fault')}, ${counted(warnings, 'warning')}`,
  /** What others say, in whatever language. */
  detail: (text: string): string => text,

  // --- addresses and ports
  addresses: (request: string, subscribe: string): string => `${request} and ${subscribe}`,
  sameAddress: (address: string): string => `${address} is given as request and as publish address`,
  notFromOutside: 'cannot be looked at from outside',
  cannotReach: (address: string, what: string): string => `${address} cannot be reached: ${what}`,
  silent: (address: string, what: string): string => `${address} accepts connections and is silent: ${what}`,
  endsAtOnce: (address: string, what: string): string => `${address} accepts connections and ends them: ${what}`,
  noZeromq: (address: string, what: string): string => `${address} answers but is no ZeroMQ: ${what}`,
  speaks: (address: string, mechanism: string): string => `${address} speaks ZeroMQ with ${mechanism}`,
  otherType: (address: string, type: string): string => `${address} is a ZeroMQ socket of the type ${type}`,
  zeromqWith: (mechanism: string, ms: string): string => `ZeroMQ with ${mechanism}, TCP connected in ${ms} ms`,
  zeromqType: (type: string, ms: string): string => `ZeroMQ, ${type}, TCP connected in ${ms} ms`,
  noAnswerWithin: (seconds: number): string => `no answer within ${seconds} s`,
  noByteWithin: (seconds: number): string => `not a byte within ${seconds} s`,
  says: (program: string | undefined, shown: string): string =>
    `${program === undefined ? '' : `${program}, `}it says ${shown}`,
  andNoMore: (what: string): string => `${what} and no more`,
  andHangsUp: (what: string): string => `${what} and hangs up`,
  closedAtOnce: 'the connection was closed before a byte came',
  olderZmtp: (what: string): string => `an older ZMTP than 3, or another protocol: ${what}`,

  // --- the connection, and calls
  handshakes: 'both handshakes done',
  stopped: 'stopped',
  answered: (ms: string): string => `answered in ${ms} ms`,
  answeredBy: (type: string, ms: string): string => `answered (${type}, as it should be) in ${ms} ms`,
  noHeartbeatEither: (what: string): string => `${what}; no heartbeat either`,
  unknown: 'unknown',
  python: (range: string, protocol: number | undefined): string =>
    protocol === undefined ? range : `${range} (pickle protocol ${protocol})`,
  thisPackage: 'none: the server is this package (Node.js)',
  orNewer: (version: string): string => `${version} or newer`,
  toVersion: (first: string, last: string): string => `${first} to ${last}`,

  // --- functions, contracts, locale
  noFunctions: 'none of the functions of vnpy_rpcservice',
  webtrader: "the functions of WebTrader's WebEngine (vnpy_webtrader)",
  missing: (names: string): string => `missing: ${names}`,
  allFunctions: (count: number): string =>
    `all ${count} that only look are there (subscribe, send_order and query_history are not called)`,
  noContracts: (others: Counts): string => `no contracts, ${countText(others)}`,
  contracts: (count: number, gateways: readonly string[], others: Counts): string =>
    `${count} contracts of ${gateways.length === 1 ? 'gateway' : 'gateways'} ${gateways.join(', ')}; ${countText(others)}`,
  noContractsForLocale: 'no contracts to tell it from',
  byName: 'enums travel by name, which no locale changes (an early Python 3.11, or this package)',
  byValue: (language: 'Chinese' | 'English' | undefined): string =>
    `enums travel by value${language === undefined ? '' : `, in ${language}`}`,

  // --- the event queue, heartbeat, clock, events
  otherAnswers: 'cannot be looked at: the answers are not those of the RPC service module',
  comesOut: (ms: string): string => `what is put into it comes out (${ms} ms)`,
  stuck: (seconds: number, others: number): string =>
    `calls are answered, and what is put into the queue has not come out within ${seconds} s` +
    (others === 0 ? '' : `, while ${others} other events came`),
  cannotLook: (what: string): string => `cannot be looked at: ${what}`,
  noneWithin: (seconds: number): string => `none within ${seconds} s`,
  noneSoFar: (seconds: number): string =>
    `none within ${seconds} s; a server sends one every 10 s: --wait 12s would tell`,
  oldHeartbeat: 'received, in the manner of vnpy 2',
  receivedAfter: (seconds: string): string => `received after ${seconds} s`,
  nothingToCompare: 'without a heartbeat there is nothing to compare',
  clock: (ms: string, isBehind: boolean): string =>
    `the server's is ${ms} ms ${isBehind ? 'behind' : 'ahead'}, network delay included`,
  nothingPublished: 'unknown: nothing was published',
  byHeartbeat: '2.0.6 to 2.9 (by its heartbeat)',
  bothFormats: 'unknown: events came in both formats',
  versions: (first: string, last: string | undefined, format: string): string =>
    `${last === undefined ? `${first} or newer` : `${first} to ${last}`} (events in the ${format} format)`,
  undecodable: (count: number, what: string): string => `${count} undecodable: ${what}`,
  noEvents: (seconds: string): string =>
    `none in ${seconds} s: normal while the market is closed, or nobody has subscribed a contract`,
  events: (seconds: string, counts: string): string => `in ${seconds} s: ${counts}`,
};

/** What every language has to say. */
export type DoctorTexts = typeof doctor;
