// A user's program, in a project that a package manager made: every entry, and an order from a gateway to a server.
// Its arguments are the entries of the package.
import { dumps, loads } from 'vnpy-bridge/pickle';
import { MemoryTransport, SimulatedEngine } from 'vnpy-bridge/testing';
import { Direction, Exchange, Offset, OrderRequest, OrderType, RpcGateway, RpcService } from 'vnpy-bridge/vnpy';

for (const entry of process.argv.slice(2)) {
  if (Object.keys(await import(entry)).length === 0) throw new Error(`${entry} is empty`);
}
if (loads(dumps({ price: 3400.5 })).price !== 3400.5) throw new Error('the codec does not give back what it got');

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
