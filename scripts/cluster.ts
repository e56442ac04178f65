/**
 * `make cluster`: a cluster on this machine. A nats-server with keys and rights, two real vnpy servers with an edge each, a relay with
 * an unmodified Python strategy, and a strategy in TypeScript. One edge is stopped, and the other one goes on. Ends by itself.
 *
 *     node build/scripts/cluster.js
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NatsServer } from '../interop/support/nats-server.js';
import { launchPeer } from '../interop/support/peer.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/bin/vnpy-bridge.js', import.meta.url));
const STRATEGY = fileURLToPath(new URL('../examples/cluster-strategy.js', import.meta.url));

/** How long a step may take, in ms. */
const PATIENCE = 60_000;

/** What a shell reports for a program that a signal ended. */
const EXIT_INTERRUPTED = 130;

const say = (text: string): void => {
  console.log(`\n== ${text}`);
};

/** A program, with what it prints. */
class Program {
  readonly #child: ChildProcess;
  readonly exited: Promise<number | null>;
  #text = '';
  #wake = new Set<() => void>();

  constructor(
    readonly name: string,
    args: readonly string[],
    script = PROGRAM,
  ) {
    this.#child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      output?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
        for (const wake of [...this.#wake]) wake();
      });
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        resolve(code);
        for (const wake of [...this.#wake]) wake();
      });
    });
  }

  /** Resolves with the next line that matches, and prints it. */
  async line(pattern: RegExp): Promise<string> {
    const until = performance.now() + PATIENCE;
    while (true) {
      const found = pattern.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found.index + found[0].length);
        console.log(`   ${this.name}: ${found[0].trim()}`);
        return found[0];
      }
      if (this.#child.exitCode !== null || performance.now() > until)
        throw new Error(`${this.name} did not print ${String(pattern)}:\n${this.#text}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 1000);
        const wake = this.#wake;
        function done(): void {
          clearTimeout(timer);
          wake.delete(done);
          resolve();
        }
        wake.add(done);
      });
    }
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Runs a command to its end. @returns what it says. */
async function command(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
  return stdout;
}

/** Prints a command as one would type it in the folder of the keys. */
function show(args: readonly string[], folder: string): void {
  const shown = args.map((arg) => arg.replace(`${folder}/`, '').replaceAll(/(?<==)U[A-Z2-7]{55}/g, 'U…'));
  console.log(`   $ vnpy-bridge ${shown.join(' ')}`);
}

async function makeKeys(folder: string, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const keys: Record<string, string> = {};
  for (const name of names) {
    await command(['cluster', 'keys', join(folder, name)]);
    keys[name] = readFileSync(join(folder, `${name}.pub`), 'utf8').trim();
  }
  return keys;
}

function policyOf(keys: Readonly<Record<string, string>>): object {
  const trader = { functions: ['*'], limits: { orderVolume: 10 } };
  return {
    version: 1,
    audit: false,
    roles: { trader },
    principals: {
      strategy: { roles: ['trader'], natsKey: keys['strategy'] },
      python: { roles: ['trader'], natsKey: keys['python'] },
    },
  };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-cluster-'));
  try {
    await story(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function story(folder: string): Promise<void> {
  const file = (name: string): string => join(folder, name);
  say('keys and rights: each program has its own, and the server knows the public ones');
  const keys = await makeKeys(folder, ['edge-1', 'edge-2', 'strategy', 'python', 'admin']);
  const policy = file('guard.json');
  writeFileSync(policy, JSON.stringify(policyOf(keys)), { mode: 0o600 });
  const users = [
    ...['edge-1', 'edge-2'].map((edge) => `edge:sim:${edge}=${keys[edge] ?? ''}`),
    `admin:admin=${keys['admin'] ?? ''}`,
  ].flatMap((user) => ['--nats-user', user]);
  const configArgs = ['cluster', 'config', '--cluster', 'desk', '--guard', policy, ...users];
  show(['cluster', 'keys', 'edge-1'], folder);
  show(configArgs, folder);
  const config = await command(configArgs);
  await using nats = await NatsServer.start(({ listen, store }) =>
    config.replace('127.0.0.1:4222', listen).replace('/var/lib/nats', store),
  );
  console.log(`   nats-server at ${nats.url}`);

  say('two vnpy servers in Python, each with a simulated market');
  await using first = await launchPeer({ script: 'vnpy_server', args: ['--rate', '4'], journal: true });
  await using second = await launchPeer({ script: 'vnpy_server', args: ['--rate', '4', '--seed', '2'], journal: true });
  const access = (name: string): string[] => [
    ...['--nats', nats.url, '--cluster', 'desk', '--nats-key-file', file(`${name}.nk`)],
  ];
  const edgeArgs = (name: string, { request, publish }: { request: string; publish: string }): string[] => [
    ...['edge', '--edge', name, '--account', 'sim', '--state', file(`${name}.state`), '--guard', policy],
    ...['--guard-state', file(`${name}.guard`), '--request', request, '--subscribe', publish, ...access(name)],
    ...['--nats-log', '--log-format', 'pretty'],
  ];
  say('an edge beside each: the first one takes the account, the second one waits');
  show(edgeArgs('edge-1', first.ready), folder);
  await using edge1 = new Program('edge-1', edgeArgs('edge-1', first.ready));
  await edge1.line(/active: .*/);
  await using edge2 = new Program('edge-2', edgeArgs('edge-2', second.ready));
  await edge2.line(/ready: .*/);
  const look = [...access('admin'), '--principal', 'admin'];
  show(['cluster', 'ls', ...look], folder);
  console.log(indented(await command(['cluster', 'ls', ...look])));

  say('a strategy in TypeScript (examples/cluster-strategy.ts), and an unmodified Python one behind a relay');
  await using strategy = new Program('strategy', [nats.url, 'desk', 'sim', 'strategy', file('strategy.nk')], STRATEGY);
  await strategy.line(/order .*: ALLTRADED/);
  const relayArgs = [
    ...['relay', '--account', 'sim', '--principal', 'python', ...access('python')],
    ...['--serve-request', 'tcp://127.0.0.1:*', '--serve-subscribe', 'tcp://127.0.0.1:*'],
    ...['--serve-subscribe-pair', 'tcp://127.0.0.1:*'],
  ];
  show(relayArgs, folder);
  await using relay = new Program('relay', relayArgs);
  const ready = await relay.line(/ready: --request \S+ --subscribe \S+/);
  const [, request = '', publish = ''] = /--request (\S+) --subscribe (\S+)/.exec(ready) ?? [];
  await using python = await launchPeer({
    script: 'gateway_client',
    args: ['--connect', '--quiet'],
    addresses: { request, publish },
  });
  const order = { vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', price: 3200, volume: 1 };
  for (let count = 0; count < 5; count++)
    await python.command('send_order', { ...order, reference: 'CtaStrategy_one' });
  console.log('   python: sent 5 orders with one reference, as a CTA strategy does');

  say('edge-1 is stopped in order: edge-2 takes the account, and the strategy goes on');
  console.log(
    '   Each server simulates a market of its own, so the second one does not know the orders of the first: edge-2',
  );
  console.log(
    '   waits some seconds for them, and says so in its log. Two servers at one broker know the same orders.',
  );
  await edge1.end();
  await edge2.line(/active: .*/);
  await strategy.line(/now at .*/);
  await strategy.line(/order .*: ALLTRADED/);
  console.log(indented(await command(['cluster', 'ls', ...look])));
  await strategy.exited;

  console.log(
    '   The epoch is the number of the lease: it only grows, so that nothing of an older one is taken for new.',
  );

  say('what the edges have logged, for whoever looks after them (--nats-log)');
  const logs = ['cluster', 'logs', '--last', '6', ...look];
  show(logs, folder);
  console.log(indented(await command(logs)));

  say('what the two vnpy servers have executed, by their own journals');
  const executed = [first, second].map((server) => server.journal().filter((line) => line['event'] === 'order').length);
  console.log(
    `   first: ${executed[0] ?? 0} orders (1 of the strategy, 5 of Python); second: ${executed[1] ?? 0} (1 of the strategy)`,
  );
  if (executed[0] !== 6 || executed[1] !== 1) throw new Error('that is not what was sent');
  console.log('\ncluster ok: all of it is ended. docs/cluster.md, "The first ten minutes", has it to be typed.');
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '   ');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT_INTERRUPTED));
await main();
