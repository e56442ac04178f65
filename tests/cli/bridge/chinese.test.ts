import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/bridge/commands/index.js';
import { foreignWords } from '../lang/foreign-words.js';
import { run, serveMarket, start } from './harness.js';

// A run in Chinese tells nothing in English: no line has three words in a row that are no names, paths, options or data.

const CHINESE = { env: { LANG: 'zh_CN.UTF-8' } };

/** The lines that a person could not read. */
function english(text: string): readonly string[] {
  return text.split('\n').filter((line) => foreignWords(line) !== undefined);
}

/** What a run in Chinese has written. */
async function said(argv: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(argv, CHINESE);
  return stdout + stderr;
}

/** That these runs speak, and speak Chinese. */
async function expectChinese(runs: readonly (readonly string[])[]): Promise<void> {
  for (const argv of runs) {
    const text = await said(argv);
    expect(text.trim(), argv.join(' ')).not.toBe('');
    expect(english(text), argv.join(' ')).toEqual([]);
  }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'chinese-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

test('an English sentence is seen', () => {
  expect(english('没有连接\nthe server has gone\nvnpy-bridge doctor --request tcp://a:1 /path/to/it')).toEqual([
    'the server has gone',
  ]);
});

test.each(COMMANDS.map(({ name }) => name))('%s --help', async (name) => {
  expect(english(await said([...name.split(' '), '--help']))).toEqual([]);
});

const NOBODY = ['--request', 'tcp://127.0.0.1:1', '--subscribe', 'tcp://127.0.0.1:2', '--timeout', '300ms'];
const NO_NATS = ['--nats', 'nats://127.0.0.1:1', '--cluster', 'desk', '--account', 'SIM', '--timeout', '100ms'];

describe('what goes wrong', () => {
  test('where nobody answers', async () => {
    const runs = ['orders', 'ticks', 'watch', 'listen', 'doctor', 'call x', 'audit report none'];
    await expectChinese(runs.map((line) => [...line.split(' '), ...NOBODY]));
    await expectChinese([['cluster', 'halt', '--reason', '测试', ...NO_NATS]]);
  });

  test('where another answers', async () => {
    const { request, subscribe } = await serveMarket();
    const exchanged = ['--request', subscribe, '--subscribe', request, '--timeout', '2s'];
    await expectChinese([
      ['orders', ...exchanged],
      ['doctor', ...exchanged],
      ['watch', ...exchanged],
      ['doctor', '--request', request, '--subscribe', request],
      ['orders', '--request', 'bogus'],
      ['serve', '--simulate', '--request', request],
    ]);
  });

  test('in the arguments, and in files', async () => {
    const path = folder();
    const [bad, open, text] = ['bad.json', 'open.json', 'text'].map((name) => join(path, name));
    writeFileSync(bad ?? '', JSON.stringify(BAD_POLICY), { mode: 0o600 });
    writeFileSync(open ?? '', '{ "version": 1, }', { mode: 0o600 });
    writeFileSync(text ?? '', 'junk', { mode: 0o600 });
    await expectChinese([
      ['guard', 'check', bad ?? ''],
      ['guard', 'check', open ?? ''],
      ['guard', 'check', join(path, 'none')],
      ['guard', 'check', 'examples/guard-policy.json'],
      ['serve', '--simulate', '--guard', bad ?? ''],
      ['serve'],
      ['replay', text ?? ''],
      ['replay', join(path, 'none')],
      ['audit', 'show', text ?? ''],
      ['audit', 'verify', text ?? ''],
      ['guard', 'status', '--guard-control', join(path, 'none')],
      ['guard', 'halt', '--guard-control', join(path, 'none')],
      ['guard', 'alert'],
      ['guard', 'explain', 'examples/guard-policy.json', 'send_order', '--principal', 'nobody'],
      ['web', '--simulate', '--web-listen', '0.0.0.0:0'],
      ['web-user', 'list', '--web-users', text ?? ''],
      ['web-user', 'remove', 'bob', '--web-users', join(path, 'users')],
      ['keygen', join(path, 'k')],
      ['keygen', join(path, 'k')],
      ['cluster', 'keys', join(path, 'n')],
      ['cluster', 'config', '--cluster', 'desk', '--guard', 'examples/guard-policy.json'],
      ['cluster', 'status', '--cluster', 'desk'],
      ['orders', '--csv', '--json'],
      ['orders', '--nope'],
      ['nope'],
      ['options'],
    ]);
  });
});

const BAD_POLICY = {
  ...{ version: 2, rolez: {}, zone: 'Mars' },
  roles: {
    trader: {
      ...{ extends: ['nope'], functions: 'x', symbols: ['rb', 'rb.SHFEE'], products: ['FUTURE'] },
      limits: { orderVolume: -1, orderNotional: { CNYY: 5 }, lossPerDay: { max: 1, then: 'hal' }, cancelsPerDay: '3' },
    },
  },
  principals: {
    local: { roles: ['trade'], curveKey: 'x' },
    other: { roles: [] },
    'a‑b': { roles: [], addresses: ['1'] },
  },
};

const POLICY = {
  version: 1,
  audit: 'audit.jsonl',
  roles: {
    trader: {
      ...{ functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'], symbols: ['*.SHFE'], rights: ['halt'] },
      limits: {
        orderVolume: 10,
        priceBand: { aggressive: 0.02 },
        ordersPerDay: 100,
        selfTrade: 'refuse',
        lossPerDay: 9,
      },
    },
  },
  principals: { local: { roles: ['trader'] } },
};

const order = (symbol: string, volume: number): string =>
  `OrderRequest{"symbol": "${symbol}", "exchange": "SHFE", "direction": "LONG", "type": "LIMIT", "volume": ${volume}, "price": 3200, "offset": "OPEN"}`;

test('a guarded server, its log, what it refuses, its control and its audit', async () => {
  const path = folder();
  const policy = join(path, 'guard.json');
  writeFileSync(policy, JSON.stringify(POLICY), { mode: 0o600 });
  const control = ['--guard-control', join(path, 'control.sock')];
  const running = start(
    [
      ...['serve', '--simulate', '--request', 'tcp://127.0.0.1:*', '--subscribe', 'tcp://127.0.0.1:*'],
      ...['--guard', policy, ...control, '--metrics', '127.0.0.1:0', '--log-format', 'pretty'],
    ],
    CHINESE,
  );
  const [, request = '', subscribe = ''] = await running.stdout.waitFor(/--request (\S+) --subscribe (\S+)/);
  const there = ['--request', request, '--subscribe', subscribe];
  const explain = (file: string, what: string): string[] => ['guard', 'explain', file, '--principal', 'local', what];
  const listening = start(['listen', '--type', 'eLog', ...there], CHINESE);
  const recording = start(
    ['record', join(path, 'a.mcap'), '--for', '300ms', '--log-format', 'pretty', ...there],
    CHINESE,
  );
  await expectChinese([
    ['doctor', '--wait', '100ms', ...there],
    ['call', 'send_order', order('rb2705', 12), 'SIM', '--json', ...there],
    ['call', 'send_quote', ...there],
    [...explain(policy, 'send_order'), order('rb2705', 12), 'SIM'],
    [...explain(policy, 'send_order'), order('rb2705', 12), 'SIM', ...control],
    [
      ...explain(policy, 'cancel_order'),
      'CancelRequest{"symbol": "rb2705", "exchange": "SHFE", "orderid": "1"}',
      'SIM',
      ...control,
    ],
    ['guard', 'status', ...control],
    ['guard', 'drill', ...control],
    ['guard', 'halt', '--level', 'reduce', '--keep-orders', '--reason', '行情异常', ...control],
    ['call', 'send_order', order('ag2706', 1), 'SIM', '--json', ...there],
    ['guard', 'status', ...control],
    ['guard', 'resume', 'none', '--reason', '好了', ...control],
    ['guard', 'resume', 'all', '--reason', '好了', ...control],
    ['guard', 'release', 'nothing', '--reason', '查过', ...control],
    ['guard', 'baseline', 'SIM', '--reason', '查过', ...control],
    ['guard', 'baseline', 'nobody', '--reason', '查过', ...control],
    ['audit', 'report', join(path, 'audit.jsonl'), ...there],
    ['history', 'nope.SHFE', ...there],
    ['ticks', ...there],
  ]);
  // Until the listener is there.
  while (!/send_order.*\[\w+\] .*\p{Script=Han}/u.test(listening.stdout.text))
    await said(['call', 'send_order', order('rb2705', 12), 'SIM', '--json', ...there]);

  const [{ stdout: logged }, recorded] = await Promise.all([listening.end(), recording.finished]);
  const { stdout, stderr } = await running.end();
  for (const text of [logged, recorded.stdout, recorded.stderr, stdout, stderr]) expect(english(text)).toEqual([]);
  for (const text of [recorded.stderr, stderr]) expect(text).toMatch(/ INFO {2}.*\p{Script=Han}/u);

  const audit = join(path, 'audit.jsonl');
  await expectChinese([
    ['audit', 'show', audit],
    ['audit', 'verify', audit],
  ]);
  writeFileSync(audit, readFileSync(audit, 'utf8').replace('"volume":12,', '"volume":2,'));
  await expectChinese([['audit', 'verify', audit]]);
});
