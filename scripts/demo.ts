/**
 * `make demo`: starts a real vnpy server in Python, runs examples/strategy.ts against it, and ends both.
 *
 *     node build/scripts/demo.js [4.5 | 4.4]
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { launchPeer } from '../interop/support/peer.js';
import type { VnpyVersion } from '../interop/support/peer.js';

const STRATEGY = fileURLToPath(new URL('../examples/strategy.js', import.meta.url));

/** What a shell reports for a program that a signal ended. */
const EXIT_INTERRUPTED = 130;

function versionOf(argument: string | undefined): VnpyVersion {
  if (argument === undefined || argument === '4.5') return '4.5';
  if (argument === '4.4') return '4.4';
  throw new Error(`'${argument}' is no version that the demo knows: say 4.5 or 4.4`);
}

async function main(): Promise<number> {
  const children: ChildProcess[] = [];
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      for (const child of children) child.kill(signal);
    });
  }
  const wasInterrupted = (): boolean => interrupted;

  console.log(`starting a vnpy ${versionOf(process.argv[2])} server in Python ...`);
  await using server = await launchPeer({
    script: 'vnpy_server',
    vnpy: versionOf(process.argv[2]),
    args: ['--rate', '5'],
  });
  const { request, publish, vnpy, python, pid } = server.ready;
  console.log(`vnpy ${vnpy} on Python ${python} (process ${pid}) answers at ${request}, publishes at ${publish}\n`);
  if (wasInterrupted()) return EXIT_INTERRUPTED;

  const strategy = spawn(process.execPath, [STRATEGY, request, publish], { stdio: 'inherit' });
  children.push(strategy);
  const [code] = (await once(strategy, 'close')) as [number | null];
  if (wasInterrupted()) return EXIT_INTERRUPTED;
  if (code !== 0) console.error(`\nThe strategy failed. The server's own output:\n${server.output()}`);
  return code ?? 1;
}

process.exitCode = await main();
