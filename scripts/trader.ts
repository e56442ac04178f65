/**
 * `make trader`: the real VeighNa Trader on a Node.js server, and a Node.js strategy on VeighNa Trader, clicked through by a script.
 *
 *     node build/scripts/trader.js [FOLDER]
 *
 * The pictures go into FOLDER, `build/trader` unless told; those of docs/images were taken so. Exit code 1 when anything failed.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { programOf, repositoryRoot } from '../interop/support/versions.js';

const root = repositoryRoot();
const pictures = resolve(process.argv[2] ?? join(root, 'build', 'trader'));

/** Xvfb, where there is no screen. */
const SCREEN = ['xvfb-run', '--auto-servernum', '--server-args=-screen 0 1600x1000x24'];
const PACKAGES =
  'xvfb xauth libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 ' +
  'libxcb-xinerama0 libxcb-image0 libxcb-render-util0 fonts-noto-cjk';

type Program = ChildProcessByStdio<Writable, Readable, null>;
type Report = Readonly<Record<string, unknown>>;

function screen(): readonly string[] {
  if (process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '') return [];
  const [program = ''] = SCREEN;
  if ((process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))) return SCREEN;
  throw new Error(`no screen, and no Xvfb: install it (Debian: apt-get install ${PACKAGES})`);
}

/** Runs a program with its output as lines, and ends it with the block. */
function start(
  command: readonly string[],
): AsyncDisposable & { readonly child: Program; line(pattern: RegExp): Promise<string> } {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const seen: string[] = [];
  lines.on('line', (line) => seen.push(line));
  const ended = once(child, 'close');
  return {
    child,
    async line(pattern) {
      for (;;) {
        const found = seen.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        await Promise.race([
          once(lines, 'line'),
          ended.then(() => {
            if (!seen.some((line) => pattern.test(line))) throw new Error(`${program} ended:\n${seen.join('\n')}`);
          }),
        ]);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

function trader(role: 'client' | 'server', addresses: readonly string[]): readonly string[] {
  const python = programOf(join(root, '.venv-trader'), 'python');
  const script = join(root, 'python-fixtures', 'veighna_trader.py');
  return [...screen(), python, script, role, ...addresses, pictures];
}

function check(name: string, { statuses }: Report, ...wanted: readonly string[]): void {
  const known = Array.isArray(statuses) ? (statuses as readonly string[]) : [];
  if (!wanted.every((status) => known.includes(status)))
    throw new Error(`${name}: orders are ${known.join(', ')}, not ${wanted.join(', ')}`);
  console.log(`${name}: works, orders ${known.join(', ')}`);
}

/** Logs in to a server in TypeScript, sees ticks, sends orders, sees fill and position. */
async function traderOnNode(): Promise<void> {
  const cli = join(root, 'dist', 'cli', 'bin', 'vnpy-bridge.js');
  const anywhere = ['--request', 'tcp://127.0.0.1:*', '--subscribe', 'tcp://127.0.0.1:*'];
  await using server = start([process.execPath, cli, 'serve', '--simulate', ...anywhere]);
  const ready = await server.line(/^ready: /);
  const addresses = [...ready.matchAll(/tcp:\S+/g)].map(([address]) => address);
  await using client = start(trader('client', addresses));
  const report = JSON.parse(await client.line(/"statuses"/)) as Report;
  await once(client.child, 'close');
  check('VeighNa Trader on a Node.js server', report, 'ALLTRADED', 'NOTTRADED');
}

/** The strategy of README trades on it. */
async function strategyOnTrader(): Promise<void> {
  await using server = start(trader('server', ['tcp://127.0.0.1:0', 'tcp://127.0.0.1:0']));
  const ready = JSON.parse(await server.line(/"ready"/)) as { readonly request: string; readonly publish: string };
  const strategy = join(root, 'build', 'examples', 'strategy.js');
  await using client = start([process.execPath, strategy, ready.request, ready.publish]);
  const [code] = (await once(client.child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the strategy ended with ${code}`);
  server.child.stdin.end();
  const report = JSON.parse(await server.line(/"statuses"/)) as Report;
  await once(server.child, 'close');
  check('a Node.js strategy on VeighNa Trader', report, 'ALLTRADED', 'CANCELLED');
}

try {
  await traderOnNode();
  await strategyOnTrader();
  console.log(`pictures: ${pictures}`);
} catch (error) {
  console.error(`trader: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
