import type { CommandDefinition } from '../../kit/command.js';
import { READING, maxHex, maxMessages, maxRows, output, title } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect html` */
export const html: CommandDefinition = {
  name: 'html',
  summary: 'write a report with linked tree, opcodes, bytes and findings: one file, no network',
  args: INPUTS,
  options: [output, title, maxRows, maxHex, maxMessages, ...READING],
  run: async (context) => {
    const work = await import('../run/html.js');
    return work.report(context);
  },
};
