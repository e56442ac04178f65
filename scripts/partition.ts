/**
 * `npm run partition`: cuts the network while a request is under way, until the client has given the connection up, and looks
 * whether the server executes the request once the network is back. Needs Linux's `unshare` and `ip`, and no rights: the
 * network is one of its own, with a loopback interface that can be taken down.
 *
 * It takes half a minute, and is no part of `make test`, because not every machine lets a user have a network.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RpcClient, RpcTimeoutError } from 'vnpy-bridge/rpc';
import { launchPeer } from '../interop/support/peer.js';

/** From this on the system drops what it could not deliver; see DELIVERY_TIMEOUT in src/rpc/transport.ts. */
const CUT = 14_000;
/** The longest pause between two attempts of TCP by then, and some more. */
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

network('up');
await using server = await launchPeer({ script: 'rpc_server', vnpy: '4.5' });
await using client = new RpcClient({ heartbeat: { tolerance: 12_000 } });
client.on('status', (status) => {
  console.log(`  ${status.state}${status.state === 'disconnected' ? `: ${status.detail}` : ''}`);
});
await client.start(server.addresses.request, server.addresses.publish);
await client.ready();
await client.call('execute', ['before']);

network('down');
const cut = delay(CUT);
const outcome = await client.call('execute', ['lost'], { timeout: 1000 }).catch((error: unknown) => error);
console.log(outcome instanceof RpcTimeoutError ? `the request's outcome: ${outcome.outcome}` : outcome);
await cut;
network('up');
await client.ready();
await once(AbortSignal.timeout(WATCH), 'abort');

const executed = await client.call<{ uid: unknown }[]>('executed', ['execute']);
console.log(`executed: ${JSON.stringify(executed)}`);
const isLate = JSON.stringify(executed).includes('lost');
console.log(isLate ? 'FAILED: the request was executed behind the new connection' : 'ok: the request never arrived');
process.exitCode = isLate ? 1 : 0;
