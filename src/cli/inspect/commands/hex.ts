import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, byteRange } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect hex` */
export const hex = command({
  name: 'hex',
  summary: 'show the bytes, cut into opcodes, with what each says',
  args: INPUTS,
  options: [byteRange, ...READING, ...PRINTING],
  run: workOf(() => import('../run/hex.js'), 'hex'),
});
