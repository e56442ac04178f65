import type { CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, csv, find } from '../settings/options.js';

/** `vnpy-bridge contracts` */
export const contracts: CommandDefinition = {
  name: 'contracts',
  summary: 'Show the contracts',
  options: [find, csv, ...CLIENT, ...COMMON],
  examples: [{ line: 'contracts --find rb25', comment: 'contracts whose fields contain rb25' }],
  kind: 'answer',
  run: async (context) => {
    const { LISTS, showList } = await import('../list.js');
    await showList(context, 'get_all_contracts', LISTS.contracts);
    return EXIT.ok;
  },
};
