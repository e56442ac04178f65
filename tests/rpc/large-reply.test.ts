import { expect, onTestFinished, test } from 'vitest';
import { MemoryTransport, RemoteException, RpcClient, RpcServer } from 'vnpy-bridge/rpc';

async function connected(server: RpcServer, transport: MemoryTransport): Promise<RpcClient> {
  await server.start('requests', 'events');
  const client = new RpcClient({ transport });
  onTestFinished(async () => {
    await client.stop();
    await server.stop();
  });
  await client.start('requests', 'events');
  await client.ready();
  return client;
}

test('a large reply is decoded in slices: other work has its turn, and nothing else is different', async () => {
  const transport = new MemoryTransport();
  const big = Array.from({ length: 300_000 }, (_, index) => ({ name: `n${index}`, value: index }));
  const server = new RpcServer({ transport })
    .register('big', () => big, { params: [] })
    .register('small', () => 1, { params: [] });
  const client = await connected(server, transport);
  await client.call('small');

  const asked = client.call('big', [], { timeout: 30_000 });
  // From the arrival of the reply on, only its decoding is left.
  while (client.stats().calls.inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
  const order: string[] = [];
  const reply = asked.then((value) => {
    order.push('big');
    return value;
  });
  expect(await client.call('small')).toBe(1);
  order.push('small');
  expect(await reply).toEqual(big);
  expect(order).toEqual(['small', 'big']);
  expect(client.stats().calls).toMatchObject({ succeeded: 3, failed: 0, inFlight: 0 });
});

test('a large traceback rejects the call', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer({ transport }).register(
    'fail',
    () => {
      throw new RangeError('x'.repeat(200_000));
    },
    { params: [] },
  );
  const client = await connected(server, transport);
  await expect(client.call('fail')).rejects.toThrow(RemoteException);
  expect(client.stats().calls).toMatchObject({ succeeded: 0, failed: 1 });
});
