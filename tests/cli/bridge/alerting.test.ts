import { expect, onTestFinished, test } from 'vitest';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import type { Alert } from 'vnpy-bridge/guard';
import { Alerting } from '../../../src/cli/bridge/alerts/alerting.js';
import { inChinese } from '../../../src/cli/lang/zh/said/index.js';

type Told = (report: object) => void;

test('what two servers do are two alerts, with the name of each', () => {
  const sent: Alert[] = [];
  // What an alert goes through on its way out has tests of its own.
  const sender = { send: (alert: Alert) => sent.push(alert), close: () => Promise.resolve() };
  const alerting = new Alerting(sender as unknown as ConstructorParameters<typeof Alerting>[0], inChinese);
  onTestFinished(() => alerting.close());
  const tell = new Map<string, Told>();
  for (const server of ['day', 'night', '']) {
    const { client } = new RpcGateway();
    const on = (_name: string, listener: Told) => {
      tell.set(server, listener);
      return () => undefined;
    };
    alerting.follow({ client, on } as unknown as Parameters<Alerting['follow']>[0], server);
  }
  for (const listener of tell.values()) listener({ restarted: true, missed: { order: [] } });
  expect(sent.map(({ key }) => key)).toEqual(['server-restarted day', 'server-restarted night', 'server-restarted']);
  expect(sent[0]?.text.en).toMatch(/^day: /);
  expect(sent[1]).toMatchObject({
    details: { server: 'night' },
    text: { zh: expect.stringMatching(/^night：/) as string },
  });
  expect(sent[2]?.details).not.toHaveProperty('server');
});

test('the Chinese text of an alert has its reason in Chinese, the English one and the details have it as it is', () => {
  const sent: Alert[] = [];
  const sender = { send: (alert: Alert) => sent.push(alert), close: () => Promise.resolve() };
  const alerting = new Alerting(sender as unknown as ConstructorParameters<typeof Alerting>[0], inChinese);
  const reason = "a loss of 60000 CNY today is more than desk-1's limit of 50000";
  const text = { en: `trading is halted: ${reason}`, zh: `交易已暂停：${reason}` };
  alerting.send({ kind: 'halt', severity: 'critical', key: 'halt', text, details: { reason } });
  expect(sent[0]).toMatchObject({
    text: { en: text.en, zh: '交易已暂停：当日亏损 60000 CNY，超过 desk-1 的限额 50000' },
    details: { reason },
  });
});
