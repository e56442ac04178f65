import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, floatEps, ignoreBytes, ignoreTime, json, maxDiffs } from '../options.js';

/** `pickle-inspect diff` */
export const diff = command({
  name: 'diff',
  summary: 'compare two pickles value by value; exit with 1 when they differ',
  args: [
    { syntax: '<a>', description: 'the first file, or -' },
    { syntax: '<b>', description: 'the second file' },
  ],
  options: [ignoreTime, ignoreBytes, floatEps, maxDiffs, json, ...READING, ...PRINTING],
  run: workOf(() => import('../run/diff.js'), 'compare'),
});
