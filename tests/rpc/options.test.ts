import { describe, expect, it } from 'vitest';
import { resolveClientOptions, resolveServerOptions } from '../../src/rpc/options.js';
import type { RpcClientOptions, RpcServerOptions } from '../../src/rpc/options.js';

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

describe('options', () => {
  it.each(badClient)('of a client that have no sense are refused: %o', (options) => {
    expect(() => resolveClientOptions(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  it.each(badServer)('of a server that have no sense are refused: %o', (options) => {
    expect(() => resolveServerOptions(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  it('that are undefined are the defaults, which are those of vnpy', () => {
    const options = { timeout: undefined, heartbeat: undefined, window: undefined } as unknown as RpcClientOptions;
    expect(resolveClientOptions(options)).toEqual(resolveClientOptions({}));
    expect(resolveClientOptions({})).toMatchObject({ timeout: 30_000, heartbeat: { tolerance: 30_000 } });
    expect(resolveServerOptions({})).toMatchObject({ heartbeatInterval: 10_000 });
  });

  it('never let the longest wait be shorter than the first', () => {
    expect(resolveClientOptions({ reconnect: { initial: 9000 } }).reconnect).toEqual({ initial: 9000, max: 9000 });
  });

  it('let a call and the silence last for ever', () => {
    expect(resolveClientOptions({ timeout: Infinity, heartbeat: { tolerance: Infinity } }).timeout).toBe(Infinity);
  });
});
