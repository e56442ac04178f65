/**
 * The guard of a server, from the settings.
 *
 * @module
 */
import type { Guard } from '../../../guard/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { guard, guardControl, guardRefuse, guardState } from '../options.js';
import type { Health } from '../service/http.js';
import type { Service } from '../service/service.js';

/** Opens the guard that is asked for. @returns undefined without `--guard`. */
export async function openGuard(
  { settings }: CommandContext,
  { logger, metrics, alerts }: Service,
): Promise<Guard | undefined> {
  const file = settings.get(guard);
  const state = settings.get(guardState);
  const control = settings.get(guardControl);
  if (file === undefined) {
    if (state !== undefined || control !== undefined)
      throw new CliError('USAGE', ({ guardNeedsPolicy }) => guardNeedsPolicy);
    return undefined;
  }
  // Most servers have no guard: they do not load one.
  const { Guard } = await import('../../../guard/index.js');
  const opened = await Guard.open(file, {
    logger,
    refuseOrders: settings.get(guardRefuse),
    ...(alerts === undefined ? {} : { onAlert: alerts.send }),
    ...(state === undefined ? {} : { state }),
    ...(control === undefined ? {} : { control }),
  });
  logger.info(`guard: the policy ${file} holds for ${opened.policy.principals.size} principals`);
  metrics?.addGuard(opened);
  return opened;
}

/** The guard among the options of a service. */
export function guardedBy(opened: Guard | undefined): { readonly guard?: Guard } {
  return opened === undefined ? {} : { guard: opened };
}

/** An audit that cannot be written stops all orders: whoever looks after the process has to know. */
export function guardHealth(opened: Guard | undefined): Health {
  const health = opened?.audit?.health ?? 'ok';
  return health === 'ok'
    ? { ok: true, detail: 'running' }
    : { ok: false, detail: `the audit cannot be written (${health.reason}): orders are refused, cancels pass` };
}
