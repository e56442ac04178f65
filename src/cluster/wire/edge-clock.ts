/**
 * The clock of an edge, as a client sees it, and deadlines in it. Nobody's clock has to be set right for that.
 *
 * @module
 */
import type { Beat } from './beats.js';

/**
 * Estimates the monotonic clock of one edge: the newest beat's time and the beat's age here. The beat was under way for no less than
 * nothing, so the estimate is never ahead, and a deadline errs towards refusing.
 *
 * Only the newest beat counts. An older one may be nearer, but is wrong when the edge's machine has slept since. Its clock stood
 * still then, and the estimate would be ahead.
 */
export class EdgeClock {
  #beat: Pick<Beat, 'boot' | 'count' | 'monotonic'> | undefined;
  #heardAt = 0;
  #behind = 0;

  /** The run of the edge's program whose clock it is; undefined before the first beat. */
  get boot(): number | undefined {
    return this.#beat?.boot;
  }

  /** How much later than the one before the last beat has arrived, in ms: it was held up on its way, or the edge slept. */
  get behind(): number {
    return this.#behind;
  }

  /**
   * A beat of the edge was heard.
   *
   * @param now - ms of this program's monotonic clock.
   * @returns false for one that is not newer than the last, which changes nothing.
   */
  hear(beat: Pick<Beat, 'boot' | 'count' | 'monotonic'>, now: number): boolean {
    const last = this.#beat;
    const isSameRun = last?.boot === beat.boot;
    if (isSameRun && (beat.count <= last.count || beat.monotonic < last.monotonic)) return false;

    this.#behind = isSameRun ? Math.max(0, last.monotonic + (now - this.#heardAt) - beat.monotonic) : 0;
    this.#beat = { boot: beat.boot, count: beat.count, monotonic: beat.monotonic };
    this.#heardAt = now;
    return true;
  }

  /** How long ago the last beat was heard, in ms; Infinity before the first. */
  age(now: number): number {
    return this.#beat === undefined ? Infinity : Math.max(0, now - this.#heardAt);
  }

  /** The edge's clock, at most; undefined before the first beat. */
  estimate(now: number): number | undefined {
    return this.#beat === undefined ? undefined : this.#beat.monotonic + this.age(now);
  }

  /**
   * When it is too late for something, by the edge's clock.
   *
   * @param budget - how long it may take from now, in ms.
   * @param beatTimeout - ms after which a beat is too old to tell.
   * @returns undefined where no fresh beat tells the edge's clock: nothing may leave then.
   */
  deadline(now: number, budget: number, beatTimeout: number): number | undefined {
    const estimate = this.estimate(now);
    return estimate === undefined || this.age(now) > beatTimeout ? undefined : estimate + budget;
  }
}

/** When a question left and came, and the answer left and came: each by the clock of where it was. */
export interface RoundTrip {
  /** The client's clock, ms since 1970. */
  readonly asked: number;
  /** The edge's. */
  readonly heard: number;
  /** The edge's. */
  readonly answered: number;
  /** The client's. */
  readonly received: number;
}

/** How far the edge's clock is ahead of ours, and how far off that may be, in ms. */
export interface ClockOffset {
  readonly offset: number;
  readonly error: number;
}

/** Compares two clocks. For people: nothing is decided by it. */
export function clockOffset({ asked, heard, answered, received }: RoundTrip): ClockOffset {
  const underWay = received - asked - (answered - heard);
  return { offset: (heard - asked + (answered - received)) / 2, error: Math.max(0, underWay / 2) };
}
