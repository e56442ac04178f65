/** Who reaches a real nats-server, and what is said to whom it refuses: keys, rights, TLS, and servers that are none. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { NatsOptions } from 'vnpy-bridge/cluster';
import { makeUserKey } from '../src/cluster/admin/keys.js';
import { NatsTransport } from '../src/cluster/transport/nats-transport.js';
import { eventually } from '../tests/support/patience.js';
import { freePort } from './support/index.js';
import { makeCertificate } from './support/certificate.js';
import { NatsServer } from './support/nats-server.js';
import { TcpProxy } from './support/tcp-proxy.js';

const DESK = makeUserKey();
const EDGE = makeUserKey();
const TIMEOUT = 5000;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serverOf(
  config: (place: { readonly listen: string; readonly store: string }) => string,
): Promise<NatsServer> {
  const server = await NatsServer.start(config);
  cleanups.push(() => server.stop());
  return server;
}

async function connect(options: NatsOptions): Promise<NatsTransport> {
  const transport = await NatsTransport.connect({ connectTimeout: 1000, dialTimeout: 1000, ...options });
  cleanups.push(() => transport.close());
  return transport;
}

describe('keys and rights', () => {
  function keyed(): Promise<NatsServer> {
    return serverOf(
      ({ listen, store }) => `
        listen: "${listen}"
        jetstream { store_dir: ${JSON.stringify(store)} }
        authorization { users: [
          { nkey: ${EDGE.publicKey} }
          { nkey: ${DESK.publicKey}, permissions: {
            publish: ["cmd.a.desk.>", "$JS.API.DIRECT.GET.LOG.log.desk"]
            subscribe: ["_IN.desk.>", "ev.a.desk.>"] } }
          { user: "web", password: "secret" }
        ] }`,
    );
  }

  test('a user is known by its key, and hears its answers where nobody else may read', async () => {
    const { url } = await keyed();
    const edge = await connect({ servers: [url], natsKey: EDGE.seed, principal: 'edge' });
    const desk = await connect({ servers: [url], natsKey: DESK.seed, principal: 'desk' });
    expect(desk.server.authRequired).toBe(true);
    expect(desk.inboxPrefix).toBe('_IN.desk');
    edge.subscribe('cmd.>', ({ reply }) => {
      edge.publish(reply ?? '', Buffer.from('done'));
    });
    await edge.flush({ timeout: TIMEOUT });
    const answer = await desk.request('cmd.a.desk.send_order', new Uint8Array(), { timeout: TIMEOUT });
    expect(Buffer.from(answer.payload).toString()).toBe('done');
  });

  test('a key is read from its file', async () => {
    const { url, folder } = await keyed();
    const natsKeyFile = join(folder, 'desk.nk');
    writeFileSync(natsKeyFile, `# of the desk\n${DESK.seed}\n`);
    await connect({ servers: [url], natsKeyFile, principal: 'desk' });
  });

  test('what is not allowed is denied to whoever waits, and told where nobody does', async () => {
    const { url } = await keyed();
    const edge = await connect({ servers: [url], natsKey: EDGE.seed, principal: 'edge' });
    await edge.ensureStream({ name: 'LOG', subjects: ['log.>'], description: '', storage: 'file', replicas: 1 });
    await edge.append('log.desk', Buffer.from('1'), { timeout: TIMEOUT });
    const desk = await connect({ servers: [url], natsKey: DESK.seed, principal: 'desk', streams: [LOG] });
    const refused: string[] = [];
    desk.onRefused((detail) => refused.push(detail));

    expect(await outcome(desk.request('cmd.a.other.send_order', new Uint8Array(), { timeout: 60_000 }))).toBe('DENIED');
    expect(await outcome(desk.append('log.desk', new Uint8Array(), { timeout: 60_000 }))).toBe('DENIED');
    expect(await outcome(desk.last('log.other', { timeout: 60_000 }))).toBe('DENIED');
    expect(await outcome(all(desk.history('log.>', { timeout: 60_000 })))).toBe('DENIED');
    expect(await desk.last('log.desk', { timeout: TIMEOUT })).toMatchObject({ seq: 1 });
    expect(refused).toEqual([]);

    desk.publish('md.a.SHFE.rb', new Uint8Array());
    desk.subscribe('ev.a.other.>', () => undefined);
    await eventually(() => {
      expect(refused).toEqual([containing('md.a.SHFE.rb'), containing('ev.a.other.>')]);
    });
    expect(desk.status().isConnected).toBe(true);
  });

  test.each([
    ['no key', {}],
    ['another key', { natsKey: makeUserKey().seed }],
    ['another password', { user: 'web', password: 'guess' }],
  ])('%s: denied, at once', async (_what, who) => {
    const { url } = await keyed();
    const attempt = connect({ servers: [url], connectTimeout: 60_000, ...who });
    await expect(attempt).rejects.toMatchObject({ code: 'DENIED', message: containing(portOf(url)) });
  });

  test('a name and a password do as well', async () => {
    const { url } = await keyed();
    await connect({ servers: [url], user: 'web', password: 'secret' });
  });

  test.each([
    [{ natsKey: 'SUNOTASEED' }, /natsKey is no seed/],
    [{ natsKeyFile: '/nowhere/desk.nk' }, /cannot be read.*nowhere/],
  ])('a key that is none is told without it: %j', async (who, message) => {
    const attempt = NatsTransport.connect({ servers: ['127.0.0.1:1'], ...who });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(/SUNOTASEED/);
  });
});

describe('TLS', () => {
  test('a server is known by who has signed its certificate', async () => {
    const certificate = makeCertificate();
    cleanups.push(() => {
      certificate[Symbol.dispose]();
    });
    const { url } = await serverOf(
      ({ listen }) => `
        listen: "${listen}"
        tls { cert_file: ${JSON.stringify(certificate.cert)}, key_file: ${JSON.stringify(certificate.key)} }`,
    );
    const address = `tls://127.0.0.1:${portOf(url)}`;
    const desk = await connect({ servers: [address], tls: { caFile: certificate.cert } });
    const heard: string[] = [];
    desk.subscribe('a', ({ payload }) => heard.push(Buffer.from(payload).toString()));
    desk.publish('a', Buffer.from('1'));
    await eventually(() => {
      expect(heard).toEqual(['1']);
    });
    await desk.close();
    await expect(connect({ servers: [address], connectTimeout: 1 })).rejects.toMatchObject({
      code: 'DISCONNECTED',
      message: containing('certificate'),
    });
  });
});

describe('servers that are none', () => {
  test('nobody there: told with the address, in time', async () => {
    const port = await freePort();
    await expect(connect({ servers: [`nats://127.0.0.1:${port}`], connectTimeout: 300 })).rejects.toMatchObject({
      code: 'DISCONNECTED',
      message: containing(String(port)),
    });
  });

  test('the first that answers is taken', async () => {
    const { url } = await serverOf(({ listen }) => `listen: "${listen}"`);
    const dead = await freePort();
    const desk = await connect({ servers: [`127.0.0.1:${dead}`, url], connectTimeout: 20_000 });
    expect(desk.server.address).toBe(`127.0.0.1:${portOf(url)}`);
    expect(desk.server.hasStreams).toBe(false);
    expect(await outcome(desk.append('a', new Uint8Array(), { timeout: TIMEOUT }))).toBe('NO_STREAM');
    expect(await outcome(desk.ensureStream(LOG))).toBe('NO_STREAM');
    expect(await outcome(desk.streams('>'))).toBe('NO_STREAM');
  });

  test.each(['2.10.29', '1.4.0'])('version %s is too old, and it is said why', async (version) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(`INFO ${JSON.stringify({ version, headers: true, max_payload: 1024, proto: 1 })}\r\n`);
      socket.on('data', () => socket.write('PONG\r\n'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    await expect(connect({ servers: [`127.0.0.1:${port}`], connectTimeout: 60_000 })).rejects.toMatchObject({
      code: 'UNSUITABLE',
      message: containing('2.11'),
    });
  });

  test('who is closed while it connects again stays closed', async () => {
    const { url } = await serverOf(({ listen }) => `listen: "${listen}"`);
    const proxy = await TcpProxy.open(Number(portOf(url)));
    cleanups.push(() => proxy[Symbol.asyncDispose]());
    const desk = await connect({ servers: [`127.0.0.1:${proxy.port}`], reconnectWait: 10 });
    proxy.mute();
    proxy.cut();
    await eventually(() => {
      expect(proxy.open).toBe(1);
    });
    await desk.close();
    proxy.release();
    await eventually(() => {
      expect(proxy.open).toBe(0);
    });
    expect(desk.status()).toEqual({ isConnected: false, detail: 'closed' });
  });

  test.each([
    [{ servers: [] }, /one NATS server at least/],
    [{ servers: ['http://127.0.0.1'] }, /item 0 is no address/],
    [{ servers: ['nats://user:secret@127.0.0.1'] }, /item 0 is no address/],
  ])('%j: wrong, and no secret is told', async (options, message) => {
    const attempt = NatsTransport.connect(options);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(/secret/);
  });
});

const LOG = { name: 'LOG', subjects: ['log.>'], description: '', storage: 'file', replicas: 1 } as const;

/** Whatever contains a text. */
function containing(text: string): unknown {
  return expect.stringContaining(text);
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ClusterTransportError) return error.code;
    throw error;
  }
  return 'done';
}

async function all(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const message of messages) expect(message).toBeDefined();
}

function portOf(url: string): string {
  return url.slice(url.lastIndexOf(':') + 1);
}
