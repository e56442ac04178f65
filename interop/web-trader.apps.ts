import { once } from 'node:events';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RpcService, SimulatedEngine } from 'vnpy-bridge/vnpy';
import { startPeer } from './support/index.js';
import type { Peer } from './support/index.js';
import { vnpyVersions } from './support/versions.js';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe.each(vnpyVersions())('WebTrader’s web process beside vnpy %s, on a server in Node.js', (vnpy) => {
  const engine = new SimulatedEngine();
  const service = new RpcService(engine, { format: 'webtrader' });
  let web: Peer;
  let port = 0;
  let token = '';

  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    web.command<Answer>('ask', { method, path, body, token });

  beforeAll(async () => {
    engine.start(10);
    await service.start('tcp://127.0.0.1:0', { topicFrame: 'tcp://127.0.0.1:0', pair: 'tcp://127.0.0.1:0' });
    const { reply = '', topicFrame = '', pair = '' } = service.addresses ?? {};
    const addresses = { request: reply, publish: vnpy === '4.5' ? topicFrame : pair };
    web = await startPeer({ script: 'web_trader', vnpy, addresses });
    port = Number((web.ready as { readonly port?: unknown }).port);
    const { body } = await ask('POST', '/token', { username: 'vnpy', password: 'vnpy' });
    token = (body as { readonly access_token: string }).access_token;
  });

  afterAll(async () => {
    engine.stop();
    await service.stop();
  });

  test('lists, subscription, order, cancel', async () => {
    const { body: contracts } = await ask('GET', '/contract');
    expect(contracts).toContainEqual(expect.objectContaining({ symbol: 'rb2705', exchange: 'SHFE' }));
    expect((await ask('GET', '/account')).body).toHaveLength(1);
    expect(await ask('POST', '/tick/nothing.SHFE')).toMatchObject({ status: 404 });
    expect(await ask('POST', '/tick/rb2705.SHFE')).toMatchObject({ status: 200 });
    const order = {
      symbol: 'rb2705',
      exchange: 'SHFE',
      direction: '多',
      type: '限价',
      offset: '开',
      volume: 1,
      price: 1,
    };
    const { body: id } = await ask('POST', '/order', order);
    expect(id).toMatch(/^SIM\./);
    expect(await ask('DELETE', `/order/${String(id)}`)).toMatchObject({ status: 200 });
    expect((await ask('GET', '/order')).body).toContainEqual(
      expect.objectContaining({ vt_orderid: id, status: expect.any(String) as string }),
    );
  });

  test('a browser is told of ticks, orders, trades, positions and the account', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/?token=${token}`);
    await once(socket, 'open');
    const topics = new Set<string>();
    const all = new Promise<void>((resolve) => {
      socket.on('message', (message: Buffer) => {
        const { topic, data } = JSON.parse(message.toString()) as { topic: string; data: { gateway_name: string } };
        expect(data.gateway_name).toBe('SIM');
        topics.add(topic);
        if (topics.size === 5) resolve();
      });
    });
    const order = {
      symbol: 'rb2705',
      exchange: 'SHFE',
      direction: '多',
      type: '市价',
      offset: '开',
      volume: 1,
      price: 0,
    };
    await ask('POST', '/tick/rb2705.SHFE');
    await ask('POST', '/order', order);
    await all;
    expect([...topics].sort()).toEqual(['eAccount.', 'eOrder.', 'ePosition.', 'eTick.', 'eTrade.']);
    socket.close();
    expect(web.records.filter((record) => 'thread_died' in record)).toEqual([]);
  });
});
