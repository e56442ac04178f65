/**
 * This package's server, in a process of its own as Python's is. Prints its addresses; ends with its standard input.
 */
import { RpcServer } from 'vnpy-bridge/rpc';

const server = new RpcServer().register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
console.log(JSON.stringify({ request: server.addresses?.reply, publish: server.addresses?.topicFrame }));
process.stdin.resume().on('end', () => void server.stop());
