/**
 * The way of an order and of a cancel through the guard: decided, written down, looked at again, sent, written down.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import { SendOrderError } from '../../vnpy/index.js';
import type { CancelRequest, OrderRequest, OrderTerms, TradingEngine } from '../../vnpy/index.js';
import { orderFields } from '../audit/entry.js';
import { haltText } from '../halt/halt.js';
import type { Halts } from '../halt/halts.js';
import type { Reservation, RiskBook, Warning } from '../limits/index.js';
import type { Rule } from '../policy/policy.js';
import { passesAlways } from '../rights/rights.js';
import type { Refusal, Rights } from '../rights/rights.js';
import type { AuditTrail } from './audit-trail.js';
import type { Feed } from './feed.js';
import { outcomeOf } from './outcome.js';
import { errorOf, nobody } from './ruling.js';
import type { Ruling } from './ruling.js';
import type { Searches } from './searches.js';
import type { Sight } from './sight.js';

/** Who asks for something, of which engine. */
export interface Desk {
  readonly principal: string;
  readonly engine: TradingEngine;
  readonly feed: Feed;
}

/** What the way needs. */
export interface OrderParts {
  readonly ruling: () => Ruling;
  readonly book: RiskBook;
  readonly halts: () => Halts;
  readonly audit: AuditTrail;
  readonly searches: Searches;
  readonly sight: Sight;
  readonly logger: Logger;
  readonly decided: (decision: Decided) => void;
}

/** A decision, for whoever counts. */
export interface Decided {
  readonly principal: string;
  readonly function: string;
  /** The rule that refused; undefined for what passed. */
  readonly rule: Rule | undefined;
  readonly warnings: readonly Warning[];
}

/** An order that was let through and has not left. */
interface Passed {
  readonly reservation: Reservation;
  readonly warnings: readonly Warning[];
  /** It passed by the right `flatten`: neither a halt nor an audit that is down keeps it. */
  readonly isExit: boolean;
  /** It could do nothing but reduce a position when it was decided. Its own reservation would hide that later. */
  readonly reduces: boolean;
}

/** What an engine behind a guard learns of an order, beside the order: a cluster's edge looks at it once more. */
export interface GuardedTerms extends OrderTerms {
  /** The guard's number of the order. */
  readonly id?: string;
  /** It could do nothing but reduce a position when it was decided. */
  readonly reduces?: boolean;
  /** It passed by the right `flatten`: no halt keeps it. */
  readonly isExit?: boolean;
}

/** An order that leaves. */
interface Leaving {
  /** Its number in the audit. */
  readonly id: string;
  readonly reservation: Reservation;
  readonly terms: GuardedTerms;
}

/** Orders and cancels of all principals. */
export class Orders {
  readonly #parts: OrderParts;
  /** Orders on their way to an engine, by their numbers, for a halt to wait for. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #run = randomBytes(6).toString('hex');
  #ids = 0;
  #waiting = 0;
  #stopped = 0;
  #isClosed = false;

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  /** No order leaves any more: also none that waits for the disk. */
  close(): void {
    this.#isClosed = true;
  }

  /** Orders that were let through and wait for the disk. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Orders that were let through and did not leave, because of a halt that came while they waited. */
  get stopped(): number {
    return this.#stopped;
  }

  /** Resolves when every order that has left is answered, after `ms` at the latest. @returns the numbers of those that are not. */
  async settled(ms: number): Promise<readonly string[]> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    const known = [...this.#underWay];
    await Promise.race([Promise.allSettled(this.#underWay.values()), over]);
    clearTimeout(timer);
    return known.filter(([id, sending]) => this.#underWay.get(id) === sending).map(([id]) => id);
  }

  /**
   * Sends an order, if it may be sent.
   *
   * @param terms - What came with it: the engine's to look at, when it leaves.
   * @returns its vt_orderid; `''` when the server did not take it.
   * @throws SendOrderError `refused` with a GuardError as its cause where the guard says no; else what the engine throws.
   */
  async send(desk: Desk, request: OrderRequest, gatewayName: string, terms?: OrderTerms): Promise<string> {
    const { audit, book } = this.#parts;
    await this.#known(desk, request);
    const ruling = this.#parts.ruling();
    const judged = this.#judge(desk, request, gatewayName, ruling);
    const id = judged.passed?.reservation.id ?? this.#newId();
    const fields = {
      id,
      principal: desk.principal,
      function: 'send_order',
      policy: ruling.policy.hash,
      ...orderFields(request, gatewayName),
      ...(terms?.traceparent === undefined ? {} : { traceparent: terms.traceparent }),
    };
    if (judged.passed === undefined) {
      audit.note({ kind: 'decided', ...fields, outcome: 'refused', rule: judged.rule, reason: judged.reason });
      const rights = ruling.rightsOf(desk.principal);
      // The book has counted its own.
      if (rights !== undefined && !('ok' in judged)) book.noteRefusal(desk.principal, rights.limits, judged.rule);
      this.#tell(desk, 'send_order', judged.rule, []);
      throw refused(request, judged);
    }
    const { reservation, warnings, isExit, reduces } = judged.passed;
    const epoch = desk.feed.epoch;
    const entry = { kind: isExit ? 'flatten' : 'decided', ...fields, outcome: 'passed' } as const;
    this.#waiting++;
    try {
      if (isExit) audit.note(entry);
      else await audit.append(entry);
    } catch (error) {
      reservation.notSent();
      const refusal: Refusal = { rule: 'audit', reason: auditReason(messageOf(error)) };
      // The line may be in the file all the same, and would read as an order that left.
      audit.note({ kind: 'withdrawn', id, principal: desk.principal, rule: 'audit', reason: refusal.reason });
      this.#tell(desk, 'send_order', 'audit', []);
      throw refused(request, refusal);
    } finally {
      this.#waiting--;
    }
    const changed = this.#lookAgain(desk, request, gatewayName, { ruling, epoch, isExit, reduces });
    if (changed !== undefined) {
      reservation.notSent();
      if (changed.rule === 'halt') this.#stopped++;
      audit.note({ kind: 'withdrawn', id, principal: desk.principal, rule: changed.rule, reason: changed.reason });
      this.#tell(desk, 'send_order', changed.rule, []);
      throw refused(request, changed);
    }
    this.#tell(desk, 'send_order', undefined, warnings);
    const leaving = { ...terms, principal: desk.principal, id, reduces, isExit };
    return this.#leave(desk, request, gatewayName, { id, reservation, terms: leaving });
  }

  /**
   * Cancels an order, if it may be cancelled: every limit, halt and full disk lets it pass.
   *
   * @throws GuardError where the guard says no; else what the engine throws.
   */
  async cancel(desk: Desk, request: CancelRequest, gatewayName: string): Promise<void> {
    const { engine, principal } = desk;
    if (passesAlways('cancel_order', gatewayName)) {
      await engine.cancelOrder(request, gatewayName);
      return;
    }
    const vtOrderid = idOf(request, gatewayName);
    const found = (vtOrderid === undefined ? undefined : await engine.getOrder(vtOrderid)) ?? undefined;
    // Ids may contain dots, and so may names of gateways: the id of another gateway's order is none here.
    const order = found?.gateway_name === gatewayName ? found : undefined;
    const isElsewhere = found !== undefined && order === undefined;
    const { audit, book } = this.#parts;
    const ruling = this.#parts.ruling();
    const rights = ruling.rightsOf(principal);
    const fields = {
      id: this.#newId(),
      principal,
      function: 'cancel_order',
      policy: ruling.policy.hash,
      gateway: gatewayName,
      vt_symbol: order?.vt_symbol ?? request.vt_symbol,
      ...(vtOrderid === undefined ? {} : { vt_orderid: vtOrderid }),
    };
    const refusal =
      vtOrderid === undefined
        ? NO_ORDERID
        : rights === undefined
          ? nobody(principal)
          : (rights.mayCancel({
              owner: isElsewhere ? undefined : book.ownerOf(vtOrderid),
              gateway: gatewayName,
              account: desk.feed.accountOf(gatewayName),
              vt_symbol: order?.vt_symbol,
            }) ?? this.#counted(rights, desk, order, { gatewayName, vtOrderid }));
    if (refusal !== undefined) {
      audit.note({ kind: 'decided', ...fields, outcome: 'refused', rule: refusal.rule, reason: refusal.reason });
      this.#tell(desk, 'cancel_order', refusal.rule, []);
      throw errorOf(refusal);
    }
    audit.note({ kind: 'decided', ...fields, outcome: 'passed' });
    this.#tell(desk, 'cancel_order', undefined, []);
    // The symbol in the request is the client's word, and some gateways go by it.
    await engine.cancelOrder(order?.createCancelRequest() ?? request, gatewayName);
  }

  /** Waits for the state that a decision needs, once. */
  async #known({ feed }: Desk, request: OrderRequest): Promise<void> {
    try {
      await feed.ready;
    } catch (error) {
      const reason = `the state of the server is not known yet: ${messageOf(error)}`;
      throw refused(request, { rule: 'state', reason });
    }
  }

  /** Decides and reserves, in one turn. An exception inside a rule is a refusal. */
  #judge(
    desk: Desk,
    request: OrderRequest,
    gatewayName: string,
    ruling: Ruling,
  ): (Refusal & { readonly passed?: undefined }) | { readonly passed: Passed } {
    try {
      const { audit, book } = this.#parts;
      const { principal } = desk;
      const rights = ruling.rightsOf(principal);
      if (this.#isClosed) return CLOSED;
      if (rights === undefined) return nobody(principal);
      const denied = this.#mayOrder(rights, desk, request, gatewayName);
      if (denied !== undefined) return denied;
      const reduces = book.provablyReduces(request, gatewayName);
      const halted = this.#halted(rights, desk, request, gatewayName, reduces);
      const down = audit.obstacle;
      const isExit = (halted !== undefined || down !== undefined) && rights.has('flatten') && reduces;
      if (halted !== undefined && !isExit) return halted;
      if (down !== undefined && !isExit) return { rule: 'audit', reason: auditReason(down) };
      const { limits, warnAt } = rights;
      const decision = book.decide({ principal, limits, warnAt, request, gatewayName });
      return decision.ok
        ? { passed: { reservation: decision.reservation, warnings: decision.warnings, isExit, reduces } }
        : decision;
    } catch (error) {
      this.#parts.logger.error(`guard: an order could not be judged: ${messageOf(error)}`);
      return { rule: 'internal', reason: `the guard failed at this order: ${messageOf(error)}` };
    }
  }

  #mayOrder(rights: Rights, { feed }: Desk, request: OrderRequest, gateway: string): Refusal | undefined {
    return rights.mayOrder({
      gateway,
      account: feed.accountOf(gateway),
      vt_symbol: request.vt_symbol,
      product: feed.contractOf(request.vt_symbol)?.product.name,
      orderType: nameOf(request.type),
    });
  }

  #halted(rights: Rights, desk: Desk, request: OrderRequest, gateway: string, reduces: boolean): Refusal | undefined {
    const halt = this.#parts.halts().haltFor({
      principal: desk.principal,
      roles: rights.roles.map(({ role }) => role.name),
      gateway,
      account: desk.feed.accountOf(gateway),
      vt_symbol: request.vt_symbol,
    });
    if (halt === undefined || (halt.level === 'reduce' && reduces)) return undefined;
    return { rule: 'halt', reason: haltText(halt) };
  }

  /** Between the decision and now the disk was waited for: what has changed meanwhile counts. */
  #lookAgain(
    desk: Desk,
    request: OrderRequest,
    gatewayName: string,
    before: { readonly ruling: Ruling; readonly epoch: number; readonly isExit: boolean; readonly reduces: boolean },
  ): Refusal | undefined {
    if (this.#isClosed) return CLOSED;
    const ruling = this.#parts.ruling();
    const rights = ruling.rightsOf(desk.principal);
    if (rights === undefined) return nobody(desk.principal);
    if (ruling !== before.ruling) {
      const denied = this.#mayOrder(rights, desk, request, gatewayName);
      if (denied !== undefined) return denied;
    }
    if (desk.feed.epoch !== before.epoch || !desk.feed.isUp)
      return { rule: 'state', reason: 'the connection to the server was lost before the order left' };
    return before.isExit ? undefined : this.#halted(rights, desk, request, gatewayName, before.reduces);
  }

  async #leave(
    { principal, engine }: Desk,
    request: OrderRequest,
    gatewayName: string,
    { id, reservation, terms }: Leaving,
  ): Promise<string> {
    const { audit, searches, sight } = this.#parts;
    const note = (outcome: 'sent' | 'refused' | 'not-sent' | 'unknown', more: object = {}): void => {
      audit.note({ kind: 'result', id, principal, outcome, vt_symbol: request.vt_symbol, ...more });
    };
    reservation.sent();
    const answered = sight.expect(principal);
    const sending = Promise.resolve().then(() => engine.sendOrder(request, gatewayName, terms));
    this.#underWay.set(id, sending);
    try {
      const vtOrderid = idIn(await sending, request);
      reservation.answered(vtOrderid);
      note(vtOrderid === '' ? 'refused' : 'sent', vtOrderid === '' ? {} : { vt_orderid: vtOrderid });
      return vtOrderid;
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === 'unknown') reservation.unknown();
      else if (outcome === 'refused') reservation.refused();
      else reservation.notSent();
      note(outcome, { reason: messageOf(error) });
      if (outcome === 'unknown')
        searches.begin({ engine, id, principal, reference: referenceOf(error, request), reservation });
      throw error;
    } finally {
      this.#underWay.delete(id);
      answered();
    }
  }

  #counted(
    { limits, warnAt }: Rights,
    { principal }: Desk,
    order: Parameters<RiskBook['cancelling']>[0]['order'],
    place: { readonly gatewayName: string; readonly vtOrderid: string },
  ): Refusal | undefined {
    const counted = this.#parts.book.cancelling({ principal, limits, warnAt, order, ...place });
    return counted.ok ? undefined : counted;
  }

  /** Unlike those of other runs; for those of this one a count is enough. */
  #newId(): string {
    return `${this.#run}-${(this.#ids++).toString(36)}`;
  }

  #tell({ principal }: Desk, name: string, rule: Rule | undefined, warnings: readonly Warning[]): void {
    this.#parts.decided({ principal, function: name, rule, warnings });
  }
}

const NO_ORDERID: Refusal = { rule: 'shape', reason: 'orderid is neither a text nor a number' };
const CLOSED: Refusal = { rule: 'state', reason: 'the guard is closed: nothing leaves any more' };

/** @throws SendOrderError for an answer that is no id: it says neither yes nor no. */
function idIn(answer: unknown, { reference }: OrderRequest): string {
  if (typeof answer === 'string') return answer;
  throw new SendOrderError('unknown', `the answer is ${typeof answer}, and no id of an order`, { reference });
}

/** The order that a cancel names; undefined for what can be no id. Some gateways number their orders. */
function idOf({ orderid }: CancelRequest, gatewayName: string): string | undefined {
  const id: unknown = orderid;
  return typeof id === 'string' || typeof id === 'number' || id === null ? `${gatewayName}.${id}` : undefined;
}

function auditReason(why: string): string {
  return `${why}: orders are refused, cancels pass`;
}

/** What a hostile client sends may be anything. */
function nameOf(member: unknown): string {
  return typeof member === 'object' && member !== null && 'name' in member ? String(member.name) : String(member);
}

function referenceOf(error: unknown, { reference }: OrderRequest): string {
  return error instanceof SendOrderError && error.reference !== '' ? error.reference : reference;
}

/** Nothing has left: vnpy's way to say it is an empty id and a line in the log. */
function refused({ reference }: OrderRequest, refusal: Refusal): SendOrderError {
  const cause = errorOf(refusal);
  const { rule, limit, value } = cause;
  return new SendOrderError('refused', cause.message, { reference, cause, rule, limit, value });
}
