import { command, workOf } from '../../kit/command.js';
import {
  PRINTING,
  READING,
  all,
  depth,
  maxItems,
  maxLines,
  maxString,
  noOffsets,
  noRefs,
  noTypes,
  noVnpy,
} from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect show` */
export const show = command({
  name: 'show',
  summary: 'show the value as a tree with Python types, offsets and shared references',
  args: INPUTS,
  options: [depth, maxItems, maxString, maxLines, all, noTypes, noOffsets, noRefs, noVnpy, ...READING, ...PRINTING],
  run: workOf(() => import('../run/show.js'), 'show'),
});
