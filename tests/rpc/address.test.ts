import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { bindsEveryInterface, checkIpcPath, isLoopback, parseAddress } from '../../src/rpc/address.js';

const good: [text: string, use: 'connect' | 'bind', address: object][] = [
  ['tcp://127.0.0.1:2014', 'connect', { scheme: 'tcp', host: '127.0.0.1', port: 2014 }],
  ['tcp://server.example.com:4102', 'connect', { scheme: 'tcp', host: 'server.example.com', port: 4102 }],
  ['tcp://[::1]:5', 'connect', { scheme: 'tcp', host: '[::1]', port: 5 }],
  ['tcp://192.168.1.2:0;192.168.1.9:5555', 'connect', { scheme: 'tcp', host: '192.168.1.9', port: 5555 }],
  ['tcp://*:2014', 'bind', { scheme: 'tcp', host: '*', port: 2014 }],
  ['tcp://127.0.0.1:*', 'bind', { scheme: 'tcp', host: '127.0.0.1', port: '*' }],
  ['tcp://127.0.0.1:0', 'bind', { scheme: 'tcp', host: '127.0.0.1', port: '*' }],
  ['ipc:///run/vnpy/rpc', 'bind', { scheme: 'ipc', path: '/run/vnpy/rpc' }],
  ['ipc://@abstract', 'connect', { scheme: 'ipc', path: '@abstract' }],
  ['inproc://here', 'bind', { scheme: 'inproc', name: 'here' }],
];

const bad: [text: unknown, use: 'connect' | 'bind', why: RegExp][] = [
  ['', 'connect', /no scheme/],
  ['127.0.0.1:2014', 'connect', /no scheme/],
  ['http://127.0.0.1:80', 'connect', /"http" is none of tcp, ipc, inproc/],
  ['tcp://127.0.0.1', 'connect', /no port/],
  ['tcp://127.0.0.1:', 'connect', /no port/],
  ['tcp://:2014', 'connect', /no port/],
  ['tcp://127.0.0.1:99999', 'connect', /no number from 1 to 65535/],
  ['tcp://127.0.0.1:-1', 'bind', /no number from 1 to 65535/],
  ['tcp://127.0.0.1:20x4', 'bind', /no number from 1 to 65535/],
  ['tcp://*:2014', 'connect', /name the host/],
  ['tcp://127.0.0.1:*', 'connect', /the number of the port/],
  ['tcp://127.0.0.1:0', 'connect', /the number of the port/],
  ['tcp://::1:5', 'connect', /brackets/],
  ['tcp://my host:5', 'connect', /cannot be one/],
  [`ipc://${'x'.repeat(108)}`, 'bind', /108 bytes/],
  [undefined, 'connect', /must be a string/],
  [{ host: 'x' }, 'bind', /must be a string/],
];

describe('parseAddress', () => {
  test.each(good)('reads %s to %s', (text, use, address) => {
    expect(parseAddress(text, use)).toEqual({ text, ...address });
  });

  test.each(bad)('refuses %s to %s, and says why', (text, use, why) => {
    expect(() => parseAddress(text as string, use)).toThrow(
      expect.objectContaining({ code: 'BAD_ADDRESS', message: expect.stringMatching(why) as string }),
    );
  });

  test('refuses ipc on Windows with a sentence', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    expect(() => parseAddress('ipc://x', 'connect')).toThrow(/does not work on Windows/);
    vi.restoreAllMocks();
  });

  test.each([
    ['tcp://*:1', true, false],
    ['tcp://0.0.0.0:1', true, false],
    ['tcp://[::]:1', true, false],
    ['tcp://192.168.0.1:1', false, false],
    ['tcp://127.0.0.1:1', false, true],
    ['tcp://127.8.9.1:1', false, true],
    ['tcp://[::1]:1', false, true],
    ['tcp://localhost:1', false, true],
    ['ipc:///tmp/x', false, true],
  ])('knows who can reach %s', (text, everywhere, loopback) => {
    const address = parseAddress(text, 'bind');
    expect([bindsEveryInterface(address), isLoopback(address)]).toEqual([everywhere, loopback]);
  });
});

describe('checkIpcPath', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ipc-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const check = (path: string): Promise<void> => {
    const address = parseAddress(`ipc://${path}`, 'bind');
    if (address.scheme !== 'ipc') throw new Error('not ipc');

    return checkIpcPath(address);
  };

  test('lets a new path in an existing folder pass, and an abstract name', async () => {
    await expect(check(join(folder, 'socket'))).resolves.toBeUndefined();
    await expect(check('@abstract')).resolves.toBeUndefined();
  });

  test('names a folder that does not exist', async () => {
    await expect(check(join(folder, 'missing', 'socket'))).rejects.toMatchObject({ code: 'MISSING_FOLDER' });
  });

  test('does not let libzmq delete a file', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'dear diary');
    await expect(check(path)).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    await symlink(path, join(folder, 'link'));
    await expect(check(join(folder, 'link'))).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  });

  test('does not let libzmq steal a socket in use, but takes over a stale one', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(check(path)).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    // A server that ended without cleaning up: rename keeps the file that close() would remove.
    const stale = join(folder, 'stale');
    const { rename } = await import('node:fs/promises');
    await rename(path, stale);
    await new Promise((resolve) => server.close(resolve));
    await expect(check(stale)).resolves.toBeUndefined();
  });
});
