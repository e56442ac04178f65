/**
 * vnpy's examples/simple_rpc/test_server.py in Node.js: a function to call, and a message every two seconds.
 *
 *     node simple-rpc-server.js [reply address] [publish address]
 *
 * A Python client of vnpy 4.5 or later, or simple-rpc-client.js, connects to it. (For clients of vnpy 3.0 to 4.4 give
 * `{ pair: publishAddress }` instead of the publish address.)
 */
import { RpcServer } from 'vnpy-bridge/rpc';

const [replyAddress = 'tcp://127.0.0.1:2014', publishAddress = 'tcp://127.0.0.1:4102'] = process.argv.slice(2);

const server = new RpcServer({ logger: console });

// `params` are the Python names of the parameters, so that a client may also call add(a=1, b=3).
server.register(
  'add',
  (a: number, b: number) => {
    console.log(`receiving: ${a}, ${b}`);
    return a + b;
  },
  { params: ['a', 'b'] },
);

await server.start(replyAddress, publishAddress);
console.log(`serving at ${server.addresses?.reply ?? ''}, publishing at ${server.addresses?.topicFrame ?? ''}`);

const timer = setInterval(() => {
  server.publish('test', `current server time is ${new Date().toISOString()}`);
}, 2000);

process.once('SIGINT', () => {
  clearInterval(timer);
  void server.stop();
});
