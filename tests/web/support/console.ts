/** A real console on a free port, with users of each role, and a client for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SimulatedEngine } from 'vnpy-bridge/vnpy';
import type { TradingEngine } from 'vnpy-bridge/vnpy';
import type { ConsoleOptions } from 'vnpy-bridge/web';
import { Passwords } from '../../../src/web/auth/passwords.js';
import { Users } from '../../../src/web/auth/users.js';
import { makeConsole } from '../../../src/web/console.js';
import type { Tuning } from '../../../src/web/console.js';
import { checkAnswer } from './schemas.js';

/** What the tests hash with: a fraction of a millisecond. */
export const CHEAP = { ln: 4, r: 8, p: 1 };

export const PASSWORD = 'correct horse battery';

export const SYMBOL = 'rb2705.SHFE';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface Ask {
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** As it stands, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A console under test. */
export interface Tested {
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly engine: SimulatedEngine;
  readonly folder: string;
  readonly users: Users;
  readonly tokens: Readonly<Record<'viewer' | 'trader' | 'admin' | 'audit', string>>;
  readonly console: ReturnType<typeof makeConsole>;
  /** Sends a request, and checks the answer against the published schema. */
  readonly ask: (method: string, path: string, more?: Ask) => Promise<Answer>;
  /** Logs in, and returns the cookie. */
  readonly logIn: (user: string, password?: string) => Promise<string>;
}

export interface Setup {
  readonly engine?: SimulatedEngine;
  /** What the console gets in place of the engine itself. */
  readonly wrapped?: (engine: SimulatedEngine) => TradingEngine;
  readonly options?: ConsoleOptions;
  readonly tuning?: Tuning;
}

/** Starts one, and ends it with the test. */
export async function startConsole({
  engine = new SimulatedEngine(),
  wrapped,
  options,
  tuning,
}: Setup = {}): Promise<Tested> {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-web-'));
  const path = join(folder, 'users.json');
  const users = new Users(path);
  const password = await new Passwords(CHEAP).hash(PASSWORD);
  const tokens: Record<string, string> = {};
  for (const role of ['viewer', 'trader', 'admin', 'audit']) {
    await users.set(role, () => ({ role, password, tokens: [], created: '2026-01-01T00:00:00.000Z' }));
    tokens[role] = await users.addToken(role);
  }
  const given = wrapped?.(engine) ?? engine;
  const settings = { port: 0, trade: true, users: path, dataFolder: join(folder, 'data'), ...options };
  const console = makeConsole(given, settings, { scrypt: CHEAP, ...tuning });
  const { url } = await console.start();
  onTestFinished(async () => {
    await console.close();
    engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const { origin, port } = new URL(url);
  const ask: Tested['ask'] = async (method, target, more = {}) => {
    const answer = await request(`${origin}/api/v1${target}`, method, more);
    checkAnswer(method, target, answer);
    return answer;
  };
  return {
    ...{ url, origin, engine, folder, users, console, ask },
    port: Number(port),
    tokens: tokens as Tested['tokens'],
    logIn: async (user, secret = PASSWORD) => {
      const { headers, status } = await ask('POST', '/session', {
        body: { user, password: secret },
        headers: { Origin: origin, 'X-Requested-With': 'vnpy-bridge' },
      });
      if (status !== 204) throw new Error(`no log-in: ${status}`);
      return headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
  };
}

async function request(url: string, method: string, { token, body, raw, headers = {} }: Ask): Promise<Answer> {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    body: isJson ? (JSON.parse(answer) as Record<string, unknown>) : {},
  };
}

/** An order of the simulated market, near its price. */
export function order(id: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { client_order_id: id, vt_symbol: SYMBOL, direction: 'LONG', offset: 'OPEN', price: 3000, volume: 1, ...more };
}

/** The short name of a problem. */
export function problemOf({ body }: Answer): string {
  return String(body['type']).replace('urn:vnpy-bridge:problem:', '');
}
