import { command, workOf } from '../../kit/command.js';
import {
  PRINTING,
  READING,
  annotate,
  byteRange,
  compat,
  indentlevel,
  noBytes,
  noMemo,
  noPath,
  noStack,
  only,
  preamble,
  python,
} from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect ops` */
export const ops = command({
  name: 'ops',
  summary: 'list the opcodes with offset, length, bytes, stack, memo and the path of the value they make',
  args: INPUTS,
  options: [
    annotate,
    byteRange,
    only,
    noBytes,
    noStack,
    noMemo,
    noPath,
    compat,
    python,
    indentlevel,
    preamble,
    ...READING,
    ...PRINTING,
  ],
  run: workOf(() => import('../run/ops.js'), 'ops'),
});
