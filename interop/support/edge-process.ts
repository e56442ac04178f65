/** An edge as a process of its own, which can be stopped in the middle of whatever it does. Without vitest, for tools as well. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import type { Addresses } from './peer.js';
import { repositoryRoot } from './versions.js';

/** A tenth of what these times are without options, in ms. */
export const SHORT = {
  lease: { ttl: 1000, renew: 200, grace: 1000, timeout: 400 },
  /** From beat to beat, and after how long without one a client sends nothing. */
  beat: 50,
  beatTimeout: 400,
} as const;

/** How one is started. */
export interface EdgeProcessOptions {
  /** Of {@link buildEdge}. */
  readonly program: string;
  readonly vnpy: Addresses;
  readonly servers: readonly string[];
  readonly cluster: string;
  readonly account: string;
  readonly edge: string;
  /** How many servers keep its streams. */
  readonly replicas: number;
  /** Its state folder. */
  readonly state: string;
}

/** From when to when an edge said that it may act, by the clock of {@link monotonic}. */
export interface Tenure {
  readonly edge: string;
  readonly epoch: number;
  readonly from: number;
  to: number;
}

/** An order as it left an edge. */
export interface Departure {
  readonly edge: string;
  readonly epoch: number | undefined;
  readonly reference: string;
  readonly at: number;
}

/** The machine's monotonic clock, in ms: all processes have the same. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Makes the program of the sources as they are.
 *
 * @returns its path, in a folder of its own; two folders up lies package.json, which it reads.
 */
export function buildEdge(): { readonly program: string; remove(): void } {
  const root = repositoryRoot();
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'edge-'));
  const program = join(folder, 'edge.js');
  buildSync({
    entryPoints: [join(root, 'interop', 'support', 'cluster-edge.mjs')],
    ...{ outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' },
  });
  return {
    program,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An edge that was started. */
export class EdgeProcess {
  readonly name: string;
  readonly account: string;
  readonly tenures: Tenure[] = [];
  readonly departures: Departure[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #state = 'starting';
  #reason = '';
  #epoch: number | undefined;
  #log = '';
  #isOver = false;

  constructor({ program, ...options }: EdgeProcessOptions) {
    this.name = options.edge;
    this.account = options.account;
    const { lease, beat } = SHORT;
    const child = spawn(process.execPath, [program, JSON.stringify({ ...options, lease, beat })], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] },
    });
    this.#child = child;
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    createInterface(child.stdout).on('line', (line) => {
      this.#take(JSON.parse(line) as Readonly<Record<string, unknown>>);
    });
    this.#exited = once(child, 'close').then(() => {
      process.removeListener('exit', kill);
      this.#isOver = true;
      this.#state = 'gone';
    });
  }

  get state(): string {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** What it has logged. */
  get log(): string {
    return this.#log;
  }

  /** Stops it in the middle of whatever it does. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    this.#child.kill('SIGCONT');
    await this.#exited;
  }

  #take({ at, state, reason, epoch, acts, leaves, ready }: Readonly<Record<string, unknown>>): void {
    const time = Number(at);
    if (typeof acts === 'number') {
      const last = this.tenures.at(-1);
      if (last?.epoch === acts) last.to = time;
      else this.tenures.push({ edge: this.name, epoch: acts, from: time, to: time });
    }
    const known = typeof epoch === 'number' ? epoch : undefined;
    if (typeof leaves === 'string')
      this.departures.push({ edge: this.name, epoch: known, reference: leaves, at: time });
    if (typeof state !== 'string') return;
    this.#state = state;
    this.#epoch = known;
    if (ready === undefined) this.#reason = String(reason);
  }
}
