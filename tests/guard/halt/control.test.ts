import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONTROL_COMMANDS } from '../../../src/guard/halt/control-requests.js';
import type { ControlRequest } from '../../../src/guard/halt/control-requests.js';
import { controlRequest, listenControl } from '../../../src/guard/halt/control.js';
import { GuardError } from '../../../src/guard/errors.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'control-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

async function control(
  handle: (request: ControlRequest) => Promise<unknown> = (request) => Promise.resolve(request),
): Promise<string> {
  const listening = await listenControl({ address: join(folder(), 'guard', 'control.sock'), handle });
  onTestFinished(() => listening.close());
  return listening.address;
}

/** Sends bytes and gives all that comes back until the other side ends. */
function exchange(address: string, ...chunks: readonly (string | Buffer)[]): Promise<string> {
  const socket = createConnection(address);
  for (const chunk of chunks) socket.write(chunk);
  socket.end();
  return text(socket);
}

const REQUESTS: readonly ControlRequest[] = [
  {
    command: 'halt',
    who: 'risk',
    level: 'reduce',
    scope: { kind: 'gateway', name: 'CTP' },
    reason: 'x',
    cancel: false,
  },
  { command: 'halt', who: 'risk', level: 'halt', scope: { kind: 'symbol', pattern: 'rb*' }, reason: 'x', cancel: true },
  { command: 'resume', who: 'risk', id: 'all', reason: '已恢复\n', acceptUnknown: true },
  { command: 'status', who: 'risk' },
  { command: 'drill', who: 'risk' },
  { command: 'release', who: 'risk', id: 'CTP.17', reason: 'x' },
  { command: 'baseline', who: 'risk', of: 'CTP.1', values: { balance: 1e6 }, reason: 'x' },
  { command: 'flatten', who: 'risk', of: undefined, reason: 'x' },
  {
    ...{
      command: 'explain',
      who: 'risk',
      principal: 'desk',
      function: 'send_order',
      gateway: 'CTP',
      cancel: undefined,
    },
    order: { symbol: 'rb2705', exchange: 'SHFE', volume: 1 },
  },
  { command: 'recover', who: 'risk', reason: 'x' },
];

describe('the control', () => {
  test('takes each request, as it was made', async () => {
    const address = await control();
    for (const request of REQUESTS)
      expect(await controlRequest(address, request)).toEqual(JSON.parse(JSON.stringify(request)));
    expect(new Set(REQUESTS.map(({ command }) => command))).toEqual(new Set(CONTROL_COMMANDS));
  });

  test.skipIf(process.platform === 'win32')('is for this user alone', async () => {
    const address = await control();
    expect(statSync(address).mode & 0o777).toBe(0o600);
    expect(statSync(join(address, '..')).mode & 0o777).toBe(0o700);
  });

  test('tells what the guard refused, with its text', async () => {
    const address = await control(() => Promise.reject(new GuardError('halt', 'it is halted')));
    await expect(controlRequest(address, { command: 'status', who: 'risk' })).rejects.toMatchObject({
      code: 'REFUSED',
      message: '[halt] it is halted',
    });
  });

  test('answers the requests of one connection in their order', async () => {
    const address = await control(async (request) => {
      if (request.command === 'status') await new Promise(setImmediate);
      return request.command;
    });
    const lines = REQUESTS.map((request) => `${JSON.stringify(request)}\n`);
    const answers = (await exchange(address, lines.join(''))).trimEnd().split('\n');
    expect(answers.map((line) => (JSON.parse(line) as { result: string }).result)).toEqual(
      REQUESTS.map(({ command }) => command),
    );
  });

  test.each<[string, object]>([
    ['no command', { who: 'x' }],
    ['an unknown command', { command: 'explode', who: 'x' }],
    ['a name of the prototype', { command: 'constructor', who: 'x' }],
    ['no name', { command: 'status' }],
    ['an empty name', { command: 'status', who: ' ' }],
    ['a long name', { command: 'status', who: 'x'.repeat(1001) }],
    ['an unknown member', { command: 'status', who: 'x', more: 1 }],
    ['no level', { command: 'halt', who: 'x', scope: { kind: 'all' }, reason: 'x' }],
    ['another level', { command: 'halt', who: 'x', level: 'stop', scope: { kind: 'all' }, reason: 'x' }],
    ['no scope', { command: 'halt', who: 'x', level: 'halt', reason: 'x' }],
    ['a scope without a name', { command: 'halt', who: 'x', level: 'halt', scope: { kind: 'role' }, reason: 'x' }],
    ['another scope', { command: 'halt', who: 'x', level: 'halt', scope: { kind: 'house' }, reason: 'x' }],
    ['no reason', { command: 'recover', who: 'x' }],
    ['values that are none', { command: 'baseline', who: 'x', of: 'y', values: { a: '1' }, reason: 'x' }],
    ['a flag that is none', { command: 'resume', who: 'x', id: 'y', reason: 'x', acceptUnknown: 1 }],
  ])('refuses a request with %s', async (_name, request) => {
    const handled: unknown[] = [];
    const address = await control((one) => Promise.resolve(handled.push(one)));
    await expect(controlRequest(address, request as ControlRequest)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(handled).toEqual([]);
  });

  test('lives on after hostile bytes', async () => {
    const address = await control();
    const status = `${JSON.stringify(REQUESTS[3])}\n`;
    const hostile = ['\0\xff\n', 'null\n', '[]\n', '"x"\n', '{"__proto__":{"command":"halt"}}\n', '1e999\n', '\n\n \n'];
    const answers = await exchange(address, ...hostile, Buffer.from([0xff, 0xfe, 10]), status);
    const parsed = answers
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { ok: boolean }).ok);
    expect(parsed).toEqual([false, false, false, false, false, false, false, true]);
    const long = await exchange(address, 'x'.repeat(100_000), '\n', status);
    expect(long).toMatch(/"code":"BAD_REQUEST".*65536/);
    expect(long.trimEnd().split('\n')).toHaveLength(1);
    // A request in small parts, and one whose sender has gone.
    for (const part of status) expect(await exchange(address, part)).toBe('');
    createConnection(address).destroy();
    expect(await controlRequest(address, { command: 'status', who: 'x' })).toMatchObject({ command: 'status' });
  });

  test('keeps its connections in bounds', async () => {
    const address = await control();
    const sockets = Array.from({ length: 50 }, () => createConnection(address));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const closed = sockets.slice(32).map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await Promise.all(closed);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(() => controlRequest(address, { command: 'status', who: 'x' }).catch(() => undefined))
      .toMatchObject({ command: 'status' });
  });
});

describe('its address', () => {
  const handle = (): Promise<unknown> => Promise.resolve();

  test('of a guard that was killed is taken again', async () => {
    const path = join(folder(), 'g');
    mkdirSync(path, { mode: 0o700 });
    const address = join(path, 'control.sock');
    const first = await listenControl({ address, handle });
    const second = await listenControl({ address, handle });
    await first.close();
    await second.close();
  });

  test('at which something else lies is left alone', async () => {
    const path = join(folder(), 'g');
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, 'control.sock'), 'mine');
    await expect(listenControl({ address: join(path, 'control.sock'), handle })).rejects.toMatchObject({
      code: 'UNSAFE',
    });
  });

  test('in a folder that others may use is refused', async () => {
    const path = join(folder(), 'g');
    mkdirSync(path);
    chmodSync(path, 0o755);
    await expect(listenControl({ address: join(path, 'control.sock'), handle })).rejects.toThrow(/chmod 700/);
  });
});

describe('who asks', () => {
  const status = { command: 'status', who: 'x' } as const;

  test('hears that nobody answers, or that it is no guard', async () => {
    const address = join(folder(), 'x.sock');
    await expect(controlRequest(address, status)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const answers = ['hello\n', '{"a":1}\n', ''];
    for (const [index, answer] of answers.entries()) {
      const path = `${address}${index}`;
      const server = createServer((socket) => socket.end(answer));
      await new Promise<void>((resolve) => server.listen(path, resolve));
      onTestFinished(() => {
        server.close();
      });
      await expect(controlRequest(path, status)).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    }
  });

  test('does not wait for ever', async () => {
    const address = await control(() => new Promise(() => undefined));
    await expect(controlRequest(address, status, 50)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
