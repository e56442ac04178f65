/**
 * Every option of `vnpy-bridge`, once. A command names those that it takes.
 *
 * @module
 */
import { flagOption, listOption, optionalOption, secretOption, valueOption } from '../kit/option.js';
import type { Option } from '../kit/option.js';
import { color, config, OPERATION, OUTPUT } from '../kit/options.js';
import {
  choice,
  duration,
  hostPort,
  lastMoment,
  moment,
  size,
  speed,
  text,
  vnpyVersion,
  vtSymbol,
  whole,
} from '../kit/parsers.js';

const SERVER = 'The vnpy server';
const SECURITY = 'Security towards the vnpy server';
const EVENTS = 'Events';
const HISTORY = 'History';
const RECORDING = 'Recording';
const REPLAY = 'Replay';
const SIMULATION = 'Simulation';
const SERVING = 'Serving';
const SERVING_SECURITY = 'Security of what is served';

// --- the vnpy server

export const request = valueOption('request', '<address>', text, {
  group: SERVER,
  description: "The vnpy server's request address; serve and replay are the server and bind it",
  default: 'tcp://127.0.0.1:2014',
});

export const subscribe = valueOption('subscribe', '<address>', text, {
  group: SERVER,
  description: "The vnpy server's publish address; serve and replay are the server and bind it (format of vnpy 4.5)",
  default: 'tcp://127.0.0.1:4102',
});

export const subscribePair = optionalOption('subscribe-pair', '<address>', text, {
  group: SERVER,
  description: 'A second publish address to bind, for clients of vnpy 3.0 to 4.4',
});

export const timeout = valueOption('timeout', '<time>', duration, {
  group: SERVER,
  description: 'How long to wait for the connection and for each answer',
  default: '30s',
});

// --- security towards the server

export const curveServerKey = optionalOption('curve-server-key', '<key>', text, {
  group: SECURITY,
  description: "CURVE: the server's public key, 40 characters",
});

export const curvePublicKey = optionalOption('curve-public-key', '<key>', text, {
  group: SECURITY,
  description: "CURVE: this client's public key; left out with the secret key, a new pair is made for each run",
});

export const curveSecretKey = secretOption('curve-secret-key', {
  group: SECURITY,
  description: "CURVE: this client's secret key",
});

export const curveSecretKeyFile = optionalOption('curve-secret-key-file', '<file>', text, {
  group: SECURITY,
  description: "CURVE: a file with this client's secret key",
});

export const plainUsername = optionalOption('plain-username', '<name>', text, {
  group: SECURITY,
  description: 'PLAIN: the user name',
});

export const plainPassword = secretOption('plain-password', { group: SECURITY, description: 'PLAIN: the password' });

export const plainPasswordFile = optionalOption('plain-password-file', '<file>', text, {
  group: SECURITY,
  description: 'PLAIN: a file with the password',
});

// --- output

export const json = flagOption('json', {
  group: OUTPUT,
  description: 'JSON for programs: one value, or one line for each item of a stream; errors as JSON too',
});

export const csv = flagOption('csv', { group: OUTPUT, description: 'Comma separated values with a header line' });

export const upColor = valueOption('up', '<color>', choice(['auto', 'red', 'green']), {
  group: OUTPUT,
  description: 'Colour of a rising price: red, green or auto, which is red where LC_ALL or LANG is Chinese',
  default: 'auto',
});

// --- events

export const topic = valueOption('topic', '<prefix>', text, {
  group: EVENTS,
  description: 'Only topics that start with this; vnpy_rpcservice publishes everything under the empty topic',
  default: '',
});

export const type = listOption('type', '<type>', text, {
  group: EVENTS,
  description: 'Only events whose type starts with this, eTick. for instance; may be repeated',
});

export const symbol = listOption('symbol', '<vt_symbol>', vtSymbol, {
  group: EVENTS,
  description: 'Only this contract; may be repeated',
});

export const ask = flagOption('ask', {
  group: EVENTS,
  description: 'Ask the server for the ticks of each --symbol first: vnpy sends only what somebody has subscribed',
});

export const all = flagOption('all', {
  group: EVENTS,
  description: 'Show heartbeats, timers and the second copy of each event too',
});

export const count = optionalOption('count', '<n>', whole(1), {
  group: EVENTS,
  description: 'End after this many events',
});

export const forDuration = optionalOption('for', '<time>', duration, {
  group: EVENTS,
  description: 'End after this time',
});

export const wait = valueOption('wait', '<time>', duration, {
  group: EVENTS,
  description: 'How long doctor listens for a heartbeat (vnpy sends one every 10 s) and for events',
  default: '12s',
});

// --- queries

export const kwargs = optionalOption('kwargs', '<json>', text, {
  group: 'Call',
  description: 'Keyword arguments as a JSON object; its values are written as the other arguments',
});

export const active = flagOption('active', { group: 'Filter', description: 'Only orders that can still trade' });

export const find = optionalOption('find', '<text>', text, {
  group: 'Filter',
  description: 'Only rows that contain this text, in whatever case',
});

export const interval = valueOption('interval', '<name>', choice(['1m', '1h', 'd', 'w', 'tick']), {
  group: HISTORY,
  description: 'Length of the bars: 1m, 1h, d or w; tick for single ticks (with --datafeed)',
  default: '1m',
});

export const start = optionalOption('start', '<time>', moment, {
  group: HISTORY,
  description: "Beginning of the history; without a zone in this machine's (default: one day before the end)",
});

export const end = optionalOption('end', '<time>', lastMoment, {
  group: HISTORY,
  description: 'End of the history; a date alone means the whole day (default: now)',
});

export const datafeed = flagOption('datafeed', {
  group: HISTORY,
  description: 'The server is a datafeed server (query_bar_history), not a trading server (query_history)',
});

// --- recording

export const rotateSize = optionalOption('rotate-size', '<bytes>', size(1), {
  group: RECORDING,
  description: 'Begin a new file when this one has reached this size, 1GiB for instance',
});

export const rotateTime = optionalOption('rotate-time', '<time>', duration, {
  group: RECORDING,
  description: 'Begin a new file after this time, 1h for instance',
});

export const flush = valueOption('flush', '<time>', duration, {
  group: RECORDING,
  description: 'Write to the disk at least this often: what a crash can cost',
  default: '1s',
});

export const fsync = flagOption('fsync', {
  group: RECORDING,
  description: 'Wait for the disk at each write, so that a power failure costs no more than a crash',
});

export const compress = flagOption('compress', {
  group: RECORDING,
  description: 'Compress with zstd; recording and reading need Node.js 22.15 or newer then',
});

export const snapshotCall = listOption('snapshot-call', '<name>', text, {
  group: RECORDING,
  description: 'A further function without arguments whose answer belongs to the snapshot; may be repeated',
});

// --- replay

export const replaySpeed = valueOption('speed', '<factor>', speed, {
  group: REPLAY,
  description: '1 is real time, 10 ten times as fast, max as fast as it goes',
  default: '1',
});

export const loop = flagOption('loop', { group: REPLAY, description: 'Begin again at the end' });

export const waitForClient = flagOption('wait-for-client', {
  group: REPLAY,
  description: 'Hold the events back until a client has called a function',
});

export const stay = flagOption('stay', {
  group: REPLAY,
  description: 'Go on answering calls after the last event, until Ctrl-C',
});

export const from = optionalOption('from', '<time>', moment, {
  group: REPLAY,
  description: 'Leave out the events before this time',
});

export const to = optionalOption('to', '<time>', moment, {
  group: REPLAY,
  description: 'Leave out the events after this time',
});

export const trade = flagOption('trade', {
  group: REPLAY,
  description: 'Accept orders and match them against the recorded ticks; without it orders are refused',
});

// --- simulation

export const simulate = flagOption('simulate', {
  group: SIMULATION,
  description: 'Serve the simulated market: contracts, ticks, matching, positions and accounts',
});

export const rate = valueOption('rate', '<n>', whole(1, 1000), {
  group: SIMULATION,
  description: 'Ticks per second of each subscribed contract, at most 1000',
  default: '2',
});

export const seed = valueOption('seed', '<n>', whole(0), {
  group: SIMULATION,
  description: 'Seed of the random walk: the same seed gives the same prices',
  default: '1',
});

// --- serving

export const serveRequest = valueOption('serve-request', '<address>', text, {
  group: SERVING,
  description: 'Where the relay answers requests',
  default: 'tcp://127.0.0.1:12014',
});

export const serveSubscribe = valueOption('serve-subscribe', '<address>', text, {
  group: SERVING,
  description: 'Where the relay publishes for clients of vnpy 4.5 and later',
  default: 'tcp://127.0.0.1:14102',
});

export const serveSubscribePair = valueOption('serve-subscribe-pair', '<address>', text, {
  group: SERVING,
  description: 'Where the relay publishes for clients of vnpy 3.0 to 4.4',
  default: 'tcp://127.0.0.1:14103',
});

export const serveAllow = listOption('serve-allow', '<function>', text, {
  group: SERVING,
  description: 'Only these functions may be called; may be repeated',
});

export const serveReadOnly = flagOption('serve-read-only', {
  group: SERVING,
  description: 'Only functions that change nothing may be called: no send_order, no cancel_order',
});

export const serveAllowAddress = listOption('serve-allow-address', '<ip>', text, {
  group: SERVING,
  description: 'Only clients with these IP addresses may connect; may be repeated',
});

export const serveOldestClient = optionalOption('serve-oldest-client', '<version>', vnpyVersion, {
  group: SERVING,
  description: 'The oldest vnpy that clients run, 4.0 for instance: data that it cannot load is left out and counted',
});

export const dropGoneContracts = flagOption('drop-gone-contracts', {
  group: SERVING,
  description: 'Hand on no contract that the vnpy server does not have any more; for a relay that runs for months',
});

export const serveCurve = flagOption('serve-curve', {
  group: SERVING_SECURITY,
  description: 'Demand CURVE of the clients; needs the secret key',
});

export const serveCurveSecretKey = secretOption('serve-curve-secret-key', {
  group: SERVING_SECURITY,
  description: "CURVE: this server's secret key",
});

export const serveCurveSecretKeyFile = optionalOption('serve-curve-secret-key-file', '<file>', text, {
  group: SERVING_SECURITY,
  description: "CURVE: a file with this server's secret key",
});

export const serveCurveClientKey = listOption('serve-curve-client-key', '<key>', text, {
  group: SERVING_SECURITY,
  description:
    'CURVE: public key of a client that may connect (default: any that knows the public key); may be repeated',
});

export const servePlainUsers = secretOption('serve-plain-users', {
  group: SERVING_SECURITY,
  description: 'PLAIN: a JSON object of passwords by user name',
});

export const servePlainUsersFile = optionalOption('serve-plain-users-file', '<file>', text, {
  group: SERVING_SECURITY,
  description: 'PLAIN: a file with a JSON object of passwords by user name',
});

// --- operation

export const metrics = optionalOption('metrics', '<host:port>', hostPort, {
  group: OPERATION,
  description: 'Serve Prometheus metrics at /metrics, and /healthz and /readyz',
});

export const logLevel = valueOption('log-level', '<level>', choice(['debug', 'info', 'warn', 'error', 'silent']), {
  group: OPERATION,
  description: 'Least important log lines to write: debug, info, warn, error or silent',
  default: 'info',
});

export const logFormat = valueOption('log-format', '<format>', choice(['auto', 'json', 'pretty']), {
  group: OPERATION,
  description: 'Log lines for programs (json) or people (pretty); auto is pretty on a terminal, else json',
  default: 'auto',
});

// --- groups of options that commands share

/** Of every command. */
export const COMMON: readonly Option<unknown>[] = [config, json, color];

/** Of every command that is a client. */
export const CLIENT: readonly Option<unknown>[] = [
  request,
  subscribe,
  timeout,
  curveServerKey,
  curvePublicKey,
  curveSecretKey,
  curveSecretKeyFile,
  plainUsername,
  plainPassword,
  plainPasswordFile,
];

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

/** Of every command that runs for long. */
export const SERVICE: readonly Option<unknown>[] = [metrics, logLevel, logFormat];
