import { createHmac } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AlertError, AlertSender } from 'vnpy-bridge/guard';
import type { AlertSenderOptions } from 'vnpy-bridge/guard';
import { targetOf } from '../../../src/guard/alert/http.js';
import { digestOf } from '../../../src/guard/alert/message.js';
import { robotOf } from '../../../src/guard/alert/robots.js';
import { alertOf, hook } from './support.js';

const TIME = Date.parse('2026-11-30T01:02:03.456Z');
const HALT = alertOf('halt 1', {
  kind: 'halt',
  severity: 'critical',
  text: {
    en: 'trading is halted (all) by risk-1: <at user_id="all"></at>\nnow',
    zh: '交易已暂停（all），risk-1：太快',
  },
  details: { id: '1' },
});
const SECRET = 'SEC0123456789abcdef';

function sender(options: AlertSenderOptions): { readonly sender: AlertSender; readonly logged: string[] } {
  const logged: string[] = [];
  const log = (line: string): void => void logged.push(line);
  const made = new AlertSender({ logger: { debug: log, info: log, warn: log, error: log }, ...options });
  onTestFinished(() => made.close());
  return { sender: made, logged };
}

/** Base64 of HMAC-SHA256, as both makers document it. */
const signature = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64');

describe('what is posted', () => {
  test('as JSON: versioned, with both languages and the details', async () => {
    const { url, received } = await hook();
    const { sender: alerts } = sender({ webhooks: [{ url: `${url}/alerts?token=0123456789` }], name: 'desk relay' });
    const before = Date.now();
    alerts.send(HALT);
    await expect.poll(() => received.length).toBe(1);
    const [{ path, type, body } = { path: '', type: '', body: {} }] = received;
    expect(path).toBe('/alerts?token=0123456789');
    expect(type).toMatch(/^application\/json/);
    const [{ time } = { time: '' }] = body['alerts'] as readonly { readonly time: string }[];
    // The guard's clock and the wall's are a few ms apart.
    expect(Math.abs(Date.parse(time) - before)).toBeLessThan(60_000);
    const { kind, severity, text, details } = HALT;
    expect(body).toEqual({
      version: 1,
      source: 'vnpy-bridge',
      name: 'desk relay',
      dropped: 0,
      alerts: [{ kind, severity, time, count: 1, text, details }],
    });
  });

  test('to a robot of 企业微信', async () => {
    const { url, received } = await hook();
    const { sender: alerts } = sender({
      webhooks: [{ url: `${url}/cgi-bin/webhook/send?key=693a91f6-7xxx`, format: 'wecom' }],
      name: 'desk relay',
      language: 'zh',
    });
    alerts.send(HALT);
    await expect.poll(() => received.length).toBe(1);
    expect(received[0]?.path).toBe('/cgi-bin/webhook/send?key=693a91f6-7xxx');
    const { msgtype, text } = received[0]?.body as { msgtype: string; text: { content: string } };
    expect(Object.keys(received[0]?.body ?? {})).toEqual(['msgtype', 'text']);
    expect(msgtype).toBe('text');
    expect(text.content).toMatch(
      /^\[vnpy-bridge\] desk relay\n【严重】\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 交易已暂停（all），risk-1：太快$/,
    );
  });

  test('to a robot of 钉钉, signed in the address', async () => {
    const { url, received } = await hook();
    const { sender: alerts } = sender({
      webhooks: [{ url: `${url}/robot/send?access_token=abcdefgh`, format: 'dingtalk', secret: SECRET }],
    });
    alerts.send(HALT);
    await expect.poll(() => received.length).toBe(1);
    const { pathname, searchParams } = new URL(received[0]?.path ?? '', url);
    const timestamp = searchParams.get('timestamp') ?? '';
    expect(pathname).toBe('/robot/send');
    expect(searchParams.get('access_token')).toBe('abcdefgh');
    expect(Math.abs(Date.now() - Number(timestamp))).toBeLessThan(60_000);
    expect(searchParams.get('sign')).toBe(signature(SECRET, `${timestamp}\n${SECRET}`));
    const { msgtype, text } = received[0]?.body as { msgtype: string; text: { content: string } };
    expect(msgtype).toBe('text');
    expect(text.content).toContain('交易已暂停');
    expect(text.content).toContain('trading is halted');
  });

  test('to a robot of 飞书, signed in the body, and without mentions that a client has thought up', async () => {
    const { url, received } = await hook();
    const { sender: alerts } = sender({
      webhooks: [
        { url: `${url}/open-apis/bot/v2/hook/abcdefgh`, format: 'feishu', secret: SECRET },
        { url: `${url}/open-apis/bot/v2/hook/abcdefgh`, format: 'feishu' },
      ],
      language: 'en',
    });
    alerts.send(HALT);
    await expect.poll(() => received.length).toBe(2);
    const bodies = received.map(({ body }) => body);
    const signed = bodies.find((body) => 'sign' in body) ?? {};
    const timestamp = String(signed['timestamp']);
    expect(signed['sign']).toBe(signature(`${timestamp}\n${SECRET}`, ''));
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);
    for (const body of bodies) {
      expect(body['msg_type']).toBe('text');
      const { text } = body['content'] as { readonly text: string };
      expect(text).toContain('trading is halted (all) by risk-1: ＜at user_id="all">＜/at> now');
      expect(text).not.toContain('<');
    }
    expect(bodies.find((body) => !('sign' in body))).not.toHaveProperty('timestamp');
  });
});

test.each([
  ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789', 'wecom'],
  ['https://oapi.dingtalk.com/robot/send?access_token=0123456789', 'dingtalk'],
  ['https://open.feishu.cn/open-apis/bot/v2/hook/0123456789', 'feishu'],
  ['https://open.larksuite.com/open-apis/bot/v2/hook/0123456789', 'feishu'],
  ['https://qyapi.weixin.qq.com.example.com/cgi-bin/webhook/send?key=0123456789', 'json'],
])('the form of %s is %s', (url, format) => {
  expect(targetOf({ url, format: undefined, secret: undefined }).format).toBe(format);
});

test('a text is as long as a robot takes, in bytes, and what is left over is for the next message', () => {
  const many = Array.from({ length: 50 }, (_, index) => ({
    alert: alertOf(`${index}`, { text: { en: 'x'.repeat(200), zh: '单'.repeat(100) } }),
    time: TIME,
    count: 1,
  }));
  const { body, count } = robotOf('wecom', 'https://example.com', undefined).post(
    many,
    { name: 'x', language: 'both', dropped: 7 },
    TIME,
  );
  const { content } = (JSON.parse(body) as { text: { content: string } }).text;
  // The robot takes 2,048.
  expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2048);
  expect(content.match(/WARNING/g)).toHaveLength(count);
  expect(content).toContain('7 more were lost');
  expect(count).toBeGreaterThan(1);
  const long = alertOf('long', { text: { en: '😀'.repeat(5000), zh: '单'.repeat(5000) } });
  const { text, count: one } = digestOf(
    [{ alert: long, time: TIME, count: 3 }],
    { name: 'x', language: 'both', dropped: 0 },
    500,
  );
  expect(one).toBe(1);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(500);
  // No half of a pair is left.
  expect(text).not.toMatch(/\p{Cs}|\uFFFD…$/u);
});

describe('answers', () => {
  const verdict = (format: 'json' | 'wecom' | 'dingtalk' | 'feishu', status: number, body = ''): string =>
    robotOf(format, 'https://example.com', undefined).verdict(status, body).kind;

  test.each([
    ['json', 204, '', 'taken'],
    ['json', 302, '', 'refused'],
    ['json', 404, '', 'refused'],
    ['json', 429, '', 'later'],
    ['json', 503, '', 'later'],
    ['wecom', 200, '{"errcode":0,"errmsg":"ok"}', 'taken'],
    ['wecom', 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', 'refused'],
    ['wecom', 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', 'later'],
    ['wecom', 200, '<html>a proxy</html>', 'refused'],
    ['dingtalk', 200, '{"errcode":310000,"errmsg":"sign not match"}', 'refused'],
    ['dingtalk', 200, '{"errcode":130101,"errmsg":"send too fast"}', 'later'],
    ['feishu', 200, '{"code":0,"msg":"success","data":{}}', 'taken'],
    ['feishu', 200, '{"code":19021,"msg":"sign match fail"}', 'refused'],
    ['feishu', 500, '', 'later'],
  ] as const)('%s answers %i %s: %s', (format, status, body, kind) => {
    expect(verdict(format, status, body)).toBe(kind);
  });
});

describe('secrets', () => {
  const TOKEN = 'token-0123456789';

  test('are in no log line and no error', async () => {
    const { url } = await hook(() => ({ body: `{"errcode":93000,"errmsg":"no ${TOKEN} and no ${SECRET}"}` }));
    const { sender: alerts, logged } = sender({
      webhooks: [{ url: `${url}/robot/send?access_token=${TOKEN}`, format: 'dingtalk', secret: SECRET }],
    });
    alerts.send(HALT);
    await expect.poll(() => logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^alerts: 127\.0\.0\.1:\d+ does not take them: errcode 93000: no … and no …$/);
    expect(JSON.stringify(await alerts.test())).not.toContain(TOKEN);
    for (const wrong of [`ftp://example.com/${TOKEN}`, TOKEN, `https://user:${SECRET}@example.com/${TOKEN}`]) {
      const error = caught({ webhooks: [{ url: wrong }] });
      expect(error).toBeInstanceOf(AlertError);
      expect(String(error)).not.toContain(TOKEN);
      expect(String(error)).not.toContain(SECRET);
    }
  });

  test('that sign nothing are an error, and so is an empty list', () => {
    expect(caught({ webhooks: [{ url: 'https://example.com/x', secret: SECRET }] })).toBeInstanceOf(AlertError);
    expect(caught({ webhooks: [] })).toBeInstanceOf(AlertError);
    const unknown = { url: 'https://example.com/x', formt: 'json' };
    expect(String(caught({ webhooks: [unknown] }))).toContain('format');
  });

  function caught(options: AlertSenderOptions): unknown {
    try {
      new AlertSender(options);
    } catch (error) {
      return error;
    }
    return undefined;
  }
});

test('a trial says of each webhook what came of it', async () => {
  const [good, bad] = [await hook(), await hook(() => ({ status: 404 }))];
  const gone = await hook();
  gone.close();
  const { sender: alerts } = sender({ webhooks: [good, bad, gone].map(({ url }) => ({ url })) });
  const trials = await alerts.test();
  expect(trials.map(({ error }) => error)).toEqual([
    undefined,
    'HTTP status 404',
    expect.stringContaining('ECONNREFUSED'),
  ]);
  expect(good.received[0]?.body['alerts']).toMatchObject([{ kind: 'test', severity: 'info' }]);
});

test('a server that never answers holds up neither alerts to others nor the end', async () => {
  const good = await hook();
  const { createServer } = await import('node:net');
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const address = silent.address() as { readonly port: number };
  const { sender: alerts } = sender({
    webhooks: [{ url: `http://127.0.0.1:${address.port}` }, { url: good.url }],
  });
  alerts.send(HALT);
  await expect.poll(() => good.received.length).toBe(1);
});
