import { command, workOf } from '../../kit/command.js';
import { CLIENT, COMMON, wait } from '../options.js';

/** `vnpy-bridge doctor` */
export const doctor = command({
  name: 'doctor',
  summary: 'Find out what is wrong with a server, or that nothing is',
  details:
    'Looks at the ports, the ZeroMQ handshake, an answered call, the heartbeat, the versions of vnpy and Python, the ' +
    'locale, the clock, the functions, the contracts and the events. Calls nothing that changes anything. Exit code 1 ' +
    'when there is a fault. Without --timeout it waits no longer than 10 s for a port or an answer.',
  options: [wait, ...CLIENT, ...COMMON],
  examples: [
    { line: 'doctor --request tcp://10.0.0.5:2014 --subscribe tcp://10.0.0.5:4102', comment: 'another machine' },
  ],
  run: workOf(() => import('../doctor/doctor.js'), 'examineServer'),
});
