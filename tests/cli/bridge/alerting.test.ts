import { expect, onTestFinished, test } from 'vitest';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import type { Alert } from 'vnpy-bridge/guard';
import { Alerting } from '../../../src/cli/bridge/alerts/alerting.js';

type Told = (report: object) => void;

test('what two servers do are two alerts, with the name of each', () => {
  const sent: Alert[] = [];
  // What an alert goes through on its way out has tests of its own.
  const sender = { send: (alert: Alert) => sent.push(alert), close: () => Promise.resolve() };
  const alerting = new Alerting(sender as unknown as ConstructorParameters<typeof Alerting>[0]);
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
