/**
 * The forms in which alerts are posted: JSON of our own, and the group robots of 企业微信, 钉钉 and 飞书.
 *
 * Sources, read on 2026-11-30: developer.work.weixin.qq.com (群机器人配置说明), open.dingtalk.com (自定义机器人接入),
 * open.feishu.cn (自定义机器人使用指南).
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { digestOf } from './message.js';
import type { Digest, Envelope, Told } from './message.js';

/** How alerts are written: `json` is ours, the others are robots. */
export type AlertFormat = 'json' | 'wecom' | 'dingtalk' | 'feishu';

/** All of them. */
export const ALERT_FORMATS: readonly AlertFormat[] = ['json', 'wecom', 'dingtalk', 'feishu'];

/** What is posted. */
export interface Post {
  readonly url: string;
  readonly body: string;
  /** How many of the alerts are in it. */
  readonly count: number;
}

/** What the answer says. `later`: the same may pass later. `refused`: it never will, as it is. */
export type Verdict = { readonly kind: 'taken' } | { readonly kind: 'later' | 'refused'; readonly reason: string };

/** A place for alerts in one of the forms. */
export interface Robot {
  readonly post: (alerts: readonly Told[], envelope: Envelope, now: number) => Post;
  readonly verdict: (status: number, body: string) => Verdict;
}

/** A robot's own words for success and failure. */
interface Dialect {
  /** The member of the answer that is 0 for success. */
  readonly code: string;
  readonly message: string;
  /** Codes that say: too much now. */
  readonly busy: readonly number[];
  /** The longest text, in bytes of UTF-8, and some less. */
  readonly bytes: number;
  readonly compose: (text: string, url: string, secret: string | undefined, now: number) => Omit<Post, 'count'>;
}

const DIALECTS: Readonly<Record<Exclude<AlertFormat, 'json'>, Dialect>> = {
  wecom: {
    code: 'errcode',
    message: 'errmsg',
    busy: [-1, 45009, 45033],
    bytes: 2000,
    compose: (content, url) => ({ url, body: JSON.stringify({ msgtype: 'text', text: { content } }) }),
  },
  dingtalk: {
    code: 'errcode',
    message: 'errmsg',
    busy: [-1, 130101, 410100],
    bytes: 15_000,
    compose: (content, url, secret, now) => {
      const target = new URL(url);
      if (secret !== undefined) {
        target.searchParams.set('timestamp', String(now));
        target.searchParams.set('sign', createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64'));
      }
      return { url: target.href, body: JSON.stringify({ msgtype: 'text', text: { content } }) };
    },
  },
  feishu: {
    code: 'code',
    message: 'msg',
    busy: [9499, 11232],
    bytes: 15_000,
    compose: (text, url, secret, now) => {
      const timestamp = String(Math.floor(now / 1000));
      // The text is empty: timestamp and secret are the key.
      const sign = createHmac('sha256', `${timestamp}\n${secret ?? ''}`).digest('base64');
      const signed = secret === undefined ? {} : { timestamp, sign };
      return { url, body: JSON.stringify({ ...signed, msg_type: 'text', content: { text } }) };
    },
  },
};

const HOSTS: Readonly<Record<string, AlertFormat>> = {
  'qyapi.weixin.qq.com': 'wecom',
  'oapi.dingtalk.com': 'dingtalk',
  'open.feishu.cn': 'feishu',
  'open.larksuite.com': 'feishu',
};

/** The form that the host of a URL takes. */
export function formatOf(url: URL): AlertFormat {
  return HOSTS[url.hostname] ?? 'json';
}

/** Whether a form can be signed. */
export function canSign(format: AlertFormat): boolean {
  return format === 'dingtalk' || format === 'feishu';
}

/** The robot of a form. */
export function robotOf(format: AlertFormat, url: string, secret: string | undefined): Robot {
  return format === 'json' ? plainRobot(url) : chatRobot(DIALECTS[format], url, secret);
}

function plainRobot(url: string): Robot {
  return {
    post: (alerts, envelope) => ({ url, body: JSON.stringify(digestOf(alerts, envelope).json), count: alerts.length }),
    verdict: (status) => (status >= 200 && status < 300 ? { kind: 'taken' } : verdictOf(status)),
  };
}

function chatRobot(dialect: Dialect, url: string, secret: string | undefined): Robot {
  return {
    post: (alerts, envelope, now) => {
      const { text, count }: Digest = digestOf(alerts, envelope, dialect.bytes);
      return { ...dialect.compose(text, url, secret, now), count };
    },
    verdict: (status, body) => {
      if (status !== 200) return verdictOf(status);
      const answer = parsed(body);
      const code = answer[dialect.code];
      if (code === 0) return { kind: 'taken' };
      const reason = `${dialect.code} ${String(code)}: ${String(answer[dialect.message])}`;
      return { kind: dialect.busy.includes(Number(code)) ? 'later' : 'refused', reason };
    },
  };
}

function verdictOf(status: number): Verdict {
  const isLater = status === 408 || status === 425 || status === 429 || status >= 500;
  return { kind: isLater ? 'later' : 'refused', reason: `HTTP status ${status}` };
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
