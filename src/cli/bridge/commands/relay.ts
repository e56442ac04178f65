import { command, workOf } from '../../kit/command.js';
import { natsLog } from '../cluster-options.js';
import {
  CLIENT,
  COMMON,
  dropGoneContracts,
  GUARDED,
  guardLook,
  SERVER_ACCESS,
  SERVICE,
  servePlainClasses,
  serveRequest,
  serveSubscribe,
  serveSubscribePair,
} from '../options.js';

/** `vnpy-bridge relay` */
export const relay = command({
  name: 'relay',
  summary: 'Stand between a vnpy server and its clients',
  details:
    'One connection to the vnpy server, many clients: of every vnpy version (events are published in both formats), with ' +
    'CURVE or PLAIN where the server has none, and only for the functions that are allowed. Waits for the server as long ' +
    'as it takes, and goes on when it comes back.',
  options: [
    serveRequest,
    serveSubscribe,
    serveSubscribePair,
    servePlainClasses,
    dropGoneContracts,
    ...SERVER_ACCESS,
    ...GUARDED,
    guardLook,
    ...SERVICE,
    natsLog,
    ...CLIENT,
    ...COMMON,
  ],
  examples: [
    { line: 'relay --serve-read-only', comment: 'market data and positions, no orders' },
    {
      line: 'relay --serve-request tcp://*:12014 --serve-subscribe tcp://*:14102 --serve-curve --serve-curve-secret-key-file relay.key',
      comment: 'for the network, encrypted',
    },
  ],
  isService: true,
  run: workOf(() => import('../work/relay.js'), 'relayServer'),
});
