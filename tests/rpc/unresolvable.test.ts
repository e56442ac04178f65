import { expect, onTestFinished, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { statusOf } from './support/fixtures.js';

// No name of this domain is ever given to anybody (RFC 2606).
test('a host name that leads nowhere is told, before anybody has waited for it in vain', async () => {
  const client = new RpcClient({ connectTimeout: 20_000 });
  onTestFinished(() => client.stop());
  await client.start('tcp://no-such-host.invalid:2014', 'tcp://no-such-host.invalid:4102');
  const status = await statusOf(client, ({ state }) => state === 'disconnected');
  expect(status).toMatchObject({
    reason: 'unreachable',
    detail: expect.stringMatching(/^the host name "no-such-host\.invalid" cannot be resolved .*\(\w/) as string,
  });
  await expect(client.ready({ timeout: 50 })).rejects.toThrow(
    /^not connected within 50 ms: the host name "no-such-host/,
  );
  await expect(client.call('f', [], { timeout: 50 })).rejects.toThrow(/not sent \(the host name "no-such-host/);
});

test('a host name that is resolved is connected to as before', async () => {
  const client = new RpcClient();
  onTestFinished(() => client.stop());
  await client.start('tcp://localhost:1');
  expect(await statusOf(client, ({ state }) => state === 'disconnected')).toMatchObject({
    detail: 'nobody accepts connections at tcp://localhost:1',
  });
});
