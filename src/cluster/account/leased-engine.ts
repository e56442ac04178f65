/**
 * An engine that does something only while its edge holds the account. Every order is written down first, and looked at once
 * more in the turn in which it leaves.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.js';
import { outcomeOf } from '../../guard/internal.js';
import type { GuardedTerms } from '../../guard/internal.js';
import type { Logger } from '../../rpc/index.js';
import { replace } from '../../vnpy/index.js';
import type { CancelRequest, OrderRequest, TradingEngine } from '../../vnpy/index.js';
import { isMarker } from '../../vnpy/internal.js';
import { ClusterError } from '../errors.js';
import type { ClusterClock } from '../transport/clock.js';
import { pause } from './clock.js';
import type { Holding } from './holding.js';
import type { Journal } from './journal.js';
import { LONGEST_KEY } from './journal-entry.js';
import type { Intent, JournalEntry, JournalResult } from './journal-entry.js';
import { PassThrough } from './pass-through.js';
import { answerOf, asOrderError, notActive } from './order-errors.js';
import { SameKey, wanted } from './same-key.js';
import type { Wanted } from './same-key.js';

/** The halts of an account, as an order looks at them. */
export interface HaltLook {
  /** Why an order may not leave; undefined where it may. */
  refusal(order: {
    readonly principal: string;
    readonly gateway: string;
    readonly vt_symbol: string;
    readonly reduces: boolean;
  }): string | undefined;
}

/** What it works with. */
export interface LeasedParts {
  readonly engine: TradingEngine;
  readonly holding: Holding;
  /** Undefined for `journal: 'none'`: then one key may be several orders. */
  readonly journal: Journal | undefined;
  readonly halts: HaltLook;
  readonly clock: ClusterClock;
  readonly logger: Logger;
  /** The name of the edge. */
  readonly edge: string;
  /** Whether an order is answered only when what became of it is written down. */
  readonly waitsForResult: boolean;
}

/** An order on its way. */
interface Sending {
  readonly key: string;
  readonly request: OrderRequest;
  readonly gatewayName: string;
  readonly terms: GuardedTerms;
  readonly wanted: Wanted;
}

/** The engine of an edge. */
export class LeasedEngine extends PassThrough {
  readonly #parts: LeasedParts;
  readonly #underWay = new SameKey();

  constructor(parts: LeasedParts) {
    super(parts.engine);
    this.#parts = parts;
  }

  /**
   * Sends an order, once for each key.
   *
   * @throws SendOrderError. It is `not-sent` or `refused` with a {@link ClusterError} as its cause where the edge says no. It is
   * `unknown` for a key whose order may be at the exchange. Else it is what the engine throws.
   */
  override async sendOrder(given: OrderRequest, gatewayName: string, terms: GuardedTerms = {}): Promise<string> {
    const { key = newKey(), principal = '' } = terms;
    try {
      if (key === '' || key.length > LONGEST_KEY)
        throw new ClusterError('JOURNAL', `a key has 1 to ${LONGEST_KEY} characters, and this one has ${key.length}`);
      const asked = wanted(given, gatewayName, principal);
      const request = given.reference === '' ? replace(given, { reference: `vb-${key}`.slice(0, LONGEST_KEY) }) : given;
      const sending = { key, request, gatewayName, terms, wanted: asked };
      return await this.#underWay.run(key, asked, () => this.#send(sending));
    } catch (error) {
      throw asOrderError(error, given.reference, key);
    }
  }

  override async cancelOrder(request: CancelRequest, gatewayName: string): Promise<void> {
    const { holding } = this.#parts;
    // A question, not a cancel.
    if (!isMarker(gatewayName) && !holding.mayCancel) throw notActive(holding);
    await this.engine.cancelOrder(request, gatewayName);
  }

  /** Whether an order is being sent by this process just now. */
  isUnderWay(key: string): boolean {
    return this.#underWay.has(key);
  }

  /** What is known of an order by its key; undefined where there is none. */
  async findByKey(key: string): Promise<JournalEntry | undefined> {
    return this.#parts.journal?.find(key);
  }

  /** What is known of the orders with a reference, oldest first. */
  async findByReference(reference: string): Promise<readonly JournalEntry[]> {
    const { journal } = this.#parts;
    await journal?.catchUp();
    return journal?.index.withReference(reference) ?? [];
  }

  /**
   * What came of an order that was sent before, with the same key: for whoever stands before the guard. An order must not be
   * judged twice.
   *
   * @returns undefined for a key that is new here.
   * @throws SendOrderError as {@link LeasedEngine.sendOrder} does.
   */
  known(key: string, request: OrderRequest, gatewayName: string, principal: string): string | undefined {
    const entry = this.#parts.journal?.index.get(key);
    if (entry === undefined || entry.result?.outcome === 'not-sent') return undefined;
    try {
      return answerOf(entry, wanted(request, gatewayName, principal));
    } catch (error) {
      throw asOrderError(error, request.reference, key);
    }
  }

  /**
   * Waits for the answers of all orders under way, and until they are written down.
   *
   * @param ms - for how long.
   * @returns whether nothing is under way any more.
   */
  async drain(ms: number): Promise<boolean> {
    const { journal } = this.#parts;
    return (await this.answered(ms)) && ((await journal?.flush(ms)) ?? true);
  }

  /** Waits for the answers of all orders under way, for `ms` at the longest. @returns whether all have come. */
  async answered(ms: number): Promise<boolean> {
    const { clock } = this.#parts;
    const over = new AbortController();
    const isDone = await Promise.race([
      Promise.allSettled(this.#underWay.all).then(() => true),
      pause(clock, ms, over.signal).then(() => false),
    ]);
    over.abort();
    return isDone;
  }

  async #send(sending: Sending): Promise<string> {
    const { holding, journal } = this.#parts;
    this.#check(sending, holding.epoch);
    const { epoch } = holding;
    if (epoch === undefined) throw notActive(holding);
    const intent = this.#intentOf(sending, epoch);
    if (journal === undefined) return this.#leave(sending, epoch, undefined);
    const { entry, isNew } = await journal.intend(intent);
    return isNew ? this.#leave(sending, epoch, entry) : answerOf(entry, sending.wanted);
  }

  /** Looks, and sends in the same turn. */
  async #leave(sending: Sending, epoch: number, entry: JournalEntry | undefined): Promise<string> {
    const { request, gatewayName, terms } = sending;
    let answer: Promise<string>;
    try {
      this.#check(sending, epoch);
    } catch (error) {
      await this.#settle(entry, { outcome: 'not-sent', reason: messageOf(error) });
      throw error;
    }
    try {
      const { deadline } = terms;
      answer = Promise.resolve(
        this.engine.sendOrder(request, gatewayName, deadline === undefined ? undefined : { deadline }),
      );
      const vtOrderid = await answer;
      await this.#settle(entry, vtOrderid === '' ? { outcome: 'refused', reason: '' } : { outcome: 'sent', vtOrderid });
      return vtOrderid;
    } catch (error) {
      await this.#settle(entry, { outcome: outcomeOf(error), reason: messageOf(error) });
      throw error;
    }
  }

  /** @throws {@link ClusterError} where the order may not leave now. */
  #check({ request, gatewayName, terms }: Sending, epoch: number | undefined): void {
    const { holding, clock, halts } = this.#parts;
    const { deadline = Infinity, reduces = false, isExit = false, principal = '' } = terms;
    if (holding.epoch !== epoch || !holding.mayReduce) throw notActive(holding);
    if (!holding.mayOrder && !reduces) {
      throw new ClusterError(
        'RECOVERING',
        `the edge has just taken the account over, and takes cancels and provable reductions only: ${holding.reason}`,
      );
    }
    const halted = isExit
      ? undefined
      : halts.refusal({ principal, gateway: gatewayName, vt_symbol: request.vt_symbol, reduces });
    if (halted !== undefined) throw new ClusterError('HALTED', halted);
    const late = clock.now() - deadline;
    if (late >= 0) throw new ClusterError('EXPIRED', `the deadline of the order is over since ${Math.ceil(late)} ms`);
  }

  async #settle(entry: JournalEntry | undefined, result: JournalResult): Promise<void> {
    const { journal, waitsForResult } = this.#parts;
    if (entry === undefined || journal === undefined) return;
    const written = journal.settle(entry, result);
    if (waitsForResult) await written;
  }

  #intentOf({ key, request, gatewayName, terms, wanted: { order, principal } }: Sending, epoch: number): Intent {
    const { clock, edge } = this.#parts;
    const id = terms.id ?? randomBytes(8).toString('hex');
    const { reference } = request;
    return { key, id, principal, edge, epoch, at: clock.wall(), gateway: gatewayName, reference, order };
  }
}

/** A key that no other order has. */
function newKey(): string {
  return `${Date.now().toString(36)}-${randomBytes(8).toString('hex')}`;
}
