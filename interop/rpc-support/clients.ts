import { readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { RpcClient } from 'vnpy-bridge/rpc';
import type { ClientStatus, RpcClientOptions } from 'vnpy-bridge/rpc';
import { PATIENCE } from '../support/index.js';
import type { Peer } from '../support/index.js';

const FAST_TIMEOUT = 10_000;

/** Waits short enough for a test. */
export const FAST: RpcClientOptions = { timeout: FAST_TIMEOUT, reconnect: { initial: 20, max: 100 } };

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
  // A call of this client may have less time than a connection takes.
  await client.ready({ timeout: FAST_TIMEOUT });
  return client;
}

/** Resolves with the first status that fits, the present one included. */
export async function statusOf(client: RpcClient, fits: (status: ClientStatus) => boolean): Promise<ClientStatus> {
  for await (const status of client.statuses()) if (fits(status)) return status;

  throw new Error(`the client ended as ${JSON.stringify(client.status())}`);
}

/** Resolves when all that the server was told to publish is published: each call of `publish` begins a thread of its own. */
export async function published(client: RpcClient): Promise<void> {
  await expect.poll(() => client.call('publishing'), PATIENCE).toBe(false);
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
    if (performance.now() > deadline) throw new Error(`the server has not begun ${name}`);

    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Stops the server's process, and resolves when it stands still: a signal takes a moment. */
export async function paused(server: Peer): Promise<void> {
  server.pause();
  while (!readFileSync(`/proc/${server.pid}/stat`, 'latin1').includes(') T ')) await new Promise(setImmediate);
}
