import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, allow, deny, format, policy, profile } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect check` */
export const check = command({
  name: 'check',
  summary: 'say what loading would import, call and write, and whether a policy allows it; never says "safe"',
  args: INPUTS,
  options: [profile, policy, allow, deny, format, ...READING, ...PRINTING],
  run: workOf(() => import('../run/check.js'), 'check'),
});
