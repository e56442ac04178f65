/**
 * A guard behind which one key is one order: an order that is sent again is not judged again.
 *
 * @module
 */
import type { GuardedTerms } from '../../guard/internal.js';
import type { EngineGuard, OrderRequest, TradingEngine } from '../../vnpy/index.js';
import type { LeasedEngine } from './leased-engine.js';
import { asOrderError } from './order-errors.js';
import { PassThrough } from './pass-through.js';
import { SameKey, wanted } from './same-key.js';

/**
 * Puts the keys of orders before a guard.
 *
 * @param leased - the engine that the guard stands before.
 */
export function keyedGuard(guard: EngineGuard, leased: LeasedEngine): EngineGuard {
  const underWay = new SameKey();
  const engines = new WeakMap<TradingEngine, KeyedEngine>();
  return {
    get access() {
      return guard.access;
    },
    get refuseOrders() {
      return guard.refuseOrders;
    },
    get addresses() {
      return guard.addresses;
    },
    attach: (engine, functions) => guard.attach(engine, functions),
    engineFor: (principal, engine) => {
      const guarded = guard.engineFor(principal, engine);
      const known = engines.get(guarded);
      if (known !== undefined) return known;
      const made = new KeyedEngine(guarded, principal, leased, underWay);
      engines.set(guarded, made);
      return made;
    },
    sees: (principal, event) => guard.sees(principal, event),
    onLate: (listener) => guard.onLate(listener),
  };
}

/** The engine of one principal, as its guard gives it, with keys before it. */
class KeyedEngine extends PassThrough {
  readonly #principal: string;
  readonly #leased: LeasedEngine;
  readonly #underWay: SameKey;

  constructor(engine: TradingEngine, principal: string, leased: LeasedEngine, underWay: SameKey) {
    super(engine);
    this.#principal = principal;
    this.#leased = leased;
    this.#underWay = underWay;
  }

  override async sendOrder(request: OrderRequest, gatewayName: string, terms: GuardedTerms = {}): Promise<string> {
    const { key } = terms;
    if (key === undefined) return this.engine.sendOrder(request, gatewayName, terms);
    const known = this.#leased.known(key, request, gatewayName, this.#principal);
    if (known !== undefined) return known;
    try {
      const asked = wanted(request, gatewayName, this.#principal);
      return await this.#underWay.run(key, asked, async () => this.engine.sendOrder(request, gatewayName, terms));
    } catch (error) {
      throw asOrderError(error, request.reference, key);
    }
  }
}
