/**
 * The configuration of a nats-server for a cluster, as text.
 *
 * @module
 */
import type { Policy } from '../../guard/index.js';
import { ClusterConfigError } from './errors.js';
import { grantsOf } from './grants.js';
import type { Grants, InfrastructureUser } from './grants.js';
import { isUserPublicKey } from './keys.js';

/** Where certificates are. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Who signs the certificates of clients and of other servers. */
  readonly ca?: string;
}

/** What a configuration is made of. */
export interface ClusterConfigOptions {
  readonly cluster: string;
  readonly policy: Policy;
  readonly infrastructure: readonly InfrastructureUser[];
  /** Where clients connect, `0.0.0.0:4222`. */
  readonly listen: string;
  /** Where the streams are kept; without it this server has none, as a leaf node. */
  readonly store?: string;
  readonly tls?: TlsFiles;
  /** Where the server tells how it is, `127.0.0.1:8222`. */
  readonly monitor?: string;
  /** Of a server among several. */
  readonly serverName?: string;
  /** The other servers: `nats://10.0.0.2:6222`. */
  readonly routes?: readonly string[];
  /** Where the other servers connect. */
  readonly routeListen?: string;
  /** Where leaf nodes connect. */
  readonly leafListen?: string;
  /** The servers that this one is a leaf node of. */
  readonly leafOf?: readonly string[];
}

/** An edge answers in pieces that fit `max_payload`: so many, and for so long. */
const ANSWERS = { max: 10_000, expires: '5m' };

/** The environment variable of a leaf node's seed. */
export const LEAF_SEED = 'NATS_LEAF_SEED';

/**
 * Prints a configuration. The same input gives the same text.
 * @throws {@link ClusterConfigError} `KEY`, `USER`, `UNSAFE`.
 */
export function natsConfig(options: ClusterConfigOptions): string {
  const users = grantsOf(options.cluster, options.policy, options.infrastructure);
  checkUsers(users, options);
  checkSafety(options);
  return [
    ...head(options),
    '',
    ...streams(options),
    ...limits(),
    ...tlsBlock(options.tls, '', false),
    ...clusterBlock(options),
    ...leafBlock(options),
    'authorization {',
    '  # Without a key of these nobody may do anything.',
    '  users = [',
    ...users.flatMap(userLines),
    '  ]',
    '}',
    '',
  ].join('\n');
}

function head({ cluster, policy, listen, monitor, serverName }: ClusterConfigOptions): readonly string[] {
  return [
    `# nats-server for the cluster ${oneLine(cluster)}: made by "vnpy-bridge cluster config", do not change it by hand.`,
    `# Policy: SHA-256 ${policy.hash}`,
    `listen: ${quoted(listen)}`,
    ...(serverName === undefined ? [] : [`server_name: ${quoted(serverName)}`]),
    ...(monitor === undefined ? [] : [`http: ${quoted(monitor)}`]),
  ];
}

function streams({ store, serverName, routes = [] }: ClusterConfigOptions): readonly string[] {
  if (store === undefined) return [];
  const several = serverName !== undefined && routes.length > 0;
  return [
    'jetstream {',
    `  store_dir: ${quoted(store)}`,
    '  # Written to the disk before it is acknowledged: the journal and the lease stand on it.',
    '  sync_interval: always',
    ...(several ? [`  # ${routes.length + 1} servers: each stream has as many copies, at most 3.`] : []),
    '}',
    '',
  ];
}

function limits(): readonly string[] {
  return [
    'max_payload: 1MB',
    '# What may wait for one reader. A slower one is cut off; it sees the gap by the sequence, and compares.',
    'max_pending: 64MB',
    'write_deadline: "10s"',
    '# A connection that is dead is known after 10 s, not after 4 minutes.',
    'ping_interval: "5s"',
    'ping_max: 2',
    '',
  ];
}

function tlsBlock(tls: TlsFiles | undefined, indent: string, isMutual: boolean): readonly string[] {
  if (tls === undefined) return [];
  return [
    'tls {',
    `  cert_file: ${quoted(tls.cert)}`,
    `  key_file: ${quoted(tls.key)}`,
    ...(tls.ca === undefined ? [] : [`  ca_file: ${quoted(tls.ca)}`]),
    ...(isMutual ? ['  verify: true'] : []),
    '}',
    ...(indent === '' ? [''] : []),
  ].map((line) => (line === '' ? '' : indent + line));
}

function clusterBlock({ cluster, routes = [], routeListen, tls }: ClusterConfigOptions): readonly string[] {
  if (routeListen === undefined) return [];
  return [
    'cluster {',
    `  name: ${quoted(cluster)}`,
    `  listen: ${quoted(routeListen)}`,
    '  routes = [',
    ...routes.map((route) => `    ${quoted(route)}`),
    '  ]',
    ...tlsBlock(tls, '  ', true),
    '}',
    '',
  ];
}

function leafBlock({ leafListen, leafOf = [], tls }: ClusterConfigOptions): readonly string[] {
  if (leafListen === undefined && leafOf.length === 0) return [];
  return [
    'leafnodes {',
    ...(leafListen === undefined ? [] : [`  listen: ${quoted(leafListen)}`, ...tlsBlock(tls, '  ', false)]),
    ...(leafOf.length === 0
      ? []
      : [
          '  remotes = [',
          '    {',
          `      urls: [${leafOf.map(quoted).join(', ')}]`,
          `      # The seed does not stand here: the server reads it from its environment.`,
          `      nkey: $${LEAF_SEED}`,
          ...(tls?.ca === undefined ? [] : [`      tls { ca_file: ${quoted(tls.ca)} }`]),
          '    }',
          '  ]',
        ]),
    '}',
    '',
  ];
}

function userLines({ title, publicKeys, publish, publishDeny, subscribe, answers, isLeaf }: Grants): readonly string[] {
  const list = (name: string, subjects: readonly string[]): readonly string[] => [
    `            ${name} = [`,
    ...[...new Set(subjects)].map((subject) => `              ${quoted(subject)}`),
    '            ]',
  ];
  return publicKeys.flatMap((key) => [
    `    # ${oneLine(title)}`,
    '    {',
    `      nkey: ${key}`,
    `      allowed_connection_types: [${isLeaf === true ? '"LEAFNODE"' : '"STANDARD", "WEBSOCKET"'}]`,
    '      permissions {',
    '        publish {',
    ...list('allow', publish),
    ...(publishDeny.length === 0 ? [] : list('deny', publishDeny)),
    '        }',
    '        subscribe {',
    ...list('allow', subscribe),
    '        }',
    ...(answers ? [`        allow_responses { max: ${ANSWERS.max}, expires: "${ANSWERS.expires}" }`] : []),
    '      }',
    '    }',
  ]);
}

function checkUsers(users: readonly Grants[], { infrastructure }: ClusterConfigOptions): void {
  if (!infrastructure.some(({ role }) => role === 'edge'))
    throw new ClusterConfigError('USER', 'there is no edge: give --nats-user edge:ACCOUNT:EDGE=KEY for each');
  const owners = new Map<string, string>();
  const keys = users.flatMap(({ title, publicKeys }) => publicKeys.map((key) => ({ title, key })));
  for (const { title, key } of keys) {
    if (!isUserPublicKey(key)) {
      throw new ClusterConfigError(
        'KEY',
        `the key of ${title} is no public key of a NATS user: its checksum is wrong, or it is a seed`,
      );
    }
    const other = owners.get(key);
    if (other !== undefined)
      throw new ClusterConfigError('KEY', `${other} and ${title} have the same key: make one for each`);
    owners.set(key, title);
  }
  const inboxes = new Map<string, string>();
  for (const { title, subscribe } of users) {
    const inbox = subscribe[0] ?? '';
    const other = inboxes.get(inbox);
    if (other !== undefined)
      throw new ClusterConfigError('USER', `${other} and ${title} have one name: each could read the other's answers`);
    inboxes.set(inbox, title);
  }
}

/** A port that other servers connect to is a port at which whoever comes is a server, and may do everything. */
function checkSafety({ tls, routeListen, leafListen, infrastructure, listen }: ClusterConfigOptions): void {
  const hasCa = tls?.ca !== undefined;
  if (routeListen !== undefined && !hasCa && !isLoopback(routeListen)) {
    throw new ClusterConfigError(
      'UNSAFE',
      `whoever reaches ${routeListen} would be one of the servers: give certificate, key and the CA's certificate (--nats-tls-…)`,
    );
  }
  if (leafListen !== undefined && !infrastructure.some(({ role }) => role === 'leaf')) {
    throw new ClusterConfigError(
      'USER',
      `nobody is a leaf node that could connect to ${leafListen}: give --nats-user leaf:NAME=KEY`,
    );
  }
  for (const address of [listen, leafListen]) {
    if (address !== undefined && tls === undefined && !isLoopback(address)) {
      throw new ClusterConfigError(
        'UNSAFE',
        `orders would pass the network in the clear at ${address}: give --nats-tls-cert and --nats-tls-key, or listen at 127.0.0.1`,
      );
    }
  }
}

function isLoopback(address: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):-?\d+$/.test(address);
}

/** JSON's way of a text is understood by nats-server. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** In a comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}
