import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytes, fromBase64, little } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { npy } from './samples.js';

// Models and arrays as what they are (python-fixtures/model_files.py), and how wide they stand.

const FILE = new URL('../../../python-fixtures/data/model-files.json', import.meta.url);
const FILES = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, string>>;

function model(name: string): Uint8Array {
  const data = FILES[name];
  if (data === undefined) throw new Error(`there is no file of ${name}`);
  return fromBase64(data);
}

async function show(name: string, ...args: readonly string[]): Promise<string> {
  return (await inspect(['show', '--no-offsets', ...args], { stdin: model(name) })).stdout;
}

describe('an estimator of scikit-learn', () => {
  test.each(['1.5.2', '1.9.1'])('has its version, its parameters, then what was fitted: %s', async (version) => {
    const name = `scikit-learn ${version}: linear`;
    for (const file of [name, `${name}, of joblib`]) {
      const shown = await show(file);
      expect(shown).toMatch(
        new RegExp(
          `LinearRegression \\(scikit-learn ${version.replaceAll('.', '\\.')}, \\d parameters, [56] fitted\\)`,
        ),
      );
      const labels = [...shown.matchAll(/^ {2}(\w+) /gm)].map(([, label]) => label);
      expect(labels.indexOf('fit_intercept')).toBeLessThan(labels.indexOf('coef_'));
      expect(labels.at(-1)).toBe('_sklearn_version');
      expect(shown).toMatch(/coef_ +array\(3 f8\) \[/);
    }
  });

  test('is one in a pipeline', async () => {
    const shown = await show('scikit-learn 1.9.1: pipeline');
    expect(shown).toContain('StandardScaler (scikit-learn 1.9.1, 3 parameters, 5 fitted)');
  });

  test('is written as JSON with numbers, by choice', async () => {
    const stdin = model('scikit-learn 1.9.1: linear, of joblib');
    const run = await inspect(['json', '--arrays', 'numbers'], { stdin });
    const { coef_: fitted, ...rest } = JSON.parse(run.stdout) as { readonly coef_: readonly number[] };
    expect(rest).toMatchObject({ $class: 'sklearn.linear_model._base.LinearRegression', fit_intercept: true });
    expect(fitted.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, -2, 0.5]);
    expect(JSON.parse((await inspect(['json'], { stdin })).stdout)).toMatchObject({
      coef_: expect.stringMatching(/^array\(3 f8\) \[/) as string,
    });
  });

  test('is no part of any profile, and check says what would allow it', async () => {
    const stdin = model('scikit-learn 1.9.1: pipeline');
    const refused = await inspect(['check', '--profile', 'pandas'], { stdin });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("what you know can be allowed: --allow 'sklearn.*'");
    expect(refused.stdout).not.toContain('P104');
    expect((await inspect(['check', '--allow', 'sklearn.*'], { stdin })).code).toBe(0);
  });
});

describe('an archive of torch', () => {
  test('has tensors with shape, type and storage', async () => {
    const shown = await show('torch 1.12.1: tensors', '--no-types');
    expect(shown.split('\n').slice(2, -1)).toEqual([
      '{',
      "  'plain': tensor(2×3 float32) of storage 0 (6 × float32, cpu)",
      "  'turned': tensor(3×2 float32) of storage 0 (6 × float32, cpu)",
      "  'half': tensor(2 float16) of storage 1 (2 × float16, cpu)",
      "  'brain': tensor(2 bfloat16) of storage 2 (2 × bfloat16, cpu)",
      "  'longs': tensor(3 int64) of storage 3 (3 × int64, cpu)",
      "  'one': tensor(0-d float32) of storage 4 (1 × float32, cpu, with gradient)",
      '}',
    ]);
  });

  test('has parameters, and a state that is written as JSON', async () => {
    expect(await show('torch 1.12.1: module')).toContain('torch.nn.Parameter');
    const run = await inspect(['json', '-q'], { stdin: model('torch 1.12.1: state') });
    expect(JSON.parse(run.stdout)).toEqual({
      $class: 'collections.OrderedDict',
      weight: { shape: [2, 3], dtype: 'float32', storage: '0', offset: 0, stride: [3, 1], device: 'cpu' },
      bias: { shape: [2], dtype: 'float32', storage: '1', offset: 0, stride: [1], device: 'cpu' },
    });
    expect((await inspect(['check'], { stdin: model('torch 1.12.1: state') })).code).toBe(1);
  });

  test('says when a tensor is larger than its storage', async () => {
    const text = (value: string): Uint8Array => bytes('X', little(value.length, 4), value);
    const storage = bytes('(', text('storage'), 'ctorch\nFloatStorage\n', text('0'), text('cpu'), 'K\x06tQ');
    const data = bytes(
      0x80,
      2,
      'ctorch._utils\n_rebuild_tensor_v2\n(',
      storage,
      'K\x00K\x02K\x03\x86K\x09K\x01\x86',
      0x89,
      'NtR.',
    );
    expect((await inspect(['show'], { stdin: data })).stdout).toContain('which is too short for it');
  });
});

describe('torch before its zip archives', () => {
  test('has five pickles, each named, and numbers behind the last', async () => {
    const run = await inspect(['show'], { stdin: model('torch 1.12.1: state, of before 1.6') });
    expect(run.code).toBe(0);
    expect(run.stdout.match(/before 1\.6: .*/g)).toEqual(
      [
        'the mark of the format',
        'its version',
        'the system that wrote it',
        'the value',
        'the storages that follow',
      ].map((part) => `before 1.6: ${part}`),
    );
    expect(run.stdout).toMatch(/tensor\(2×3 float32\) of storage \d+ \(6 × float32, cpu\)/);
    expect(run.stdout).toContain('note N306 Numbers beside the pickle: 48 bytes from byte 50');
    expect(run.stdout).not.toContain('E052');
    const plain = await inspect(['show'], { stdin: model('torch 1.12.1: number, of before 1.6') });
    expect([plain.code, plain.stdout.includes('N306')]).toEqual([0, false]);
  });

  test('is told when the bytes behind it are no numbers of its storages', async () => {
    const whole = model('torch 1.12.1: state, of before 1.6');
    for (const stdin of [whole.subarray(0, -1), bytes(whole, 'more')]) {
      const run = await inspect(['show'], { stdin });
      expect([run.code, run.stdout.includes('E052')]).toEqual([2, true]);
    }
    const [evil, first] = [bytes("cos\nsystem\n(S'echo hi'\ntR."), whole];
    const hidden = await inspect(['check', '--allow', 'torch.*', '--allow', 'persid'], { stdin: bytes(first, evil) });
    expect([hidden.code, hidden.stdout.includes('P101')]).toEqual([1, true]);
  });

  test('is a tar archive before 0.1.10', async () => {
    const stdin = model('torch 1.12.1: tensors, of a tar archive');
    const run = await inspect(['show', '--no-types', '--no-offsets'], { stdin });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('stdin:pickle  #7');
    expect(run.stdout).toMatch(/'weight': persistent id\n +id {2}2\n {2}'epoch': 3/);
    expect(run.stdout.match(/N306/g)).toHaveLength(2);
    const cut = await inspect(['check', '--allow', 'torch.*', '--allow', 'persid'], {
      stdin: stdin.subarray(0, -1060),
    });
    expect([cut.code, cut.stdout.includes('E050')]).toEqual([2, true]);
    const more = await inspect(['check', '--allow', 'torch.*', '--allow', 'persid'], { stdin: bytes(stdin, 'more') });
    expect([more.code, more.stdout.includes('E050')]).toEqual([2, true]);
  });
});

describe('the width of the output', () => {
  const order = model('scikit-learn 1.9.1: linear');
  const widest = (text: string): number =>
    Math.max(
      ...text
        .split('\n')
        .slice(2)
        .map((line) => line.length),
    );

  test('is that of the terminal, for ops and show', async () => {
    for (const columns of [80, 90, 100]) {
      const ops = await inspect(['ops'], { stdin: order, stdoutIsTTY: true, columns, env: { NO_COLOR: '1' } });
      expect(widest(ops.stdout)).toBeLessThanOrEqual(columns);
      expect(ops.stdout).toContain('path');
    }
    const shown = await inspect(['show'], {
      stdin: model('scikit-learn 1.9.1: pipeline'),
      stdoutIsTTY: true,
      columns: 80,
      env: { NO_COLOR: '1' },
    });
    expect(shown.stdout).toMatch(/…Pipeline @\d+\n/);
  });

  test('is that of COLUMNS behind a pipe, and 100 without', async () => {
    const narrow = await inspect(['ops'], { stdin: order, env: { COLUMNS: '80' } });
    expect(widest(narrow.stdout)).toBeLessThanOrEqual(80);
    expect((await inspect(['ops'], { stdin: order })).stdout).toContain('memo');
  });
});

describe('what is no pickle', () => {
  test('an array file shows its values', async () => {
    const run = await inspect(['show'], { stdin: npy('<i2', bytes(little(7, 2))) });
    expect(run.stdout).toContain('a NumPy array of numbers, without a pickle: array(1 i2) [7]');
    const odd = await inspect(['show'], { stdin: npy('<i2', bytes(1)) });
    expect(odd.stdout).toContain("{'descr': '<i2'");
  });

  test('a command that is misspelt is offered, and a container has its own name in the advice', async () => {
    expect((await inspect(['shw'])).stderr).toContain('did you mean the command show?');
    expect((await inspect(['missing.pkl'])).stderr).not.toContain('did you mean');
    const folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-models-'));
    try {
      const file = join(folder, 'model.xz');
      writeFileSync(file, bytes(0xfd, '7zXZ', 0, 0, 0));
      expect((await inspect([file])).stdout).toContain(`xz -dc ${file} | pickle-inspect`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('json', () => {
  const text = (value: string): Uint8Array => bytes(0x8c, value.length, value);

  test('writes a datetime with the offset of its zone, and an enum as vnpy-bridge does', async () => {
    const zone = bytes(text('zoneinfo'), text('ZoneInfo._unpickle'), 0x93, text('Asia/Shanghai'), 'K\x01\x86R');
    const when = bytes(
      text('datetime'),
      text('datetime'),
      0x93,
      'C',
      10,
      0x07,
      0xea,
      1,
      5,
      9,
      30,
      0,
      0,
      0,
      0,
      zone,
      0x86,
      'R',
    );
    const run = await inspect(['json', '-q'], { stdin: bytes(0x80, 4, when, '.') });
    expect(run.stdout).toBe('"2026-01-05T09:30:00+08:00"\n');
    const side = bytes(text('vnpy.trader.constant'), text('Exchange'), 0x93, text('SHFE'), 0x85, 'R.');
    expect((await inspect(['json', '-q'], { stdin: bytes(0x80, 4, side) })).stdout).toBe('"SHFE"\n');
  });

  test('tells nan, infinities and large numbers apart', async () => {
    const float = (...digits: readonly number[]): Uint8Array => bytes('G', ...digits, 0, 0, 0, 0, 0, 0);
    const data = bytes(
      0x80,
      4,
      '](',
      float(0x7f, 0xf8),
      float(0x7f, 0xf0),
      float(0xff, 0xf0),
      0x8a,
      8,
      little(2 ** 60, 8),
      'e.',
    );
    const run = await inspect(['json', '--ndjson'], { stdin: data });
    expect(run.stdout).toBe('[null,"Infinity","-Infinity","1152921504606846976"]\n');
    expect(run.stderr).toContain('nan became null, an infinity became text (2 times), an int beyond 2**53 became text');
  });
});

describe('diff', () => {
  const int64 = (...values: readonly number[]): Uint8Array => {
    const text = (value: string): Uint8Array => bytes(0x8c, value.length, value);
    const name = (module: string, attribute: string): Uint8Array => bytes(text(module), text(attribute), 0x93);
    const dtype = bytes(
      name('numpy', 'dtype'),
      text('i8'),
      0x89,
      0x88,
      0x87,
      'R(K\x03',
      text('<'),
      'NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb',
    );
    const data = bytes('B', little(values.length * 8, 4), ...values.map((value) => little(value, 8)));
    const made = bytes(
      name('numpy._core.multiarray', '_reconstruct'),
      name('numpy', 'ndarray'),
      'K\x00',
      0x85,
      'C\x01b',
      0x87,
      'R',
    );
    return bytes(0x80, 4, made, '(K\x01K', values.length, 0x85, dtype, 0x89, data, 'tb.');
  };

  async function diff(a: Uint8Array, b: Uint8Array): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-diff-'));
    try {
      writeFileSync(join(folder, 'a'), a);
      writeFileSync(join(folder, 'b'), b);
      return (await inspect(['diff', join(folder, 'a'), join(folder, 'b')])).stdout;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('finds what differs behind the values that are shown', async () => {
    const first = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(await diff(int64(...first), int64(...first.slice(0, 7), 9))).toMatch(/^~ \$@values\[7\] +8 -> 9 /);
    expect(await diff(int64(...first), int64(...first))).toBe('0 changed, 0 added, 0 removed\n');
  });
});
