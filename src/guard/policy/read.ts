/**
 * Reading a policy: from a text, or from an object that a program has made. Whole, or not at all.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { messageOf } from '../../errors.js';
import { shown } from '../../options.js';
import { PolicyError } from '../errors.js';
import { buildPolicy } from './build.js';
import { checkForm } from './form.js';
import { IssueList } from './issues.js';
import type { Path } from './issues.js';
import type { Policy } from './policy.js';
import { parseSource } from './source.js';
import type { Json } from './source.js';

/** Options of {@link readPolicy} and {@link policyOf}. */
export interface ReadOptions {
  /** The folder that paths in the policy are relative to. Default: they stay as they are written. */
  readonly folder?: string;
}

/** How deep objects and lists may stand in each other. */
const MAX_DEPTH = 32;

/**
 * Reads a policy from its JSON text.
 *
 * @returns The policy with every default filled in, frozen through and through.
 * @throws PolicyError `BAD_POLICY` with all faults of the text at once, each with its line.
 */
export function readPolicy(text: string, options: ReadOptions = {}): Policy {
  if (typeof text !== 'string') throw new PolicyError('BAD_POLICY', `a policy is a text, not ${shown(text)}`);

  return wholly(() => {
    const source = parseSource(text);
    const issues = new IssueList((path) => source.lineOf(path));
    return make(source.value, hashOf(text), options, issues);
  });
}

/**
 * Takes a policy from an object in the form of its JSON.
 *
 * @returns The policy with every default filled in, frozen through and through. It shares nothing with the object.
 * @throws PolicyError `BAD_POLICY` with all faults at once.
 */
export function policyOf(object: object, options: ReadOptions = {}): Policy {
  return wholly(() => {
    const issues = new IssueList(() => undefined);
    const value = plainOf(object, [], issues);
    issues.throwIfAny();
    return make(value, hashOf(JSON.stringify(value)), options, issues);
  });
}

function make(value: Json, hash: string, { folder }: ReadOptions, issues: IssueList): Policy {
  const raw = checkForm(value, issues);
  const policy = raw === undefined ? undefined : buildPolicy(raw, { hash, folder }, issues);
  issues.throwIfAny();
  if (policy === undefined) throw new PolicyError('BAD_POLICY', 'the policy cannot be read');

  return policy;
}

/** Whatever goes wrong, a program that reads policies has one error to expect. */
function wholly(read: () => Policy): Policy {
  try {
    return read();
  } catch (error) {
    if (error instanceof PolicyError) throw error;

    throw new PolicyError('BAD_POLICY', `the policy cannot be read: ${messageOf(error)}`, [], { cause: error });
  }
}

/** A copy as JSON has it. What is undefined is left out. */
function plainOf(value: unknown, path: Path, issues: IssueList): Json {
  if (path.length > MAX_DEPTH) {
    issues.add(path.slice(0, 3), `is nested deeper than ${MAX_DEPTH}`);
    return null;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;

  if (typeof value === 'number') {
    if (!Number.isFinite(value)) issues.add(path, `must be a finite number, not ${value}`);

    return value;
  }
  if (Array.isArray(value)) return Array.from(value, (item: unknown, index) => plainOf(item, [...path, index], issues));

  if (typeof value !== 'object' || Symbol.iterator in value) {
    issues.add(path, `must be what JSON can hold, not ${shown(value)}`);
    return null;
  }
  const object = Object.create(null) as Record<string, Json>;
  for (const [name, member] of Object.entries(value) as [string, unknown][])
    if (member !== undefined) object[name] = plainOf(member, [...path, name], issues);

  return object;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
