/**
 * How the gateway tells its user what happens, and what went wrong.
 *
 * @module
 */
import { Emitter, guardedLogger, Reporter } from '../../rpc/internal.js';
import type { Logger } from '../../rpc/index.js';
import { EVENT_NAMES } from './names.js';
import type { GatewayEvents, GatewayProblem } from './types.js';

/** Those who tell. */
export interface Announcer {
  readonly emitter: Emitter<GatewayEvents>;
  readonly reporter: Reporter<GatewayProblem>;
}

/** An emitter, and a reporter of problems to its listeners and the log: those of the listeners themselves, too. */
export function makeAnnouncer(logger: Logger | undefined): Announcer {
  const emitter = new Emitter<GatewayEvents>(EVENT_NAMES, (name, cause) => {
    reporter.listenerThrew(name, cause);
  });
  const reporter = new Reporter<GatewayProblem>(guardedLogger(logger), {
    count: () => emitter.count('error'),
    tell: (problem) => {
      emitter.emit('error', problem);
    },
  });
  return { emitter, reporter };
}
