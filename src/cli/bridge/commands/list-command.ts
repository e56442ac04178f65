import type { CommandDefinition } from '../../kit/command.js';
import { EXIT } from '../exit-codes.js';
import { CLIENT, COMMON, csv, find } from '../options.js';

/** A command that shows what one function of the server lists. */
export function listCommand(
  name: 'trades' | 'positions' | 'accounts' | 'contracts' | 'ticks',
  description: Pick<CommandDefinition, 'summary' | 'examples'>,
): CommandDefinition {
  return {
    name,
    ...description,
    options: [find, csv, ...CLIENT, ...COMMON],
    run: async (context) => {
      const { SHOW_LIST } = await import('../work/list.js');
      await SHOW_LIST[name](context, `get_all_${name}`);
      return EXIT.ok;
    },
  };
}
