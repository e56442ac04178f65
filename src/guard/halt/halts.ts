/**
 * The halts in force.
 *
 * A halt holds from the turn in which it is asked for. The disk comes second, and when it fails the halt holds all the same.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { messageOf } from '../../errors.js';
import type { Pattern, Right } from '../policy/policy.js';
import type { Stored } from '../state/store.js';
import { HaltError } from './errors.js';
import { holdsFor, scopeText } from './halt.js';
import type { Halt, HaltLevel, HaltScope, HaltSubject } from './halt.js';
import { readHalts } from './stored.js';
import type { StoredHalts } from './stored.js';

/** What is asked for. */
export interface HaltRequest {
  readonly level: HaltLevel;
  readonly scope: HaltScope;
  /** The principal, or the rule. */
  readonly who: string;
  readonly why: string;
  readonly source: 'hand' | 'auto';
  /** In ms since the epoch. Only of automatic ones. */
  readonly until?: number;
  /** What works is not cancelled. Default false. */
  readonly keepsOrders?: boolean;
}

/** Who wants to end a halt. */
export interface Resumer {
  readonly who: string;
  readonly roles: readonly string[];
  readonly rights: readonly Right[];
}

/** What halts work with. */
export interface HaltsOptions {
  readonly store: { read(): Promise<Stored>; write(value: unknown): Promise<void> };
  /** Whether the guard has run here before: then its halts must be there as well. */
  readonly hasRun: boolean;
  /** Whether a pattern matches a vt_symbol. */
  readonly match: (pattern: Pattern, symbol: string) => boolean;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Why nothing may be resumed now; undefined when it may. */
  readonly heldBy?: () => string | undefined;
  /** How many persons have to say that a halt ends. Default: 1. */
  readonly persons?: () => number;
  /** A halt holds and is not on the disk: it would not survive a restart. */
  readonly onProblem: (message: string) => void;
  /** Halts have begun or ended by somebody's act here, and hold or hold no more. */
  readonly onChange?: (change: HaltChange) => void;
  /** Another list of halts holds, whoever has changed it. Called in that turn. */
  readonly onList?: () => void;
}

/** What has changed. */
export interface HaltChange {
  readonly began: readonly Halt[];
  readonly ended: readonly Halt[];
}

/** Above it, one halt of all takes the place of more. */
const MOST = 1000;
const NONE: readonly Halt[] = [];
/** How long a first person's word holds, in ms. */
const SECOND_WITHIN = 10 * 60_000;

/** The halts of one guard. */
export class Halts {
  readonly #options: HaltsOptions;
  /** Replaced whole, so that a decision sees one list. */
  #halts: readonly Halt[] = NONE;
  #isStored = true;
  #stores = 0;
  /** Who has said of a halt that it ends, where two have to. A restart forgets it. */
  readonly #approvals = new Map<string, { readonly who: string; readonly at: number }>();

  private constructor(options: HaltsOptions) {
    this.#options = options;
  }

  /** Reads the halts of the last run. Where they are missing or cannot be read though there was one, all is halted. */
  static async open(options: HaltsOptions): Promise<Halts> {
    const halts = new Halts(options);
    const stored = await options.store.read();
    const read = stored.kind === 'value' ? readHalts(stored.value) : undefined;
    if (read !== undefined) {
      halts.#halts = read;
    } else if (stored.kind !== 'missing' || options.hasRun) {
      const why =
        stored.kind === 'missing'
          ? 'the file of halts is missing, though the guard has run here before'
          : stored.kind === 'unreadable'
            ? stored.reason
            : 'the file of halts does not hold halts';
      const scope = { kind: 'all' } as const;
      await halts.halt({ level: 'halt', scope, who: 'guard', why, source: 'auto', keepsOrders: true });
    } else {
      await halts.#store();
    }
    return halts;
  }

  /** All that are in force, oldest first. */
  list(): readonly Halt[] {
    this.#dropEnded();
    return this.#halts;
  }

  /** Whether all of them would survive a restart. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** The strictest level that holds; undefined for none. */
  levelFor(subject: HaltSubject): HaltLevel | undefined {
    return this.#halts.length === 0 ? undefined : this.haltFor(subject)?.level;
  }

  /** The strictest halt that holds, the oldest of these. */
  haltFor(subject: HaltSubject): Halt | undefined {
    if (this.#halts.length === 0) return undefined;
    const now = this.#options.now();
    let found: Halt | undefined;
    for (const halt of this.#halts) {
      if (halt.until !== undefined && halt.until <= now) continue;
      if (!holdsFor(halt.scope, subject, this.#options.match)) continue;
      if (halt.level === 'halt') return halt;
      found ??= halt;
    }
    return found;
  }

  /**
   * Halts. It is in force before this returns its promise. That resolves when the halt is on the disk, too, or could not be
   * written there (`isStored` is false then). An automatic one that is there already is given back. Never rejects.
   */
  async halt(request: HaltRequest): Promise<Halt> {
    const before = this.#halts;
    const halt = this.#add(request);
    if (!before.includes(halt)) this.#options.onChange?.({ began: [halt], ended: NONE });
    await this.#store();
    return halt;
  }

  /** Takes a halt of elsewhere, as it is. In force at once. Never rejects. @returns whether it is new here. */
  async impose(halt: Halt): Promise<boolean> {
    if (this.#halts.some(({ id }) => id === halt.id)) return false;
    this.#change([...this.#halts, Object.freeze({ ...halt })]);
    await this.#store();
    return true;
  }

  /** A halt of elsewhere has ended there, by whoever may end it. @returns whether it was here. */
  async lift(id: string): Promise<boolean> {
    const left = this.#halts.filter((halt) => halt.id !== id);
    if (left.length === this.#halts.length) return false;
    this.#change(left);
    await this.#store();
    return true;
  }

  /**
   * Ends a halt.
   *
   * @param id - of the halt, or `all`.
   * @throws {@link HaltError}; all is as before then.
   */
  async resume(id: string, by: Resumer, reason: string): Promise<readonly Halt[]> {
    const ending = this.#halts.filter((halt) => id === 'all' || halt.id === id);
    if (ending.length === 0 && id !== 'all') throw new HaltError('UNKNOWN_HALT', `there is no halt ${id}`);
    this.#checkResume(ending, by, reason);
    if ((this.#options.persons?.() ?? 1) > 1) this.#checkSecond(ending, by);
    const left = this.#halts.filter((halt) => !ending.includes(halt));
    const stores = this.#stores;
    try {
      // First the disk: an end that a restart forgets would be told and not be true.
      await this.#options.store.write(storedOf(left));
    } catch (error) {
      throw new HaltError('NOT_STORED', `the halt stays, because its end cannot be written: ${messageOf(error)}`, {
        cause: error,
      });
    }
    this.#change(this.#halts.filter((halt) => !ending.includes(halt)));
    // What was asked for meanwhile was written with the ones that end here.
    if (this.#stores !== stores) await this.#store();
    this.#options.onChange?.({ began: NONE, ended: ending });
    return ending;
  }

  #checkResume(ending: readonly Halt[], by: Resumer, reason: string): void {
    if (!by.rights.includes('resume')) throw new HaltError('NOT_ALLOWED', `${by.who} has not the right "resume"`);
    const own = ending.find(({ scope }) => isOwn(scope, by));
    if (own !== undefined) {
      throw new HaltError(
        'NOT_ALLOWED',
        `${by.who} is stopped by ${own.id} (${scopeText(own.scope)}): another one has to end it`,
      );
    }
    if (reason.trim() === '') throw new HaltError('NO_REASON', 'to resume, say why');
    const held = this.#options.heldBy?.();
    if (held !== undefined) throw new HaltError('HELD', held);
  }

  /** Ends nothing before another person has said the same, a moment ago. */
  #checkSecond(ending: readonly Halt[], { who }: Resumer): void {
    const now = this.#options.now();
    for (const [id, { at }] of this.#approvals) if (!(Math.abs(now - at) < SECOND_WITHIN)) this.#approvals.delete(id);
    const alone = ending.filter(({ id }) => (this.#approvals.get(id)?.who ?? who) === who);
    if (alone.length === 0) {
      for (const { id } of ending) this.#approvals.delete(id);
      return;
    }
    for (const { id } of alone) this.#approvals.set(id, { who, at: now });
    throw new HaltError(
      'SECOND_PERSON',
      `${who} has said so, and by the policy two persons have to: another one resumes within ${SECOND_WITHIN / 60_000} minutes`,
    );
  }

  #add({ level, scope, who, why, source, until, keepsOrders = false }: HaltRequest): Halt {
    this.#dropEnded();
    const same = this.#halts.find(
      (halt) =>
        source === 'auto' &&
        halt.source === 'auto' &&
        halt.level === level &&
        halt.who === who &&
        halt.until === until &&
        scopeText(halt.scope) === scopeText(scope),
    );
    if (same !== undefined) return same;

    const isTooMany = this.#halts.length >= MOST;
    const halt: Halt = Object.freeze({
      id: randomUUID().slice(0, 8),
      level: isTooMany ? 'halt' : level,
      scope: isTooMany ? { kind: 'all' as const } : scope,
      who,
      why: isTooMany ? `there are ${MOST} halts already; the next was for ${scopeText(scope)}: ${why}` : why,
      when: this.#options.now(),
      source,
      ...(until === undefined || source === 'hand' ? {} : { until }),
      ...(keepsOrders ? { keepsOrders } : {}),
    });
    const widest = this.#halts.find(
      ({ level: other, scope: { kind }, until: end }) => other === 'halt' && kind === 'all' && end === undefined,
    );
    if (isTooMany && widest !== undefined) return widest;
    this.#change([...this.#halts, halt]);
    return halt;
  }

  #change(halts: readonly Halt[]): void {
    this.#halts = halts;
    this.#options.onList?.();
  }

  async #store(): Promise<void> {
    this.#stores++;
    try {
      await this.#options.store.write(storedOf(this.#halts));
      this.#isStored = true;
    } catch (error) {
      this.#isStored = false;
      this.#options.onProblem(
        `halts hold, but cannot be written, and a restart would not know of them: ${messageOf(error)}`,
      );
    }
  }

  #dropEnded(): void {
    if (this.#halts.length === 0) return;
    const now = this.#options.now();
    const left = this.#halts.filter(({ until }) => until === undefined || until > now);
    if (left.length < this.#halts.length) this.#change(left);
  }
}

function storedOf(halts: readonly Halt[]): StoredHalts {
  return { version: 1, halts };
}

function isOwn(scope: HaltScope, { who, roles }: Resumer): boolean {
  if (scope.kind === 'principal') return scope.name === who;
  return scope.kind === 'role' && roles.includes(scope.name);
}
