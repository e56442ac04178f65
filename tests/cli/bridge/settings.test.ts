import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { VNPY_BRIDGE } from '../../../src/cli/bridge/app.js';
import { COMMANDS } from '../../../src/cli/bridge/commands/index.js';
import { allOptions } from '../../../src/cli/kit/command.js';
import { readConfigFile } from '../../../src/cli/kit/config-file.js';
import { environmentName } from '../../../src/cli/kit/option.js';
import * as options from '../../../src/cli/bridge/options.js';
import { duration, hostPort, moment, size, speed, vtSymbol, whole } from '../../../src/cli/kit/parsers.js';
import type { Parser } from '../../../src/cli/kit/parsers.js';
import { Settings } from '../../../src/cli/kit/settings.js';
import { run } from './harness.js';

describe('what a text means', () => {
  const rows: readonly [name: string, parser: Parser<unknown>, text: string, value: unknown][] = [
    ['duration', duration, '500ms', 500],
    ['duration', duration, '1.5s', 1500],
    ['duration', duration, '2h', 7_200_000],
    ['size', size(1), '1GiB', 2 ** 30],
    ['size', size(1), '1.5 MB', 1_500_000],
    ['size', size(1), '4096', 4096],
    ['size', size(1), '64M', 64_000_000],
    ['size', size(0), '1.5Ki', 1536],
    ['speed', speed, 'max', Infinity],
    ['speed', speed, '10x', 10],
    ['speed', speed, '0.5', 0.5],
    ['whole', whole(1), '12', 12],
    ['hostPort', hostPort, '127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['hostPort', hostPort, '[::1]:0', { host: '::1', port: 0 }],
    ['vtSymbol', vtSymbol, 'IO2703-C-4000.CFFEX', 'IO2703-C-4000.CFFEX'],
    ['vtSymbol', vtSymbol, 'EUR.USD.IDEALPRO', 'EUR.USD.IDEALPRO'],
    ['moment', moment, '2025-01-31T09:30:00+08:00', Date.UTC(2025, 0, 31, 1, 30)],
    ['moment', moment, '2025-01-31 01:30Z', Date.UTC(2025, 0, 31, 1, 30)],
    ['moment', moment, '2025-01-31', new Date(2025, 0, 31).getTime()],
  ];
  test.each(rows)('%s %#: %o is %o', (_name, parser, text, value) => {
    expect(parser(text)).toEqual(value);
  });

  const wrong: readonly [name: string, parser: Parser<unknown>, text: string, message: RegExp][] = [
    ['a time without a unit', duration, '5000', /write 5000ms or 5000s/],
    ['no time at all', duration, '0s', /more than nothing/],
    ['an unknown unit', size(1), '3 bananas', /no size/],
    ['a size beyond exact numbers', size(1), '9999999 TB', /8191 TiB/],
    ['speed 0', speed, '0', /no speed/],
    ['a negative number', whole(1), '-1', /whole number, 1 or more/],
    ['a number that is too large', whole(1, 1000), '1001', /whole number, 1 to 1000/],
    ['a number that is not exact', whole(1), '9007199254740993', /whole number, 1 or more/],
    ['a port that is none', hostPort, 'localhost:70000', /HOST:PORT/],
    ['a bare IPv6 host', hostPort, '::1:9464', /HOST:PORT/],
    ['a symbol without exchange', vtSymbol, 'rb2505', /symbol\.EXCHANGE/],
    ['a day that does not exist', moment, '2025-13-01', /is no time/],
  ];
  test.each(wrong)('%s is refused with what to write', (_name, parser, text, message) => {
    expect(() => parser(text)).toThrow(message);
  });
});

describe('precedence', () => {
  const layers = (
    flags: Record<string, readonly string[]>,
    env: Record<string, string>,
    file: Record<string, string>,
  ) => ({
    program: 'vnpy-bridge',
    flags: new Map(Object.entries(flags)),
    env,
    file: { path: 'c.json', texts: new Map(Object.entries(file).map(([key, text]) => [key, [text]])) },
  });
  const all = { request: ['tcp://flag:1'] };
  const env = { VNPY_BRIDGE_REQUEST: 'tcp://env:1' };
  const file = { request: 'tcp://file:1' };

  test.each([
    ['the command line', layers(all, env, file), 'tcp://flag:1', 'flag'],
    ['then the environment', layers({}, env, file), 'tcp://env:1', 'environment'],
    ['then the file', layers({}, {}, file), 'tcp://file:1', 'file'],
    ['an empty variable is none', layers({}, { VNPY_BRIDGE_REQUEST: '' }, file), 'tcp://file:1', 'file'],
    ['then the default', layers({}, {}, {}), 'tcp://127.0.0.1:2014', 'default'],
  ])('%s', (_name, given, value, origin) => {
    const settings = new Settings([options.request], given);
    expect(settings.get(options.request)).toBe(value);
    expect(settings.origin(options.request)).toBe(origin);
  });

  test('a wrong value is refused with the place where it stands', () => {
    const make = (given: Parameters<typeof layers>): Settings => new Settings([options.timeout], layers(...given));
    expect(() => make([{ timeout: ['5'] }, {}, {}])).toThrow(/^--timeout "5" is no time/);
    expect(() => make([{}, { VNPY_BRIDGE_TIMEOUT: '5' }, {}])).toThrow(/^VNPY_BRIDGE_TIMEOUT "5"/);
    expect(() => make([{}, {}, { timeout: '5' }])).toThrow(/^c\.json: "timeout" "5"/);
  });

  test('an option that takes one value does not silently take the last of two', () => {
    expect(() => new Settings([options.timeout], layers({ timeout: ['1s', '2s'] }, {}, {}))).toThrow(/takes one value/);
  });

  test('a list may be repeated or separated by commas', () => {
    const settings = new Settings([options.type], layers({ type: ['eTick.', 'eOrder., eTrade.'] }, {}, {}));
    expect(settings.get(options.type)).toEqual(['eTick.', 'eOrder.', 'eTrade.']);
  });
});

describe('the configuration file', () => {
  const write = (content: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const path = join(folder, 'c.json');
    writeFileSync(path, content);
    return path;
  };

  test('has options for all commands, and sections that go before them', async () => {
    const path = write(
      '{"timeout": "5s", "serve-allow": ["a", "b"], "record": {"timeout": "9s"}, "relay": {"rate": 7}}',
    );
    expect([...(await readConfigFile(path, 'record', VNPY_BRIDGE)).texts]).toEqual([
      ['timeout', ['9s']],
      ['serve-allow', ['a', 'b']],
    ]);
    expect((await readConfigFile(path, 'relay', VNPY_BRIDGE)).texts.get('timeout')).toEqual(['5s']);
  });

  test.each([
    ['no JSON', '{', /is no JSON/],
    ['no object', '[]', /one JSON object/],
    ['an unknown option', '{"reqest": "x"}', /no option "reqest"; did you mean "request"\?/],
    ['an unknown option in a section', '{"record": {"rotate-sise": 1}}', /"record": .*did you mean "rotate-size"/],
    ['a section that is none', '{"record": 1}', /must be an object/],
    ['a value that is none', '{"timeout": {}}', /must be a text/],
    ['a secret', '{"plain-password": "x"}', /is a secret and may not stand.*VNPY_BRIDGE_PLAIN_PASSWORD/],
  ])('with %s is refused', async (_name, content, message) => {
    await expect(readConfigFile(write(content), 'record', VNPY_BRIDGE)).rejects.toThrow(message);
  });

  test('is used by the program, and one that is missing is told of', async () => {
    const path = write('{"request": "nonsense"}');
    expect(await run(['orders', '--config', path])).toMatchObject({ code: 4, stderr: /nonsense/ });
    expect(await run(['orders'], { env: { VNPY_BRIDGE_CONFIG: '/nowhere/c.json' } })).toMatchObject({
      code: 4,
      stderr: /cannot read the configuration file \/nowhere\/c\.json/,
    });
  });
});

describe('the options', () => {
  test('have names of their own, and so have their environment variables', () => {
    const all = allOptions(VNPY_BRIDGE);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map((option) => environmentName('vnpy-bridge', option))).size).toBe(all.length);
  });

  test('that are secret cannot be given as arguments', async () => {
    const secrets = allOptions(VNPY_BRIDGE).filter(({ kind }) => kind === 'secret');
    expect(secrets.map(({ name }) => name)).toContain('plain-password');
    for (const { name } of secrets) {
      const owner = COMMANDS.find(({ options: own }) => own.some((option) => option.name === name));
      expect(await run([owner?.name ?? '', `--${name}`, 'x'])).toMatchObject({ code: 4, stderr: /unknown option/ });
    }
  });

  test('--json is on every command', () => {
    for (const { options: own } of COMMANDS) expect(own).toContain(options.json);
  });

  test('an environment variable that means nothing is told of', async () => {
    const { stderr } = await run(['options'], { env: { VNPY_BRIDGE_REQEST: 'x' } });
    expect(stderr).toMatch(/VNPY_BRIDGE_REQEST means nothing/);
  });
});
