import { command, workOf } from '../../kit/command.js';
import { CLIENT, COMMON, forDuration, upColor } from '../options.js';

/** `vnpy-bridge watch` */
export const watch = command({
  name: 'watch',
  summary: 'Show a live table of quotes, active orders and positions',
  details:
    'Asks the server for the ticks of the contracts. Where the output is no terminal, or with --json, each change is a ' +
    'line instead. On a terminal q ends it, and columns are left out where the window is narrow.',
  args: [
    { syntax: '[vt_symbol...]', description: 'the contracts; without any, those with a position or an active order' },
  ],
  options: [upColor, forDuration, ...CLIENT, ...COMMON],
  examples: [{ line: 'watch rb2705.SHFE IF2703.CFFEX', comment: 'two contracts' }],
  isService: true,
  run: workOf(() => import('../work/watch.js'), 'watchMarket'),
});
