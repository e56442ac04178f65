import { command, workOf } from '../../kit/command.js';
import { config } from '../../kit/options.js';

/** `pickle-inspect explain` */
export const explain = command({
  name: 'explain',
  summary: 'explain an opcode (REDUCE, 0x52, R) or a finding (P101); without an argument, list them all',
  args: [{ syntax: '[name...]', description: 'names or bytes of opcodes, codes of findings' }],
  options: [config],
  run: workOf(() => import('../run/explain.js'), 'explain'),
});
