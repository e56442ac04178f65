import { describe, expect, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { callOptions } from 'vnpy-bridge/rpc';
import type { CallOptions } from 'vnpy-bridge/rpc';
import type { EventStreamOptions } from '../../src/rpc/events.js';
import { MemoryTransport } from '../../src/rpc/memory-transport.js';
import type { RegisterOptions } from '../../src/rpc/methods.js';
import { RpcServer } from '../../src/rpc/server.js';
import type { PublishAddress } from '../../src/rpc/server-addresses.js';
import { RpcGateway } from '../../src/vnpy/gateway/gateway.js';
import type { RpcGatewayOptions } from '../../src/vnpy/gateway/types.js';
import { RpcService, SimulatedEngine } from 'vnpy-bridge/vnpy';
import type { RpcServiceOptions } from 'vnpy-bridge/vnpy';
import { connectedPair, EVENTS, REQUESTS } from './support/fixtures.js';

/** A refusal with a sentence, never a TypeError from inside. */
function refusal(code: 'BAD_OPTION' | 'BAD_ARGUMENT', message: RegExp): Error {
  return expect.objectContaining({
    name: 'RpcUsageError',
    code,
    message: expect.stringMatching(message) as string,
  }) as Error;
}

describe('what JavaScript may pass is refused with what is wrong:', () => {
  test.each([
    [{ overflow: 'latest' }, /overflow must be one of "drop-oldest", "drop-newest", "fail", not "latest"/],
    [{ overflw: 'fail' }, /there is no option "overflw"; did you mean "overflow"\?/],
    [{ limit: '5' }, /limit must be a whole number/],
    [{ latestBy: 'symbol' }, /latestBy must be a function, not "symbol"/],
    [{ signal: new AbortController() }, /signal has no method addEventListener/],
    [null, /must be an object, not null/],
  ])('events(%o)', async (options, message) => {
    const { client, server } = await connectedPair();
    const given = options === null ? null : { topic: 'x', ...options };
    expect(() => client.events(given as unknown as EventStreamOptions)).toThrow(refusal('BAD_OPTION', message));
    // No subscription is left behind: what nobody wants is not even sent.
    const other = client.events({ topic: 'y' });
    server.publish('x', 1);
    server.publish('y', 2);
    expect(await other.next()).toMatchObject({ value: { topic: 'y' } });
    expect(client.stats().events.received).toBe(1);
  });

  test.each([
    [{ timeuot: 5 }, /there is no option "timeuot"; did you mean "timeout"\?/],
    [{ whenDisconnected: 'Fail' }, /whenDisconnected must be one of "wait", "fail", not "Fail"/],
    [{ priority: 'highest' }, /priority must be one of "high", "normal", not "highest"/],
    [{ signal: {} }, /signal has no method addEventListener/],
    [null, /the options of a call must be an object, not null/],
    [{ price: 5 }, /there is no option "price"; .* go into kwargs: \{ price: … \}$/],
    [{ kwargs: null }, /kwargs must not be null/],
  ])('call(…, %o)', async (options, message) => {
    const client = new RpcClient({ transport: new MemoryTransport() });
    await expect(client.call('f', [], options as CallOptions)).rejects.toEqual(refusal('BAD_OPTION', message));
    expect(() => callOptions(options as CallOptions)).toThrow(refusal('BAD_OPTION', message));
    expect(client.stats().calls).toMatchObject({ refused: 1, queued: 0 });
  });

  test('call(name, args, kwargs, options), the form before the first release', async () => {
    const client = new RpcClient({ transport: new MemoryTransport() });
    const call = client.call.bind(client) as (...args: unknown[]) => Promise<unknown>;
    await expect(call('f', [], {}, { timeout: 5 })).rejects.toEqual(
      refusal('BAD_ARGUMENT', /f: call\(\) takes a name, args and options: .* \{ kwargs: \{ … \}, timeout: 500 \}$/),
    );
    expect(client.stats().calls).toMatchObject({ refused: 1, queued: 0 });
  });

  test.each([
    [
      'ticks',
      (): void => undefined,
      /there is no event "ticks" to listen to; there are event, status, error, overflow/,
    ],
    ['event', undefined, /the listener of "event" must be a function, not undefined/],
  ])('on(%o, %o)', (name, listener, message) => {
    const client = new RpcClient();
    expect(() => client.on(name as 'event', listener as () => void)).toThrow(refusal('BAD_ARGUMENT', message));
  });

  test.each([
    [null, 'BAD_OPTION', /the publish address must be an object, not null/],
    [{}, 'BAD_ARGUMENT', /must name topicFrame, pair, or both/],
    [{ topicframe: EVENTS }, 'BAD_OPTION', /there is no option "topicframe"; did you mean "topicFrame"\?/],
    [{ topicFrame: EVENTS, pair: null }, 'BAD_OPTION', /pair must not be null/],
    [[EVENTS], 'BAD_OPTION', /the publish address must be an object, not an array/],
  ] as const)('server.start(…, %o)', async (address, code, message) => {
    const server = new RpcServer({ transport: new MemoryTransport() });
    await expect(server.start(REQUESTS, address as unknown as PublishAddress)).rejects.toEqual(refusal(code, message));
    await server.start(REQUESTS, EVENTS);
    await server.stop();
  });

  test.each([
    [{ params: 'ab' }, 'BAD_ARGUMENT', /q: params must be an array of strings, not "ab"/],
    [{ params: ['a', 7] }, 'BAD_ARGUMENT', /q: params must be an array of strings/],
    [{ param: ['a'] }, 'BAD_OPTION', /there is no option "param"; did you mean "params"\?/],
    [null, 'BAD_OPTION', /the options of q must be an object, not null/],
  ] as const)('register(…, %o)', (options, code, message) => {
    const server = new RpcServer();
    function q(): void {
      // Named.
    }
    expect(() => server.register('q', q, options as unknown as RegisterOptions)).toThrow(refusal(code, message));
    expect(() => server.register(q, options as unknown as RegisterOptions)).toThrow(refusal(code, message));
    server.register(q);
  });

  test('implement(null)', () => {
    expect(() => new RpcServer().implement(null as unknown as Record<string, () => void>)).toThrow(
      refusal('BAD_OPTION', /the functions to implement must be an object, not null/),
    );
  });

  test('statuses(…) and ready(…)', async () => {
    const client = new RpcClient();
    expect(() => client.statuses({ signal: 5 as unknown as AbortSignal })).toThrow(
      refusal('BAD_OPTION', /signal must be an object, not 5/),
    );
    await expect(client.ready({ timout: 5 } as object)).rejects.toEqual(
      refusal('BAD_OPTION', /there is no option "timout"; did you mean "timeout"\?/),
    );
  });

  test('the options and names of what stands on clients and servers', () => {
    expect(() => new RpcGateway({ staleafter: 5 } as RpcGatewayOptions)).toThrow(
      refusal('BAD_OPTION', /RpcGateway: there is no option "staleafter"; did you mean "staleAfter"\?/),
    );
    expect(() => new RpcGateway({ timeout: 5 } as RpcGatewayOptions)).toThrow(
      refusal('BAD_OPTION', /there is no option "timeout"; did you mean "timeouts"\?/),
    );
    expect(() => new RpcService(new SimulatedEngine(), { oldestClinet: '4.0' } as RpcServiceOptions)).toThrow(
      refusal('BAD_OPTION', /RpcService: there is no option "oldestClinet"; did you mean "oldestClient"\?/),
    );
    const gateway = new RpcGateway();
    expect(() => gateway.on('ticks' as 'tick', () => undefined)).toThrow(
      refusal('BAD_ARGUMENT', /there is no event "ticks" to listen to; did you mean "tick"\?/),
    );
    expect(() => gateway.events('ticks' as 'tick')).toThrow(
      refusal('BAD_OPTION', /must be one of "tick", .*not "ticks"/),
    );
    expect(() => gateway.events('tick', { limit: 0 })).toThrow(refusal('BAD_OPTION', /limit must be a whole number/));
    const engine = new SimulatedEngine();
    expect(() => engine.on('events' as 'event', () => undefined)).toThrow(
      refusal('BAD_ARGUMENT', /did you mean "event"/),
    );
    expect(() => engine.on('event', undefined as unknown as () => void)).toThrow(refusal('BAD_ARGUMENT', /a function/));
  });
});
