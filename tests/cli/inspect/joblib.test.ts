import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../support/bytes.js';
import { inspect } from './harness.js';

// Files of joblib (python-fixtures/joblib_files.py): pickles that stop for the bytes of an array, and go on behind it.

const FILE = new URL('../../../python-fixtures/data/joblib-files.json', import.meta.url);
const FILES = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, string>>;

function joblib(name: string): Uint8Array {
  const data = FILES[name];
  if (data === undefined) throw new Error(`there is no file of joblib called ${name}`);
  return Buffer.from(data, 'base64');
}

const HONEST = ['an array', 'many', 'protocol 2', 'protocol 5', 'compressed'];

describe('a file of joblib', () => {
  test.each(HONEST)('is allowed and whole: %s', async (name) => {
    const check = await inspect(['check'], { stdin: joblib(name) });
    expect([check.code, check.stderr]).toEqual([0, '']);
    expect(check.stdout).toContain('VERDICT: ALLOWED TYPES');
    for (const command of [['show'], ['json'], ['json', '--mode', 'typed'], ['ops'], ['hex'], ['stats'], ['py']]) {
      const run = await inspect(command, { stdin: joblib(name) });
      expect(run.code, `${command.join(' ')}: ${run.stderr}`).toBe(0);
    }
  });

  test('is shown with its arrays, and with what stands behind them', async () => {
    const run = await inspect(['show', '--no-types', '--no-offsets'], { stdin: joblib('many') });
    expect(run.stdout.split('\n').slice(1)).toEqual([
      'names: 4, all in the profile vnpy',
      '{',
      "  'ints': array(3 i8) [0, 1, 2]",
      "  'text': 'after an array'",
      "  'objects': ndarray([",
      '    0: 1',
      "    1: 'x'",
      '    2: None',
      '  ])',
      "  'fortran': array(2×2 f4) [1, 1, 1, 1]",
      "  'big-endian': array(5 >i2) [0, 1, 2, 3, 4]",
      "  'empty': array(2×0 f8) []",
      "  'record': array(2 V12, 2 fields) [(0, 0), (0, 0)]",
      '        x        y',
      '    int32  float64',
      '        0      0.0',
      '        0      0.0',
      "  'last': [",
      '    0: 1',
      '    1: 2',
      '    2: 3',
      '  ]',
      '}',
      '',
    ]);
  });

  test.each(['harmful in an array', 'harmful behind an array'])('is refused: %s', async (name) => {
    const check = await inspect(['check', '--allow', 'numpy.*', '--allow', 'joblib.*'], { stdin: joblib(name) });
    expect(check.code).toBe(1);
    expect(check.stdout).toContain("calls posix.system('echo hi'), which runs programs");
  });

  test('whose array holds opcodes is refused: pickle.load runs them', async () => {
    const whole = joblib('an array');
    // Behind the wrapper: no padding byte for joblib is an opcode for pickle.
    const start = Buffer.from(whole).indexOf('numpy_array_alignment_bytes') + 'numpy_array_alignment_bytes'.length;
    const build = Buffer.from(whole).indexOf('ub', start) + 2;
    const evil = bytes('cos\nsystem\n(', 0x8c, 2, 'id', 'tR.');
    const plain = await inspect(['check'], { stdin: bytes(whole.subarray(0, build), evil) });
    expect(plain.code).toBe(1);
    // As padding and bytes of the array: joblib would take them for nothing else.
    const data = bytes(whole.subarray(0, build), evil, new Uint8Array(0x63 + 1 + 48 - evil.length), '.');
    const check = await inspect(['check'], { stdin: data });
    expect(check.code).toBe(1);
    expect(check.stdout).toContain('inside an array, read as opcodes Dangerous name: REDUCE at byte');
    expect(check.stdout).toContain("calls os.system('id'), which runs programs");
  });

  test('that breaks off in an array is damaged', async () => {
    const run = await inspect(['show'], { stdin: joblib('an array').subarray(0, -20) });
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(/E020 Truncated argument: the array behind BUILD at byte 221 has 48 bytes, 29 remain/);
  });
});
