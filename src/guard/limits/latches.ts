/**
 * Conditions that hold until a person ends them: too much lost, too much refused, orders of others.
 *
 * @module
 */
import type { Limits, Rule } from '../policy/policy.js';
import { LOSS_PER_DAY, lossBeyond } from './rules/loss.js';
import type { State } from './state.js';
import type { TrackedOrder } from './tracked.js';
import type { Latch, Scope } from './types.js';

/** Refusals that say nothing of who asked. */
const BLAMELESS: ReadonlySet<Rule> = new Set<Rule>(['state', 'internal', 'audit', 'clock', 'halt']);

/** Finds them, and tells each once. */
export class Latches {
  readonly #state: State;
  readonly #tell: (latch: Latch) => void;
  /** In which day a loss was told, by scope and exchange. */
  readonly #told = new Map<string, number>();

  constructor(state: State, tell: (latch: Latch) => void) {
    this.#state = state;
    this.#tell = tell;
  }

  foreign({ facts }: TrackedOrder): void {
    const wishes = this.#state.accountRules(facts.gateway).map(({ foreignOrders }) => foreignOrders);
    const level = (['halt', 'reduce'] as const).find((one) => wishes.includes(one));
    if (level === undefined) return;
    const reason = `an order of ${facts.vtSymbol} that the guard has not sent is on the account`;
    this.#tell({ scope: { kind: 'account', name: facts.gateway }, level, rule: 'foreignOrders', reason });
  }

  refused(principal: string, limits: Limits, rule: Rule): void {
    if (limits.refusals === undefined || BLAMELESS.has(rule)) return;
    const { count, within, then: level } = limits.refusals;
    const scope: Scope = { kind: 'principal', name: principal };
    const { refusals } = this.#state.ledgerOf(scope);
    const now = this.#state.monotonic();
    refusals.add(now);
    const refused = refusals.count(now, within);
    if (refused < count) return;
    refusals.clear();
    this.#tell({ scope, level, rule: 'refusals', reason: `${refused} orders were refused within ${within} ms` });
  }

  /** Looks at a loss, which may have grown without an order. */
  lost(scope: Scope, limits: Limits, exchange: string): void {
    const { lossPerDay } = limits;
    if (lossPerDay === undefined) return;
    const { reason } = lossBeyond({ scope, limits, exchange, known: this.#state });
    if (reason === undefined) return;
    const day = this.#state.dayOf(exchange);
    const key = `${scope.kind}\n${scope.name}\n${exchange}`;
    if (this.#told.get(key) === day) return;
    this.#told.set(key, day);
    this.#tell({ scope, level: lossPerDay.then, rule: LOSS_PER_DAY.rule as 'lossPerDay', reason });
  }
}
