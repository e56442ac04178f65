/**
 * All commands, in the order of `--help`.
 *
 * @module
 */
import { commands } from '../../kit/command.js';
import { completionCommand } from '../../kit/completion-command.js';
import { color, config } from '../../kit/options.js';
import { optionsCommand } from '../../kit/options-command.js';
import { json } from '../options.js';
import { call } from './call.js';
import { CLUSTER_COMMANDS } from './cluster.js';
import { doctor } from './doctor.js';
import { edge } from './edge.js';
import { GUARD_COMMANDS } from './guard.js';
import { history } from './history.js';
import { keygen } from './keygen.js';
import { listen } from './listen.js';
import { LISTS } from './lists.js';
import { record } from './record.js';
import { relay } from './relay.js';
import { replay } from './replay.js';
import { serve } from './serve.js';
import { watch } from './watch.js';
import { web } from './web.js';
import { WEB_USER } from './web-user.js';

export const COMMANDS = commands([
  doctor,
  call,
  listen,
  watch,
  ...LISTS,
  history,
  record,
  replay,
  serve,
  relay,
  edge,
  web,
  ...WEB_USER,
  keygen,
  ...CLUSTER_COMMANDS,
  ...GUARD_COMMANDS,
  optionsCommand(json),
  completionCommand('vnpy-bridge', [config, json, color]),
]);
