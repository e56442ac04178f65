/**
 * vnpy's examples/simple_rpc/test_client.py in Node.js: calls a function of a server, and listens to what it publishes.
 *
 *     node simple-rpc-client.js [request address] [subscribe address] [number of calls]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteException, RpcClient } from 'vnpy-bridge/rpc';

const [requestAddress = 'tcp://127.0.0.1:2014', subscribeAddress = 'tcp://127.0.0.1:4102', times = '3'] =
  process.argv.slice(2);

/** What the server offers: the type is this program's claim, and types the calls below. */
interface Api {
  add(a: number, b: number): number;
}

await using client = new RpcClient({ timeout: 5000 });
client.on('event', ({ topic, data }) => {
  console.log(`client received topic: ${topic}, data: ${String(data)}`);
});
client.subscribe(''); // every topic
await client.start(requestAddress, subscribeAddress);
await client.ready();
console.log(`connected to ${requestAddress}`);

const server = client.proxy<Api>();
for (let count = 1; count <= Number(times); count++) {
  console.log(`add(1, ${count}) = ${await server.add(1, count)}`);
  await sleep(200);
}

// A Python exception comes as an error with the server's traceback.
try {
  await client.call('no_such_function');
} catch (error) {
  if (!(error instanceof RemoteException)) throw error;
  console.log(`no_such_function: ${error.type}`);
}
