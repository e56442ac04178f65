import { command, workOf } from '../../kit/command.js';
import { natsLog } from '../cluster-options.js';
import {
  CLIENT,
  COMMON,
  SERVICE,
  compress,
  flush,
  forDuration,
  fsync,
  rotateSize,
  rotateTime,
  snapshotCall,
  symbol,
} from '../options.js';

/** `vnpy-bridge record` */
export const record = command({
  name: 'record',
  summary: 'Record everything that a server publishes, with times, as an MCAP file',
  details:
    'Begins each file with a snapshot of the server (contracts, accounts, positions, orders, trades, ticks), and takes ' +
    'another one after each reconnect. Asks for no ticks unless --symbol names contracts. {time} in the name of the file ' +
    'becomes the moment at which it begins. What was written before a crash is readable.',
  args: [{ syntax: '<file>', description: 'where to, day.mcap or /data/{time}.mcap for instance' }],
  options: [
    rotateSize,
    rotateTime,
    forDuration,
    flush,
    fsync,
    compress,
    snapshotCall,
    symbol,
    ...SERVICE,
    natsLog,
    ...CLIENT,
    ...COMMON,
  ],
  examples: [
    { line: 'record day.mcap', comment: 'until Ctrl-C' },
    { line: 'record /data/ctp-{time}.mcap --rotate-time 1h --metrics 127.0.0.1:9464', comment: 'as a service' },
  ],
  isService: true,
  run: workOf(() => import('../record/record.js'), 'recordWire'),
});
