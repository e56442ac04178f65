/**
 * The commands `cluster …`, and `edge`.
 *
 * @module
 */
import { commands, workOf } from '../../kit/command.js';
import {
  acceptLoss,
  account,
  cluster,
  edge,
  follow,
  host,
  last,
  least,
  NATS_ACCESS,
  natsLeafListen,
  natsLeafOf,
  natsListen,
  natsMonitor,
  natsName,
  natsRoute,
  natsRouteListen,
  natsStore,
  natsTlsCa,
  natsTlsCert,
  natsTlsKey,
  natsUser,
  program,
} from '../cluster-options.js';
import { COMMON, forDuration, guard, keepOrders, level, principal, reason, scope, timeout } from '../options.js';

/** Of every command that looks or says something. */
const LOOKING = [account, ...NATS_ACCESS, principal, timeout, ...COMMON];

/** One line for the group. */
export const CLUSTER_GROUP = {
  cluster: 'Look at, set up and control a cluster on NATS',
};

/** All of them. */
export const CLUSTER_COMMANDS = commands([
  {
    name: 'cluster keys',
    summary: 'Make a key pair of a NATS user',
    details:
      'Writes the seed to NAME.nk, which only you can read, and the public key to NAME.pub, and prints the public key. Without ' +
      'a name both are printed and nothing is written. Neither file is ever written over. The public key goes into the ' +
      'policy (natsKey) or behind --nats-user, the seed to whoever connects.',
    args: [{ syntax: '[name]', description: 'path and name of the files, without ending' }],
    options: COMMON,
    examples: [{ line: 'cluster keys edge-1', comment: 'edge-1.nk and edge-1.pub' }],
    run: workOf(() => import('../work/keygen.js'), 'makeNatsKeys'),
  },
  {
    name: 'cluster config',
    summary: 'Print the configuration of a nats-server for a cluster and its policy',
    details:
      'Each principal of the policy that has a natsKey may publish what the policy allows it, under its own name alone. Edges ' +
      'and those who look after the cluster are named with --nats-user. Print it again when the policy changes, and send ' +
      'the server SIGHUP.',
    options: [
      cluster,
      guard,
      natsUser,
      natsListen,
      natsStore,
      natsMonitor,
      natsName,
      natsRoute,
      natsRouteListen,
      natsLeafListen,
      natsLeafOf,
      natsTlsCa,
      natsTlsCert,
      natsTlsKey,
      ...COMMON,
    ],
    examples: [
      {
        line: 'cluster config --cluster desk --guard guard.json --nats-user edge:ctp:edge-1=$(cat edge-1.pub) > nats.conf',
        comment: 'one server, one edge',
      },
    ],
    run: workOf(() => import('../work/cluster-config.js'), 'printConfig'),
  },
  {
    name: 'cluster ls',
    summary: 'List the edges that beat',
    details: 'Listens for 1.5 s. With --json an array of { edge, account, state, epoch, ageMs }.',
    options: LOOKING,
    examples: [{ line: 'cluster ls --nats nats://10.0.0.5:4222 --cluster desk', comment: 'all accounts' }],
    run: workOf(() => import('../work/cluster-look.js'), 'listEdges'),
  },
  {
    name: 'cluster status',
    summary: 'Tell who holds each account, and what is halted',
    options: LOOKING,
    run: workOf(() => import('../work/cluster-look.js'), 'clusterStatus'),
  },
  {
    name: 'cluster doctor',
    summary: 'Find out what is wrong with a cluster',
    details: 'Changes nothing. Ends with 1 when there is a fault.',
    options: LOOKING,
    run: workOf(() => import('../work/cluster-look.js'), 'clusterDoctor'),
  },
  {
    name: 'cluster logs',
    summary: 'Show the log lines that the programs of a cluster have published',
    details:
      'Edges, relays and others publish them with --nats-log. The stream keeps them for 7 days, and at most 1 GiB. With --json a ' +
      'line of { host, program, level, time, text, fields } each.',
    options: [follow, last, host, program, least, forDuration, ...NATS_ACCESS, principal, timeout, ...COMMON],
    examples: [
      {
        line: 'cluster logs --follow --least warn --nats nats://10.0.0.5:4222 --cluster desk',
        comment: 'what goes wrong, as it does',
      },
    ],
    run: workOf(() => import('../work/cluster-logs.js'), 'showLogs'),
  },
  {
    name: 'cluster takeover',
    summary: 'Give an account to an edge, after the lease of its last holder has expired',
    details:
      'Nobody but a person knows whether the last holder still trades. The edge waits until nothing of it can be under way any ' +
      'more, compares the journal with its vnpy server, and only then takes orders.',
    options: [edge, acceptLoss, reason, ...LOOKING],
    examples: [
      {
        line: 'cluster takeover --account ctp --edge edge-2 --reason "edge-1 is broken" --nats nats://10.0.0.5:4222 --cluster desk',
        comment: 'edge-2 takes it',
      },
    ],
    run: workOf(() => import('../work/cluster-control.js'), 'takeOver'),
  },
  {
    name: 'cluster hold',
    summary: 'Let no edge begin to hold an account',
    details: 'The edge that holds it goes on: stop it to move the account. `cluster resume hold` ends it.',
    options: [reason, ...LOOKING],
    run: workOf(() => import('../work/cluster-control.js'), 'holdBack'),
  },
  {
    name: 'cluster halt',
    summary: 'Stop trading of an account, at whichever edge',
    details:
      'It stands in the record of the account, and holds for every edge that takes it over. Whoever holds the account cancels the ' +
      'orders that work, or whoever takes it next. Cancels always pass. "cluster status" tells whether it was carried out.',
    options: [level, scope, keepOrders, reason, ...LOOKING],
    examples: [
      {
        line: 'cluster halt --account ctp --reason "wrong prices" --nats nats://10.0.0.5:4222 --cluster desk',
        comment: 'no new orders',
      },
    ],
    run: workOf(() => import('../work/cluster-control.js'), 'haltTrading'),
  },
  {
    name: 'cluster resume',
    summary: 'End a halt of an account, or its hold',
    args: [{ syntax: '<id>', description: 'of the halt, as status tells it; hold, or all' }],
    options: [reason, ...LOOKING],
    run: workOf(() => import('../work/cluster-control.js'), 'resumeTrading'),
  },
]);
