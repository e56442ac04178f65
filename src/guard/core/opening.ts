/**
 * Opens what a guard stands on: the folder of its state, and its audit.
 *
 * @module
 */
import type { Logger } from '../../rpc/index.js';
import { systemFiles } from '../audit/files.js';
import type { AuditHealth } from '../audit/health.js';
import { AuditLog } from '../audit/log.js';
import type { Policy } from '../policy/policy.js';
import { acquireLock } from '../state/lock.js';
import type { StateLock } from '../state/lock.js';

/**
 * Makes the folder where it is missing, and keeps every other process away.
 *
 * @throws StateError when another process has it.
 */
export async function lockFolder(folder: string): Promise<StateLock> {
  await systemFiles.makeFolder(folder);
  return acquireLock(folder);
}

/**
 * Opens the audit that a policy names.
 *
 * @param folder - what its paths are relative to.
 * @param onHealth - told of each change.
 * @throws AuditError where it cannot be used.
 */
export async function openAudit(
  { audit, hash }: Policy,
  folder: string,
  logger: Logger,
  onHealth: (health: AuditHealth) => void,
): Promise<AuditLog | undefined> {
  if (audit === undefined || audit === false) return undefined;
  return AuditLog.open({
    ...audit,
    folder,
    start: { policy: hash },
    onState: (health) => {
      if (health === 'ok') logger.info('guard: the audit can be written again');
      else logger.error(`guard: the audit cannot be written (${health.reason}): orders are refused, cancels pass`);
      onHealth(health);
    },
    emergency: (line) => {
      logger.error(`guard: audit: ${line}`);
    },
    log: (line) => {
      logger.info(`guard: anchor ${line}`);
    },
    onProblem: (message) => {
      logger.error(`guard: ${message}`);
    },
  });
}
