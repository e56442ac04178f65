import { onTestFinished } from 'vitest';
import { MemoryTransport } from '../../../src/rpc/memory-transport.js';
import { RpcClient } from '../../../src/rpc/client.js';
import type { RpcClientOptions, RpcServerOptions } from '../../../src/rpc/options.js';
import { RpcServer } from '../../../src/rpc/server.js';
import type { PublishAddress } from '../../../src/rpc/server-addresses.js';
import type { ClientStatus } from '../../../src/rpc/status.js';

export const REQUESTS = 'requests';
export const EVENTS = 'events';

/** Client, server, and the network between them; ended with the test. */
export interface Pair {
  readonly transport: MemoryTransport;
  readonly client: RpcClient;
  readonly server: RpcServer;
}

export interface PairOptions {
  readonly client?: RpcClientOptions;
  readonly server?: RpcServerOptions;
  readonly publish?: PublishAddress;
  /** Called before the server starts. */
  readonly setUp?: (server: RpcServer) => void;
}

/** A connected pair over the memory transport. */
export async function connectedPair(options: PairOptions = {}): Promise<Pair> {
  const transport = new MemoryTransport();
  const server = startedLater(transport, options.server);
  options.setUp?.(server);
  await server.start(REQUESTS, options.publish ?? EVENTS);
  const client = new RpcClient({ transport, ...options.client });
  onTestFinished(() => client.stop());
  await client.start(REQUESTS, EVENTS);
  await client.ready();
  return { transport, client, server };
}

/** A server that is stopped with the test. */
export function startedLater(transport: MemoryTransport, options: RpcServerOptions = {}): RpcServer {
  const server = new RpcServer({ transport, ...options });
  onTestFinished(() => server.stop());
  return server;
}

/** Resolves with the first status that fits. */
export async function statusOf(client: RpcClient, fits: (status: ClientStatus) => boolean): Promise<ClientStatus> {
  for await (const status of client.statuses()) if (fits(status)) return status;

  throw new Error(`the client ended as ${JSON.stringify(client.status())}`);
}

/** A promise that the test settles. */
export class Gate<Value = void> {
  // Set before the constructor returns: a promise runs its executor at once.
  open!: (value: Value) => void;
  readonly opened = new Promise<Value>((resolve) => {
    this.open = resolve;
  });
}

/** Everything that an iterator gives until its end. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);

  return collected;
}
