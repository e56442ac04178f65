/**
 * The server of vnpy's examples/client_server in Node.js, with a simulated market instead of CTP.
 *
 *     node trading-server.js [reply address] [publish address] [publish address for vnpy 3.0 to 4.4]
 *
 * VeighNa Trader connects to it with its RpcGateway (settings 主动请求地址 and 推送订阅地址), and so does
 * trading-client.js. An engine of your own, in front of an exchange's interface, is any class that implements
 * TradingEngine.
 */
import { RpcService, SimulatedEngine } from 'vnpy-bridge/vnpy';

const [replyAddress = 'tcp://127.0.0.1:2014', topicFrame = 'tcp://127.0.0.1:4102', pair = 'tcp://127.0.0.1:4103'] =
  process.argv.slice(2);

const engine = new SimulatedEngine({ seed: 1 });
const service = new RpcService(engine, { logger: console });
await service.start(replyAddress, { topicFrame, pair });
engine.start(2); // two ticks a second of each contract that somebody has subscribed
console.log(`serving ${engine.contracts.size} contracts at ${service.addresses?.reply ?? ''}`);

process.once('SIGINT', () => {
  engine.stop();
  void service.stop();
});
