/** The cluster's messages over a real nats-server: what every transport does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NatsTransport } from '../src/cluster/transport/nats-transport.js';
import { describeTransport } from '../tests/cluster/transport/contract.js';
import { NatsServer } from './support/nats-server.js';

describeTransport('over NATS', async () => {
  const server = await NatsServer.start();
  return {
    connect: (name) => NatsTransport.connect({ servers: [server.url], name }),
    pass: sleep,
    close: () => server.stop(),
  };
});
