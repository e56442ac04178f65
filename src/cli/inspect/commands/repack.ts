import { command, workOf } from '../../kit/command.js';
import { READING, optimize, output, repackProtocol } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect repack` */
export const repack = command({
  name: 'repack',
  summary: 'write pickles again, in another protocol or without unused memo entries, and compare',
  args: INPUTS,
  options: [repackProtocol, optimize, output, ...READING],
  run: workOf(() => import('../run/repack.js'), 'repackPickles'),
});
