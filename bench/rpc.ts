/**
 * `npm run bench -- rpc`: calls and events between this package and Python's own client and server, unmodified.
 *
 * All contenders take short turns, again and again, on the same servers, and medians are compared: what else the machine
 * does meets all of them alike.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RpcClient } from 'vnpy-bridge/rpc';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';
import { launchPeer } from '../interop/support/peer.js';
import { PythonPeer } from './support/python.js';
import { BareCaller, BareListener } from './support/rpc-bare.js';
import { median, printTable } from './support/report.js';
import type { BenchmarkOptions } from './support/report.js';

interface Addresses {
  readonly request: string;
  readonly publish: string;
}

/** One turn of calls. Times in ms, CPU in µs a call. */
interface Calls {
  readonly rate: number;
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** One turn of events: events a second, µs of CPU for each, and which part of them did not arrive. */
interface Events {
  readonly rate: number;
  readonly cpu: number;
  readonly lost: number;
}

const TURN = 0.5;
const EVENTS = 10_000;
const TOPIC = 'bench';

export async function run({ rounds, filters }: BenchmarkOptions): Promise<void> {
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((filter) => name.includes(filter));
  await using python = new PythonPeer('bench/support/rpc_peer.py');
  await using pythonServer = await launchPeer({ script: 'rpc_server' });
  if (wanted('calls')) {
    await using ourServer = await startServer('rpc-server');
    await using bareServer = await startServer('rpc-bare-server');
    await benchCalls(python, pythonServer.addresses, ourServer.addresses, bareServer.addresses, rounds);
  }
  if (wanted('events')) await benchEvents(python, pythonServer.addresses, rounds);
}

async function benchCalls(
  python: PythonPeer,
  pythonServer: Addresses,
  ourServer: Addresses,
  bareServer: Addresses,
  rounds: number,
): Promise<void> {
  await using toPython = await connect(pythonServer);
  await using toOurs = await connect(ourServer);
  using bare = new BareCaller(pythonServer.request);
  const pythonCalls = (address: Addresses) => (): Promise<Calls> =>
    python.ask<Calls>({ op: 'calls', ...address, seconds: TURN });
  const results = await turns(
    {
      pythonToPython: pythonCalls(pythonServer),
      bareOne: () => measureCalls((end) => bare.run(1, end)),
      one: () => calls(toPython, 1),
      bareMany: () => measureCalls((end) => bare.run(64, end)),
      many: () => calls(toPython, 64),
      pythonToBare: pythonCalls(bareServer),
      pythonToOurs: pythonCalls(ourServer),
      oneToOurs: () => calls(toOurs, 1),
      manyToOurs: () => calls(toOurs, 64),
    },
    rounds,
  );
  const base = results.pythonToPython;
  const row = (name: string, result: Calls, reach = ''): string[] => [
    name,
    result.rate.toFixed(0),
    `${(result.rate / base.rate).toFixed(2)} x`,
    reach,
    ...[result.p50, result.p99, result.p999].map((time) => `${time.toFixed(2)} ms`),
    `${result.cpu.toFixed(0)} µs`,
  ];
  console.log(
    `\nCalls of add(1, 2), median of ${rounds} turns of ${TURN} s; ratios to Python's client at Python's server\n`,
  );
  printTable([
    ['client and server', 'calls/s', 'ratio', 'reach', 'p50', 'p99', 'p99.9', 'client CPU'],
    row("Python's client, Python's server", base),
    row("zeromq.js alone, Python's server, 1 in flight", results.bareOne),
    row("our client, Python's server, 1 in flight", results.one, '1 x'),
    row("zeromq.js alone, Python's server, 64 in flight", results.bareMany),
    row("our client, Python's server, 64 in flight", results.many, '8 x'),
    row("Python's client, zeromq.js alone", results.pythonToBare),
    row("Python's client, our server", results.pythonToOurs, '1 x'),
    row('our client, our server, 1 in flight', results.oneToOurs),
    row('our client, our server, 64 in flight', results.manyToOurs),
  ]);
  console.log(
    '\n"zeromq.js alone" sends and answers constant bytes, without a client or server: the most that zeromq.js can give.',
  );
}

async function benchEvents(python: PythonPeer, server: Addresses, rounds: number): Promise<void> {
  await using client = await connect(server);
  using bare = new BareListener(server.publish, `${TOPIC}.bare`);
  const results = await turns(
    {
      python: () => python.ask<Events>({ op: 'events', ...server, count: EVENTS, topic: `${TOPIC}.python` }),
      bare: () =>
        events(client, `${TOPIC}.bare`, (onMessage) => {
          bare.onMessage = onMessage;
          return () => undefined;
        }),
      ours: () => {
        client.subscribe(`${TOPIC}.ours`);
        return events(client, `${TOPIC}.ours`, (onEvent) => client.on('event', onEvent));
      },
    },
    rounds,
  );
  const row = (name: string, { rate, cpu, lost }: Events, reach = ''): string[] => [
    name,
    rate.toFixed(0),
    `${(rate / results.python.rate).toFixed(2)} x`,
    `${cpu.toFixed(1)} µs`,
    `${(results.python.cpu / cpu).toFixed(2)} x`,
    reach,
    `${(lost * 100).toFixed(1)} %`,
  ];
  console.log(
    `\nEvent(TickData) from Python's server, as fast as it publishes: median of ${rounds} series of ${EVENTS}\n`,
  );
  printTable([
    ['client', 'events/s', 'ratio', 'CPU per event', 'events per CPU', 'reach', 'lost'],
    row("Python's client", results.python),
    row('zeromq.js alone', results.bare),
    row('our client', results.ours, '1.8 x'),
  ]);
  console.log(
    '\nWhere all take all that the publisher gives, the CPU time of an event tells what a client could take. "zeromq.js\n' +
      'alone" receives the same messages and drops them undecoded: less than it no client on zeromq.js can need.',
  );
}

/** Lets every contender have its turn, `rounds` times, after one round to warm up; gives the median of every number. */
async function turns<Result extends object, Name extends string>(
  contenders: Readonly<Record<Name, () => Promise<Result>>>,
  rounds: number,
): Promise<Record<Name, Result>> {
  const names = Object.keys(contenders) as Name[];
  const samples = new Map<Name, Result[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const result = await contenders[name]();
      if (round >= 0) samples.get(name)?.push(result);
    }
  }
  const middle = (results: readonly Result[]): Result =>
    Object.fromEntries(
      Object.keys(results[0] ?? {}).map((key) => [
        key,
        median(results.map((result) => Number(result[key as keyof Result]))),
      ]),
    ) as Result;
  return Object.fromEntries(names.map((name) => [name, middle(samples.get(name) ?? [])])) as Record<Name, Result>;
}

async function connect({ request, publish }: Addresses): Promise<RpcClient> {
  const client = new RpcClient({ registry: vnpyRegistry });
  await client.start(request, publish);
  await client.ready();
  return client;
}

/** Keeps `inFlight` calls on their way for a turn. */
function calls(client: RpcClient, inFlight: number): Promise<Calls> {
  return measureCalls(async (end) => {
    const took: number[] = [];
    const worker = async (): Promise<void> => {
      for (let before = performance.now(); before < end;) {
        await client.call('add', [1, 2]);
        const now = performance.now();
        took.push(now - before);
        before = now;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return took;
  });
}

/** Gives the figures of a turn, from the ms that each of its calls took. */
async function measureCalls(run: (end: number) => Promise<number[]>): Promise<Calls> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const took = await run(start + TURN * 1000);
  const elapsed = performance.now() - start;
  took.sort((left, right) => left - right);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN;
  return {
    rate: (took.length / elapsed) * 1000,
    cpu: cpuSince(cpu) / took.length,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
  };
}

/** Lets a series of events be published, and counts them as `listen` tells of them. */
async function events(client: RpcClient, topic: string, listen: (onEvent: () => void) => () => void): Promise<Events> {
  let seen = 0;
  let [start, end] = [0, 0];
  let [cpuStart, cpuEnd] = [process.cpuUsage(), process.cpuUsage()];
  const off = listen(() => {
    seen++;
    if (seen === 1) [start, cpuStart] = [performance.now(), process.cpuUsage()];
    else if (seen % 100 === 0) [end, cpuEnd] = [performance.now(), process.cpuUsage()];
  });
  await client.call('publish', [EVENTS, 0, topic, 'event']);
  for (let before = -1; seen < EVENTS && seen !== before;) {
    before = seen;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  off();
  const counted = Math.floor(seen / 100) * 100 - 1;
  const cpu = cpuEnd.user + cpuEnd.system - cpuStart.user - cpuStart.system;
  return { rate: (counted / (end - start)) * 1000, cpu: cpu / counted, lost: 1 - seen / EVENTS };
}

/** µs of CPU time since `start`, of all threads of this process. */
function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** Runs a server of support/ in a process of its own. */
async function startServer(name: string): Promise<AsyncDisposable & { readonly addresses: Addresses }> {
  const script = fileURLToPath(new URL(`support/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    addresses: JSON.parse(line) as Addresses,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
