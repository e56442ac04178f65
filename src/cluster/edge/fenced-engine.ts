/**
 * The engine of an edge without a journal: nothing leaves it without the lease, or after its deadline.
 *
 * @module
 */
import { SendOrderError } from '../../vnpy/index.js';
import type { CancelRequest, OrderRequest, OrderTerms, TradingEngine } from '../../vnpy/index.js';
import type { Holding } from '../account/holding.js';
import { PassThrough } from '../account/pass-through.js';
import { ClusterError } from '../errors.js';
import type { ClusterCode } from '../errors.js';
import type { ClusterClock } from '../transport/clock.js';

/** What an engine is wrapped with. */
export interface EngineParts {
  readonly holding: Holding;
  readonly clock: ClusterClock;
}

/** The same engine, whose orders and cancels are looked at in the turn in which they leave. */
export function fencedEngine(engine: TradingEngine, parts: EngineParts): TradingEngine {
  return new FencedEngine(engine, parts);
}

class FencedEngine extends PassThrough {
  readonly #parts: EngineParts;

  constructor(engine: TradingEngine, parts: EngineParts) {
    super(engine);
    this.#parts = parts;
  }

  override async sendOrder(request: OrderRequest, gatewayName: string, terms?: OrderTerms): Promise<string> {
    const { holding } = this.#parts;
    try {
      if (!holding.mayOrder) throw new ClusterError(codeOf(holding), holding.reason);
      this.#requireTime(terms?.deadline);
    } catch (cause) {
      throw refusal(request, cause as ClusterError);
    }
    return await this.engine.sendOrder(request, gatewayName, terms);
  }

  override async cancelOrder(request: CancelRequest, gatewayName: string): Promise<void> {
    const { holding } = this.#parts;
    if (!holding.mayCancel) throw new ClusterError(codeOf(holding), holding.reason);
    await this.engine.cancelOrder(request, gatewayName);
  }

  #requireTime(deadline = Infinity): void {
    const late = this.#parts.clock.now() - deadline;
    if (late >= 0) throw new ClusterError('EXPIRED', `it is ${Math.ceil(late)} ms after its deadline`);
  }
}

/** Why an edge does not take what it is asked for. */
function codeOf({ state }: Pick<Holding, 'state'>): ClusterCode {
  if (state === 'halted') return 'HALTED';
  return state === 'recovering' ? 'RECOVERING' : 'NOT_ACTIVE';
}

function refusal({ reference }: OrderRequest, cause: ClusterError): SendOrderError {
  return new SendOrderError(cause.code === 'EXPIRED' ? 'not-sent' : 'refused', cause.message, { reference, cause });
}
