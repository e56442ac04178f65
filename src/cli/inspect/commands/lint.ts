import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, json, maxSame, strict } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect lint` */
export const lint = command({
  name: 'lint',
  summary: 'list what loads, but not in every Python or not as it seems',
  args: INPUTS,
  options: [strict, json, maxSame, ...READING, ...PRINTING],
  run: workOf(() => import('../run/lint.js'), 'lint'),
});
