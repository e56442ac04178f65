/**
 * `vnpy-bridge`: the program, put together from its commands.
 *
 * @module
 */
import { everywhere } from '../kit/command.js';
import type { Program } from '../kit/command.js';
import { lang } from '../kit/options.js';
import { CLUSTER_GROUP } from './commands/cluster.js';
import { GROUPS } from './commands/guard.js';
import { COMMANDS } from './commands/index.js';
import { EXIT_MEANINGS, exitCodeOf } from './exit-codes.js';
import { renderError } from './output/error.js';

export const VNPY_BRIDGE: Program = {
  name: 'vnpy-bridge',
  description: 'Look at, record, replay, simulate and relay vnpy servers.',
  commands: everywhere(COMMANDS, lang),
  groups: { ...GROUPS, ...CLUSTER_GROUP, 'web-user': 'Users of the console' },
  exitMeanings: EXIT_MEANINGS,
  translations: { zh: async () => (await import('../lang/zh/bridge-help.js')).bridgeHelp },
  exitCodeOf,
  renderError,
};
