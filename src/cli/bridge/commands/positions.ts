import type { CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, csv, find } from '../settings/options.js';

/** `vnpy-bridge positions` */
export const positions: CommandDefinition = {
  name: 'positions',
  summary: 'Show the positions',
  options: [find, csv, ...CLIENT, ...COMMON],
  kind: 'answer',
  run: async (context) => {
    const { LISTS, showList } = await import('../list.js');
    await showList(context, 'get_all_positions', LISTS.positions);
    return EXIT.ok;
  },
};
