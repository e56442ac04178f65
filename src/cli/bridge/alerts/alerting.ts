/**
 * Alerts of a service, from the settings.
 *
 * @module
 */
import { hostname } from 'node:os';
import type { Alert, AlertSender, AlertWebhook } from '../../../guard/index.js';
import type { ClientStats, ClientStatus, Logger } from '../../../rpc/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { textsOf } from '../../lang/texts.js';
import { readSecret, readSecretFile, warnOn } from '../connection/security.js';
import * as options from '../options.js';
import { libraryText } from '../output/library-text.js';
import { LinkWatch, serverRestartedAlert } from './link-watch.js';
import type { LinkView } from './link-watch.js';

/** How often a link is looked at, in ms. */
const LOOK = 5000;

/** A client whose link is watched: an RpcGateway. */
interface Linked {
  readonly client: { status(): ClientStatus; stats(): ClientStats };
  on(
    name: 'resynced',
    listener: (report: {
      readonly restarted: boolean;
      readonly missed: Readonly<Record<string, readonly unknown[]>>;
    }) => void,
  ): unknown;
}

/** Where the alerts of one service go. */
export class Alerting {
  readonly #sender: AlertSender;
  readonly #inChinese: (text: string) => string;
  /** By the name of the server: empty where there is only one. */
  readonly #watches = new Map<string, { readonly watch: LinkWatch; timer: NodeJS.Timeout }>();

  /** @param inChinese - Puts what the library says into Chinese. */
  constructor(sender: AlertSender, inChinese: (text: string) => string) {
    this.#sender = sender;
    this.#inChinese = inChinese;
  }

  /** Takes an alert. Never throws, and waits for nothing. */
  readonly send = (alert: Alert): void => {
    this.#sender.send(inBothLanguages(alert, this.#inChinese));
  };

  /**
   * Watches the link of a client from now on, in place of the one before.
   *
   * @param server - Its name, where there are several.
   */
  follow(gateway: Linked, server = ''): void {
    const { client } = gateway;
    const before = this.#watches.get(server);
    clearInterval(before?.timer);
    const tell = (alert: Alert): void => {
      this.send(server === '' ? alert : ofServer(alert, server));
    };
    const watch = before?.watch ?? new LinkWatch(tell);
    watch.renew();
    const timer = setInterval(() => {
      watch.look(viewOf(client.status(), client.stats()), performance.now());
    }, LOOK);
    timer.unref();
    this.#watches.set(server, { watch, timer });
    gateway.on('resynced', ({ restarted, missed }) => {
      const count = Object.values(missed).reduce((sum, items) => sum + items.length, 0);
      if (restarted) tell(serverRestartedAlert(count));
    });
  }

  /** Tries what waits once more, for a few seconds at most. */
  async close(): Promise<void> {
    for (const { timer } of this.#watches.values()) clearInterval(timer);
    await this.#sender.close();
  }
}

/** The alert with the reason in it, which is a sentence of the library, in the language of its text. */
function inBothLanguages({ text, ...alert }: Alert, inChinese: (text: string) => string): Alert {
  const reasons = Object.values(alert.details).filter((value) => typeof value === 'string' && value.includes(' '));
  const zh = reasons.map(String).reduce((said, reason) => said.replaceAll(reason, inChinese(reason)), text.zh);
  return { ...alert, text: { ...text, zh } };
}

/** The alert with the name of its server: alerts of two are not one that repeats. */
function ofServer({ key, ends, text, details, ...alert }: Alert, server: string): Alert {
  const named = (each: string): string => `${each} ${server}`;
  return {
    ...alert,
    key: named(key),
    ...(ends === undefined ? {} : { ends: ends.map(named) }),
    text: { en: `${server}: ${text.en}`, zh: `${server}：${text.zh}` },
    details: { ...details, server },
  };
}

/** The alerts that are asked for. @returns undefined without a webhook, or for a command that has none. */
export async function openAlerting(
  context: CommandContext,
  command: string,
  logger: Logger,
): Promise<Alerting | undefined> {
  if (!context.settings.has(options.alertWebhook)) return undefined;
  const sender = await openSender(context, command, logger);
  return sender && new Alerting(sender, (await textsOf('errors', 'zh')).said);
}

/** What sends them. @returns undefined without a webhook. */
export async function openSender(
  context: CommandContext,
  command: string,
  logger: Logger,
): Promise<AlertSender | undefined> {
  const { settings } = context;
  const warn = warnOn(context);
  const secret = await readSecret(settings, options.alertSecret, options.alertSecretFile, warn);
  const file = settings.get(options.alertWebhookFile);
  const format = settings.get(options.alertFormat);
  const given = settings.get(options.alertWebhook).map((url): AlertWebhook => {
    return { url, ...(format === 'auto' ? {} : { format }), ...(secret === undefined ? {} : { secret }) };
  });
  if (secret !== undefined && given.length === 0) throw new CliError('USAGE', ({ alertSecret }) => alertSecret);
  const listed =
    file === undefined ? [] : parseWebhooks(await readSecretFile(options.alertWebhookFile.name, file, warn));
  const webhooks = [...given, ...listed];
  if (webhooks.length === 0) return undefined;
  // Most services send none: they do not load what sends them.
  const { AlertSender } = await import('../../../guard/index.js');
  return new AlertSender({
    webhooks,
    language: settings.get(options.alertLanguage),
    name: settings.get(options.alertName) ?? `${hostname()} ${command}`,
    logger,
  });
}

function parseWebhooks(text: string): readonly AlertWebhook[] {
  const wrong = new CliError('USAGE', ({ webhookList }) => webhookList);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text, which is secret.
    throw wrong;
  }
  if (!Array.isArray(parsed) || parsed.length === 0) throw wrong;
  return parsed as readonly AlertWebhook[];
}

function viewOf(status: ClientStatus, { events, reconnects, lastMessageAge, clockOffset }: ClientStats): LinkView {
  const { dropped, missed, undecodable } = events;
  return {
    state: status.state,
    detail: status.state === 'disconnected' ? libraryText(status.detail) : 'it does not answer',
    reconnects,
    undecodable,
    lost: dropped + missed,
    age: lastMessageAge,
    offset: clockOffset,
  };
}
