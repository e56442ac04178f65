import { command, workOf } from '../../kit/command.js';
import {
  COMMON,
  GUARDED,
  SERVER_ACCESS,
  SERVICE,
  from,
  historyFromTicks,
  loop,
  replayHistory,
  replaySpeed,
  request,
  stay,
  subscribe,
  subscribePair,
  to,
  trade,
  transport,
  type,
  waitForClient,
} from '../options.js';

/** `vnpy-bridge replay` */
export const replay = command({
  name: 'replay',
  summary: 'Be a vnpy server that plays recordings',
  details:
    'Publishes the recorded events with the recorded distances in time, and answers calls from the recorded snapshot and ' +
    'what the events have changed since. Orders are refused, or with --trade matched against the recorded ticks. Enum ' +
    'members are written by name, so that a recording from a Chinese server plays to an English client. Several files are ' +
    'played one after the other. A recording holds no history: without --history or --history-from-ticks its contracts say so (history_data is false).',
  args: [{ syntax: '<file...>', description: 'recordings, in their order' }],
  options: [
    replaySpeed,
    loop,
    trade,
    type,
    replayHistory,
    historyFromTicks,
    waitForClient,
    stay,
    from,
    to,
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
    { line: 'replay day.mcap --speed 10 --wait-for-client', comment: 'ten times as fast, once a strategy is there' },
    {
      line: 'replay day.mcap --type eTick. --type eLog',
      comment: "ticks and log lines; no events of the server's apps",
    },
    { line: 'replay ctp-*.mcap --trade', comment: 'files of one day, with a simulated broker' },
  ],
  isService: true,
  run: workOf(() => import('../replay/replay.js'), 'replayRecordings'),
});
