/**
 * The CPythons of this machine, and environments with each vnpy in them.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from '../../interop/support/versions.js';
import type { VnpyVersion } from '../../interop/support/versions.js';
import { execute, WORK } from './run.js';

/** A CPython that has the modules to make environments. */
export interface Python {
  readonly version: string;
  readonly path: string;
}

/** A release of vnpy, with what has to be installed beside it. */
export interface Release {
  readonly id: VnpyVersion;
  readonly vnpy: string;
  readonly rpcservice: string;
  /** Further requirements, pinned. */
  readonly extra: readonly string[];
}

/** Instead of a version: whichever is the newest. */
const LATEST = 'newest';

/** The releases that the matrix covers: the newest, the last with the older events, and the ends of two older series. */
export const RELEASES: readonly Release[] = [
  { id: '4.5', vnpy: '4.5.0', rpcservice: '1.1.0', extra: [] },
  { id: '4.4', vnpy: '4.4.0', rpcservice: '1.1.0', extra: [] },
  { id: '4.0', vnpy: '4.0.0', rpcservice: '1.1.0', extra: [] },
  // vnpy_rpcservice 1.0 imports the backport of importlib.metadata.
  { id: '3.9', vnpy: '3.9.4', rpcservice: '1.0.6', extra: ['importlib_metadata==8.7.0', 'zipp==3.23.0'] },
];

/** In place of `RELEASES`: what the registry has today, told from no list, beside the last release with the older events. */
export const NEWEST: readonly Release[] = RELEASES.flatMap((release) => {
  if (release.id === '4.5') return { ...release, vnpy: LATEST, rpcservice: LATEST };
  return release.id === '4.4' ? release : [];
});

const OLDEST_MINOR = 10;

/** Prints implementation, version and whether environments can be made. */
const PROBE = `
import sys
try:
    import ensurepip, venv
except ImportError:
    sys.exit(1)
print(sys.implementation.name, sys.version.split()[0])
`;

/** Every CPython from 3.10 on that pyenv or the PATH has, each version once, oldest first. */
export async function findPythons(): Promise<Python[]> {
  const found = new Map<string, Python>();
  for (const path of candidates()) {
    const { code, output } = await execute(path, ['-c', PROBE]);
    const [, version] = /^cpython (3\.\d+\.\S+)\n$/.exec(output) ?? [];
    if (code !== 0 || version === undefined || minorOf(version) < OLDEST_MINOR || found.has(version)) continue;
    found.set(version, { version, path });
  }
  return [...found.values()].sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

function candidates(): string[] {
  const pyenv = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const fromPyenv = existsSync(pyenv) ? readdirSync(pyenv).map((name) => join(pyenv, name, 'bin', 'python3')) : [];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => existsSync(folder));
  const fromPath = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^python3(\.\d+)?$/.test(name))
      .map((name) => join(folder, name)),
  );
  return [...fromPyenv, ...fromPath].filter((path) => existsSync(path));
}

/**
 * Makes an environment with a release of vnpy, once.
 *
 * @returns Its folder.
 * @throws Error if pip cannot install it, or it cannot be imported then.
 */
export async function makeEnvironment(python: Python, release: Release): Promise<string> {
  const requirements = join(WORK, `requirements-${release.vnpy}.txt`);
  writeFileSync(requirements, requirementsOf(release));
  const folder = join(WORK, `python-${python.version}-vnpy-${release.vnpy}`);
  // What is the newest may have changed since it was made.
  if (release.vnpy === LATEST) rmSync(folder, { recursive: true, force: true });
  const script = join(repositoryRoot(), 'scripts', 'setup', 'python.mjs');
  const { code, output } = await execute(process.execPath, [script, folder, requirements], {
    env: { PYTHON: python.path },
  });
  if (code !== 0) throw new Error(output.trim());
  return folder;
}

/** The pinned list of `make setup`, with another vnpy in it. */
function requirementsOf({ vnpy, rpcservice, extra }: Release): string {
  const newest = readFileSync(join(repositoryRoot(), 'python-fixtures', 'requirements.txt'), 'utf8');
  const lines = newest
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line
        .replace(/^vnpy==.*/, pinned('vnpy', vnpy))
        .replace(/^vnpy_rpcservice==.*/, pinned('vnpy_rpcservice', rpcservice)),
    );
  return [...lines, ...extra, ''].join('\n');
}

function pinned(name: string, version: string): string {
  return version === LATEST ? name : `${name}==${version}`;
}
