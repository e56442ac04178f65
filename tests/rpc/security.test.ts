import { describe, expect, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import type { RpcClientOptions, RpcServerOptions } from '../../src/rpc/options.js';
import { RpcServer } from '../../src/rpc/server.js';
import type { ClientSecurity, ServerSecurity } from '../../src/rpc/security.js';
import { decideAccess } from '../../src/rpc/zeromq/zap.js';
import { zmqTransport } from '../../src/rpc/zeromq/transport.js';
import { CLIENT_SOCKETS, SERVER_SOCKETS } from '../support/bare-sockets.js';

const KEY = 'x'.repeat(40);

/** What JavaScript, or settings read from JSON, may pass. */
const wrongOnEitherSide: readonly (readonly [string, unknown, RegExp])[] = [
  ['an upper-case mechanism', { mechanism: 'CURVE', secretKey: KEY }, /mechanism .*"curve", "plain", not "CURVE"/],
  ['a capitalised mechanism', { mechanism: 'Plain', users: {} }, /"curve", "plain", not "Plain"/],
  ['a misspelt mechanism', { mechanism: 'crve', secretKey: KEY }, /"curve", "plain", not "crve"/],
  ['no mechanism', {}, /"curve", "plain", not undefined/],
  ['a mechanism that is no text', { mechanism: Symbol('curve') }, /"curve", "plain", not Symbol\(curve\)/],
  ['a text', 'curve', /must be an object whose mechanism is "curve" or "plain", not "curve"/],
  ['true', true, /must be an object whose mechanism .*, not true/],
  ['null', null, /security must not be null/],
  ['CURVE without a key', { mechanism: 'curve' }, /Key must be a string, not undefined/],
  ['CURVE with bytes as key', { mechanism: 'curve', secretKey: new Uint8Array(32) }, /Key must be a string/],
  ['a misspelt list of keys', { mechanism: 'curve', secretKey: KEY, clientkeys: [] }, /no option "clientkeys"/],
];

const wrongServer: readonly (readonly [string, unknown, RegExp])[] = [
  ...wrongOnEitherSide,
  ['keys that are no list', { mechanism: 'curve', secretKey: KEY, clientKeys: KEY }, /clientKeys must be an array/],
  [
    'a key that is no text',
    { mechanism: 'curve', secretKey: KEY, clientKeys: [KEY, undefined] },
    /item 1 is undefined/,
  ],
  ['PLAIN without users', { mechanism: 'plain' }, /users must be an object .*, not undefined/],
  ['users that are a list', { mechanism: 'plain', users: ['ann'] }, /users must be an object .*, not an array/],
  [
    'a password that is no text',
    { mechanism: 'plain', users: { ann: 7 } },
    /password of "ann" must be a string, not number/,
  ],
];

const wrongClient: readonly (readonly [string, unknown, RegExp])[] = [
  ...wrongOnEitherSide,
  ['half a pair that is no text', { mechanism: 'curve', serverKey: KEY, publicKey: 7 }, /publicKey must be a string/],
  ['PLAIN without a name', { mechanism: 'plain', password: 'x' }, /username must be a string, not undefined/],
  ['PLAIN without a password', { mechanism: 'plain', username: 'x' }, /password must be a string, not undefined/],
];

describe('security that is not understood is refused, and is never no security', () => {
  test.each(wrongServer)('by a server: %s', (_, security, message) => {
    expect(() => new RpcServer({ security } as RpcServerOptions)).toThrow(
      expect.objectContaining({
        name: 'RpcUsageError',
        code: 'BAD_OPTION',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test.each(wrongClient)('by a client: %s', (_, security, message) => {
    expect(() => new RpcClient({ security } as RpcClientOptions)).toThrow(
      expect.objectContaining({
        name: 'RpcUsageError',
        code: 'BAD_OPTION',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test('without telling a key or a password that stands in the wrong place', () => {
    for (const security of [KEY, { mechanism: KEY }, { mechanism: 'plain', users: { ann: [KEY] } }]) {
      expect(() => new RpcServer({ security } as unknown as RpcServerOptions)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('xx') as string }),
      );
    }
  });

  test('by the sockets themselves, whoever opens them', async () => {
    const security = { mechanism: 'CURVE', secretKey: KEY } as unknown as ServerSecurity & ClientSecurity;
    await expect(zmqTransport.openClient({ ...CLIENT_SOCKETS, security })).rejects.toMatchObject({
      code: 'BAD_SECURITY',
    });
    await expect(zmqTransport.openServer({ ...SERVER_SOCKETS, security })).rejects.toMatchObject({
      code: 'BAD_SECURITY',
      message: expect.stringContaining('"CURVE"') as string,
    });
  });

  test.each([
    ['an unknown mechanism', { security: { mechanism: 'CURVE' }, allowAddresses: undefined }],
    ['no mechanism', { security: {}, allowAddresses: undefined }],
    ['null', { security: null, allowAddresses: undefined }],
    ['a list of addresses that is none', { security: undefined, allowAddresses: null }],
  ])('by the one who decides about each connection: %s', (_, rules) => {
    const request = ['1.0', 'id', 'domain', '127.0.0.1', '', 'NULL'].map((part) => Buffer.from(part));
    const { reply, denied } = decideAccess(request, rules as unknown as Parameters<typeof decideAccess>[1]);
    expect(Buffer.from(reply[2] ?? []).toString()).toBe('400');
    expect(denied).toContain('127.0.0.1 refused');
  });
});

describe('a user name or password that ZeroMQ does not take', () => {
  const long = 'ü'.repeat(128);

  test.each([
    ['ann', '', /the PLAIN password is empty/],
    ['', 'x', /the PLAIN user name is empty/],
    ['ann', long, /the PLAIN password has 256 bytes: ZeroMQ allows 255/],
    [long, 'x', /the PLAIN user name has 256 bytes/],
  ])('is named by the client: %o, %o', async (username, password, message) => {
    const client = new RpcClient({ security: { mechanism: 'plain', username, password } });
    await expect(client.start('tcp://127.0.0.1:1')).rejects.toMatchObject({
      code: 'BAD_SECURITY',
      message: expect.stringMatching(message) as string,
    });
  });

  test('is named by the server, without the password', async () => {
    const server = new RpcServer({ security: { mechanism: 'plain', users: { ann: '' } } });
    await expect(server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*')).rejects.toMatchObject({
      code: 'BAD_SECURITY',
      message: expect.stringContaining('the password of "ann" is empty') as string,
    });
  });
});
