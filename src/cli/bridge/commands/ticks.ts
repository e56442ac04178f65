import type { CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, csv, find } from '../settings/options.js';

/** `vnpy-bridge ticks` */
export const ticks: CommandDefinition = {
  name: 'ticks',
  summary: 'Show the latest tick of every contract that has one',
  options: [find, csv, ...CLIENT, ...COMMON],
  kind: 'answer',
  run: async (context) => {
    const { LISTS, showList } = await import('../list.js');
    await showList(context, 'get_all_ticks', LISTS.ticks);
    return EXIT.ok;
  },
};
