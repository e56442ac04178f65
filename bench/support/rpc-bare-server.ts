/**
 * zeromq.js alone as a server: a ROUTER that answers every request with the same bytes, `[True, 3]`. In a process of its
 * own, as rpc-server.ts. Prints its addresses; ends with its standard input.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Publisher, Router } from 'zeromq';
import { dumps } from 'vnpy-bridge/pickle';

const router = new Router({ sendTimeout: 0, linger: 0 });
const publisher = new Publisher({ linger: 0 }); // Python's client connects to one, too.
await router.bind('tcp://127.0.0.1:*');
await publisher.bind('tcp://127.0.0.1:*');
console.log(JSON.stringify({ request: router.lastEndpoint, publish: publisher.lastEndpoint }));
process.stdin.resume().on('end', () => process.exit());

const reply = Buffer.from(dumps([true, 3]));
for (let count = 1; ; count++) {
  const frames = await router.receive();
  void router.send([...frames.slice(0, -1), reply]);
  if (count % 256 === 0) await nextTurn();
}
