import { listCommand } from './list-command.js';

/** `vnpy-bridge trades` */
export const trades = listCommand('trades', {
  summary: 'Show the trades of today',
});
