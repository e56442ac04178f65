/**
 * Every option of `vnpy-bridge`, once. A command names those that it takes.
 *
 * @module
 */
import { OptionGroup } from '../kit/option.js';
import type { Option } from '../kit/option.js';
import { DEFAULT_TRANSPORT, TRANSPORT_NAMES } from '../../rpc/internal.js';
export type { NamedServer } from '../kit/parsers.js';
import { color, config, OPERATION, OUTPUT } from '../kit/options.js';
import { account, CLIENT_TIMES, NATS_ACCESS } from './cluster-options.js';
import {
  choice,
  duration,
  hostPort,
  lastMoment,
  moment,
  namedServer,
  size,
  speed,
  text,
  vnpyVersion,
  vtSymbol,
  whole,
} from '../kit/parsers.js';

export const SERVER = new OptionGroup('The vnpy server');
export const SECURITY = new OptionGroup('Security towards the vnpy server');
export const EVENTS = new OptionGroup('Events');
export const CALL = new OptionGroup('Call');
export const FILTER = new OptionGroup('Filter');
export const HISTORY = new OptionGroup('History');
export const RECORDING = new OptionGroup('Recording');
export const REPLAY = new OptionGroup('Replay');
export const SIMULATION = new OptionGroup('Simulation');
export const SERVING = new OptionGroup('Serving');
export const GUARD = new OptionGroup('Guard');
export const ALERTS = new OptionGroup('Alerts');
export const AUDIT = new OptionGroup('Audit');
export const SERVING_SECURITY = new OptionGroup('Security of what is served');
export const WEB = new OptionGroup('The console');

// --- the vnpy server

export const request = SERVER.value('request <address>', text, {
  description: "The vnpy server's request address; serve and replay are the server and bind it",
  default: 'tcp://127.0.0.1:2014',
});

export const subscribe = SERVER.value('subscribe <address>', text, {
  description: "The vnpy server's publish address; serve and replay are the server and bind it (format of vnpy 4.5)",
  default: 'tcp://127.0.0.1:4102',
});

export const subscribePair = SERVER.optional('subscribe-pair <address>', text, {
  description: 'A second publish address to bind, for clients of vnpy 3.0 to 4.4',
});

export const timeout = SERVER.value('timeout <time>', duration, {
  description: 'How long to wait for the connection and for each answer',
  default: '30s',
});

export const transport = SERVER.value('transport <name>', choice(TRANSPORT_NAMES), {
  description:
    "How to speak ZeroMQ: zmtp is this program's own, zeromq is libzmq by the package zeromq, if that is installed",
  default: DEFAULT_TRANSPORT,
});

// --- security towards the server

export const curveServerKey = SECURITY.optional('curve-server-key <key>', text, {
  description: "CURVE: the server's public key, 40 characters",
});

export const curvePublicKey = SECURITY.optional('curve-public-key <key>', text, {
  description: "CURVE: this client's public key; left out with the secret key, a new pair is made for each run",
});

export const curveSecretKey = SECURITY.secret('curve-secret-key', { description: "CURVE: this client's secret key" });

export const curveSecretKeyFile = SECURITY.optional('curve-secret-key-file <file>', text, {
  description: "CURVE: a file with this client's secret key",
});

export const plainUsername = SECURITY.optional('plain-username <name>', text, { description: 'PLAIN: the user name' });

export const plainPassword = SECURITY.secret('plain-password', { description: 'PLAIN: the password' });

export const plainPasswordFile = SECURITY.optional('plain-password-file <file>', text, {
  description: 'PLAIN: a file with the password',
});

// --- output

export const json = OUTPUT.flag('json', {
  description: 'JSON for programs: one value, or one line for each item of a stream; errors as JSON too',
});

export const csv = OUTPUT.flag('csv', { description: 'Comma separated values with a header line' });

export const bom = OUTPUT.value('bom <when>', choice(['auto', 'always', 'never']), {
  description: 'Whether --csv begins with a byte order mark, which Excel wants: auto is on a Chinese Windows',
  default: 'auto',
});

export const upColor = OUTPUT.value('up <color>', choice(['auto', 'red', 'green']), {
  description: 'Colour of a rising price: red, green or auto, which is red where LC_ALL, LANG or Windows is Chinese',
  default: 'auto',
});

// --- events

export const topic = EVENTS.value('topic <prefix>', text, {
  description: 'Only topics that start with this; vnpy_rpcservice publishes everything under the empty topic',
  default: '',
});

export const type = EVENTS.list('type <type>', text, {
  description: 'Only events whose type starts with this, eTick. for instance; may be repeated',
});

export const symbol = EVENTS.list('symbol <vt_symbol>', vtSymbol, {
  description: 'Only this contract; may be repeated',
});

export const ask = EVENTS.flag('ask', {
  description: 'Ask the server for the ticks of each --symbol first: vnpy sends only what somebody has subscribed',
});

export const all = EVENTS.flag('all', { description: 'Show heartbeats, timers and the second copy of each event too' });

export const count = EVENTS.optional('count <n>', whole(1), { description: 'End after this many events' });

export const forDuration = EVENTS.optional('for <time>', duration, { description: 'End after this time' });

export const wait = EVENTS.value('wait <time>', duration, {
  description: 'How long doctor listens for a heartbeat (vnpy sends one every 10 s) and for events',
  default: '12s',
});

// --- queries

export const kwargs = CALL.optional('kwargs <json>', text, {
  description: 'Keyword arguments as a JSON object; its values are written as the other arguments',
});

export const active = FILTER.flag('active', { description: 'Only orders that can still trade' });

export const find = FILTER.optional('find <text>', text, {
  description: 'Only rows that contain this text, in whatever case',
});

export const interval = HISTORY.value('interval <name>', choice(['1m', '1h', 'd', 'w', 'tick']), {
  description: 'Length of the bars: 1m, 1h, d or w; tick for single ticks (with --datafeed)',
  default: '1m',
});

export const start = HISTORY.optional('start <time>', moment, {
  description: "Beginning of the history; without a zone in this machine's (default: one day before the end)",
});

export const end = HISTORY.optional('end <time>', lastMoment, {
  description: 'End of the history; a date alone means the whole day (default: now)',
});

export const datafeed = HISTORY.flag('datafeed', {
  description: 'The server is a datafeed server (query_bar_history), not a trading server (query_history)',
});

// --- recording

export const rotateSize = RECORDING.optional('rotate-size <bytes>', size(1), {
  description: 'Begin a new file when this one has reached this size, 1GiB for instance',
});

export const rotateTime = RECORDING.optional('rotate-time <time>', duration, {
  description: 'Begin a new file after this time, 1h for instance',
});

export const flush = RECORDING.value('flush <time>', duration, {
  description: 'Write to the disk at least this often: what a crash can cost',
  default: '1s',
});

export const fsync = RECORDING.flag('fsync', {
  description: 'Wait for the disk at each write, so that a power failure costs no more than a crash',
});

export const compress = RECORDING.flag('compress', {
  description: 'Compress with zstd; recording and reading need Node.js 22.15 or newer then',
});

export const snapshotCall = RECORDING.list('snapshot-call <name>', text, {
  description: 'A further function without arguments whose answer belongs to the snapshot; may be repeated',
});

// --- replay

export const replaySpeed = REPLAY.value('speed <factor>', speed, {
  description: '1 is real time, 10 ten times as fast, max as fast as it goes',
  default: '1',
});

export const loop = REPLAY.flag('loop', { description: 'Begin again at the end' });

export const replayHistory = REPLAY.list('history <file>', text, {
  description: 'Bars for query_history, as "history --csv" or "--json" writes them; may be repeated',
});

export const historyFromTicks = REPLAY.flag('history-from-ticks', {
  description: 'Answer query_history with minute bars of the recorded ticks up to the present one',
});

export const waitForClient = REPLAY.flag('wait-for-client', {
  description: 'Hold the events back until a client has called a function',
});

export const stay = REPLAY.flag('stay', { description: 'Go on answering calls after the last event, until Ctrl-C' });

export const from = REPLAY.optional('from <time>', moment, { description: 'Leave out the events before this time' });

export const to = REPLAY.optional('to <time>', moment, { description: 'Leave out the events after this time' });

export const trade = REPLAY.flag('trade', {
  description: 'Accept orders and match them against the recorded ticks; without it orders are refused',
});

// --- simulation

export const simulate = SIMULATION.flag('simulate', {
  description: 'Serve the simulated market: contracts, ticks, matching, positions and accounts',
});

export const rate = SIMULATION.value('rate <n>', whole(1, 1000), {
  description: 'Ticks per second of each subscribed contract, at most 1000',
  default: '2',
});

export const seed = SIMULATION.value('seed <n>', whole(0), {
  description: 'Seed of the random walk: the same seed gives the same prices',
  default: '1',
});

export const contracts = SIMULATION.optional('contracts <file>', text, {
  description:
    'The contracts of the simulated market: a file of "contracts --json", or the request address of a vnpy server',
});

export const optionChains = SIMULATION.flag('option-chains', {
  description: 'Add chains of options: IO of CFFEX on IF2703, and rb of SHFE on rb2705',
});

export const sessions = SIMULATION.flag('sessions', {
  description:
    'Trade in the hours of the Chinese exchanges alone, by day and by night; without it the market never closes',
});

export const holidays = SIMULATION.optional('holidays <file>', text, {
  description: 'A JSON file with days on which the exchanges are closed: ["2027-01-01", "2027-02-05/2027-02-11"]',
});

export const closeByDay = SIMULATION.flag('close-by-day', {
  description: "Tell today's and yesterday's positions apart: SHFE and INE need CLOSETODAY and CLOSEYESTERDAY",
});

export const fees = SIMULATION.optional('fees <file>', text, {
  description:
    'A JSON file with fees by contract or product: {"rb.SHFE": {"ofTurnover": 0.0001}, "IO.CFFEX": {"perVolume": 15}}',
});

/** How a market is simulated, where one is. */
export const SIMULATED: readonly Option<unknown>[] = [
  simulate,
  rate,
  seed,
  contracts,
  optionChains,
  sessions,
  holidays,
  closeByDay,
  fees,
];

// --- serving

export const serveRequest = SERVING.value('serve-request <address>', text, {
  description: 'Where the relay answers requests',
  default: 'tcp://127.0.0.1:12014',
});

export const serveSubscribe = SERVING.value('serve-subscribe <address>', text, {
  description: 'Where the relay publishes for clients of vnpy 4.5 and later',
  default: 'tcp://127.0.0.1:14102',
});

export const serveSubscribePair = SERVING.value('serve-subscribe-pair <address>', text, {
  description: 'Where the relay publishes for clients of vnpy 3.0 to 4.4',
  default: 'tcp://127.0.0.1:14103',
});

export const serveAllow = SERVING.list('serve-allow <function>', text, {
  description: 'Only these functions may be called; may be repeated',
});

export const serveReadOnly = SERVING.flag('serve-read-only', {
  description: 'Only functions that change nothing may be called: no send_order, no cancel_order',
});

export const serveAllowAddress = SERVING.list('serve-allow-address <ip>', text, {
  description: 'Only clients with these IP addresses may connect; may be repeated',
});

export const serveOldestClient = SERVING.optional('serve-oldest-client <version>', vnpyVersion, {
  description: 'The oldest vnpy that clients run, 4.0 for instance: data that it cannot load is left out and counted',
});

export const servePlainClasses = SERVING.flag('serve-plain-classes', {
  description:
    'Leave out what clients with nothing but vnpy cannot load, the classes of applications for instance; it is counted',
});

export const dropGoneContracts = SERVING.flag('drop-gone-contracts', {
  description: 'Hand on no contract that the vnpy server does not have any more; for a relay that runs for months',
});

export const serveCurve = SERVING_SECURITY.flag('serve-curve', {
  description: 'Demand CURVE of the clients; needs the secret key',
});

export const serveCurveSecretKey = SERVING_SECURITY.secret('serve-curve-secret-key', {
  description: "CURVE: this server's secret key",
});

export const serveCurveSecretKeyFile = SERVING_SECURITY.optional('serve-curve-secret-key-file <file>', text, {
  description: "CURVE: a file with this server's secret key",
});

export const serveCurveClientKey = SERVING_SECURITY.list('serve-curve-client-key <key>', text, {
  description:
    'CURVE: public key of a client that may connect (default: any that knows the public key); may be repeated',
});

export const servePlainUsers = SERVING_SECURITY.secret('serve-plain-users', {
  description: 'PLAIN: a JSON object of passwords by user name',
});

export const servePlainUsersFile = SERVING_SECURITY.optional('serve-plain-users-file <file>', text, {
  description: 'PLAIN: a file with a JSON object of passwords by user name',
});

// --- the console

export const webListen = WEB.value('web-listen <host:port>', hostPort, {
  description: 'Where the console listens; port 0 takes a free one',
  default: '127.0.0.1:8787',
});

export const webServer = WEB.repeated('server <name=request,subscribe>', namedServer, {
  description:
    'One of several vnpy servers in one page: its name, and its two addresses; may be repeated (default: that of --request and ' +
    '--subscribe)',
});

export const webTrade = WEB.flag('web-trade', {
  description: 'Send and cancel orders; without it the console only looks',
});

export const webStrategies = WEB.flag('web-strategies', {
  description:
    'Show the CTA and spread strategies and the algorithms of the vnpy server, and with --web-trade control them; the server ' +
    'needs the functions of examples/app_control.py',
});

export const webUsers = WEB.optional('web-users <file>', text, {
  description:
    'The file of users, made for its owner alone when it is missing; what the console keeps lies beside it, in FILE.data',
});

export const webMaxVolume = WEB.value('web-max-volume <lots>', whole(1), {
  description: 'Lots of one order at most',
  default: '100',
});

export const webOrigin = WEB.list('web-origin <origin>', text, {
  description: 'Another origin by which browsers reach it, https://desk.example.com; may be repeated',
});

export const webBehindProxy = WEB.flag('web-behind-proxy', {
  description: 'A proxy of this machine stands before it, and adds X-Forwarded-For',
});

export const webTlsCert = WEB.optional('web-tls-cert <file>', text, { description: 'Certificate, as PEM' });

export const webTlsKey = WEB.optional('web-tls-key <file>', text, { description: 'Key of the certificate, as PEM' });

export const webPlainHttp = WEB.flag('web-plain-http', {
  description: 'Listen at other addresses than loopback without TLS; nobody trades then',
});

export const webRequireTotp = WEB.flag('web-require-totp', {
  description: 'Whoever may trade needs a second factor',
});

export const webReplay = WEB.optional('replay <file>', text, {
  description: 'Show a recording in place of a vnpy server; with --web-trade orders are matched against its ticks',
});

export const webRole = WEB.value('role <role>', text, {
  description: 'What the user may do: viewer, trader, admin or audit; with a policy, a role of it',
  default: 'viewer',
});

export const webToken = WEB.flag('token', {
  description: 'Make a token for a program; it is the last line on standard output, and nowhere else',
});

// --- guard

export const guard = GUARD.optional('guard <file>', text, {
  description: 'The policy: who may do what, with limits, halt and audit (docs/guard.md)',
});

export const guardState = GUARD.optional('guard-state <folder>', text, {
  description: "Where the guard's counts and halts are kept (default: NAME.state beside the policy)",
});

export const guardControl = GUARD.optional('guard-control <address>', text, {
  description: 'Path of the socket (on Windows \\\\.\\pipe\\NAME) where a guard takes halt, resume and status',
});

export const guardRefuse = GUARD.value('guard-refuse <how>', choice(['empty', 'exception']), {
  description: 'How a refused order is answered: empty is an empty id and a log line, as vnpy itself does',
  default: 'empty',
});

export const guardLook = GUARD.list('guard-look <ip>', text, {
  description: 'Look at this address, too, whether clients can reach the vnpy server past the guard; may be repeated',
});

export const principal = GUARD.optional('principal <name>', text, {
  description: 'A principal of the policy; with --nats who this program is',
});

export const level = GUARD.value('level <level>', choice(['halt', 'reduce']), {
  description: 'halt refuses all orders, reduce lets through those that provably reduce a position',
  default: 'halt',
});

export const scope = GUARD.value('scope <scope>', text, {
  description: 'What is halted: all, or principal:NAME, role:NAME, gateway:NAME, account:GATEWAY.ID, symbol:PATTERN',
  default: 'all',
});

export const reason = GUARD.optional('reason <text>', text, { description: 'Why, for the audit' });

export const keepOrders = GUARD.flag('keep-orders', { description: 'Refuse new orders, and cancel none that work' });

export const acceptUnknown = GUARD.flag('accept-unknown', {
  description: 'Resume though the outcome of some orders is unknown',
});

// --- alerts

export const alertWebhook = ALERTS.repeated('alert-webhook <url>', text, {
  description:
    'Post alerts there: a robot of WeCom, DingTalk or Feishu, or any address that takes JSON; may be repeated',
});

export const alertWebhookFile = ALERTS.optional('alert-webhook-file <file>', text, {
  description: 'A file with a JSON list of webhooks: {"url", "format", "secret"}',
});

export const alertSecret = ALERTS.secret('alert-secret', {
  description: 'What messages to --alert-webhook are signed with, by DingTalk and Feishu',
});

export const alertSecretFile = ALERTS.optional('alert-secret-file <file>', text, {
  description: 'A file with the secret that messages to --alert-webhook are signed with',
});

export const alertFormat = ALERTS.value(
  'alert-format <name>',
  choice(['auto', 'json', 'wecom', 'dingtalk', 'feishu']),
  {
    description: 'How --alert-webhook wants them: auto goes by the host, and takes json for one that it does not know',
    default: 'auto',
  },
);

export const alertLanguage = ALERTS.value('alert-language <name>', choice(['zh', 'en', 'both']), {
  description: 'The language of alerts',
  default: 'both',
});

export const alertName = ALERTS.optional('alert-name <name>', text, {
  description: "Says in each alert where it comes from (default: this machine's name and the command)",
});

// --- audit

export const publicKey = AUDIT.optional('public-key <file>', text, {
  description: 'The public key of the anchors, kept elsewhere',
});

export const anchors = AUDIT.list('anchors <file>', text, {
  description: 'A file of anchors that was kept elsewhere; may be repeated',
});

export const rule = AUDIT.optional('rule <name>', text, { description: 'Only what this rule refused' });

export const outcome = AUDIT.optional('outcome <name>', text, {
  description: 'Only this outcome: passed, refused, sent, not-sent or unknown',
});

export const order = AUDIT.optional('order <id>', text, {
  description: "Only this order: its vt_orderid, its reference or the guard's own id",
});

export const day = AUDIT.optional('day <date>', text, { description: 'Only this day, 2026-11-29 for instance' });

// --- operation

export const metrics = OPERATION.optional('metrics <host:port>', hostPort, {
  description: 'Serve Prometheus metrics at /metrics, and /healthz and /readyz',
});

export const logLevel = OPERATION.value('log-level <level>', choice(['debug', 'info', 'warn', 'error', 'silent']), {
  description: 'Least important log lines to write: debug, info, warn, error or silent',
  default: 'info',
});

export const logFormat = OPERATION.value('log-format <format>', choice(['auto', 'json', 'pretty']), {
  description: 'Log lines for programs (json) or people (pretty); auto is pretty on a terminal, else json',
  default: 'auto',
});

// --- groups of options that commands share

/** Of every command. */
export const COMMON: readonly Option<unknown>[] = [config, json, color];

/** Of whoever reaches a vnpy server, or a cluster. */
export const REACHING: readonly Option<unknown>[] = [
  request,
  subscribe,
  timeout,
  transport,
  curveServerKey,
  curvePublicKey,
  curveSecretKey,
  curveSecretKeyFile,
  plainUsername,
  plainPassword,
  plainPasswordFile,
  ...NATS_ACCESS,
  account,
  principal,
];

/** Of every command that is a client. */
export const CLIENT: readonly Option<unknown>[] = [...REACHING, ...CLIENT_TIMES];

/** Of every command that is a server. */
export const SERVER_ACCESS: readonly Option<unknown>[] = [
  serveAllow,
  serveReadOnly,
  serveAllowAddress,
  serveOldestClient,
  serveCurve,
  serveCurveSecretKey,
  serveCurveSecretKeyFile,
  serveCurveClientKey,
  servePlainUsers,
  servePlainUsersFile,
];

/** Where alerts go. */
export const ALERTING: readonly Option<unknown>[] = [
  alertWebhook,
  alertWebhookFile,
  alertSecret,
  alertSecretFile,
  alertFormat,
  alertLanguage,
  alertName,
];

/** Of every command that is a server: who stands before it, and who hears of it. */
export const GUARDED: readonly Option<unknown>[] = [guard, guardState, guardControl, guardRefuse, ...ALERTING];

/** Of every command that runs for long. */
export const SERVICE: readonly Option<unknown>[] = [metrics, logLevel, logFormat];
