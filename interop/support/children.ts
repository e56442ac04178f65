/**
 * Processes that end with this one. Without vitest, for tools as well.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Kills a process when this one ends, and cleans up after it.
 *
 * @param cleanUp - What else is to be done then; nothing that takes time.
 */
export function endWithThisProcess(child: ChildProcess, cleanUp: () => void = () => undefined): void {
  const end = (): void => {
    child.kill('SIGKILL');
    cleanUp();
  };
  process.once('exit', end);
  child.once('exit', () => process.removeListener('exit', end));
}

/** Lets a signal end this process in order: what ends a process at once leaves those that it has started. */
export function exitBySignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
