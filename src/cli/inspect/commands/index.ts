/**
 * All commands, in the order of `--help`.
 *
 * @module
 */
import { commands } from '../../kit/command.js';
import { completionCommand } from '../../kit/completion-command.js';
import { optionsCommand } from '../../kit/options-command.js';
import { PROGRAM } from '../options.js';
import { check } from './check.js';
import { diff } from './diff.js';
import { explain } from './explain.js';
import { hex } from './hex.js';
import { html } from './html.js';
import { js } from './js.js';
import { json as jsonFlag } from '../options.js';
import { json } from './json.js';
import { lint } from './lint.js';
import { ops } from './ops.js';
import { pack } from './pack.js';
import { py } from './py.js';
import { repack } from './repack.js';
import { select } from './select.js';
import { show } from './show.js';
import { stats } from './stats.js';

export const COMMANDS = commands([
  show,
  ops,
  hex,
  json,
  py,
  js,
  pack,
  repack,
  select,
  check,
  diff,
  stats,
  lint,
  html,
  explain,
  optionsCommand(jsonFlag),
  completionCommand(PROGRAM),
]);
