/**
 * Gives signs of life, in the pace of a clock and at each change.
 *
 * @module
 */
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport } from '../transport/transport.js';
import { writeBeat } from '../wire/beats.js';
import type { Beat } from '../wire/beats.js';

/** What it needs. */
export interface BeatingParts {
  readonly transport: ClusterTransport;
  readonly subject: string;
  readonly clock: ClusterClock;
  /** Ms from one to the next. */
  readonly interval: number;
  /** All of the beat but its number and its times. */
  readonly state: () => Omit<Beat, 'count' | 'monotonic' | 'wall'>;
  /** Called with each. */
  readonly each: () => void;
}

export class Beating {
  readonly #parts: BeatingParts;
  #count = 0;
  #takeBack: () => void = () => undefined;

  constructor(parts: BeatingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.now();
    this.#wait();
  }

  /** One more, at once. */
  now(): void {
    const { transport, subject, clock, state } = this.#parts;
    const beat = { ...state(), count: ++this.#count, monotonic: clock.now(), wall: clock.wall() };
    try {
      transport.publish(subject, writeBeat(beat));
    } catch {
      // Without a connection nobody hears it, and clients find that out.
    }
  }

  stop(): void {
    this.#takeBack();
  }

  #wait(): void {
    this.#takeBack = this.#parts.clock.after(this.#parts.interval, () => {
      this.#parts.each();
      this.now();
      this.#wait();
    });
  }
}
