import { command, workOf } from '../../kit/command.js';
import {
  COMMON,
  GUARDED,
  SERVER_ACCESS,
  SERVICE,
  SIMULATED,
  request,
  subscribe,
  subscribePair,
  transport,
} from '../options.js';

/** `vnpy-bridge serve` */
export const serve = command({
  name: 'serve',
  summary: 'Be a vnpy server with a simulated market',
  details:
    'Contracts, ticks, matching, positions and accounts without Python: unmodified clients of vnpy connect to it. ' +
    '--simulate says that this is no market; without it nothing is served. Prints a line when clients may connect.',
  options: [
    ...SIMULATED,
    request,
    subscribe,
    subscribePair,
    transport,
    ...SERVER_ACCESS,
    ...GUARDED,
    ...SERVICE,
    ...COMMON,
  ],
  examples: [
    { line: 'serve --simulate', comment: "at vnpy's own addresses, for clients of vnpy 4.5" },
    { line: 'serve --simulate --subscribe-pair tcp://127.0.0.1:4103', comment: 'for older ones too' },
    { line: 'serve --simulate --contracts tcp://10.0.0.5:2014', comment: 'with the contracts of another vnpy server' },
    {
      line: 'serve --simulate --sessions --holidays holidays.json --close-by-day --fees fees.json',
      comment: 'as at a Chinese exchange',
    },
  ],
  isService: true,
  run: workOf(() => import('../work/serve.js'), 'serveSimulation'),
});
