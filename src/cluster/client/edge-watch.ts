/**
 * Which edges of an account give signs of life, and which of them holds it.
 *
 * @module
 */
import type { ClusterClock } from '../transport/clock.js';
import type { Beat, EdgeState } from '../wire/beats.js';
import { EdgeClock } from '../wire/edge-clock.js';

/** An edge that was heard. */
export interface KnownEdge {
  readonly beat: Beat;
  readonly clock: EdgeClock;
}

/** In these states an edge answers calls to the holder of the account. */
const HOLDING: ReadonlySet<EdgeState> = new Set<EdgeState>(['active', 'recovering', 'draining']);

/** Edges of one account that are remembered. Whoever may send beats could make up others. */
const MAX_EDGES = 100;

/** All edges of one account. */
export class EdgeWatch {
  readonly #clock: ClusterClock;
  readonly #beatTimeout: number;
  readonly #edges = new Map<string, KnownEdge>();

  /** @param beatTimeout - ms after which an edge that has not been heard is taken for gone. */
  constructor(clock: ClusterClock, beatTimeout: number) {
    this.#clock = clock;
    this.#beatTimeout = beatTimeout;
  }

  /**
   * A beat has come.
   *
   * @returns whether it is newer than what was known of its edge.
   */
  hear(beat: Beat): boolean {
    const now = this.#clock.now();
    const clock = this.#edges.get(beat.edge)?.clock ?? new EdgeClock();
    if (!clock.hear(beat, now)) return false;
    if (!this.#edges.has(beat.edge)) this.#makeRoom();
    this.#edges.set(beat.edge, { beat, clock });
    return true;
  }

  /** How long an edge has not been heard, in ms. */
  ageOf({ clock }: KnownEdge): number {
    return clock.age(this.#clock.now());
  }

  isFresh(edge: KnownEdge): boolean {
    return this.ageOf(edge) <= this.#beatTimeout;
  }

  /** The edge that holds the account: of several that say so, the one with the latest lease. */
  get holder(): KnownEdge | undefined {
    let holder: KnownEdge | undefined;
    for (const known of this.#edges.values()) {
      if (!HOLDING.has(known.beat.state) || !this.isFresh(known)) continue;
      if (holder === undefined || known.beat.epoch > holder.beat.epoch) holder = known;
    }
    return holder;
  }

  /** By when an edge must have begun something, by its clock; undefined where no fresh beat tells it. */
  deadline(edge: KnownEdge, budget: number): number | undefined {
    return edge.clock.deadline(this.#clock.now(), budget, this.#beatTimeout);
  }

  /** What is known of an edge. */
  get(edge: string): KnownEdge | undefined {
    return this.#edges.get(edge);
  }

  /** What is known, for a person. */
  describe(account: string): string {
    const fresh = [...this.#edges.values()].filter((edge) => this.isFresh(edge));
    if (fresh.length === 0) return `no edge of the account ${account} gives a sign of life`;
    const states = fresh.map(({ beat }) => `${beat.edge} is ${beat.state}`);
    return `no edge holds the account ${account}: ${states.join(', ')}`;
  }

  /** The one that has been silent for longest goes. */
  #makeRoom(): void {
    if (this.#edges.size < MAX_EDGES) return;
    let oldest: KnownEdge | undefined;
    for (const known of this.#edges.values())
      if (oldest === undefined || this.ageOf(known) > this.ageOf(oldest)) oldest = known;
    if (oldest !== undefined) this.#edges.delete(oldest.beat.edge);
  }
}
