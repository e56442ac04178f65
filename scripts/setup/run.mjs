/**
 * Runs the programs that setting up needs, on any system.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What ends the setup with one line, and no stack. */
export class SetupError extends Error {}

/** @returns {string | undefined} what a program prints, or undefined where it does not run. */
export function outputOf(program, args) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8', env: withoutPythonsOwn() });
  return status === 0 ? stdout.trim() : undefined;
}

/** Runs a program and shows what it prints. @returns {boolean} whether it succeeded. */
export function run(program, args, options = {}) {
  const { status, signal } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: withoutPythonsOwn(),
    ...options,
  });
  if (signal) process.kill(process.pid, signal);
  return status === 0;
}

/** As {@link run}, with npm: on Windows it is a batch file, which only a shell starts. */
export function npm(...args) {
  const ownScript = process.env.npm_execpath;
  // Another package manager may have started this.
  if (ownScript !== undefined && /npm-cli\.c?js$/.test(ownScript)) return run(process.execPath, [ownScript, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/** Settings of the caller's shell must not leak packages in, nor send pip's installation elsewhere. */
function withoutPythonsOwn() {
  const left = ['PYTHONPATH', 'PYTHONHOME', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'PIP_REQUIRE_VIRTUALENV'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !left.includes(name.toUpperCase())));
}
