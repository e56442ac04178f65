import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect js` */
export const js = command({
  name: 'js',
  summary: 'write the value as JavaScript code that makes it with the classes of this package',
  args: INPUTS,
  options: [...READING, ...PRINTING],
  run: workOf(() => import('../run/code.js'), 'js'),
});
