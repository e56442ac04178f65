import { expect, vi, test } from 'vitest';

vi.mock('zeromq', () => {
  throw new Error('No native build was found');
});

test('everything but the sockets works where the native module of zeromq cannot be loaded, and start says what to do', async () => {
  const { generateCurveKeyPair, MemoryTransport, RpcClient, RpcServer } = await import('vnpy-bridge/rpc');
  const unavailable = {
    code: 'ZEROMQ_UNAVAILABLE',
    message: expect.stringMatching(/cannot be loaded on .*: run "npm rebuild zeromq"/) as string,
  };
  const client = new RpcClient();
  await expect(client.start('tcp://127.0.0.1:2014')).rejects.toMatchObject(unavailable);
  expect(client.status()).toEqual({ state: 'idle' });
  await expect(new RpcServer().start()).rejects.toMatchObject(unavailable);
  await expect(generateCurveKeyPair()).rejects.toMatchObject(unavailable);

  const transport = new MemoryTransport();
  await using server = new RpcServer({ transport }).register('add', (a: number, b: number) => a + b);
  await server.start('requests', 'events');
  await using other = new RpcClient({ transport });
  await other.start('requests', 'events');
  expect(await other.call('add', [1, 3])).toBe(4);
});
