import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/patience.js';
import { connectedPair } from './support/fixtures.js';

function listen(name: string): unknown[] {
  const messages: unknown[] = [];
  const listener = (message: unknown): void => {
    messages.push(message);
  };
  subscribe(name, listener);
  onTestFinished(() => {
    unsubscribe(name, listener);
  });
  return messages;
}

test('calls, requests and events can be traced', async () => {
  const [calls, requests, events] = ['call', 'request', 'event'].map((name) => listen(`vnpy-bridge:${name}`));
  const { client, server } = await connectedPair({
    setUp: (it) => it.register('add', (a: number, b: number) => a + b),
  });
  client.subscribe('');
  client.on('event', () => undefined);
  await client.call('add', [1, 2]);
  await client.call('nothing').catch(() => undefined);
  await client.call('add', [1, 2], { signal: AbortSignal.abort() }).catch(() => undefined);
  server.publish('topic', 7);
  await eventually(() => {
    expect(events).toEqual([{ topic: 'topic', data: 7 }]);
  });
  const duration = expect.any(Number) as number;
  expect(calls).toMatchObject([
    { method: 'add', duration, error: undefined },
    { method: 'nothing', duration, error: { name: 'RemoteException' } },
  ]);
  expect(requests).toMatchObject([
    { requestBytes: duration, replyBytes: duration, duration },
    { requestBytes: duration, replyBytes: duration, duration },
  ]);
});
