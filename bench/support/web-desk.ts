/**
 * The console that is measured: its process, its users, and streams of it without a browser.
 *
 * @module
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { WATCHED } from './web-server.js';
import type { WebQuestion } from './web-server.js';

export const PASSWORD = 'a password for a bench';

/** The `vt_symbol`s that have ticks. */
export const SYMBOLS = Array.from({ length: WATCHED }, (_, number) => `b${10_000 + number}.SHFE`);

/** What the page asks of each tick. */
const FIELDS = [
  ...['datetime', 'name', 'last_price', 'volume', 'open_price', 'high_price', 'low_price', 'pre_close'],
  ...['limit_up', 'limit_down'],
  ...[1, 2, 3, 4, 5].flatMap((n) => [`bid_price_${n}`, `bid_volume_${n}`, `ask_price_${n}`, `ask_volume_${n}`]),
];
const CHANNELS = ['status', 'orders', 'positions', 'accounts', 'trades', 'quotes', 'logs', 'alerts'];
const INTERVAL_MS = 50;
const BIN = fileURLToPath(new URL('../../../dist/cli/bin/vnpy-bridge.js', import.meta.url));

/** A console in a process of its own. */
export interface BenchDesk extends AsyncDisposable {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly ask: (question: WebQuestion) => Promise<number>;
}

/** Starts it, with a user for the browser, and two for streams: one user has at most 8. */
export async function startDesk(): Promise<BenchDesk> {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-bench-'));
  const users = join(folder, 'users.json');
  const add = (name: string, ...more: readonly string[]): string =>
    execFileSync(process.execPath, [BIN, 'web-user', 'add', name, '--role', 'trader', '--web-users', users, ...more], {
      input: `${PASSWORD}\n`,
      encoding: 'utf8',
    });
  add('page');
  const tokens = ['one', 'two'].map((name) => add(name, '--token').trim().split('\n').at(-1) ?? '');
  const child = fork(fileURLToPath(new URL('web-server.js', import.meta.url)), [users], {
    execArgv: ['--expose-gc'],
  });
  const [url] = (await once(child, 'message')) as [string];
  return {
    ...{ url, tokens },
    ask: async (question) => {
      const answered = once(child, 'message');
      child.send(question);
      return ((await answered) as [number])[0];
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A stream that asks for what the page asks for. */
export interface BenchStream {
  /** How late rows came after they were sent, in ms. */
  readonly late: number[];
  /** Reads nothing any more, as a browser that the system has stopped. */
  stop(): void;
  close(): void;
}

/** Opens one. */
export async function openStream({ url, tokens }: BenchDesk, number: number): Promise<BenchStream> {
  const { origin, host } = new URL(url);
  const socket = new WebSocket(`ws://${host}/api/v1/stream`, 'vnpy-bridge.v1', {
    headers: { Authorization: `Bearer ${tokens[number % tokens.length] ?? ''}`, Origin: origin },
  });
  const late: number[] = [];
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    // Only rows are looked into, and only at their beginning: the reader's own time is not what is measured.
    const sent = /^\{"type":"rows".*?"t0":([\d.]+)/.exec(data.subarray(0, 120).toString());
    if (sent !== null) late.push(performance.timeOrigin + performance.now() - Number(sent[1]));
  });
  await once(socket, 'open');
  const send = (message: object): void => {
    socket.send(JSON.stringify(message));
  };
  for (const channel of CHANNELS) send({ op: 'subscribe', channel });
  send({
    ...{ op: 'subscribe', channel: 'ticks', symbols: SYMBOLS, fields: FIELDS },
    ...{ interval_ms: INTERVAL_MS, encoding: 'rows' },
  });
  return {
    late,
    stop: () => {
      socket.pause();
    },
    close: () => {
      socket.terminate();
    },
  };
}
