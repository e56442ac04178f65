import { describe, expect, onTestFinished, test } from 'vitest';
import { Dealer, Request, Subscriber } from 'zeromq';
import { field, joined, PATIENCE, plain, startPeer } from './support/index.js';
import type { Described, Peer, VnpyVersion } from './support/index.js';

// The facts about vnpy's wire that this package rests on, checked against the vnpy that is installed: when one of these
// fails, vnpy has changed. Nothing of this package takes part: Python makes and reads all pickles.

const VERSIONS: VnpyVersion[] = ['4.5', '4.4'];

async function evaluate(peer: Peer, code: string): Promise<unknown> {
  return plain(await peer.command<Described>('eval', { code }));
}

/** The bytes that Python's pickle makes of an expression. */
async function pickled(peer: Peer, code: string): Promise<Buffer> {
  return Buffer.from(String(await evaluate(peer, `__import__('pickle').dumps(${code})`)), 'hex');
}

async function unpickled(peer: Peer, bytes: Uint8Array): Promise<unknown> {
  return evaluate(peer, `__import__('pickle').loads(bytes.fromhex('${Buffer.from(bytes).toString('hex')}'))`);
}

/** A frame that must be there. */
function frame(frames: Buffer[], index: number): Buffer {
  const found = frames[index];
  if (found === undefined) throw new Error(`the message has ${frames.length} frames, none at ${index}`);

  return found;
}

function subscriber(peer: Peer, ...topics: (string | Buffer)[]): Subscriber {
  const socket = new Subscriber({ linger: 0, receiveTimeout: 5000 });
  onTestFinished(() => {
    socket.close();
  });
  socket.connect(peer.addresses.publish);
  for (const topic of topics) socket.subscribe(topic);

  return socket;
}

function requester(peer: Peer, receiveTimeout = 5000): Request {
  const socket = new Request({ linger: 0, receiveTimeout });
  onTestFinished(() => {
    socket.close();
  });
  socket.connect(peer.addresses.request);
  return socket;
}

/** Publishes until the subscriber has something: a subscription takes its time to reach the publisher. */
async function publishUntilReceived(peer: Peer, socket: Subscriber, topic: string): Promise<Buffer[]> {
  await peer.command('publish', { count: 1_000_000, rate: 200, topic, kind: 'int' });
  const frames = await socket.receive();
  await peer.command('stop_publish');
  return frames;
}

describe('events', () => {
  test('vnpy 4.5 publishes two parts: the topic in UTF-8, and a pickle of the data at protocol 5', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy: '4.5' });
    const frames = await publishUntilReceived(server, subscriber(server, ''), '螺纹钢');
    expect(frames).toHaveLength(2);
    expect(frame(frames, 0).toString('utf8')).toBe('螺纹钢');
    expect([...frame(frames, 1).subarray(0, 2)]).toEqual([0x80, 5]);
    expect(await unpickled(server, frame(frames, 1))).toEqual(expect.any(Number));
  });

  test('vnpy 4.4 publishes one part: a pickle of [topic, data] at the default protocol', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy: '4.4' });
    const frames = await publishUntilReceived(server, subscriber(server, ''), '螺纹钢');
    expect(frames).toHaveLength(1);
    const protocol = await evaluate(server, `__import__('pickle').DEFAULT_PROTOCOL`);
    expect([...frame(frames, 0).subarray(0, 2)]).toEqual([0x80, protocol]);
    expect(await unpickled(server, frame(frames, 0))).toEqual(['螺纹钢', expect.any(Number)]);
  });

  test.each<[VnpyVersion, string]>([
    ['4.5', 'text of the topic'],
    ['4.4', 'byte 0x80, with which every pickle begins'],
  ])('a subscriber of a topic and of 0x80 gets the events of vnpy %s by the %s', async (vnpy) => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const frames = await publishUntilReceived(server, subscriber(server, 'rb', 'heartbeat', Buffer.of(0x80)), 'rb2705');
    expect(frames).toHaveLength(vnpy === '4.5' ? 2 : 1);
  });

  test('a client of vnpy 4.5 drops the events of a server of 4.4 in silence', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy: '4.4' });
    const client = await startPeer({ script: 'rpc_client', addresses: server.addresses, args: ['--topic', ''] });
    const socket = subscriber(server, '');
    for (let batch = 0; batch < 3; batch++) {
      await publishUntilReceived(server, socket, 'x');
      await client.command('call', { name: 'none' });
    }
    expect(await client.command('counts')).toMatchObject({ total: 0, receiving: true });
  });

  test('a client of vnpy 4.4 loses its event thread to a server of 4.5, and goes on calling', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy: '4.5' });
    const client = await startPeer({
      script: 'rpc_client',
      vnpy: '4.4',
      addresses: server.addresses,
      args: ['--topic', ''],
    });
    await server.command('publish', { count: 1_000_000, rate: 200, topic: '', kind: 'int' });
    const death = await client.waitFor((record) => 'thread_died' in record);
    expect(death).toMatchObject({ thread_died: { type: 'EOFError' } });
    expect(await client.command('call', { name: 'add', args: [1, 3] })).toMatchObject({ returned: { value: 4 } });
  });

  test.each<[VnpyVersion, Record<string, number>]>([
    ['4.5', { rb2705: expect.any(Number) as number }],
    ['4.4', {}],
  ])('a topic filter of vnpy %s lets %j through', async (vnpy, topics) => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const args = ['--topic', 'rb', '--quiet'];
    const client = await startPeer({ script: 'rpc_client', vnpy, addresses: server.addresses, args });
    const everything = subscriber(server, '');
    // Until the client's subscription has reached the publisher, nothing says what its filter lets through. That of 4.4
    // lets nothing through at any time.
    const heard = async (): Promise<void> => {
      if (vnpy === '4.4') return;
      const { total } = await client.command<{ total: number }>('counts');
      await server.command('publish', { count: 1_000_000, rate: 200, topic: 'rb2705', kind: 'int' });
      await client.command('wait_events', { count: total + 1 });
      await server.command('stop_publish');
    };
    await heard();
    for (const topic of ['rb2705', 'au2706', 'rb2705']) await publishUntilReceived(server, everything, topic);

    await heard();
    expect(await client.command('counts')).toMatchObject({ topics, receiving: true });
    expect(Object.keys((await client.command<{ topics: object }>('counts')).topics)).toEqual(Object.keys(topics));
  });

  test.each(VERSIONS)('vnpy %s has heartbeats every 10 s and tolerates 30 s of silence', async (vnpy) => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const names = ['HEARTBEAT_TOPIC', 'HEARTBEAT_INTERVAL', 'HEARTBEAT_TOLERANCE'];
    const code = `[getattr(__import__('vnpy.rpc.common').rpc.common, name) for name in ${JSON.stringify(names)}]`;
    expect(await evaluate(server, code)).toEqual(['heartbeat', 10, 30]);
  });

  test.each(VERSIONS)(
    'vnpy_rpcservice on vnpy %s publishes each tick twice, as Event, without a topic',
    async (vnpy) => {
      const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '20'] });
      const args = ['--topic', ''];
      const client = await startPeer({ script: 'rpc_client', vnpy, addresses: server.addresses, args });
      // Anything that comes, as the accounts do once a second, shows that the subscription has reached the publisher: it
      // must not do so between the two events of a tick.
      await client.waitFor((record) => 'event' in record);
      const code = `client.subscribe(SubscribeRequest('rb2705', Exchange.SHFE), 'SIM')`;
      await client.command('eval', { code });
      const events: [string, string][] = [];
      await client.waitFor((record) => {
        const event = record['data'] as Described | undefined;
        if (event !== undefined && String(plain(field(event, 'type'))).startsWith('eTick.')) {
          expect(record['event']).toBe('');
          expect(event.type).toBe('vnpy.event.engine.Event');
          const type = String(plain(field(event, 'type')));
          events.push([type, String(plain(field(field(event, 'data'), 'datetime')))]);
        }
        return events.length === 4;
      });
      const [first, second, third, fourth] = events;
      expect([first?.[0], second?.[0]]).toEqual(['eTick.', 'eTick.rb2705.SHFE']);
      expect(second?.[1]).toBe(first?.[1]);
      expect(fourth?.[1]).toBe(third?.[1]);
      expect(third?.[1]).not.toBe(first?.[1]);
    },
  );

  test.each(VERSIONS)('the datafeed server of vnpy %s gives a sign of life every second', async (vnpy) => {
    const server = await startPeer({ script: 'datafeed_server', vnpy });
    const client = await startPeer({ script: 'rpc_client', vnpy, addresses: server.addresses, args: ['--topic', ''] });
    const sign = await client.waitFor((record) => record['event'] === 'eTimer', 3000);
    expect(sign).toEqual({ event: 'eTimer', data: { type: 'NoneType', value: null } });
  });
});

describe.each(VERSIONS)('requests to vnpy %s', (vnpy) => {
  test('are [name, args, kwargs]; replies are [True, result] or [False, traceback]', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const socket = requester(server);
    await socket.send(await pickled(server, `['add', (1, 3), {}]`));
    expect(await unpickled(server, frame(await socket.receive(), 0))).toEqual([true, 4]);
    await socket.send(await pickled(server, `['add', (1,), {'b': 4}]`));
    expect(await unpickled(server, frame(await socket.receive(), 0))).toEqual([true, 5]);

    await socket.send(await pickled(server, `['raise_error', ('on purpose',), {}]`));
    const failed = await unpickled(server, frame(await socket.receive(), 0));
    expect(failed).toEqual([false, expect.stringMatching(/^Traceback [^]*ValueError: on purpose\n$/)]);
    await socket.send(await pickled(server, `['nosuch', (), {}]`));
    const unknown = await unpickled(server, frame(await socket.receive(), 0));
    expect(unknown).toEqual([false, expect.stringMatching(/KeyError: 'nosuch'\n$/)]);
  });

  test('are answered with their envelope, so that a DEALER can have many in flight', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const socket = new Dealer({ linger: 0, receiveTimeout: 5000 });
    onTestFinished(() => {
      socket.close();
    });
    socket.connect(server.addresses.request);
    for (let id = 1; id <= 3; id++)
      await socket.send([Buffer.of(id), 'more', '', await pickled(server, `['add', (${id}, 10), {}]`)]);

    for (let id = 1; id <= 3; id++) {
      const frames = await socket.receive();
      expect(frames.slice(0, 3)).toEqual([Buffer.of(id), Buffer.from('more'), Buffer.alloc(0)]);
      expect(await unpickled(server, frame(frames, 3))).toEqual([true, id + 10]);
    }
  });

  test.each([
    ['bytes that are no pickle', Buffer.from('junk'), 'UnpicklingError'],
    ['a list of two', `['add', (1, 3)]`, 'ValueError'],
    ['a function whose result cannot be pickled', `['unpicklable', (), {}]`, 'TypeError'],
  ])('%s end the server in silence, while it says that it is active', async (_name, request, type) => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const socket = requester(server, 500);
    await socket.send(typeof request === 'string' ? await pickled(server, request) : request);
    expect(await server.waitFor((record) => 'thread_died' in record)).toMatchObject({ thread_died: { type } });
    await expect(socket.receive()).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(await evaluate(server, 'server.is_active()')).toBe(true);
  });

  test('of a client that timed out are executed when the server comes, and the client is of no use any more', async () => {
    const first = await startPeer({ script: 'rpc_server', vnpy });
    await first.kill();
    const client = await startPeer({ script: 'rpc_client', vnpy, addresses: first.addresses });
    const call = client.command('call', { name: 'execute', args: ['phantom'], timeout: 100 });
    await expect(call).rejects.toMatchObject({
      type: 'vnpy.rpc.client.RemoteException',
      message: `Timeout of 100ms reached for ['execute', ('phantom',), {}]`,
    });

    const second = await startPeer({ script: 'rpc_server', vnpy, addresses: first.addresses, journal: true });
    await expect.poll(() => second.journal(), PATIENCE).toMatchObject([{ name: 'execute', args: `('phantom',)` }]);
    const again = client.command('call', { name: 'none', timeout: 100 });
    await expect(again).rejects.toMatchObject({ type: 'zmq.error.ZMQError' });
  });
});

describe.each(VERSIONS)('vnpy_rpcservice on vnpy %s', (vnpy) => {
  test('registers these functions, and has these addresses unless told', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy });
    expect(await evaluate(server, 'list(rpc_engine.server._functions)')).toEqual([
      ...['subscribe', 'send_order', 'cancel_order', 'query_history'],
      ...['get_tick', 'get_order', 'get_trade', 'get_position', 'get_account', 'get_contract'],
      ...['get_all_ticks', 'get_all_orders', 'get_all_trades', 'get_all_positions', 'get_all_accounts'],
      ...['get_all_contracts', 'get_all_active_orders'],
    ]);
    const engine = `__import__('vnpy_rpcservice').RpcServiceApp.engine_class(main_engine, main_engine.event_engine)`;
    await evaluate(
      server,
      `__import__('vnpy.trader.utility').trader.utility.save_json('rpc_service_setting.json', {})`,
    );
    const addresses = `(lambda engine: [engine.rep_address, engine.pub_address])(${engine})`;
    expect(await evaluate(server, addresses)).toEqual(['tcp://*:2014', 'tcp://*:4102']);
    expect(await evaluate(server, `__import__('vnpy_rpcservice').RpcGateway.default_setting`)).toEqual({
      主动请求地址: 'tcp://127.0.0.1:2014',
      推送订阅地址: 'tcp://127.0.0.1:4102',
    });
  });

  test.each(['zh_CN.UTF-8', 'en_US.UTF-8'])('has these enum values in %s', async (locale) => {
    const server = await startPeer({ script: 'rpc_server', vnpy, locale });
    const values = async (name: string): Promise<unknown> =>
      evaluate(server, `{m.name: m.value for m in __import__('vnpy.trader.constant').trader.constant.${name}}`);
    const english = locale === 'en_US.UTF-8';
    expect(await values('Direction')).toEqual(
      english ? { LONG: 'Long', SHORT: 'Short', NET: 'Net' } : { LONG: '多', SHORT: '空', NET: '净' },
    );
    expect(await values('Offset')).toEqual(
      english
        ? { NONE: '', OPEN: 'Open', CLOSE: 'Close', CLOSETODAY: 'Close Today', CLOSEYESTERDAY: 'Close Yesterday' }
        : { NONE: '', OPEN: '开', CLOSE: '平', CLOSETODAY: '平今', CLOSEYESTERDAY: '平昨' },
    );
    expect(await values('Status')).toMatchObject(
      english ? { ALLTRADED: 'All Traded', REJECTED: 'Rejected' } : { ALLTRADED: '全部成交', REJECTED: '拒单' },
    );
    expect(await values('Exchange')).toMatchObject({ SHFE: 'SHFE', EUREX: 'EUX' });
    expect(await values('Interval')).toEqual({ MINUTE: '1m', HOUR: '1h', DAILY: 'd', WEEKLY: 'w', TICK: 'tick' });
  });

  test('is Chinese without a locale, English in C.UTF-8 where CPython (before 3.12) takes that for en_US', async () => {
    const long = `__import__('vnpy.trader.constant').trader.constant.Direction.LONG.value`;
    const none = await startPeer({ script: 'rpc_server', vnpy, locale: null });
    expect(await evaluate(none, long)).toBe('多');
    const server = await startPeer({ script: 'rpc_server', vnpy, locale: 'C.UTF-8' });
    const taken = await evaluate(server, `__import__('locale').normalize('C.UTF-8')`);
    expect(await evaluate(server, long)).toBe(taken === 'en_US.UTF-8' ? 'Long' : '多');
  });

  test('an enum of the other locale ends the server, unless this CPython pickles by name', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy, locale: 'en_US.UTF-8' });
    const client = await startPeer({
      script: 'rpc_client',
      vnpy,
      locale: 'zh_CN.UTF-8',
      addresses: server.addresses,
    });
    const byName = (await pickled(client, 'Direction.LONG')).includes('getattr');
    const timeout = byName ? 10_000 : 500;
    const call = client.command('call', { name: 'type_of', code: '(Direction.LONG,)', timeout });
    if (byName) {
      expect(await call).toMatchObject({ returned: { type: 'tuple' } });
    } else {
      await expect(call).rejects.toMatchObject({ message: expect.stringMatching(/^Timeout of 500ms/) as string });
      const death = await server.waitFor((record) => 'thread_died' in record);
      expect(JSON.stringify(death)).toContain("'多' is not a valid Direction");
    }
  });

  test('RpcGateway puts its own name into what it passes on, and into order ids', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--gateway', 'CTP', '--rate', '0'] });
    const client = await startPeer({
      script: 'gateway_client',
      vnpy,
      addresses: server.addresses,
      args: ['--connect'],
    });
    await joined(server, client);
    const order = { vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', volume: 1, price: 3200 };
    const id = await client.command<string>('send_order', order);
    expect(id).toMatch(/^RPC\./);
    await client.command('wait', { kind: 'order', key: id, fields: { status: 'NOTTRADED', gateway_name: 'RPC' } });

    // The type of the event keeps the id that the server knows.
    const type = `eOrder.CTP.${id.slice('RPC.'.length)}`;
    const event = await client.waitFor((record) => record['event'] === type);
    expect(plain(field(event['data'] as Described, 'vt_orderid'))).toBe(id);
  });
});
