/**
 * Makes a virtual environment with exactly the packages of a requirements file, once.
 *
 *     [PYTHON=python3.12] node scripts/setup/python.mjs VENV REQUIREMENTS
 *
 * Does nothing when VENV is complete and REQUIREMENTS is unchanged. PYTHON is the interpreter to build it with; when PYTHON is not
 * set, a complete VENV of any Python stays as it is.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { outputOf, root, run, SetupError } from './run.mjs';

const NEEDED = 'needs CPython >= 3.10';
const HOW = 'name one by the variable PYTHON';

const VERSION = 'import sys; print(sys.implementation.name, sys.version.split()[0])';

/** What the peers import. vnpy writes its settings into `.vntrader` of the folder it runs in. */
const IMPORTS = `
import vnpy.rpc, vnpy.event, vnpy.trader.engine, vnpy.trader.utility
import vnpy_rpcservice, vnpy_rpcservice.rpc_gateway, vnpy_rpcservice.rpc_datafeed, vnpy_rpcservice.rpc_service.engine
`;

/** The interpreter of a virtual environment. */
export function interpreterOf(venv) {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

/**
 * The Python to build with.
 *
 * @throws {SetupError} where there is none, or it is too old or has no venv module.
 */
export function findPython() {
  const named = process.env.PYTHON;
  // On Windows `python3` may be a link to the store, which runs nothing.
  const names = named ? [named] : process.platform === 'win32' ? ['python', 'py', 'python3'] : ['python3', 'python'];
  const found = names.map((name) => [name, outputOf(name, ['-c', VERSION])]).find(([, version]) => version);
  if (found === undefined)
    throw new SetupError(`Python is missing: ${names.join(', ')} does not run; ${NEEDED} (${HOW})`);
  const [program, version] = found;
  const [, major, minor] = /^cpython (\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) !== 3 || Number(minor) < 10)
    throw new SetupError(`Python is ${version} (${program}), ${NEEDED} (${HOW})`);
  if (outputOf(program, ['-c', 'import ensurepip, venv']) === undefined)
    throw new SetupError(`'${program}' has no venv module (Debian and Ubuntu: apt install python3-venv)`);
  return { program, version };
}

/** @throws {SetupError} where it cannot be made. */
export function makeVenv(folder, requirements) {
  const venv = resolve(root, folder);
  const list = resolve(root, requirements);
  if (!existsSync(list)) throw new SetupError(`no such file: ${requirements}`);
  // Written last, so that an interrupted installation never looks complete.
  const stamp = join(venv, '.complete');
  const wanted = createHash('sha256')
    .update(readFileSync(list))
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex');
  const built = outputOf(interpreterOf(venv), ['-c', VERSION]);
  if (built !== undefined && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    if (!process.env.PYTHON || outputOf(process.env.PYTHON, ['-c', VERSION]) === built) return;
  }

  const { program, version } = findPython();
  console.log(`setup: installing ${requirements} into ${folder} (${version})`);
  rmSync(venv, { recursive: true, force: true });
  if (!run(program, ['-m', 'venv', venv])) throw new SetupError(`'${program} -m venv ${folder}' failed`);
  // --no-deps: the list is complete, and vnpy's own declares Qt and more that a headless process never imports.
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  if (!run(interpreterOf(venv), [...install, '--only-binary', ':all:', '-r', list])) {
    throw new SetupError(
      `pip could not install ${requirements} with ${version} (pinned for CPython 3.10 to 3.14; needs the network or pip's cache)`,
    );
  }
  const scratch = mkdtempSync(join(tmpdir(), 'vnpy-setup-'));
  try {
    mkdirSync(join(scratch, '.vntrader'));
    if (!run(interpreterOf(venv), ['-c', IMPORTS], { cwd: scratch }))
      throw new SetupError(`vnpy was installed into ${folder} but cannot be imported`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  writeFileSync(stamp, wanted);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [venv, requirements, ...rest] = process.argv.slice(2);
  try {
    if (requirements === undefined || rest.length > 0) throw new SetupError('usage: python.mjs VENV REQUIREMENTS');
    makeVenv(venv, requirements);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`setup: ${error.message}`);
    process.exitCode = 1;
  }
}
