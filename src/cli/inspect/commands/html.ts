import { command, workOf } from '../../kit/command.js';
import { READING, maxHex, maxMessages, maxRows, output, title } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect html` */
export const html = command({
  name: 'html',
  summary: 'write a report with linked tree, opcodes, bytes and findings: one file, no network',
  args: INPUTS,
  options: [output, title, maxRows, maxHex, maxMessages, ...READING],
  run: workOf(() => import('../run/html.js'), 'report'),
});
