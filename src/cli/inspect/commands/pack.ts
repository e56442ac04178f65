import { command, workOf } from '../../kit/command.js';
import { config } from '../../kit/options.js';
import { maxBytes, output, packProtocol } from '../options.js';

/** `pickle-inspect pack` */
export const pack = command({
  name: 'pack',
  summary: 'write pickles from typed JSON, as `json --mode typed` prints it',
  args: [{ syntax: '[input...]', description: 'JSON files, or - for standard input; one document, or one a line' }],
  options: [packProtocol, output, maxBytes, config],
  run: workOf(() => import('../run/repack.js'), 'pack'),
});
