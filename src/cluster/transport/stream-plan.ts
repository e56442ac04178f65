/**
 * A stream as it should be, and as it is.
 *
 * @module
 */
import type { StreamPlan } from './transport.js';

/** What differs, a sentence each: the plan's subjects and limits, against those of a stream that is there. */
export function planDifferences(plan: StreamPlan, is: StreamPlan): readonly string[] {
  const wanted = [...plan.subjects].sort().join(', ');
  const there = [...is.subjects].sort().join(', ');
  const rows: readonly (readonly [string, string, string])[] = [
    ['subjects', wanted, there],
    ['storage', plan.storage, is.storage],
    ['replicas', String(plan.replicas), String(is.replicas)],
    ['messages of a subject', limit(plan.perSubject), limit(is.perSubject)],
    ['age of messages', limit(plan.maxAge, ' ms'), limit(is.maxAge, ' ms')],
    ['size', limit(plan.maxBytes, ' bytes'), limit(is.maxBytes, ' bytes')],
    ['time to live of messages', allowed(plan.ttls), allowed(is.ttls)],
    ['deleting', plan.sealed === true ? 'refused' : 'allowed', is.sealed === true ? 'refused' : 'allowed'],
  ];
  return rows
    .filter(([, planned, actual]) => planned !== actual)
    .map(([what, planned, actual]) => `the stream ${plan.name} has ${what}: ${actual}, and not ${planned}`);
}

function limit(value: number | undefined, unit = ''): string {
  return value === undefined ? 'no limit' : `${value}${unit}`;
}

function allowed(value: boolean | undefined): string {
  return value === true ? 'allowed' : 'refused';
}
