/**
 * Counts what was decided, for metrics and for a person.
 *
 * @module
 */
import type { Rule } from '../policy/policy.js';

/** Decisions of one kind. */
export interface DecisionCount {
  /** Name of the function that was asked for. */
  readonly function: string;
  /** The rule that refused; undefined for what passed. */
  readonly rule: Rule | undefined;
  /** How often that was decided in this run. */
  readonly count: number;
}

/** Names of functions come from clients: more than these are counted together. */
const MAX_FUNCTIONS = 100;

/** The counts of one run. */
export class Decisions {
  readonly #functions = new Map<string, Map<Rule | undefined, number>>();

  count(name: string, rule: Rule | undefined): void {
    const key = this.#functions.has(name) || this.#functions.size < MAX_FUNCTIONS ? name : 'other';
    const rules = this.#functions.get(key) ?? new Map<Rule | undefined, number>();
    this.#functions.set(key, rules);
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
  }

  list(): readonly DecisionCount[] {
    return [...this.#functions].flatMap(([name, rules]) =>
      Array.from(rules, ([rule, count]) => ({ function: name, rule, count })),
    );
  }
}
