/**
 * Why a request is allowed or refused: what each role says to each part of it.
 *
 * @module
 */
import { GuardError } from '../errors.js';
import type { Policy, Rule } from '../policy/policy.js';
import { cancelQuestion, compileRights, notOwnText, orderQuestion, passesAlways, reasonText } from './rights.js';
import type { CancelQuestion, OrderQuestion, Refusal, Rights } from './rights.js';
import { ASPECTS } from './roles.js';
import type { CompiledRole, Question } from './roles.js';

/** A request to explain: a function, and for those that trade what they trade. */
export interface Request {
  readonly function: string;
  readonly order?: OrderQuestion;
  readonly cancel?: CancelQuestion;
}

/** One thing that was looked at. */
export interface Step {
  readonly rule: Rule;
  /** `outside`: one role does not allow it, another may. `open`: what it needs is not known here. */
  readonly outcome: 'allowed' | 'outside' | 'denied' | 'refused' | 'open';
  readonly text: string;
  /** Of a rule with a number: the limit, in the unit of the rule. */
  readonly limit?: number | undefined;
  /** Of a rule with a number: what the request would come to, in the same unit. */
  readonly value?: number | undefined;
  /** Whose limit it is; left out for what always holds. */
  readonly scope?: { readonly kind: 'principal' | 'account'; readonly name: string } | undefined;
}

/** The answer: all that was looked at in the order of decision, and the first that refuses, which decides. */
export interface Explanation {
  readonly verdict: 'allowed' | 'refused';
  /** The refusal, as a decision has it. */
  readonly refusal: Refusal | undefined;
  readonly steps: readonly Step[];
}

/** What halts, audit and limits say of a request, for {@link explain}: their steps follow those of the rights. */
export type FurtherSteps = (rights: Rights, request: Request) => readonly Step[];

/**
 * Explains how a request of a principal is decided now.
 *
 * @param further - the steps of halts, audit, limits and state; the first that is refused decides, when the rights allow the request.
 * @param registered - functions of the server's own.
 * @throws GuardError `principal` when the policy has no such principal.
 */
export function explain(
  policy: Policy,
  principalName: string,
  request: Request,
  further: FurtherSteps = () => [],
  registered: readonly string[] = [],
): Explanation {
  const rights = compileRights(policy, registered).get(principalName);
  if (rights === undefined) throw new GuardError('principal', `there is no principal ${JSON.stringify(principalName)}`);

  const refusal = decide(rights, request);
  const more = further(rights, request);
  const steps = [...rightsSteps(rights, request), ...verdictStep(rights, request, refusal), ...more];
  const decides = refusal ?? refusalOf(more.find(({ outcome }) => outcome === 'refused'));
  return { verdict: decides === undefined ? 'allowed' : 'refused', refusal: decides, steps };
}

function refusalOf(step: Step | undefined): Refusal | undefined {
  if (step === undefined) return undefined;
  const { rule, text, limit, value } = step;
  return { rule, reason: text, ...(limit === undefined ? {} : { limit, value }) };
}

/** The rights' decision on a request: that of {@link Rights}. */
function decide(rights: Rights, request: Request): Refusal | undefined {
  if (request.order !== undefined) return rights.mayOrder(request.order, request.function);

  if (request.cancel !== undefined) return rights.mayCancel(request.cancel, request.function);

  return rights.mayCall(request.function);
}

function rightsSteps(rights: Rights, request: Request): Step[] {
  const { name } = rights.principal;
  if (passesAlways(request.function, request.cancel?.gateway)) {
    const text = 'a sign of life, or a question for the end of the event queue: it passes for every principal';
    return [{ rule: 'function', outcome: 'allowed', text }];
  }
  if (rights.roles.length === 0) return [{ rule: 'function', outcome: 'outside', text: `${name} has no role` }];

  const question = questionOf(rights, request);
  return rights.roles.flatMap((role) => [...roleSteps(name, role, question), ...ownerSteps(rights, role, request)]);
}

/** One's own order is cancelled wherever it works: only the function is asked about. */
function questionOf(rights: Rights, { function: functionName, order, cancel }: Request): Question {
  if (order !== undefined) return orderQuestion(order, functionName);

  return cancel === undefined || cancel.owner === rights.principal.name
    ? { function: functionName }
    : cancelQuestion(cancel, functionName);
}

function roleSteps(name: string, role: CompiledRole, question: Question): Step[] {
  return ASPECTS.filter((aspect) => aspect in question).map((aspect) => {
    const value = question[aspect];
    const outcome = role.answer(aspect, value);
    const text =
      outcome === 'allowed'
        ? `the role ${role.role.name} allows ${value ?? `every ${aspect}`}`
        : outcome === 'denied'
          ? reasonText(name, aspect, value, role.role.name)
          : `the role ${role.role.name} does not allow ${value ?? `every ${aspect}`}`;
    return { rule: aspect, outcome, text };
  });
}

function ownerSteps(rights: Rights, { role }: CompiledRole, { cancel }: Request): Step[] {
  if (cancel === undefined) return [];

  if (cancel.owner === rights.principal.name)
    return [{ rule: 'owner', outcome: 'allowed', text: `the order is ${rights.principal.name}'s own` }];

  return role.cancel === 'all'
    ? [{ rule: 'owner', outcome: 'allowed', text: `the role ${role.name} cancels all orders` }]
    : [{ rule: 'owner', outcome: 'outside', text: `the role ${role.name}: ${notOwnText(rights.principal.name)}` }];
}

function verdictStep(rights: Rights, request: Request, refusal: Refusal | undefined): Step[] {
  if (refusal !== undefined) return [{ rule: refusal.rule, outcome: 'refused', text: refusal.reason }];

  return [
    { rule: 'function', outcome: 'allowed', text: `${rights.principal.name} has the right to ${request.function}` },
  ];
}
