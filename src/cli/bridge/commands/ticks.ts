import { listCommand } from './list-command.js';

/** `vnpy-bridge ticks` */
export const ticks = listCommand('ticks', {
  summary: 'Show the latest tick of every contract that has one',
});
