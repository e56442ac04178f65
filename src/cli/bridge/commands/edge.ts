import { command, workOf } from '../../kit/command.js';
import {
  EDGE_TIMES,
  edge as edgeName,
  lastTickReplicas,
  natsLog,
  natsReplicas,
  noJournal,
  state,
} from '../cluster-options.js';
import { COMMON, GUARDED, REACHING, SERVICE, SIMULATED } from '../options.js';

/** `vnpy-bridge edge` */
export const edge = command({
  name: 'edge',
  summary: 'Put a vnpy server on NATS, as one of the edges of an account',
  details:
    'The first edge of an account takes it at once. Another one waits: it takes over when a person says so (cluster takeover), ' +
    'or at once when the first was stopped in order. Waits for the vnpy server as long as it takes.',
  options: [
    edgeName,
    state,
    noJournal,
    natsReplicas,
    lastTickReplicas,
    ...EDGE_TIMES,
    ...SIMULATED,
    ...GUARDED,
    ...SERVICE,
    natsLog,
    ...REACHING,
    ...COMMON,
  ],
  examples: [
    {
      line: 'edge --nats nats://10.0.0.5:4222 --cluster desk --account ctp --edge edge-1 --nats-key-file edge-1.nk --guard guard.json',
      comment: "the vnpy server at vnpy's own addresses",
    },
    {
      line: 'edge --nats nats://127.0.0.1:4222 --cluster desk --account sim --edge edge-1 --simulate',
      comment: 'to look at it, without a vnpy server',
    },
  ],
  isService: true,
  run: workOf(() => import('../work/edge.js'), 'serveEdge'),
});
