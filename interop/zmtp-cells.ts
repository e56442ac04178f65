/**
 * The sockets of src/zmtp against those of a real libzmq, pair by pair: python-fixtures/libzmq_cells.py has the other end.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  connectDealer,
  connectSub,
  encodeZ85,
  newKeyPair,
  PubSocket,
  RouterSocket,
  secretBytes,
} from '../src/zmtp/index.js';
import type { ClientEvents, ClientOptions, Endpoint, PingOptions, ServerOptions } from '../src/zmtp/index.js';
import { deferred } from '../tests/support/deferred.js';
import { repositoryRoot } from './support/index.js';

/** This side's socket, and libzmq's. This side connects as DEALER and SUB, and binds as ROUTER and PUB. */
export const PAIRS = [
  'DEALER-REP',
  'DEALER-ROUTER',
  'SUB-PUB',
  'SUB-XPUB',
  'ROUTER-REQ',
  'ROUTER-DEALER',
  'PUB-SUB',
  'PUB-XSUB',
] as const;
export const MECHANISMS = ['NULL', 'PLAIN', 'CURVE'] as const;
export type Pair = (typeof PAIRS)[number];
export type MechanismName = (typeof MECHANISMS)[number];

/** The messages of a cell, by the sizes of their parts in bytes. */
const MESSAGES: readonly (readonly number[])[] = [
  [1],
  [0],
  [255],
  [256],
  [70_000],
  [3_000_000],
  [0, 0, 0],
  [5, 0, 255, 256, 1],
  Array.from({ length: 100 }, (_, index) => index),
];
const SYNC = Buffer.from('sync');
const PING: PingOptions = { interval: 10_000, timeout: 30_000 };
/** How often what may come before the subscription is published, ms. */
const SYNC_INTERVAL = 20;

/** Options of libzmq by their numbers (zmq.h). */
const OPTION = {
  SUBSCRIBE: 6,
  PLAIN_SERVER: 44,
  PLAIN_USERNAME: 45,
  PLAIN_PASSWORD: 46,
  CURVE_SERVER: 47,
  CURVE_PUBLICKEY: 48,
  CURVE_SECRETKEY: 49,
  CURVE_SERVERKEY: 50,
} as const;
type ForeignOptions = readonly (readonly [option: number, value: number | string])[];

interface Answer {
  readonly error?: string;
  readonly endpoint?: string;
  readonly messages?: readonly (readonly string[])[];
}

/** A process with a libzmq. */
export class Libzmq {
  readonly #child;
  readonly #lines;

  /** @param folder - Of an unpacked wheel of pyzmq, or the site-packages of one that is installed. */
  constructor(python: string, folder: string) {
    const script = join(repositoryRoot(), 'python-fixtures', 'libzmq_cells.py');
    this.#child = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Its version, once it can be used. */
  async ready(): Promise<string> {
    const { libzmq, curve } = await this.#line<{ libzmq: string; curve: boolean }>();
    if (!curve) throw new Error(`libzmq ${libzmq} was built without CURVE`);
    return libzmq;
  }

  async ask(op: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify({ op, ...args })}\n`);
    const answer = await this.#line<Answer>();
    if (answer.error !== undefined) throw new Error(`${op} of libzmq: ${answer.error}`);
    return answer;
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }

  async #line<T>(): Promise<T> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error('the process with libzmq has ended');
    return JSON.parse(next.value) as T;
  }
}

const body = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => size + index);
const messages = MESSAGES.map((sizes) => sizes.map(body));

function described(parts: readonly Uint8Array[]): string[] {
  return parts.map((part) => `${part.length}:${createHash('sha1').update(part).digest('hex').slice(0, 8)}`);
}

/** What each cell has to say of its messages. */
export const EXPECTED: readonly (readonly string[])[] = messages.map(described);

const server = newKeyPair();
const client = newKeyPair();
const CLIENT = {
  NULL: { mechanism: 'NULL' },
  PLAIN: { mechanism: 'PLAIN', username: 'ann', password: 'secret' },
  CURVE: { mechanism: 'CURVE', serverKey: server.publicKey, secretKey: secretBytes(client) },
} as const;
const SERVER = {
  NULL: { mechanism: 'NULL' },
  PLAIN: { mechanism: 'PLAIN', accepts: (user: string, password: string) => user === 'ann' && password === 'secret' },
  CURVE: {
    mechanism: 'CURVE',
    secretKey: secretBytes(server),
    accepts: (key: string) => key === encodeZ85(client.publicKey),
  },
} as const;
const FOREIGN_CLIENT: Readonly<Record<MechanismName, ForeignOptions>> = {
  NULL: [],
  PLAIN: [
    [OPTION.PLAIN_USERNAME, 'ann'],
    [OPTION.PLAIN_PASSWORD, 'secret'],
  ],
  CURVE: [
    [OPTION.CURVE_SERVERKEY, encodeZ85(server.publicKey)],
    [OPTION.CURVE_PUBLICKEY, encodeZ85(client.publicKey)],
    [OPTION.CURVE_SECRETKEY, encodeZ85(secretBytes(client))],
  ],
};
const FOREIGN_SERVER: Readonly<Record<MechanismName, ForeignOptions>> = {
  NULL: [],
  PLAIN: [[OPTION.PLAIN_SERVER, 1]],
  CURVE: [
    [OPTION.CURVE_SERVER, 1],
    [OPTION.CURVE_SECRETKEY, encodeZ85(secretBytes(server))],
  ],
};

/** Tries a pair. Returns what each message was at its end, {@link EXPECTED} when all is well. */
export async function tryCell(
  libzmq: Libzmq,
  pair: Pair,
  mechanism: MechanismName,
  transport: 'tcp' | 'ipc' = 'tcp',
): Promise<readonly (readonly string[])[]> {
  const [own, foreign = ''] = pair.split('-');
  try {
    if (own === 'DEALER' || own === 'SUB') {
      const { endpoint = '' } = await libzmq.ask('open', {
        kind: foreign,
        options: FOREIGN_SERVER[mechanism],
        bind: transport === 'ipc' ? 'ipc://*' : 'tcp://127.0.0.1:*',
      });
      const options: ClientOptions = {
        endpoint: endpoint.startsWith('ipc://')
          ? { transport: 'ipc', path: endpoint.slice('ipc://'.length) }
          : { transport: 'tcp', host: '127.0.0.1', port: Number(new URL(endpoint).port) },
        security: CLIENT[mechanism],
        connectTimeout: 20_000,
        ping: PING,
      };
      return await (own === 'DEALER' ? askLibzmq(libzmq, options, foreign === 'REP') : hearLibzmq(libzmq, options));
    }
    const options: ServerOptions = {
      endpoint: transport === 'ipc' ? { transport, path: '*' } : { transport, host: '127.0.0.1', port: 0 },
      security: SERVER[mechanism],
      ping: PING,
      highWaterMark: 1000,
    };
    const open = async (endpoint: Endpoint): Promise<void> => {
      const connect = endpoint.transport === 'tcp' ? `tcp://127.0.0.1:${endpoint.port}` : `ipc://${endpoint.path}`;
      const subscribed = foreign === 'SUB' ? [[OPTION.SUBSCRIBE, '']] : [];
      await libzmq.ask('open', { kind: foreign, options: [...FOREIGN_CLIENT[mechanism], ...subscribed], connect });
    };
    return await (own === 'ROUTER' ? answerLibzmq(libzmq, options, open) : tellLibzmq(libzmq, options, open));
  } finally {
    await libzmq.ask('close');
  }
}

/** Connects, and gathers so many messages. */
class Gathering {
  readonly events: ClientEvents;
  readonly opened: Promise<void>;
  /** What has come; fails when the connection ends. */
  readonly gathered: Promise<readonly (readonly string[])[]>;

  constructor(count: number) {
    const opened = deferred<undefined>();
    const gathered = deferred<readonly (readonly string[])[]>();
    const found: string[][] = [];
    this.opened = opened.promise;
    this.gathered = gathered.promise;
    this.gathered.catch(() => undefined);
    this.events = {
      opened: () => {
        opened.resolve(undefined);
      },
      message: (parts) => {
        if (parts.length === 1 && SYNC.equals(parts[0] ?? SYNC.subarray(1))) return;
        found.push(described(parts));
        if (found.length === count) gathered.resolve(found);
      },
      closed: ({ error }) => {
        opened.reject(error);
        gathered.reject(error);
      },
    };
  }
}

async function askLibzmq(libzmq: Libzmq, options: ClientOptions, hasEnvelope: boolean): Promise<readonly string[][]> {
  const { events, opened, gathered } = new Gathering(messages.length);
  const dealer = connectDealer(options, events);
  try {
    await opened;
    const envelope = hasEnvelope ? [new Uint8Array(0)] : [];
    for (const parts of messages) dealer.send([...envelope, ...parts]);
    await libzmq.ask('echo', { count: messages.length });
    return (await gathered).map((parts) => parts.slice(envelope.length));
  } finally {
    dealer.close();
  }
}

async function hearLibzmq(libzmq: Libzmq, options: ClientOptions): Promise<readonly (readonly string[])[]> {
  const { events, opened, gathered } = new Gathering(messages.length);
  const synced = deferred<undefined>();
  const sub = connectSub(options, {
    ...events,
    message: (parts) => {
      synced.resolve(undefined);
      events.message(parts);
    },
  });
  try {
    sub.subscribe(new Uint8Array(0));
    await opened;
    const later = (): Promise<true> => new Promise((resolve) => setTimeout(resolve, SYNC_INTERVAL, true));
    do await libzmq.ask('sync');
    while ((await Promise.race([synced.promise, gathered, later()])) === true);
    await libzmq.ask('send', { messages: MESSAGES });
    return await gathered;
  } finally {
    sub.close();
  }
}

async function answerLibzmq(
  libzmq: Libzmq,
  options: ServerOptions,
  open: (endpoint: Endpoint) => Promise<void>,
): Promise<readonly (readonly string[])[]> {
  const router = new RouterSocket(options, {
    message: ({ id }, parts) => {
      router.send(id, parts);
    },
  });
  try {
    await open(await router.listen());
    return (await libzmq.ask('ask', { messages: MESSAGES })).messages ?? [];
  } finally {
    await router.close(0);
  }
}

async function tellLibzmq(
  libzmq: Libzmq,
  options: ServerOptions,
  open: (endpoint: Endpoint) => Promise<void>,
): Promise<readonly (readonly string[])[]> {
  const pub = new PubSocket(options);
  const syncs = setInterval(() => pub.send([SYNC]), SYNC_INTERVAL);
  try {
    await open(await pub.listen());
    await libzmq.ask('receive_sync');
    clearInterval(syncs);
    for (const parts of messages) pub.send(parts);
    return (await libzmq.ask('receive_all', { count: messages.length })).messages ?? [];
  } finally {
    clearInterval(syncs);
    await pub.close(0);
  }
}
