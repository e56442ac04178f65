/**
 * Errors of the guard.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { Rule } from './policy/policy.js';

/** The guard refused a request. `code` is the rule; the message begins with it: `[orderVolume] order volume 12 is …`. */
export class GuardError extends BridgeError<Rule> {
  constructor(rule: Rule, reason: string) {
    super(rule, `[${rule}] ${reason}`);
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
