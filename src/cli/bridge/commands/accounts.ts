import type { CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, csv, find } from '../settings/options.js';

/** `vnpy-bridge accounts` */
export const accounts: CommandDefinition = {
  name: 'accounts',
  summary: 'Show the accounts',
  options: [find, csv, ...CLIENT, ...COMMON],
  kind: 'answer',
  run: async (context) => {
    const { LISTS, showList } = await import('../list.js');
    await showList(context, 'get_all_accounts', LISTS.accounts);
    return EXIT.ok;
  },
};
