/**
 * pickle-inspect beside `python -m pickletools`, fickling and picklescan: whole processes, start-up included, over a
 * pickle of 20,000 ticks of about 1 MB.
 *
 *     npm run bench -- inspect
 *
 * fickling and picklescan are installed from pip into a folder of the bench, once; without a network they are left out.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumps, PyGlobal, PyObject, Tuple } from 'vnpy-bridge/pickle';
import { fromRoot, pythonExecutable } from './support/python.js';
import type { BenchmarkOptions } from './support/report.js';

const TICKS = 20_000;
const VENV = fromRoot('build/bench-venv');
// fickling uses typing_extensions without saying so on Python before 3.12.
const PACKAGES = ['fickling==0.1.12', 'picklescan==1.0.5', 'typing_extensions'];

/** A list of ticks with few attributes, shared strings and a datetime each. */
function ticks(): Uint8Array {
  const type = new PyGlobal('vnpy.trader.object', 'TickData');
  const datetime = new PyGlobal('datetime', 'datetime');
  const list = Array.from({ length: TICKS }, (_, index) => {
    const time = Uint8Array.of(7, 234, 1, 5, 9, 30, 0, 0, index >> 8, index & 255);
    const state = {
      symbol: 'rb2605',
      last_price: 3700.5 + index,
      volume: index,
      datetime: new PyObject(datetime, Tuple.of(time), 'call'),
    };
    return new PyObject(type, Tuple.of(), 'new', undefined, [{ kind: 'state', state }]);
  });
  return dumps(list);
}

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface Measured {
  /** Seconds that pass. */
  readonly elapsed: number;
  /** Seconds that the process computes: what a busy machine does not change. */
  readonly cpu: number;
  /** Largest resident size, in MB. */
  readonly memory: number;
}

/** Runs a program once, its output thrown away. */
function once(program: Program, cwd: string, out: number): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(pythonExecutable(), ['-c', WATCH, program.command, ...program.args], {
      // fickling leaves a file in the folder where it runs.
      cwd,
      stdio: ['ignore', out, 'pipe'],
    });
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => {
      const match = /MEASURED ([\d.]+) (\d+)\s*$/.exec(text);
      if (match === null) {
        reject(new Error(`${program.name}: ${text.slice(-300)}`));
      } else {
        resolve({
          elapsed: (performance.now() - start) / 1000,
          cpu: Number(match[1]),
          memory: Number(match[2]) / 1000,
        });
      }
    });
  });
}

/** Runs its arguments and says what they used: processor seconds and resident kilobytes. */
const WATCH = `
import resource, subprocess, sys
result = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE)
if b"Traceback" in result.stderr:
    sys.exit(result.stderr.decode())
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write("MEASURED %.4f %d" % (used.ru_utime + used.ru_stime, used.ru_maxrss))
`;

function installed(): boolean {
  if (existsSync(join(VENV, 'bin/fickling'))) return true;
  try {
    mkdirSync(fromRoot('build'), { recursive: true });
    execFileSync(pythonExecutable(), ['-m', 'venv', VENV], { stdio: 'ignore' });
    execFileSync(join(VENV, 'bin/pip'), ['install', '--quiet', ...PACKAGES], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`  (fickling and picklescan could not be installed with pip: left out)`);
    return false;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Prints the table. */
export async function run({ rounds, filters }: BenchmarkOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-inspect-'));
  const out = openSync('/dev/null', 'w');
  try {
    const file = join(folder, 'ticks.pkl');
    const data = ticks();
    writeFileSync(file, data);
    const own = fromRoot('dist/cli/bin/pickle-inspect.js');
    const inspect = (...args: readonly string[]): Program => ({
      name: `pickle-inspect ${args.join(' ')}`,
      command: process.execPath,
      args: [own, ...args, file],
    });
    const python = pythonExecutable();
    const programs = [
      inspect('show'),
      inspect('check'),
      inspect('ops', '--no-path'),
      inspect('ops', '--compat'),
      inspect('ops'),
      { name: 'python -m pickletools', command: python, args: ['-m', 'pickletools', file] },
    ];
    if (installed()) {
      programs.push(
        { name: 'picklescan', command: join(VENV, 'bin/picklescan'), args: ['-p', file] },
        { name: 'fickling --check-safety', command: join(VENV, 'bin/fickling'), args: ['--check-safety', file] },
      );
    }
    const chosen = programs.filter(
      ({ name }) => filters.length === 0 || filters.some((filter) => name.includes(filter)),
    );
    const results = new Map<Program, Measured[]>(chosen.map((program) => [program, []]));
    // In turn, round by round, so that noise of the machine hits all alike.
    for (let round = 0; round < Math.min(rounds, 7); round++)
      for (const program of chosen) results.get(program)?.push(await once(program, folder, out));

    console.log(
      `inspect: ${TICKS} ticks, ${(data.length / 1e6).toFixed(2)} MB, one process each (median of ${Math.min(rounds, 7)})`,
    );
    for (const [{ name }, measured] of results) {
      const of = (key: keyof Measured): number => median(measured.map((one) => one[key]));
      console.log(
        `  ${name.padEnd(30)} ${of('elapsed').toFixed(2).padStart(6)} s  ${of('cpu').toFixed(2).padStart(6)} s CPU  ${of('memory').toFixed(0).padStart(5)} MB`,
      );
    }
  } finally {
    closeSync(out);
    rmSync(folder, { recursive: true });
  }
}
