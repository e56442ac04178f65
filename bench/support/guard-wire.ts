/**
 * Two relays as processes in front of one simulated server, one with a guard and one without, and a client of each.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RpcClient } from 'vnpy-bridge/rpc';
import { PROGRAM, RelayProcess } from '../../interop/support/relay-process.js';
import { freeAddress } from '../../tests/support/free-port.js';

/** The clients, and what ends everything. */
export interface GuardWire {
  readonly guarded: RpcClient;
  readonly unguarded: RpcClient;
  close(): Promise<void>;
}

/** @param folder - for the policy and the state. */
export async function openGuardWire(folder: string, policy: object): Promise<GuardWire> {
  const path = join(folder, 'wire.json');
  writeFileSync(path, JSON.stringify(policy), { mode: 0o600 });
  const server = { request: await freeAddress(), publish: await freeAddress() };
  const args = ['serve', '--simulate', '--request', server.request, '--subscribe', server.publish];
  const market = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ends: (() => unknown)[] = [() => market.kill()];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  const relayed = async (guard: { readonly policy?: string }): Promise<RpcClient> => {
    const own = { request: await freeAddress(), subscribe: await freeAddress(), subscribePair: await freeAddress() };
    const relay = new RelayProcess({ server, own, ...guard });
    ends.push(() => relay.kill());
    await relay.ready;
    const client = new RpcClient();
    ends.push(() => client.stop());
    await client.start(own.request, own.subscribe);
    await client.ready();
    return client;
  };
  try {
    await once(createInterface(market.stdout), 'line');
    return { guarded: await relayed({ policy: path }), unguarded: await relayed({}), close };
  } catch (error) {
    await close();
    throw error;
  }
}
