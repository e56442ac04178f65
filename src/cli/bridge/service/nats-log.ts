/**
 * `--nats-log`: the lines of a service on NATS as well.
 *
 * @module
 */
import { hostname } from 'node:os';
import type { LogPublisher } from '../../../cluster/internal.js';
import { LogData } from '../../../vnpy/index.js';
import type { TradingEngine } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import * as of from '../cluster-options.js';
import { clusterName, isCluster, openCluster, principalName } from '../connection/cluster.js';
import { alertWebhook } from '../options.js';
import { libraryText } from '../output/library-text.js';
import { secretsRemover } from './secrets.js';

/** Begins to publish. Where there is no connection yet, lines wait for it, and the service does not. @returns undefined where nobody wants it. */
export async function openNatsLog(
  { settings }: CommandContext,
  told: (trouble: string) => void,
): Promise<LogPublisher | undefined> {
  if (!settings.has(of.natsLog) || !settings.get(of.natsLog)) return undefined;
  if (!isCluster(settings)) throw new CliError('USAGE', (texts) => texts.needsCluster('--nats-log'));
  const { LogPublisher: Publisher, Subjects, SYSTEM_CLOCK } = await import('../../../cluster/internal.js');
  // An edge is a user of its own name, everybody else a principal.
  const user = (settings.has(of.edge) ? settings.get(of.edge) : undefined) ?? principalName(settings);
  const tell = (text: string): void => {
    told(libraryText(text));
  };
  const logger = { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
  const webhooks = settings.has(alertWebhook) ? settings.get(alertWebhook) : [];
  const publisher = new Publisher({
    subject: new Subjects(clusterName(settings)).log(hostname(), user),
    open: () => openCluster(settings, user, logger),
    clean: secretsRemover([...settings.secrets(), ...webhooks]),
    told: (trouble) => {
      tell(`the log is not published: ${trouble}`);
    },
    clock: SYSTEM_CLOCK,
  });
  publisher.start();
  return publisher;
}

/** In what is logged for a search of an order, which is no news. */
const MARKER = 'vnpy-bridge-findOrder-';

/** Python's levels. */
const levelOf = (level: number): string =>
  level >= 40 ? 'error' : level >= 30 ? 'warn' : level >= 20 ? 'info' : 'debug';

/** Publishes what a vnpy server logs as well. */
export function publishLogOf(engine: Pick<TradingEngine, 'on'>, publisher: Pick<LogPublisher, 'line'>): void {
  engine.on('event', ({ data }) => {
    if (!(data instanceof LogData) || data.msg.includes(MARKER)) return;
    const { msg, level, gateway_name: gateway } = data;
    publisher.line(
      JSON.stringify({ level: levelOf(level), time: new Date().toISOString(), name: 'vnpy', gateway, msg }),
    );
  });
}
