import { execFile, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  launchPeer,
  PATIENCE,
  PeerCommandError,
  PeerError,
  plain,
  pythonOf,
  repositoryRoot,
  startPeer,
} from './support/index.js';
import type { Described, Peer, PeerScript, VnpyVersion } from './support/index.js';

const run = promisify(execFile);

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !readFileSync(status, 'utf8').includes(') Z ');
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

async function textOf(process: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  return (await Promise.all([text(process.stdout), text(process.stderr)])).join('');
}

async function usedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('startPeer', () => {
  const servers: PeerScript[] = ['vnpy_server', 'rpc_server', 'datafeed_server'];
  test.each(servers)('starts %s on free ports and tells where', async (script) => {
    const peer = await startPeer({ script, vnpy: '4.4', locale: 'C.UTF-8' });
    expect(peer.ready).toMatchObject({ ready: true, vnpy: '4.4.0', locale: 'C.UTF-8', pid: peer.pid });
    expect(peer.addresses.request).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(peer.addresses.publish).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(peer.addresses.publish).not.toBe(peer.addresses.request);
  });

  test.each<[VnpyVersion, string, string]>([
    ['4.5', 'zh_CN.UTF-8', '多'],
    ['4.5', 'en_US.UTF-8', 'Long'],
    ['4.4', 'zh_CN.UTF-8', '多'],
    ['4.4', 'en_US.UTF-8', 'Long'],
  ])('vnpy %s in %s has the enum values of that locale', async (vnpy, locale, long) => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const client = await startPeer({ script: 'rpc_client', vnpy, locale, addresses: server.addresses });
    expect(client.ready.vnpy).toBe(`${vnpy}.0`);
    expect(await client.command<Described>('eval', { code: 'Direction.LONG' })).toEqual({
      type: 'vnpy.trader.constant.Direction',
      name: 'LONG',
      value: long,
    });
  });

  test('no locale is the Chinese of vnpy itself, and the locale of the runner does not matter', async () => {
    const server = await startPeer({ script: 'rpc_server', locale: null });
    expect(server.ready.locale).toBe('');
    const code = `__import__('vnpy.trader.constant').trader.constant.Direction.LONG.value`;
    expect(plain(await server.command<Described>('eval', { code }))).toBe('多');
  });

  test('binds ipc addresses, in a path that is gone afterwards', async () => {
    const server = await startPeer({ script: 'rpc_server', transport: 'ipc' });
    expect(server.addresses.request).toMatch(/^ipc:\/\//);
    const client = await startPeer({ script: 'rpc_client', addresses: server.addresses });
    const reply = await client.command<{ returned: Described }>('call', { name: 'add', args: [1, 3] });
    expect(reply.returned).toEqual({ type: 'int', value: 4 });

    const path = server.addresses.request.slice('ipc://'.length);
    expect(existsSync(path)).toBe(true);
    await server.stop();
    expect(existsSync(path)).toBe(false);
  });

  test('a server comes back at the same addresses after a kill', async () => {
    const first = await startPeer({ script: 'rpc_server' });
    expect(await first.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    const second = await startPeer({ script: 'rpc_server', addresses: first.addresses });
    expect(second.addresses).toEqual(first.addresses);
  });

  test('a client without addresses is refused', async () => {
    await expect(launchPeer({ script: 'rpc_client' })).rejects.toThrow(/tell it the addresses/);
  });

  test('a port that is taken is an error that shows what Python said', async () => {
    const addresses = { request: `tcp://127.0.0.1:${await usedPort()}`, publish: 'tcp://127.0.0.1:0' };
    for (const script of servers) {
      const failure = await launchPeer({ script, addresses }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PeerError);
      expect(failure).toMatchObject({ exit: { code: 98 } });
      expect(String(failure)).toContain(addresses.request);
    }
  });

  test('arguments that the script does not know show its usage', async () => {
    await expect(launchPeer({ script: 'vnpy_server', args: ['--nonsense'] })).rejects.toThrow(/usage: vnpy_server\.py/);
  });

  test('a peer that is not ready in time is killed', async () => {
    await expect(launchPeer({ script: 'vnpy_server', readyTimeout: 1 })).rejects.toThrow(/did not come within 1 ms/);
  });

  test('a missing or unfinished environment says what to do', () => {
    vi.stubEnv('VNPY_BRIDGE_VENVS', '');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const root = temporaryFolder();
    expect(() => pythonOf('4.5', root)).toThrow(
      /No Python environment with vnpy 4\.5 at .*\.venv: run `make setup` first/,
    );
    mkdirSync(join(root, '.venv-4.4', 'bin'), { recursive: true });
    writeFileSync(join(root, '.venv-4.4', 'bin', 'python'), '');
    expect(() => pythonOf('4.4', root)).toThrow(/make setup/);
    writeFileSync(join(root, '.venv-4.4', '.complete'), '');
    expect(pythonOf('4.4', root)).toBe(join(root, '.venv-4.4', 'bin', 'python'));

    expect(() => pythonOf('4.0', root)).toThrow(/no Python environment with vnpy 4\.0, only 4\.5, 4\.4/);
    vi.stubEnv('VNPY_BRIDGE_VENVS', '{"4.0": ".venv-4.4"}');
    expect(pythonOf('4.0', root)).toBe(join(root, '.venv-4.4', 'bin', 'python'));
    expect(() => pythonOf('4.5', root)).toThrow(/only 4\.0/);
    vi.stubEnv('VNPY_BRIDGE_VENVS', '{"5.0": "x"}');
    expect(() => pythonOf('4.5', root)).toThrow(/keys of 4\.5, 4\.4, 4\.0, 3\.9/);
  });
});

describe('the end of a peer', () => {
  test.each<[PeerScript, NodeJS.Signals]>([
    ['vnpy_server', 'SIGTERM'],
    ['vnpy_server', 'SIGINT'],
    ['rpc_server', 'SIGTERM'],
    ['rpc_server', 'SIGINT'],
    ['datafeed_server', 'SIGTERM'],
  ])('%s ends on %s within a second, with exit code 0', async (script, signal) => {
    const peer = await startPeer({ script });
    const began = performance.now();
    expect(await peer.kill(signal)).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('clients end as promptly, with a server that is away', async () => {
    const addresses = { request: 'tcp://127.0.0.1:9', publish: 'tcp://127.0.0.1:9' };
    for (const script of ['rpc_client', 'gateway_client'] as const) {
      const client = await startPeer({ script, addresses });
      const began = performance.now();
      expect(await client.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(performance.now() - began).toBeLessThan(1000);
    }
  });

  test('ends on SIGTERM while a call runs', async () => {
    const server = await startPeer({ script: 'rpc_server', journal: true });
    const client = await startPeer({ script: 'rpc_client', addresses: server.addresses });
    const call = client.command('call', { name: 'sleep', args: [30] }).catch((error: unknown) => error);
    await expect.poll(() => server.journal().length, PATIENCE).toBe(1);
    const began = performance.now();
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(1000);

    await client.kill();
    expect(await call).toBeInstanceOf(PeerError);
  });

  test('leaves nothing behind in the home folder or the temporary one', async () => {
    const home = temporaryFolder();
    const temporary = join(home, 'tmp');
    mkdirSync(temporary);
    const server = await startPeer({ script: 'vnpy_server', env: { HOME: home, TMPDIR: temporary } });
    expect(readdirSync(temporary)).toHaveLength(1);
    await server.kill('SIGTERM');
    expect(readdirSync(home)).toEqual(['tmp']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('pause and resume', async () => {
    const server = await startPeer({ script: 'rpc_server' });
    server.pause();
    await expect(server.command('serving', {}, 300)).rejects.toThrow(
      /No answer to the command 'serving' within 300 ms/,
    );
    server.resume();
    expect(await server.command('serving')).toBe(true);
  });

  test('a paused peer can be stopped', async () => {
    const server = await startPeer({ script: 'rpc_server' });
    server.pause();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  test.each(['exits', 'is killed'])('peers end when the process that started them %s', async (how) => {
    // A Node process of its own starts a server and then ends without stopping it.
    const end = how === 'exits' ? 'process.exit(0)' : `process.kill(process.pid, 'SIGKILL')`;
    const program = `
      import { spawn } from 'node:child_process';
      const child = spawn(process.argv[1], process.argv.slice(2), { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.once('data', (line) => { console.log(JSON.parse(line).pid); setImmediate(() => { ${end}; }); });`;
    const script = join(import.meta.dirname, '../python-fixtures/vnpy_server.py');
    const args = ['--input-type=module', '-e', program, pythonOf('4.5'), script, '--exit-with-parent'];
    const output = await run(process.execPath, args).then(
      (result) => result.stdout,
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    const pid = Number(output);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => alive(pid), PATIENCE).toBe(false);
  });
});

describe('a test', () => {
  const started: Peer[] = [];

  test('starts a peer and leaves it', async () => {
    started.push(await startPeer({ script: 'rpc_server' }));
    expect(started[0]?.exit).toBeUndefined();
  });

  test('finds that the peer of the test before has been stopped', () => {
    expect(started.map((peer) => peer.exit)).toEqual([{ code: 0, signal: null }]);
  });
});

describe('a run of vitest', () => {
  const CONFIG = 'interop/support/example/vitest.config.ts';

  function runExample(hangs: boolean): ChildProcessByStdio<null, Readable, Readable> {
    const root = repositoryRoot();
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    return spawn(process.execPath, [vitest, 'run', '--config', CONFIG], {
      cwd: root,
      env: { ...process.env, EXAMPLE_HANGS: hangs ? '1' : '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  function pidsIn(output: string): number[] {
    return [...output.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1]));
  }

  test('that fails shows what the peers printed, and ends them', async () => {
    const runner = runExample(false);
    const output = await textOf(runner);
    expect(runner.exitCode ?? (await once(runner, 'exit'))[0]).toBe(1);
    expect(output).toMatch(
      /--- vnpy_server \(pid \d+\) during 'fails' ---\n.*MainEngine[^]*connected to the simulated/,
    );
    expect(pidsIn(output)).toHaveLength(2);
    expect(pidsIn(output).filter(alive)).toEqual([]);
  });

  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
    'that is ended by %s leaves no peer, not even a paused one',
    async (signal) => {
      const runner = runExample(true);
      let output = '';
      runner.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      runner.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await expect.poll(() => output, { timeout: 20_000 }).toContain('hanging');
      runner.kill(signal);
      await once(runner, 'exit');
      const pids = pidsIn(output);
      expect(pids).toHaveLength(3);
      await expect.poll(() => pids.filter(alive), PATIENCE).toEqual([]);
    },
  );
});

describe('commands and records', () => {
  test('an exception is told with its type and message', async () => {
    const server = await startPeer({ script: 'rpc_server' });
    const failure = await server.command('eval', { code: '{}["x"]' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PeerCommandError);
    expect(failure).toMatchObject({ type: 'KeyError', message: "'x'" });
    await expect(server.command('nonsense')).rejects.toMatchObject({ type: 'KeyError' });
  });

  test('commands are answered by id, whatever their order', async () => {
    const server = await startPeer({ script: 'rpc_server' });
    const codes = Array.from({ length: 50 }, (_, index) => index);
    const results = await Promise.all(
      codes.map((index) => server.command<Described>('eval', { code: `${index} * 2` })),
    );
    expect(results.map(plain)).toEqual(codes.map((index) => index * 2));
  });

  test('waitFor tells what the peer printed when it ends instead', async () => {
    const server = await startPeer({ script: 'vnpy_server' });
    const waiting = server.waitFor((record) => record['never'] === true);
    await Promise.all([expect(waiting).rejects.toThrow(/connected to the simulated exchange/), server.kill()]);
  });

  test('a thread of vnpy that dies is reported', async () => {
    const server = await startPeer({ script: 'rpc_server' });
    const client = await startPeer({ script: 'rpc_client', addresses: server.addresses });
    const call = client.command('call', { name: 'unpicklable', timeout: 300 });
    await expect(call).rejects.toMatchObject({ type: 'vnpy.rpc.client.RemoteException' });
    const death = await server.waitFor((record) => 'thread_died' in record);
    expect(death).toMatchObject({ thread_died: { type: 'TypeError' } });
    // It is the thread itself that tells of its end, a moment before.
    await expect.poll(() => server.command('serving'), PATIENCE).toBe(false);
  });

  test('described values keep their Python types', async () => {
    const server = await startPeer({ script: 'rpc_server' });
    const code = `[None, True, 1, 2**53, 1.0, float('inf'), 'é\\ud800', b'\\x00\\xff', (1,), {1: {2}}, object]`;
    const described = await server.command<Described>('eval', { code });
    expect(described.value).toEqual([
      { type: 'NoneType', value: null },
      { type: 'bool', value: true },
      { type: 'int', value: 1 },
      { type: 'int', value: '9007199254740992' },
      { type: 'float', value: 1 },
      { type: 'float', value: 'inf' },
      { type: 'str', value: 'é\ud800' },
      { type: 'bytes', value: '00ff' },
      { type: 'tuple', value: [{ type: 'int', value: 1 }] },
      {
        type: 'dict',
        value: [
          [
            { type: 'int', value: 1 },
            { type: 'set', value: [{ type: 'int', value: 2 }] },
          ],
        ],
      },
      { type: 'type', repr: "<class 'object'>" },
    ]);
    expect(plain(described)).toEqual([
      null,
      true,
      1,
      '9007199254740992',
      1,
      'inf',
      'é\ud800',
      '00ff',
      [1],
      { 1: [2] },
      "<class 'object'>",
    ]);
  });
});
