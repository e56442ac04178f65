import { listCommand } from './list-command.js';

/** `vnpy-bridge contracts` */
export const contracts = listCommand('contracts', {
  summary: 'Show the contracts',
  examples: [{ line: 'contracts --find rb27', comment: 'contracts whose fields contain rb25' }],
});
