/**
 * Alerts as a message: for people as text, for programs as JSON.
 *
 * @module
 */
import type { Alert, AlertSeverity } from './alert.js';

/** The language of texts. */
export type AlertLanguage = 'zh' | 'en' | 'both';

/** An alert with when it was, and how often. */
export interface Told {
  readonly alert: Alert;
  /** The last time, in ms since the epoch. */
  readonly time: number;
  readonly count: number;
}

/** What stands around the alerts of a message. */
export interface Envelope {
  /** Which program on which machine. */
  readonly name: string;
  readonly language: AlertLanguage;
  /** Alerts that were lost before, because too many waited. */
  readonly dropped: number;
}

/** A message. */
export interface Digest {
  readonly text: string;
  /** How many of the alerts the text has; the JSON has all. */
  readonly count: number;
  readonly json: object;
}

/** One text, at most, in characters: what clients and people say may be long. */
const LONGEST = 300;

const SEVERITIES: Readonly<Record<AlertSeverity, { readonly en: string; readonly zh: string }>> = {
  critical: { en: 'CRITICAL', zh: '严重' },
  warning: { en: 'WARNING', zh: '警告' },
  info: { en: 'INFO', zh: '信息' },
};

/** @param bytes - the longest text, in bytes of UTF-8. At least one alert is in it, cut where it must be. */
export function digestOf(alerts: readonly Told[], envelope: Envelope, bytes = Infinity): Digest {
  const { name, language, dropped } = envelope;
  const lines = [`[vnpy-bridge] ${clean(name)}`];
  if (dropped > 0) lines.push(inLanguage(language, { en: `${dropped} more were lost`, zh: `另有 ${dropped} 条丢失` }));
  let length = lines.reduce((sum, line) => sum + sizeOf(line), 0);
  let count = 0;
  for (const told of alerts) {
    const line = lineOf(told, language);
    if (count > 0 && length + sizeOf(line) > bytes) break;
    lines.push(line);
    length += sizeOf(line);
    count++;
  }
  return { text: cut(lines.join('\n'), bytes), count, json: jsonOf(alerts, envelope) };
}

function jsonOf(alerts: readonly Told[], { name, dropped }: Envelope): object {
  return {
    version: 1,
    source: 'vnpy-bridge',
    name,
    dropped,
    alerts: alerts.map(({ alert: { kind, severity, text, details }, time, count }) => ({
      ...{ kind, severity, time: new Date(time).toISOString(), count, text, details },
    })),
  };
}

function lineOf({ alert: { severity, text }, time, count }: Told, language: AlertLanguage): string {
  const of = SEVERITIES[severity];
  const when = `${new Date(time).toISOString().slice(0, 19)}Z`;
  const times = count === 1 ? { en: '', zh: '' } : { en: ` (${count} times)`, zh: `（${count} 次）` };
  return inLanguage(language, {
    zh: `【${of.zh}】${when} ${clean(text.zh)}${times.zh}`,
    en: `[${of.en}] ${when} ${clean(text.en)}${times.en}`,
  });
}

function inLanguage(language: AlertLanguage, { en, zh }: { readonly en: string; readonly zh: string }): string {
  return language === 'both' ? `${zh}\n${en}` : language === 'zh' ? zh : en;
}

/** One line, not too long. A `<` would begin a mention of everybody at 飞书: texts hold what clients have said. */
function clean(text: string): string {
  const line = Array.from(text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').replaceAll('<', '＜'));
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).join('')}…` : line.join('');
}

/** With its line end. */
function sizeOf(line: string): number {
  return Buffer.byteLength(line) + 1;
}

function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  // A character that is cut becomes U+FFFD.
  const beginning = Buffer.from(text)
    .subarray(0, bytes - 8)
    .toString();
  return `${beginning.replace(/\uFFFD+$/, '')}…`;
}
