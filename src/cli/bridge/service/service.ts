/**
 * What every service has: a log, metrics where they are wanted, and an orderly end.
 *
 * @module
 */
import type { LogPublisher } from '../../../cluster/internal.js';
import type { ClientStatus, Logger } from '../../../rpc/index.js';
import type { CommandContext } from '../../kit/command.js';
import { textsOf } from '../../lang/texts.js';
import { libraryText } from '../output/library-text.js';
import { color } from '../../kit/options.js';
import { openAlerting } from '../alerts/alerting.js';
import type { Alerting } from '../alerts/alerting.js';
import { logFormat, logLevel, metrics as metricsOption } from '../options.js';
import { ServiceConsole } from './console.js';
import { serveHttp } from './http.js';
import type { Health } from './http.js';
import { createLogger } from './logger.js';
import { Exposition } from './exposition.js';
import { Metrics } from './metrics.js';
import { openNatsLog } from './nats-log.js';

/** What a service works with. */
export interface Service {
  readonly logger: Logger;
  readonly console: ServiceConsole;
  /** Undefined when nobody asks for them. */
  readonly metrics: Metrics | undefined;
  /** Undefined when nobody wants them. */
  readonly alerts: Alerting | undefined;
  /** The log of a cluster. Undefined when nobody wants its lines there. */
  readonly natsLog: LogPublisher | undefined;
  /** Says how `/readyz` and `/healthz` are to be answered from now on; until then the service is not ready. */
  report(health: { readonly ready: () => Health; readonly healthy?: () => Health }): void;
}

const HEALTHY: Health = { ok: true, detail: 'running' };

/** Runs a service, with its log and metrics around it. */
export async function withService<T>(
  context: CommandContext,
  command: string,
  work: (service: Service) => Promise<T>,
): Promise<T> {
  const { settings, io } = context;
  const console = new ServiceConsole(io.stderr);
  const logOptions = {
    level: settings.get(logLevel),
    format: settings.get(logFormat),
    color: settings.get(color),
    said: (await textsOf('errors', context.language)).said,
    command,
  };
  // What is wrong with publishing lines is written here alone: it must not become a line to publish.
  const local = await createLogger(console, io, logOptions);
  const natsLog = await openNatsLog(context, (trouble) => {
    local.warn(trouble);
  });
  const logger =
    natsLog === undefined
      ? local
      : await createLogger(console, io, {
          ...logOptions,
          also: (line) => {
            natsLog.line(line);
          },
        });
  let ready: () => Health = () => ({ ok: false, detail: 'starting' });
  let healthy: () => Health = () => HEALTHY;
  const report: Service['report'] = (health) => {
    ({ ready } = health);
    if (health.healthy !== undefined) ({ healthy } = health);
  };
  const alerts = await openAlerting(context, command, logger);
  try {
    return await withMetrics(context, command, { ready: () => ready(), healthy: () => healthy(), logger }, (metrics) =>
      work({ logger, console, metrics, alerts, natsLog, report }),
    );
  } finally {
    await alerts?.close();
    await natsLog?.close();
  }
}

async function withMetrics<T>(
  { settings, version }: CommandContext,
  command: string,
  { ready, healthy, logger }: { readonly ready: () => Health; readonly healthy: () => Health; readonly logger: Logger },
  work: (metrics: Metrics | undefined) => Promise<T>,
): Promise<T> {
  const address = settings.get(metricsOption);
  if (address === undefined) return work(undefined);

  const metrics = new Metrics(version, command);
  const http = await serveHttp(address, {
    metrics: () => ({ contentType: Exposition.contentType, body: metrics.exposition.text() }),
    health: healthy,
    readiness: ready,
  });
  logger.info(`metrics at ${http.url}/metrics`);
  try {
    return await work(metrics);
  } finally {
    await http.close();
    metrics.close();
  }
}

/** A client's status as readiness. */
export function clientHealth(status: ClientStatus): Health {
  switch (status.state) {
    case 'connected':
      return { ok: true, detail: 'connected' };
    case 'disconnected':
      return { ok: false, detail: libraryText(status.detail) };
    case 'idle':
    case 'connecting':
    case 'stopped':
      return { ok: false, detail: status.state };
  }
}

/** Resolves when the signal fires. */
export function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    }
  });
}
