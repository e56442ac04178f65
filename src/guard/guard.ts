/**
 * The guard: who may do what with an engine, how much, and what was done.
 *
 * @module
 */
import { VNPY_FUNCTIONS } from '../vnpy/internal.js';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { messageOf } from '../errors.js';
import type { AccessControl, Logger } from '../rpc/index.js';
import type { EngineGuard, Event, GuardedAddresses, TradingEngine } from '../vnpy/index.js';
import type { Alert } from './alert/alert.js';
import {
  auditDownAlert,
  auditUpAlert,
  clockJumpAlert,
  foreignOrderAlert,
  policyRefusedAlert,
  policyTakenAlert,
} from './alert/guard-alerts.js';
import { GuardWatch } from './alert/watch.js';
import type { AuditHealth } from './audit/health.js';
import type { AuditLog } from './audit/log.js';
import { adopt } from './core/adopted.js';
import type { AdoptedOrder } from './core/adopted.js';
import { Absence } from './core/absence.js';
import { noTrail, trailOf } from './core/audit-trail.js';
import type { AuditTrail } from './core/audit-trail.js';
import { Connections } from './core/connections.js';
import { controlDesk } from './core/control-desk.js';
import { Decisions } from './core/decisions.js';
import { explainCall } from './core/explaining.js';
import type { ExplainedCall } from './core/explaining.js';
import { Feed } from './core/feed.js';
import { GuardedEngine } from './core/guarded-engine.js';
import { Halting } from './core/halting.js';
import type { HaltOrder, HaltOutcome, ResumeOrder, SharedHalts } from './core/halting.js';
import { Keeper } from './core/keeper.js';
import { lockFolder, openAudit } from './core/opening.js';
import { Orders } from './core/orders.js';
import { RefusalNotes } from './core/refusal-notes.js';
import { recover } from './core/recovery.js';
import type { Recovered } from './core/recovery.js';
import { errorOf, nobody, Ruling } from './core/ruling.js';
import { Searches } from './core/searches.js';
import { Sight } from './core/sight.js';
import { basePositions } from './core/base-positions.js';
import type { GuardAudit, GuardStatus } from './core/status.js';
import { GuardError } from './errors.js';
import { listenControl } from './halt/control.js';
import type { Control } from './halt/control.js';
import type { Halt } from './halt/halt.js';
import type { HaltReport } from './halt/procedure.js';
import { RiskBook } from './limits/index.js';
import { GUARD_OPTIONS } from './options.js';
import type { GuardOptions } from './options.js';
import { PolicyFile } from './policy/file.js';
import type { PolicyChange } from './policy/file.js';
import type { Policy } from './policy/policy.js';
import { policyOf } from './policy/read.js';
import { policyWarnings } from './policy/warnings.js';
import type { Explanation } from './rights/explain.js';
import type { ViewContext } from './rights/views.js';
import type { StateLock } from './state/lock.js';
import { StateStore } from './state/store.js';

/** A new audit begins with its start and an anchor. */
const FIRST_LINES = 2;

/** How long answers of orders that have left are waited for at the end, in ms. */
const LAST_ANSWERS = 2000;

const VNPY: ReadonlySet<string> = new Set(VNPY_FUNCTIONS);

/** What was opened before there is a guard. */
interface Opened {
  readonly file: PolicyFile | undefined;
  readonly policy: Policy;
  readonly folder: string | undefined;
  readonly lock: StateLock | undefined;
  readonly log: AuditLog | undefined;
  readonly logger: Logger;
  readonly refuseOrders: 'empty' | 'exception';
  readonly onAlert: ((alert: Alert) => void) | undefined;
}

/**
 * One policy for every front: RPC servers, relays, consoles.
 *
 * @example
 * ```ts no-run
 * const guard = await Guard.open('guard.json');
 * const service = new RpcService(engine, { guard });
 * await service.start();
 * ```
 */
export class Guard implements EngineGuard {
  readonly access: AccessControl;
  readonly refuseOrders: 'empty' | 'exception';
  readonly #logger: Logger;
  readonly #file: PolicyFile | undefined;
  readonly #folder: string | undefined;
  readonly #lock: StateLock | undefined;
  readonly #log: AuditLog | undefined;
  readonly #watch: GuardWatch;
  readonly #trail: AuditTrail;
  readonly #book: RiskBook;
  readonly #orders: Orders;
  readonly #searches: Searches;
  readonly #sight: Sight;
  readonly #connections: Connections;
  readonly #absence: Absence;
  readonly #decisions = new Decisions();
  readonly #keeper: Keeper;
  readonly #halting: Halting;
  readonly #view: ViewContext;
  readonly #feeds = new Map<TradingEngine, Feed>();
  readonly #engines = new Map<TradingEngine, Map<string, GuardedEngine>>();
  readonly #haltListeners = new Set<() => void>();
  #ruling: Ruling;
  /** Names of functions beyond vnpy's. */
  #functions: readonly string[] = [];
  /** Orders of the last run whose end is not known. */
  #lost: Recovered[] = [];
  #policyError: string | undefined;
  #reloads = { taken: 0, refused: 0 };
  #control: Control | undefined;
  #closing: Promise<void> | undefined;

  private constructor(opened: Opened) {
    const { file, policy, folder, lock, log, logger } = opened;
    this.#file = file;
    this.#lock = lock;
    this.#folder = folder;
    this.#log = log;
    this.#logger = logger;
    this.refuseOrders = opened.refuseOrders;
    this.#ruling = new Ruling(policy, 1, [], Date.now);
    this.#trail = log === undefined ? noTrail(policy.audit === false) : trailOf(log);
    this.#book = new RiskBook({
      clock: { now: Date.now, monotonic: () => performance.now() },
      policy,
      onLatch: ({ scope, level, rule, reason }) => {
        this.#halting.latch(scope, level, rule, reason);
      },
      onClock: (jump) => {
        logger.error(`guard: the clock of this machine has jumped by ${Math.round(jump / 1000)} s`);
        this.#trail.note({ kind: 'policy', reason: `the clock has jumped by ${jump} ms` });
        this.#watch.tell(clockJumpAlert(jump));
      },
      onForeign: (gateway, vtSymbol) => {
        this.#watch.tell(foreignOrderAlert(gateway, vtSymbol));
      },
    });
    this.#watch = new GuardWatch({
      tell: opened.onAlert,
      unknowns: () => this.#book.unknowns(),
      now: Date.now,
      logger,
    });
    const ruling = (): Ruling => this.#ruling;
    this.#view = {
      ownerOf: (id) => this.#book.ownerOf(id),
      accountOf: (gateway) => this.#accountOf(gateway),
    };
    this.#sight = new Sight({ ruling, view: this.#view });
    this.#searches = new Searches(this.#trail, logger);
    this.#keeper = new Keeper(
      this.#book,
      folder === undefined ? undefined : new StateStore(join(folder, 'counts.json')),
      () => log?.head.seq ?? 0,
      logger,
    );
    this.#halting = new Halting({
      ruling,
      book: this.#book,
      audit: this.#trail,
      logger,
      store: folder === undefined ? undefined : new StateStore(join(folder, 'halts.json')),
      engines: () => [...this.#feeds.keys()],
      orders: () => this.#orders,
      alert: (alert) => {
        this.#watch.tell(alert);
      },
      changed: () => {
        for (const listener of this.#haltListeners) listener();
      },
    });
    this.#orders = new Orders({
      ruling,
      book: this.#book,
      halts: () => this.#halting.halts,
      audit: this.#trail,
      searches: this.#searches,
      sight: this.#sight,
      logger,
      decided: ({ principal, function: name, rule, warnings }) => {
        this.#decisions.count(name, rule);
        this.#keeper.changed();
        this.#watch.warned(principal, warnings);
        if (rule !== undefined) this.#watch.refused(principal, rule);
        for (const { rule: limit, used } of warnings)
          logger.warn(`guard: ${principal} has used ${Math.round(used * 100)} % of ${limit}`);
      },
    });
    this.#absence = new Absence({
      ruling,
      cancelAll: (principal, reason) => {
        void this.#halting.cancelOf(principal, reason);
      },
    });
    const notes = new RefusalNotes(this.#trail, () => performance.now());
    this.#connections = new Connections({
      ruling,
      now: Date.now,
      refused: (principal, name, rule, reason) => {
        this.#decisions.count(name, rule);
        this.#watch.refused(principal, rule);
        notes.note(principal, name, rule, reason);
      },
      away: (principal) => {
        this.#absence.away(principal);
      },
      back: (principal) => {
        this.#absence.back(principal);
      },
    });
    this.access = this.#connections;
  }

  /**
   * Opens a guard.
   *
   * @param policy - The path of a policy's file, which is watched, or a policy as an object.
   * @throws PolicyError with all faults of the policy. AuditError, StateError or the system's error where a file cannot be used.
   */
  static async open(policy: string | object, options: GuardOptions = {}): Promise<Guard> {
    const { state, control, refuseOrders, onAlert, logger } = GUARD_OPTIONS.resolve(options);
    let guard: Guard | undefined;
    const ends: (() => Promise<unknown>)[] = [];
    try {
      const file =
        typeof policy === 'string'
          ? await PolicyFile.open(policy, {
              onChange: (change) => {
                if (guard !== undefined) guard.#reloaded(change);
              },
              onWarning: (warning) => {
                logger.warn(`guard: ${warning}`);
              },
            })
          : undefined;
      if (file !== undefined) ends.push(() => file.close());
      const read = file?.policy ?? policyOf(policy as object);
      const folder = state ?? (file === undefined ? undefined : defaultState(file.path));
      const home = file === undefined ? (folder ?? process.cwd()) : dirname(file.path);
      const lock = folder === undefined ? undefined : await lockFolder(folder);
      if (lock !== undefined) ends.push(() => lock.release());
      const log = await openAudit(read, home, logger, (health) => {
        if (guard !== undefined) guard.#audited(health);
      });
      if (log !== undefined) ends.push(() => log.close());
      guard = new Guard({ file, policy: read, folder, lock, log, logger, refuseOrders, onAlert });
      ends.length = 0;
      await guard.#begin(file === undefined ? undefined : join(dirname(file.path), 'HALT'), control);
      return guard;
    } catch (error) {
      for (const end of ends.reverse()) await end().catch(() => undefined);
      await guard?.close();
      throw error;
    }
  }

  /** The policy that holds. */
  get policy(): Policy {
    return this.#ruling.policy;
  }

  /** The audit; undefined where the policy has none. */
  get audit(): GuardAudit | undefined {
    return this.#log;
  }

  get nameless(): string | undefined {
    return this.#connections.nameless;
  }

  get addresses(): readonly GuardedAddresses[] {
    return [...this.#ruling.policy.principals.values()].flatMap(({ listen, curveKeys, plainUser }) => {
      if (listen === undefined) return [];
      const proofs = [
        ...(curveKeys.length > 0 ? (['curve'] as const) : []),
        ...(plainUser === undefined ? [] : (['plain'] as const)),
      ];
      const { request: reply, subscribe: topicFrame, subscribePair: pair } = listen;
      return [{ reply, topicFrame, pair, mechanisms: proofs.length > 0 ? proofs : (['null'] as const) }];
    });
  }

  async attach(engine: TradingEngine, functions: readonly string[] = []): Promise<void> {
    const added = functions.filter((name) => !VNPY.has(name) && !this.#functions.includes(name));
    if (added.length > 0) {
      this.#functions = [...this.#functions, ...added];
      this.#rule(this.#ruling.policy, this.#ruling.generation);
      const known = policyWarnings(this.#ruling.policy);
      for (const warning of policyWarnings(this.#ruling.policy, this.#functions))
        if (!known.includes(warning)) this.#logger.warn(`guard: ${warning}`);
    }
    await this.#feedOf(engine).ready;
  }

  engineFor(principal: string, engine: TradingEngine): GuardedEngine {
    if (this.#ruling.rightsOf(principal) === undefined) throw errorOf(nobody(principal));
    const guarded = this.#engines.get(engine) ?? new Map<string, GuardedEngine>();
    this.#engines.set(engine, guarded);
    const known = guarded.get(principal);
    if (known !== undefined) return known;
    const made = new GuardedEngine({
      desk: { principal, engine, feed: this.#feedOf(engine) },
      orders: this.#orders,
      sight: this.#sight,
      rights: () => this.#ruling.rightsOf(principal),
      view: this.#view,
    });
    guarded.set(principal, made);
    return made;
  }

  sees(principal: string, event: Event): boolean {
    return this.#sight.sees(principal, event);
  }

  onLate(listener: (principal: string, event: Event) => void): () => void {
    return this.#sight.onLate(listener);
  }

  /** The name of the principal that a user of the console is; undefined for nobody. */
  principalOfWebUser(user: string): string | undefined {
    const found = this.#ruling.principals.byWebUser(user);
    return 'refused' in found ? undefined : found.name;
  }

  /** Whether a principal may call a function of vnpy's, whatever the arguments. */
  mayCall(principal: string, name: string): boolean {
    const rights = this.#ruling.rightsOf(principal);
    return rights !== undefined && rights.mayCall(name) === undefined;
  }

  /** Whether a principal has one of the rights beside functions: `halt`, `resume`, `flatten`, `audit`, `users`. */
  has(principal: string, right: 'halt' | 'resume' | 'flatten' | 'audit' | 'users'): boolean {
    return this.#ruling.rightsOf(principal)?.has(right) === true;
  }

  /**
   * Stops trading: first no new orders, then cancels what works. Resolves when it is done, or the time for it is over. `isDone`
   * says which.
   *
   * @throws GuardError where `by` is a principal without the right.
   */
  halt(order: HaltOrder): Promise<HaltOutcome> {
    return this.#halting.halt(order);
  }

  /**
   * Ends a halt, or all.
   *
   * @returns the halts that were ended.
   * @throws HaltError where it may not be ended, with the reason.
   */
  resume(order: ResumeOrder): Promise<readonly Halt[]> {
    return this.#halting.resume(order);
  }

  /** The halts of this guard, as those of other guards of the same account are connected with them. */
  get sharedHalts(): SharedHalts {
    const halting = this.#halting;
    return {
      list: () => halting.halts.list(),
      onChange: (listener) => halting.onChange(listener),
      onCarriedOut: (listener) => halting.onCarriedOut(listener),
      impose: (halt) => halting.impose(halt),
      carryOut: (halt) => halting.carryOut(halt),
      lift: (id, by, reason) => halting.lift(id, by, reason),
      rolesOf: (principal) => this.#ruling.rightsOf(principal)?.roles.map(({ role }) => role.name) ?? [],
    };
  }

  /**
   * Takes orders that another guard of the same account has let through. They are counted and reserved here, and what the server
   * lists is taken anew. Resolves when this is on the disk. The same orders may be given again.
   *
   * @throws the engine's error where it does not list its state, the system's where the counts cannot be written.
   */
  async adoptOrders(orders: readonly AdoptedOrder[]): Promise<void> {
    adopt(orders, this.#book, this.#ruling);
    for (const feed of this.#feeds.values()) await feed.refresh();
    await this.#keeper.saved();
  }

  /** Tells when a halt has begun or ended, in that turn: `status().halts` has those that hold then. @returns what ends it. */
  onHalt(listener: () => void): () => void {
    this.#haltListeners.add(listener);
    return () => {
      this.#haltListeners.delete(listener);
    };
  }

  /** What a halt would do: everything but stop and send. */
  drill(): Promise<HaltReport> {
    return this.#halting.drill();
  }

  /**
   * A person says that an order whose outcome is unknown is over.
   *
   * @param id - of the reservation, or the order's reference or vt_orderid.
   * @returns whether there was one.
   */
  release(id: string, by: string, reason: string): boolean {
    const found = this.#book
      .unknowns()
      .find((unknown) => unknown.id === id || unknown.reference === id || unknown.vtOrderid === id);
    if (found === undefined || !this.#book.release(found.id)) return false;
    this.#trail.note({ kind: 'released', id: found.id, who: by, reason });
    this.#keeper.changed();
    return true;
  }

  /**
   * A person says what is true: that the server's balance and positions of a gateway are right, or what a principal's own
   * positions are. Losses begin at 0.
   *
   * @param of - a gateway, or a principal.
   * @param positions - of a principal: lots by `GATEWAY.vt_symbol.long` or `.short`.
   * @throws GuardError for what is neither, or a position that is none.
   */
  baseline(of: string, positions: Readonly<Record<string, number>>, by: string, reason: string): void {
    if (this.#ruling.policy.principals.has(of)) this.#book.baselinePrincipal(of, basePositions(positions));
    else if ([...this.#feeds.values()].some((feed) => feed.hasGateway(of))) this.#book.baselineAccount(of);
    else throw new GuardError('account', `there is no principal and no gateway ${JSON.stringify(of)}`);

    this.#trail.note({ kind: 'baseline', of, positions, who: by, reason });
    this.#keeper.changed();
  }

  /** How things are, now. */
  status(): GuardStatus {
    const { policy, generation } = this.#ruling;
    return {
      policy: {
        file: this.#file?.path,
        hash: policy.hash,
        generation,
        error: this.#policyError,
        reloads: this.#reloads,
      },
      state: this.#folder,
      halts: this.#halting.halts.list(),
      unknown: this.#book.unknowns(),
      connected: Object.fromEntries(this.#connections.connected),
      decisions: this.#decisions.list(),
      audit:
        this.#log === undefined
          ? undefined
          : { file: this.#log.path, health: this.#log.health, head: this.#log.head, ...this.#log.stats },
    };
  }

  /**
   * Explains how a call of a principal would be decided now. Nothing is sent, reserved or counted.
   *
   * @throws GuardError `principal` for nobody of the policy.
   */
  explain(principal: string, call: ExplainedCall): Explanation {
    const feeds = [...this.#feeds.values()];
    const feed = feeds.find((each) => each.hasGateway(call.gatewayName ?? '')) ?? feeds[0];
    return explainCall(principal, call, {
      ...{ ruling: this.#ruling, functions: this.#functions, book: this.#book, halts: this.#halting.halts },
      ...{ audit: this.#trail, feed },
    });
  }

  /** Ends the guard: nothing is sent through it any more. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #begin(haltFile: string | undefined, control: string | undefined): Promise<void> {
    // An audit without counts: somebody has taken the counts away, and with them the halts.
    const known = (await this.#keeper.restore()) ?? (this.#hasAuditedBefore() ? 0 : undefined);
    await this.#recover(known);
    if (this.#log !== undefined && this.#log.health !== 'ok') this.#audited(this.#log.health);
    await this.#keeper.save();
    await this.#halting.open({ hasRun: known !== undefined, file: haltFile });
    if (control !== undefined) this.#control = await listenControl({ address: control, handle: controlDesk(this) });
    for (const warning of policyWarnings(this.#ruling.policy)) this.#logger.warn(`guard: ${warning}`);
  }

  #hasAuditedBefore(): boolean {
    return (this.#log?.head.seq ?? 0) > FIRST_LINES;
  }

  /** Orders behind the newest counts that were kept: their end is asked for once their engine is attached. */
  async #recover(known: number | undefined): Promise<void> {
    if (known === undefined || this.#log === undefined) return;
    this.#lost = [...(await recover(this.#log.path, known, this.#book, this.#ruling))];
    if (this.#lost.length > 0)
      this.#logger.warn(`guard: of ${this.#lost.length} orders of the last run it is not known what became of them`);
  }

  /** An engine that can be asked is asked. */
  #search(engine: TradingEngine): void {
    for (const { id, principal, reference } of this.#lost.splice(0)) {
      const reservation = this.#book.reservation(id);
      if (reservation !== undefined) this.#searches.begin({ engine, id, principal, reference, reservation });
    }
  }

  #audited(health: AuditHealth): void {
    this.#watch.tell(health === 'ok' ? auditUpAlert() : auditDownAlert(health.failed, health.reason));
  }

  #rule(policy: Policy, generation: number): void {
    this.#ruling = new Ruling(policy, generation, this.#functions, Date.now);
  }

  #reloaded(change: PolicyChange): void {
    if ('error' in change) {
      this.#reloads = { ...this.#reloads, refused: this.#reloads.refused + 1 };
      this.#policyError = change.error.message;
      this.#logger.error(`guard: the policy before it stays: ${change.error.message}`);
      this.#trail.note({ kind: 'policy', outcome: 'refused', reason: change.error.message });
      this.#watch.tell(policyRefusedAlert(change.error.message));
      return;
    }
    const { policy } = change;
    this.#reloads = { ...this.#reloads, taken: this.#reloads.taken + 1 };
    this.#policyError = undefined;
    const before = this.#ruling;
    this.#connections.leave(before);
    this.#rule(policy, before.generation + 1);
    this.#book.setPolicy(policy);
    this.#trail.note({ kind: 'policy', outcome: 'passed', policy: policy.hash });
    this.#watch.tell(policyTakenAlert(policy.hash));
    this.#logger.info(`guard: a new policy holds (${policy.hash.slice(0, 12)})`);
    if (isAudited(policy) !== isAudited({ audit: this.#log === undefined ? false : this.#log.path }))
      this.#logger.warn('guard: a change of "audit" holds after a restart');
    if (this.#ruling.principals.endpoints.some((endpoint) => !before.principals.endpoints.includes(endpoint)))
      this.#logger.warn('guard: a new address of "listen" is served after a restart');
    this.#connections.review();
  }

  #feedOf(engine: TradingEngine): Feed {
    const known = this.#feeds.get(engine);
    if (known !== undefined) return known;
    const feed = new Feed(engine, this.#book, {
      changed: () => {
        this.#keeper.changed();
      },
      link: () => {
        this.#keeper.changed();
      },
    });
    this.#feeds.set(engine, feed);
    void feed.ready.then(
      () => {
        this.#search(engine);
      },
      () => undefined,
    );
    return feed;
  }

  #accountOf(gateway: string): string | undefined {
    for (const feed of this.#feeds.values()) {
      const account = feed.accountOf(gateway);
      if (account !== undefined) return account;
    }
    return undefined;
  }

  async #close(): Promise<void> {
    this.#orders.close();
    // What has left is written down, as far as it is answered in time.
    await this.#orders.settled(LAST_ANSWERS);
    for (const feed of this.#feeds.values()) feed.close();
    this.#connections.close();
    this.#absence.close();
    this.#searches.close();
    this.#watch.close();
    await this.#file?.close();
    this.#halting.close();
    await this.#control?.close();
    await this.#keeper.close();
    try {
      await this.#log?.close();
    } catch (error) {
      this.#logger.error(`guard: the audit could not be closed: ${messageOf(error)}`);
    }
    await this.#lock?.release();
  }
}

function isAudited({ audit }: { readonly audit: unknown }): boolean {
  return audit !== false && audit !== undefined;
}

/** `guard.json` has `guard.state` beside it. */
function defaultState(path: string): string {
  return resolve(dirname(path), `${basename(path, extname(path))}.state`);
}
