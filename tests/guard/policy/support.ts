/** Policies for tests. */
import { PolicyError } from '../../../src/guard/errors.js';
import type { PolicyIssue } from '../../../src/guard/errors.js';
import { policyOf, readPolicy } from '../../../src/guard/policy/read.js';
import type { Policy } from '../../../src/guard/policy/policy.js';

/** A CURVE key, and another: of the 0s and 1s of Z85's alphabet. */
export const KEY = '0'.repeat(40);
export const OTHER_KEY = '1'.repeat(40);

/** The smallest whole policy, with some members. */
export function policyWith(members: object): Policy {
  return policyOf({ version: 1, roles: {}, principals: {}, ...members });
}

/** A policy with one role `r`, which the principal `p` has. */
export function policyOfRole(role: object): Policy {
  return policyWith({ roles: { r: role }, principals: { p: { plainUser: 'p', roles: ['r'] } } });
}

/** The faults of what is no policy. */
export function faultsOf(read: () => unknown): readonly PolicyIssue[] {
  try {
    read();
  } catch (error) {
    if (error instanceof PolicyError) return error.issues;

    throw error;
  }
  throw new Error('it was taken for a policy');
}

/** The faults of a text, as `line path message`. */
export function textFaults(text: string): string[] {
  return faultsOf(() => readPolicy(text)).map(({ line = '-', path, message }) => `${line} ${path} ${message}`);
}
