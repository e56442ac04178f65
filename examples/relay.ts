/**
 * A relay between vnpy versions: clients of vnpy 4.5 and of 4.4 use one server, whichever its version.
 *
 *     node relay.js [server's request address] [server's publish address]
 *                   [reply address] [publish address for 4.5] [publish address for 3.0 to 4.4]
 *
 * vnpy cannot do that itself: the events of 4.5 and those of earlier versions are written in two formats, and a client of
 * the other kind loses them in silence. The server sees one client, however many there are here.
 */
import { RpcGateway, RpcService } from 'vnpy-bridge/vnpy';

const [
  requestAddress = 'tcp://127.0.0.1:2014',
  subscribeAddress = 'tcp://127.0.0.1:4102',
  replyAddress = 'tcp://127.0.0.1:3014',
  topicFrame = 'tcp://127.0.0.1:5102',
  pair = 'tcp://127.0.0.1:5103',
] = process.argv.slice(2);

const upstream = new RpcGateway({ logger: console });
upstream.on('error', (problem) => {
  console.error(`problem: ${problem.message}`);
});
upstream.on('status', (status) => {
  console.log(`server: ${status.state}`);
});

// First the server, so that the relay has everything when its first client asks.
await upstream.connect(requestAddress, subscribeAddress);
const service = new RpcService(upstream, { logger: console });
await service.start(replyAddress, { topicFrame, pair });
console.log(`relaying ${upstream.contracts.size} contracts at ${service.addresses?.reply ?? ''}`);

process.once('SIGINT', () => {
  void service.stop().then(() => upstream.close());
});
