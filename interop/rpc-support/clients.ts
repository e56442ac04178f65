import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { RpcClient } from 'vnpy-bridge/rpc';
import type { ClientStatus, RpcClientOptions } from 'vnpy-bridge/rpc';
import type { Peer } from '../support/index.js';

/** Waits short enough for a test. */
export const FAST: RpcClientOptions = { timeout: 10_000, reconnect: { initial: 20, max: 100 } };

/** A client that is stopped when the test ends. */
export function newClient(options: RpcClientOptions = {}): RpcClient {
  const client = new RpcClient({ ...FAST, ...options });
  onTestFinished(() => client.stop());
  return client;
}

/** A client of a Python server, connected. */
export async function connectTo(server: Peer, options: RpcClientOptions = {}): Promise<RpcClient> {
  const client = newClient(options);
  await client.start(server.addresses.request, server.addresses.publish);
  await client.ready();
  return client;
}

/** Resolves with the first status that fits, the present one included. */
export async function statusOf(client: RpcClient, fits: (status: ClientStatus) => boolean): Promise<ClientStatus> {
  for await (const status of client.statuses()) {
    if (fits(status)) {
      return status;
    }
  }
  throw new Error(`the client ended as ${JSON.stringify(client.status())}`);
}

/** The uids for which the server has executed `execute`, in order: the judge of what was really done. */
export function executed(server: Peer): unknown[] {
  return server
    .journal()
    .filter(({ name }) => name === 'execute')
    .map(({ args }) => /^\('?(.*?)'?,\)$/.exec(String(args))?.[1]);
}

/** Resolves when the server has begun a function. */
export async function begun(server: Peer, name: string, count = 1): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (server.journal().filter((line) => line['name'] === name).length < count) {
    if (performance.now() > deadline) {
      throw new Error(`the server has not begun ${name}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Stops the server's process, and resolves when it stands still: a signal takes a moment. */
export async function paused(server: Peer): Promise<void> {
  server.pause();
  while (!readFileSync(`/proc/${server.pid}/stat`, 'latin1').includes(') T ')) {
    await new Promise(setImmediate);
  }
}
