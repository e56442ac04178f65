/**
 * Which edges beat, and how: what `cluster ls`, `status` and `doctor` begin with.
 *
 * @module
 */
import type { ClusterTransport } from '../transport/transport.js';
import { readBeat } from '../wire/beats.js';
import type { Beat, EdgeState } from '../wire/beats.js';
import { Subjects } from '../wire/subjects.js';

/** An edge, as its beats tell it. */
export interface EdgeRow {
  readonly edge: string;
  readonly account: string;
  readonly state: EdgeState;
  readonly epoch: number;
  /** How old its last beat is, in ms. */
  readonly ageMs: number;
}

/** An edge with all that its last beat says. */
export interface SeenEdge {
  readonly beat: Beat;
  /** When the last beat was heard, in ms of `performance.now`. */
  readonly at: number;
  /** How many were heard. */
  readonly beats: number;
  /** The longest time between two of them, in ms. */
  readonly longest: number;
  /** Its wall clock less ours when the beat was heard, in ms: what the way took is in it. */
  readonly ahead: number;
  /** Two programs beat by one name. */
  readonly isTwice: boolean;
}

/** What is listened to, and for how long. */
export interface WatchOptions {
  readonly cluster: string;
  /** Default: all. */
  readonly account?: string | undefined;
  /** In ms. */
  readonly wait: number;
  readonly signal: AbortSignal;
}

/** An edge that changes its state says so some beats later. So many beats of one run may come after those of the next. */
interface Heard extends SeenEdge {
  readonly boots: ReadonlySet<number>;
  readonly changes: number;
}

/** Listens for beats for a while. Edges of one account stand together, the active one first. */
export async function watchEdges(
  transport: ClusterTransport,
  { cluster, account, wait, signal }: WatchOptions,
): Promise<readonly SeenEdge[]> {
  const seen = new Map<string, Heard>();
  const subscription = transport.subscribe(new Subjects(cluster).beats(account), ({ subject, payload }) => {
    const beat = readBeat(payload);
    // Only who may publish to it has a subject: what the payload says of another edge does not count.
    if (beat === undefined || subject !== new Subjects(cluster).beat(beat.account, beat.edge)) return;
    seen.set(subject, heard(seen.get(subject), beat));
  });
  try {
    await passed(wait, signal);
  } finally {
    subscription.close();
  }
  signal.throwIfAborted();
  return [...seen.values()].sort(order);
}

/** As `cluster ls` shows it. */
export function edgeRow({ beat, at }: SeenEdge, now = performance.now()): EdgeRow {
  const { edge, account, state, epoch } = beat;
  return { edge, account, state, epoch, ageMs: Math.max(0, Math.round(now - at)) };
}

function heard(before: Heard | undefined, beat: Beat): Heard {
  const at = performance.now();
  const boots = new Set([...(before?.boots ?? []), beat.boot]);
  const changes = (before?.changes ?? 0) + (before !== undefined && before.beat.boot !== beat.boot ? 1 : 0);
  return {
    ...{ beat, at, boots, changes },
    beats: (before?.beats ?? 0) + 1,
    longest: Math.max(before?.longest ?? 0, before === undefined ? 0 : at - before.at),
    ahead: beat.wall - Date.now(),
    // Started again it has one more number; two that run at once take turns.
    isTwice: changes > boots.size,
  };
}

function order(a: SeenEdge, b: SeenEdge): number {
  const rank = ({ beat }: SeenEdge): string => `${beat.account}\0${beat.state === 'active' ? '0' : '1'}\0${beat.edge}`;
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0;
}

function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
