/**
 * The commands `cluster …`, and `edge`.
 *
 * @module
 */
import { workOf } from '../../kit/command.js';
import type { CommandDefinition } from '../../kit/command.js';
import {
  cluster,
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
} from '../cluster-options.js';
import { COMMON, guard } from '../options.js';

/** One line for the group. */
export const CLUSTER_GROUP: Readonly<Record<string, string>> = {
  cluster: 'Look at, set up and control a cluster on NATS',
};

/** All of them. */
export const CLUSTER_COMMANDS: readonly CommandDefinition[] = [
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
];
