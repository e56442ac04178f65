import { onTestFinished } from 'vitest';
import { VNPY_BRIDGE } from '../../../src/cli/bridge/app.js';
import { runProgram } from '../../../src/cli/kit/program.js';
import { ClosedPipeError } from '../../../src/cli/kit/io.js';
import type { Io, Sink } from '../../../src/cli/kit/io.js';
import { RpcServer } from 'vnpy-bridge/rpc';
import type { RpcServerOptions } from 'vnpy-bridge/rpc';
import {
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  RpcService,
  SimulatedEngine,
  SubscribeRequest,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import type { TradingEngine } from 'vnpy-bridge/vnpy';

/** What a run has written so far, and how to wait for more of it. */
export class TestSink implements Sink {
  text = '';
  closed = false;
  readonly #watchers = new Set<() => void>();

  constructor(
    readonly isTTY: boolean,
    readonly columns: number | undefined,
    readonly rows: number | undefined,
  ) {}

  write(chunk: string | Uint8Array): Promise<void> {
    if (this.closed) return Promise.reject(new ClosedPipeError());
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    for (const wake of [...this.#watchers]) wake();
    return Promise.resolve();
  }

  /** Resolves when what was written matches. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
  }
}

export interface RunSettings {
  readonly env?: Io['env'];
  /** The locale of the user's Windows. */
  readonly windows?: string;
  /** Standard output is a terminal of this size. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** What comes in at standard input. */
  readonly input?: string;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program that goes on until it ends or is told to. */
export interface Running {
  readonly stdout: TestSink;
  readonly stderr: TestSink;
  readonly finished: Promise<Finished>;
  /** Ctrl-C, or another signal. */
  end(signal?: string): Promise<Finished>;
  /** Presses a key at the terminal. */
  press(key: string): void;
  /** Whether the program takes the keys as they are, so that the terminal does not echo them. */
  readsKeys(): boolean;
}

/** Starts the program within this process. It is told to end with the test, if it has not by then. */
export function start(argv: readonly string[], { env = {}, windows, terminal, input }: RunSettings = {}): Running {
  const stdout = new TestSink(terminal !== undefined, terminal?.columns, terminal?.rows);
  const stderr = new TestSink(false, undefined, undefined);
  const ending = new AbortController();
  let pressed: ((key: string) => void) | undefined;
  const readKeys = (take: (key: string) => void): (() => void) => {
    pressed = take;
    return () => {
      pressed = undefined;
    };
  };
  const stdin = Object.assign(
    (async function* () {
      if (input !== undefined) yield await Promise.resolve(Buffer.from(input));
    })(),
    terminal === undefined ? { isTTY: false } : { isTTY: true, readKeys },
  );
  const finished = runProgram(VNPY_BRIDGE, argv, {
    io: { stdin, stdout, stderr, env, systemLocale: windows === undefined ? undefined : () => windows },
    signal: ending.signal,
    version: '9.9.9',
  }).then((code) => ({ code, stdout: stdout.text, stderr: stderr.text }));
  const end = (signal = 'SIGINT'): Promise<Finished> => {
    ending.abort(signal);
    return finished;
  };
  onTestFinished(async () => {
    await end();
  });
  const press = (key: string): void => {
    pressed?.(key);
  };
  return { stdout, stderr, finished, end, press, readsKeys: () => pressed !== undefined };
}

/** Runs the program to its end. */
export function run(argv: readonly string[], settings: RunSettings = {}): Promise<Finished> {
  return start(argv, settings).finished;
}

export interface TestServer {
  /** The arguments that lead to it. */
  readonly args: readonly string[];
  readonly request: string;
  readonly subscribe: string;
}

const ANYWHERE = ['tcp://127.0.0.1:*', 'tcp://127.0.0.1:*'] as const;

/** Serves an engine for a test. */
export async function serveEngine(
  engine: TradingEngine,
  options: RpcServerOptions = {},
  [reply, publish]: readonly [reply: string, publish: string] = ANYWHERE,
): Promise<TestServer & { readonly service: RpcService }> {
  const service = new RpcService(engine, { heartbeatInterval: 50, ...options });
  await service.start(reply, publish);
  onTestFinished(() => service.stop());
  return { service, ...addressesOf(service.server) };
}

/** Serves a simulated market with a fixed clock for a test. */
export async function serveMarket(
  options: RpcServerOptions = {},
  addresses: readonly [reply: string, publish: string] = ANYWHERE,
): Promise<TestServer & { readonly service: RpcService; readonly engine: SimulatedEngine }> {
  const engine = new SimulatedEngine({ clock: () => Date.UTC(2026, 0, 5, 2, 0, 0) });
  return { engine, ...(await serveEngine(engine, options, addresses)) };
}

/** Moves a simulated market until the test ends. */
export function keepMoving(engine: SimulatedEngine): void {
  engine.start(100);
  onTestFinished(() => {
    engine.stop();
  });
}

/** Serves a simulated market that moves, with rb2705 subscribed, for a test. */
export async function serveLiveMarket(): ReturnType<typeof serveMarket> {
  const market = await serveMarket();
  market.engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
  keepMoving(market.engine);
  return market;
}

/** An order to buy rb2705. */
export const buy = (price: number): OrderRequest =>
  new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    volume: 1,
    price,
    reference: 'mine',
  });

/** A plain RPC server for a test. */
export async function serveFunctions(
  functions: Readonly<Record<string, (...args: never[]) => unknown>>,
  options: RpcServerOptions = {},
): Promise<TestServer & { readonly server: RpcServer }> {
  const server = new RpcServer({ registry: vnpyRegistry, heartbeatInterval: 50, ...options });
  for (const [name, handler] of Object.entries(functions)) server.register(name, handler);
  await server.start(...ANYWHERE);
  onTestFinished(() => server.stop());
  return { server, ...addressesOf(server) };
}

export function addressesOf({ addresses }: Pick<RpcServer, 'addresses'>): TestServer {
  const { reply: request = '', topicFrame: subscribe = '' } = addresses ?? {};
  return { request, subscribe, args: ['--request', request, '--subscribe', subscribe] };
}
