/**
 * Limits in one form, the stricter of two, and whether one is wider than another.
 *
 * @module
 */
import type { Limits } from './policy.js';
import type { RawLimits } from './schema.js';

/** Lots from which on the exchanges call a cancel large (SHFE). */
const LARGE_LOTS = 300;
const DUPLICATE_TIME = 1000;
const REFUSAL_TIME = 60_000;

/** A limit that is not what another is: to be told as a fault. */
export interface LimitFault {
  /** Of the limit: `['openOrders', 'total']`. */
  readonly path: readonly string[];
  readonly message: string;
}

type Value = number | boolean | string;
type Members = Readonly<Record<string, Value>>;
type AnyLimits = Readonly<Record<string, Value | Members>>;

/**
 * Limits with bare numbers written out and every member filled in.
 *
 * @param of - whose positions count where it is not said.
 */
export function normalLimits(raw: RawLimits, of: 'own' | 'account'): Limits {
  const normal: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) normal[name] = membersOf(name, value, of);

  // The schema has checked each member; the table below writes out those that are bare.
  return deepFreeze(normal);
}

/** The member that a bare number of a limit is, and what the others are where they are left out. */
const WRITTEN_OUT: Readonly<Record<string, { readonly bare: string; readonly defaults: Members }>> = {
  orderNotional: { bare: 'CNY', defaults: {} },
  priceBand: { bare: 'aggressive', defaults: {} },
  ordersPerDay: { bare: 'total', defaults: {} },
  messagesPerDay: { bare: 'total', defaults: {} },
  cancelsPerDay: { bare: 'total', defaults: { hard: false } },
  openOrders: { bare: 'total', defaults: {} },
  positionVolume: { bare: 'total', defaults: { across: false } },
  openVolumePerDay: { bare: 'total', defaults: {} },
  largeCancels: { bare: 'max', defaults: { lots: LARGE_LOTS } },
  duplicates: { bare: 'count', defaults: { within: DUPLICATE_TIME } },
  refusals: { bare: 'count', defaults: { within: REFUSAL_TIME, then: 'reduce' } },
  lossPerDay: { bare: 'max', defaults: { then: 'reduce' } },
};

function membersOf(name: string, value: unknown, of: 'own' | 'account'): unknown {
  const form = WRITTEN_OUT[name];
  if (form === undefined) return value;

  const given = typeof value === 'object' ? value : { [form.bare]: value };
  return { ...form.defaults, ...(name === 'positionVolume' ? { of } : {}), ...given };
}

/** How two values of a member become one; where nothing is said, the smaller number is the stricter. */
const STRICTER: ReadonlyMap<string, (left: Value, right: Value) => Value> = new Map([
  ['closeOnly', either],
  ['cancelsPerDay.hard', either],
  ['selfTrade', first],
  // They must agree: neither is stricter.
  ['positionVolume.of', first],
  ['positionVolume.across', first],
  ['duplicates.within', greater],
  ['refusals.within', greater],
  ['refusals.then', halting],
  ['lossPerDay.then', halting],
]);

/** Members that say what is counted. */
const MUST_AGREE: readonly string[] = ['positionVolume.of', 'positionVolume.across'];

/** Members without which the limit refuses what they would let through. */
const ALLOWANCES: readonly string[] = ['priceBand.ticks'];

/** Of each limit the stricter one: what both let through passes. Limits that one of them lacks are the other's. */
export function strictest(left: Limits, right: Limits): Limits {
  const merged: Record<string, Value | Members> = { ...(left as AnyLimits) };
  for (const [name, value] of Object.entries(right as AnyLimits)) {
    const other = merged[name];
    merged[name] = other === undefined ? value : stricterOf(name, other, value);
  }
  return deepFreeze(merged);
}

/** Where `child` lets more through than `parent`. */
export function widened(child: Limits, parent: Limits): LimitFault[] {
  const faults: LimitFault[] = [];
  const compare = (path: readonly string[], narrow: Value, wide: Value): void => {
    const name = path.join('.');
    if (MUST_AGREE.includes(name) && narrow !== wide)
      faults.push({ path, message: `is ${narrow}, and ${wide} in what it extends: they must agree` });
    else if (stricter(name, narrow, wide) !== narrow)
      faults.push({ path, message: `is ${narrow}, wider than the ${wide} of what it extends: limits can only narrow` });
  };
  each(child, parent, compare, (path) => {
    faults.push({ path, message: 'is not in what it extends: it would let more through' });
  });
  return faults;
}

/** Where two roles of one principal do not count the same thing. */
export function disagreements(left: Limits, right: Limits): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  each(left, right, (path, one, other) => {
    if (MUST_AGREE.includes(path.join('.')) && one !== other) found.push(path);
  });
  return found;
}

function each(
  left: Limits,
  right: Limits,
  both: (path: readonly string[], left: Value, right: Value) => void,
  allowance: (path: readonly string[]) => void = () => undefined,
): void {
  const others = right as AnyLimits;
  for (const [name, value] of Object.entries(left as AnyLimits)) {
    const other = others[name];
    if (other === undefined) continue;

    if (typeof value !== 'object' || typeof other !== 'object') {
      if (typeof value !== 'object' && typeof other !== 'object') both([name], value, other);
      continue;
    }
    for (const [member, one] of Object.entries(value)) {
      const two = other[member];
      if (two !== undefined) both([name, member], one, two);
      else if (ALLOWANCES.includes(`${name}.${member}`)) allowance([name, member]);
    }
  }
}

function stricterOf(name: string, left: Value | Members, right: Value | Members): Value | Members {
  if (typeof left !== 'object' || typeof right !== 'object')
    return typeof left !== 'object' && typeof right !== 'object' ? stricter(name, left, right) : left;

  const merged: Record<string, Value> = { ...left };
  for (const [member, value] of Object.entries(right)) {
    const other = left[member];
    merged[member] = other === undefined ? value : stricter(`${name}.${member}`, other, value);
  }
  for (const path of ALLOWANCES) {
    const [limit, member = ''] = path.split('.');
    if (limit === name && (left[member] === undefined || right[member] === undefined))
      Reflect.deleteProperty(merged, member);
  }
  return merged;
}

function stricter(path: string, left: Value, right: Value): Value {
  return (STRICTER.get(path) ?? smaller)(left, right);
}

/** `false` allows nothing: it is the smallest. */
function smaller(left: Value, right: Value): Value {
  return Number(right) < Number(left) ? right : left;
}

function greater(left: Value, right: Value): Value {
  return right > left ? right : left;
}

function either(left: Value, right: Value): Value {
  return left === true || right === true;
}

function first(left: Value): Value {
  return left;
}

function halting(left: Value, right: Value): Value {
  return left === 'halt' ? left : right;
}

/** Freezes objects and lists through and through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;

  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);

  return value;
}
