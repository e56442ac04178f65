/**
 * Explains a decision with the state that it would use now: rights, halts, audit and every limit, in the order of decision.
 *
 * @module
 */
import type { CancelRequest, OrderRequest } from '../../vnpy/index.js';
import type { Halts } from '../halt/halts.js';
import { haltText } from '../halt/halt.js';
import type { HaltSubject } from '../halt/halt.js';
import { LIMIT_ORDER } from '../limits/index.js';
import type { RiskBook, Scope, Verdict } from '../limits/index.js';
import { compilePattern } from '../policy/patterns.js';
import type { Limits, Policy, Rule } from '../policy/policy.js';
import { explain } from '../rights/explain.js';
import type { Explanation, Request, Step } from '../rights/explain.js';
import type { Rights } from '../rights/rights.js';
import type { AuditTrail } from './audit-trail.js';
import type { Feed } from './feed.js';
import { nobody } from './ruling.js';
import type { Ruling } from './ruling.js';

/** A call to explain: a function, and what it trades or cancels. */
export interface ExplainedCall {
  /** Its name: `send_order`. */
  readonly function: string;
  /** Of an order. */
  readonly order?: OrderRequest | undefined;
  /** Of a cancel. */
  readonly cancel?: CancelRequest | undefined;
  /** Where order and cancel go: `CTP`. */
  readonly gatewayName?: string | undefined;
}

/** What it needs. */
export interface ExplainingParts {
  readonly ruling: Ruling;
  readonly functions: readonly string[];
  readonly book: RiskBook;
  readonly halts: Halts;
  readonly audit: AuditTrail;
  /** That of the gateway, or any. */
  readonly feed: Feed | undefined;
}

/** An order with where it goes. */
interface Ordered {
  readonly request: OrderRequest;
  readonly gatewayName: string;
}

/** @throws GuardError `principal` for nobody of the policy. */
export function explainCall(principal: string, call: ExplainedCall, parts: ExplainingParts): Explanation {
  const { ruling } = parts;
  const known = explainKnown(principal, call, parts);
  if (ruling.rightsOf(principal) !== undefined) return known;
  const refusal = nobody(principal);
  const step: Step = { rule: refusal.rule, outcome: 'refused', text: refusal.reason };
  return { verdict: 'refused', refusal, steps: [step, ...known.steps] };
}

function explainKnown(principal: string, call: ExplainedCall, parts: ExplainingParts): Explanation {
  const { ruling, functions } = parts;
  const { function: name, order: request, cancel, gatewayName = '' } = call;
  if (request !== undefined) {
    const order = { request, gatewayName };
    const further = (rights: Rights): readonly Step[] => orderSteps(rights, order, parts);
    return explain(ruling.policy, principal, { function: name, order: orderOf(order, parts) }, further, functions);
  }
  if (cancel !== undefined) {
    const asked = cancelOf(cancel, gatewayName, parts);
    const further = (rights: Rights): readonly Step[] => cancelSteps(rights, asked, gatewayName, parts);
    return explain(ruling.policy, principal, { function: name, cancel: asked }, further, functions);
  }
  return explain(ruling.policy, principal, { function: name }, undefined, functions);
}

function orderOf({ request, gatewayName }: Ordered, { feed }: ExplainingParts): NonNullable<Request['order']> {
  return {
    gateway: gatewayName,
    account: feed?.accountOf(gatewayName),
    vt_symbol: request.vt_symbol,
    product: feed?.contractOf(request.vt_symbol)?.product.name,
    orderType: request.type.name,
  };
}

function cancelOf(
  { orderid, vt_symbol }: CancelRequest,
  gateway: string,
  { book, feed }: ExplainingParts,
): NonNullable<Request['cancel']> {
  return { owner: book.ownerOf(`${gateway}.${orderid}`), gateway, account: feed?.accountOf(gateway), vt_symbol };
}

/** As an order is decided on: a halt, the audit, then the limits. */
function orderSteps(rights: Rights, order: Ordered, parts: ExplainingParts): readonly Step[] {
  const { book } = parts;
  const { request, gatewayName } = order;
  const { limits, warnAt, principal } = rights;
  const asked = { principal: principal.name, limits, warnAt, request, gatewayName };
  const reduces = book.provablyReduces(request, gatewayName);
  return [
    ...exitSteps(rights, order, reduces, parts),
    ...[...book.explainAll(asked), ...book.waived(asked)].map(stepOf),
  ];
}

/** Halt and audit. Neither keeps an order that reduces from who has the right `flatten`. */
function exitSteps(rights: Rights, order: Ordered, reduces: boolean, parts: ExplainingParts): readonly Step[] {
  const { halts, audit, feed } = parts;
  const { request, gatewayName } = order;
  const subject: HaltSubject = {
    principal: rights.principal.name,
    roles: rights.roles.map(({ role }) => role.name),
    gateway: gatewayName,
    account: feed?.accountOf(gatewayName),
    vt_symbol: request.vt_symbol,
  };
  const mayExit = rights.has('flatten') && reduces;
  const halt = halts.haltFor(subject);
  const passes = halt === undefined || (halt.level === 'reduce' && reduces);
  const step = (rule: 'halt' | 'audit', fault: string | undefined, fine: string): Step => {
    if (fault === undefined) return { rule, outcome: 'allowed', text: fine };
    return mayExit
      ? { rule, outcome: 'allowed', text: `${fault}; by the right "flatten" an order that reduces passes` }
      : { rule, outcome: 'refused', text: fault };
  };
  const why =
    halt === undefined ? 'no halt holds for it' : `the order reduces a position, and so passes: ${haltText(halt)}`;
  const down = audit.obstacle;
  return [
    step('halt', passes ? undefined : haltText(halt), why),
    step('audit', down === undefined ? undefined : `${down}: orders are refused, cancels pass`, 'it can be written'),
  ];
}

/** No halt and no audit keeps a cancel. */
function cancelSteps(
  { limits, warnAt, principal }: Rights,
  { vt_symbol: vtSymbol }: NonNullable<Request['cancel']>,
  gatewayName: string,
  { book, audit }: ExplainingParts,
): readonly Step[] {
  const asked = { principal: principal.name, limits, warnAt, gatewayName };
  const down = audit.obstacle;
  return [
    ...book.explainCancel({ ...asked, vtSymbol }).map(stepOf),
    { rule: 'halt', outcome: 'allowed', text: 'a cancel passes every halt' },
    { rule: 'audit', outcome: 'allowed', text: `a cancel waits for no disk${down === undefined ? '' : `: ${down}`}` },
  ];
}

function stepOf({ rule, ok, reason, looked, limit, value, scope }: Verdict): Step {
  const numbers = limit === undefined || value === undefined ? {} : { limit, value };
  return {
    rule,
    outcome: ok ? 'allowed' : 'refused',
    text: reason ?? looked ?? (limit === undefined ? 'it fits' : `${value} of ${limit}`),
    ...numbers,
    ...(scope === undefined ? {} : { scope }),
  };
}

/**
 * Explains a call by a policy alone. What halts, audit and limits say depends on what is not known here, but for the volume of
 * an order.
 *
 * @throws GuardError `principal` for nobody of the policy.
 */
export function explainByPolicy(policy: Policy, principal: string, call: ExplainedCall): Explanation {
  const { function: name, order, cancel, gatewayName: gateway = '' } = call;
  if (order !== undefined) {
    const { vt_symbol: symbol, type } = order;
    const asked = { gateway, vt_symbol: symbol, product: undefined, orderType: type.name };
    const further = ({ limits }: Rights): readonly Step[] => [
      openStep('halt', 'whether trading is halted, the running guard knows'),
      openStep('audit', 'whether the audit can be written, the running guard knows'),
      openStep('shape', 'whether the order fits its contract, the running guard knows'),
      ...scopedLimits(policy, principal, limits, gateway).flatMap((scoped) => limitSteps(scoped, order)),
    ];
    return explain(policy, principal, { function: name, order: asked }, further);
  }
  if (cancel !== undefined) {
    const further = ({ limits }: Rights): readonly Step[] =>
      scopedLimits(policy, principal, limits, gateway)
        .filter((scoped) => scoped.limits.cancelsPerDay?.hard === true)
        .map(({ scope, limits: { cancelsPerDay } }) => openStep('cancelsPerDay', dependsText(cancelsPerDay), scope));
    const asked = { owner: undefined, gateway, vt_symbol: cancel.vt_symbol };
    return explain(policy, principal, { function: name, cancel: asked }, further);
  }
  return explain(policy, principal, { function: name });
}

interface Scoped {
  readonly scope: Scope;
  readonly limits: Limits;
}

function scopedLimits(policy: Policy, principal: string, own: Limits, gateway: string): readonly Scoped[] {
  const accounts = policy.accounts.filter(({ match }) => {
    const dot = match.lastIndexOf('.');
    return compilePattern(dot < 0 ? match : match.slice(0, dot)).matches(gateway);
  });
  return [
    { scope: { kind: 'principal', name: principal }, limits: own },
    ...accounts.map(({ match, limits }): Scoped => ({ scope: { kind: 'account', name: match }, limits })),
  ];
}

function limitSteps({ scope, limits }: Scoped, { volume }: OrderRequest): readonly Step[] {
  return LIMIT_ORDER.filter((rule) => limits[rule] !== undefined).map((rule): Step => {
    const { orderVolume } = limits;
    if (rule !== 'orderVolume' || orderVolume === undefined) return openStep(rule, dependsText(limits[rule]), scope);
    const limit = orderVolume === false ? 0 : orderVolume;
    const [outcome, text] = volume <= limit ? (['allowed', 'of'] as const) : (['refused', 'is more than'] as const);
    return { rule, outcome, text: `order volume ${volume} ${text} ${limit}`, limit, value: volume, scope };
  });
}

function openStep(rule: Rule, text: string, scope?: Scope): Step {
  return { rule, outcome: 'open', text, ...(scope === undefined ? {} : { scope }) };
}

function dependsText(limit: unknown): string {
  return `${JSON.stringify(limit)}: it depends on what the running guard knows`;
}
