/**
 * When orders and trades are compared with the server's without anything having been lost for certain.
 *
 * Neither ZeroMQ nor vnpy tells of an event that was dropped: only a comparison shows it.
 *
 * @module
 */
import { MAX_DELAY } from '../../rpc/internal.js';
import type { Found } from './snapshot.js';
import type { ResyncReport } from './types.js';

/** Comparisons at an interval are kept apart by so many times what the answers took, so that a server has its time for itself. */
const REST = 100;
/** By what part of itself an interval is longer or shorter, by chance: many clients do not ask at the same moment. */
const JITTER = 0.2;
/** How long an order call that is out may postpone a comparison, in ms. */
const POSTPONEMENT = 5000;

/** The least time from a comparison that something gave reason for to the next such one, in ms. */
const PACE = 5000;
/** The same, in times of what the answers took. */
const PACE_BY_ANSWERS = 10;
/** And the most that this makes, in ms. */
const MAX_PACE = 30_000;

type Reason = ResyncReport['reason'];
type Trigger = Extract<Reason, 'paused' | 'suspicious'>;

/** A comparison of orders and trades that came to its end. */
export interface Compared {
  readonly reasons: ReadonlySet<Reason>;
  /** It is the first snapshot, or the first one after a loss: what it leaves is how things stand. */
  readonly isFresh: boolean;
  /** When it began, by performance.now(). */
  readonly begun: number;
  /** What the server took for the answers, in ms. */
  readonly took: number;
  readonly missed: Found['missed'];
  readonly vanished: Found['vanished'];
}

/** What the comparisons need of the gateway. */
export interface ComparisonsContext {
  /** From one comparison to the next, in ms; infinite for never. */
  readonly interval: number;
  /** Compares as soon as nothing else is compared. */
  compare(reason: Reason): void;
}

/** Asks for comparisons from the first snapshot to {@link Comparisons.stop}. */
export class Comparisons {
  readonly #context: ComparisonsContext;
  #state: 'new' | 'on' | 'stopped' = 'new';
  #took = 0;
  #regular: NodeJS.Timeout | undefined;
  /** Orders and cancels that the server has not answered. */
  #orderCalls = 0;
  /** A comparison is due, and waits for those calls. */
  #isPostponed = false;

  readonly #triggers = new Set<Trigger>();
  #triggered: NodeJS.Timeout | undefined;
  /** When the next trigger may have its comparison, by performance.now(). */
  #nextForTrigger = -Infinity;
  /** After a pause, the publisher's queue is full for a moment yet: it is compared once more. */
  #owesAnother = false;

  constructor(context: ComparisonsContext) {
    this.#context = context;
  }

  stop(): void {
    this.#state = 'stopped';
    clearTimeout(this.#regular);
    clearTimeout(this.#triggered);
  }

  /** The process stood still. */
  paused(): void {
    this.#owesAnother = true;
    this.#trigger('paused');
  }

  /** What has come does not fit together. */
  suspicious(): void {
    this.#trigger('suspicious');
  }

  /**
   * An order or a cancel leaves.
   *
   * @returns To be called once it is answered.
   */
  orderCall(): () => void {
    this.#orderCalls++;
    let isOut = true;
    return () => {
      if (!isOut) return;
      isOut = false;
      this.#orderCalls--;
      if (this.#orderCalls === 0 && this.#isPostponed) this.#compareRegularly();
    };
  }

  compared({ reasons, took, missed, vanished }: Compared): void {
    if (this.#state === 'stopped') return;
    this.#state = 'on';
    this.#took = took;
    this.#plan();
    const trigger = (['paused', 'suspicious'] as const).find((reason) => reasons.has(reason));
    if (trigger === undefined) return;
    this.#nextForTrigger = performance.now() + Math.max(PACE, Math.min(PACE_BY_ANSWERS * took, MAX_PACE));
    const found = [missed.order, missed.trade, vanished.order, vanished.trade].some((list) => list.length > 0);
    if (!found && !(trigger === 'paused' && this.#owesAnother)) return;
    this.#owesAnother = false;
    // Where something was lost, more may have been since.
    this.#trigger(trigger);
  }

  #plan(): void {
    clearTimeout(this.#regular);
    this.#isPostponed = false;
    if (this.#context.interval === Infinity) return;
    const jittered = this.#context.interval * (1 + JITTER * (2 * Math.random() - 1));
    const wait = Math.min(Math.max(jittered, REST * this.#took), MAX_DELAY);
    this.#regular = setTimeout(() => {
      if (this.#orderCalls === 0) {
        this.#compareRegularly();
        return;
      }
      this.#isPostponed = true;
      this.#regular = setTimeout(() => {
        this.#compareRegularly();
      }, POSTPONEMENT).unref();
    }, wait).unref();
  }

  #compareRegularly(): void {
    if (this.#state !== 'on') return;
    // Planned anew now, in case that this one fails, and again when it is complete.
    this.#plan();
    this.#context.compare('interval');
  }

  #trigger(trigger: Trigger): void {
    if (this.#state !== 'on') return;
    this.#triggers.add(trigger);
    if (this.#triggered !== undefined) return;
    const wait = this.#nextForTrigger - performance.now();
    if (wait <= 0) {
      this.#compareForTriggers();
    } else {
      this.#triggered = setTimeout(() => {
        this.#compareForTriggers();
      }, wait).unref();
    }
  }

  #compareForTriggers(): void {
    this.#triggered = undefined;
    this.#nextForTrigger = performance.now() + PACE;
    const triggers = [...this.#triggers];
    this.#triggers.clear();
    for (const trigger of triggers) this.#context.compare(trigger);
  }
}
