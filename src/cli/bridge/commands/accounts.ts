import { listCommand } from './list-command.js';

/** `vnpy-bridge accounts` */
export const accounts = listCommand('accounts', {
  summary: 'Show the accounts',
});
