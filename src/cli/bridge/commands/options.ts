import type { CommandDefinition } from '../command.js';
import { COMMON } from '../settings/options.js';

/** `vnpy-bridge options` */
export const options: CommandDefinition = {
  name: 'options',
  summary: 'List all options with their environment variables and defaults',
  options: COMMON,
  kind: 'answer',
  run: async (context) => {
    const { listOptions } = await import('../work/list-options.js');
    return listOptions(context);
  },
};
