/**
 * The options of `vnpy-bridge` that are about a cluster. options.ts has all others.
 *
 * @module
 */
import { ValueError } from '../kit/errors.js';
import { OptionGroup } from '../kit/option.js';
import type { Option } from '../kit/option.js';
import { choice, duration, hostPort, text, whole } from '../kit/parsers.js';
import type { Parser } from '../kit/parsers.js';

export const CLUSTER = new OptionGroup('The cluster');
export const LOGS = new OptionGroup('The log of a cluster');
export const EDGE = new OptionGroup('The edge');
export const NATS = new OptionGroup('Configuration of a nats-server');

/** A URL of NATS. The scheme may be left out, as NATS's own programs take it. */
const natsUrl: Parser<string> = (value) => {
  if (!/^(?:(?:nats|tls|ws|wss):\/\/)?(?:\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+)(?::\d{1,5})?\/?$/.test(value))
    throw new ValueError(({ noNats }) => noNats);

  return value;
};

/** What stands in subjects is escaped; what is empty would be no token of one. */
const name: Parser<string> = (value) => {
  if (value.trim() === '' || value.length > 100) throw new ValueError(({ noName }) => noName);
  return value;
};

// --- whoever connects

export const nats = CLUSTER.list('nats <url>', natsUrl, {
  description: 'A NATS server of the cluster, in the place of a vnpy server; may be repeated, for several that are one',
});

export const cluster = CLUSTER.optional('cluster <name>', name, { description: 'The name of the cluster' });

export const account = CLUSTER.optional('account <name>', name, {
  description: 'The account: what its edges reach, one broker login for instance',
});

export const natsKeyFile = CLUSTER.optional('nats-key-file <file>', text, {
  description: 'The seed of the NATS key by which the server knows this program ("cluster keys" makes one)',
});

export const natsTlsCa = CLUSTER.optional('nats-tls-ca <file>', text, {
  description: 'Certificate of who has signed those of the servers, as PEM',
});

export const natsTlsCert = CLUSTER.optional('nats-tls-cert <file>', text, { description: 'Certificate, as PEM' });

export const natsTlsKey = CLUSTER.optional('nats-tls-key <file>', text, {
  description: 'Key of the certificate, as PEM',
});

export const beatTimeout = CLUSTER.value('beat-timeout <time>', duration, {
  description: 'After so long without a sign of life a client takes the edge for gone: nothing leaves',
  default: '1.5s',
});

export const renewInterval = CLUSTER.value('renew-interval <time>', duration, {
  description: "How often a client tells the edge that it is there; less than half of the edges' --client-timeout",
  default: '1s',
});

export const natsLog = CLUSTER.flag('nats-log', {
  description: 'Publish the log lines on NATS as well, where "cluster logs" reads them; an edge adds those of its vnpy',
});

// --- who reads the log

export const follow = LOGS.flag('follow', { description: 'Go on with the lines that come, until Ctrl-C' });

export const last = LOGS.value('last <n>', whole(0, 10_000), {
  description: 'How many of the lines that are kept to show',
  default: '100',
});

export const host = LOGS.optional('host <name>', name, { description: 'Only lines of programs on this host' });

export const program = LOGS.optional('program <name>', name, {
  description: 'Only lines of this program: the name of an edge, or of a principal',
});

export const least = LOGS.value('least <level>', choice(['debug', 'info', 'warn', 'error']), {
  description: 'Least important lines to show: debug, info, warn or error',
  default: 'debug',
});

// --- an edge

export const edge = EDGE.optional('edge <name>', name, {
  description: 'The name of an edge, its own in the account; it keeps it for good',
});

export const state = EDGE.optional('state <folder>', text, {
  description: 'Where the edge keeps who it is, and the highest epoch that it has seen (default: edge-NAME.state)',
});

export const noJournal = EDGE.flag('no-journal', {
  description: 'Send orders that are not written down first: a repeated one is executed twice then',
});

/** NATS knows these alone: a majority of them has to be there. */
const replicas: Parser<number> = (value) => {
  if (!['1', '3', '5'].includes(value)) throw new ValueError((values) => values.replicas('1, 3', '5'));
  return Number(value);
};

export const natsReplicas = EDGE.value('nats-replicas <n>', replicas, {
  description: 'How many servers keep each stream that the edge makes, where it is missing: 1, 3 or 5',
  default: '1',
});

/** None, or as many as streams have. */
const tickReplicas: Parser<number> = (value) => {
  if (!['0', '1', '3', '5'].includes(value)) throw new ValueError((values) => values.replicas('0, 1, 3', '5'));
  return Number(value);
};

export const lastTickReplicas = EDGE.value('last-tick-replicas <n>', tickReplicas, {
  description: 'How many servers keep the last tick of each symbol, in memory: 1, 3 or 5; 0 keeps none',
  default: '1',
});

export const leaseTtl = EDGE.value('lease-ttl <time>', duration, {
  description: 'How long the lease of an account lasts unless it is renewed; its holder acts for 80 % of that',
  default: '10s',
});

export const leaseRenew = EDGE.value('lease-renew <time>', duration, {
  description: 'How often the lease is renewed',
  default: '2s',
});

export const leaseGrace = EDGE.value('lease-grace <time>', duration, {
  description: 'How long an edge that takes over waits after the end of the lease: for what is under way to vnpy yet',
  default: '10s',
});

export const leaseTimeout = EDGE.value('lease-timeout <time>', duration, {
  description: 'How long each answer about lease, journal and record is waited for',
  default: '2s',
});

export const beatInterval = EDGE.value('beat-interval <time>', duration, {
  description: 'From one sign of life of the edge to the next',
  default: '300ms',
});

export const clientTimeout = EDGE.value('client-timeout <time>', duration, {
  description: 'After so long without a word the edge forgets a client',
  default: '3.5s',
});

export const acceptLoss = EDGE.flag('accept-loss', {
  description: 'Take the account though something of its journal or record was lost: you have looked at what is open',
});

// --- a nats-server

export const natsUser = NATS.list('nats-user <user=key>', text, {
  description:
    'A user that the policy does not name, with its public key: edge:ACCOUNT:EDGE=KEY, dashboard:NAME=KEY, admin:NAME=KEY or leaf:NAME=KEY; may be repeated',
});

export const natsListen = NATS.value('nats-listen <host:port>', hostPort, {
  description: 'Where clients connect',
  default: '127.0.0.1:4222',
});

export const natsStore = NATS.optional('nats-store <folder>', text, {
  description: 'Where the streams are kept (default: /var/lib/nats; none in a leaf node)',
});

export const natsMonitor = NATS.optional('nats-monitor <host:port>', hostPort, {
  description: 'Where the server tells how it is, by HTTP and without asking who wants to know',
});

export const natsName = NATS.optional('nats-name <name>', name, { description: 'The name of this server' });

export const natsRoute = NATS.list('nats-route <url>', natsUrl, {
  description: 'Another server of the cluster, nats://10.0.0.2:6222; may be repeated',
});

export const natsRouteListen = NATS.optional('nats-route-listen <host:port>', hostPort, {
  description: 'Where the other servers connect',
});

export const natsLeafListen = NATS.optional('nats-leaf-listen <host:port>', hostPort, {
  description: 'Where leaf nodes connect: servers of other sites',
});

export const natsLeafOf = NATS.list('nats-leaf-of <url>', natsUrl, {
  description:
    'Configure a leaf node of this server, tls://hub.example.com:7422; it reads its seed from NATS_LEAF_SEED; may be repeated',
});

// --- groups

/** Of every client of a cluster. */
export const CLIENT_TIMES: readonly Option<unknown>[] = [beatTimeout, renewInterval];

/** Of an edge. */
export const EDGE_TIMES: readonly Option<unknown>[] = [
  leaseTtl,
  leaseRenew,
  leaseGrace,
  leaseTimeout,
  beatInterval,
  clientTimeout,
];

/** Of every program that reaches a cluster. */
export const NATS_ACCESS: readonly Option<unknown>[] = [nats, cluster, natsKeyFile, natsTlsCa, natsTlsCert, natsTlsKey];
