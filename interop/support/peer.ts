import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pythonOf, repositoryRoot } from './versions.js';
import type { VnpyVersion } from './versions.js';

/** The scripts of python-fixtures/ that run as peers, and which of the two sides each is. */
const SCRIPTS = {
  vnpy_server: 'server',
  app_server: 'server',
  rpc_server: 'server',
  datafeed_server: 'server',
  gateway_client: 'client',
  rpc_client: 'client',
  datafeed_client: 'client',
  web_trader: 'client',
} as const;

/** The exit code by which a server says that its address was taken (EXIT_ADDRESS_IN_USE of peer_runtime.py). */
const EXIT_ADDRESS_IN_USE = 98;
const BIND_ATTEMPTS = 5;

const READY_TIMEOUT_MS = 20_000;
const COMMAND_TIMEOUT_MS = 15_000;
/** How long a peer may take to end on SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 3_000;

export { pythonOf, repositoryRoot };
export type { VnpyVersion };
export type PeerScript = keyof typeof SCRIPTS;

export interface Addresses {
  readonly request: string;
  readonly publish: string;
}

export interface PeerOptions {
  readonly script: PeerScript;
  /** Which vnpy; 4.5 unless told. */
  readonly vnpy?: VnpyVersion;
  /** LANG of the process, which decides the values of vnpy's enums; null sets none. `zh_CN.UTF-8` unless told. */
  readonly locale?: string | null;
  /** Further arguments of the script. */
  readonly args?: readonly string[];
  /** Where a server binds (free ports unless told) or a client connects (needed). */
  readonly addresses?: Addresses;
  /** For a server without addresses: `ipc` binds sockets in the peer's folder. */
  readonly transport?: 'tcp' | 'ipc';
  /** A server writes what it really executes into a journal, see {@link Peer.journal}. */
  readonly journal?: boolean;
  /** Further environment variables. Nothing else of this process's environment but PATH reaches the peer. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long the peer may take until it is ready, ms. */
  readonly readyTimeout?: number;
}

/** The line by which a peer says that it can be used. */
export interface ReadyInfo {
  readonly ready: true;
  readonly request: string;
  readonly publish: string;
  readonly vnpy: string;
  readonly python: string;
  readonly locale: string;
  readonly pid: number;
  /** vnpy_server: how many contracts it has. */
  readonly contracts?: number;
}

/** A line of JSON that a peer printed. */
export type PeerRecord = Readonly<Record<string, unknown>>;

export interface PeerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Something is wrong with a peer; the message ends with what the peer has printed. */
export class PeerError extends Error {
  constructor(
    message: string,
    readonly exit: PeerExit | undefined,
    output: string,
  ) {
    super(`${message}\n--- output of the peer ---\n${output || '(none)\n'}--- end of output ---`);
    this.name = 'PeerError';
  }
}

/** A command raised an exception in the peer. */
export class PeerCommandError extends Error {
  constructor(
    /** Full name of the exception's class, such as `vnpy.rpc.client.RemoteException`. */
    readonly type: string,
    message: string,
  ) {
    super(message);
    this.name = 'PeerCommandError';
  }
}

const livePeers = new Set<Peer>();

function destroyAll(): void {
  for (const peer of livePeers) peer.destroy();
}

// Peers end by themselves when their stdin is closed, but not while they are stopped: so whatever ends this process in an
// orderly way kills them first. A worker of vitest whose runner has gone is told so by 'disconnect' only.
process.on('exit', destroyAll);
process.on('disconnect', destroyAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    destroyAll();
    // Without a listener of the program's own, the signal does what it would have done without this one.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}

/** A Python process that was started by {@link launchPeer}. */
export class Peer {
  /** All lines but the answers to commands, in order. */
  readonly records: PeerRecord[] = [];
  readonly exited: Promise<PeerExit>;

  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #folder: string;
  readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #watchers = new Set<() => void>();
  #output = '';
  #exit: PeerExit | undefined;
  #commands = 0;

  /** Starts the process. Use {@link launchPeer}, which also waits until it is ready. */
  constructor(readonly options: PeerOptions) {
    const { script, vnpy = '4.5', locale = 'zh_CN.UTF-8', args = [], env = {} } = options;
    const python = pythonOf(vnpy);
    if (SCRIPTS[script] === 'client' && options.addresses === undefined)
      throw new Error(`${script} is a client: tell it the addresses of its server`);

    this.#folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-'));
    const isServer = SCRIPTS[script] === 'server';
    const addresses = options.addresses ?? this.#freeAddresses();
    this.#child = spawn(
      python,
      [
        join(repositoryRoot(), 'python-fixtures', `${script}.py`),
        ...['--request', addresses.request, '--publish', addresses.publish],
        ...(isServer ? ['--exit-with-parent'] : []),
        ...(options.journal === true ? ['--journal', this.#journalPath()] : []),
        ...args,
      ],
      {
        cwd: this.#folder,
        env: {
          PATH: process.env['PATH'],
          // Without it, Windows opens no socket.
          ...(process.env['SYSTEMROOT'] === undefined ? {} : { SYSTEMROOT: process.env['SYSTEMROOT'] }),
          HOME: this.#folder,
          TMPDIR: this.#folder,
          ...(process.platform === 'win32' ? { USERPROFILE: this.#folder, TEMP: this.#folder } : {}),
          ...(locale === null ? {} : { LANG: locale }),
          ...env,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    livePeers.add(this);

    // A peer that has ended makes writes fail; that it has ended is reported elsewhere.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    createInterface({ input: this.#child.stdout, crlfDelay: Infinity }).on('line', (line) => {
      this.#receive(line);
    });
    this.exited = new Promise((resolve) => {
      // 'close' comes after the streams have ended, so that nothing printed is missed; 'error' when it cannot be started.
      this.#child.on('error', (error) => {
        this.#output += `${error.message}\n`;
      });
      this.#child.on('close', (code, signal) => {
        this.#exit = { code, signal };
        livePeers.delete(this);
        for (const { reject } of this.#pending.values())
          reject(this.error('The peer ended before it answered a command'));

        this.#pending.clear();
        this.#notify();
        resolve(this.#exit);
      });
    });
  }

  /** The line by which the peer said that it is ready. */
  get ready(): ReadyInfo {
    const record = this.records.find((line) => line['ready'] === true);
    if (record === undefined) throw this.error('The peer is not ready');

    return record as unknown as ReadyInfo;
  }

  get addresses(): Addresses {
    const { request, publish } = this.ready;
    return { request, publish };
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** How the process ended; undefined while it runs. */
  get exit(): PeerExit | undefined {
    return this.#exit;
  }

  /** Everything that the process has printed on stderr (vnpy's log), and its lines on stdout. */
  output(): string {
    return this.#output;
  }

  /** An error that tells what the peer has printed. */
  error(message: string): PeerError {
    return new PeerError(
      `${message} (${this.options.script}, vnpy ${this.options.vnpy ?? '4.5'})`,
      this.#exit,
      this.#output,
    );
  }

  /** Writes a line of JSON to the peer's stdin. */
  send(record: PeerRecord): void {
    this.#child.stdin.write(`${JSON.stringify(record)}\n`);
  }

  /**
   * Executes a command of the peer (see python-fixtures/README.md) and returns its result.
   * @throws PeerCommandError when it raised; PeerError on a timeout (ms) or when the peer ends.
   */
  async command<T = unknown>(op: string, args: PeerRecord = {}, timeout = COMMAND_TIMEOUT_MS): Promise<T> {
    if (this.#exit !== undefined) throw this.error(`The peer has ended, it cannot execute '${op}'`);

    this.#commands++;
    const id = this.#commands;
    const { promise, resolve, reject } = deferred<unknown>();
    this.#pending.set(id, { resolve, reject });
    const timer = setTimeout(() => {
      reject(this.error(`No answer to the command '${op}' within ${timeout} ms`));
    }, timeout);
    try {
      this.send({ ...args, op, id });
      return (await promise) as T;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /**
   * The first record, of those that have come and those to come, for which the predicate holds.
   * @throws PeerError on a timeout (ms) or when the peer ends first.
   */
  async waitFor(predicate: (record: PeerRecord) => boolean, timeout = COMMAND_TIMEOUT_MS): Promise<PeerRecord> {
    let seen = 0;
    const deadline = performance.now() + timeout;
    const timer = setTimeout(() => {
      this.#notify();
    }, timeout);
    try {
      while (true) {
        for (const record of this.records.slice(seen)) if (predicate(record)) return record;

        seen = this.records.length;
        if (this.#exit !== undefined) {
          throw this.error(
            `The peer ended (${JSON.stringify(this.#exit)}) before the record came that a test waits for`,
          );
        }
        // A timer may fire a little early by this clock.
        if (performance.now() >= deadline - 1)
          throw this.error(`The record that a test waits for did not come within ${timeout} ms`);

        await new Promise<void>((resolve) => {
          const wake = (): void => {
            this.#watchers.delete(wake);
            resolve();
          };
          this.#watchers.add(wake);
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the peer has really executed so far, also after it has ended. Needs the option `journal`. */
  journal(): PeerRecord[] {
    if (this.options.journal !== true) throw new Error('this peer was started without the option `journal`');

    const text = existsSync(this.#journalPath()) ? readFileSync(this.#journalPath(), 'utf8') : '';
    // A line is written before what it tells of is done: a process killed within the line had not done it.
    const complete = text.split('\n').slice(0, -1);
    return complete.map((line) => JSON.parse(line) as PeerRecord);
  }

  /** Stops the process in the middle of whatever it does, as a machine that hangs. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<PeerExit> {
    this.#child.kill(signal);
    return this.exited;
  }

  /** Ends the process, by force if it must be, and removes its folder (and journal). */
  async stop(): Promise<PeerExit> {
    this.resume();
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    this.destroy();
    return exit;
  }

  /** Kills the process and removes its folder, without waiting. */
  destroy(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #freeAddresses(): Addresses {
    if (this.options.transport === 'ipc')
      return { request: `ipc://${this.#folder}/request`, publish: `ipc://${this.#folder}/publish` };

    return { request: 'tcp://127.0.0.1:0', publish: 'tcp://127.0.0.1:0' };
  }

  #journalPath(): string {
    return join(this.#folder, 'journal.jsonl');
  }

  #receive(line: string): void {
    let record: PeerRecord;
    try {
      record = JSON.parse(line) as PeerRecord;
    } catch {
      this.#output += `not JSON on stdout: ${line}\n`;
      return;
    }
    const id = record['id'];
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (pending === undefined) {
      this.records.push(record);
      this.#notify();
    } else if (record['ok'] === true) {
      pending.resolve(record['result']);
    } else {
      const { type, message } = record['error'] as { type: string; message: string };
      pending.reject(new PeerCommandError(type, message));
    }
  }

  #notify(): void {
    for (const wake of [...this.#watchers]) wake();
  }
}

/**
 * Starts a Python peer and waits until it is ready. The caller has to `stop()` it; tests use `startPeer`, which does.
 * @throws PeerError when it ends or is not ready in time, with everything that it has printed.
 */
export async function launchPeer(options: PeerOptions): Promise<Peer> {
  for (let attempt = 1; ; attempt++) {
    const peer = new Peer(options);
    try {
      await peer.waitFor((record) => record['ready'] === true, options.readyTimeout ?? READY_TIMEOUT_MS);
      return peer;
    } catch (error) {
      const exit = await peer.stop();
      // Between finding a free port and binding it another process may have taken it.
      const taken = exit.code === EXIT_ADDRESS_IN_USE && options.addresses === undefined;
      if (!taken || attempt === BIND_ATTEMPTS) throw error;
    }
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
