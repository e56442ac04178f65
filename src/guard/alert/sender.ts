/**
 * Sends alerts to webhooks.
 *
 * @module
 */
import { hostname } from 'node:os';
import { createGuardClock } from '../audit/clock.js';
import type { Alert } from './alert.js';
import { post, reasonOf, targetOf } from './http.js';
import type { Target } from './http.js';
import type { Envelope } from './message.js';
import { ALERT_SENDER_OPTIONS, ALERT_WEBHOOK_OPTIONS } from './options.js';
import type { AlertSenderOptions } from './options.js';
import { Outbox } from './outbox.js';
import type { AlertFormat } from './robots.js';

/** How long the end waits for what is under way, in ms. */
const END = 3000;

/** What came of a trial of one webhook. */
export interface AlertTrial {
  /** The host, and no more. */
  readonly webhook: string;
  readonly format: AlertFormat;
  /** Why it was not taken; undefined where it was. */
  readonly error: string | undefined;
}

/**
 * Posts alerts to webhooks. It holds nothing up: what cannot be sent waits in bounded queues, and is folded, tried again, and
 * given up after an hour.
 *
 * @example
 * ```ts no-run
 * const alerts = new AlertSender({ webhooks: [{ url: process.env['ALERT_URL'] ?? '' }] });
 * const guard = await Guard.open('guard.json', { onAlert: (alert) => alerts.send(alert) });
 * ```
 */
export class AlertSender {
  readonly #targets: readonly Target[];
  readonly #outboxes: readonly Outbox[];
  readonly #envelope: Omit<Envelope, 'dropped'>;

  /** @throws AlertError for options that make no sense. */
  constructor(options: AlertSenderOptions) {
    const { webhooks, language, name = hostname(), logger } = ALERT_SENDER_OPTIONS.resolve(options);
    const clock = createGuardClock();
    const envelope = { name, language };
    this.#envelope = envelope;
    this.#targets = webhooks.map((webhook) => targetOf(ALERT_WEBHOOK_OPTIONS.resolve(webhook)));
    this.#outboxes = this.#targets.map(
      ({ shownAs, robot, masked }) =>
        new Outbox({ shownAs, robot, envelope, clock, poster: post, logger, masked, reasonOf }),
    );
  }

  /** Takes an alert for all webhooks. Never throws, and waits for nothing. */
  send(alert: Alert): void {
    for (const outbox of this.#outboxes) outbox.push(alert);
  }

  /** Sends one message to each webhook now, past the queues, and tells what came of it. Never rejects. */
  test(): Promise<readonly AlertTrial[]> {
    const alert: Alert = {
      kind: 'test',
      severity: 'info',
      key: 'test',
      text: { en: 'this is a test: alerts arrive', zh: '这是一条测试消息：告警可以送达' },
      details: {},
    };
    return Promise.all(
      this.#targets.map(async ({ shownAs, format, robot, masked }) => {
        const now = Date.now();
        const { url, body } = robot.post([{ alert, time: now, count: 1 }], { ...this.#envelope, dropped: 0 }, now);
        const verdict = await post(url, body).then(
          (answer) => robot.verdict(answer.status, answer.body),
          (error: unknown) => ({ kind: 'later' as const, reason: reasonOf(error) }),
        );
        return { webhook: shownAs, format, error: verdict.kind === 'taken' ? undefined : masked(verdict.reason) };
      }),
    );
  }

  /** Tries what waits once more, for three seconds at most. May be called again. */
  async close(): Promise<void> {
    await Promise.all(this.#outboxes.map((outbox) => outbox.close(END)));
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
