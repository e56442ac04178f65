/**
 * An edge of a cluster beside a vnpy server, as a process that can be stopped and killed: `vnpy-bridge edge` with short times of its
 * lease, which tells each 10 ms whether it may act, and each order as it leaves. All times are the machine's monotonic clock in ms.
 * Takes its options as JSON. edge-process.ts bundles it with the sources that it stands for.
 */
import process from 'node:process';
import { setInterval } from 'node:timers';
import { AccountEdge } from '../../src/cluster/internal.ts';
import { RpcGateway } from '../../src/vnpy/index.ts';

const { vnpy, beat, ...options } = JSON.parse(process.argv[2] ?? '{}');

const now = () => Number(process.hrtime.bigint()) / 1e6;
const tell = (line) => process.stdout.write(`${JSON.stringify({ at: now(), ...line })}\n`);

let holding;

const gateway = new RpcGateway({ receiver: 'inline' });
gateway.on('error', () => undefined);
await gateway.connect(vnpy.request, vnpy.publish);

/** The engine that the account's checks stand before: what it is asked for leaves. */
const engine = new Proxy(gateway, {
  get: (target, name) => {
    const value = Reflect.get(target, name, target);
    if (typeof value !== 'function') return value;
    if (name !== 'sendOrder') return value.bind(target);
    return (request, ...rest) => {
      tell({ leaves: request.reference, epoch: holding?.epoch });
      return target.sendOrder(request, ...rest);
    };
  },
});

const log = (level) => (text) => void process.stderr.write(`${now().toFixed(0)} ${level} ${text}\n`);
const edge = await AccountEdge.open(engine, {
  ...options,
  beatInterval: beat,
  logger: { debug: () => undefined, info: log('info'), warn: log('warn'), error: log('error') },
});
({ holding } = edge);
holding.onChange(({ state, reason, epoch }) => tell({ state, reason, epoch }));
setInterval(() => {
  const { epoch } = holding;
  if (holding.mayReduce) tell({ acts: epoch });
}, 10);
await edge.start();
tell({ ready: true, state: holding.state, epoch: holding.epoch });
process.on('SIGTERM', () => {
  void edge.stop().then(() => process.exit(0));
});
