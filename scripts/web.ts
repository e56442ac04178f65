/**
 * `make web`: starts a real vnpy server in Python with a simulated market, and the console in front of it. Ctrl-C ends both.
 *
 *     node build/scripts/web.js [4.5 | 4.4]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { launchPeer } from '../interop/support/peer.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/bin/vnpy-bridge.js', import.meta.url));

const vnpy = process.argv[2] === '4.4' ? '4.4' : '4.5';
console.log(`starting a vnpy ${vnpy} server in Python ...`);
await using server = await launchPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '5'] });
const { request, publish } = server.ready;
console.log(`it answers at ${request}, publishes at ${publish}; Ctrl-C ends it\n`);
const args = ['web', '--request', request, '--subscribe', publish, '--web-trade', '--web-listen', '127.0.0.1:0'];
const page = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => page.kill(signal));
const [code] = (await once(page, 'close')) as [number | null];
process.exitCode = code ?? 0;
