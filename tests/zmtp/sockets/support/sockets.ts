/**
 * Sockets for tests, which close with the test, and what they tell.
 *
 * @module
 */
import { onTestFinished } from 'vitest';
import { connectDealer, connectSub, PubSocket, RouterSocket } from '../../../../src/zmtp/index.js';
import type {
  ClientEvents,
  ClientOptions,
  ConnectionEnd,
  DealerConnection,
  Endpoint,
  Peer,
  PubOptions,
  Refusal,
  RouterPeer,
  ServerOptions,
  SubConnection,
} from '../../../../src/zmtp/index.js';
import { HOST } from './raw-peer.js';

/** What happened, one after the other, and a way to wait for more of it. */
export class Log<T> {
  readonly all: T[] = [];
  #watchers: (() => void)[] = [];

  push(entry: T): void {
    this.all.push(entry);
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** The first that is so, once there is one. */
  async first(isIt: (entry: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const found = this.all.find(isIt);
      if (found !== undefined) return found;
      await this.#more();
    }
  }

  /** All, once there are so many. */
  async upTo(count: number): Promise<readonly T[]> {
    while (this.all.length < count) await this.#more();
    return this.all;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push(resolve);
    });
  }
}

/** Waits, turn by turn of the event loop, until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const QUIET = { interval: Infinity, timeout: Infinity };
const texts = (parts: readonly Uint8Array[]): string[] => parts.map((part) => Buffer.from(part).toString('latin1'));

export const SERVED = {
  endpoint: { transport: 'tcp', host: HOST, port: 0 },
  security: { mechanism: 'NULL' },
  ping: QUIET,
  highWaterMark: 1000,
} as const;

/** A PUB that is bound. */
export async function bindPub(
  options: Partial<PubOptions> = {},
): Promise<{ pub: PubSocket; endpoint: Endpoint; refusals: Log<Refusal> }> {
  const refusals = new Log<Refusal>();
  const pub = new PubSocket({
    ...SERVED,
    refused: (refusal) => {
      refusals.push(refusal);
    },
    ...options,
  });
  onTestFinished(() => pub.close(0));
  return { pub, endpoint: await pub.listen(), refusals };
}

/** A message of a ROUTER: parts as latin1. */
export interface Routed {
  readonly peer: RouterPeer;
  readonly parts: readonly string[];
}

export interface Bound {
  readonly router: RouterSocket;
  readonly endpoint: Endpoint;
  readonly opened: Log<RouterPeer>;
  readonly closed: Log<RouterPeer>;
  readonly messages: Log<Routed>;
  readonly refusals: Log<Refusal>;
}

/** A ROUTER that is bound. */
export async function bindRouter(options: Partial<ServerOptions> = {}): Promise<Bound> {
  const opened = new Log<RouterPeer>();
  const closed = new Log<RouterPeer>();
  const messages = new Log<Routed>();
  const refusals = new Log<Refusal>();
  const router = new RouterSocket(
    {
      ...SERVED,
      refused: (refusal) => {
        refusals.push(refusal);
      },
      ...options,
    },
    {
      opened: (peer) => {
        opened.push(peer);
      },
      closed: (peer) => {
        closed.push(peer);
      },
      message: (peer, parts) => {
        messages.push({ peer, parts: texts(parts) });
      },
    },
  );
  onTestFinished(() => router.close(0));
  return { router, endpoint: await router.listen(), opened, closed, messages, refusals };
}

/** What a client's connection tells. */
export class ClientLog implements ClientEvents {
  readonly peers = new Log<Peer>();
  readonly messages = new Log<readonly string[]>();
  readonly ends = new Log<ConnectionEnd>();

  opened(peer: Peer): void {
    this.peers.push(peer);
  }
  message(parts: readonly Uint8Array[]): void {
    this.messages.push(texts(parts));
  }
  closed(end: ConnectionEnd): void {
    this.ends.push(end);
  }
}

const CONNECTED = { security: { mechanism: 'NULL' }, connectTimeout: 10_000, ping: QUIET } as const;

export function dealer(
  endpoint: Endpoint,
  options: Partial<ClientOptions> = {},
): { dealer: DealerConnection; log: ClientLog } {
  const log = new ClientLog();
  const connection = connectDealer({ endpoint, ...CONNECTED, ...options }, log);
  onTestFinished(() => {
    connection.close();
  });
  return { dealer: connection, log };
}

export function sub(endpoint: Endpoint, options: Partial<ClientOptions> = {}): { sub: SubConnection; log: ClientLog } {
  const log = new ClientLog();
  const connection = connectSub({ endpoint, ...CONNECTED, ...options }, log);
  onTestFinished(() => {
    connection.close();
  });
  return { sub: connection, log };
}
