/**
 * Does what is asked by the local control: whoever may open its socket has the machine, and may do all of it.
 *
 * @module
 */
import type { ControlRequest } from '../halt/control-requests.js';
import { ControlError } from '../halt/errors.js';
import type { Halt } from '../halt/halt.js';
import type { HaltReport } from '../halt/procedure.js';
import type { Explanation } from '../rights/explain.js';
import type { ExplainedCall } from './explaining.js';
import { plainCancel, plainOrder } from './plain-requests.js';
import type { HaltOrder, HaltOutcome, ResumeOrder } from './halting.js';
import type { GuardAudit, GuardStatus } from './status.js';

/** A guard as it is controlled. */
export interface Controlled {
  readonly audit: GuardAudit | undefined;
  halt(order: HaltOrder): Promise<HaltOutcome>;
  resume(order: ResumeOrder): Promise<readonly Halt[]>;
  drill(): Promise<HaltReport>;
  release(id: string, by: string, reason: string): boolean;
  baseline(of: string, positions: Readonly<Record<string, number>>, by: string, reason: string): void;
  status(): GuardStatus;
  explain(principal: string, call: ExplainedCall): Explanation;
}

/** Handles a request. What it throws is told to whoever asked. */
export function controlDesk(guard: Controlled): (request: ControlRequest) => Promise<unknown> {
  return async (request) => {
    const { who } = request;
    switch (request.command) {
      case 'halt': {
        const { level, scope, reason, cancel } = request;
        return guard.halt({ level, scope, reason, cancel, by: who });
      }
      case 'resume': {
        const { id, reason, acceptUnknown } = request;
        return guard.resume({ id, reason, acceptUnknown, by: who });
      }
      case 'status':
        return guard.status();
      case 'drill':
        return guard.drill();
      case 'release':
        return { released: guard.release(request.id, who, request.reason) };
      case 'recover':
        if (guard.audit === undefined) throw new ControlError('BAD_REQUEST', 'this guard has no audit');
        await guard.audit.recover(who, request.reason);
        return { health: guard.audit.health };
      case 'baseline':
        guard.baseline(request.of, request.values, who, request.reason);
        return { of: request.of };
      case 'explain': {
        const { principal, function: name, gateway: gatewayName } = request;
        const order = request.order === undefined ? undefined : plainOrder(request.order);
        const cancel = request.cancel === undefined ? undefined : plainCancel(request.cancel);
        return guard.explain(principal, { function: name, order, cancel, gatewayName });
      }
      case 'flatten':
        throw new ControlError('BAD_REQUEST', 'a principal with the right "flatten" sends closing orders itself');
    }
  };
}
