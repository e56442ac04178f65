import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytes, little, toBase64 } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { EVIL, fixture, npy, zip } from './samples.js';

// Bypasses that the advisories about fickling, picklescan and modelscan describe, each rebuilt from its description, and
// what the rules of `check` are. A row passes when the verdict is a refusal: exit code 1.

const text = (value: string): Uint8Array => bytes(0x8c, value.length, value);
const stackGlobal = (module: string, name: string): Uint8Array => bytes(text(module), text(name), 0x93);
/** `module.name(*args)` in protocol 4. */
function call(module: string, name: string, ...args: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = args.map((arg) => (typeof arg === 'string' ? text(arg) : arg));
  return bytes(0x80, 4, stackGlobal(module, name), '(', ...parts, 'tR.');
}

const ADVISORIES: readonly (readonly [name: string, data: Uint8Array])[] = [
  // Modules that deny lists did not have.
  ['fickling r7v6: pty.spawn', call('pty', 'spawn', '/bin/sh')],
  ['fickling 565g: marshal.loads', call('marshal', 'loads', bytes('C', 1, 'N'))],
  ['fickling 565g: types.FunctionType', call('types', 'FunctionType', 'x')],
  ['fickling wfq2: runpy.run_path', call('runpy', 'run_path', '/tmp/x.py')],
  ['fickling p523: cProfile.run', call('cProfile', 'run', 'import os')],
  ['fickling q5qq: ctypes.CDLL', call('ctypes', 'CDLL', 'libc.so.6')],
  ['fickling q5qq: importlib.import_module', call('importlib', 'import_module', 'os')],
  ['fickling q5qq: code.InteractiveInterpreter', call('code', 'InteractiveInterpreter')],
  ['fickling 5hvc: pydoc.pipepager', call('pydoc', 'pipepager', 'x', 'id')],
  ['fickling 5hwf: uuid._get_command_stdout', call('uuid', '_get_command_stdout', 'id')],
  ['fickling 5hwf: _osx_support._read_output', call('_osx_support', '_read_output', 'id')],
  ['fickling 5hwf: _aix_support._read_cmd_output', call('_aix_support', '_read_cmd_output', 'id')],
  ['fickling 6ggj: private standard library', call('_io', 'FileIO', '/tmp/x', 'w')],
  ['picklescan CVE-2025-1716: pip.main', call('pip', 'main', 'install x')],
  ['picklescan CVE-2026-56315: a module nobody lists', call('timeit', 'timeit', 'import os')],
  ['picklescan #66: pkgutil.resolve_name', call('pkgutil', 'resolve_name', 'os:system')],
  ['picklescan 10157: a submodule of a listed module', call('asyncio.unix_events', '_UnixSubprocessTransport', 'id')],
  [
    'modelscan #331: importlib and getattr',
    call('builtins', 'getattr', call('importlib', 'import_module', 'os').subarray(2, -1), 'system'),
  ],
  ['a class that nobody knows', call('evil.package', 'Thing')],

  // Names that are looked at too coarsely.
  ['fickling h4rm: builtins in another spelling', bytes("c__builtin__\neval\n(S'1'\ntR.")],
  ['fickling 5j3x: dotted attribute', call('vnpy.trader.object', 'TickData.__init__.__globals__')],
  ['a name through a listed class', call('datetime', 'datetime.now')],
  ['a name that is no Python name', call('os\r', 'system', 'id')],
  [
    'STACK_GLOBAL whose parts come from the memo',
    bytes(0x80, 4, text('os'), 0x94, text('system'), 0x94, '00', 'h\x00h\x01', 0x93, text('id'), 0x85, 'R.'),
  ],
  [
    'memo look-back: the argument before is not the operand',
    bytes(
      0x80,
      4,
      text('os'),
      'q\x00',
      text('system'),
      'q\x01',
      text('collections'),
      text('OrderedDict'),
      '00',
      0x93,
      '(tR.',
    ),
  ],

  // Calls whose result does not show.
  ['fickling mxhj: OBJ whose result is POPped', bytes("(cos\nsystem\nS'id'\no0N.")],
  ['fickling mxhj: INST whose result is POPped', bytes("(S'id'\nios\nsystem\n0N.")],
  ['REDUCE whose result is POPped', bytes("cos\nsystem\n(S'id'\ntR0N.")],
  ['a call under POP_MARK', bytes("(cos\nsystem\n(S'id'\ntR1N.")],
  ['fickling mhc9: REDUCE, then BUILD', bytes("cos\nsystem\n(S'id'\ntR}b.")],
  ['left on the stack at STOP', bytes("cos\nsystem\n(S'id'\ntRN.")],
  ['overwritten in the memo', bytes("cos\nsystem\n(S'id'\ntRp0\n0Np0\n.")],
  ['as the key of a dict', bytes("}cos\nsystem\n(S'id'\ntRNs.")],
  [
    'in the arguments of an allowed call',
    bytes(0x80, 4, stackGlobal('decimal', 'Decimal'), "cos\nsystem\n(S'id'\ntR", 0x85, 'R.'),
  ],
  [
    'in the state of an allowed class',
    bytes(
      0x80,
      4,
      stackGlobal('vnpy.trader.object', 'TickData'),
      ')',
      0x81,
      '}',
      text('symbol'),
      "cos\nsystem\n(S'id'\ntRsb.",
    ),
  ],

  // Writes.
  [
    'modelscan #85: BUILD on a class is setattr',
    bytes(0x80, 4, stackGlobal('vnpy.trader.object', 'TickData'), '}', text('symbol'), 'K\x01sb.'),
  ],
  [
    'modelscan #330: an allowed class gets __class__ by BUILD',
    bytes(
      0x80,
      4,
      stackGlobal('vnpy.trader.object', 'TickData'),
      ')',
      0x81,
      'N}',
      text('__class__'),
      'K\x01s',
      0x86,
      'b.',
    ),
  ],
  [
    'modelscan #330: __reduce__ into an allowed numpy object',
    bytes(
      0x80,
      4,
      stackGlobal('numpy', 'dtype'),
      text('f8'),
      0x85,
      'RN}',
      text('__setstate__'),
      stackGlobal('os', 'system'),
      's',
      0x86,
      'b.',
    ),
  ],
  [
    'SETITEM on the result of an allowed call that takes none',
    bytes(0x80, 4, stackGlobal('decimal', 'Decimal'), text('1'), 0x85, 'R', text('a'), 'Ns.'),
  ],

  // Allowed names in other uses.
  ['_codecs.encode with a codec that runs code', call('_codecs', 'encode', 'x', 'idna')],
  [
    'getattr of an enum for a private name',
    call('builtins', 'getattr', stackGlobal('vnpy.trader.constant', 'Direction'), '__class__'),
  ],
  [
    'getattr of an enum for no member',
    call('builtins', 'getattr', stackGlobal('vnpy.trader.constant', 'Direction'), 'mro'),
  ],
  [
    'a result that is called',
    bytes(
      0x80,
      4,
      stackGlobal('builtins', 'getattr'),
      stackGlobal('vnpy.trader.constant', 'Direction'),
      text('LONG'),
      0x86,
      'R)R.',
    ),
  ],
  [
    'copyreg._reconstructor with another base',
    bytes(0x80, 2, 'ccopy_reg\n_reconstructor\n(cvnpy.trader.object\nTickData\nc__builtin__\ndict\nNtR.'),
  ],
  ['defaultdict with a factory that does something', call('collections', 'defaultdict', stackGlobal('os', 'getcwd'))],
  ['type with three arguments makes a class', call('builtins', 'type', 'X', ')', bytes('}'))],
  [
    'a zone outside of the time zone database',
    bytes(0x80, 4, stackGlobal('zoneinfo', 'ZoneInfo._unpickle'), text('../../etc/passwd'), 0x88, 0x86, 'R.'),
  ],

  // References.
  ['a persistent id', bytes(0x80, 2, 'K\x01Q.')],
  ['an extension code', bytes(0x80, 2, 0x82, 7, '.')],

  // Pickles in values.
  ['in bytes', bytes(0x80, 4, 'C', EVIL.length, EVIL, '.')],
  ['in text, character by character', bytes(0x80, 4, text(Buffer.from(EVIL).toString('latin1')), '.')],
  ['in base64', bytes(0x80, 4, text(toBase64(call('os', 'system', 'id'))), '.')],
  ['in hex', bytes(0x80, 4, text(Buffer.from(call('os', 'system', 'id')).toString('hex')), '.')],
  ['two levels down', bytes(0x80, 4, 'C', EVIL.length + 5, 0x80, 4, 'C', EVIL.length, EVIL, '.', '.')],

  // Containers and damage.
  ['CVE-2025-1889, 10155: the file name means nothing', zip('readme.md', EVIL)],
  ['CVE-2025-1944: two names in an archive', zip('data.txt', bytes(0x80, 4, 'N.'), { local: 'data.pkl' })],
  ['CVE-2025-10156: a wrong checksum', zip('data.pkl', EVIL, { crc: 1 })],
  ['a member that the directory does not name', bytes(zip('x.txt', EVIL).subarray(0, -60))],
  ['in a NumPy file', npy('|O', EVIL)],
  ['in gzip in zip', zip('a', gzipSync(EVIL))],
  ['GHSA-9gvj: the stream breaks after the call', bytes("cos\nsystem\n(S'id'\ntR\xff\xff")],
  ['picklescan PR 46, 52: a missing memo entry after the call', bytes("cos\nsystem\n(S'id'\ntRg9\n.")],
  ['modelscan PR 348: a missing memo entry before the call', bytes("g9\n0cos\nsystem\n(S'id'\ntR.")],
  ['a second message', bytes(0x80, 4, 'N.', call('os', 'system', 'id'))],
  ['a damaged pickle that looks like base64', bytes('cantigravity\nfly\n')],
  ['a pickle that looks like a length and a pickle', bytes('C\x03\x00\x00', 0x80, EVIL)],
];

test.each(ADVISORIES)('refuses: %s', async (_name, data) => {
  const { code, stdout } = await inspect(['check'], { stdin: data });
  expect(code, stdout).toBe(1);
});

test.each(ADVISORIES)('has one exit code in every format: %s', async (_name, data) => {
  for (const format of ['json', 'sarif']) {
    const { code, stdout } = await inspect(['check', '--format', format], { stdin: data });
    expect(code).toBe(1);
    for (const line of format === 'json' ? stdout.trim().split('\n') : [stdout])
      expect(() => JSON.parse(line) as unknown).not.toThrow();
  }
});

interface Report {
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly names: readonly { readonly name: string; readonly allowed: boolean }[];
  readonly findings: readonly { readonly code: string; readonly name?: string; readonly level: string }[];
}

async function report(data: Uint8Array, ...args: readonly string[]): Promise<Report & { readonly code: number }> {
  const { code, stdout } = await inspect(['check', '--format', 'json', ...args], { stdin: data });
  return { code, ...(JSON.parse(stdout) as Report) };
}

describe('verdicts', () => {
  test('DATA-ONLY is for values without any name', async () => {
    expect(await report(bytes(0x80, 4, ']', 0x94, '(K\x01K\x02e.'))).toMatchObject({ code: 0, verdict: 'DATA-ONLY' });
  });

  test('nothing is ever called safe', async () => {
    const { stdout } = await inspect(['check'], { stdin: bytes(0x80, 4, 'N.') });
    expect(stdout).not.toMatch(/\bsafe\b/i);
  });

  test('damage is INCONCLUSIVE with 2, a limit with 3', async () => {
    expect(await report(bytes(0x80, 4, ']'))).toMatchObject({ code: 2, verdict: 'INCONCLUSIVE' });
    expect(await report(bytes(0x80, 4, ']', 'NaNaNa.'), '--max-ops', '4')).toMatchObject({
      code: 3,
      verdict: 'INCONCLUSIVE',
    });
  });

  test('a frame that readers disagree about is damage', async () => {
    const divergent = bytes(0x80, 4, 0x95, little(6, 8), 'B', little(3, 4), 'abc.');
    expect(await report(divergent)).toMatchObject({ code: 2, findings: [{ code: 'E038' }] });
  });

  test('every import and every call is a finding of its own', async () => {
    const twice = bytes("(cos\nsystem\n(S'a'\ntRcos\nsystem\n(S'b'\ntRt.");
    const { findings } = await report(twice);
    expect(findings.filter((finding) => finding.code === 'P101')).toHaveLength(4);
  });
});

describe('policies', () => {
  const tick = fixture('vnpy-tick', 4);

  test('a profile allows what it says, and not more', async () => {
    expect((await report(tick, '--profile', 'vnpy')).code).toBe(0);
    expect((await report(tick, '--profile', 'data')).code).toBe(1);
    expect((await report(fixture('decimal', 4), '--profile', 'data')).code).toBe(0);
    expect((await report(fixture('decimal', 4), '--profile', 'none')).code).toBe(1);
    expect((await report(fixture('numpy-array-le-f8', 4), '--profile', 'numpy')).code).toBe(0);
    expect((await report(fixture('numpy-array-le-f8', 4), '--profile', 'data')).code).toBe(1);
  });

  test('--allow takes exact names and packages, not beginnings', async () => {
    const data = call('my.package', 'Thing');
    expect((await report(data, '--allow', 'my.package.Thing')).code).toBe(0);
    expect((await report(data, '--allow', 'my.*')).code).toBe(0);
    expect((await report(data, '--allow', 'my.package.Thin')).code).toBe(1);
    expect((await report(data, '--allow', 'm.*')).code).toBe(1);
  });

  test('--allow of a class lets its instances and enum members pass in every protocol', async () => {
    for (const protocol of [0, 2, 4]) {
      for (const name of ['instance', 'enum']) {
        const { code, findings } = await report(fixture(name, protocol), '--allow', 'fixture_types.*');
        expect(code, `${name} ${protocol} ${JSON.stringify(findings)}`).toBe(0);
      }
    }
    expect((await report(fixture('enum', 4, '3.11.2'), '--allow', 'fixture_types.*')).code).toBe(0);
  });

  test('--deny wins', async () => {
    const { code, findings } = await report(tick, '--deny', 'vnpy.trader.object.*');
    expect([code, findings.map((finding) => finding.code)]).toEqual([1, ['P205']]);
  });

  test('persistent ids and extension codes are allowed by name', async () => {
    expect((await report(bytes(0x80, 2, 'K\x01Q.'), '--allow', 'persid')).code).toBe(0);
    expect((await report(bytes(0x80, 2, 0x82, 7, '.'), '--allow', 'ext:7')).code).toBe(0);
    expect((await report(bytes(0x80, 2, 0x82, 8, '.'), '--allow', 'ext:7')).code).toBe(1);
  });

  test.each([
    ['not json', '{'],
    ['an unknown field', '{"alow": ["os.system"]}'],
    ['an unknown profile', '{"profile": "all"}'],
    ['a pattern that is none', '{"allow": ["*"]}'],
    ['a list that is none', '{"allow": "os.system"}'],
  ])('a policy file with %s is refused', async (_name, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    try {
      writeFileSync(join(folder, 'p.json'), content);
      const { code, stderr } = await inspect(['check', '--policy', join(folder, 'p.json')], { stdin: tick });
      expect([code, stderr.includes('p.json')]).toEqual([4, content !== '{"allow": ["*"]}']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
