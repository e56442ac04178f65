/**
 * Errors of the guard.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { Rule } from './policy/policy.js';

/** What a rule with a number has refused. */
export interface RuleNumbers {
  /** The number that the rule allows, in its unit. */
  readonly limit?: number | undefined;
  /** What the request came to, in the same unit. */
  readonly value?: number | undefined;
}

/** The guard refused a request. `code` is the rule; the message begins with it: `[orderVolume] order volume 12 is …`. */
export class GuardError extends BridgeError<Rule> {
  /** The number that the rule allows: 10 lots. Undefined where the rule has none, and where what it needs is not known. */
  readonly limit: number | undefined;
  /** What it came to with the request: 12 lots, in the unit of `limit`. Undefined where `limit` is. */
  readonly value: number | undefined;

  constructor(rule: Rule, reason: string, { limit, value }: RuleNumbers = {}) {
    super(rule, `[${rule}] ${reason}`);
    this.limit = limit;
    this.value = value;
  }

  /** The rule that refused. */
  get rule(): Rule {
    return this.code;
  }
}

/** One fault of a policy. */
export interface PolicyIssue {
  /** Line in the file, from 1; undefined for a policy that was given as an object. */
  readonly line: number | undefined;
  /** Where in the policy: `roles.trader.limits.orderVolume`. */
  readonly path: string;
  readonly message: string;
}

/** A policy that cannot hold: with all of its faults. */
export class PolicyError extends BridgeError<'BAD_POLICY' | 'UNREADABLE_POLICY' | 'UNSAFE_POLICY'> {
  readonly issues: readonly PolicyIssue[];

  constructor(
    code: 'BAD_POLICY' | 'UNREADABLE_POLICY' | 'UNSAFE_POLICY',
    message: string,
    issues: readonly PolicyIssue[] = [],
    options: { readonly cause?: unknown } = {},
  ) {
    super(code, message, options);
    this.issues = issues;
  }
}
