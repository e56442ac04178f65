import { describe, expect, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { resolveClientOptions, resolveServerOptions } from '../../src/rpc/options.js';
import type { RpcClientOptions, RpcServerOptions } from '../../src/rpc/options.js';
import { RpcServer } from '../../src/rpc/server.js';

const badClient: RpcClientOptions[] = [
  { timeout: 0 },
  { timeout: NaN },
  { timeout: '5' as unknown as number },
  { window: 0 },
  { window: 1.5 },
  { queueLimit: -1 },
  { heartbeat: { tolerance: -1 } },
  { connectTimeout: Infinity },
  { reconnect: { max: Infinity } },
  { reconnect: { initial: 2 ** 31 } },
];

const badServer: RpcServerOptions[] = [
  { heartbeatInterval: Infinity },
  { gracePeriod: Infinity },
  { maxPending: 0 },
  { maxRequestBytes: NaN },
];

/** What JavaScript, or settings read from JSON, may pass; and what the message says of it. */
const untyped: readonly (readonly ['client' | 'server', unknown, RegExp])[] = [
  ['client', null, /must be an object, not null/],
  ['client', 'tcp://127.0.0.1:2014', /must be an object, not "tcp:.*"/],
  ['server', ['add'], /must be an object, not an array/],
  ['client', { timeout: null }, /timeout must not be null/],
  ['client', { timeout: Symbol('x') }, /timeout must be a number of milliseconds greater than 0, not Symbol\(x\)/],
  ['client', { timeuot: 5 }, /RpcClient: there is no option "timeuot"; did you mean "timeout"\?/],
  ['client', { Timeout: 5 }, /did you mean "timeout"\?/],
  ['client', { colour: 'red' }, /there is no option "colour"; there are timeout, queueLimit, /],
  ['client', { heartbeat: 5000 }, /heartbeat must be an object, not 5000/],
  ['client', { heartbeat: { tolerence: 5000 } }, /heartbeat: .* did you mean "tolerance"\?/],
  ['client', { reconnect: { min: 5000 } }, /reconnect: there is no option "min"; there are initial, max/],
  ['client', { registry: {} }, /registry must be a ClassRegistry, not an object/],
  ['client', { loads: 'lossless' }, /loads must be an object/],
  ['server', { dumps: [] }, /dumps must be an object/],
  ['client', { loads: { losless: true } }, /loads: there is no option "losless"; did you mean "lossless"\?/],
  ['client', { loads: { lossless: 'no' } }, /loads: lossless must be true or false, not "no"/],
  ['server', { loads: { registry: {} } }, /loads: there is no option "registry"/],
  ['server', { dumps: { bufferCallback: add } }, /dumps: there is no option "bufferCallback"/],
  ['server', { dumps: { maxDept: 5 } }, /dumps: there is no option "maxDept"; did you mean "maxDepth"\?/],
  ['client', { dumps: { protocol: 6 } }, /dumps: protocol must be at most 5, not 6/],
  ['client', { transport: {} }, /transport has no method openClient\(\)/],
  ['server', { transport: 'tcp' }, /transport must be one of "zmtp", "zeromq", not "tcp"/],
  ['client', { receiveHighWaterMark: 2 ** 40 }, /at most 2147483647/],
  ['server', { replyHighWaterMark: 2 ** 32 }, /at most 2147483647/],
  ['server', { publishHighWaterMark: 2 ** 31 }, /at most 2147483647/],
  ['server', { maxPending: '10' }, /maxPending must be a whole number, 1 or more, not "10"/],
  ['server', { hideStack: 'no' }, /hideStack must be true or false, not "no"/],
  ['server', { allow: 'add' }, /allow must be an array of strings, not "add"/],
  ['server', { allow: ['add', add] }, /allow must be an array of strings: item 1 is a function/],
  ['server', { allowAddresses: null }, /allowAddresses must not be null/],
  ['server', { allowAddresses: '127.0.0.1' }, /allowAddresses must be an array of strings/],
  ['server', { allowAddresses: { 0: '127.0.0.1' } }, /allowAddresses must be an array of strings, not an object/],
  ['server', { allowAddresses: ['127.0.0.1', null] }, /item 1 is null/],
  ['server', { allowAddreses: ['127.0.0.1'] }, /did you mean "allowAddresses"\?/],
];

function add(a: number, b: number): number {
  return a + b;
}

describe('options', () => {
  test.each(untyped)('that the types do not allow are refused with what is wrong: %s %o', (side, options, message) => {
    const create = (): unknown =>
      side === 'client' ? new RpcClient(options as RpcClientOptions) : new RpcServer(options as RpcServerOptions);
    expect(create).toThrow(
      expect.objectContaining({
        name: 'RpcUsageError',
        code: 'BAD_OPTION',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test.each(badClient)('of a client that have no sense are refused: %o', (options) => {
    expect(() => resolveClientOptions(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  test.each(badServer)('of a server that have no sense are refused: %o', (options) => {
    expect(() => resolveServerOptions(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  test('that are undefined are the defaults, which are those of vnpy', () => {
    const options = { timeout: undefined, heartbeat: undefined, window: undefined } as unknown as RpcClientOptions;
    expect(resolveClientOptions(options)).toEqual(resolveClientOptions({}));
    expect(resolveClientOptions({})).toMatchObject({ timeout: 30_000, heartbeat: { tolerance: 30_000 } });
    expect(resolveServerOptions({})).toMatchObject({ heartbeatInterval: 10_000 });
  });

  test('never let the longest wait be shorter than the first', () => {
    expect(resolveClientOptions({ reconnect: { initial: 9000 } }).reconnect).toEqual({ initial: 9000, max: 9000 });
  });

  test('let a call and the silence last for ever', () => {
    expect(resolveClientOptions({ timeout: Infinity, heartbeat: { tolerance: Infinity } }).timeout).toBe(Infinity);
  });
});
