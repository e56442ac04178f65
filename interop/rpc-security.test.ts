/**
 * CURVE and PLAIN between this package and pyzmq, in both directions.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { generateCurveKeyPair, RpcServer } from 'vnpy-bridge/rpc';
import type { ClientSecurity, ServerSecurity } from 'vnpy-bridge/rpc';
import { newClient } from './rpc-support/clients.js';
import { pythonOf, repositoryRoot } from './support/index.js';

/** Starts a pyzmq peer, and gives the first line that it prints. */
async function pyzmq(config: object): Promise<Record<string, unknown>> {
  const script = join(repositoryRoot(), 'interop', 'rpc-support', 'pyzmq_peer.py');
  const child = spawn(pythonOf('4.5'), [script, JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return JSON.parse(line) as Record<string, unknown>;
}

async function serve(security: ServerSecurity): Promise<string> {
  const server = new RpcServer({ security }).register('add', (a: number, b: number) => a + b);
  onTestFinished(() => server.stop());
  await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  return server.addresses?.reply ?? '';
}

describe('our client at a pyzmq server', () => {
  test('with CURVE', async () => {
    const keys = await generateCurveKeyPair();
    const { address } = await pyzmq({
      role: 'serve',
      options: { curve_server: true, curve_secretkey: keys.secretKey, curve_publickey: keys.publicKey },
    });
    const right = newClient({ security: { mechanism: 'curve', serverKey: keys.publicKey } });
    await right.start(String(address));
    expect(await right.call('add', [1, 3])).toBe(4);
    const { publicKey } = await generateCurveKeyPair();
    const wrong = newClient({ security: { mechanism: 'curve', serverKey: publicKey } });
    await wrong.start(String(address));
    await expect(wrong.call('add', [1, 3])).rejects.toMatchObject({
      code: 'DISCONNECTED',
      outcome: 'not-sent',
      message: expect.stringContaining('serverKey is not its public key') as string,
    });
  });

  test('with PLAIN', async () => {
    const { address } = await pyzmq({ role: 'serve', users: { ann: 'secret' }, options: { plain_server: true } });
    const security = (password: string): ClientSecurity => ({ mechanism: 'plain', username: 'ann', password });
    const right = newClient({ security: security('secret') });
    await right.start(String(address));
    expect(await right.call('add', [1, 3])).toBe(4);
    const wrong = newClient({ security: security('guess') });
    await wrong.start(String(address));
    await expect(wrong.call('add', [1, 3])).rejects.toMatchObject({ code: 'DISCONNECTED', outcome: 'not-sent' });
  });
});

describe('a pyzmq client at our server', () => {
  test('with CURVE, of the allowed keys only', async () => {
    const [server, friend, stranger] = await Promise.all([
      generateCurveKeyPair(),
      generateCurveKeyPair(),
      generateCurveKeyPair(),
    ]);
    const address = await serve({
      mechanism: 'curve',
      secretKey: server.secretKey,
      clientKeys: [friend.publicKey],
    });
    const request = (keys: typeof friend, timeout: number): Promise<Record<string, unknown>> =>
      pyzmq({
        role: 'request',
        address,
        timeout,
        options: {
          curve_serverkey: server.publicKey,
          curve_publickey: keys.publicKey,
          curve_secretkey: keys.secretKey,
        },
      });
    expect(await request(friend, 10_000)).toEqual({ reply: [true, 4] });
    expect(await request(stranger, 1000)).toEqual({ reply: null });
  });

  test('with PLAIN, of the right password only', async () => {
    const address = await serve({ mechanism: 'plain', users: { ann: 'secret' } });
    const request = (password: string, timeout: number): Promise<Record<string, unknown>> =>
      pyzmq({ role: 'request', address, timeout, options: { plain_username: 'ann', plain_password: password } });
    expect(await request('secret', 10_000)).toEqual({ reply: [true, 4] });
    expect(await request('guess', 1000)).toEqual({ reply: null });
  });
});
