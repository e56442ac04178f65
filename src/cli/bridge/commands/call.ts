import { command, workOf } from '../../kit/command.js';
import { CLIENT, COMMON, kwargs } from '../options.js';

/** `vnpy-bridge call` */
export const call = command({
  name: 'call',
  summary: 'Call a function of the server and print its result as JSON',
  details:
    'An argument is JSON (42, 1.0, true, null, "text", [1, 2], {"a": 1}), one of vnpy\'s requests by its class, a member ' +
    'of one of its enums, or, being none of these, a text. Each \' in JSON may stand for a ", so that no shell needs ' +
    'escapes. Nothing is ever sent twice.',
  args: [
    { syntax: '<name>', description: 'the function' },
    { syntax: '[args...]', description: 'its arguments' },
  ],
  options: [kwargs, ...CLIENT, ...COMMON],
  examples: [
    { line: 'call get_tick rb2705.SHFE', comment: 'a text needs no quotes' },
    {
      line: `call subscribe "SubscribeRequest{'symbol': 'rb2705', 'exchange': 'SHFE'}" CTP`,
      comment: 'a request by its class',
    },
    { line: `call get_contract --kwargs "{'vt_symbol': 'rb2705.SHFE'}"`, comment: 'keyword arguments' },
  ],
  run: workOf(() => import('../work/call.js'), 'callFunction'),
});
