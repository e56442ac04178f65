// A user's program, in a project that a package manager made: every entry, and an order from a gateway to a server.
// Its arguments are the entries of the package.
import { clearInterval, setInterval } from 'node:timers';
import { dumps, loads } from 'vnpy-bridge/pickle';
import { generateCurveKeyPair, RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import { MemoryTransport, SimulatedEngine } from 'vnpy-bridge/testing';
import { Direction, Exchange, Offset, OrderRequest, OrderType, RpcGateway, RpcService } from 'vnpy-bridge/vnpy';

for (const entry of process.argv.slice(2)) {
  if (Object.keys(await import(entry)).length === 0) throw new Error(`${entry} is empty`);
}
if (loads(dumps({ price: 3400.5 })).price !== 3400.5) throw new Error('the codec does not give back what it got');

// The wire itself, over TCP: in the clear, and encrypted.
const { publicKey: serverKey, secretKey } = await generateCurveKeyPair();
for (const [serverSecurity, clientSecurity] of [
  [undefined, undefined],
  [
    { mechanism: 'curve', secretKey },
    { mechanism: 'curve', serverKey },
  ],
]) {
  const server = new RpcServer({ security: serverSecurity }).register('add', (a, b) => a + b);
  await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  const client = new RpcClient({ security: clientSecurity });
  client.subscribe('prices');
  await client.start(server.addresses.reply, server.addresses.topicFrame);
  await client.ready();
  if ((await client.call('add', [1, 2])) !== 3) throw new Error('the server cannot add');
  const events = client.events();
  const publishing = setInterval(() => server.publish('prices', 3400.5), 20);
  const { value } = await events.next();
  clearInterval(publishing);
  if (value.data !== 3400.5) throw new Error('the event is another one');
  await client.stop();
  await server.stop();
}

const transport = new MemoryTransport();
const engine = new SimulatedEngine({ seed: 1, clock: () => Date.UTC(2027, 0, 4, 2) });
const service = new RpcService(engine, { transport });
await service.start('requests', 'events');
const gateway = new RpcGateway({ transport });
await gateway.connect('requests', 'events');
await gateway.subscribe('rb2705.SHFE');
engine.step();
const request = new OrderRequest({
  symbol: 'rb2705',
  exchange: Exchange.SHFE,
  direction: Direction.LONG,
  offset: Offset.OPEN,
  type: OrderType.MARKET,
  volume: 1,
});
const order = await gateway.waitForOrder(await gateway.sendOrder(request));
await gateway.close();
await service.stop();
console.log(order.status.name, order.traded);
