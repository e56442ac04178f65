/**
 * What one principal may do, by all its roles together, compiled once for each policy.
 *
 * A request is allowed when one role allows it whole, and no role denies any of it. Limits are not decided here.
 *
 * @module
 */
import { isMarker } from '../../vnpy/internal.js';
import { strictest } from '../policy/limits.js';
import type { Limits, Policy, Principal, Right, Rule } from '../policy/policy.js';
import { CompiledRole } from './roles.js';
import type { Aspect, Question } from './roles.js';

/** Why a request is refused. `new GuardError(rule, reason)` puts the rule before the reason. */
export interface Refusal {
  readonly rule: Rule;
  readonly reason: string;
  /** Of a rule with a number: the limit, in the unit of the rule. */
  readonly limit?: number | undefined;
  /** Of a rule with a number: what the request came to, in the same unit. */
  readonly value?: number | undefined;
}

/** What an order is about, for the rights to it. */
export interface OrderQuestion {
  readonly gateway: string;
  /** As `GATEWAY.accountid`; undefined where the gateway's account is not known. */
  readonly account?: string | undefined;
  readonly vt_symbol: string;
  /** Name of the contract's Product; undefined where the contract is not known. */
  readonly product: string | undefined;
  /** Name of its OrderType. */
  readonly orderType: string | undefined;
}

/** What a cancel is about: the order that `gateway.orderid` names, whatever the request says of it. */
export interface CancelQuestion {
  /** Name of the principal that sent the order; undefined for an order that the guard did not send. */
  readonly owner: string | undefined;
  readonly gateway: string;
  readonly account?: string | undefined;
  /** Of the order, where it is known. */
  readonly vt_symbol: string | undefined;
}

/** By which a client of this package asks whether a server lives. It does nothing (`src/rpc/protocol.ts`). */
const PROBE = 'vnpy_bridge_are_you_there';

/** Longer ones are no markers of ours: a server writes them into its log. */
const LONGEST_MARKER = 200;

/** Whether a call passes for every known principal and counts in nothing: a sign of life, or findOrder's marker. */
export function passesAlways(functionName: string, gateway?: unknown): boolean {
  if (functionName === PROBE) return true;

  return functionName === 'cancel_order' && typeof gateway === 'string' && isMarkerText(gateway);
}

function isMarkerText(gateway: string): boolean {
  return isMarker(gateway) && gateway.length <= LONGEST_MARKER && /^[\x21-\x7e]*$/.test(gateway);
}

/** The rights of one principal. */
export class Rights {
  readonly principal: Principal;
  /** Its roles, compiled. */
  readonly roles: readonly CompiledRole[];
  /** Of the limits of all its roles the strictest. */
  readonly limits: Limits;
  /** The lowest of its roles. */
  readonly warnAt: number | undefined;
  readonly #rights: ReadonlySet<Right>;
  /** Functions that were asked about, up to a bound: they are few, and asked about with every call. */
  readonly #calls = new Map<string, Refusal | undefined>();

  constructor(principal: Principal, roles: readonly CompiledRole[]) {
    this.principal = principal;
    this.roles = roles;
    this.limits = roles.reduce<Limits>((limits, { role }) => strictest(limits, role.limits), {});
    const warnings = roles.flatMap(({ role }) => role.warnAt ?? []);
    this.warnAt = warnings.length === 0 ? undefined : Math.min(...warnings);
    this.#rights = new Set(roles.flatMap(({ role }) => role.rights));
  }

  /** Whether it may do more than call functions. */
  has(right: Right): boolean {
    return this.#rights.has(right);
  }

  /**
   * Whether it may call a function, whatever the arguments.
   *
   * A `cancel_order` for a marker passes without this right: ask {@link Rights.mayCancel} or {@link passesAlways} instead.
   */
  mayCall(name: string): Refusal | undefined {
    if (this.#calls.has(name)) return this.#calls.get(name);

    const refusal = name === PROBE ? undefined : this.#refusal({ function: name });
    if (this.#calls.size < MOST_REMEMBERED) this.#calls.set(name, refusal);

    return refusal;
  }

  /**
   * Whether it may send an order to this gateway, for this contract, of this type.
   *
   * @param functionName - by which it is sent.
   */
  mayOrder(order: OrderQuestion, functionName = 'send_order'): Refusal | undefined {
    return this.#refusal(orderQuestion(order, functionName));
  }

  /**
   * Whether it may cancel an order. Its own it may cancel wherever it works: nobody is locked in by a change of the policy.
   *
   * @param functionName - by which it is cancelled.
   */
  mayCancel(order: CancelQuestion, functionName = 'cancel_order'): Refusal | undefined {
    if (passesAlways(functionName, order.gateway)) return undefined;

    const { name } = this.principal;
    const call = this.mayCall(functionName);
    if (call !== undefined || order.owner === name) return call;

    if (this.roles.some(({ role }) => role.cancel === 'all'))
      return this.#refusal(cancelQuestion(order, functionName), ({ role }) => role.cancel === 'all');

    return { rule: 'owner', reason: notOwnText(name) };
  }

  /** Refused, by whom: a denial of any role; else what the role that goes furthest does not allow. */
  #refusal(question: Question, counts: (role: CompiledRole) => boolean = () => true): Refusal | undefined {
    for (const role of this.roles) {
      const denied = role.firstDenied(question);
      if (denied !== undefined) return this.#text(denied, question, role);
    }
    let furthest = -1;
    let rule: Aspect = 'function';
    for (const role of this.roles) {
      if (!counts(role)) continue;

      const outside = role.firstOutside(question);
      if (outside === undefined) return undefined;

      const distance = ORDER.indexOf(outside);
      if (distance > furthest) {
        furthest = distance;
        rule = outside;
      }
    }
    return this.#text(rule, question, undefined);
  }

  #text(aspect: Aspect, question: Question, role: CompiledRole | undefined): Refusal {
    return { rule: aspect, reason: reasonText(this.principal.name, aspect, question[aspect], role?.role.name) };
  }
}

/** A hostile client could ask for a million names. */
const MOST_REMEMBERED = 1000;

const ORDER: readonly Aspect[] = ['function', 'gateway', 'account', 'symbol', 'product', 'orderType'];

/** The parts of a question about an order. */
export function orderQuestion(order: OrderQuestion, functionName = 'send_order'): Question {
  const { gateway, account, vt_symbol: symbol, product, orderType } = order;
  return { function: functionName, gateway, account, symbol, product, orderType };
}

/** The parts of a question about a cancel of another's order. */
export function cancelQuestion(order: CancelQuestion, functionName = 'cancel_order'): Question {
  const { gateway, account, vt_symbol: symbol } = order;
  return { function: functionName, gateway, account, symbol };
}

/** Why an order is not its to cancel. Whose it is, is not told. */
export function notOwnText(principal: string): string {
  return `${principal} may cancel its own orders only, and this is none that it sent by this guard`;
}

const WORDS: Readonly<Record<Aspect, readonly [may: string, what: string]>> = {
  function: ['call', 'the function'],
  gateway: ['trade by gateway', 'the gateway'],
  account: ['trade on account', 'the account of the gateway'],
  symbol: ['trade', 'the contract'],
  product: ['trade products of class', 'the class of the product'],
  orderType: ['send orders of type', 'the type of the order'],
};

/** Longer ones come from somebody who tries something. */
const LONGEST_SHOWN = 60;

/** The sentence of a refusal by rights. */
export function reasonText(
  principal: string,
  aspect: Aspect,
  value: string | undefined,
  denying: string | undefined,
): string {
  const [may, what] = WORDS[aspect];
  if (value === undefined) return `${what} is not known, so ${principal}'s right to it cannot be decided`;

  const by = denying === undefined ? '' : `: the role ${denying} denies it`;
  return `${principal} may not ${may} ${nameText(value)}${by}`;
}

/** A name in a line of text: what could break the line is escaped. */
function nameText(value: string): string {
  const short = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
  return /^[\x21-\x7e\u4e00-\u9fff…]+$/.test(short) ? short : JSON.stringify(short);
}

/**
 * The rights of every principal of a policy, by name.
 *
 * @param registered - functions of the server's own that are there now: patterns of functions hold for these and for vnpy's.
 */
export function compileRights(policy: Policy, registered: readonly string[] = []): ReadonlyMap<string, Rights> {
  const roles = new Map(Array.from(policy.roles.values(), (role) => [role.name, new CompiledRole(role, registered)]));
  return new Map(
    Array.from(policy.principals.values(), (principal) => {
      const own = principal.roles.flatMap((name) => roles.get(name) ?? []);
      return [principal.name, new Rights(principal, own)];
    }),
  );
}
