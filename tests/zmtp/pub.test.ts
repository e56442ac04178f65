import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { connectSub, PubSocket } from '../../src/zmtp/index.js';
import { deferred } from '../support/deferred.js';

const ping = { interval: 20_000, timeout: 60_000 };

afterEach(() => {
  vi.restoreAllMocks();
});

test('what is published in the turns after a flush that was costly leaves in one piece, whole and in order', async () => {
  const pub = new PubSocket({
    endpoint: { transport: 'tcp', host: '127.0.0.1', port: 0 },
    security: { mechanism: 'NULL' },
    ping,
    highWaterMark: 1000,
  });
  const heard: string[] = [];
  const subscribed = deferred<undefined>();
  const complete = deferred<undefined>();
  const sub = connectSub(
    { endpoint: await pub.listen(), security: { mechanism: 'NULL' }, connectTimeout: 5000, ping },
    {
      opened: () => undefined,
      message: ([part = new Uint8Array()]) => {
        const text = Buffer.from(part).toString();
        subscribed.resolve(undefined);
        if (text === 'sync') return;
        heard.push(text);
        if (text === '9') complete.resolve(undefined);
      },
      closed: () => undefined,
    },
  );
  try {
    sub.subscribe(new Uint8Array());
    const syncs = setInterval(() => pub.send([Buffer.from('sync')]), 5);
    await subscribed.promise;
    clearInterval(syncs);
    await nextTurn();
    // Each look at the clock finds it 0.3 ms later: no flush is cheap, and 1 ms has not passed at the next turn.
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.3));
    const write = vi.spyOn(Socket.prototype, 'write');
    for (let event = 0; event < 10; event++) {
      pub.send([Buffer.from(String(event))]);
      await nextTurn();
    }
    await complete.promise;
    expect(heard).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(write.mock.calls.length).toBeLessThanOrEqual(4);
  } finally {
    sub.close();
    await pub.close(0);
  }
});
