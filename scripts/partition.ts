/**
 * `npm run partition`: what becomes of a request when the network, the server's process or its only thread stands still.
 *
 * - The network is cut while a request is under way, for 2, 8 and 30 s, and the client gives the connection up. The server must
 *   never execute the request.
 * - The server is stopped around an order, for as long. Outcome and `findOrder` must say what the server did.
 * - A handler is busy, with requests queued behind it. `findOrder` must wait for them.
 *
 * Needs Linux's `unshare` and `ip`, and no rights: the network is one of its own, with a loopback interface that can be taken
 * down. It takes some three minutes, and is no part of `make test`, because not every machine lets a user have a network.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RpcCallError, RpcClient } from 'vnpy-bridge/rpc';
import {
  Direction,
  Exchange,
  GatewayError,
  Offset,
  OrderRequest,
  OrderType,
  RpcGateway,
  SendOrderError,
} from 'vnpy-bridge/vnpy';
import { launchPeer } from '../interop/support/peer.js';

/** How long things stand still, in ms. */
const HOLDS = [2000, 8000, 30_000];
/** Silence after which a client gives its connection up, in ms. */
const TOLERANCE = 1000;
/** The longest pause between two attempts of TCP after the longest hold, and some more. */
const WATCH = 20_000;

const network = (state: 'up' | 'down'): void => {
  execFileSync('ip', ['link', 'set', 'lo', state]);
  console.log(`the network is ${state}`);
};

const INSIDE = '--inside';

if (process.platform !== 'linux') {
  console.error(`npm run partition needs Linux: it cuts a network of its own, which ${process.platform} cannot make.`);
  process.exit(1);
}
if (!process.argv.includes(INSIDE)) {
  const again = [process.execPath, fileURLToPath(import.meta.url), INSIDE];
  const { status, error } = spawnSync('unshare', ['-rn', ...again], { stdio: 'inherit' });
  if (error !== undefined) console.error(`npm run partition needs the program unshare (util-linux): ${error.message}`);
  process.exit(status ?? 1);
}

/** What failed. */
const faults: string[] = [];

function check(isRight: boolean, text: string): void {
  console.log(`  ${isRight ? 'ok' : 'FAILED'}: ${text}`);
  if (!isRight) faults.push(text);
}

const outcomeOf = (error: unknown): string =>
  error instanceof RpcCallError || error instanceof SendOrderError ? error.outcome : String(error);

/** A request that is under way when the network goes. */
async function cutNetwork(hold: number): Promise<void> {
  console.log(`the network is away for ${hold / 1000} s`);
  await using server = await launchPeer({ script: 'rpc_server', vnpy: '4.5' });
  await using client = new RpcClient({ heartbeat: { tolerance: TOLERANCE } });
  await client.start(server.addresses.request, server.addresses.publish);
  await client.ready();
  await client.call('execute', ['before']);
  network('down');
  const back = delay(hold);
  const lost = await client.call('execute', ['lost']).catch(outcomeOf);
  check(lost === 'unknown', `the outcome of the request is ${String(lost)}`);
  await back;
  network('up');
  await client.ready();
  await once(AbortSignal.timeout(WATCH), 'abort');
  const executed = JSON.stringify(await client.call('executed', ['execute']));
  check(!executed.includes('lost'), 'what had not left this machine was never executed');
}

/** Sends an order that is not answered in time, and compares what findOrder says with what the server did. */
async function order(gateway: RpcGateway, wake: () => Promise<unknown>, price: number): Promise<void> {
  const reference = `partition ${price}`;
  const request = new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    price,
    volume: 1,
    reference,
  });
  const outcome = await gateway.sendOrder(request, { timeout: 1000 }).catch(outcomeOf);
  check(outcome === 'unknown', `the outcome of the order is ${outcome}`);
  await wake();
  await gateway.client.ready();
  const found = await gateway
    .findOrder(reference)
    .then((known) => (known === undefined ? 'none' : 'found'))
    .catch((error: unknown) => (error instanceof GatewayError ? error.code : String(error)));
  // Long enough for whatever had been taken before.
  await once(AbortSignal.timeout(WATCH / 4), 'abort');
  const orders = await gateway.client.call<readonly { readonly reference: string }[]>('get_all_orders');
  const there = orders.filter((known) => known.reference === reference).length;
  const isTrue = found === 'found' ? there === 1 : found === 'none' ? there === 0 : there <= 1;
  check(isTrue, `findOrder says ${found}, and the server has ${there}`);
}

async function stopServer(hold: number): Promise<void> {
  console.log(`the server's process is stopped for ${hold / 1000} s`);
  await using server = await launchPeer({ script: 'vnpy_server', vnpy: '4.5' });
  await using gateway = new RpcGateway({ heartbeat: { tolerance: TOLERANCE } });
  await gateway.connect(server.addresses.request, server.addresses.publish);
  server.pause();
  // A signal takes a moment on a busy machine: an order that is answered before it would not be uncertain.
  while (!readFileSync(`/proc/${server.pid}/stat`, 'latin1').includes(') T ')) await delay(1);
  const wake = async (): Promise<void> => {
    await delay(hold);
    server.resume();
  };
  await order(gateway, wake, 3200);
}

async function keepBusy(): Promise<void> {
  console.log('a handler is busy for 4 s, with requests queued behind it');
  await using server = await launchPeer({ script: 'vnpy_server', vnpy: '4.5' });
  await using gateway = new RpcGateway();
  await gateway.connect(server.addresses.request, server.addresses.publish);
  await server.command('eval', {
    code: "rpc_engine.server.register(type('F', (), {'__name__': 'nap', '__call__': lambda self: __import__('time').sleep(4)})())",
  });
  const nap = gateway.client.call('nap').catch(outcomeOf);
  const queued = Array.from({ length: 10 }, () => gateway.client.call('get_all_accounts').catch(outcomeOf));
  await order(gateway, () => Promise.all([nap, ...queued]), 3201);
}

network('up');
for (const hold of HOLDS) await cutNetwork(hold);
for (const hold of HOLDS) await stopServer(hold);
await keepBusy();
console.log(faults.length === 0 ? 'all of it is as it must be' : `${faults.length} FAILED`);
process.exitCode = faults.length === 0 ? 0 : 1;
