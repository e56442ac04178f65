import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bytes, little } from '../../support/bytes.js';
import { hostileCases } from '../../pickle/hostile-cases.js';
import { fixture } from './samples.js';

// Every command on every hostile row: under a second of processor time and 256 MB of resident memory, start-up included.
// A slower machine than those that the budget was set on has more time, by what it takes for a fixed piece of work.
//
// `npm test` takes one command in eight on each row, others from row to row. Many runs share a process, since to start one
// takes longer than most of them. What is over the budget there, or ends it, is run again as a process of the executable as
// it is, and that decides. Other tests run at the same time, which makes processor time longer too, so it allows three times
// as much: what the budget is against, time that grows with the square of the input, takes ten times and more.
//
// The whole product by the second itself, with a process for each command on a large row, some five minutes in which nothing
// else should run:
//     npm run budget

const FULL = process.env['BUDGET'] === 'full';
const SAMPLE = 8;

vi.setConfig({ testTimeout: 600_000, hookTimeout: 60_000 });

const MAX_MS = FULL ? 1000 : 3000;
const MAX_MB = 256;
/** Processor time of budget-yardstick.mjs where the budget is a second, in ms. */
const YARDSTICK = 500;

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// Another build than dist/ can be put to the test, with a package.json beside it.
const dist = process.env['INSPECT_DIST'] ?? pathTo('../../../dist');
/** The same as one module a source. */
const modules = process.env['INSPECT_DIST'] ?? pathTo('../../../build/esm');

const COMMANDS: readonly (readonly string[])[] = [
  ['show'],
  ['show', '--no-vnpy', '--all'],
  ['ops'],
  ['ops', '--no-path', '--annotate'],
  ['ops', '--compat'],
  ['ops', '--compat', '--annotate', '--indentlevel', '0'],
  ['hex'],
  ['json'],
  ['json', '--mode', 'typed'],
  ['py'],
  ['js'],
  ['check'],
  ['check', '--format', 'sarif'],
  ['diff'],
  ['stats'],
  ['lint'],
  ['repack'],
  ['repack', '--optimize'],
  ['html'],
  ['select', '$'],
];

interface Row {
  readonly name: string;
  readonly data: () => Uint8Array;
  readonly large: boolean;
}

/** What a table of bytes for `loads` does not have. */
const MORE: readonly (readonly [name: string, data: () => Uint8Array])[] = [
  ['5,000,000 nested tuples', () => bytes(')', '\x85'.repeat(5_000_000), '.')],
  ['100,000 nested lists', () => bytes(']'.repeat(100_000), 'a'.repeat(99_999), '.')],
  ['10,000 nested lists, the deepest that are read', () => bytes(']'.repeat(10_000), 'a'.repeat(9_999), '.')],
  ['5,000 nested dicts', () => bytes('}N'.repeat(5_000), 'N', 's'.repeat(5_000), '.')],
  ['200,000 memoized texts', () => bytes('\x80\x04](', '\x8c\x04text\x94'.repeat(200_000), 'e.')],
  ['200,000 fetches of one text', () => bytes('\x80\x04](\x8c\x04text\x94', 'h\x00'.repeat(200_000), 'e.')],
  ['50,000 calls', () => bytes('\x80\x04](cm\nf\n\x94', 'h\x00)R'.repeat(50_000), 'e.')],
  [
    'a dict of 100,000 keys',
    () => bytes('}(', ...Array.from({ length: 100_000 }, (_, key) => bytes('J', little(key, 4), 'N')), 'u.'),
  ],
  ['a text of 5 MB', () => bytes('X', little(5_000_000, 4), 'ü'.repeat(2_500_000), '.')],
  ['bytes of 5 MB', () => bytes('B', little(5_000_000, 4), new Uint8Array(5_000_000), '.')],
  ['2,000 marks, then 200,000 values', () => bytes('('.repeat(2_000), 'N'.repeat(200_000), '.')],
  ['LONG of 1,000,000 digits', () => bytes('L', '7'.repeat(1_000_000), 'L\n.')],
  ['20,000 small pickles one behind the other', () => bytes('K\x01.'.repeat(20_000))],
  ['gzip that unpacks to 200 MB', () => gzipSync(new Uint8Array(200_000_000))],
  [
    'gzip of a pickle of 5 MB',
    () => gzipSync(bytes('\x80\x04B', little(5_000_000, 4), new Uint8Array(5_000_000), '.')),
  ],
  ['a real tick', () => fixture('vnpy-tick-event', 4)],
];

const ROWS: readonly Row[] = [
  ...Object.values(hostileCases)
    .flat()
    .map(({ name, data }) => ({
      name,
      data: typeof data === 'function' ? data : () => data,
      large: typeof data === 'function',
    })),
  ...MORE.map(([name, data]) => ({ name, data, large: true })),
];

interface Job {
  readonly id: number;
  readonly label: string;
  readonly args: readonly string[];
}

interface Result {
  readonly id: number;
  readonly code: number;
  /** Processor time. */
  readonly ms: number;
  /** Largest size of the process up to now, in MB. */
  readonly peak: number;
  readonly written: number;
  readonly stderr: string;
}

let folder: string;
/** How much longer the machine takes just now than one on which the budget is a second; at least 1. */
let slowness = 1;

beforeAll(async () => {
  if (!existsSync(join(dist, 'cli/bin/pickle-inspect.js'))) throw new Error('dist/ is missing: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-budget-'));
  slowness = await measureSlowness();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function jobsOf(rows: readonly Row[], commandsOf: (row: Row, index: number) => readonly (readonly string[])[]): Job[] {
  const jobs: Job[] = [];
  const files = join(folder, String(jobs.length));
  mkdirSync(files, { recursive: true });
  rows.forEach((row, index) => {
    const path = join(files, `${rows.length}-${index}.pkl`);
    writeFileSync(path, row.data());
    for (const [command = '', ...options] of commandsOf(row, index)) {
      const raw = row.name.startsWith('gzip') ? [] : ['--from', 'raw'];
      const inputs = command === 'diff' ? [path, path] : [path];
      const args =
        command === 'select' ? [command, ...options, ...inputs, ...raw] : [command, ...options, ...raw, ...inputs];
      jobs.push({ id: jobs.length, label: `${[command, ...options].join(' ')}: ${row.name}`, args });
    }
  });
  return jobs;
}

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
  /** Lines of JSON. */
  readonly lines: readonly string[];
}

/** Runs Node.js. Gives what came on a descriptor. */
async function node(args: readonly string[], descriptor: 1 | 3): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', descriptor === 1 ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let stderr = '';
  child.stdio[descriptor]?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stderr, lines: out.trim().split('\n') };
}

async function measureSlowness(): Promise<number> {
  const { lines } = await node(['--import', pathTo('budget-watch.mjs'), pathTo('budget-yardstick.mjs')], 3);
  const { ms } = JSON.parse(lines[0] ?? '') as Pick<Result, 'ms'>;
  return Math.max(1, ms / YARDSTICK);
}

function problemsOf({ code, ms, peak, stderr }: Omit<Result, 'id' | 'written'>, label: string): string[] {
  const problems: string[] = [];
  if (ms > MAX_MS * slowness) problems.push(`${label}: ${ms.toFixed(0)} ms`);
  if (peak > MAX_MB) problems.push(`${label}: ${peak.toFixed(0)} MB`);
  if (code > 3 && !label.startsWith('repack')) problems.push(`${label}: exit ${code}`);
  if (/internal error|\n\s+at /.test(stderr)) problems.push(`${label}: ${stderr}`);
  return problems;
}

/** Runs each job as a process. A busy machine makes also processor time longer: what took too long has further tries. */
async function processesOverBudget(jobs: readonly Job[], tries = 3): Promise<string[]> {
  const problems: string[] = [];
  for (const job of jobs) {
    const program = ['--import', pathTo('budget-watch.mjs'), join(dist, 'cli/bin/pickle-inspect.js'), ...job.args];
    const { status, stderr, lines } = await node(program, 3);
    const ended = `${job.label}: ended with ${status ?? 'a signal'}: ${stderr.slice(-300)}`;
    const found =
      lines[0] === '' || lines[0] === undefined
        ? [ended]
        : problemsOf({ ...(JSON.parse(lines[0]) as Result), stderr: stderr.slice(-500) }, job.label);
    const onlySlow = found.length > 0 && found.every((problem) => problem.endsWith(' ms'));
    if (onlySlow && tries > 1) {
      slowness = await measureSlowness();
      problems.push(...(await processesOverBudget([job], tries - 1)));
    } else {
      problems.push(...found);
    }
  }
  return problems;
}

/** Runs jobs in one process, or one after another where a job ends it, and gives those that went beyond the budget. */
async function overBudgetTogether(jobs: readonly Job[]): Promise<Job[]> {
  const file = join(folder, `jobs-${jobs.length}.json`);
  writeFileSync(file, JSON.stringify(jobs));
  const { status, lines } = await node(['--expose-gc', pathTo('budget-child.mjs'), modules, file], 1);
  const results = new Map(lines.map((line) => JSON.parse(line) as Result).map((result) => [result.id, result]));
  const isDone = ({ id }: Job): boolean => results.get(id)?.code !== undefined;
  const over = jobs.filter((job) => {
    const result = results.get(job.id);
    return result !== undefined && isDone(job) && problemsOf(result, job.label).length > 0;
  });
  const [last, ...rest] = jobs.filter((job) => !isDone(job));
  if (status === 0 && last === undefined) return over;
  return [...over, ...(last === undefined ? [] : [last]), ...(rest.length === 0 ? [] : await overBudgetTogether(rest))];
}

/** Gives what went beyond the budget: a process for each job says it, where many together do not say that all is well. */
async function overBudget(jobs: readonly Job[]): Promise<string[]> {
  return processesOverBudget(await overBudgetTogether(jobs));
}

describe('a second and 256 MB', () => {
  const small = ROWS.filter(({ large }) => !large);
  const large = ROWS.filter((row) => row.large);
  // What pickletools prints has no bound: 5 MB of opcodes without an argument are 125 MB of lines.
  const isUnbounded = ({ name }: Row, command: readonly string[]): boolean =>
    command.includes('--compat') && name.startsWith('5,000,000');
  const commandsFor = (row: Row, index: number): readonly (readonly string[])[] =>
    COMMANDS.filter((command, number) => (FULL || number % SAMPLE === index % SAMPLE) && !isUnbounded(row, command));

  test('every command on small rows', async () => {
    const jobs = jobsOf(small, commandsFor);
    expect(await overBudget(jobs)).toEqual([]);
  });

  const groups: (readonly [name: string, rows: readonly Row[]])[] = FULL
    ? large.map((row) => [row.name, [row]])
    : [['large rows', large]];

  test.each(groups)('every command on %s', async (_name, rows) => {
    const jobs = jobsOf(rows, (row) => commandsFor(row, large.indexOf(row)));
    expect(await (FULL ? processesOverBudget(jobs) : overBudget(jobs))).toEqual([]);
  });
});
