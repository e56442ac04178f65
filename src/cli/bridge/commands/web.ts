import { command, workOf } from '../../kit/command.js';
import { natsLog } from '../cluster-options.js';
import {
  CLIENT,
  COMMON,
  GUARDED,
  SERVICE,
  SIMULATED,
  replaySpeed,
  webBehindProxy,
  webListen,
  webMaxVolume,
  webOrigin,
  webPlainHttp,
  webReplay,
  webRequireTotp,
  webServer,
  webStrategies,
  webTlsCert,
  webTlsKey,
  webTrade,
  webUsers,
} from '../options.js';

/** `vnpy-bridge web` */
export const web = command({
  name: 'web',
  summary: 'Serve a trading page and a JSON API in front of a vnpy server',
  details:
    'The first line on standard output is where the console is. Without users it is followed by an address with a code, to log ' +
    'in with once. With --simulate or --replay there is no vnpy server. The API is described in docs/web-api.md.',
  options: [
    webListen,
    webServer,
    webTrade,
    webStrategies,
    webUsers,
    webMaxVolume,
    webOrigin,
    webBehindProxy,
    webTlsCert,
    webTlsKey,
    webPlainHttp,
    webRequireTotp,
    webReplay,
    replaySpeed,
    ...SIMULATED,
    ...GUARDED,
    ...SERVICE,
    natsLog,
    ...CLIENT,
    ...COMMON,
  ],
  examples: [
    { line: 'web --simulate --web-trade', comment: 'to look at it, without a vnpy server' },
    { line: 'web --web-trade --web-users users.json', comment: "the vnpy server at vnpy's own addresses" },
    {
      line: 'web --server day=tcp://127.0.0.1:2014,tcp://127.0.0.1:4102 --server night=tcp://127.0.0.1:3014,tcp://127.0.0.1:5102',
      comment: 'two vnpy servers in one page',
    },
  ],
  isService: true,
  run: workOf(() => import('../work/web.js'), 'serveConsole'),
});
