/**
 * What has to be there before anything runs, each step only where something has changed since.
 *
 * @module
 */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { findPython, interpreterOf, makeVenv } from './python.mjs';
import { npm, root, SetupError } from './run.mjs';

const VENVS = [
  ['.venv', 'python-fixtures/requirements.txt'],
  ['.venv-4.4', 'python-fixtures/requirements-4.4.txt'],
];

const APPS = [
  ['.venv-apps', 'python-fixtures/requirements-apps.txt'],
  ['.venv-apps-4.4', 'python-fixtures/requirements-apps-4.4.txt'],
];

const TRADER = [['.venv-trader', 'python-fixtures/requirements-trader.txt']];

/** What a step makes, of which files, and how. The stamp is written last: an interrupted step is done again. */
const PACKAGES = {
  stamp: 'node_modules/.stamp',
  inputs: ['package.json', 'package-lock.json'],
  command: ['ci', '--no-audit', '--no-fund'],
};
const BUILD = {
  stamp: 'dist/.stamp',
  inputs: [
    PACKAGES.stamp,
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build.mjs',
    'scripts/thread-source.mjs',
    'src',
    'web',
  ],
  command: ['run', '--silent', 'build'],
};
const TOOLS = {
  stamp: 'build/.stamp',
  inputs: [BUILD.stamp, 'tsconfig.tools.json', 'examples', 'bench', 'scripts', 'interop/support'],
  command: ['run', '--silent', 'build:tools'],
};

/** The steps of each part. */
const STEPS = {
  packages: () => [PACKAGES],
  build: () => [PACKAGES, BUILD],
  python: () => VENVS,
  apps: () => APPS,
  trader: () => TRADER,
  tools: () => [PACKAGES, BUILD, TOOLS],
  all: () => [PACKAGES, BUILD, ...VENVS],
};

/** What can be asked for. */
export const PARTS = Object.keys(STEPS);

/** @throws {SetupError} where something is missing, or a step fails. */
export function setUp(parts) {
  checkNode();
  const steps = new Set(parts.flatMap((part) => STEPS[part]()));
  // Before minutes have gone by with packages.
  if ([...steps].some((step) => Array.isArray(step) && !existsSync(interpreterOf(join(root, step[0]))))) findPython();
  for (const step of steps) {
    if (Array.isArray(step)) makeVenv(...step);
    else make(step);
  }
}

function checkNode() {
  const [major] = process.versions.node.split('.');
  if (Number(major) < 20) throw new SetupError(`Node.js is ${process.version}, needs >= 20`);
}

function make({ stamp, inputs, command }) {
  const path = join(root, stamp);
  if (existsSync(path) && inputs.every((input) => newest(join(root, input)) <= statSync(path).mtimeMs)) return;
  if (!npm(...command)) throw new SetupError(`'npm ${command.join(' ')}' failed`);
  writeFileSync(path, '');
}

/** When the newest file of a folder was changed, in ms. */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  // A folder is changed by what is taken out of it.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
