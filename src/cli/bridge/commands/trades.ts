import type { CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, csv, find } from '../settings/options.js';

/** `vnpy-bridge trades` */
export const trades: CommandDefinition = {
  name: 'trades',
  summary: 'Show the trades of today',
  options: [find, csv, ...CLIENT, ...COMMON],
  kind: 'answer',
  run: async (context) => {
    const { LISTS, showList } = await import('../list.js');
    await showList(context, 'get_all_trades', LISTS.trades);
    return EXIT.ok;
  },
};
