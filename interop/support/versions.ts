import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Versions of vnpy, as `major.minor`, that a peer can run. */
export type VnpyVersion = '4.5' | '4.4' | '4.0' | '3.9';

const KNOWN: readonly VnpyVersion[] = ['4.5', '4.4', '4.0', '3.9'];

/** Where `make setup` installs them. Of the others only `make matrix` makes environments. */
const VENVS: Readonly<Partial<Record<VnpyVersion, string>>> = { '4.5': '.venv', '4.4': '.venv-4.4' };

/**
 * Environments to use instead, all of them: JSON such as `{"4.0": "build/matrix/venv"}`, paths from the repository.
 * `make matrix` sets it, to run the same tests with other versions and interpreters.
 */
const VARIABLE = 'VNPY_BRIDGE_VENVS';

/** The repository, from the sources as well as from a compiled copy of this file. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'python-fixtures', 'peer_runtime.py'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('python-fixtures/ not found above interop/support/');

    folder = parent;
  }
  return folder;
}

function venvs(): Readonly<Partial<Record<VnpyVersion, string>>> {
  const text = process.env[VARIABLE];
  if (text === undefined || text === '') return VENVS;

  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !Object.keys(parsed).every(isKnown))
    throw new Error(`${VARIABLE} must be JSON of an object with keys of ${KNOWN.join(', ')}, not ${text}`);

  return parsed;
}

function isKnown(name: string): name is VnpyVersion {
  return KNOWN.some((version) => version === name);
}

/** The versions that this run of the tests has. */
export function vnpyVersions(): VnpyVersion[] {
  return KNOWN.filter((version) => venvs()[version] !== undefined);
}

/** A program of a virtual environment. */
export function programOf(venv: string, name: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', `${name}.exe`) : join(venv, 'bin', name);
}

/** The interpreter that has a vnpy; throws when `make setup` has not been run. */
export function pythonOf(vnpy: VnpyVersion, root = repositoryRoot()): string {
  const folder = venvs()[vnpy];
  if (folder === undefined)
    throw new Error(`This run has no Python environment with vnpy ${vnpy}, only ${vnpyVersions().join(', ')}`);

  const venv = resolve(root, folder);
  const python = programOf(venv, 'python');
  if (!existsSync(join(venv, '.complete')) || !existsSync(python))
    throw new Error(`No Python environment with vnpy ${vnpy} at ${venv}: run \`make setup\` first.`);

  return python;
}
