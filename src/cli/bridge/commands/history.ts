import type { CommandDefinition } from '../command.js';
import { CLIENT, COMMON, csv, datafeed, end, find, interval, start } from '../settings/options.js';

/** `vnpy-bridge history` */
export const history: CommandDefinition = {
  name: 'history',
  summary: 'Ask for the bars or ticks of a contract',
  args: [{ syntax: '<vt_symbol>', description: 'the contract, rb2505.SHFE for instance' }],
  options: [interval, start, end, datafeed, find, csv, ...CLIENT, ...COMMON],
  examples: [
    { line: 'history rb2505.SHFE --interval 1h --start 2025-01-02 --end 2025-01-31', comment: 'hourly bars' },
    { line: 'history rb2505.SHFE --datafeed --csv > bars.csv', comment: 'from a datafeed server' },
  ],
  kind: 'answer',
  run: async (context) => {
    const { showHistory } = await import('../work/history.js');
    return showHistory(context);
  },
};
