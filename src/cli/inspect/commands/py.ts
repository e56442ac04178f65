import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect py` */
export const py = command({
  name: 'py',
  summary: 'write the value as Python code that makes it, with every call that loading would make',
  args: INPUTS,
  options: [...READING, ...PRINTING],
  run: workOf(() => import('../run/code.js'), 'py'),
});
