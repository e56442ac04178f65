/**
 * Everything that `doctor` can find wrong, and what to do about it.
 *
 * @module
 */

/** How bad a finding is: a `fault` stops the server's clients from working, a `warning` may. */
export type Severity = 'fault' | 'warning';

/** A finding's fixed part; what was seen is told by the step. */
export interface Diagnosis {
  readonly severity: Severity;
  /** What to do. */
  readonly advice: string;
}

const fault = (advice: string): Diagnosis => ({ severity: 'fault', advice });
const warning = (advice: string): Diagnosis => ({ severity: 'warning', advice });

/** All findings by code. */
export const DIAGNOSES = {
  BAD_ADDRESS: fault('Correct the address.'),
  SAME_ADDRESS: fault('Give the publish address with --subscribe: a vnpy server has two addresses.'),
  ZEROMQ_UNAVAILABLE: fault('Reinstall the package where its native module can be installed or built.'),
  HOST_UNKNOWN: fault('Correct the name of the host, or use its IP address.'),
  REFUSED: fault(
    'Nobody listens there: start the server (in vnpy: the RPC service module, "start"), or correct the address. A server ' +
      'that binds 127.0.0.1 is reached from its own machine only.',
  ),
  NO_ROUTE: fault('The network has no way to that host: check VPN and routing.'),
  CONNECT_TIMEOUT: fault('Nothing comes back: as a rule a firewall drops the packets, or the host is down.'),
  NOT_PERMITTED: fault('Run as a user who may open that socket.'),
  NOT_ZEROMQ: fault('Another program uses this port: correct the address.'),
  SILENT_PORT: fault(
    'The server process hangs or is stopped (kill -STOP, a debugger, swapping): look at it, and restart it. The other cause is a ' +
      'program that never speaks.',
  ),
  CLOSED_AT_ONCE: fault(
    "The port accepts connections and closes them: another program, a proxy without its server, or the server's list of allowed addresses.",
  ),
  OLD_ZEROMQ: fault('The server speaks ZMTP 2 or older (libzmq before 4): update pyzmq there.'),
  CURVE_EXPECTED: fault('The server demands CURVE: give its public key with --curve-server-key.'),
  PLAIN_EXPECTED: fault('The server demands PLAIN: give --plain-username and the password.'),
  SECURITY_NOT_SPOKEN: fault(
    'The server uses no such security: leave the security options out, or set it up at the server.',
  ),
  CREDENTIALS_REFUSED: fault('Check the keys or the password, and whether the server lets this client in.'),
  PUBLISHER_AT_REQUEST: fault('This is a publish address: exchange --request and --subscribe, or correct --request.'),
  REPLIER_AT_SUBSCRIBE: fault('This is a request address: exchange --request and --subscribe, or correct --subscribe.'),
  OTHER_SOCKET: fault('This is a ZeroMQ socket, but none of a vnpy server: correct the address.'),
  THREAD_DEAD: fault(
    "TCP is up, no reply and no heartbeat: the server's RPC thread has died: restart it. (One bad message ends it, while " +
      'vnpy still says that it is active. The other cause is a single call that has been running all the while.)',
  ),
  NO_REPLY: fault(
    'Events arrive and no reply does: the two addresses belong to different servers, or one long call is running.',
  ),
  BAD_REPLY: fault('Something answers that is no vnpy RpcServer: correct the request address.'),
  SLOW_REPLY: warning('The server is busy, or the network slow: vnpy answers one request after the other.'),
  NO_HEARTBEAT: fault(
    'Replies arrive and no heartbeat does: the publish address belongs to another program, or to a server that is not a vnpy 3.0 or newer.',
  ),
  EVENTS_STUCK: fault(
    "The server's event thread has ended or stands still, while its RPC thread goes on: no tick, order or trade will come. " +
      "Restart the server. Its log shows why: an event that cannot be pickled ends that thread, as OptionMaster's do. " +
      'The other cause is a publish address of another server, whose events arrive instead: correct --subscribe.',
  ),
  OLD_HEARTBEAT: warning('The server is a vnpy 2: it works, but was never tested with this package. Update it.'),
  UNDECODABLE_EVENTS: fault(
    'The publisher sends something else than vnpy does, or a newer vnpy than this package knows.',
  ),
  CLOCK_OFF: warning("The clocks differ: set both by NTP. Times of orders and ticks are the server's."),
  NO_RPC_SERVICE: warning(
    'A vnpy RpcServer answers, but has none of the functions of the RPC service module: for trading, start that module.',
  ),
  WEBTRADER: warning(
    "This is WebTrader's server, made for its web page: ticks, orders, trades, positions and accounts arrive, logs and contracts do " +
      'not. For all of it start the RPC service module.',
  ),
  MISSING_FUNCTIONS: warning('The RPC service is an old or a changed one: commands that need these functions fail.'),
  NO_CONTRACTS: warning('No gateway has brought contracts: connect the gateway in vnpy, and look at its log.'),
} as const satisfies Readonly<Record<string, Diagnosis>>;

/** The code of a finding. */
export type DiagnosisCode = keyof typeof DIAGNOSES;
