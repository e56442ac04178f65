import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryTransport, RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import type { ClientStatus, Transport } from 'vnpy-bridge/rpc';
import { parkedTransport } from './support/delivery.js';

async function connected(transport: Transport): Promise<RpcClient> {
  const client = new RpcClient({ transport, reconnect: { initial: 1, max: 1 } });
  onTestFinished(() => client.stop());
  await client.start('requests', 'events');
  await client.ready();
  return client;
}

async function served(): Promise<MemoryTransport> {
  const memory = new MemoryTransport();
  const server = new RpcServer({ transport: memory });
  onTestFinished(() => server.stop());
  await server.start('requests', 'events');
  return memory;
}

function reconnected(client: RpcClient): Promise<void> {
  return new Promise((resolve) => {
    let wasLost = false;
    client.on('status', ({ state }: ClientStatus) => {
      if (state === 'disconnected') wasLost = true;
      else if (wasLost && state === 'connected') resolve();
    });
  });
}

describe('arrivesBy', () => {
  test('is as long after the loss as the transport delivers', async () => {
    const memory = await served();
    const client = await connected(parkedTransport(memory, 10_000));
    const before = performance.now();
    expect(client.arrivesBy(before)).toBe(-Infinity);
    // An earlier process may have sent something just before this one connected.
    expect(client.arrivesBy() - before).toBeGreaterThan(10_000 - 1);
    const again = reconnected(client);
    memory.sever('requests');
    await again;
    expect(client.arrivesBy(before) - before).toBeGreaterThan(10_000);
    expect(client.arrivesBy(before) - performance.now()).toBeLessThanOrEqual(11_000);
    expect(client.arrivesBy(performance.now())).toBe(-Infinity);
  });

  test('knows nothing before a connection stands, and everything of a transport that delivers at once', async () => {
    expect(new RpcClient({ transport: new MemoryTransport() }).arrivesBy(0)).toBe(Infinity);
    const memory = await served();
    const client = await connected(memory);
    const before = performance.now();
    const again = reconnected(client);
    memory.sever('requests');
    await again;
    expect(client.arrivesBy(before)).toBe(-Infinity);
  });

  test('a transport that does not tell is refused', async () => {
    const memory = await served();
    const client = new RpcClient({ transport: parkedTransport(memory, undefined as unknown as number) });
    onTestFinished(() => client.stop());
    await expect(client.start('requests', 'events')).rejects.toThrow(
      'The RequestConnection of a transport must have deliversFor, ms from 0 to Infinity, not undefined',
    );
  });
});
