/**
 * The engine of an edge without a journal: nothing leaves it without the lease, or after its deadline.
 *
 * @module
 */
import { SendOrderError } from '../../vnpy/index.js';
import type { CancelRequest, OrderRequest, OrderTerms, TradingEngine } from '../../vnpy/index.js';
import type { Holding } from '../account/holding.js';
import { ClusterError } from '../errors.js';
import type { ClusterCode } from '../errors.js';
import type { ClusterClock } from '../transport/clock.js';

/** What an engine is wrapped with. */
export interface EngineParts {
  readonly holding: Holding;
  readonly clock: ClusterClock;
}

/** The same engine, whose orders and cancels are looked at in the turn in which they leave. */
export function fencedEngine(engine: TradingEngine, { holding, clock }: EngineParts): TradingEngine {
  const requireTime = (deadline: number | undefined): void => {
    const late = clock.now() - (deadline ?? Infinity);
    if (late >= 0) throw new ClusterError('EXPIRED', `it is ${Math.ceil(late)} ms after its deadline`);
  };
  const own = {
    sendOrder: async (request: OrderRequest, gatewayName: string, terms?: OrderTerms): Promise<string> => {
      try {
        if (!holding.mayOrder) throw new ClusterError(codeOf(holding), holding.reason);
        requireTime(terms?.deadline);
      } catch (cause) {
        throw refusal(request, cause as ClusterError);
      }
      return await engine.sendOrder(request, gatewayName, terms);
    },
    cancelOrder: async (request: CancelRequest, gatewayName: string): Promise<void> => {
      if (!holding.mayCancel) throw new ClusterError(codeOf(holding), holding.reason);
      await engine.cancelOrder(request, gatewayName);
    },
  };
  return new Proxy(engine, {
    get: (target, name) => {
      if (name === 'sendOrder' || name === 'cancelOrder') return own[name];
      const value: unknown = Reflect.get(target, name, target);
      // A method of the engine knows its private fields only as the engine's own.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Why an edge does not take what it is asked for. */
export function codeOf({ state }: Pick<Holding, 'state'>): ClusterCode {
  if (state === 'halted') return 'HALTED';
  return state === 'recovering' ? 'RECOVERING' : 'NOT_ACTIVE';
}

function refusal({ reference }: OrderRequest, cause: ClusterError): SendOrderError {
  return new SendOrderError(cause.code === 'EXPIRED' ? 'not-sent' : 'refused', cause.message, { reference, cause });
}
