/**
 * All commands, in the order of `--help`.
 *
 * @module
 */
import type { CommandDefinition } from '../../kit/command.js';
import { completionCommand } from '../../kit/completion-command.js';
import { color, config } from '../../kit/options.js';
import { optionsCommand } from '../../kit/options-command.js';
import { json } from '../options.js';
import { accounts } from './accounts.js';
import { call } from './call.js';
import { contracts } from './contracts.js';
import { doctor } from './doctor.js';
import { history } from './history.js';
import { keygen } from './keygen.js';
import { listen } from './listen.js';
import { orders } from './orders.js';
import { positions } from './positions.js';
import { record } from './record.js';
import { relay } from './relay.js';
import { replay } from './replay.js';
import { serve } from './serve.js';
import { ticks } from './ticks.js';
import { trades } from './trades.js';
import { watch } from './watch.js';

export const COMMANDS: readonly CommandDefinition[] = [
  doctor,
  call,
  listen,
  watch,
  orders,
  trades,
  positions,
  accounts,
  contracts,
  ticks,
  history,
  record,
  replay,
  serve,
  relay,
  keygen,
  optionsCommand(json),
  completionCommand('vnpy-bridge', [config, json, color]),
];
