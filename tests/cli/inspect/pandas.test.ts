import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/cli/kit/text/style.js';
import { fromBase64 } from '../../support/bytes.js';
import { inspect } from './harness.js';

// Tables as real versions of pandas pickle them (python-fixtures/pandas_files.py): each is allowed by its profile and shown as a
// table; what no pandas writes is not.

interface Row {
  readonly case: string;
  readonly protocol: number;
  readonly pandas: readonly string[];
  readonly data: string;
  readonly buffers?: readonly string[];
}

const FILE = new URL('../../../python-fixtures/data/pandas-pickles.jsonl', import.meta.url);
const rows = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const byCase = new Map<string, Row[]>();
for (const row of rows) byCase.set(row.case, [...(byCase.get(row.case) ?? []), row]);

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

async function check(data: Uint8Array, profile: string): Promise<Report> {
  const { stdout } = await inspect(['check', '--format', 'json', '--profile', profile], { stdin: data });
  return JSON.parse(stdout) as Report;
}

/** Of a kind that no profile knows. */
function isUnknown({ case: name }: Row): boolean {
  return name === 'sparse';
}

describe('what real versions of pandas write', () => {
  test.each([...byCase])('%s is allowed by the profile pandas alone', async (_name, pickles) => {
    for (const row of pickles) {
      const { protocol, pandas, data } = row;
      const title = `protocol ${protocol}, pandas ${pandas.join(', ')}`;
      if (isUnknown(row) || row.buffers !== undefined) continue;
      const { verdict, findings } = await check(fromBase64(data), 'pandas');
      const found = findings.filter(({ code }) => !code.startsWith('L'));
      expect([title, verdict, found]).toEqual([title, 'ALLOWED TYPES', []]);
    }
    const [first] = pickles;
    expect((await check(fromBase64(first?.data ?? ''), 'numpy')).verdict).toBe('UNKNOWN TYPES');
  });
});

describe('a table is shown', () => {
  function rowOf(name: string, version: string): Uint8Array {
    const found = byCase.get(name)?.find(({ protocol, pandas }) => protocol === 4 && pandas.includes(version));
    if (found === undefined) throw new Error(`there is no ${name} of pandas ${version}`);
    return fromBase64(found.data);
  }

  async function shown(name: string, version: string, ...args: readonly string[]): Promise<string[]> {
    const { stdout } = await inspect(['show', '-q', '--no-types', '--no-offsets', ...args], {
      stdin: rowOf(name, version),
    });
    return stdout.trimEnd().split('\n');
  }

  const VERSIONS = ['0.23.4', '0.25.3', '1.1.5', '1.5.3', '2.2.3', '3.1.1'];

  test.each(VERSIONS)('with columns, index and the first rows, of pandas %s', async (version) => {
    const lines = await shown('bars', version);
    expect(lines[0]).toBe('DataFrame of 7 rows × 5 columns');
    expect(lines[1]).toMatch(/^ {2}index {2}DatetimeIndex of 7, datetime64\[[nu]s, Asia\/Shanghai\]$/);
    expect(lines[2]?.trim().split(/\s+/)).toEqual(['open', 'volume', 'name', 'up', 'close']);
    expect(lines[3]?.trim().split(/\s+/)).toEqual(['float64', 'int64', expect.any(String), 'bool', 'float64']);
    expect(lines[4]).toBe('  2026-01-05T09:00:00+08:00   3500.0       0  螺纹钢  True       0.0');
    expect(lines[6]).toBe('  2026-01-05T09:02:00+08:00      NaN       2  螺纹钢  True       2.0');
    expect(lines.at(-1)).toBe('  … 2 more rows');
    expect(lines).toHaveLength(10);
  });

  test.each(VERSIONS)('dates, spans and categories as what they are, of pandas %s', async (version) => {
    const [, , , , first, second, third] = await shown('dates', version, '--width', '200');
    expect(first).toMatch(
      /2026-01-05T09:30:00\.500 +2026-01-05T00:00:00-05:00 +2026-01-05T00:00:00\+00:00 +1 days 00:00:00$/,
    );
    expect(second?.match(/NaT/g)).toHaveLength(4);
    expect(third).toMatch(/1969-12-31T00:00:00 +2026-07-01T00:00:00-04:00 .*-\(0 days 00:00:01\)$/);
    const categories = await shown('categories', version);
    expect(categories.slice(4).map((line) => line.trim().split(/\s+/))).toEqual([
      ['0', 'long', '3'],
      ['1', 'NaN', '1'],
      ['2', 'short', '2'],
    ]);
  });

  test.each(VERSIONS)('with an index and columns of several levels, of pandas %s', async (version) => {
    const lines = await shown('multi index', version);
    expect(lines[1]).toMatch(/^ {2}index {2}MultiIndex of 4, 2 levels: \w+, int64$/);
    expect(lines.slice(4).map((line) => line.trim().split(/\s+/))).toEqual([
      ['SHFE', '1', '1'],
      ['SHFE', '2', '2'],
      ['DCE', '1', '3'],
      ['DCE', '2', '4'],
    ]);
    expect((await shown('multi columns', version))[2]).toContain('(a, x)  (a, y)');
  });

  test.each(['1.1.5', '1.5.3', '2.2.3', '3.1.1'])(
    'with missing values of nullable columns, of pandas %s',
    async (version) => {
      const lines = await shown('nullable', version);
      expect(lines[3]?.trim().split(/\s+/)).toEqual(['Int64', 'boolean', 'string']);
      expect(lines[5]?.trim().split(/\s+/)).toEqual(['1', '<NA>', '<NA>', '<NA>']);
    },
  );

  test.each(VERSIONS)('with periods and intervals, of pandas %s', async (version) => {
    const scalars = await shown('period scalars', version);
    expect(scalars.slice(1, -1).map((line) => line.replace(/^ {2}\d: /, ''))).toEqual([
      ...['2026-01', '2026-01-05', '2026Q1', '2026-01-05/2026-01-11', '2026-01-05'],
      ...['2026-01-05T09:30', '2026-01-05T09:30:01', '2026-01-01/2026-01-07', '2026Q1'],
    ]);
    const [, first, second, third] = await shown('interval scalars', version);
    expect([first, second, third]).toEqual([
      '  0: (0, 1]',
      '  1: [0.5, 1.5]',
      '  2: [2026-01-05T00:00:00, 2026-01-06T00:00:00)',
    ]);
    const columns = await shown('periods of each kind', version, '--width', '200');
    expect(columns.at(-2)?.trim().split(/ +/).slice(1)).toEqual([
      ...['2026', '2026Q1', '2026-01', '2026-01-05/2026-01-11', '2026-01-05', '2026-01-05'],
      ...['2026-01-05T09:00', '2026-01-05T09:30', '2026-01-05T09:30:00'],
    ]);
    const objects = await shown('scalars in objects', version);
    expect(objects.slice(3).map((line) => line.trim().replace(/^\d +/, ''))).toEqual([
      ...['2026-01-05T00:00:00+08:00', 'NaT', '1 days 00:00:00', '2026-01', '(0, 1]'],
    ]);
  });

  test.each(['1.5.3', '2.2.3', '3.1.1'])('with columns of Arrow, of pandas %s', async (version) => {
    const cells = (lines: readonly string[]): string[][] => lines.slice(-2).map((line) => line.trim().split(/ {2,}/));
    const numbers = await shown('arrow numbers', version, '--width', '200');
    expect(numbers[3]?.trim().split(/ +/)).toEqual(
      ['int8', 'uint64', 'float', 'double', 'bool'].map((name) => `${name}[pyarrow]`),
    );
    expect(cells(numbers)).toEqual([
      ['1', '<NA>', '<NA>', '<NA>', '<NA>', '<NA>'],
      ['2', '0', '0', '0.0', '0.0', 'False'],
    ]);
    expect(cells(await shown('arrow times', version, '--width', '200'))).toEqual([
      ['0', '2026-01-05T09:30:00', '2026-01-05T09:30:00+08:00', '1969-12-31', '09:30:00.0005', '-(0 days 00:00:01)'],
      ['1', '<NA>', '<NA>', '<NA>', '<NA>', '<NA>'],
    ]);
    const others = await shown('arrow others', version, '--width', '200');
    expect(cells(others)).toEqual([
      ['0', '-123.45', '多', '[1, <NA>]', "{'a': 1}", 'a', '<NA>'],
      ['1', '<NA>', '<NA>', '<NA>', '<NA>', '<NA>', '<NA>'],
    ]);
    expect((await shown('arrow index', version))[1]).toBe('  index  Index of 2, int64[pyarrow]');
    const stdin = rowOf('arrow in chunks', version);
    const run = await inspect(['json', '--arrays', 'numbers'], { stdin });
    expect(JSON.parse(run.stdout)).toMatchObject({ dtype: 'int64[pyarrow]', data: [1, 2, 3] });
  });

  test('in Fortran order, and with every second row and column', async () => {
    const lines = await shown('every second', '3.1.1');
    expect(lines.slice(4).map((line) => line.trim().split(/\s+/))).toEqual([
      ['0', '0.0', '2.0'],
      ['2', '8.0', '10.0'],
      ['4', '16.0', '18.0'],
    ]);
    const transposed = await shown('transposed', '2.2.3');
    expect(transposed.slice(4).map((line) => line.trim().split(/\s+/))).toEqual([
      ['0', '0', '3'],
      ['1', '1', '4'],
      ['2', '2', '5'],
    ]);
  });

  test('with the columns that fit, and the names of those that do not', async () => {
    for (const width of [40, 60, 80]) {
      const lines = await shown('bars', '3.1.1', '--width', String(width));
      for (const line of lines.slice(1)) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
    expect((await shown('bars', '3.1.1', '--width', '45')).at(-1)).toBe('  … 3 more columns: name, up, close');
  });

  test('with a kind of column that nobody knows', async () => {
    const lines = await shown('sparse', '3.1.1');
    expect(lines[0]).toBe('DataFrame of 3 rows × 1 column');
    expect(lines[3]).toContain('SparseArray');
    expect(lines.at(-1)).toBe('  values that are not shown: s (pickle-inspect does not read SparseArray)');
  });

  test('out of band, when its buffers are given', async () => {
    const row = byCase.get('bars, out of band')?.find(({ pandas }) => pandas.includes('2.2.3'));
    const folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-buffers-'));
    try {
      const files = (row?.buffers ?? []).map((buffer, at) => {
        const file = join(folder, String(at));
        writeFileSync(file, fromBase64(buffer));
        return file;
      });
      const args = files.flatMap((file) => ['--buffer', file]);
      const run = await inspect(['show', ...args], { stdin: fromBase64(row?.data ?? '') });
      expect(run.stdout).toContain('2026-01-05T09:02:00+08:00      NaN       2  螺纹钢  True       2.0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('by json, in short and with all values', async () => {
    const stdin = rowOf('bars', '2.2.3');
    const short = JSON.parse((await inspect(['json'], { stdin })).stdout) as Record<string, unknown>;
    expect(short).toMatchObject({
      $class: 'pandas.DataFrame',
      shape: [7, 5],
      columns: ['open', 'volume', 'name', 'up', 'close'],
      $cut: '5 of 7 rows: --arrays numbers writes them all',
    });
    const run = await inspect(['json', '--arrays', 'numbers'], { stdin });
    const whole = JSON.parse(run.stdout) as { data: unknown[][]; index: unknown[] };
    expect(whole).not.toHaveProperty('$cut');
    expect(whole.data[2]).toEqual([null, 2, '螺纹钢', true, 2]);
    expect(whole.index.at(-1)).toBe('2026-01-05T09:06:00+08:00');
    expect(run.stderr).toContain('NaN became null');
    const selected = await inspect(['select', '$.rb2705', '--json'], { stdin: rowOf('in a dict', '3.1.1') });
    expect(JSON.parse(selected.stdout)).toMatchObject({ columns: ['close'], data: [[1], [2]] });
  });

  test('by select, a column or a value of it', async () => {
    const select = async (path: string, name: string, ...args: readonly string[]): Promise<string> => {
      const run = await inspect(['select', path, ...args], { stdin: rowOf(name, '3.1.1') });
      return (run.stdout + run.stderr).trimEnd();
    };
    const lines = (await select('$.close', 'bars')).split('\n');
    expect(lines[0]).toBe('Series of 7 × float64');
    expect(lines.at(-1)?.trim().split(/ +/)).toEqual(['2026-01-05T09:06:00+08:00', '6.0']);
    expect(JSON.parse(await select('$.name', 'bars', '--json', '--arrays', 'numbers'))).toMatchObject({
      $class: 'pandas.Series',
      name: 'name',
      data: ['螺纹钢', '螺纹钢', '螺纹钢', '螺纹钢', '螺纹钢', '螺纹钢', '螺纹钢'],
    });
    // The path of a difference leads to the value that differs.
    expect(await select('$@rows[3].open', 'bars')).toBe('3503.0');
    expect(await select('$.open[-1]', 'bars', '--json')).toBe('3506');
    expect(await select('$.rb2705.close[1]', 'in a dict')).toBe('2.0');
    expect(await select('$[2]', 'series')).toBe('3.5');
    expect(await select('$[1][0]', 'numbered columns')).toBe('1.0');
    expect(await select('$.high', 'bars')).toContain('$ has no .high: there are .open .volume .name .up .close');
    expect(await select('$.open[7]', 'bars')).toContain('$ has no .open[7]');
  });

  test('and compared value by value', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-tables-'));
    try {
      const whole = Buffer.from(rowOf('bars', '2.2.3'));
      writeFileSync(join(folder, 'a'), whole);
      const last = whole.indexOf(Buffer.from('0000000000001840', 'hex'));
      whole[last + 6] = 0x1c;
      writeFileSync(join(folder, 'b'), whole);
      const run = await inspect(['diff', join(folder, 'a'), join(folder, 'b')]);
      expect(run.stdout).toMatch(/^~ \$@rows\[6\]\.close +6 -> 7 /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('in the report', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-report-'));
    try {
      const file = join(folder, 'report.html');
      expect((await inspect(['html', '-o', file], { stdin: rowOf('bars', '3.1.1') })).code).toBe(0);
      expect(readFileSync(file, 'utf8')).toContain(
        '2026-01-05T09:02:00+08:00      NaN       2  螺纹钢  True       2.0',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
