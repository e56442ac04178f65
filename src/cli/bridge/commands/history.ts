import { command, workOf } from '../../kit/command.js';
import { CLIENT, COMMON, bom, csv, datafeed, end, find, interval, start } from '../options.js';

/** `vnpy-bridge history` */
export const history = command({
  name: 'history',
  summary: 'Ask for the bars or ticks of a contract',
  args: [{ syntax: '<vt_symbol>', description: 'the contract, rb2705.SHFE for instance' }],
  options: [interval, start, end, datafeed, find, csv, bom, ...CLIENT, ...COMMON],
  examples: [
    { line: 'history rb2705.SHFE --interval 1h --start 2027-01-04 --end 2027-01-29', comment: 'hourly bars' },
    { line: 'history rb2705.SHFE --datafeed --csv > bars.csv', comment: 'from a datafeed server' },
  ],
  run: workOf(() => import('../work/history.js'), 'showHistory'),
});
