/**
 * This package's server, in a process of its own as Python's is. Its arguments are the transport and, for CURVE, the secret
 * key. Prints its addresses; ends with its standard input.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { RpcServer } from 'vnpy-bridge/rpc';
import { Exchange, TickData, vnpyRegistry } from 'vnpy-bridge/vnpy';

const [transport = 'zmtp', secretKey] = process.argv.slice(2);
const server = new RpcServer({
  registry: vnpyRegistry,
  transport: transport === 'zeromq' ? 'zeromq' : 'zmtp',
  ...(secretKey === undefined ? {} : { security: { mechanism: 'curve', secretKey } }),
});
const levels = Object.fromEntries(
  ['bid', 'ask'].flatMap((side) =>
    [1, 2, 3, 4, 5].flatMap((level) => [
      [`${side}_price_${level}`, 3700.5 + level],
      [`${side}_volume_${level}`, 10 + level],
    ]),
  ),
);
const tick = new TickData({
  gateway_name: 'CTP',
  symbol: 'rb2605',
  exchange: Exchange.SHFE,
  datetime: new Date(),
  name: '螺纹钢2605',
  volume: 1_234_567,
  turnover: 45_678_901_234.5,
  open_interest: 2_345_678.5,
  last_price: 3702.5,
  ...levels,
});

server.register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
/** µs of CPU of all threads since the process began. */
server.register('cpu', () => {
  const { user, system } = process.cpuUsage();
  return user + system;
});
/** Bytes of memory that are in use, after a collection. */
server.register('memory', () => {
  globalThis.gc?.();
  return process.memoryUsage().rss;
});
/** Publishes ticks, so many in each turn of the event loop. Gives when the last had been handed to the sockets. */
server.register('publish_ticks', async (topic: string, count: number, burst: number) => {
  for (let sent = 0; sent < count;) {
    for (const end = Math.min(count, sent + burst); sent < end; sent++) server.publish(topic, tick);
    await nextTurn();
  }
  return true;
});
/** Publishes the time, by a clock that all processes of the system share, once a millisecond. */
server.register('publish_times', async (topic: string, count: number) => {
  for (let sent = 0; sent < count; sent++) {
    server.publish(topic, Number(process.hrtime.bigint()) / 1e6);
    await sleep(1);
  }
  return true;
});
await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
console.log(JSON.stringify({ request: server.addresses?.reply, publish: server.addresses?.topicFrame }));
process.stdin.resume().on('end', () => void server.stop());
