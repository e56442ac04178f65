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

// Every command on every hostile row: under a second of processor time and 256 MB of resident memory. Many runs share a
// process, which has a heap limit and says after each run what it took and how large the process has ever been.
//
// Each large row has a process. `npm test` takes one command in eight on each row, others from row to row: some 25
// seconds. The whole product, some five minutes:
//     npm run budget

const FULL = process.env['BUDGET'] === 'full';
const SAMPLE = 8;

vi.setConfig({ testTimeout: 600_000, hookTimeout: 60_000 });

const SECOND = 1000;
const MAX_MB = 256;
/** Of the heap; the young generation, buffers and the program itself come on top. */
const HEAP_MB = 150;

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// Another build than dist/ can be put to the test.
const dist = process.env['INSPECT_DIST'] ?? pathTo('../../../dist');

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

beforeAll(() => {
  if (!existsSync(join(dist, 'cli/inspect/app.js'))) throw new Error('dist/ is missing: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-budget-'));
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

/**
 * Runs jobs in one process, and gives what went beyond the budget. A busy machine makes also processor time longer: what
 * took too long has further tries by itself.
 */
async function overBudget(jobs: readonly Job[], tries = 3): Promise<string[]> {
  const file = join(folder, `jobs-${jobs[0]?.label.length ?? 0}-${jobs.length}.json`);
  writeFileSync(file, JSON.stringify(jobs));
  const node = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`, pathTo('budget-child.mjs'), dist, file];
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Partial<Result> & { readonly id: number });
  const label = (id: number): string => jobs.find((job) => job.id === id)?.label ?? '';
  const argsOf = (id: number): readonly string[] => jobs.find((job) => job.id === id)?.args ?? [];
  const problems: string[] = [];
  let largest = 0;
  for (const { id, code, ms, peak, stderr } of lines) {
    if (code === undefined || ms === undefined || peak === undefined) continue;
    if (ms > SECOND) {
      const again = tries > 1 ? await overBudget([{ id, label: label(id), args: argsOf(id) }], tries - 1) : undefined;
      problems.push(...(again ?? [`${label(id)}: ${ms.toFixed(0)} ms`]));
    }
    // The process does not shrink: only the run that made it grow is to blame.
    if (peak > MAX_MB && peak > largest) problems.push(`${label(id)}: ${peak.toFixed(0)} MB`);
    largest = Math.max(largest, peak);
    if (code > 3 && !label(id).startsWith('repack')) problems.push(`${label(id)}: exit ${code}`);
    if (/internal error|\n\s+at /.test(stderr ?? '')) problems.push(`${label(id)}: ${stderr ?? ''}`);
  }
  const last = lines[lines.length - 1];
  if (status !== 0) problems.push(`${label(last?.id ?? -1)}: ended the process: ${err.slice(0, 300)}`);
  return problems;
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

  test.each(large.map((row, index) => [row.name, row, index] as const))(
    'every command on %s',
    async (_name, row, index) => {
      expect(await overBudget(jobsOf([row], () => commandsFor(row, index)))).toEqual([]);
    },
  );
});
