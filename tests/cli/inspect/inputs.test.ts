import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeHex, decodeRepr, detectTextForm } from '../../../src/cli/inspect/input/text-forms.js';
import { bytes, little } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { EVIL, FILES, jsonLines, npy, zip } from './samples.js';

const NUMBER = bytes(0x80, 4, 'K*.');

describe('text forms', () => {
  test.each([
    ['a run', '80044b2a2e'],
    ['groups', '80 04 4b 2a 2e\n'],
    ['C array', '0x80, 0x04, 0x4b, 0x2a, 0x2e'],
    ['escapes', '\\x80\\x04\\x4b\\x2a\\x2e'],
    ['colons', '80:04:4b:2a:2e'],
    ['xxd', '00000000: 8004 4b2a 2e                             ..K*.\n'],
    ['hexdump -C', '00000000  80 04 4b 2a 2e                                    |..K*.|\n00000005\n'],
  ])('hex: %s', async (_name, text) => {
    expect(decodeHex(text)).toEqual(NUMBER);
    expect((await inspect(['json'], { stdin: text })).stdout).toBe('42\n');
  });

  test.each([
    ['standard', 'gARLKi4='],
    ['URL-safe, unpadded', 'gARLKi4'],
    ['wrapped', 'gARL\nKi4=\n'],
  ])('base64: %s', async (_name, text) => {
    expect(decodeBase64(text)).toEqual(NUMBER);
    expect((await inspect(['json', '--base64', text])).stdout).toBe('42\n');
  });

  test.each([
    ['single quotes', "b'\\x80\\x04K*.'"],
    ['double quotes', 'b"\\x80\\x04K*."'],
    ['joined', "(b'\\x80\\x04'\n b'K*.')"],
    ['bytearray', "bytearray(b'\\x80\\x04K*.')"],
    ['octal', "b'\\200\\4K*.'"],
  ])('Python literal: %s', async (_name, text) => {
    expect(decodeRepr(text)).toEqual(NUMBER);
    expect((await inspect(['json'], { stdin: text })).stdout).toBe('42\n');
  });

  test('escapes are those of Python', () => {
    expect(decodeRepr("b'\\n\\r\\t\\\\\\'\\a\\0\\q'")).toEqual(bytes("\n\r\t\\'\x07\x00\\q"));
    expect(decodeRepr("rb'\\n'")).toEqual(bytes('\\n'));
  });

  test.each([
    ['an odd number of digits', 'hex', '804'],
    ['no digit', 'hex', '80 zz'],
    ['a cut literal', 'repr', "b'\\x80"],
    ['text for bytes', 'repr', "'abc'"],
    ['a bad escape', 'repr', "b'\\xz1'"],
    ['padding in the middle', 'base64', 'gA=RLKi4'],
  ])('%s is told', async (_name, form, text) => {
    const { code, stdout } = await inspect(['show', '--from', form], { stdin: text });
    expect([code, stdout.includes('E053')]).toEqual([2, true]);
  });

  test('a long run of digits is told apart in linear time', () => {
    expect(detectTextForm('ab'.repeat(500_000))).toBe('hex');
    expect(detectTextForm(`${'80 '.repeat(300_000)}x`)).toBe('hex');
  });

  test('padding is told apart in linear time, wherever it stands', () => {
    expect(() => decodeBase64(`${'='.repeat(300_000)}A`)).toThrow('padded wrongly');
    expect(decodeBase64(`gARLKi4${'='.repeat(300_000)}`)).toEqual(NUMBER);
  }, 5000);
});

describe('several messages', () => {
  test('in one file, one behind the other, in every protocol', async () => {
    const { stdout } = await inspect(['json', '--ndjson'], { stdin: bytes(NUMBER, 'I7\n.', ']q\x00.', NUMBER) });
    expect(stdout).toBe('42\n7\n[]\n42\n');
  });

  test.each([
    ['hex lines', '80044b012e\n80044b022e\n'],
    ['base64 lines', 'gARLAS4=\ngARLAi4=\n'],
    ['lengths before them, big endian', bytes(0, 0, 0, 5, 0x80, 4, 'K\x01.', 0, 0, 0, 5, 0x80, 4, 'K\x02.')],
    ['lengths before them, little endian', bytes(little(5, 4), 0x80, 4, 'K\x01.', little(5, 4), 0x80, 4, 'K\x02.')],
  ])('as %s', async (_name, stdin) => {
    expect((await inspect(['json'], { stdin })).stdout).toBe('1\n2\n');
  });

  test('--message chooses by number, also ranges', async () => {
    const stdin = bytes(...[1, 2, 3, 4, 5].map((number) => bytes(0x80, 4, 'K', number, '.')));
    const run = (...args: string[]): Promise<string> =>
      inspect(['json', ...args], { stdin }).then(({ stdout }) => stdout.replaceAll('\n', ' '));
    expect(await run('--message', '2')).toBe('2 ');
    expect(await run('--message', '2-3', '--message', '5')).toBe('2 3 5 ');
    expect(await run('--message', '4-')).toBe('4 5 ');
  });

  // A gate that has looked at nothing must not pass.
  const COMMANDS = [
    ['check'],
    ['check', '--format', 'json'],
    ['check', '--format', 'sarif'],
    ['show'],
    ['json'],
    ['json', '--mode', 'typed'],
    ['lint', '--strict'],
    ['stats'],
    ['ops'],
    ['ops', '--compat'],
    ['hex'],
    ['py'],
    ['select', '$'],
    ['html'],
    ['repack'],
  ];

  test.each(COMMANDS.map((words) => ({ words, name: words.join(' ') })))(
    '$name: a message that is not there is told, with exit code 4',
    async ({ words }) => {
      const { code, stderr } = await inspect([...words, '--message', '2'], { stdin: NUMBER });
      expect([code, stderr]).toEqual([4, 'pickle-inspect: stdin: no message 2: the input has 1\n']);
    },
  );

  test.each(COMMANDS.map((words) => ({ words, name: words.join(' ') })))(
    '$name: a topic that no message has is told, with exit code 4',
    async ({ words }) => {
      const { code, stderr } = await inspect([...words, '--grep', 'nosuch'], { stdin: NUMBER });
      expect([code, stderr]).toEqual([4, 'pickle-inspect: no message has a topic that contains "nosuch" (--grep)\n']);
    },
  );

  test('each range must have a message, in each input', async () => {
    const two = ['--hex', '4b012e4b022e'];
    const run = (...args: string[]): Promise<string> =>
      inspect(['check', ...args]).then(({ code, stderr }) => `${code} ${stderr}`);
    expect(await run(...two, '--message', '2-5')).toBe('0 ');
    expect(await run(...two, '--message', '1', '--message', '3-')).toBe(
      '4 pickle-inspect: --hex: no message 3-: the input has 2\n',
    );
    expect(await run(...two, '--base64', 'SwEu', '--message', '2')).toBe(
      '4 pickle-inspect: --base64: no message 2: the input has 1\n',
    );
    expect(await run('--hex', '4b', '--message', '2-3')).toBe(
      '4 pickle-inspect: --hex: no message 2-3: the input has 1, and cannot be read on\n',
    );
    expect(await run('nowhere.pkl', '--message', '2')).toBe('4 pickle-inspect: nowhere.pkl: there is no such file\n');
  });

  test('a SARIF log of nothing says that the run has failed', async () => {
    const run = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await inspect(['check', '--format', 'sarif', ...args], { stdin: NUMBER });
      return (JSON.parse(stdout) as { runs: { invocations?: unknown }[] }).runs[0]?.invocations;
    };
    expect(await run()).toBeUndefined();
    const text = 'stdin: no message 2: the input has 1';
    expect(await run('--message', '2')).toEqual([
      { executionSuccessful: false, toolExecutionNotifications: [{ level: 'error', message: { text } }] },
    ]);
  });

  test('both inputs of diff need the message', async () => {
    const { code, stderr } = await inspect(['diff', '-', 'nowhere.pkl', '--message', '2'], { stdin: NUMBER });
    expect([code, stderr]).toEqual([4, expect.stringContaining('stdin: no message 2: the input has 1\n')]);
  });

  test.each([
    ['2-1', '2-1 ends before it begins'],
    ['0', 'messages count from 1'],
    ['x', 'expected a number or a range, such as 3 or 2-5'],
  ])('--message %s is wrong usage', async (range, why) => {
    const { code, stdout, stderr } = await inspect(['check', '--message', range], { stdin: NUMBER });
    expect([code, stdout, stderr.includes(why)]).toEqual([4, '', true]);
  });
});

describe('containers', () => {
  test.each([
    ['gzip', gzipSync(NUMBER)],
    ['zlib', deflateSync(NUMBER)],
    ['zip', zip('x', NUMBER)],
    ['npy', npy('|O', NUMBER)],
    ['gzip in base64', gzipSync(NUMBER).toString('base64')],
  ])('%s is opened', async (_name, stdin) => {
    expect((await inspect(['json'], { stdin })).stdout).toBe('42\n');
  });

  test('a bomb is cut at --max-inflate', async () => {
    const bomb = gzipSync(bytes(0x80, 4, 'B', little(3_000_000, 4), new Uint8Array(3_000_000), '.'));
    const { code, stdout } = await inspect(['show', '--max-inflate', '1M', '--from', 'auto'], { stdin: bomb });
    expect([code, stdout.includes('I001')]).toEqual([2, true]);
    expect((await inspect(['show', '--max-inflate', '4M'], { stdin: bomb })).code).toBe(0);
  });

  test('a cut file shows what came out', async () => {
    const long = bytes(
      0x80,
      4,
      '](',
      ...Array.from({ length: 400 }, (_, index) => bytes('M', little(index * 7, 2))),
      'e.',
    );
    const packed = gzipSync(long);
    const { code, stdout } = await inspect(['show'], { stdin: packed.subarray(0, packed.length - 120) });
    expect([code, /E05|E02/.test(stdout), stdout.includes('0: 0')]).toEqual([2, true, true]);
  });

  const CLOSED: readonly (readonly [name: string, data: Uint8Array, tool: string])[] = [
    ['xz', bytes(0xfd, '7zXZ', 0, 1, 2, 3), 'xz -dc FILE'],
    ['lzma', bytes(0x5d, 0, 0, 0x80, 0, '\xff'.repeat(8), 0, 1), 'xz -dc FILE'],
    ['lzma', bytes(0x5d, 0, 0, 0x40, 0, '\xff'.repeat(8), 0, 1), 'xz -dc FILE'],
    ['bzip2', bytes('BZh91AY&SY', 1, 2, 3), 'bzip2 -dc FILE'],
    ['bzip2', bytes('BZh11AY&SY', 1, 2, 3), 'bzip2 -dc FILE'],
    ['bzip2', bytes('BZh9\x17\x72\x45\x38\x50\x90', 0, 0, 0, 0), 'bzip2 -dc FILE'],
    ['lz4', bytes(4, 0x22, 0x4d, 0x18, 1, 2, 3), 'lz4 -dc FILE'],
    ['7z', bytes('7z\xbc\xaf\x27\x1c', 0, 4), '7z x -so FILE'],
    ['rar', bytes('Rar!\x1a\x07\x01\x00'), 'unrar p -inul FILE'],
    ['HDF5', bytes('\x89HDF\r\n\x1a\n'), 'h5py'],
    ['Parquet', bytes('PAR1', 1, 2, 3), 'pandas'],
  ];

  test.each(CLOSED)('what cannot be opened is named, with what to do: %s %#', async (name, data, tool) => {
    for (const command of ['show', 'check', 'ops', 'json', 'stats']) {
      const { code, stdout, stderr } = await inspect([command], { stdin: data });
      expect([command, code]).toEqual([command, 3]);
      const said = (stdout + stderr).match(/I006[^\n]*/g) ?? [];
      if (command === 'stats') continue;
      expect(said, stdout + stderr).toEqual([expect.stringContaining(`${name} file`)]);
      if (command === 'show' || command === 'check') expect(stdout).toContain(tool);
    }
  });

  test('a member of an archive that cannot be opened is told, and the verdict is not clean', async () => {
    const { code, stdout } = await inspect(['check'], { stdin: zip('model.pkl.xz', bytes(0xfd, '7zXZ', 0, 1, 2, 3)) });
    expect([code, stdout.includes('INCONCLUSIVE'), stdout.includes('xz file')]).toEqual([3, true, true]);
  });

  // `printf '\x80\x04K*.' | zstd`
  const ZSTD = Buffer.from('28b52ffd045829000080044b2a2e43bd747d', 'hex');

  test('zstd is opened where Node.js can', async () => {
    const { zstdCompressSync } = zlib as Partial<Record<'zstdCompressSync', (data: Uint8Array) => Uint8Array>>;
    const { code, stdout } = await inspect(['json'], { stdin: zstdCompressSync?.(NUMBER) ?? ZSTD });
    if (zstdCompressSync !== undefined) {
      expect([code, stdout]).toEqual([0, '42\n']);
    } else {
      const shown = await inspect(['show'], { stdin: ZSTD });
      expect(shown.code).toBe(3);
      expect(shown.stdout).toMatch(/a zstd file[^]*zstd -dc FILE[^]*Node\.js 22\.15/);
    }
  });

  test('an empty input is told, without bytes to point at', async () => {
    const { code, stdout } = await inspect(['show'], { stdin: '' });
    expect([code, stdout.includes('E001'), stdout.includes('^^')]).toEqual([2, true, false]);
  });

  test('--max-bytes is a limit, not an error', async () => {
    const { code, stdout } = await inspect(['show', '--max-bytes', '3'], { stdin: NUMBER });
    expect([code, stdout.includes('I001')]).toEqual([2, true]);
  });

  test('a JSON line that cannot be read does not hide the others', async () => {
    const stdin = `${jsonLines([1, NUMBER])}{"frames": 5}\nnot json\n${jsonLines([2, NUMBER])}`;
    const { code, stdout } = await inspect(['json'], { stdin });
    expect([code, stdout]).toEqual([2, '42\n42\n']);
  });
});

describe('out-of-band buffers', () => {
  test('frames after the pickle are its buffers', async () => {
    const pickle = bytes(0x80, 5, 0x97, 0x97, 0x98, 0x86, '.');
    const stdin = jsonLines([1, pickle, 'first', 'second']);
    const { code, stdout } = await inspect(['show', '-q'], { stdin });
    expect(code).toBe(0);
    expect(stdout).toMatch(/b'first' +buffer @/);
    expect(stdout).toMatch(/b'second' +read-only buffer @/);
  });

  test('are buffers in JavaScript, too', async () => {
    const pickle = bytes(0x80, 5, 0x97, 0x97, 0x98, 0x86, '.');
    const { code, stdout } = await inspect(['js', '-q'], { stdin: jsonLines([1, pickle, 'a', 'b']) });
    expect(code).toBe(0);
    expect(stdout).toContain("import { PickleBuffer, Tuple } from 'vnpy-bridge/pickle';");
    expect(stdout).toContain("PickleBuffer.view(Buffer.from('61', 'hex'), false)");
    expect(stdout).toContain("PickleBuffer.view(Buffer.from('62', 'hex'), true)");
  });

  test('without them, the pickle is damaged and the place is shown', async () => {
    const { code, stdout } = await inspect(['show'], { stdin: bytes(0x80, 5, 0x97, '.') });
    expect([code, stdout.includes('<buffer #0 missing>'), stdout.includes('E040')]).toEqual([2, true, true]);
  });
});

describe('terminals and pipes', () => {
  test('no input on a terminal is a question, not a wait', async () => {
    const { code, stderr } = await inspect(['show'], { stdinIsTTY: true });
    expect([code, stderr.includes('no input')]).toEqual([4, true]);
  });

  test('a closed pipe ends in silence', async () => {
    const { code, stderr } = await inspect(['ops', '--from', 'raw'], {
      stdin: bytes('(', 'N'.repeat(100_000), 't.'),
      closeAfter: 1000,
    });
    expect([code, stderr]).toEqual([0, '']);
  });

  test('colours: on a terminal, not with NO_COLOR, not in a pipe', async () => {
    const colored = async (around: Parameters<typeof inspect>[1]): Promise<boolean> =>
      (await inspect(['show'], { stdin: NUMBER, ...around })).stdout.includes('\x1b[');
    expect(await colored({ stdoutIsTTY: true })).toBe(true);
    expect(await colored({ stdoutIsTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colored({ stdoutIsTTY: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await colored({})).toBe(false);
  });

  test('a pickle is not written to a terminal', async () => {
    const { code, stdout } = await inspect(['repack'], { stdin: NUMBER, stdoutIsTTY: true });
    expect([code, stdout]).toEqual([4, '']);
  });

  test('progress is told on a terminal only', async () => {
    const stdin = bytes('(', 'N'.repeat(50_000), 't.');
    expect((await inspect(['stats'], { stdin })).stderr).toBe('');
  });

  test('the time limit stops reading', async () => {
    const stdin = bytes('(', 'N'.repeat(200_000), 't.');
    const { code, stdout } = await inspect(['show', '--timeout', '0.000001', '--from', 'raw'], { stdin });
    expect([code, stdout.includes('I005')]).toEqual([3, true]);
  });
});

test('the worst exit code counts: 4 before 1 before 2 before 3 before 0', async () => {
  const broken = Buffer.from(FILES['broken.pkl'] as Uint8Array).toString('hex');
  const evil = Buffer.from(EVIL).toString('hex');
  expect((await inspect(['check', '--hex', broken, '--hex', evil])).code).toBe(1);
  expect((await inspect(['check', '--hex', broken, '--hex', '80044b2a2e'])).code).toBe(2);
  expect((await inspect(['check', '--hex', evil, '/nowhere/at/all.pkl'])).code).toBe(4);
});

test('diff says of how many parts a value is, whatever it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-'));
  try {
    const paths = [
      ['a', bytes(0x80, 4, '](K\x01K\x02e.')],
      ['b', bytes('cvnpy.event.engine\nEvent\n)\x81}\x8c\x04typeNsb.')],
    ] as const;
    for (const [name, data] of paths) writeFileSync(join(folder, name), data);
    const { code, stdout } = await inspect(['diff', join(folder, 'a'), join(folder, 'b')]);
    expect(code).toBe(1);
    expect(stdout).toContain('[2 parts] (list) -> Event of 1 part (vnpy.event.engine.Event)');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a number beyond 2^53', () => {
  test.each([2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n])('FRAME %d is told exactly', async (size) => {
    const little8 = Array.from({ length: 8 }, (_, index) => Number((size >> BigInt(8 * index)) & 0xffn));
    const stdin = bytes(0x80, 4, 0x95, ...little8, 'N.');
    for (const command of [['show'], ['json'], ['ops'], ['hex'], ['check'], ['check', '--format', 'json']]) {
      const { code, stdout, stderr } = await inspect(command, { stdin });
      expect([command, code]).toEqual([command, 2]);
      expect(stdout + stderr).toContain(`FRAME at byte 2 says ${size} bytes, 2 remain`);
    }
  });
});
