/**
 * `vnpy-bridge`: the program, put together from its commands.
 *
 * @module
 */
import type { Program } from '../kit/command.js';
import { CLUSTER_GROUP } from './commands/cluster.js';
import { GROUPS } from './commands/guard.js';
import { COMMANDS } from './commands/index.js';
import { EXIT_MEANINGS, exitCodeOf } from './exit-codes.js';
import { renderError } from './output/error.js';

export const VNPY_BRIDGE: Program = {
  name: 'vnpy-bridge',
  description: 'Look at, record, replay, simulate and relay vnpy servers.',
  commands: COMMANDS,
  groups: { ...GROUPS, ...CLUSTER_GROUP, 'web-user': 'Users of the console' },
  exitMeanings: EXIT_MEANINGS,
  exitCodeOf,
  renderError,
};
