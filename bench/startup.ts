/**
 * `npm run bench -- startup`: what the package weighs, and how long it takes until a program can begin.
 *
 * Every line is a process of its own, from its start to its end, so Node.js's own start is in each and stands alone in
 * the first. Contenders take turns, round by round; every number is the median of the rounds.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumps } from 'vnpy-bridge/pickle';
import { pythonOf, repositoryRoot } from '../interop/support/peer.js';
import { pack } from '../scripts/pack.js';
import { measure, printTable, shownTime } from './support/report.js';
import type { BenchmarkOptions, Contender } from './support/report.js';

const root = repositoryRoot();
const ENTRIES = ['vnpy-bridge/pickle', 'vnpy-bridge/rpc', 'vnpy-bridge/vnpy', 'vnpy-bridge'];

/** Runs the benchmark and prints its tables. */
export async function run({ rounds, filters }: BenchmarkOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-startup-'));
  try {
    printSizes(folder);
    const contenders = Object.fromEntries(
      Object.entries(programs(folder)).filter(
        ([name]) => filters.length === 0 || filters.some((filter) => name.includes(filter)),
      ),
    );
    // One process a turn, and it takes as long as it takes.
    const times = await measure(contenders, rounds, 1);
    const baseline = times[BASELINE];
    console.log(`\nstart to end of a process: Node ${process.version}, median of ${rounds} rounds`);
    printTable([
      ['', 'time', 'beyond Node.js itself'],
      ...Object.entries(times).map(([name, time]) => [
        name,
        shownTime(time),
        baseline === undefined || name === BASELINE || name.startsWith('python')
          ? ''
          : shownTime(Math.max(0, time - baseline)),
      ]),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const BASELINE = 'node -e ""';

function programs(folder: string): Record<string, Contender> {
  const file = join(folder, 'request.pkl');
  writeFileSync(file, dumps(['add', [1, 3], {}]));
  const program = (name: string): string => join(root, 'dist', 'cli', 'bin', `${name}.js`);
  const node = (...args: string[]): Contender => spawned(process.execPath, args);
  return {
    [BASELINE]: node('-e', ''),
    ...Object.fromEntries(
      ENTRIES.map((entry) => [`import '${entry}'`, node('--input-type=module', '-e', `import '${entry}'`)]),
    ),
    'pickle-inspect --version': node(program('pickle-inspect'), '--version'),
    'pickle-inspect show FILE': node(program('pickle-inspect'), 'show', file),
    'pickle-inspect ops FILE': node(program('pickle-inspect'), 'ops', file),
    'vnpy-bridge --version': node(program('vnpy-bridge'), '--version'),
    'vnpy-bridge doctor --help': node(program('vnpy-bridge'), 'doctor', '--help'),
    'python -m pickletools FILE': spawned(pythonOf('4.5'), ['-m', 'pickletools', file]),
    'python -c "import vnpy.rpc"': spawned(pythonOf('4.5'), ['-c', 'import vnpy.rpc']),
  };
}

/** A process, in nanoseconds from its start to its end. It must succeed. */
function spawned(command: string, args: readonly string[]): Contender {
  return () => {
    const begun = performance.now();
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    return (performance.now() - begun) * 1e6;
  };
}

function printSizes(folder: string): void {
  const { size, unpackedSize, files } = pack(folder);
  console.log('the package');
  printTable([
    ['', 'size'],
    ['tarball', kilobytes(size)],
    [`unpacked (${files.length} files)`, kilobytes(unpackedSize)],
    ['  of it JavaScript', kilobytes(sizeOf(files, '.js'))],
    ['  declarations', kilobytes(sizeOf(files, '.d.ts'))],
    ['  sources and source maps', kilobytes(sizeOf(files, '.map') + sizeOf(files, '.ts', 'src/'))],
    ['the optional zeromq, installed', kilobytes(folderSize(join(root, 'node_modules', 'zeromq')))],
  ]);
}

function sizeOf(files: readonly string[], ending: string, beginning = 'dist/'): number {
  return files
    .filter((file) => file.startsWith(beginning) && file.endsWith(ending))
    .reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
}

function folderSize(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}
