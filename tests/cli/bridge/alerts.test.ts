import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LinkWatch } from '../../../src/cli/bridge/alerts/link-watch.js';
import type { LinkView } from '../../../src/cli/bridge/alerts/link-watch.js';
import type { Alert } from 'vnpy-bridge/guard';
import { hook } from '../../guard/alert/support.js';
import { run, start } from './harness.js';

const TOKEN = 'token-0123456789';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'alerts-'));
  chmodSync(path, 0o700);
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

function secretFile(name: string, text: string): string {
  const path = join(folder(), name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

interface Told {
  readonly kind: string;
  readonly text: { readonly en: string };
}

const toldBy = (received: readonly { readonly body: Readonly<Record<string, unknown>> }[]): readonly Told[] =>
  received.flatMap(({ body }) => body['alerts'] as readonly Told[]);

describe('guard alert', () => {
  test('sends one message to each webhook of the command line and the file', async () => {
    const [json, robot] = [await hook(), await hook()];
    const list = [{ url: `${robot.url}/robot/send?access_token=${TOKEN}`, format: 'dingtalk', secret: 'SEC12345678' }];
    const done = await run([
      ...['guard', 'alert', '--alert-webhook', `${json.url}/${TOKEN}`, '--alert-name', 'desk 7'],
      ...['--alert-webhook-file', secretFile('alerts.json', JSON.stringify(list)), '--alert-language', 'zh'],
    ]);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^127\.0\.0\.1:\d+ \(json\): taken\n127\.0\.0\.1:\d+ \(dingtalk\): taken\n$/);
    expect(json.received[0]?.body).toMatchObject({ version: 1, name: 'desk 7', alerts: [{ kind: 'test' }] });
    expect(robot.received[0]?.path).toMatch(/&timestamp=\d+&sign=/);
    expect(JSON.stringify(robot.received[0]?.body)).toContain('测试');
    expect(JSON.stringify(robot.received[0]?.body)).not.toContain('this is a test');
  });

  test('takes address and secret by the environment, and ends with 1 when it is not taken', async () => {
    const { url, received } = await hook(() => ({ body: `{"code":19021,"msg":"sign match fail for ${TOKEN}"}` }));
    const done = await run(['guard', 'alert', '--alert-format', 'feishu', '--json'], {
      env: { VNPY_BRIDGE_ALERT_WEBHOOK: `${url}/hook/${TOKEN}`, VNPY_BRIDGE_ALERT_SECRET: 'abcdefgh12345678' },
    });
    expect(done.code).toBe(1);
    expect(JSON.parse(done.stdout)).toMatchObject([{ format: 'feishu', error: 'code 19021: sign match fail for …' }]);
    expect(done.stdout + done.stderr).not.toContain(TOKEN);
    expect(received[0]?.body).toHaveProperty('sign');
  });

  test.each([
    [[], 'say where alerts go'],
    [['--alert-webhook', `example.com/${TOKEN}`], 'no address'],
    [['--alert-webhook-file', 'FILE'], 'must hold a JSON list'],
  ])('%j is wrong, and shows no secret', async (args, message) => {
    const file = secretFile('alerts.json', `[{"url": "https://example.com/${TOKEN}"`);
    const given = args.map((arg) => (arg === 'FILE' ? file : arg));
    const done = await run(['guard', 'alert', ...given], { env: { VNPY_BRIDGE_ALERT_LANGUAGE: 'en' } });
    expect(done).toMatchObject({ code: 4, stderr: expect.stringContaining(message) as string });
    expect(done.stderr).not.toContain(TOKEN);
  });
});

test('a guarded server tells of a halt and of its end, and shows its webhook in no log line', async () => {
  const { url, received } = await hook();
  const path = folder();
  const policy = join(path, 'guard.json');
  const roles = { trader: { functions: ['get_*', 'send_order', 'cancel_order'] } };
  writeFileSync(
    policy,
    JSON.stringify({ version: 1, audit: false, roles, principals: { local: { roles: ['trader'] } } }),
    {
      mode: 0o600,
    },
  );
  const control = ['--guard-control', join(path, 'control.sock')];
  const running = start(
    [
      ...['serve', '--simulate', '--request', 'tcp://127.0.0.1:*', '--subscribe', 'tcp://127.0.0.1:*'],
      ...['--guard', policy, ...control, '--log-level', 'debug'],
    ],
    { env: { VNPY_BRIDGE_ALERT_WEBHOOK: `${url}/${TOKEN}` } },
  );
  await running.stdout.waitFor(/--request (\S+)/);
  await run(['guard', 'halt', '--reason', 'a trial', ...control]);
  await expect.poll(() => toldBy(received).map(({ kind }) => kind)).toEqual(['halt']);
  await run(['guard', 'resume', 'all', '--reason', 'seen to', ...control]);
  // The end does not wait for the pause between two messages.
  const { stderr, stdout } = await running.end();
  expect(toldBy(received).map(({ kind }) => kind)).toEqual(['halt', 'resume']);
  expect(toldBy(received)[0]?.text.en).toMatch(/trading is halted \(all\) by \S+: a trial/);
  expect(stderr + stdout).not.toContain(TOKEN);
});

describe('a link', () => {
  const GOOD: LinkView = {
    ...{ state: 'connected', detail: '', reconnects: 0, undecodable: 0, lost: 0, age: 100, offset: 3 },
  };

  /** Looks every 5 s; gives what was told. */
  function looked(views: readonly Partial<LinkView>[]): readonly Alert[] {
    const told: Alert[] = [];
    const watch = new LinkWatch((alert) => void told.push(alert));
    for (const [index, view] of views.entries()) watch.look({ ...GOOD, ...view }, index * 5000);
    return told;
  }

  const times = (count: number, view: Partial<LinkView>): readonly Partial<LinkView>[] =>
    Array.from({ length: count }, () => view);
  const kindsOf = (views: readonly Partial<LinkView>[]): readonly string[] => looked(views).map(({ kind }) => kind);
  const AWAY = { state: 'disconnected', detail: 'nobody answers' } as const;

  test('that is away for ten seconds is told, once, and its return', () => {
    expect(kindsOf([{}, AWAY, AWAY, {}])).toEqual([]);
    expect(looked([{}, AWAY, AWAY, AWAY, AWAY, {}, {}])).toMatchObject([
      { kind: 'disconnected', severity: 'critical', details: { detail: 'nobody answers' } },
      { kind: 'connected', severity: 'info' },
    ]);
    // Also one that has never been there.
    expect(kindsOf(times(3, { state: 'connecting' }))).toEqual(['disconnected']);
    expect(kindsOf([{}, ...times(9, { state: 'stopped' })])).toEqual([]);
  });

  test('that is silent for two heartbeats', () => {
    expect(kindsOf([{}, { age: 20_000 }, {}])).toEqual([]);
    expect(kindsOf([{}, { age: 20_001 }, { age: 25_000 }, {}])).toEqual(['silent', 'heard']);
  });

  test('with messages that cannot be decoded, or are lost: what is new', () => {
    expect(
      looked([
        { undecodable: 7, lost: 7 },
        { undecodable: 9, lost: 7 },
        { undecodable: 9, lost: 8 },
      ]),
    ).toMatchObject([
      { kind: 'undecodable', details: { count: 2 } },
      { kind: 'events-lost', details: { count: 1 } },
    ]);
  });

  test('that is made anew more than five times within an hour', () => {
    expect(kindsOf([1, 2, 3, 4, 5].map((reconnects) => ({ reconnects })))).toEqual([]);
    const seven = [0, 1, 2, 3, 4, 5, 6].map((reconnects) => ({ reconnects }));
    expect(kindsOf(seven)).toEqual(['reconnects']);
    // An hour later they do not count.
    expect(kindsOf([...seven.slice(0, 6), ...times(720, { reconnects: 5 }), { reconnects: 6 }])).toEqual([]);
  });

  test('whose clock is off for five minutes, ahead or behind', () => {
    expect(kindsOf(times(100, { offset: 1000 }))).toEqual([]);
    expect(kindsOf([...times(60, { offset: 1001 }), {}])).toEqual([]);
    expect(kindsOf([...times(90, { offset: -1001 }), {}])).toEqual(['clock-offset', 'clock-right']);
  });
});
