import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, json, top } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect stats` */
export const stats = command({
  name: 'stats',
  summary: 'count opcodes, bytes by type and path, repeated texts; of a capture, messages by kind',
  args: INPUTS,
  options: [top, json, ...READING, ...PRINTING],
  run: workOf(() => import('../run/stats.js'), 'count'),
});
