import { expect, onTestFinished, test, vi } from 'vitest';
import { RemoteException, RpcClient, RpcDisconnectedError, RpcServer } from 'vnpy-bridge/rpc';
import type { CallContext, CallOptions } from 'vnpy-bridge/rpc';
import { TermsTransport } from './support/terms-transport.js';

// What goes with a request and an answer, beside their bytes.

async function served(prepare: (server: RpcServer) => void = () => undefined): Promise<{
  transport: TermsTransport;
  server: RpcServer;
  client: RpcClient;
  contexts: CallContext[];
}> {
  const transport = new TermsTransport();
  const server = new RpcServer({ transport });
  const contexts: CallContext[] = [];
  server.register(
    'add',
    (a: number, b: number, context: CallContext) => {
      contexts.push(context);
      return a + b;
    },
    { params: ['a', 'b'], context: true },
  );
  prepare(server);
  await server.start('requests', 'events');
  const client = new RpcClient({ transport });
  onTestFinished(async () => {
    await client.stop();
    await server.stop();
  });
  client.subscribe('');
  await client.start('requests', 'events');
  await client.ready();
  return { transport, server, client, contexts };
}

test('a transport learns what a call is, and its server what came with it', async () => {
  const { transport, client, contexts } = await served();
  expect(await client.call('add', [1, 2], { headers: { Key: 'k-1' }, timeout: 5000 })).toBe(3);
  expect(transport.calls).toEqual([
    { method: 'add', args: [1, 2], timeout: expect.any(Number) as number, headers: { Key: 'k-1' } },
  ]);
  const [call] = transport.calls;
  expect(call?.timeout).toBeGreaterThan(4000);
  expect(call?.timeout).toBeLessThanOrEqual(5000);
  expect(contexts[0]?.terms).toMatchObject({ method: 'add', headers: { Key: 'k-1' } });
});

test('a call without headers has none, and a transport without terms gives none', async () => {
  const { transport, client, contexts } = await served();
  await client.call('add', [1, 2]);
  expect(transport.calls[0]?.headers).toEqual({});
  transport.terms = () => undefined as never;
  await client.call('add', [3, 4]);
  expect(contexts[1]?.terms).toBeUndefined();
});

test.each<readonly [title: string, headers: unknown]>([
  ['a text', 'Key'],
  ['a name with a line end', { 'Key\r\nX': 'a' }],
  ['a value with a line end', { Key: 'a\r\nX: b' }],
  ['a value that is no text', { Key: 1 }],
  ['a value beyond ASCII', { Key: 'é' }],
])('headers that no transport could carry are refused: %s', async (_title, headers) => {
  const { transport, client } = await served();
  const failure = client.call('add', [1, 2], { headers } as CallOptions);
  await expect(failure).rejects.toMatchObject({ name: 'RpcUsageError', code: 'BAD_OPTION' });
  expect(transport.calls).toEqual([]);
});

test('a request that comes after its deadline is not run, and its answer says so', async () => {
  const { transport, server, client, contexts } = await served();
  transport.terms = ({ method, headers }) => ({ method, headers, deadline: performance.now() });
  const failure = await client.call('add', [1, 2]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RemoteException);
  expect((failure as RemoteException).message).toMatch(/after its deadline/);
  expect(contexts).toEqual([]);
  expect(transport.notes).toEqual([{ notExecuted: expect.stringMatching(/after its deadline/) as string }]);
  expect(server.stats()).toMatchObject({ expired: 1, pending: 0, clients: 0 });
});

test('a request whose deadline passes while another one runs is not run, and the next one is', async () => {
  let release: () => void = () => undefined;
  const { transport, server, client, contexts } = await served((made) => {
    made.register('wait', () => new Promise<void>((resolve) => (release = resolve)));
  });
  const waiting = client.call('wait');
  await vi.waitFor(() => {
    expect(server.stats().pending).toBe(1);
  });
  transport.terms = ({ method, args, headers }) => ({
    method,
    headers,
    deadline: args[0] === 1 ? performance.now() + 1 : Infinity,
  });
  const late = client.call('add', [1, 2]).catch((error: unknown) => error);
  const next = client.call('add', [3, 4]);
  await vi.waitFor(() => {
    expect(server.stats().pending).toBe(3);
  });
  const after = performance.now() + 5;
  await vi.waitFor(() => {
    expect(performance.now()).toBeGreaterThan(after);
  });
  release();
  await waiting;
  expect(await late).toBeInstanceOf(RemoteException);
  expect(await next).toBe(7);
  expect(contexts).toHaveLength(1);
});

test('a request that asks for another function than it is addressed to is refused', async () => {
  const { transport, client, contexts } = await served();
  transport.terms = ({ headers }) => ({ method: 'get_order', headers, deadline: Infinity });
  const failure = await client.call('add', [1, 2]).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    type: 'PermissionError',
    remoteMessage: "the request is addressed to 'get_order', and asks for 'add'",
  });
  expect(contexts).toEqual([]);
});

test('what is refused because the server stops says that it was not executed; what runs does not', async () => {
  const { transport, server, client } = await served((made) => {
    made.register('wait', () => new Promise<never>(() => undefined));
  });
  const running = client.call('wait').catch((error: unknown) => error);
  const waiting = client.call('add', [1, 2]).catch((error: unknown) => error);
  await vi.waitFor(() => {
    expect(server.stats().pending).toBe(2);
  });
  await server.stop();
  await Promise.all([running, waiting]);
  expect(transport.notes).toEqual([{ notExecuted: 'the server is stopping' }, undefined]);
});

test('a call that the peer says was not executed ends as not sent', async () => {
  const { transport, client } = await served();
  transport.memory.freeze('requests');
  const call = client.call('add', [1, 2]).catch((error: unknown) => error);
  await vi.waitFor(() => {
    expect(transport.lastId).toBeDefined();
  });
  transport.listener?.notExecuted?.(transport.lastId ?? new Uint8Array(), 'nobody listens');
  const failure = await call;
  expect(failure).toBeInstanceOf(RpcDisconnectedError);
  expect(failure).toMatchObject({ outcome: 'not-sent', message: 'add: not executed: nobody listens' });
  expect(client.stats().calls).toMatchObject({ inFlight: 0, abandoned: 0 });
  transport.memory.thaw('requests');
  // Its answer comes all the same, and is nobody's.
  expect(await client.call('add', [3, 4])).toBe(7);
});

test('that a call was not executed which was given up before frees its place', async () => {
  const { transport, client } = await served();
  transport.memory.freeze('requests');
  const ending = new AbortController();
  const call = client.call('add', [1, 2], { signal: ending.signal }).catch((error: unknown) => error);
  await vi.waitFor(() => {
    expect(transport.lastId).toBeDefined();
  });
  ending.abort();
  expect(await call).toMatchObject({ outcome: 'unknown' });
  expect(client.stats().calls.abandoned).toBe(1);
  transport.listener?.notExecuted?.(transport.lastId ?? new Uint8Array(), 'nobody listens');
  expect(client.stats().calls.abandoned).toBe(0);
  transport.listener?.notExecuted?.(new Uint8Array([1, 2, 3]), 'of nobody');
});

test('a socket learns what is published, and nothing is written that none wants', async () => {
  const { transport, server, client } = await served();
  const seen: unknown[] = [];
  client.on('event', ({ data }) => seen.push(data));
  server.publish('a', { n: 1 });
  transport.wants = () => false;
  const unwritable = new Proxy({}, { ownKeys: () => expect.unreachable() });
  server.publish('a', unwritable);
  transport.wants = () => true;
  server.publish('b', { n: 2 });
  await vi.waitFor(() => {
    expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
  });
  expect(transport.events).toEqual([
    { topic: 'a', data: { n: 1 } },
    { topic: 'b', data: { n: 2 } },
  ]);
});
