/**
 * Old libraries of ZeroMQ, out of the wheels of old releases of pyzmq: no old Python is needed to load them.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute, WORK } from './run.js';

/** A libzmq, and the release of pyzmq that has it. */
export interface Library {
  readonly libzmq: string;
  readonly pyzmq: string;
}

/** The last of 4.1 and of 4.2, and two of 4.3 that differ on the wire. All are of Linux on x86-64 alone. */
export const LIBRARIES: readonly Library[] = [
  { libzmq: '4.1.6', pyzmq: '16.0.4' },
  { libzmq: '4.2.5', pyzmq: '17.1.2' },
  { libzmq: '4.3.1', pyzmq: '18.0.2' },
  { libzmq: '4.3.4', pyzmq: '22.3.0' },
];

/**
 * Fetches the wheel of a library through pip and unpacks it, once.
 *
 * @param python - Path of a Python with pip.
 * @returns The folder with the unpacked wheel.
 * @throws Error if pip cannot fetch it.
 */
export async function getLibrary(python: string, { libzmq, pyzmq }: Library): Promise<string> {
  const folder = join(WORK, `libzmq-${libzmq}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const wheel = ['--python-version', '36', '--implementation', 'cp', '--platform', 'manylinux1_x86_64'];
  const download = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', ...wheel];
  await run(python, ['-m', 'pip', ...download, '--dest', unfinished, `pyzmq==${pyzmq}`]);
  const [file] = readdirSync(unfinished);
  if (file === undefined) throw new Error(`pip fetched no wheel of pyzmq ${pyzmq}`);
  await run(python, ['-m', 'zipfile', '-e', join(unfinished, file), unfinished]);
  // Only what is complete has the name.
  renameSync(unfinished, folder);
  return folder;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await execute(command, args);
  if (code !== 0) throw new Error(output.trim());
}
