import { command, workOf } from '../../kit/command.js';
import { COMMON } from '../options.js';

/** `vnpy-bridge keygen` */
export const keygen = command({
  name: 'keygen',
  summary: 'Make a key pair for CURVE',
  details:
    'Writes the secret key to NAME.key, which only you can read, and the public key to NAME.pub, and prints the public ' +
    'key. Without a name both keys are printed and nothing is written. Neither file is ever written over.',
  args: [{ syntax: '[name]', description: 'path and name of the files, without ending' }],
  options: COMMON,
  examples: [{ line: 'keygen relay', comment: 'relay.key and relay.pub' }],
  run: workOf(() => import('../work/keygen.js'), 'makeKeys'),
});
