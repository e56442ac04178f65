import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { MemoryTransport, PythonError, RpcClient, RpcServer, generateCurveKeyPair } from 'vnpy-bridge/rpc';
import type {
  AccessControl,
  AccessPeer,
  AccessRequest,
  Admission,
  CallContext,
  ClientSecurity,
  CurveKeyPair,
  Logger,
  RpcClientOptions,
  RpcServerOptions,
  ServerSecurity,
  Transport,
} from 'vnpy-bridge/rpc';
import { Dispatcher } from '../../src/rpc/dispatcher.js';
import { seededRandom } from '../support/bytes.js';
import { freeAddress } from '../support/free-port.js';
import { eventually } from '../support/patience.js';
import { Gate, startedLater, statusOf } from './support/fixtures.js';

/** Lets everybody in under the name that `who` gives, and keeps account. */
class Doors implements AccessControl {
  readonly needsPeers?: boolean;
  readonly asked: AccessPeer[] = [];
  readonly inside = new Set<AccessPeer>();
  readonly requests: AccessRequest[] = [];
  readonly faults: string[] = [];
  gone = 0;
  who: (peer: AccessPeer) => Admission = ({ id }) => ({ principal: id ?? 'local' });
  why: (request: AccessRequest) => Error | undefined = () => undefined;

  admit(peer: AccessPeer): Admission {
    if (this.asked.includes(peer)) this.faults.push('asked twice');
    this.asked.push(peer);
    const admission = this.who(peer);
    if ('principal' in admission) this.inside.add(peer);
    return admission;
  }

  decide(request: AccessRequest): Error | undefined {
    this.requests.push(request);
    return this.why(request);
  }

  closed(peer: AccessPeer): void {
    this.gone++;
    if (!this.inside.delete(peer)) this.faults.push('closed without being inside');
  }

  of(socket: AccessPeer['socket']): AccessPeer {
    const found = this.asked.find((peer) => peer.socket === socket);
    if (found === undefined) throw new Error(`nobody came for ${socket}`);
    return found;
  }
}

const LOCAL = 'tcp://127.0.0.1:*';

function logged(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const line = (text: string): void => void lines.push(text);
  return { logger: { debug: () => undefined, info: () => undefined, warn: line, error: line }, lines };
}

/** A server over tcp, stopped with the test. */
async function serve(
  options: RpcServerOptions,
  setUp: (server: RpcServer) => void = () => undefined,
): Promise<RpcServer> {
  const server = new RpcServer(options);
  server.register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
  setUp(server);
  onTestFinished(() => server.stop());
  await server.start(LOCAL, { topicFrame: LOCAL, pair: LOCAL });
  return server;
}

/** A client that has begun to connect. */
async function connect(
  { addresses }: RpcServer,
  options: RpcClientOptions = {},
  format: 'topicFrame' | 'pair' = 'topicFrame',
): Promise<RpcClient> {
  const client = new RpcClient({ timeout: 20_000, reconnect: { initial: 20, max: 50 }, ...options });
  onTestFinished(() => client.stop());
  await client.start(addresses?.reply ?? '', addresses?.[format] ?? '');
  return client;
}

interface Way {
  readonly mechanism: AccessPeer['mechanism'];
  readonly server: () => ServerSecurity | undefined;
  readonly client: () => ClientSecurity | undefined;
  readonly id: () => string | undefined;
}

let serverKeys: CurveKeyPair;
let clientKeys: CurveKeyPair;
const WAYS: readonly Way[] = [
  { mechanism: 'null', server: () => undefined, client: () => undefined, id: () => undefined },
  {
    mechanism: 'plain',
    server: () => ({ mechanism: 'plain', users: { ann: 'right' } }),
    client: () => ({ mechanism: 'plain', username: 'ann', password: 'right' }),
    id: () => 'ann',
  },
  {
    mechanism: 'curve',
    server: () => ({ mechanism: 'curve', secretKey: serverKeys.secretKey }),
    client: () => ({ mechanism: 'curve', serverKey: serverKeys.publicKey, ...clientKeys }),
    id: () => clientKeys.publicKey,
  },
];

const secure = (security: ClientSecurity | undefined): RpcClientOptions => (security === undefined ? {} : { security });
const guarded = (security: ServerSecurity | undefined, options: RpcServerOptions): RpcServerOptions =>
  security === undefined ? options : { ...options, security };

describe.each(WAYS)('over $mechanism', (way) => {
  test('the access control sees who connects, where, and goes; and who calls what', async () => {
    serverKeys = await generateCurveKeyPair();
    clientKeys = await generateCurveKeyPair();
    const access = new Doors();
    access.who = () => ({ principal: 'desk-1' });
    const server = await serve(guarded(way.server(), { access }));
    const client = await connect(server, secure(way.client()));
    await client.ready();
    expect(await client.call('add', [1], { kwargs: { b: 2 } })).toBe(3);
    const about = { address: '127.0.0.1', mechanism: way.mechanism, id: way.id() };
    expect(access.of('request')).toMatchObject({ ...about, endpoint: server.addresses?.reply });
    expect(access.of('subscribe')).toMatchObject({ ...about, endpoint: server.addresses?.topicFrame });
    expect(access.requests).toContainEqual({
      principal: 'desk-1',
      address: '127.0.0.1',
      name: 'add',
      args: expect.objectContaining({ length: 1, 0: 1 }) as unknown,
      kwargs: { b: 2 },
    });
    const late = await connect(server, secure(way.client()), 'pair');
    await late.ready();
    expect(access.of('subscribePair').endpoint).toBe(server.addresses?.pair);
    await client.stop();
    await eventually(() => {
      expect(access.gone).toBe(2);
    });
    await server.stop();
    expect({ gone: access.gone, inside: access.inside.size, faults: access.faults }).toEqual({
      gone: 4,
      inside: 0,
      faults: [],
    });
  });

  test('who is refused calls nothing and hears nothing, and the log says why, once', async () => {
    serverKeys = await generateCurveKeyPair();
    clientKeys = await generateCurveKeyPair();
    const access = new Doors();
    access.who = () => ({ refused: 'nobody knows it', retry: true });
    const { logger, lines } = logged();
    const server = await serve(guarded(way.server(), { access, logger }));
    const client = await connect(server, secure(way.client()));
    await eventually(() => {
      expect(access.asked.length).toBeGreaterThan(4);
    });
    await client.stop();
    expect(server.stats()).toMatchObject({ requests: 0, denied: access.asked.length });
    expect(lines).toEqual(['connection from 127.0.0.1 refused: nobody knows it']);
    expect(access).toMatchObject({ gone: 0, requests: [], faults: [] });
  });
});

test('without retry a client of CURVE is told that its key is wrong, and does not wait for ever', async () => {
  serverKeys = await generateCurveKeyPair();
  const access = new Doors();
  access.who = () => ({ refused: 'no' });
  const server = await serve({ access, security: { mechanism: 'curve', secretKey: serverKeys.secretKey } });
  const client = await connect(server, { security: { mechanism: 'curve', serverKey: serverKeys.publicKey } });
  await statusOf(client, (status) => 'detail' in status && status.detail.includes('refused the credentials'));
  await expect(client.call('add', [1, 2])).rejects.toMatchObject({ outcome: 'not-sent' });
});

describe('both have to allow', () => {
  test('a name: what `allow` refuses, the access control is not asked', async () => {
    const access = new Doors();
    access.why = ({ name }) => (name === 'sub' ? new PythonError('GuardError', '[function] no') : undefined);
    const transport = new MemoryTransport();
    const server = startedLater(transport, { access, allow: ['add', 'sub'] });
    for (const name of ['add', 'sub', 'mul']) server.register(name, () => name, { params: [] });
    await server.start('requests', 'events');
    const client = new RpcClient({ transport });
    onTestFinished(() => client.stop());
    await client.start('requests', 'events');
    expect(await client.call('add')).toBe('add');
    await expect(client.call('sub')).rejects.toMatchObject({ type: 'GuardError', remoteMessage: '[function] no' });
    await expect(client.call('mul')).rejects.toMatchObject({ type: 'KeyError', remoteMessage: "'mul'" });
    expect(access.requests.map(({ name }) => name)).toEqual(['add', 'sub']);
    access.why = () => undefined;
    expect(await client.call('sub')).toBe('sub');
  });

  test('a connection: whom the options refuse, the access control does not see', async () => {
    serverKeys = await generateCurveKeyPair();
    const friend = await generateCurveKeyPair();
    const stranger = await generateCurveKeyPair();
    const access = new Doors();
    const server = await serve({
      access,
      security: { mechanism: 'curve', secretKey: serverKeys.secretKey, clientKeys: [friend.publicKey] },
    });
    const by = (keys: CurveKeyPair): RpcClientOptions => ({
      security: { mechanism: 'curve', serverKey: serverKeys.publicKey, ...keys },
    });
    await (await connect(server, by(friend))).ready();
    const refused = await connect(server, by(stranger));
    await statusOf(refused, (status) => 'detail' in status && status.detail.includes('refused the credentials'));
    expect(new Set(access.asked.map(({ id }) => id))).toEqual(new Set([friend.publicKey]));
    access.who = () => ({ refused: 'no more' });
    const late = await connect(server, by(friend));
    await statusOf(late, (status) => 'detail' in status && status.detail.includes('refused the credentials'));
  });

  test('an address that the options refuse is refused before its handshake', async () => {
    const access = new Doors();
    const server = await serve({ access, allowAddresses: ['192.0.2.1'] });
    await connect(server);
    await eventually(() => {
      expect(server.stats().denied).toBeGreaterThan(1);
    });
    expect(access.asked).toEqual([]);
  });
});

test('who calls is told by the built-in access control, too', async () => {
  serverKeys = await generateCurveKeyPair();
  clientKeys = await generateCurveKeyPair();
  for (const [way, principal] of [
    [WAYS[0], 'local'],
    [WAYS[1], 'ann'],
    [WAYS[2], clientKeys.publicKey],
  ] as const) {
    const server = await serve(guarded(way?.server(), {}), (made) => {
      made.register('who', (context: CallContext) => ({ ...context }), { params: [], context: true });
    });
    const client = await connect(server, secure(way?.client()));
    expect(await client.call('who')).toEqual({ principal, address: '127.0.0.1' });
  }
});

describe('a handler with `context`', () => {
  const shapes = [
    { params: ['a', 'b?'], args: [1], kwargs: {}, got: [1, undefined] },
    { params: ['a', 'b?'], args: [1], kwargs: { b: 2 }, got: [1, 2] },
    { params: [], args: [], kwargs: {}, got: [] },
    { params: ['a?', '*rest'], args: [], kwargs: {}, got: [undefined] },
    { params: ['a', '*rest', 'key?'], args: [1, 2, 3], kwargs: {}, got: [1, undefined, 2, 3] },
    { params: ['a?', '**kwargs'], args: [], kwargs: { x: 1 }, got: [undefined, { x: 1 }] },
  ];

  test.each(shapes)('gets it last: $params called with $args $kwargs', async ({ params, args, kwargs, got }) => {
    const transport = new MemoryTransport();
    const seen = vi.fn();
    const server = startedLater(transport).register('f', (...all: unknown[]) => seen(...all) as unknown, {
      params,
      context: true,
    });
    await server.start('requests', 'events');
    const client = new RpcClient({ transport });
    onTestFinished(() => client.stop());
    await client.start('requests', 'events');
    await client.call('f', args, { kwargs });
    expect(seen.mock.calls).toEqual([[...got, { principal: 'local', address: '' }]]);
    expect(Object.isFrozen(seen.mock.lastCall?.at(-1))).toBe(true);
  });

  test('cannot be given another by its caller', async () => {
    expect(() => new RpcServer().register('f', () => 1, { context: true })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining('params') as string }),
    );
    const transport = new MemoryTransport();
    const server = startedLater(transport).register('f', (_a: unknown, context: unknown) => context, {
      params: ['a'],
      context: true,
    });
    await server.start('requests', 'events');
    const client = new RpcClient({ transport });
    onTestFinished(() => client.stop());
    await client.start('requests', 'events');
    await expect(client.call('f', [1, { principal: 'admin', address: '' }])).rejects.toMatchObject({
      type: 'TypeError',
    });
  });
});

describe('an access control that fails', () => {
  const broken = (): never => {
    throw new Error('a broken rule');
  };
  const answers = {
    throws: broken,
    'gives nothing': () => undefined,
    'gives an empty name': () => ({ principal: '' }),
    'gives both': () => ({ principal: 'desk-1', refused: true }),
    'gives a promise': () => Promise.reject(new Error('too late')),
  };

  test.each(Object.entries(answers))('lets nobody in: it %s', async (_, answer) => {
    const access = new Doors();
    access.admit = answer as unknown as Doors['admit'];
    const { logger, lines } = logged();
    const server = await serve({ access, logger });
    await connect(server);
    await eventually(() => {
      expect(server.stats().denied).toBeGreaterThan(2);
    });
    expect(lines).toEqual([
      expect.stringMatching(/^connection from 127\.0\.0\.1 refused: the access control failed \(/),
    ]);
    expect(access.gone).toBe(0);
  });

  test.each([
    ['throws', broken],
    ['gives a text', () => 'no'],
    ['gives null', () => null],
    ['gives a promise', () => Promise.reject(new Error('too late'))],
  ])('runs nothing: it %s', async (_, decide) => {
    const access = new Doors();
    access.decide = decide as unknown as Doors['decide'];
    const { logger, lines } = logged();
    const transport = new MemoryTransport();
    const run = vi.fn();
    const server = startedLater(transport, { access, logger }).register('f', run as () => unknown, { params: [] });
    await server.start('requests', 'events');
    const client = new RpcClient({ transport });
    onTestFinished(() => client.stop());
    await client.start('requests', 'events');
    await expect(client.call('f')).rejects.toMatchObject({ type: 'PermissionError' });
    expect(run).not.toHaveBeenCalled();
    expect(lines).toEqual([expect.stringContaining('the access control failed at a request of local')]);
  });

  test('at the end of a connection costs nobody anything', async () => {
    const access = new Doors();
    access.closed = broken;
    const { logger, lines } = logged();
    const transport = new MemoryTransport();
    const server = startedLater(transport, { access, logger });
    await server.start('requests', 'events');
    const client = new RpcClient({ transport });
    await client.start('requests', 'events');
    await client.ready();
    await client.stop();
    await server.stop();
    expect(lines).toEqual([expect.stringContaining('at the end of a connection: a broken rule')]);
  });
});

describe('a connection that is dropped', () => {
  test.each(['tcp', 'memory'])('has what waits discarded, and loses the answer of what runs: %s', async (kind) => {
    const access = new Doors();
    const { logger, lines } = logged();
    const transport: RpcServerOptions & RpcClientOptions =
      kind === 'memory' ? { transport: new MemoryTransport() } : {};
    const running = new Gate();
    const release = new Gate();
    const runs: number[] = [];
    const server = new RpcServer({ access, logger, ...transport });
    onTestFinished(() => server.stop());
    server.register(
      'slow',
      async (number: number) => {
        runs.push(number);
        running.open();
        await release.opened;
      },
      { params: ['number'] },
    );
    await (kind === 'memory' ? server.start('requests', 'events') : server.start(LOCAL, LOCAL));
    const client = await connect(server, transport);
    await client.ready();
    const calls = [1, 2, 3, 4, 5].map((number) => client.call('slow', [number]).catch((error: unknown) => error));
    await running.opened;
    await eventually(() => {
      expect(server.stats().pending).toBe(5);
    });
    access.who = () => ({ refused: 'revoked', retry: true });
    for (const peer of [...access.inside]) {
      peer.drop('its key was revoked');
      peer.drop('again');
    }
    expect(server.stats()).toMatchObject({ pending: 1, discarded: 4 });
    expect(access).toMatchObject({ gone: 2, faults: [] });
    for (const error of await Promise.all(calls))
      expect(error).toMatchObject({ code: 'DISCONNECTED', outcome: 'unknown' });
    release.open();
    await eventually(() => {
      expect(server.stats()).toMatchObject({ pending: 0, clients: 0, undeliverable: 1 });
    });
    expect(runs).toEqual([1]);
    const about = kind === 'memory' ? 'this machine' : '127.0.0.1';
    expect(lines.filter((line) => line.includes('ended'))).toEqual([
      `a connection of local from ${about} was ended: its key was revoked`,
    ]);
  });
});

describe('what is published to some', () => {
  const NAMES = ['desk-1', 'desk-2', 'screen'];

  test.each(['plain', 'curve'] as const)('reaches their subscribers alone, in both formats: %s', async (mechanism) => {
    serverKeys = await generateCurveKeyPair();
    const people = await Promise.all(NAMES.map(async (name) => ({ name, keys: await generateCurveKeyPair() })));
    const names = new Map(people.map(({ name, keys }) => [keys.publicKey, name]));
    const access = new Doors();
    access.who = ({ id = '' }) => ({ principal: names.get(id) ?? id });
    const security: ServerSecurity =
      mechanism === 'curve'
        ? { mechanism, secretKey: serverKeys.secretKey }
        : { mechanism, users: Object.fromEntries(NAMES.map((name) => [name, 'right'])) };
    const server = await serve({ access, security });
    const listeners = await Promise.all(
      people.flatMap(({ name, keys }) =>
        (['topicFrame', 'pair', 'pair'] as const).map(async (format) => {
          const client = await connect(
            server,
            {
              security:
                mechanism === 'curve'
                  ? { mechanism, serverKey: serverKeys.publicKey, ...keys }
                  : { mechanism, username: name, password: 'right' },
            },
            format,
          );
          const heard: unknown[] = [];
          client.on('event', ({ data }) => void heard.push(data));
          client.subscribe('');
          return { name, heard };
        }),
      ),
    );
    await eventually(() => {
      server.publish('topic', 'sync');
      for (const { heard } of listeners) expect(heard).toContain('sync');
    });
    const random = seededRandom(5);
    const asked = vi.fn();
    const wanted = new Map<string, unknown[]>(NAMES.map((name) => [name, []]));
    for (let number = 0; number < 300; number++) {
      const to = new Set(NAMES.filter(() => random() < 0.5));
      for (const name of NAMES) if (number % 7 === 0 || to.has(name)) wanted.get(name)?.push(number);
      if (number % 7 === 0) {
        server.publish('topic', number);
      } else {
        server.publish('topic', number, {
          to: (principal) => {
            asked(number, principal);
            return to.has(principal);
          },
        });
      }
    }
    server.publish('topic', 'end');
    await eventually(() => {
      for (const { heard } of listeners) expect(heard.at(-1)).toBe('end');
    });
    for (const { name, heard } of listeners)
      expect(heard.filter((data) => typeof data === 'number')).toEqual(wanted.get(name));
    // Once for each event and principal, whatever the number of connections.
    const questions = asked.mock.calls.map((call) => call.join());
    expect(questions).toHaveLength(new Set(questions).size);
    expect(questions).toHaveLength(NAMES.length * 257);
  });

  test('does not reach those about whom the question fails, and reaches all with heartbeats', async () => {
    const { logger, lines } = logged();
    const transport = new MemoryTransport();
    const access = new Doors();
    access.who = ({ endpoint }) => ({ principal: endpoint });
    const server = startedLater(transport, { access, logger, heartbeatInterval: 20 });
    await server.start('requests', 'a');
    await server.listen({ publish: 'b' });
    const clients = await Promise.all(
      ['a', 'b'].map(async (events) => {
        const client = new RpcClient({ transport });
        onTestFinished(() => client.stop());
        await client.start('requests', events);
        await client.ready();
        const heard: unknown[] = [];
        client.on('event', ({ data }) => void heard.push(data));
        client.subscribe('');
        return { client, heard };
      }),
    );
    const to = (principal: string): boolean => {
      if (principal === 'a') throw new Error('a broken view');
      return true;
    };
    server.publish('x', 1, { to });
    server.publish('x', 2, { to: () => 1 as unknown as boolean });
    server.publish('x', 3);
    await eventually(() => {
      for (const { heard } of clients) expect(heard).toContain(3);
    });
    expect(clients.map(({ heard }) => heard.filter((data) => [1, 2].includes(data as number)))).toEqual([[], [1]]);
    expect(lines).toEqual([
      'whether a gets an event could not be decided: a broken view',
      expect.stringContaining('whether a gets an event could not be decided: to() gave 1'),
      expect.stringContaining('whether b gets'),
    ]);
    const before = server.stats().heartbeats;
    await eventually(() => {
      expect(server.stats().heartbeats).toBeGreaterThan(before + 1);
    });
  });
});

test('who has no connection for events any more is not asked about', async () => {
  const transport = new MemoryTransport();
  const access = new Doors();
  access.who = ({ endpoint }) => ({ principal: endpoint });
  const server = startedLater(transport, { access });
  await server.start('requests', 'a');
  await server.listen({ publish: 'b' });
  const clients = await Promise.all(
    ['a', 'a', 'b'].map(async (events) => {
      const client = new RpcClient({ transport });
      onTestFinished(() => client.stop());
      await client.start('requests', events);
      await client.ready();
      return client;
    }),
  );
  const asked = (): string[] => {
    const names: string[] = [];
    server.publish('x', 1, { to: (principal) => names.push(principal) > 0 });
    return names.sort();
  };
  expect(asked()).toEqual(['a', 'b']);
  await clients[0]?.stop();
  expect(asked()).toEqual(['a', 'b']);
  await clients[1]?.stop();
  expect(asked()).toEqual(['b']);
  await clients[2]?.stop();
  expect(asked()).toEqual([]);
});

describe('a transport that cannot tell who sent a message', () => {
  const silent: Transport = {
    openClient: () => Promise.reject(new Error()),
    openServer: () => Promise.reject(new Error()),
  };

  test.each([['zeromq', "the transport 'zeromq'"] as const, [silent, 'this transport'] as const])(
    'is refused with an access control: %s',
    (transport, name) => {
      expect(() => new RpcServer({ access: new Doors(), transport })).toThrow(
        expect.objectContaining({
          code: 'BAD_OPTION',
          message: expect.stringContaining(`${name} cannot tell who sent a message`) as string,
        }),
      );
    },
  );

  test('is taken where the access control does not need to know, and publishes to all only', async () => {
    const access = Object.assign(new Doors(), { needsPeers: false });
    const server = await serve({ access, transport: 'zeromq' }, (made) => {
      made.register('who', (context: CallContext) => ({ ...context }), { params: [], context: true });
    });
    const client = await connect(server);
    expect(await client.call('who')).toEqual({ principal: '', address: '' });
    expect(access.asked).toEqual([]);
    expect(access.requests).toContainEqual(expect.objectContaining({ name: 'who', principal: '', address: '' }));
    access.why = () => new PythonError('GuardError', '[function] no');
    await expect(client.call('who')).rejects.toMatchObject({ type: 'GuardError' });
    expect(() => {
      server.publish('x', 1, { to: () => true });
    }).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
  });
});

describe('further addresses', () => {
  test('are served as the first ones, tell where a peer has come to, and close with the server', async () => {
    const access = new Doors();
    access.who = ({ endpoint }) => ({ principal: endpoint });
    const release = new Gate();
    const server = await serve({ access }, (made) => {
      made.register('who', async ({ principal }: CallContext) => (await release.opened, principal), {
        params: [],
        context: true,
      });
    });
    const more = await server.listen({ reply: LOCAL, publish: { topicFrame: LOCAL, pair: LOCAL } });
    const far = new RpcClient({ timeout: 20_000 });
    onTestFinished(() => far.stop());
    await far.start(more.reply ?? '', more.pair ?? '');
    const near = await connect(server);
    await Promise.all([near.ready(), far.ready()]);
    // Both are the first client of their socket: their answers must not be exchanged, nor one wait for the other.
    const calls = [near.call('who'), far.call('who')];
    await eventually(() => {
      expect(server.stats().clients).toBe(2);
    });
    release.open();
    expect(await Promise.all(calls)).toEqual([server.addresses?.reply, more.reply]);
    const heard: unknown[] = [];
    far.on('event', ({ data }) => void heard.push(data));
    far.subscribe('');
    await eventually(() => {
      server.publish('x', 1);
      expect(heard).toContain(1);
    });
    expect(new Set(access.asked.map(({ endpoint }) => endpoint))).toEqual(
      new Set([server.addresses?.reply, server.addresses?.topicFrame, more.reply, more.pair]),
    );
    await server.stop();
    expect(access.inside.size).toBe(0);
    await server.start(more.reply, more.pair);
  });

  test('have clients of their own, also where the transport tells only identities, which may be the same', () => {
    const answers: string[] = [];
    const dispatcher = new Dispatcher({
      maxPending: 10,
      maxPendingPerClient: 10,
      run: () => new Promise(() => undefined),
      refuse: (reason) => Buffer.from(reason),
      onError: () => undefined,
    });
    for (const name of ['1 ', '2 ']) {
      for (const body of [Uint8Array.of(1), Uint8Array.of(2)]) {
        const source = { name, answer: () => Promise.resolve(answers.push(name) > 0) };
        dispatcher.add({ source, envelope: [Buffer.from('id'), new Uint8Array()], body, caller: undefined });
      }
    }
    expect(dispatcher).toMatchObject({ clients: 2, pending: 4 });
  });

  test('are bound together or not at all', async () => {
    const server = await serve({});
    const free = await freeAddress();
    await expect(server.listen({ reply: server.addresses?.reply ?? '', publish: free })).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
    });
    expect(await server.listen({ reply: free })).toEqual({ reply: free, topicFrame: undefined, pair: undefined });
  });

  test('that are being bound keep a stop waiting, so that they are free after it', async () => {
    const inner = new MemoryTransport();
    const asked = new Gate();
    const allowed = new Gate();
    const transport: Transport = {
      openClient: (options) => inner.openClient(options),
      openServer: async (options) => {
        const sockets = await inner.openServer(options);
        return {
          ...sockets,
          bindReply: async (address, gate) => {
            if (address === 'more') {
              asked.open();
              await allowed.opened;
            }
            return sockets.bindReply(address, gate);
          },
        };
      },
    };
    const server = new RpcServer({ transport });
    await server.start('requests', 'events');
    const late = expect(server.listen({ reply: 'more' })).rejects.toMatchObject({ code: 'NOT_STARTED' });
    await asked.opened;
    let isStopped = false;
    const stopped = server.stop().then(() => {
      isStopped = true;
    });
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    allowed.open();
    await stopped;
    await late;
    await startedLater(inner).start('more', 'events');
  });

  test('are for a server that runs, and have to be some', async () => {
    const server = new RpcServer();
    onTestFinished(() => server.stop());
    await expect(server.listen({ reply: LOCAL })).rejects.toMatchObject({ code: 'NOT_STARTED' });
    const starting = server.start(LOCAL, LOCAL);
    const listening = server.listen({ publish: LOCAL });
    await starting;
    expect((await listening).topicFrame).toMatch(/^tcp:/);
    await expect(server.listen({})).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(server.listen({ publish: {} })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    const late = expect(server.listen({ reply: LOCAL })).rejects.toMatchObject({ code: 'NOT_STARTED' });
    await server.stop();
    await late;
    await expect(server.listen({ reply: LOCAL })).rejects.toMatchObject({ code: 'NOT_STARTED' });
  });
});
