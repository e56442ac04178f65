/**
 * Halts as they are in the file of the state.
 *
 * @module
 */
import type { Halt, HaltLevel, HaltScope } from './halt.js';

/** What the file holds. */
export interface StoredHalts {
  readonly version: 1;
  readonly halts: readonly Halt[];
}

/** Reads them whole or, when anything is not as it should be, not at all. */
export function readHalts(value: unknown): readonly Halt[] | undefined {
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['halts'])) return undefined;
  const halts: Halt[] = [];
  for (const item of value['halts']) {
    const halt = readHalt(item);
    if (halt === undefined) return undefined;
    halts.push(halt);
  }
  return halts;
}

function readHalt(value: unknown): Halt | undefined {
  if (!isRecord(value)) return undefined;
  const { id, level, who, why, when, source, until, keepsOrders } = value;
  const scope = readScope(value['scope']);
  const isWhole =
    scope !== undefined &&
    isText(id) &&
    isText(who) &&
    isText(why) &&
    isLevel(level) &&
    isTime(when) &&
    (source === 'hand' || source === 'auto') &&
    (until === undefined || isTime(until)) &&
    (keepsOrders === undefined || keepsOrders === true);
  if (!isWhole) return undefined;
  return {
    ...{ id, level, scope, who, why, when, source },
    ...(until === undefined ? {} : { until }),
    ...(keepsOrders === undefined ? {} : { keepsOrders }),
  };
}

/** A scope, from a file or from the control; undefined for what is none. */
export function readScope(value: unknown): HaltScope | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, name, pattern } = value;
  switch (kind) {
    case 'all':
      return { kind };
    case 'principal':
    case 'role':
    case 'gateway':
    case 'account':
      return isText(name) && name !== '' ? { kind, name } : undefined;
    case 'symbol':
      return isText(pattern) && pattern !== '' ? { kind, pattern } : undefined;
    default:
      return undefined;
  }
}

/** Whether it is a level. */
export function isLevel(value: unknown): value is HaltLevel {
  return value === 'reduce' || value === 'halt';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
