/**
 * What the processes of `npm run bench -- cluster` share, and how they are started.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'vnpy-bridge/rpc';

export const CLUSTER = 'bench';
export const ACCOUNT = 'sim';
/** Symbols of the market. */
export const SYMBOLS = 5000;
/** Subjects of nats.js alone. */
export const RAW = 'raw.md';
/** The time before the bytes that zeromq.js and nats.js send alone, in ms, a float. */
export const STAMP_BYTES = 8;

export const QUIET: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const symbolOf = (number: number): string => `b${10_000 + number}`;

/** Which market a process is. */
export interface MarketRole {
  readonly mode: 'service' | 'edge' | 'zeromq' | 'nats';
  readonly symbols: number;
  readonly servers?: readonly string[];
  /** Default {@link ACCOUNT}. */
  readonly account?: string;
}

/** Where it is found. */
export interface Market {
  readonly request?: string;
  readonly publish?: string;
}

export type MarketQuestion =
  /** Publishes so many, `rate` a second, 0: as fast as it can. Answers with the µs of CPU of each. */
  | { readonly op: 'series'; readonly count: number; readonly rate: number }
  /** Goes on publishing so many a second. Answers with how many were published at other paces before. */
  | { readonly op: 'pace'; readonly rate: number }
  | { readonly op: 'health' };

/** How a process is; asking begins a new stretch of time. */
export interface Health {
  /** Bytes that are used after a collection. */
  readonly heap: number;
  /** Bytes that the system has given it. */
  readonly resident: number;
  /** For how long it has done nothing else than one thing, or nothing at all, at most, in ms. */
  readonly stall: number;
}

/** Which consumers a process is. */
export interface ConsumerRole {
  readonly kind: 'gateway' | 'cluster' | 'zeromq' | 'nats';
  readonly count: number;
  readonly market: Market;
  readonly servers?: readonly string[];
  /** Default {@link ACCOUNT}. */
  readonly account?: string;
  /** The symbols of each. Default: all ticks. */
  readonly symbols?: readonly (readonly number[])[];
}

export type ConsumerQuestion =
  | { readonly op: 'begin'; readonly expected: number; readonly isTimed: boolean }
  | { readonly op: 'completed' | 'now' | 'losses' | 'health' };

/** Why clients of a process have missed what they have missed. */
export interface Losses {
  /** How often a client lost the edge, by what it said. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Ticks missed by clients that had lost nothing. */
  readonly unexplained: number;
}

/** What all consumers of a process have received: in total, a second, µs of CPU for each, the median of their age in ms. */
export interface Received {
  readonly seen: number;
  readonly rate: number;
  readonly cpu: number;
  readonly late: number;
  /** Ticks that a client knows to have missed. */
  readonly missed: number;
}

/** A process that answers. */
export interface Peer<Question, Told> extends AsyncDisposable {
  readonly pid: number;
  readonly told: Told;
  readonly ask: (question: Question) => Promise<unknown>;
}

export const startMarket = (role: MarketRole): Promise<Peer<MarketQuestion, Market>> => start('cluster-market', role);

export const startConsumers = (role: ConsumerRole): Promise<Peer<ConsumerQuestion, string>> =>
  start('cluster-consumers', role);

/** Watches how a process is. @returns what tells it. */
export function watchHealth(): () => Health {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return () => {
    const stall = delay.max / 1e6;
    globalThis.gc?.();
    const { heapUsed, external, rss: resident } = process.memoryUsage();
    delay.reset();
    return { heap: heapUsed + external, resident, stall };
  };
}

async function start<Question extends object, Told>(name: string, role: object): Promise<Peer<Question, Told>> {
  const script = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const child = fork(script, [JSON.stringify(role)], { execArgv: ['--expose-gc', '--max-old-space-size=1536'] });
  const answer = async (): Promise<unknown> => {
    const ended = new AbortController();
    const end = (): void => {
      ended.abort(new Error(`${name} ${JSON.stringify(role).slice(0, 200)} has ended`));
    };
    child.once('exit', end);
    try {
      return ((await once(child, 'message', { signal: ended.signal })) as unknown[])[0];
    } finally {
      child.removeListener('exit', end);
    }
  };
  const told = (await answer()) as Told;
  return {
    pid: child.pid ?? 0,
    told,
    ask: (question) => {
      const answered = answer();
      child.send(question);
      return answered;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
