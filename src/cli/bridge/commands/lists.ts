import { command, commands } from '../../kit/command.js';
import type { Example } from '../../kit/command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, active, bom, csv, find } from '../options.js';

/** Commands that show what one function of the server lists. */
export const LISTS = commands([
  listCommand('orders', 'Show the orders of today', [
    { line: 'orders --active', comment: 'what can still trade' },
    { line: 'orders --csv > orders.csv', comment: 'every field, for a spreadsheet' },
  ]),
  listCommand('trades', 'Show the trades of today', []),
  listCommand('positions', 'Show the positions', []),
  listCommand('accounts', 'Show the accounts', []),
  listCommand('contracts', 'Show the contracts', [
    { line: 'contracts --find rb27', comment: 'contracts whose fields contain rb27' },
  ]),
  listCommand('ticks', 'Show the latest tick of every contract that has one', []),
]);

function listCommand<
  const Name extends 'orders' | 'trades' | 'positions' | 'accounts' | 'contracts' | 'ticks',
  const Examples extends readonly Example[],
>(name: Name, summary: string, examples: Examples) {
  return command({
    name,
    summary,
    examples,
    options: [...(name === 'orders' ? [active] : []), find, csv, bom, ...CLIENT, ...COMMON],
    run: async (context) => {
      const { SHOW_LIST } = await import('../work/list.js');
      const onlyActive = name === 'orders' && context.settings.get(active);
      await SHOW_LIST[name](context, onlyActive ? 'get_all_active_orders' : `get_all_${name}`);
      return EXIT.ok;
    },
  });
}
