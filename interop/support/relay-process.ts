/**
 * `vnpy-bridge relay` as a user starts it: a process of its own, which can be killed. Without vitest, for tools as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from './children.js';
import type { Addresses } from './peer.js';
import { repositoryRoot } from './versions.js';

/** The program, as it was built. */
export const PROGRAM = join(repositoryRoot(), 'dist', 'cli', 'bin', 'vnpy-bridge.js');

/** How one is started. */
export interface RelayOptions {
  /** The vnpy server's. */
  readonly server: Addresses;
  /** Its own. */
  readonly own: { readonly request: string; readonly subscribe: string; readonly subscribePair: string };
  /** The path of its policy. Default: no guard. */
  readonly policy?: string;
  /** Further options of the program. */
  readonly args?: readonly string[];
  /** Options of Node.js. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Limits what it may write, in blocks of 512 bytes (`ulimit -f`). */
  readonly blocks?: number;
}

/** A relay that was started. */
export class RelayProcess {
  readonly pid: number;
  /** How long it took until it served, in ms; rejects when it ends before. */
  readonly ready: Promise<number>;
  readonly #exited: Promise<unknown>;
  readonly #kill: () => void;
  #said = '';
  #isOver = false;

  constructor({ server, own, policy, args = [], node = [], env = {}, blocks }: RelayOptions) {
    const words = [
      ...[process.execPath, ...node, PROGRAM, 'relay', '--json'],
      ...(policy === undefined ? [] : ['--guard', policy]),
      ...['--request', server.request, '--subscribe', server.publish],
      ...['--serve-request', own.request, '--serve-subscribe', own.subscribe],
      ...['--serve-subscribe-pair', own.subscribePair, ...args],
    ];
    const [program = '', ...rest] =
      blocks === undefined ? words : ['sh', '-c', `ulimit -S -f ${blocks}; exec "$@"`, 'sh', ...words];
    const begun = performance.now();
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    endWithThisProcess(child);
    this.pid = child.pid ?? 0;
    this.#kill = () => void child.kill('SIGKILL');
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.#exited = once(child, 'close').then(() => (this.#isOver = true));
    this.ready = Promise.race([
      once(createInterface(child.stdout), 'line').then(() => performance.now() - begun),
      this.#exited.then(() => Promise.reject(new Error(`the relay has ended: ${this.#said}`))),
    ]);
    this.ready.catch(() => undefined);
  }

  /** What it has logged. */
  get log(): string {
    return this.#said;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Kills it as `kill -9` does. May be called again. */
  async kill(): Promise<void> {
    this.#kill();
    await this.#exited;
  }
}
