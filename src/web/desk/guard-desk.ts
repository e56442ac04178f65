/**
 * A guard as the console's desk: rights, limits, halts and what is seen come from its policy.
 *
 * @module
 */
import { HaltError } from '../../guard/index.js';
import type { Guard, Halt, HaltScope as GuardScope } from '../../guard/index.js';
import type { OrderRequest, TradingEngine } from '../../vnpy/index.js';
import type { CancelOutcome, HaltScope, HaltState, Right } from '../schema/index.js';
import { DeskRefusal } from './desk.js';
import type { Desk, HaltCommand, Principal, Refusal, ResumeCommand, WebUser } from './desk.js';

/** Asks a guard. The guard belongs to whoever opened it. */
export class GuardDesk implements Desk {
  readonly #guard: Guard;
  readonly #engine: TradingEngine;
  readonly #listeners = new Set<() => void>();
  readonly #unlisten: () => void;

  constructor(guard: Guard, engine: TradingEngine) {
    this.#guard = guard;
    this.#engine = engine;
    this.#unlisten = guard.onHalt(() => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** The principal whose `webUser` it is, when the policy gives it this role. */
  principalOf({ name, role }: WebUser): Principal | undefined {
    const actsAs = this.#guard.principalOfWebUser(name);
    if (actsAs === undefined) return undefined;
    const known = this.#guard.policy.principals.get(actsAs);
    return known?.roles.includes(role) === true ? { name, role, actsAs } : undefined;
  }

  engineFor(principal: Principal): TradingEngine {
    return this.#guard.engineFor(nameOf(principal), this.#engine);
  }

  may(principal: Principal, right: Right): boolean {
    const name = nameOf(principal);
    const mayCall = (...functions: readonly string[]): boolean =>
      functions.some((each) => this.#guard.mayCall(name, each));
    if (right === 'view') return mayCall('get_all_contracts', 'get_all_orders', 'get_all_positions');
    if (right === 'trade') return mayCall('send_order', 'cancel_order');
    return this.#guard.has(name, right);
  }

  mayCall(principal: Principal, name: string): boolean {
    return this.#guard.mayCall(nameOf(principal), name);
  }

  preview(principal: Principal, request: OrderRequest, gatewayName: string): readonly Refusal[] {
    const call = { function: 'send_order', order: request, gatewayName };
    return this.#guard
      .explain(nameOf(principal), call)
      .steps.filter(({ outcome }) => outcome === 'refused')
      .map(({ rule, text, limit = null, value = null }) => ({ rule, message: `[${rule}] ${text}`, limit, value }));
  }

  async halt({ level, scope, reason, by, cancel }: HaltCommand): Promise<readonly CancelOutcome[]> {
    const order = { level, scope: guardScope(scope), reason, by: nameOf(by), cancel };
    const { report } = await refusing(() => this.#guard.halt(order));
    if (report === undefined) return [];
    const as = (outcome: CancelOutcome['outcome'], ids: readonly string[]): CancelOutcome[] =>
      ids.map((id) => ({ vt_orderid: id, outcome, detail: null }));
    return [
      ...as('sent', report.cancelled),
      ...as('not-active', report.filled),
      ...as('unknown', report.unknown),
      ...report.failed.map(({ vt_orderid, reason: detail }) => ({ vt_orderid, outcome: 'not-sent' as const, detail })),
    ];
  }

  async resume({ scope, reason, by }: ResumeCommand): Promise<void> {
    const wanted = JSON.stringify(scope);
    const meant = this.#guard.status().halts.filter((halt) => JSON.stringify(webScope(halt.scope)) === wanted);
    const ids = scope === 'all' ? ['all'] : meant.map(({ id }) => id);
    const why = reason ?? 'resumed in the console';
    for (const id of ids) await refusing(() => this.#guard.resume({ id, reason: why, by: nameOf(by) }));
  }

  get keepsHalts(): boolean {
    return this.#guard.status().state !== undefined;
  }

  halts(): readonly HaltState[] {
    return this.#guard.status().halts.map((halt) => haltState(halt));
  }

  onHalt(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unlisten();
  }
}

function nameOf({ name, actsAs }: Principal): string {
  return actsAs ?? name;
}

/** @throws DeskRefusal for what the guard does not do, with its reason. */
async function refusing<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof HaltError) throw new DeskRefusal(`halt.${error.code}`, error.message);
    throw error;
  }
}

function haltState({ level, scope, why, who, when }: Halt): HaltState {
  return { level, scope: webScope(scope), reason: why, by: who, since: new Date(when).toISOString() };
}

function guardScope(scope: HaltScope): GuardScope {
  if (typeof scope === 'string') return { kind: 'all' };
  if ('symbol' in scope) return { kind: 'symbol', pattern: scope.symbol };
  if ('principal' in scope) return { kind: 'principal', name: scope.principal };
  if ('role' in scope) return { kind: 'role', name: scope.role };
  if ('gateway' in scope) return { kind: 'gateway', name: scope.gateway };
  return { kind: 'account', name: scope.account };
}

function webScope(scope: GuardScope): HaltScope {
  switch (scope.kind) {
    case 'all':
      return 'all';
    case 'symbol':
      return { symbol: scope.pattern };
    case 'principal':
      return { principal: scope.name };
    case 'role':
      return { role: scope.name };
    case 'gateway':
      return { gateway: scope.name };
    case 'account':
      return { account: scope.name };
  }
}
