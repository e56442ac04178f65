/**
 * A clock that tests move, and HTTP servers that answer as they are told.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { GuardClock } from '../../../src/guard/audit/clock.js';
import type { Alert } from 'vnpy-bridge/guard';

export class TestClock implements GuardClock {
  ms = Date.parse('2026-11-30T01:02:03.000Z');
  readonly #timers = new Set<{ readonly at: number; readonly call: () => void }>();

  micros(): number {
    return this.ms * 1000;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.ms + ms, call };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Time passes, timer by timer; what they begin in this turn is done before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.ms + ms;
    await turns();
    while (true) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.ms = Math.max(this.ms, next.at);
      this.#timers.delete(next);
      next.call();
      await turns();
    }
    this.ms = end;
  }
}

/** What promises have begun is done. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

export function alertOf(key: string, changes: Partial<Alert> = {}): Alert {
  return {
    kind: 'near-limit',
    severity: 'warning',
    key,
    text: { en: `${key} in English`, zh: `${key} 的中文` },
    details: { key },
    ...changes,
  };
}

export interface Received {
  readonly path: string;
  readonly type: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status?: number;
  readonly body?: string;
}

/** A server on loopback that keeps what it gets. */
export async function hook(
  answer: (count: number) => Answer = () => ({}),
): Promise<{ readonly url: string; readonly received: Received[]; readonly close: () => void }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const body = JSON.parse(text) as Received['body'];
      received.push({ path: request.url ?? '', type: request.headers['content-type'], body });
      const { status = 200, body: said = '{"errcode":0,"errmsg":"ok","code":0,"msg":"success"}' } = answer(
        received.length,
      );
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(said);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, close };
}
