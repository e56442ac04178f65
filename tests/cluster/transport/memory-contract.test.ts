import { MemoryCluster } from '../../../src/cluster/transport/memory-transport.js';
import { ManualClock } from '../support/manual-clock.js';
import { describeTransport } from './contract.js';

describeTransport('inside one process', () => {
  const clock = new ManualClock();
  const cluster = new MemoryCluster({ clock });
  return Promise.resolve({
    connect: (name) => Promise.resolve(cluster.connect({ name })),
    pass: (ms) => clock.advance(ms),
    close: () => Promise.resolve(),
  });
});
