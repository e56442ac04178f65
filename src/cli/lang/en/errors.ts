/**
 * The errors of the programs in English: the shape that every other language has to fill. They are loaded with the programs,
 * because the message of an error, which JSON has, is English in every language.
 *
 * @module
 */
import { values } from './values.js';

/** What an error of the library is. */
export interface LibraryError {
  /** The name of its class. */
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly outcome?: string | undefined;
}

/** What a function at the server has raised where it was refused: by a guard, or in a cluster. */
export interface RefusedError {
  /** The name of its class. */
  readonly kind: string;
  /** Of a guard, its rule. */
  readonly code: string;
  readonly reason: string;
}

/** Faults of the system, of an input that is to be read. */
const UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a directory; name a file',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
  ENOTDIR: 'a part of the path is no directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

const raised: (traceback: string, refused: RefusedError | undefined) => string = (traceback) => traceback;

/** Sentences by what they say. What a sentence quotes comes as it is. */
export const errors = {
  values,

  // --- errors of others
  /** What the library says, which has no other key than its words. */
  said: (text: string): string => text,
  ofLibrary: ({ message }: LibraryError): string => message,
  ofSystem: (_code: string | undefined, message: string): string => message,
  /** What a function at the server has raised. @param refused - What it says where that is a refusal. */
  raised,
  noFunction: (name: string): string => `The server offers no function ${name}.`,
  ownFault: 'This is a fault of vnpy-bridge itself.',
  pleaseReport: (message: string): string => `internal error, please report it: ${message}`,

  // --- options
  wrongValue: (where: string, shown: string, what: string): string => `${where}${shown} ${what}`,
  both: (one: string, other: string): string => `give ${one} or ${other}, not both`,
  bothOrNone: (one: string, other: string): string => `give ${one} and ${other}, both or none`,
  before: (first: string, second: string): string => `${first} must be before ${second}`,
  twoSources: (one: string, other: string): string => `${one} and ${other} are both given: which one is it?`,

  // --- files
  file: (path: string, what: string): string => `${path}: ${what}`,
  cannotRead: (path: string, what: string): string => `cannot read ${path}: ${what}`,
  cannotReadFor: (option: string, path: string, what: string): string => `${option}: cannot read ${path}: ${what}`,
  cannotWrite: (path: string, what: string): string => `cannot write ${path}: ${what}`,
  cannotReadConfig: (path: string, what: string): string => `cannot read the configuration file ${path}: ${what}`,
  noJson: (text: string, what: string): string => `${text} is no JSON: ${what}`,
  configNoObject: (path: string): string => `${path} must hold one JSON object: { "request": "tcp://..." }`,
  configSection: (path: string, key: string): string =>
    `${path}: "${key}" is the section of a command and must be an object`,
  configNoOption: (where: string, key: string, near: string | undefined): string =>
    `${where}: there is no option "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
  configSecret: (where: string, key: string, variable: string): string =>
    `${where}: "${key}" is a secret and may not stand in a configuration file; ` +
    `use "${key}-file" or the environment variable ${variable}`,
  configValue: (where: string, key: string): string =>
    `${where}: "${key}" must be a text, a number, true, false, or a list of these`,
  recordingExists: (path: string): string =>
    `${path} exists, and recordings are never written over; {time} in the name makes each one new`,
  keyExists: (path: string): string =>
    `${path} exists: give another name, or move it away when nobody uses that key any more`,
  noRecording: (path: string): string => `${path} is no recording (no MCAP file)`,

  // --- security
  othersCanRead: (path: string): string => `others can read ${path}: chmod 600 it`,
  curvePair: (variable: string): string =>
    `CURVE needs both --curve-public-key and the secret key (--curve-secret-key-file or ${variable}), or neither`,
  secretMissing: (what: 'password' | 'secretKey', option: string, variable: string): string =>
    `${what === 'password' ? '--plain-username needs a password' : '--serve-curve needs the secret key'}: ` +
    `${option} FILE, or the environment variable ${variable}`,
  curveOrPlain: 'serve CURVE or PLAIN, not both',
  plainUsers: 'the PLAIN users must be a JSON object of passwords by user name',

  // --- reaching a server
  /** @param _reason - Of the status of a client. */
  unreachable: (_reason: string, detail: string, program: string): string => `${detail} ("${program}" looks closer)`,
  noHolder: (seconds: number, program: string): string =>
    `nobody who holds the account answers within ${seconds} s (--timeout); "${program}" looks closer`,
  noConnection: (seconds: number, program: string): string =>
    `no connection within ${seconds} s (--timeout): the server hangs, or another program has the port ("${program}" looks closer)`,
  noList: (method: string, type: string): string =>
    `the answer to ${method} is no list of ${type}: is it a vnpy_rpcservice that answers?`,
  noOrderList: 'the server did not answer get_all_orders with a list',
  noContract: (symbol: string): string =>
    `the server does not know the contract ${symbol} ("vnpy-bridge contracts" lists those that it has)`,
  cannotListen: (option: string, place: string, what: string): string =>
    `${option}: cannot listen at ${place}: ${what}`,

  // --- calls, contracts, history, recordings
  kwargs: '--kwargs must be a JSON object, {"vt_symbol": "rb2705.SHFE"} for instance',
  noClass: (name: string, known: string): string => `there is no class ${name}; there are ${known}`,
  noExchange: (shown: string, name: string, known: string): string =>
    `${shown}: there is no exchange ${name}; there are ${known}`,
  askNeedsSymbols: '--ask needs the contracts: --symbol rb2705.SHFE',
  noPastTicks: 'a trading server has no ticks of the past: --interval tick needs --datafeed',
  compressNeedsNode: (version: string): string => `--compress needs Node.js 22.15 or newer, this is ${version}`,
  tradeNeedsTicks: (type: string): string => `--trade matches orders against the ticks: add --type ${type}`,
  saySimulate:
    'say --simulate: the simulated market is all that "serve" has ("relay" serves a vnpy server, "replay" a recording)',
  barsNone: (path: string): string => `${path} holds no bars, as "vnpy-bridge history --csv" or "--json" writes them`,
  barFault: (path: string, entry: number, field: string, value: string): string =>
    `${path}: bar ${entry}: ${field} is ${JSON.stringify(value)}`,
  contractsNoList: (path: string): string =>
    `${path} must hold a JSON list of contracts, as "vnpy-bridge contracts --json" writes it`,
  contractFault: (path: string, entry: number, symbol: string, what: string): string =>
    `${path}: entry ${entry}${symbol === '' ? '' : ` (${symbol})`}: ${what}`,
  contractNoObject: 'must be an object with the fields of a contract',
  contractNotPositive: (field: string, value: string): string => `${field} must be a number above 0, not ${value}`,
  contractNoSymbol: 'symbol must not be empty',
  contractTwice: (symbol: string, earlier: number): string => `${symbol} is entry ${earlier} already`,

  liveUnreachable: (address: string, detail: string | undefined): string =>
    `--contracts: the vnpy server at ${address} does not answer${detail === undefined ? '' : `: ${detail}`} ("vnpy-bridge doctor" looks closer)`,
  liveNoProtocol: (text: string): string =>
    `--contracts ${text}: an address begins with tcp://, so write tcp://${text}`,
  liveNoContracts: (address: string): string =>
    `--contracts: the vnpy server at ${address} has no contracts: is its gateway connected?`,
  liveLeftOut: (address: string, count: number): string =>
    `${count} contracts of ${address} are left out: their size, pricetick or min_volume is not above 0`,
  holidaysNeedDays: '--holidays are for a market with trading days: add --sessions or --close-by-day',

  // --- the console
  noServerThere: 'with --simulate or --replay there is no vnpy server: leave out --server',
  strategiesNeedServer: '--web-strategies needs a connection to vnpy itself: leave out --simulate, --replay and --nats',
  serverHasBoth: (option: string): string => `give --server or ${option}, not both: --server names both addresses`,
  twoServers: (name: string): string => `two servers are called ${name}: --server NAME=… names each`,
  noUser: (name: string, path: string): string => `there is no user ${name} in ${path}`,
  noUserYet: (name: string): string => `there is no user ${name}: web-user add makes one`,
  sayUsers: 'say which file of users: --web-users FILE',
  shortPassword: (least: number): string => `a password has at least ${least} characters`,
  passwordsDiffer: 'the two passwords differ; nothing was changed',
  noPassword: 'no password was given; nothing was changed',

  // --- guard, audit, alerts
  sayWhy: 'say why: --reason "…" (it is kept)',
  wrongScope: (shown: string): string =>
    `--scope ${shown}: say all, or principal:, role:, gateway:, account:, symbol: and a name`,
  guardNeedsPolicy: '--guard-state and --guard-control need a policy: add --guard FILE',
  sayControl: 'say where the guard is controlled: --guard-control, as it was started with',
  sayPrincipal: 'say for whom: --principal NAME',
  noPrincipal: (file: string, shown: string, known: string): string =>
    `${file} has no principal ${shown}; it has ${known}`,
  noUnknownOrder: (id: string): string => `there is no order ${id} whose outcome is unknown: see guard status`,
  wrongPosition: (shown: string): string => `${shown}: say NAME=LOTS, CTP.rb2705.SHFE.long=3 for instance`,
  sayWebhook: 'say where alerts go: --alert-webhook URL, or --alert-webhook-file FILE',
  alertSecret: 'the secret of alerts is for --alert-webhook, which is missing; a file has its own',
  webhookList: '--alert-webhook-file must hold a JSON list: [{ "url": "https://…" }]',

  // --- pickle-inspect
  /** Why an input cannot be read. */
  ofInput: (code: string | undefined, message: string): string => UNREAD[code ?? ''] ?? message,
  forBrowser: 'a report is for a browser: give --output FILE',
  forNoTerminal: 'a pickle is no text for a terminal: give --output FILE, or --output - all the same',
  noInput: 'no input: name a file, or - for standard input, or give --hex, --base64 or --repr',
  noOpcode: (shown: string, program: string): string => `--only: ${shown} is no opcode (see ${program} explain)`,
  tooLong: (name: string, bytes: number): string => `${name}: longer than ${bytes} bytes (--max-bytes)`,
  noText: (name: string): string => `${name}: no text, so no JSON`,
  noPattern: (shown: string): string => `${shown} is no name pattern: module.Class, package.*, persid, ext:7 or ext:*`,
  noNames: (file: string, field: string): string => `${file}: "${field}" is no list of names`,
  noObject: (file: string): string => `${file}: no JSON object`,
  unknownField: (file: string, shown: string): string => `${file}: unknown field ${shown}`,
  noProfile: (file: string, known: string): string => `${file}: "profile" is none of ${known}`,

  // --- the cluster
  sayCluster: 'say which cluster: --cluster NAME',
  sayAccount: 'say which account: --account NAME',
  sayAccountOfCluster: 'say which account of the cluster: --account NAME',
  sayNats: 'say where the cluster is: --nats URL',
  sayEdge: 'say which edge this is: --edge NAME',
  sayTaker: 'say which edge is to take the account: --edge NAME',
  needsCluster: (option: string): string => `${option} needs a cluster: add --nats URL`,
  configNeedsPolicy: 'a configuration is made of a policy: --guard FILE',
  wrongNatsUser: (shown: string): string =>
    `--nats-user ${shown} is none: write edge:ACCOUNT:EDGE=KEY, dashboard:NAME=KEY, admin:NAME=KEY or leaf:NAME=KEY`,
  shortTtl: (seconds: number): string => `--lease-ttl must be ${seconds}s or more: NATS counts in s`,
  slowRenewal: (ms: number): string =>
    `--lease-renew and --lease-timeout together must be less than 80 % of --lease-ttl, ${ms}ms: whoever holds the ` +
    'account stops then, and a renewal has to be answered before',
};

/** What every language has to say. */
export type ErrorTexts = typeof errors;
