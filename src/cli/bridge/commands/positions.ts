import { listCommand } from './list-command.js';

/** `vnpy-bridge positions` */
export const positions = listCommand('positions', {
  summary: 'Show the positions',
});
