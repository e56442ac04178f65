import type { CommandDefinition } from '../../kit/command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, active, csv, find } from '../options.js';

/** `vnpy-bridge orders` */
export const orders: CommandDefinition = {
  name: 'orders',
  summary: 'Show the orders of today',
  options: [active, find, csv, ...CLIENT, ...COMMON],
  examples: [
    { line: 'orders --active', comment: 'what can still trade' },
    { line: 'orders --csv > orders.csv', comment: 'every field, for a spreadsheet' },
  ],
  run: async (context) => {
    const { SHOW_LIST } = await import('../work/list.js');
    const method = context.settings.get(active) ? 'get_all_active_orders' : 'get_all_orders';
    await SHOW_LIST.orders(context, method);
    return EXIT.ok;
  },
};
