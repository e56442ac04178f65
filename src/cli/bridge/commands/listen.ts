import { command, workOf } from '../../kit/command.js';
import { CLIENT, COMMON, all, ask, count, forDuration, symbol, topic, type } from '../options.js';

/** `vnpy-bridge listen` */
export const listen = command({
  name: 'listen',
  summary: 'Print the events as they come, one line each',
  details:
    'Changes nothing at the server, unless --ask asks it to subscribe. What goes wrong on the way (a lost connection, an ' +
    'event that cannot be decoded, a reader that is too slow) is told on standard error; listening goes on.',
  options: [type, symbol, topic, ask, all, count, forDuration, ...CLIENT, ...COMMON],
  examples: [
    { line: 'listen --type eOrder. --type eTrade.', comment: 'orders and trades' },
    { line: 'listen --symbol rb2705.SHFE --ask --json', comment: 'ticks of one contract, a line of JSON each' },
  ],
  isService: true,
  run: workOf(() => import('../work/listen.js'), 'listenToEvents'),
});
