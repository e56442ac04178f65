import { command, workOf } from '../../kit/command.js';
import { PRINTING, READING, arrays, json, maxItems } from '../options.js';
import { INPUTS } from './inputs.js';

/** `pickle-inspect select` */
export const select = command({
  name: 'select',
  summary: 'print one part of the value, by its path: $[1].data.last_price',
  args: [
    {
      syntax: '<path>',
      description:
        "steps: .name, [0], [-1], ['any key'], @args[0], as show and ops print them; of a table .column and .column[3]",
    },
    ...INPUTS,
  ],
  options: [json, arrays, maxItems, ...READING, ...PRINTING],
  run: workOf(() => import('../run/select.js'), 'selectPart'),
});
