import { expect, onTestFinished, vi, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { MemoryTransport } from '../../src/rpc/memory-transport.js';

// AbortSignal.timeout has a timer that cannot be faked, and that Node.js 20 may collect together with its signal.
test('ready() ends by a timer of its own, which does not outlast it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const client = new RpcClient({ transport: new MemoryTransport() });
  const hour = 3_600_000;
  const ended = expect(client.ready({ timeout: hour })).rejects.toMatchObject({ code: 'TIMEOUT', timeout: hour });
  await vi.advanceTimersByTimeAsync(hour - 1);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await ended;
  const controller = new AbortController();
  const aborted = expect(client.ready({ signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  controller.abort();
  await aborted;
  const stopped = expect(client.ready({ timeout: Infinity })).rejects.toMatchObject({ code: 'CLOSED' });
  await client.stop();
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});
