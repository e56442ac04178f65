/**
 * The options of alerts.
 *
 * @module
 */
import { option, OptionTable } from '../../option-table.js';
import type { Resolved, RowsOf } from '../../option-table.js';
import type { Logger } from '../../rpc/index.js';
import { guardedLogger } from '../../rpc/internal.js';
import { alertChecks, AlertError } from './errors.js';
import type { AlertLanguage } from './message.js';
import { ALERT_FORMATS } from './robots.js';
import type { AlertFormat } from './robots.js';

/** Where alerts are posted. */
export interface AlertWebhook {
  /** The address, with its token. It is a secret: no log shows more of it than the host. */
  readonly url: string;
  /** How they are written. Default: by the host, `json` for one that is not known. */
  readonly format?: AlertFormat;
  /** The secret by which messages are signed, of 钉钉 (加签) and 飞书 (签名校验). Default: not signed. */
  readonly secret?: string;
}

/** Options of {@link AlertSender}. */
export interface AlertSenderOptions {
  /** Where to. Each has a queue of its own. */
  readonly webhooks: readonly AlertWebhook[];
  /** The language of texts for people. Default `'both'`. */
  readonly language?: AlertLanguage;
  /** Says in each message where it comes from. Default: the name of this machine. */
  readonly name?: string;
  /** Takes log lines: a webhook that fails is told once, until it works again. Default: warnings and errors on standard error. */
  readonly logger?: Logger;
}

/** The options of one webhook. */
export const ALERT_WEBHOOK_OPTIONS = new OptionTable(alertChecks, 'the options of a webhook', {
  url: option.required(option.secret()),
  format: option.choice(ALERT_FORMATS),
  secret: option.secret(),
} satisfies RowsOf<AlertWebhook>);

/** A webhook that was checked. */
export type Webhook = Resolved<(typeof ALERT_WEBHOOK_OPTIONS)['rows']>;

/** The options of a sender. */
export const ALERT_SENDER_OPTIONS = new OptionTable(alertChecks, 'the options of AlertSender', {
  webhooks: option.required(
    option.other('an array of `AlertWebhook`', (_name, value: readonly AlertWebhook[]): readonly AlertWebhook[] => {
      if (!Array.isArray(value) || value.length === 0) throw new AlertError('webhooks must be an array, and not empty');
      return (value as readonly AlertWebhook[]).map((webhook) => ALERT_WEBHOOK_OPTIONS.check(webhook));
    }),
  ),
  language: option.choice(['zh', 'en', 'both'], 'both'),
  name: option.text(),
  logger: option.other('a `Logger`', (_name, value: Logger) => guardedLogger(value), guardedLogger()),
} satisfies RowsOf<AlertSenderOptions>);
