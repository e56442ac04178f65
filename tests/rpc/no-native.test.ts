import { expect, vi, test } from 'vitest';

vi.mock('zeromq', () => {
  throw new Error('No native build was found');
});

test('all works where the native module of zeromq cannot be loaded; naming it says what to do', async () => {
  const { generateCurveKeyPair, RpcClient, RpcServer } = await import('vnpy-bridge/rpc');
  const unavailable = {
    code: 'ZEROMQ_UNAVAILABLE',
    message: expect.stringMatching(/cannot be loaded on .*: run "npm rebuild zeromq"/) as string,
  };
  const native = new RpcClient({ transport: 'zeromq' });
  await expect(native.start('tcp://127.0.0.1:2014')).rejects.toMatchObject(unavailable);
  expect(native.status()).toEqual({ state: 'idle' });
  await expect(new RpcServer({ transport: 'zeromq' }).start()).rejects.toMatchObject(unavailable);

  const keys = await generateCurveKeyPair();
  await using server = new RpcServer({ security: { mechanism: 'curve', secretKey: keys.secretKey } });
  server.register('add', (a: number, b: number) => a + b);
  await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  await using client = new RpcClient({ security: { mechanism: 'curve', serverKey: keys.publicKey } });
  await client.start(server.addresses?.reply ?? '', server.addresses?.topicFrame);
  expect(await client.call('add', [1, 3])).toBe(4);
});
