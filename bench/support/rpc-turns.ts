/**
 * What the parts of `npm run bench -- rpc` share: contenders that take turns, and what a turn gives.
 *
 * @module
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RpcClient } from 'vnpy-bridge/rpc';
import type { ClientSecurity } from 'vnpy-bridge/rpc';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';
import { median } from './report.js';

export interface Addresses {
  readonly request: string;
  readonly publish: string;
}

export type TransportName = 'zmtp' | 'zeromq';

/** The numbers of a turn, by name. */
export type Figures = Readonly<Record<string, number>>;

/** Lets every contender have its turn, `rounds` times, after one round to warm up; gives the median of every number. */
export async function turns<Name extends string, Result extends object>(
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

/** How a client of a benchmark differs from another. */
export interface ClientChoice {
  readonly transport?: TransportName;
  readonly receiver?: 'inline' | 'thread';
  readonly security?: ClientSecurity;
  /** Topics to subscribe before it connects. */
  readonly topics?: readonly string[];
}

/** A client that is connected. */
export async function connect(
  { request, publish }: Addresses,
  { topics = [], ...choice }: ClientChoice = {},
): Promise<RpcClient> {
  const client = new RpcClient({ registry: vnpyRegistry, transport: 'zmtp', receiver: 'inline', ...choice });
  for (const topic of topics) client.subscribe(topic);
  await client.start(request, publish);
  await client.ready();
  return client;
}

/** Values at the given shares of the sorted numbers. */
export function percentiles(values: number[]): { p50: number; p99: number; p999: number } {
  values.sort((left, right) => left - right);
  const at = (share: number): number => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

/** µs of CPU time since `start`, of all threads of this process. */
export function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** Runs a server of support/ in a process of its own. */
export async function startServer(
  name: string,
  ...args: string[]
): Promise<AsyncDisposable & { readonly addresses: Addresses }> {
  const script = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    addresses: JSON.parse(line) as Addresses,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** One turn of calls. Times in ms, CPU in µs a call. */
export interface Calls {
  readonly rate: number;
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** What a client has seen of a series of events: how many, events a second, µs of CPU for each. */
export interface Seen {
  readonly seen: number;
  readonly rate: number;
  readonly cpu: number;
}

/** Which client a process of rpc-client.ts is; `bare` is zeromq.js alone. */
export interface ClientRole {
  readonly addresses: Addresses;
  readonly choice: ClientChoice;
  readonly bare?: 'caller' | 'listener';
}

/** What such a process is asked. */
export type Question =
  { readonly op: 'calls'; readonly inFlight: number; readonly seconds: number } | { readonly op: 'begin' | 'seen' };

/** A client in a process of its own. */
export interface ClientProcess extends AsyncDisposable {
  calls(inFlight: number, seconds: number): Promise<Calls>;
  /** Begins to count events. */
  begin(): Promise<unknown>;
  seen(): Promise<Seen>;
}

/** Starts a client, and resolves when it is connected. */
export async function startClient(
  addresses: Addresses,
  choice: ClientChoice = {},
  bare?: ClientRole['bare'],
): Promise<ClientProcess> {
  const role: ClientRole = { addresses, choice, ...(bare === undefined ? {} : { bare }) };
  const child = fork(fileURLToPath(new URL('rpc-client.js', import.meta.url)), [JSON.stringify(role)]);
  await once(child, 'message');
  const ask = async (question: Question): Promise<unknown> => {
    const answered = once(child, 'message');
    child.send(question);
    return ((await answered) as unknown[])[0];
  };
  return {
    calls: async (inFlight, seconds) => (await ask({ op: 'calls', inFlight, seconds })) as Calls,
    begin: () => ask({ op: 'begin' }),
    seen: async () => (await ask({ op: 'seen' })) as Seen,
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** A ratio that has a target, as two cells: what was reached, and what shall be. */
export function against(ratio: number, target: number | undefined, bound: 'least' | 'most' = 'least'): string[] {
  const shown = `${ratio.toFixed(2)} x`;
  if (target === undefined) return [shown, ''];
  const isReached = bound === 'least' ? ratio >= target : ratio <= target;
  return [shown, `${bound === 'least' ? '>=' : '<='} ${target} ${isReached ? 'reached' : 'missed'}`];
}
