import type { CommandDefinition } from '../../kit/command.js';
import { COMMON } from '../options.js';

/** `vnpy-bridge options` */
export const options: CommandDefinition = {
  name: 'options',
  summary: 'List all options with their environment variables and defaults',
  options: COMMON,
  kind: 'answer',
  run: async (context) => {
    const { listOptions } = await import('../../kit/list-options.js');
    return listOptions(context);
  },
};
