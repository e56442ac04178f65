import { describe, expect, test } from 'vitest';
import { ByteArray, dumps, loads } from 'vnpy-bridge/pickle';
import { bytes, little, toBase64 } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { EVIL, zip } from './samples.js';

// What people met who tried the inspector.

const text = (value: string): Uint8Array => bytes(0x8c, value.length, value);
const call = (module: string, name: string): Uint8Array =>
  bytes(0x80, 4, text(module), text(name), 0x93, text('id'), 0x85, 'R.');

describe('check --allow', () => {
  test.each([
    ['vnpy.trader.engine', 'os.system'],
    ['vnpy.trader.engine', 'genericpath.os.system'],
    ['vnpy.trader.utility', 'sys.exit'],
  ])('a wildcard covers no path through attributes: %s %s', async (module, name) => {
    const run = await inspect(['check', '--allow', 'vnpy.*'], { stdin: call(module, name) });
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/VERDICT: REFUSE/);
    expect(run.stdout).toMatch(/P101 .* calls/);
    expect(run.stdout).toMatch(/P104 .* goes through attributes of a name/);
  });

  test('an exact name covers a path, and a wildcard what the modules of a package hold', async () => {
    const path = call('mine.models', 'Model.load');
    expect((await inspect(['check', '--allow', 'mine.*'], { stdin: path })).code).toBe(1);
    expect((await inspect(['check', '--allow', 'mine.models.*'], { stdin: path })).code).toBe(1);
    expect((await inspect(['check', '--allow', 'mine.models.Model.load'], { stdin: path })).code).toBe(0);
    const plain = call('mine.models', 'load');
    expect((await inspect(['check', '--allow', 'mine.*'], { stdin: plain })).code).toBe(0);
    expect((await inspect(['check', '--allow', 'min.*'], { stdin: plain })).code).toBe(1);
    // To deny is wider than to allow.
    expect(
      (await inspect(['check', '--allow', 'mine.models.Model.load', '--deny', 'mine.*'], { stdin: path })).code,
    ).toBe(1);
  });

  test.each([
    ['numbers as names', bytes('c1\n2\n(tR.')],
    ['numbers on the stack', bytes(0x80, 4, 'K\x01K\x02', 0x93, ')R.')],
    ['empty names', bytes(0x80, 4, text(''), text(''), 0x93, ')R.')],
  ])('no name is passed over in silence: %s', async (_, data) => {
    expect((await inspect(['check', '--allow', 'x.*'], { stdin: data })).code).toBeGreaterThan(0);
  });
});

describe('select', () => {
  test.each(['$.策略.数量', '策略.数量', "$['策略'].数量", "$['策略']['数量']"])(
    'a Chinese name is a name: %s',
    async (path) => {
      const data = dumps({ 策略: { 数量: 3 } });
      expect((await inspect(['select', path, '--json'], { stdin: data })).stdout).toBe('3\n');
    },
  );

  test('the steps that it offers can be typed', async () => {
    const { stderr } = await inspect(['select', '$.数量'], { stdin: dumps({ 策略: 1, 'a b': 2 }) });
    expect(stderr).toContain("there are .策略 ['a b']");
  });
});

describe('json', () => {
  test('that is cut says so where it ends, for whoever reads it behind a pipe', async () => {
    const run = await inspect(['json', '--max-nodes', '3'], { stdin: dumps([[1], [2], [3]]) });
    expect(run.code).toBe(3);
    const written = JSON.parse(run.stdout) as unknown[];
    expect(JSON.stringify(written)).toBe(
      '[[1],{"$cut":"written out, the value has more than 3 parts: --max-nodes 0 writes them all"}]',
    );
    expect((await inspect(['json', '--max-nodes', '0'], { stdin: dumps([[1], [2], [3]]) })).code).toBe(0);
  });

  test('writes keys as they are: of an OrderedDict, and of attributes that are no ASCII names', async () => {
    const ordered = bytes(0x80, 4, text('collections'), text('OrderedDict'), 0x93, ')R(', text('a'), 'K\x01u.');
    expect(JSON.parse((await inspect(['json'], { stdin: ordered })).stdout)).toEqual({ a: 1 });
    const data = dumps({ 数量: 3 });
    const object = bytes(0x80, 4, text('mine'), text('Thing'), 0x93, ')', 0x81, data.subarray(2, -1), 'b.');
    expect(JSON.parse((await inspect(['json'], { stdin: object })).stdout)).toMatchObject({ 数量: 3 });
  });
});

describe('pack', () => {
  test('says what it cannot give back', async () => {
    // As cloudpickle writes a function: the call that sets its state is made and thrown away.
    const setter = bytes(text('mine'), text('set_state'), 0x93);
    const data = bytes(0x80, 4, text('mine'), text('make'), 0x93, ')R', 0x94, setter, 'h\x00K\x01', 0x86, 'R0.');
    const json = await inspect(['json', '--mode', 'typed'], { stdin: data });
    expect(json.code).toBe(0);
    const packed = await inspect(['pack'], { stdin: json.stdout });
    expect(packed.code).toBe(2);
    expect(packed.stderr).toMatch(/stdin: the pickle is not what it was: .* lacks the call of REDUCE at byte \d+\n$/);
    expect(packed.bytes.length).toBeGreaterThan(0);
    const whole = await inspect(['json', '--mode', 'typed'], { stdin: dumps([1, 2]) });
    expect(await inspect(['pack'], { stdin: whole.stdout })).toMatchObject({ code: 0, stderr: '' });
    // What is written into an imported name is no part of the value either.
    const write = bytes('cmine\nThing\n}(', text('a'), 'K\x01ub.');
    const written = await inspect(['json', '--mode', 'typed'], { stdin: write });
    expect((await inspect(['pack'], { stdin: written.stdout })).stderr).toMatch(/lacks what BUILD at byte \d+ writes/);
  });
});

describe('show', () => {
  test('begins with what is dangerous', async () => {
    const run = await inspect(['show'], { stdin: EVIL });
    expect(run.stdout.split('\n')[1]).toMatch(/^danger: loading calls os\.system\('echo hi'\), which runs programs/);
    const hidden = await inspect(['show'], { stdin: dumps([EVIL]) });
    expect(hidden.stdout).toMatch(/danger: loading calls os\.system\('echo hi'\).* \(inside @\d+\)/);
    const unknown = await inspect(['show'], { stdin: call('mine', 'Thing') });
    expect(unknown.stdout).not.toContain('danger');
    expect(unknown.stdout).toContain('names outside of the profile vnpy: mine.Thing');
  });

  test.each<[string, string]>([
    ['text', 'this is not a pickle\n'],
    ['text', 'README\n\nSome words (and more), 1.5 of them.\n'],
    ['text', '中文说明\n'],
    ['JSON', '{"a": 1}\n'],
    ['JSON', '[\n  {"symbol": "rb2705"}\n]\n'],
    ['JSON', '[1, 2, 3]'],
  ])('names %s as what it is: %j', async (kind, content) => {
    for (const command of ['show', 'check']) {
      const run = await inspect([command], { stdin: content });
      expect(run.code).toBe(2);
      expect(run.stdout).toContain(`the input is ${kind}, not a pickle`);
      expect(run.stdout).not.toContain('protocol');
    }
  });

  test('says of nothing that it is empty, and nothing of a protocol', async () => {
    const run = await inspect(['show'], { stdin: '' });
    expect(run.stdout).toContain('the input is empty');
    expect(run.stdout).not.toContain('Python >=');
  });

  test.each<[string, string | Uint8Array]>([
    ['protocol 0', "(lp0\nI1\naS'text'\na."],
    ['protocol 0 without its end', '(lp0\nI1\naI2\na'],
    ['base64', toBase64(dumps({ a: 1 }))],
    ['base64 that is cut', toBase64(dumps({ abc: 'some text' })).slice(0, -5)],
    ['hex', Buffer.from(dumps([1, 2])).toString('hex')],
    ['a frame as JSON', JSON.stringify({ frames: [toBase64(dumps(1))] })],
  ])('reads a pickle that is text: %s', async (_, data) => {
    const run = await inspect(['show'], { stdin: data });
    expect(run.stdout).not.toContain('not a pickle');
  });
});

describe('an archive whose flags say that it is encrypted', () => {
  const encrypted = (data: Uint8Array): Uint8Array => {
    const archive = Buffer.from(zip('data.bin', data));
    archive.set(little(1, 2), 6);
    archive.set(little(1, 2), archive.indexOf('PK\x01\x02') + 8);
    return archive;
  };

  test('was not opened, which is no danger', async () => {
    const run = await inspect(['check'], { stdin: encrypted(bytes('nothing that is a pickle')) });
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('VERDICT: INCONCLUSIVE');
    expect(run.stdout).toContain('"data.bin" is encrypted: it was not opened');
  });

  test('and is not is refused', async () => {
    const run = await inspect(['check'], { stdin: encrypted(EVIL) });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('the flags say that it is encrypted, and it is not');
  });
});

describe('INST and OBJ without arguments, and persistent ids in any place', () => {
  const odd: readonly (readonly [what: string, data: Uint8Array, python: string])[] = [
    ['INST', bytes('(icode\ninteract\n.'), 'result = call_or_new(code.interact)'],
    ['OBJ', bytes('(ccode\ninteract\no.'), 'result = call_or_new(code.interact)'],
    ['OBJ with arguments', bytes('(cm\nf\nNo.'), 'result = m.f(None)'],
    ['a state', bytes('Pobj\n}Vx\nK\x01sb.'), "build(_1, {'x': 1})"],
    ['arguments', bytes('cm\nf\nPargs\nR.'), "result = m.f(*persistent_load('args'))"],
    ['keywords', bytes(0x80, 4, 'cm\nf\n)Pkw\n', 0x92, '.'), "result = m.f.__new__(m.f, **persistent_load('kw'))"],
  ];

  test.each(odd)('py shows the call: %s', async (_, data, python) => {
    const run = await inspect(['py'], { stdin: data });
    expect(run.stdout).toContain(python);
    if (python.includes('call_or_new')) expect(run.stdout).toContain('return named()');
  });

  test.each(odd)('pack gives them back: %s', async (_, data) => {
    const { stdout } = await inspect(['json', '--mode', 'typed'], { stdin: data });
    const packed = await inspect(['pack'], { stdin: new TextEncoder().encode(stdout) });
    expect(loads(packed.bytes)).toEqual(loads(data));
    expect(dumps(loads(packed.bytes))).toEqual(dumps(loads(data)));
  });
});

test.each([0, 1, 2, 3, 5] as const)('show writes bytes of protocol %s as Python does', async (protocol) => {
  const data = dumps([bytes('a\\b\n', 0xff), ByteArray.from(bytes('\\', 0))], { protocol });
  const { stdout } = await inspect(['show'], { stdin: data });
  expect(stdout).toContain(String.raw`b'a\\b\n\xff' `);
  expect(stdout).toContain(String.raw`bytearray(b'\\\x00') `);
});
