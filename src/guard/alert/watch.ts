/**
 * Finds what a guard should tell a person of, from what it does.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import type { UnknownReservation, Warning } from '../limits/index.js';
import type { Alert } from './alert.js';
import { nearLimitAlert, refusedOftenAlert, unknownOrdersAlert, unknownOverAlert } from './guard-alerts.js';

/** So many refusals of one principal, within so many ms, are told. */
const OFTEN = 10;
const OFTEN_WITHIN = 60_000;

/** How long a search may take before an unknown outcome is told, in ms. */
const UNKNOWN_AFTER = 30_000;

/** How often unknown outcomes are looked at, in ms. */
const LOOK = 5000;

/** What it needs. */
export interface WatchParts {
  /** Undefined where nobody wants alerts: then nothing is watched. */
  readonly tell: ((alert: Alert) => void) | undefined;
  readonly unknowns: () => readonly UnknownReservation[];
  /** ms since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Refusals of one principal. */
interface Refusals {
  since: number;
  count: number;
}

/** What a guard tells of. Nothing that it calls can stop the guard. */
export class GuardWatch {
  readonly #parts: WatchParts;
  /** By principal, which are those of policies: so they are bounded. */
  readonly #refusals = new Map<string, Refusals>();
  readonly #timer: NodeJS.Timeout | undefined;
  #isUnknown = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    if (parts.tell === undefined) return;
    this.#timer = setInterval(() => {
      this.look();
    }, LOOK);
    this.#timer.unref();
  }

  /** Tells. Never throws. */
  tell(alert: Alert): void {
    try {
      this.#parts.tell?.(alert);
    } catch (error) {
      this.#parts.logger.error(`guard: what takes alerts threw: ${messageOf(error)}`);
    }
  }

  /** Limits that are nearly used up. */
  warned(principal: string, warnings: readonly Warning[]): void {
    for (const { rule, used } of warnings) this.tell(nearLimitAlert(principal, rule, used));
  }

  /** A principal was refused something. */
  refused(principal: string, rule: string): void {
    const now = this.#parts.now();
    const known = this.#refusals.get(principal);
    if (known === undefined || !(now - known.since < OFTEN_WITHIN) || now < known.since) {
      this.#refusals.set(principal, { since: now, count: 1 });
      return;
    }
    if (++known.count < OFTEN) return;
    this.#refusals.delete(principal);
    this.tell(refusedOftenAlert(principal, rule, known.count, now - known.since));
  }

  /** Looks for outcomes that have been unknown for long. */
  look(): void {
    const unknowns = this.#parts.unknowns();
    const now = this.#parts.now();
    const [first] = unknowns.filter(({ since }) => now - since >= UNKNOWN_AFTER);
    if (first !== undefined) {
      if (!this.#isUnknown) this.tell(unknownOrdersAlert(unknowns.length, first.id));
      this.#isUnknown = true;
    } else if (unknowns.length === 0 && this.#isUnknown) {
      this.#isUnknown = false;
      this.tell(unknownOverAlert());
    }
  }

  /** Watches no more. */
  close(): void {
    clearInterval(this.#timer);
  }
}
