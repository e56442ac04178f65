/**
 * The work of `vnpy-bridge guard alert`.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { textsOf } from '../../lang/texts.js';
import { CliError } from '../../kit/errors.js';
import { openSender } from '../alerts/alerting.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json } from '../options.js';

/** The trial says itself what came of it. */
const NOWHERE = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Sends one message to each webhook. */
export async function testAlerts(context: CommandContext): Promise<ExitCode> {
  const { settings, io } = context;
  const sender = await openSender(context, 'guard alert', NOWHERE);
  if (sender === undefined) throw new CliError('USAGE', ({ sayWebhook }) => sayWebhook);
  const trials = await sender.test();
  const texts = await textsOf('services', context.language);
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify(trials)}\n`
      : trials
          .map(
            ({ webhook, format, error }) =>
              `${texts.webhook(webhook, format, error === undefined ? texts.taken : texts.said(error))}\n`,
          )
          .join(''),
  );
  return trials.every(({ error }) => error === undefined) ? EXIT.ok : EXIT.refused;
}
