/**
 * Stops and resumes trading: by a person, by a rule, by a file.
 *
 * @module
 */
import type { Logger } from '../../rpc/index.js';
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import type { Alert } from '../alert/alert.js';
import { haltAlert, haltIncompleteAlert, resumeAlert } from '../alert/guard-alerts.js';
import { createGuardClock } from '../audit/clock.js';
import { GuardError } from '../errors.js';
import type { Halt, HaltLevel, HaltScope } from '../halt/halt.js';
import { scopeText } from '../halt/halt.js';
import { HaltError } from '../halt/errors.js';
import { watchHaltFile } from '../halt/halt-file.js';
import type { HaltFileWatch } from '../halt/halt-file.js';
import { Halts } from '../halt/halts.js';
import type { HaltChange } from '../halt/halts.js';
import { haltProcedure } from '../halt/procedure.js';
import type { HaltReport } from '../halt/procedure.js';
import type { RiskBook, Scope } from '../limits/index.js';
import { compilePattern } from '../policy/patterns.js';
import type { Matcher } from '../policy/patterns.js';
import type { Pattern, Right } from '../policy/policy.js';
import type { StateStore } from '../state/store.js';
import type { AuditTrail } from './audit-trail.js';
import { haltEngine } from './halt-engine.js';
import type { Orders } from './orders.js';
import type { Ruling } from './ruling.js';

/** What is to be stopped. */
export interface HaltOrder {
  /** Default `halt`. */
  readonly level?: HaltLevel;
  /** Default all. */
  readonly scope?: HaltScope;
  /** Whether what works is cancelled. Default true. */
  readonly cancel?: boolean;
  readonly reason: string;
  /** Who: a principal, which needs the right `halt`, or the name of a person who has the machine. */
  readonly by: string;
}

/** What is to go on. */
export interface ResumeOrder {
  /** Of the halt, or `all`. */
  readonly id: string;
  readonly reason: string;
  /** Who: a principal, which needs the right `resume`, or the name of a person who has the machine. */
  readonly by: string;
  /** Though the outcome of some orders is unknown. */
  readonly acceptUnknown?: boolean;
}

/** What has come of a halt. */
export interface HaltOutcome {
  readonly halt: Halt;
  /** What became of the orders; undefined where none were to be cancelled. */
  readonly report: HaltReport | undefined;
}

/** The halts of a guard, as a cluster connects them with those of other guards of the same account. */
export interface SharedHalts {
  /** All that are in force, oldest first. */
  list(): readonly Halt[];
  /** Tells of halts that begin and end by somebody's act at this guard. @returns what ends it. */
  onChange(listener: (change: HaltChange) => void): () => void;
  /** Tells when what worked under a halt of this guard was cancelled, or could not be. @returns what ends it. */
  onCarriedOut(listener: (id: string, isDone: boolean) => void): () => void;
  /** A halt of elsewhere holds here, too, from this turn on. What works goes on. */
  impose(halt: Halt): Promise<void>;
  /** Cancels what works under a halt. @returns whether nothing works any more, and nothing is unknown. */
  carryOut(halt: Halt): Promise<boolean>;
  /** A halt has ended elsewhere. @returns whether it has ended here. */
  lift(id: string, by: string, reason: string): Promise<boolean>;
  /** The roles of a principal, for halts of roles. */
  rolesOf(principal: string): readonly string[];
}

/** What it needs. */
export interface HaltingParts {
  readonly ruling: () => Ruling;
  readonly book: RiskBook;
  readonly audit: AuditTrail;
  readonly logger: Logger;
  /** Undefined where halts do not outlive the process. */
  readonly store: StateStore | undefined;
  readonly engines: () => readonly TradingEngine[];
  readonly orders: () => Orders;
  readonly alert: (alert: Alert) => void;
  /** Other halts hold. */
  readonly changed: () => void;
}

/** Halts end: the patterns of those are forgotten with all others. */
const MAX_PATTERNS = 1000;

/** The halts of a guard, and what they do. */
export class Halting {
  readonly #parts: HaltingParts;
  readonly #clock = createGuardClock();
  #halts: Halts | undefined;
  #file: HaltFileWatch | undefined;
  #acceptsUnknown = false;
  readonly #listeners = new Set<(change: HaltChange) => void>();
  readonly #carriedOut = new Set<(id: string, isDone: boolean) => void>();
  /** Patterns of halts, compiled. */
  readonly #patterns = new Map<Pattern, Matcher>();

  constructor(parts: HaltingParts) {
    this.#parts = parts;
  }

  /** The halts in force. */
  get halts(): Halts {
    if (this.#halts === undefined) throw new Error('the halts are not read yet');
    return this.#halts;
  }

  /** Reads the halts of the last run, and looks for the file `HALT`. */
  async open(options: { readonly hasRun: boolean; readonly file: string | undefined }): Promise<void> {
    const { store, logger, book } = this.#parts;
    this.#halts = await Halts.open({
      store: store ?? { read: () => Promise.resolve({ kind: 'missing' }), write: () => Promise.resolve() },
      hasRun: options.hasRun && store !== undefined,
      match: (pattern, symbol) => this.#matches(pattern, symbol),
      now: Date.now,
      persons: () => this.#parts.ruling().policy.resumeBy,
      heldBy: () => {
        if (this.#file?.isThere === true) return `the file ${options.file ?? 'HALT'} lies there: remove it first`;
        const { length } = book.unknowns();
        return length === 0 || this.#acceptsUnknown
          ? undefined
          : `the outcome of ${length} orders is unknown: find out first, or accept it`;
      },
      onProblem: (message) => {
        logger.error(`guard: ${message}`);
      },
      onChange: (change) => {
        for (const listener of this.#listeners) listener(change);
      },
      onList: () => {
        this.#parts.changed();
      },
    });
    for (const halt of this.#halts.list()) {
      logger.warn(`guard: ${lineOf(halt)}`);
      this.#parts.alert(haltAlert(halt, true));
    }
    if (options.file === undefined) return;
    const path = options.file;
    this.#file = await watchHaltFile(path, this.#clock, (why) => {
      void this.#enforce({ level: 'halt', scope: { kind: 'all' }, who: `the file ${path}`, why, source: 'auto' }, true);
    });
  }

  async halt(order: HaltOrder): Promise<HaltOutcome> {
    const { level = 'halt', scope = { kind: 'all' }, cancel = true, reason, by } = order;
    this.#check(by, 'halt');
    return this.#enforce({ level, scope, who: by, why: reason, source: 'hand' }, cancel);
  }

  async resume({ id, reason, by, acceptUnknown = false }: ResumeOrder): Promise<readonly Halt[]> {
    const { audit, logger } = this.#parts;
    const rights = this.#parts.ruling().rightsOf(by);
    this.#acceptsUnknown = acceptUnknown;
    try {
      const ended = await this.halts.resume(
        id,
        {
          who: by,
          roles: rights?.roles.map(({ role }) => role.name) ?? [],
          rights: rights === undefined || rights.has('resume') ? ['resume'] : [],
        },
        reason,
      );
      for (const halt of ended) {
        audit.note({ kind: 'resume', id: halt.id, who: by, reason, scope: scopeText(halt.scope), acceptUnknown });
        logger.warn(`guard: ${by} has ended the halt ${halt.id} (${scopeText(halt.scope)}): ${reason}`);
        this.#parts.alert(resumeAlert(halt, by, reason));
      }
      return ended;
    } catch (error) {
      if (error instanceof HaltError && error.code === 'SECOND_PERSON')
        audit.note({ kind: 'resume', halt: id, who: by, reason, outcome: 'refused', rule: 'resumeBy' });
      throw error;
    } finally {
      this.#acceptsUnknown = false;
    }
  }

  /** Tells of halts that begin and end by somebody's act at this guard. @returns what ends it. */
  onChange(listener: (change: HaltChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Tells when what worked under a halt of this guard was cancelled, or could not be. @returns what ends it. */
  onCarriedOut(listener: (id: string, isDone: boolean) => void): () => void {
    this.#carriedOut.add(listener);
    return () => {
      this.#carriedOut.delete(listener);
    };
  }

  /** A halt of another guard of the same account holds here, too. */
  async impose(halt: Halt): Promise<void> {
    const { audit, logger } = this.#parts;
    const isKnown = this.halts.list().some(({ id }) => id === halt.id);
    const stored = this.halts.impose(halt); // In force from here on.
    if (isKnown) return;
    const { id, level, scope, who, why, source } = halt;
    audit.note({ kind: 'halt', id, level, scope: scopeText(scope), who, reason: why, source });
    logger.error(`guard: ${lineOf(halt)}`);
    await stored;
  }

  /** Cancels what works under a halt of another guard of the same account. @returns whether nothing works any more. */
  async carryOut(halt: Halt): Promise<boolean> {
    return (await this.#cancelUnder(halt)).isDone;
  }

  /**
   * A halt has ended at another guard of the same account.
   *
   * @returns whether it has ended here: not while the file `HALT` lies here.
   */
  async lift(id: string, by: string, reason: string): Promise<boolean> {
    const halt = this.halts.list().find((other) => other.id === id);
    if (halt === undefined) return true;
    if (this.#file?.isThere === true && halt.source === 'auto' && halt.who.startsWith('the file ')) return false;
    await this.halts.lift(id);
    this.#parts.audit.note({ kind: 'resume', id, who: by, reason, scope: scopeText(halt.scope), acceptUnknown: true });
    this.#parts.logger.warn(`guard: ${by} has ended the halt ${id} (${scopeText(halt.scope)}): ${reason}`);
    return true;
  }

  /** Everything but stop and send. */
  drill(): Promise<HaltReport> {
    return this.#procedure({ kind: 'all' }, 'drill', true);
  }

  /** A rule stops somebody, or an account. */
  latch(scope: Scope, level: HaltLevel, rule: string, reason: string): void {
    // The book knows an account by its gateway.
    const of: HaltScope =
      scope.kind === 'account' ? { kind: 'gateway', name: scope.name } : { kind: 'principal', name: scope.name };
    void this.#enforce({ level, scope: of, who: rule, why: reason, source: 'auto' }, level === 'halt');
  }

  /** Cancels what one principal has working. */
  async cancelOf(principal: string, why: string): Promise<void> {
    const report = await this.#procedure({ kind: 'principal', name: principal }, why, false);
    if (!report.isDone) this.#parts.logger.error(`guard: not all orders of ${principal} are cancelled: ${why}`);
  }

  close(): void {
    this.#file?.close();
  }

  async #enforce(request: Parameters<Halts['halt']>[0], cancel: boolean): Promise<HaltOutcome> {
    const { audit, logger } = this.#parts;
    const before = this.halts.list();
    const { stopped } = this.#parts.orders();
    const stored = this.halts.halt({ ...request, keepsOrders: !cancel }); // In force from here on.
    const halt = await stored;
    if (before.includes(halt)) return { halt, report: undefined };
    const { id, level, scope, who, why, source } = halt;
    audit.note({ kind: 'halt', id, level, scope: scopeText(scope), who, reason: why, source });
    logger.error(`guard: ${lineOf(halt)}`);
    this.#parts.alert(haltAlert(halt));
    if (!cancel) return { halt, report: undefined };
    const report = await this.#cancelUnder(halt, stopped);
    for (const listener of this.#carriedOut) listener(id, report.isDone);
    return { halt, report };
  }

  /** @param stopped - orders that had been stopped when the halt began. */
  async #cancelUnder({ id, scope, why }: Halt, stopped: number = this.#parts.orders().stopped): Promise<HaltReport> {
    const { audit } = this.#parts;
    const found = await this.#procedure(scope, `halt ${id}: ${why}`, false);
    // What waited for the disk has looked at this halt by itself, most of it before the procedure began.
    const report = { ...found, withdrawn: this.#parts.orders().stopped - stopped };
    audit.note({
      kind: 'halt',
      id,
      outcome: report.isDone ? 'passed' : 'unknown',
      withdrawn: report.withdrawn,
      cancelled: report.cancelled.length,
      failed: report.failed.length,
      unknown: report.unknown,
    });
    if (!report.isDone) this.#parts.alert(haltIncompleteAlert(id, report.failed.length, report.unknown.length));
    return report;
  }

  async #procedure(scope: HaltScope, why: string, drill: boolean): Promise<HaltReport> {
    const { engines, orders, book, audit } = this.#parts;
    const engine = haltEngine({ engines: engines(), orders: orders(), book, audit, why });
    return haltProcedure(engine, {
      covers: (order) => this.#covers(scope, order),
      drill,
      clock: { now: () => performance.now(), after: (ms, call) => this.#clock.after(ms, call) },
    });
  }

  #covers(scope: HaltScope, { gateway_name: gateway, vt_symbol: symbol, vt_orderid: id }: OrderData): boolean {
    const { book, ruling } = this.#parts;
    const owner = book.ownerOf(id);
    switch (scope.kind) {
      case 'all':
        return true;
      case 'principal':
        return owner === scope.name;
      case 'role':
        return owner !== undefined && ruling().policy.principals.get(owner)?.roles.includes(scope.name) === true;
      case 'gateway':
        return gateway === scope.name;
      case 'account':
        return scope.name === gateway || scope.name.startsWith(`${gateway}.`);
      case 'symbol':
        return this.#matches(scope.pattern, symbol);
    }
  }

  #matches(pattern: Pattern, symbol: string): boolean {
    let matcher = this.#patterns.get(pattern);
    if (matcher === undefined) {
      if (this.#patterns.size >= MAX_PATTERNS) this.#patterns.clear();
      this.#patterns.set(pattern, (matcher = compilePattern(pattern)));
    }
    return matcher.matches(symbol);
  }

  /** @throws GuardError for a principal of the policy that has not this right. */
  #check(by: string, right: Right): void {
    const rights = this.#parts.ruling().rightsOf(by);
    if (rights !== undefined && !rights.has(right))
      throw new GuardError('function', `${by} has not the right "${right}"`);
  }
}

function lineOf({ id, level, scope, who, why }: Halt): string {
  return `${level} ${id} (${scopeText(scope)}) by ${who}: ${why}`;
}
