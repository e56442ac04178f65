/**
 * What a halt is.
 *
 * @module
 */
import type { Pattern } from '../policy/policy.js';

/** `reduce`: only orders that provably reduce a position. `halt`: no orders. Cancels always pass. */
export type HaltLevel = 'reduce' | 'halt';

/** What a halt holds for. */
export type HaltScope =
  | { readonly kind: 'all' }
  /** `name` is that of a principal or role, a vnpy gateway (`CTP`) or an account (`CTP.123456`). */
  | { readonly kind: 'principal' | 'role' | 'gateway' | 'account'; readonly name: string }
  /** Of vt_symbols: `rb*.SHFE`. */
  | { readonly kind: 'symbol'; readonly pattern: Pattern };

/** A halt in force. */
export interface Halt {
  readonly id: string;
  readonly level: HaltLevel;
  readonly scope: HaltScope;
  /** The principal that halted, or what did it by itself: `lossPerDay`. */
  readonly who: string;
  readonly why: string;
  /** ms since the epoch. */
  readonly when: number;
  readonly source: 'hand' | 'auto';
  /** When it ends by itself, in ms since the epoch; only an automatic one may. Without it only a person ends it. */
  readonly until?: number;
  /** What works is not cancelled. */
  readonly keepsOrders?: true;
}

/** What is asked about: an order, or a principal alone. */
export interface HaltSubject {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly gateway?: string | undefined;
  /** `CTP.123456`. */
  readonly account?: string | undefined;
  readonly vt_symbol?: string | undefined;
}

/** `all`, `principal desk-1`, `symbol rb*.SHFE`. */
export function scopeText(scope: HaltScope): string {
  if (scope.kind === 'all') return 'all';
  return `${scope.kind} ${scope.kind === 'symbol' ? scope.pattern : scope.name}`;
}

/** What a halt says to an order. */
export function haltText({ level, scope, when, who, why }: Halt): string {
  const what = level === 'halt' ? 'trading is halted' : 'only orders that reduce a position are taken';
  return `${what} (${scopeText(scope)}) since ${new Date(when).toISOString()} by ${who}: ${why}`;
}

/**
 * Whether a scope holds for an order, or a principal.
 *
 * @param match - Whether a pattern matches a vt_symbol.
 */
export function holdsFor(
  scope: HaltScope,
  subject: HaltSubject,
  match: (pattern: Pattern, symbol: string) => boolean,
): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'principal':
      return scope.name === subject.principal;
    case 'role':
      return subject.roles.includes(scope.name);
    case 'gateway':
      return scope.name === subject.gateway;
    case 'account':
      return holdsForAccount(scope.name, subject);
    case 'symbol':
      return subject.vt_symbol !== undefined && match(scope.pattern, subject.vt_symbol);
  }
}

/** An order whose account is not known may be of this one. Where a gateway has one account, it may be named by the gateway. */
function holdsForAccount(name: string, { gateway, account }: HaltSubject): boolean {
  if (name === account || name === gateway) return true;
  return account === undefined && gateway !== undefined && name.startsWith(`${gateway}.`);
}
