import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess } from './children.js';
import { programOf, repositoryRoot } from './versions.js';

/** The nats-server that tests run: `NATS_SERVER`, else that of the Python environment. */
export function natsServerPath(): string {
  const { NATS_SERVER: named } = process.env;
  if (named !== undefined && named !== '') return named;
  const path = programOf(join(repositoryRoot(), '.venv'), 'nats-server');
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`make setup\`, or set NATS_SERVER`);
  return path;
}

/** What a configuration may name. */
export interface NatsPlace {
  /** A free port of this machine. */
  readonly listen: string;
  readonly store: string;
  /** For files. */
  readonly folder: string;
}

const READY_TIMEOUT_MS = 15_000;

/** A real nats-server, as a process. */
export class NatsServer {
  readonly url: string;
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #log: () => string;

  private constructor(url: string, folder: string, child: ChildProcess, log: () => string) {
    this.url = url;
    this.folder = folder;
    this.#child = child;
    this.#log = log;
  }

  /**
   * @param config - The text of its configuration. Default: JetStream, and no users.
   * @param env - Further environment variables.
   */
  static async start(
    config: (place: NatsPlace) => string = bare,
    env: Readonly<Record<string, string>> = {},
  ): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'vnpy-nats-'));
    const file = join(folder, 'nats.conf');
    const place = { listen: '127.0.0.1:-1', store: join(folder, 'store'), folder };
    writeFileSync(file, config(place));
    const child = spawn(natsServerPath(), ['-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    endWithThisProcess(child, () => {
      rmSync(folder, { recursive: true, force: true });
    });
    let log = '';
    try {
      const port = await new Promise<string>((resolve, reject) => {
        const fail = (why: string): void => {
          reject(new Error(`nats-server ${why}:\n${log}`));
        };
        const timer = setTimeout(fail, READY_TIMEOUT_MS, 'is not ready in time');
        child.once('error', (error) => {
          fail(error.message);
        });
        child.once('exit', (code) => {
          clearTimeout(timer);
          fail(`ended with ${code}`);
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          log += text;
          const [, found] = /Listening for client connections on \S+:(\d+)/.exec(log) ?? [];
          if (found === undefined || !log.includes('Server is ready')) return;
          clearTimeout(timer);
          resolve(found);
        });
      });
      return new NatsServer(`nats://127.0.0.1:${port}`, folder, child, () => log);
    } catch (error) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** What it has written. */
  log(): string {
    return this.#log();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Lets a nats-server read a configuration. @returns what is wrong with it; empty where nothing is. */
export function checkNatsConfig(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-nats-'));
  try {
    const file = join(folder, 'nats.conf');
    writeFileSync(file, text);
    const { status, stderr } = spawnSync(natsServerPath(), ['-t', '-c', file], { encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bare({ listen, store }: NatsPlace): string {
  return `listen: "${listen}"\njetstream { store_dir: ${JSON.stringify(store)}, sync_interval: always }\n`;
}
