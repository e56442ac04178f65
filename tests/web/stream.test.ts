import { describe, expect, test } from 'vitest';
import {
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  SimulatedEngine,
  SubscribeRequest,
} from 'vnpy-bridge/vnpy';
import { SYMBOL, order, startConsole } from './support/console.js';
import { isClientMessage } from './support/schemas.js';
import { of, openStream } from './support/stream.js';
import type { Message, StreamUser } from './support/stream.js';

// The stream over real sockets. Each message is checked against stream.schema.json by support/stream.ts.

const request = (price: number, reference = ''): OrderRequest =>
  new OrderRequest({
    ...{ symbol: 'rb2705', exchange: Exchange.SHFE, direction: Direction.LONG, offset: Offset.OPEN },
    ...{ type: OrderType.LIMIT, volume: 1, price, reference },
  });

const market = (): SimulatedEngine => {
  const engine = new SimulatedEngine({ startPrices: { [SYMBOL]: 3000 } });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
  return engine;
};

/** What a page knows of orders: by id, from snapshots, updates and removals. */
function fold(messages: readonly Message[], rows = new Map<string, unknown>()): Map<string, unknown> {
  for (const { type, channel, ...message } of messages) {
    if (channel !== 'orders') continue;
    if (type === 'snapshot' && message['part'] === 1) rows.clear();
    if (type === 'remove') for (const id of message['ids'] as string[]) rows.delete(id);
    if (type === 'snapshot' || type === 'update')
      for (const row of message['data'] as { vt_orderid: string }[]) rows.set(row.vt_orderid, row);
  }
  return rows;
}

describe('channels', () => {
  test('hello first, then what is asked for', async () => {
    const engine = market();
    const { origin, tokens } = await startConsole({ engine });
    const user = await openStream(origin, { token: tokens.viewer });
    expect(await user.next(of('hello'))).toMatchObject({ user: 'viewer', role: 'viewer', heartbeat_ms: 5000 });
    for (const channel of ['status', 'orders', 'trades', 'positions', 'accounts', 'quotes', 'logs', 'alerts']) {
      const message = { id: channel, op: 'subscribe', channel };
      expect(isClientMessage(message)).toBe(true);
      user.send(message);
      expect(await user.next(of('ok', channel))).toMatchObject({ id: channel, unknown: [] });
      await user.next(of('snapshot', channel));
    }
    user.send({ op: 'ping', t: 7 });
    expect(await user.next(of('pong'))).toMatchObject({ t: 7 });
    const id = engine.sendOrder(request(3000));
    const told = await user.next(of('update', 'orders'));
    expect((told['data'] as { vt_orderid: string }[]).every((row) => row.vt_orderid === id)).toBe(true);
  });

  test('what is no message is an error, and harms nothing', async () => {
    const { origin, tokens } = await startConsole();
    const user = await openStream(origin, { token: tokens.viewer });
    const bad = ['no json', '[]', 'null', '{"op":"subscribe","channel":"secrets","id":4}'];
    for (const text of [...bad, '{"op":"ping","__proto__":{"x":1}}', '{"op":"subscribe","channel":"orders","x":1}']) {
      user.send(text);
      expect((await user.next(of('error')))['problem']).toMatchObject({ type: 'urn:vnpy-bridge:problem:bad-request' });
    }
    user.send({ op: 'subscribe', channel: 'ticks', symbols: ['none.SHFE'] });
    expect(await user.next(of('ok', 'ticks'))).toMatchObject({ subscribed: [], unknown: ['none.SHFE'] });
  });

  test('ticks as rows: of each symbol the newest, and how many were merged', async () => {
    const engine = market();
    const { origin, tokens } = await startConsole({ engine });
    const user = await openStream(origin, { token: tokens.viewer });
    user.send({
      op: 'subscribe',
      channel: 'ticks',
      symbols: [SYMBOL],
      fields: ['last_price', 'datetime'],
      interval_ms: 20,
    });
    expect(await user.next(of('ok', 'ticks'))).toMatchObject({
      subscribed: [SYMBOL],
      fields: ['last_price', 'datetime'],
    });
    await user.next(of('snapshot', 'ticks'));
    for (let step = 0; step < 10; step++) engine.step();
    const rows = await user.next(of('rows', 'ticks'));
    expect(rows).toMatchObject({ merged: 9, rows: [[0, engine.getTick(SYMBOL)?.last_price, expect.any(String)]] });
    user.send({ op: 'pause', channel: 'ticks' });
    expect(await user.next(of('ok', 'ticks'))).toMatchObject({ paused: true });
    engine.step();
    user.send({ op: 'continue', channel: 'ticks' });
    expect(await user.next((message) => message.channel === 'ticks' && message.type !== 'ok')).toMatchObject({
      type: 'snapshot',
      data: [{ last_price: engine.getTick(SYMBOL)?.last_price }],
    });
    user.send({ op: 'unsubscribe', channel: 'ticks' });
    expect(await user.next(of('ok', 'ticks'))).toMatchObject({ subscribed: [] });
  });

  test('bars that grow and end', async () => {
    let time = Date.parse('2026-01-05T02:00:58Z');
    const engine = new SimulatedEngine({ clock: () => time });
    const { origin, tokens } = await startConsole({ engine });
    const user = await openStream(origin, { token: tokens.viewer });
    user.send({ op: 'subscribe', channel: 'bars', symbols: [SYMBOL] });
    await user.next(of('snapshot', 'bars'));
    engine.step();
    time += 3000;
    engine.step();
    const { data } = await user.next((message) => of('update', 'bars')(message));
    expect(data).toMatchObject([{ complete: true }, { complete: false, datetime: '2026-01-05T10:01:00+08:00' }]);
  });
});

describe('resume', () => {
  const leave = async (user: StreamUser): Promise<void> => {
    user.socket.terminate();
    await user.closed;
  };

  test('neither misses nor doubles a row', async () => {
    const engine = market();
    const { origin, tokens } = await startConsole({ engine });
    const token = tokens.viewer;
    engine.sendOrder(request(2990));
    const first = await openStream(origin, { token });
    const { epoch } = await first.next(of('hello'));
    first.send({ op: 'subscribe', channel: 'orders' });
    await first.next(of('snapshot', 'orders'));
    engine.sendOrder(request(2991));
    const { seq } = await first.next(of('update', 'orders'));
    await leave(first);
    for (const price of [2992, 2993]) engine.sendOrder(request(price));

    const second = await openStream(origin, { token });
    second.send({ op: 'resume', epoch, channels: { orders: seq } });
    expect(await second.next(of('ok', 'orders'))).toMatchObject({ resumed: true });
    await second.next(of('update', 'orders'));
    engine.sendOrder(request(2994));
    const last = [...engine.orders.keys()].at(-1);
    await second.next((message) => JSON.stringify(message).includes(`"${String(last)}"`));
    const rows = fold(second.messages, fold(first.messages));
    expect([...rows.keys()].sort()).toEqual([...engine.orders.keys()].sort());
    const seqs = second.messages.filter(of('update', 'orders')).map((message) => message['seq'] as number);
    expect(seqs[0]).toBeGreaterThan(seq as number);
    expect([...seqs].sort((left, right) => left - right)).toEqual(seqs);
  });

  test('of another epoch, and of a number that never was, gets a snapshot', async () => {
    const engine = market();
    const { origin, tokens } = await startConsole({ engine });
    engine.sendOrder(request(2990));
    const user = await openStream(origin, { token: tokens.viewer });
    const { epoch } = await user.next(of('hello'));
    for (const resume of [
      { epoch: 'other', channels: { orders: 0 } },
      { epoch, channels: { orders: 99_999 } },
    ]) {
      user.send({ op: 'resume', ...resume });
      expect(await user.next(of('ok', 'orders'))).toMatchObject({ resumed: false });
      expect((await user.next(of('snapshot', 'orders')))['data']).toHaveLength(1);
    }
  });

  test('a snapshot of many comes in parts of 500', async () => {
    const engine = market();
    const { origin, tokens } = await startConsole({ engine });
    for (let count = 0; count < 1100; count++) engine.sendOrder(request(2900));
    const user = await openStream(origin, { token: tokens.viewer });
    user.send({ op: 'subscribe', channel: 'orders' });
    const parts = [1, 2, 3].map(() => user.next(of('snapshot', 'orders')));
    expect((await Promise.all(parts)).map(({ part, of: count, data }) => [part, count, (data as []).length])).toEqual([
      [1, 3, 500],
      [2, 3, 500],
      [3, 3, 100],
    ]);
  });
});

describe('limits', () => {
  test('a client that reads nothing is ended, and the others are told all the same', async () => {
    const engine = market();
    const limits = { conflateAbove: 1000, maxBytes: 200_000, maxMessages: 10_000 };
    // How many there are is asked again and again.
    const options = { requestsPerSecond: 1_000_000 };
    const { origin, tokens, ask } = await startConsole({ engine, options, tuning: { limits } });
    const slow = await openStream(origin, { token: tokens.viewer });
    const quick = await openStream(origin, { token: tokens.trader });
    for (const user of [slow, quick]) {
      user.send({ op: 'subscribe', channel: 'orders' });
      await user.next(of('snapshot', 'orders'));
    }
    slow.socket.pause();
    const clients = async (): Promise<unknown> =>
      ((await ask('GET', '/status', { token: tokens.admin })).body['counts'] as { clients: number }).clients;
    // Large ones fill the system's buffers soon, and so few do not end one who reads.
    const large = 'x'.repeat(4000);
    do {
      for (let count = 0; count < 15; count++) engine.sendOrder(request(2900, large));
      const last = [...engine.orders.keys()].at(-1);
      await quick.next((message) => JSON.stringify(message).includes(`"${String(last)}"`));
    } while ((await clients()) === 2);
    expect(fold(quick.messages).size).toBe(engine.orders.size);
    slow.socket.resume();
    expect([4009, 1006]).toContain(await slow.closed);
  });

  test('100,000 messages end the client that sends them, and nobody else', async () => {
    const { origin, tokens } = await startConsole();
    const other = await openStream(origin, { token: tokens.viewer });
    const flood = await openStream(origin, { token: tokens.trader });
    for (let count = 0; count < 100_000 && flood.socket.readyState === flood.socket.OPEN; count++)
      flood.socket.send('{"op":"ping"}', () => undefined);

    expect(await flood.closed).toBe(4029);
    expect(flood.messages.at(-1)).toMatchObject({ type: 'bye', code: 4029 });
    other.send({ op: 'ping' });
    await other.next(of('pong'));
  });

  test('a message that is too large ends its client', async () => {
    const { origin, tokens } = await startConsole();
    const user = await openStream(origin, { token: tokens.viewer });
    user.send(JSON.stringify({ op: 'ping', id: 'x'.repeat(70_000) }));
    expect(await user.closed).toBe(1009);
  });

  test('a client that gives no sign of life is ended', async () => {
    const { origin, tokens } = await startConsole({ tuning: { heartbeat: 20 } });
    const user = await openStream(origin, { token: tokens.viewer });
    user.socket.pong = () => undefined;
    user.socket.removeAllListeners('ping');
    (user.socket as unknown as { _autoPong: boolean })._autoPong = false;
    expect(await user.closed).toBe(4008);
  });

  test('at most eight of a user', async () => {
    const { origin, tokens } = await startConsole();
    for (let count = 0; count < 8; count++) await openStream(origin, { token: tokens.viewer });
    await expect(openStream(origin, { token: tokens.viewer })).rejects.toThrow(/^429 .*rate-limited/);
    await openStream(origin, { token: tokens.trader });
  });

  test('ends with the session, with the user, and with the console', async () => {
    const tested = await startConsole({ tuning: { heartbeat: 20 } });
    const { origin, ask, users, console } = tested;
    const cookie = await tested.logIn('viewer');
    const byCookie = await openStream(origin, { headers: { Cookie: cookie, Origin: origin } });
    await byCookie.next(of('hello'));
    const headers = { Cookie: cookie, Origin: origin, 'X-Requested-With': 'vnpy-bridge' };
    expect((await ask('DELETE', '/session', { headers })).status).toBe(204);
    expect(await byCookie.closed).toBe(4001);
    expect(byCookie.messages.at(-1)).toMatchObject({ type: 'bye', code: 4001 });

    const byToken = await openStream(origin, { token: tested.tokens.trader });
    await users.remove('trader');
    expect(await byToken.closed).toBe(4001);

    const last = await openStream(origin, { token: tested.tokens.admin });
    await last.next(of('hello'));
    await console.close();
    expect(await last.closed).toBe(1001);
  });
});

test('an order by HTTP is told by the stream', async () => {
  const engine = market();
  const { origin, ask, tokens } = await startConsole({ engine });
  const user = await openStream(origin, { token: tokens.trader });
  user.send({ op: 'subscribe', channel: 'orders' });
  await user.next(of('snapshot', 'orders'));
  const { body } = await ask('POST', '/orders', { token: tokens.trader, body: order('review-0001', { price: 2990 }) });
  const told = await user.next(of('update', 'orders'));
  expect((told['data'] as { vt_orderid: string; reference: string }[])[0]).toMatchObject({
    vt_orderid: body['vt_orderid'],
    reference: 'review-0001',
  });
});
