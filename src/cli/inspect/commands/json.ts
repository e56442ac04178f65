import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, arrays, maxNodes, mode, ndjson } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect json` */
export const json = command({
  name: 'json',
  summary: 'print the value as JSON: plain for jq, or typed, which loses nothing and which `pack` turns back',
  args: INPUTS,
  options: [mode, ndjson, arrays, maxNodes, ...READING, ...PRINTING],
  run: workOf(() => import('../run/json.js'), 'json'),
});
