import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, vi, test } from 'vitest';
import * as zmq from 'zeromq';
import { dumps, loads, Tuple } from 'vnpy-bridge/pickle';
import { RpcClient } from '../../src/rpc/client.js';
import type { RpcClientOptions, RpcServerOptions } from '../../src/rpc/options.js';
import { RpcServer } from '../../src/rpc/server.js';
import type { PublishAddress } from '../../src/rpc/server-addresses.js';
import { DEFAULT_TRANSPORT } from '../../src/rpc/transports.js';
import { ZmqClientSockets } from '../../src/rpc/zeromq/client-sockets.js';
import { generateCurveKeyPair } from '../../src/rpc/zmtp/security.js';
import { zmqTransport } from '../../src/rpc/zeromq/transport.js';
import { CLIENT_SOCKETS } from '../support/bare-sockets.js';
import { freeAddress } from '../support/free-port.js';
import { eventually } from '../support/patience.js';
import { Gate, statusOf } from './support/fixtures.js';
import { NO_LISTENER, watchedZmq } from './support/watched-zmq.js';

const ANY = 'tcp://127.0.0.1:*';
const FAST: RpcClientOptions = { reconnect: { initial: 10, max: 50 } };

async function serve(options: RpcServerOptions = {}, reply = ANY, publish: PublishAddress = ANY): Promise<RpcServer> {
  const server = new RpcServer(options).register('add', (a: number, b: number) => a + b);
  onTestFinished(() => server.stop());
  await server.start(reply, publish);
  return server;
}

function clientOf(options: RpcClientOptions = {}): RpcClient {
  const client = new RpcClient({ ...FAST, ...options });
  onTestFinished(() => client.stop());
  return client;
}

async function connect(server: RpcServer, options: RpcClientOptions = {}): Promise<RpcClient> {
  const client = clientOf(options);
  await client.start(server.addresses?.reply ?? '', server.addresses?.topicFrame ?? server.addresses?.pair);
  return client;
}

/** A TCP server that is no ZeroMQ. */
async function tcpServer(onConnection: (socket: Socket) => void = () => undefined): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rpc-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describe('addresses', () => {
  const ADDRESSES: readonly (readonly [name: string, make: () => Promise<readonly [string, string]>])[] = [
    ['tcp', () => Promise.resolve([ANY, ANY])],
    ['tcp by name', () => Promise.resolve(['tcp://localhost:*', 'tcp://localhost:*'])],
    ['ipc', async () => [`ipc://${join(await folder(), 'a')}`, `ipc://${join(await folder(), 'b')}`]],
    ['inproc', () => Promise.resolve(['inproc://requests', 'inproc://events'])],
  ];
  // Sockets within a process are libzmq's alone.
  const known = ADDRESSES.filter(([name]) => name !== 'inproc' || DEFAULT_TRANSPORT === 'zeromq');

  test.each(known)('%s carry calls and events', async (_name, addresses) => {
    const [reply, publish] = await addresses();
    const server = await serve({}, reply, publish);
    const client = await connect(server);
    await client.ready();
    client.subscribe('');
    const events = client.events();
    expect(await client.call('add', [1, 3])).toBe(4);
    await eventually(() => {
      server.publish('topic', { seq: 1 });
      expect(client.stats().events.received).toBeGreaterThan(0);
    });
    expect((await events.next()).value).toEqual({ topic: 'topic', data: { seq: 1 } });
  });

  test('a server that stopped can be started at the same address at once, twenty times', async () => {
    const [reply, publish] = [await freeAddress(), await freeAddress()];
    const server = await serve({}, reply, publish);
    const client = await connect(server);
    for (let count = 0; count < 20; count++) {
      expect(await client.call('add', [count, 1])).toBe(count + 1);
      // A call over the old connection, whose end the client has not seen yet, would be lost with it.
      const again = statusOf(client, (status) => status.state === 'connected' && status.reconnects > count);
      await server.stop();
      await server.start(reply, publish);
      await again;
    }
    expect(await client.call('add', [20, 1])).toBe(21);
    expect(client.stats().calls).toMatchObject({ succeeded: 21, total: 21 });
  });
});

describe('a start that fails', () => {
  const failing: [name: string, address: (busy: string) => Promise<string> | string, code: string, why: RegExp][] = [
    ['a busy port', (busy) => busy, 'ADDRESS_IN_USE', /another socket is bound/],
    ['a foreign address', () => 'tcp://192.0.2.1:5000', 'ADDRESS_NOT_AVAILABLE', /no such address/],
    ['a host name', () => 'tcp://no-such-interface:5000', 'ADDRESS_NOT_AVAILABLE', /no host name/],
    ['a port that is none', () => 'tcp://127.0.0.1:99999', 'BAD_ADDRESS', /65535/],
    ['no address', () => 'nowhere', 'BAD_ADDRESS', /no scheme/],
    ['a missing folder', () => 'ipc:///no/such/folder/socket', 'MISSING_FOLDER', /does not exist/],
    [
      'a file',
      async () => {
        const path = join(await folder(), 'file');
        await writeFile(path, 'precious');
        return `ipc://${path}`;
      },
      'ADDRESS_IN_USE',
      /no socket/,
    ],
  ];

  test.each(failing)(
    'at the request address is one clear error, with nothing left bound: %s',
    async (_name, address, code, why) => {
      const busy = await serve();
      const server = new RpcServer();
      const publish = await freeAddress();
      await expect(server.start(await address(busy.addresses?.reply ?? ''), publish)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(why) as string,
      });
      expect(server.isActive()).toBe(false);
      await serve({}, ANY, publish);
    },
  );

  test('at the publish address leaves the request address free', async () => {
    const busy = await serve();
    const reply = await freeAddress();
    await expect(new RpcServer().start(reply, busy.addresses?.topicFrame ?? '')).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
    });
    await serve({}, reply);
  });

  test('at an ipc address in use does not steal it', async () => {
    const path = `ipc://${join(await folder(), 'socket')}`;
    const first = await serve({}, path);
    await expect(new RpcServer().start(path, ANY)).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    const client = await connect(first);
    expect(await client.call('add', [1, 2])).toBe(3);
  });

  test('of a client is told at once when the address cannot be one', async () => {
    await expect(clientOf().start('tcp://127.0.0.1', ANY)).rejects.toMatchObject({ code: 'BAD_ADDRESS' });
    await expect(clientOf().start('tcp://127.0.0.1:1', 'udp://127.0.0.1:1')).rejects.toMatchObject({
      code: 'BAD_ADDRESS',
    });
  });
});

describe('what answers at an address', () => {
  // What is told after a time, and what is told by what comes: that may take its time.
  const [SHORT, LONG] = [200, 30_000];
  const diagnoses: [name: string, address: () => Promise<string>, connectTimeout: number, reason: string, RegExp][] = [
    ['nobody', freeAddress, LONG, 'unreachable', /nobody accepts connections/],
    [
      'a web server',
      () => tcpServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
      SHORT,
      'handshake',
      /looks like an HTTP server|no ZeroMQ handshake came within 0\.2 s: another program listens there/,
    ],
    ['a port that says nothing', () => tcpServer(), SHORT, 'handshake', /or the server's process hangs/],
    ['a port that hangs up', () => tcpServer((socket) => socket.end()), LONG, 'handshake', /no ZeroMQ socket/],
    ['a publisher', async () => (await serve()).addresses?.topicFrame ?? '', LONG, 'handshake', /exchanged\?/],
  ];

  test.each(diagnoses)('is told in words: %s', async (_name, address, connectTimeout, reason, detail) => {
    const client = clientOf({ connectTimeout });
    await client.start(await address());
    const status = await statusOf(client, ({ state }) => state === 'disconnected');
    expect(status).toMatchObject({ reason, endpoint: 'request', detail: expect.stringMatching(detail) as string });
    await expect(client.call('add', [1, 2], { timeout: 20 })).rejects.toMatchObject({
      outcome: 'not-sent',
      message: expect.stringMatching(detail) as string,
    });
  });

  test('is told for the subscription too', async () => {
    const server = await serve();
    const client = clientOf();
    await client.start(server.addresses?.reply ?? '', server.addresses?.reply);
    expect(await statusOf(client, ({ state }) => state === 'disconnected')).toMatchObject({
      endpoint: 'subscribe',
      reason: 'handshake',
    });
    expect(await client.call('add', [1, 2])).toBe(3);
  });
});

describe('security', () => {
  test('CURVE carries calls and events', async () => {
    const keys = await generateCurveKeyPair();
    const server = await serve({ security: { mechanism: 'curve', secretKey: keys.secretKey } });
    const client = await connect(server, { security: { mechanism: 'curve', serverKey: keys.publicKey } });
    await client.ready();
    expect(await client.call('add', [1, 2])).toBe(3);
  });

  test('CURVE lets in the clients whose keys are allowed, and no other', async () => {
    const keys = await generateCurveKeyPair();
    const friend = await generateCurveKeyPair();
    const stranger = await generateCurveKeyPair();
    const server = await serve({
      security: { mechanism: 'curve', secretKey: keys.secretKey, clientKeys: [friend.publicKey] },
    });
    const allowed = await connect(server, { security: { mechanism: 'curve', serverKey: keys.publicKey, ...friend } });
    expect(await allowed.call('add', [1, 2])).toBe(3);
    const refused = await connect(server, { security: { mechanism: 'curve', serverKey: keys.publicKey, ...stranger } });
    await expect(refused.ready()).rejects.toMatchObject({
      code: 'DISCONNECTED',
      message: expect.stringContaining('refused the credentials') as string,
    });
    expect(server.stats().denied).toBeGreaterThan(0);
  });

  test('PLAIN lets in who knows the password, and no other', async () => {
    const server = await serve({ security: { mechanism: 'plain', users: { ann: 'secret' } } });
    const plain = (username: string, password: string): RpcClientOptions => ({
      security: { mechanism: 'plain', username, password },
    });
    const allowed = await connect(server, plain('ann', 'secret'));
    expect(await allowed.call('add', [1, 2])).toBe(3);
    for (const [username, password] of [
      ['ann', 'wrong'],
      ['bob', 'secret'],
      ['constructor', 'x'],
    ] as const) {
      const refused = await connect(server, plain(username, password));
      await expect(refused.ready()).rejects.toMatchObject({ code: 'DISCONNECTED' });
    }
  });

  test('addresses that are not allowed do not come in', async () => {
    const open = await serve({ allowAddresses: ['127.0.0.1'] });
    const welcome = await connect(open);
    expect(await welcome.call('add', [1, 2])).toBe(3);
    const closed = await serve({ allowAddresses: ['192.0.2.7'] });
    const client = await connect(closed);
    expect(await statusOf(client, ({ state }) => state === 'disconnected')).toMatchObject({ reason: 'handshake' });
    expect(closed.stats().denied).toBeGreaterThan(0);
  });

  test('two secured servers in one process keep their own rules', async () => {
    const first = await serve({ security: { mechanism: 'plain', users: { ann: '1' } } });
    const second = await serve({ security: { mechanism: 'plain', users: { ann: '2' } } });
    for (const [server, password] of [
      [first, '1'],
      [second, '2'],
    ] as const) {
      const client = await connect(server, { security: { mechanism: 'plain', username: 'ann', password } });
      expect(await client.call('add', [1, 2])).toBe(3);
    }
  });

  const mismatches: [
    name: string,
    server: 'curve' | 'plain' | 'none',
    client: 'wrong key' | 'curve' | 'plain' | 'none',
    detail: RegExp,
  ][] = [
    ['the wrong server key', 'curve', 'wrong key', /serverKey is not its public key/],
    ['no security at a CURVE server', 'curve', 'none', /CURVE or PLAIN/],
    ['PLAIN at a CURVE server', 'curve', 'plain', /PLAIN/],
    ['CURVE at a server without', 'none', 'curve', /does not use CURVE/],
    ['PLAIN at a server without', 'none', 'plain', /does not use PLAIN/],
    ['no security at a PLAIN server', 'plain', 'none', /CURVE or PLAIN/],
  ];

  test.each(mismatches)(
    'a mismatch is a clear error at the client: %s',
    async (_name, serverSide, clientSide, detail) => {
      const keys = await generateCurveKeyPair();
      const wrong = await generateCurveKeyPair();
      const server = await serve(
        {
          none: {},
          curve: { security: { mechanism: 'curve', secretKey: keys.secretKey } } as const,
          plain: { security: { mechanism: 'plain', users: { ann: '1' } } } as const,
        }[serverSide],
      );
      const client = await connect(
        server,
        {
          none: {},
          curve: { security: { mechanism: 'curve', serverKey: keys.publicKey } } as const,
          'wrong key': { security: { mechanism: 'curve', serverKey: wrong.publicKey } } as const,
          plain: { security: { mechanism: 'plain', username: 'ann', password: '1' } } as const,
        }[clientSide],
      );
      const problems: string[] = [];
      client.on('error', ({ message }) => problems.push(message));
      await expect(client.call('add', [1, 2])).rejects.toMatchObject({
        code: 'DISCONNECTED',
        outcome: 'not-sent',
        message: expect.stringMatching(detail) as string,
      });
      expect(client.status()).toMatchObject({ state: 'disconnected', reason: 'handshake' });
      // One for each of the two connections, however many attempts there were.
      await eventually(() => {
        expect(client.stats().failedAttempts).toBeGreaterThan(4);
        expect(problems.length).toBeGreaterThanOrEqual(2);
      });
      expect(problems).toHaveLength(2);
      expect(problems.join()).toMatch(detail);
    },
  );

  test.each([
    [{ mechanism: 'curve', serverKey: 'short' }],
    [{ mechanism: 'curve', serverKey: 'x'.repeat(39) + '_' }],
    [{ mechanism: 'curve', serverKey: 'x'.repeat(40), publicKey: 'x'.repeat(40) }],
  ] as const)('keys that cannot be any are refused at the start: %j', async (security) => {
    await expect(clientOf({ security }).start('tcp://127.0.0.1:1')).rejects.toMatchObject({ code: 'BAD_SECURITY' });
  });

  test('a server open to the network without security warns, once', async () => {
    const warn = vi.fn();
    const logger = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() };
    await serve({ logger }, 'tcp://*:*', ANY);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^tcp:\/\/0\.0\.0\.0:\d+ is open to the whole network without security/)],
    ]);
    warn.mockClear();
    await serve({ logger });
    await serve({ logger, security: { mechanism: 'plain', users: {} } }, 'tcp://*:*', 'tcp://*:*');
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('hostile and careless clients', () => {
  test('one that never reads its answers costs a bounded number of them, and nobody else', async () => {
    const server = await serve({ replyHighWaterMark: 10 });
    server.register('big', () => new Uint8Array(1_000_000));
    const rude = new zmq.Dealer({ linger: 0, receiveHighWaterMark: 1 });
    onTestFinished(() => {
      rude.close();
    });
    rude.connect(server.addresses?.reply ?? '');
    for (let count = 0; count < 200; count++) await rude.send(['', dumps(['big', Tuple.of(), {}])]);

    await eventually(() => {
      expect(server.stats()).toMatchObject({ requests: 200, succeeded: 200, pending: 0 });
      expect(server.stats().unread).toBeGreaterThan(100);
    });
    const client = await connect(server);
    expect(await client.call('add', [1, 2])).toBe(3);
  });

  test('one that sends too much at once loses its connection, the server lives', async () => {
    const server = await serve({ maxRequestBytes: 10_000 });
    server.register('echo', (value: unknown) => value);
    const client = await connect(server);
    await expect(client.call('echo', ['x'.repeat(20_000)])).rejects.toMatchObject({ type: 'RpcUsageError' });
    await expect(client.call('echo', ['x'.repeat(100_000)])).rejects.toMatchObject({
      code: 'DISCONNECTED',
      outcome: 'unknown',
    });
    expect(await client.call('echo', ['x'])).toBe('x');
  });

  test('one that vanishes in mid-call is forgotten', async () => {
    const server = await serve();
    const gate = new Gate();
    server.register('hang', () => gate.opened);
    const client = await connect(server);
    const call = client.call('hang').catch((error: unknown) => error);
    await eventually(() => {
      expect(server.stats().pending).toBe(1);
    });
    await client.stop();
    expect(await call).toMatchObject({ code: 'CLOSED', outcome: 'unknown' });
    await eventually(() => {
      gate.open();
      expect(server.stats()).toMatchObject({ pending: 0, clients: 0 });
    });
  });

  test('ten thousand requests at once are all answered', async () => {
    const server = await serve();
    server.register('later', (value: number) => Promise.resolve(value));
    const clients = await Promise.all([connect(server, { window: 1000 }), connect(server, { window: 1000 })]);
    const sums = await Promise.all(
      clients.flatMap((client, index) =>
        Array.from({ length: 5000 }, (_, count) => client.call<number>('later', [index * 10_000 + count])),
      ),
    );
    expect(sums).toHaveLength(10_000);
    expect(new Set(sums).size).toBe(10_000);
  });

  test('raw junk on the socket does no harm', async () => {
    const server = await serve();
    const raw = new zmq.Dealer({ linger: 0 });
    onTestFinished(() => {
      raw.close();
    });
    raw.connect(server.addresses?.reply ?? '');
    await raw.send(['no envelope']);
    await raw.send(['', 'not a pickle']);
    await raw.send(['a', 'b', '', dumps(['add', Tuple.of(1, 2), {}])]);
    const first = await raw.receive();
    expect((loads(first.at(-1) ?? new Uint8Array()) as unknown[])[0]).toBe(false);
    const second = await raw.receive();
    expect(second.slice(0, 3).map(String)).toEqual(['a', 'b', '']);
    expect(loads(second.at(-1) ?? new Uint8Array())).toEqual([true, 3]);
    expect(server.stats()).toMatchObject({ junk: 1, requests: 3 });
  });
});

describe('a flood of events', () => {
  test('leaves timers and calls on time, also where each event takes a while', async () => {
    const server = await serve();
    const client = await connect(server);
    await client.ready();
    let received = 0;
    let sinceTurn = 0;
    client.on('event', () => {
      received++;
      sinceTurn++;
      for (const end = performance.now() + 0.3; performance.now() < end;);
    });
    client.subscribe('x');
    await eventually(() => {
      server.publish('x', 0);
      expect(received).toBeGreaterThan(0);
    });
    for (let count = 0; count < 2000; count++) server.publish('x', count);

    // All of them lie in the sockets now: 600 ms of work, of which zeromq.js alone would do 150 ms in one go.
    // That is counted in turns of the event loop and not in ms: a machine that is busy, or pauses, makes no turn longer.
    let mostInTurn = 0;
    let ticks = 0;
    let watching = true;
    const turn = (): void => {
      mostInTurn = Math.max(mostInTurn, sinceTurn);
      sinceTurn = 0;
      if (watching) setImmediate(turn);
    };
    const timer = setInterval(() => ticks++, 5);
    onTestFinished(() => {
      watching = false;
      clearInterval(timer);
    });
    sinceTurn = 0;
    turn();
    expect(await client.call('add', [1, 1])).toBe(2);
    expect(received).toBeLessThan(2000);
    await eventually(() => {
      expect(received).toBeGreaterThanOrEqual(2000);
    });
    expect(mostInTurn).toBeLessThan(100);
    expect(ticks).toBeGreaterThan(20);
  });
});

test('nothing can be sent before the handshake, nor after the connection broke', async () => {
  const server = await serve();
  const sockets = await zmqTransport.openClient(CLIENT_SOCKETS);
  const opened = new Gate();
  const closed = new Gate();
  const connection = sockets.connectRequest(server.addresses?.reply ?? '', {
    opened: () => {
      opened.open();
    },
    message: () => undefined,
    closed: () => {
      closed.open();
    },
  });
  onTestFinished(() => {
    connection.close();
  });
  await expect(connection.send([Buffer.from('too early')])).rejects.toThrow('no connection');
  await opened.opened;
  await connection.send([Buffer.from('id'), Buffer.alloc(0), dumps(['add', Tuple.of(1, 2), {}])]);
  await server.stop();
  await closed.opened;
  await expect(connection.send([Buffer.from('too late')])).rejects.toThrow('no connection');
});

test('a request that the network does not deliver is dropped by the system too, soon', () => {
  const { module, made } = watchedZmq();
  const connection = new ZmqClientSockets(module, CLIENT_SOCKETS).connectRequest('tcp://127.0.0.1:9', NO_LISTENER);
  expect(made.map((socket) => socket.tcpMaxRetransmitTimeout)).toEqual([10_000]);
  connection.close();
});
