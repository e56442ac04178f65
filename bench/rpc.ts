/**
 * `npm run bench -- rpc [calls] [events] [publish] [latency] [curve] [memory]`: both transports beside Python's own client and
 * server, unmodified, and beside zeromq.js alone.
 *
 * Every client is in a process of its own. All contenders of a table take short turns, again and again, on the same servers, and medians are compared: what else the
 * machine does meets all of them alike. Targets stand beside what was reached.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateCurveKeyPair } from 'vnpy-bridge/rpc';
import type { RpcClient } from 'vnpy-bridge/rpc';
import { launchPeer } from '../interop/support/peer.js';
import { PythonPeer } from './support/python.js';
import { printTable } from './support/report.js';
import type { BenchmarkOptions } from './support/report.js';
import { against, connect, percentiles, startClient, startServer, turns } from './support/rpc-turns.js';
import type { Addresses, Calls, ClientChoice, ClientProcess, TransportName } from './support/rpc-turns.js';

/** One turn of events: events a second, µs of CPU for each, and which part of them did not arrive. */
interface Events {
  readonly rate: number;
  readonly cpu: number;
  readonly lost: number;
}

const TURN = 0.5;
const EVENTS = 20_000;
const PUBLISHED = 3000;
const SUBSCRIBERS = 50;
const TIMES = 400;
const IDLE = 300;

export async function run({ rounds, filters }: BenchmarkOptions): Promise<void> {
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((filter) => name.includes(filter));
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model ?? 'unknown'}, ` +
      `load before: ${loadavg()[0]?.toFixed(2)}; medians of ${rounds} turns`,
  );
  await using python = new PythonPeer('bench/support/rpc_peer.py');
  await using flood = new PythonPeer('bench/support/rpc_flood.py');
  await using pythonServer = await launchPeer({ script: 'rpc_server' });
  await using zmtp = await startServer('rpc-server', 'zmtp');
  await using zeromq = await startServer('rpc-server', 'zeromq');
  const servers = { zmtp: zmtp.addresses, zeromq: zeromq.addresses };
  if (wanted('calls')) await benchCalls(python, pythonServer.addresses, servers, rounds);
  if (wanted('events')) await benchEvents(python, flood, pythonServer.addresses, rounds);
  if (wanted('publish')) await benchPublish(flood, servers, rounds);
  if (wanted('latency')) await benchLatency(servers, rounds);
  if (wanted('curve')) await benchCurve(rounds);
  if (wanted('memory')) await benchMemory(flood);
  console.log(`\nload after: ${loadavg()[0]?.toFixed(2)}`);
}

async function benchCalls(
  python: PythonPeer,
  pythonServer: Addresses,
  servers: Readonly<Record<TransportName, Addresses>>,
  rounds: number,
): Promise<void> {
  await using bareServer = await startServer('rpc-bare-server');
  await using zmtp = await startClient(pythonServer);
  await using zeromq = await startClient(pythonServer, { transport: 'zeromq' });
  await using zmtpToOurs = await startClient(servers.zmtp);
  await using zeromqToOurs = await startClient(servers.zeromq, { transport: 'zeromq' });
  await using bare = await startClient(pythonServer, {}, 'caller');
  const pythonCalls = (address: Addresses) => (): Promise<Calls> =>
    python.ask<Calls>({ op: 'calls', ...address, seconds: TURN });
  const results = await turns(
    {
      python: pythonCalls(pythonServer),
      bareOne: () => bare.calls(1, TURN),
      zeromqOne: () => zeromq.calls(1, TURN),
      zmtpOne: () => zmtp.calls(1, TURN),
      bareMany: () => bare.calls(64, TURN),
      zeromqMany: () => zeromq.calls(64, TURN),
      zmtpMany: () => zmtp.calls(64, TURN),
      pythonToBare: pythonCalls(bareServer.addresses),
      pythonToZeromq: pythonCalls(servers.zeromq),
      pythonToZmtp: pythonCalls(servers.zmtp),
      zeromqOneToOurs: () => zeromqToOurs.calls(1, TURN),
      zmtpOneToOurs: () => zmtpToOurs.calls(1, TURN),
      zeromqManyToOurs: () => zeromqToOurs.calls(64, TURN),
      zmtpManyToOurs: () => zmtpToOurs.calls(64, TURN),
    },
    rounds,
  );
  const row = (name: string, result: Calls, target?: number): string[] => [
    name,
    result.rate.toFixed(0),
    ...against(result.rate / results.python.rate, target),
    ...[result.p50, result.p99, result.p999].map((time) => `${time.toFixed(2)} ms`),
    `${result.cpu.toFixed(1)} µs`,
  ];
  console.log(`\nCalls of add(1, 2); ratios to Python's client at Python's server\n`);
  printTable([
    ['client -> server, in flight', 'calls/s', 'ratio', 'target', 'p50', 'p99', 'p99.9', 'client CPU'],
    row('Python -> Python, 1', results.python),
    row('zeromq.js alone -> Python, 1', results.bareOne),
    row('zeromq -> Python, 1', results.zeromqOne),
    row('zmtp -> Python, 1', results.zmtpOne, 1.15),
    row('zeromq.js alone -> Python, 64', results.bareMany),
    row('zeromq -> Python, 64', results.zeromqMany),
    row('zmtp -> Python, 64', results.zmtpMany, 12),
    row('Python -> zeromq.js alone, 1', results.pythonToBare),
    row('Python -> zeromq, 1', results.pythonToZeromq),
    row('Python -> zmtp, 1', results.pythonToZmtp, 1.1),
    row('zeromq -> zeromq, 1', results.zeromqOneToOurs),
    row('zmtp -> zmtp, 1', results.zmtpOneToOurs),
    row('zeromq -> zeromq, 64', results.zeromqManyToOurs),
    row('zmtp -> zmtp, 64', results.zmtpManyToOurs),
  ]);
  const { cpu } = results.zmtpMany;
  console.log(
    `\nCPU of one call, 64 in flight, at most 8 µs: ${cpu.toFixed(1)} µs, ${cpu <= 8 ? 'reached' : 'missed'}`,
  );
  console.log(
    '"zeromq.js alone" sends and answers constant bytes, without a client or server: the most that zeromq.js can give.',
  );
}

async function benchEvents(python: PythonPeer, flood: PythonPeer, server: Addresses, rounds: number): Promise<void> {
  const addresses = { request: server.request, publish: await flood.ask<string>({ op: 'address' }) };
  const publish = (topic: string): Promise<unknown> => flood.ask({ op: 'flood', topic, count: EVENTS });
  await using zmtp = await startClient(addresses, { topics: ['zmtp'] });
  await using thread = await startClient(addresses, { receiver: 'thread', topics: ['thread'] });
  await using zeromq = await startClient(addresses, { transport: 'zeromq', topics: ['libzmq'] });
  await using bare = await startClient(addresses, { topics: ['bare'] }, 'listener');
  await python.ask({ op: 'listen', ...addresses, topic: 'python' });
  await sleep(500); // Until the publisher has read all subscriptions.
  const ours = (client: ClientProcess, topic: string) => (): Promise<Events> =>
    events(client, EVENTS, () => publish(topic));
  const results = await turns(
    {
      python: () => pythonEvents(python, () => publish('python')),
      bare: ours(bare, 'bare'),
      zeromq: ours(zeromq, 'libzmq'),
      thread: ours(thread, 'thread'),
      zmtp: ours(zmtp, 'zmtp'),
    },
    rounds,
  );
  const { python: base } = results;
  const row = (name: string, result: Events, target?: number): string[] => [
    name,
    result.rate.toFixed(0),
    ...against(result.rate / base.rate, target),
    `${result.cpu.toFixed(1)} µs`,
    ...against(base.cpu / result.cpu, target),
    `${(result.lost * 100).toFixed(1)} %`,
  ];
  console.log(`\nEvent(TickData) received: series of ${EVENTS} that were pickled before; ratios to Python's client\n`);
  printTable([
    ['client', 'events/s', 'ratio', 'target', 'CPU of one', 'by CPU', 'target', 'lost'],
    row("Python's client", base),
    row('zeromq.js alone, undecoded', results.bare),
    row('zeromq', results.zeromq),
    row('zmtp, receiver thread', results.thread),
    row('zmtp, receiver inline', results.zmtp, 3.5),
  ]);
  const [ratio, target] = against(results.zmtp.rate / results.zeromq.rate, 1.8);
  console.log(`\nzmtp to zeromq, events a second: ${ratio}, ${target}`);
}

async function benchPublish(
  flood: PythonPeer,
  servers: Readonly<Record<TransportName, Addresses>>,
  rounds: number,
): Promise<void> {
  const published = async (name: TransportName): Promise<{ cpu: number; lost: number }> => {
    await using control = await connect(servers[name]);
    await flood.ask({ op: 'subscribe', address: servers[name].publish, count: SUBSCRIBERS });
    await sleep(500); // Until the publisher has read all subscriptions.
    const before = await cpuOf(control);
    await control.call('publish_ticks', ['tick', PUBLISHED, 10]);
    const seen = await flood.ask<number>({ op: 'drain', topic: 'tick', count: PUBLISHED * SUBSCRIBERS });
    const after = await cpuOf(control);
    await flood.ask({ op: 'leave' });
    return { cpu: (after - before) / PUBLISHED, lost: 1 - seen / (PUBLISHED * SUBSCRIBERS) };
  };
  const results = await turns(
    { zeromq: () => published('zeromq'), zmtp: () => published('zmtp') },
    Math.min(rounds, 5),
  );
  const row = (name: string, { cpu, lost }: { cpu: number; lost: number }, target?: number): string[] => [
    name,
    `${cpu.toFixed(0)} µs`,
    ...against(cpu / results.zeromq.cpu, target, 'most'),
    `${(lost * 100).toFixed(1)} %`,
  ];
  console.log(
    `\nTickData published to ${SUBSCRIBERS} subscribers, 10 in a turn of the event loop, pickled by the server\n`,
  );
  printTable([
    ['server', 'CPU of an event', 'ratio', 'target', 'lost'],
    row('zeromq', results.zeromq),
    row('zmtp', results.zmtp, 0.5),
  ]);
}

async function benchLatency(servers: Readonly<Record<TransportName, Addresses>>, rounds: number): Promise<void> {
  const latency = async (server: TransportName, choice: ClientChoice): Promise<ReturnType<typeof percentiles>> => {
    await using client = await connect(servers[server], { ...choice, topics: ['time'] });
    const took: number[] = [];
    client.on('event', ({ data }) => took.push(Number(process.hrtime.bigint()) / 1e6 - Number(data)));
    await client.call('publish_times', ['time', TIMES], { timeout: 60_000 });
    return percentiles(took);
  };
  const results = await turns(
    {
      zeromq: () => latency('zeromq', { transport: 'zeromq' }),
      thread: () => latency('zmtp', { receiver: 'thread' }),
      zmtp: () => latency('zmtp', {}),
    },
    Math.min(rounds, 5),
  );
  const row = (name: string, { p50, p99, p999 }: ReturnType<typeof percentiles>): string[] => [
    name,
    ...[p50, p99, p999].map((time) => `${(time * 1000).toFixed(0)} µs`),
  ];
  console.log('\nFrom publish() in one process to the listener in another, one event a millisecond\n');
  printTable([
    ['server and client', 'p50', 'p99', 'p99.9'],
    row('zeromq', results.zeromq),
    row('zmtp, receiver thread', results.thread),
    row('zmtp, receiver inline', results.zmtp),
  ]);
}

async function benchCurve(rounds: number): Promise<void> {
  const { publicKey: serverKey, secretKey } = await generateCurveKeyPair();
  await using zmtpServer = await startServer('rpc-server', 'zmtp', secretKey);
  await using zeromqServer = await startServer('rpc-server', 'zeromq', secretKey);
  const security = { mechanism: 'curve', serverKey } as const;
  await using zmtp = await startClient(zmtpServer.addresses, { security, topics: ['tick'] });
  await using zeromq = await startClient(zeromqServer.addresses, { transport: 'zeromq', security, topics: ['tick'] });
  await using zmtpControl = await connect(zmtpServer.addresses, { security });
  await using zeromqControl = await connect(zeromqServer.addresses, { security });
  const count = EVENTS / 10;
  const received = async (client: ClientProcess, control: RpcClient): Promise<Events & { readonly server: number }> => {
    const before = await cpuOf(control);
    const result = await events(client, count, () => control.call('publish_ticks', ['tick', count, 10]));
    const after = await cpuOf(control);
    return { ...result, server: (after - before) / count };
  };
  const [series, many] = [
    await turns(
      { zeromq: () => received(zeromq, zeromqControl), zmtp: () => received(zmtp, zmtpControl) },
      Math.min(rounds, 5),
    ),
    await turns({ zeromq: () => zeromq.calls(64, TURN), zmtp: () => zmtp.calls(64, TURN) }, Math.min(rounds, 5)),
  ];
  console.log(
    "\nCURVE: TickData from our server to one client, and calls with 64 in flight; zmtp's CURVE is TypeScript\n",
  );
  const row = (name: string, one: { cpu: number; server: number; rate: number }, call: Calls): string[] => [
    name,
    one.rate.toFixed(0),
    `${one.cpu.toFixed(1)} µs`,
    `${one.server.toFixed(1)} µs`,
    call.rate.toFixed(0),
    `${call.cpu.toFixed(1)} µs`,
  ];
  printTable([
    ['server and client', 'events/s', 'client CPU', 'server CPU', 'calls/s', 'client CPU'],
    row('zeromq', series.zeromq, many.zeromq),
    row('zmtp', series.zmtp, many.zmtp),
  ]);
}

async function benchMemory(flood: PythonPeer): Promise<void> {
  const rows: string[][] = [];
  for (const name of ['zeromq', 'zmtp'] as const) {
    await using server = await startServer('rpc-server', name);
    await using control = await connect(server.addresses);
    const settled = async (): Promise<number> => {
      for (let time = 0; time < 5; time++) await control.call('memory');
      return control.call<number>('memory');
    };
    const before = await settled();
    await flood.ask({ op: 'subscribe', address: server.addresses.publish, count: IDLE });
    await sleep(1500);
    const after = await settled();
    await flood.ask({ op: 'leave' });
    rows.push([name, `${((after - before) / IDLE / 1000).toFixed(1)} kB`]);
  }
  console.log(`\nMemory that a server takes for a subscriber that is connected and gets nothing, of ${IDLE}\n`);
  printTable([['server', 'of a connection'], ...rows]);
}

/** Lets a series of events be published, and asks a client what it has seen until that is all, or no more comes. */
async function events(client: ClientProcess, count: number, publish: () => Promise<unknown>): Promise<Events> {
  await client.begin();
  await publish();
  let result = { seen: -1, rate: 0, cpu: 0 };
  for (let before = -2; result.seen < count && result.seen !== before;) {
    before = result.seen;
    await sleep(200);
    result = await client.seen();
  }
  return { rate: result.rate, cpu: result.cpu, lost: 1 - result.seen / count };
}

/** The same by Python's client. */
async function pythonEvents(python: PythonPeer, publish: () => Promise<unknown>): Promise<Events> {
  await python.ask({ op: 'begin', topic: 'python' });
  await publish();
  let result = { seen: -1, rate: 0, cpu: 0 };
  for (let before = -2; result.seen < EVENTS && result.seen !== before;) {
    before = result.seen;
    await sleep(200);
    result = await python.ask<typeof result>({ op: 'seen', topic: 'python' });
  }
  return { rate: result.rate, cpu: result.cpu, lost: 1 - result.seen / EVENTS };
}

/** µs of CPU that a server of support/rpc-server.ts has used since it began. */
function cpuOf(client: RpcClient): Promise<number> {
  return client.call<number>('cpu');
}
