/**
 * What the audit says about refused functions: a client that asks without end must not fill the disk.
 *
 * @module
 */
import type { Rule } from '../policy/policy.js';
import type { AuditTrail } from './audit-trail.js';

/** After a line, the next about the same comes so much later, in ms, with the number of those between. */
const PAUSE = 60_000;

/** Different refusals that are told apart. */
const MAX_KINDS = 1000;

/** Writes at most one line a minute for each principal, function and rule. */
export class RefusalNotes {
  readonly #audit: AuditTrail;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { readonly since: number; more: number }>();

  /** @param now - ms of a clock that is never set. */
  constructor(audit: AuditTrail, now: () => number) {
    this.#audit = audit;
    this.#now = now;
  }

  note(principal: string, name: string, rule: Rule, reason: string): void {
    const key = JSON.stringify([principal, name, rule]);
    const known = this.#kinds.get(key);
    const now = this.#now();
    if (known !== undefined && now - known.since < PAUSE) {
      known.more++;
      return;
    }
    this.#kinds.delete(key);
    if (this.#kinds.size >= MAX_KINDS) {
      const [oldest] = this.#kinds.keys();
      if (oldest !== undefined) this.#kinds.delete(oldest);
    }
    this.#kinds.set(key, { since: now, more: 0 });
    const more = known === undefined || known.more === 0 ? {} : { times: known.more + 1 };
    this.#audit.note({ kind: 'decided', principal, function: name, outcome: 'refused', rule, reason, ...more });
  }
}
