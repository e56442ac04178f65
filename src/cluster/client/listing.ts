/**
 * Which edges there are, by their signs of life.
 *
 * @module
 */
import { option, OptionTable } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import { optionChecks, withMethods } from '../../rpc/internal.js';
import { SYSTEM_CLOCK } from '../transport/clock.js';
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport } from '../transport/transport.js';
import { readBeat } from '../wire/beats.js';
import type { Beat, EdgeState } from '../wire/beats.js';
import { Subjects } from '../wire/subjects.js';

/** An edge that gives signs of life. */
export interface ClusterEdge {
  readonly edge: string;
  readonly account: string;
  readonly state: EdgeState;
  /** The number of its lease, or of the latest lease that it knows. */
  readonly epoch: number;
  /** How long ago its last sign of life came, in ms. */
  readonly ageMs: number;
}

/** Options of {@link clusterEdges}. */
export interface ClusterEdgesOptions {
  /** The name of the cluster. */
  readonly cluster: string;
  /** Whose edges are meant. Default: all accounts. */
  readonly account?: string;
  /** How long to listen, in ms: longer than from one beat to the next. Default 1,500. */
  readonly timeout?: number;
  /** What tells the time. Default: this machine's. */
  readonly clock?: ClusterClock;
}

/** The options of `clusterEdges()`. */
export const CLUSTER_EDGES_OPTIONS = new OptionTable(optionChecks, 'the options of clusterEdges()', {
  cluster: option.required(option.text()),
  account: option.text(),
  timeout: option.duration(1500),
  clock: option.other('a `ClusterClock`', (name, value: ClusterClock) =>
    withMethods(name, value, ['now', 'wall', 'after']),
  ),
} satisfies RowsOf<ClusterEdgesOptions>);

/** Edges that are remembered: whoever may send beats could make up more. */
const MAX_EDGES = 10_000;

/**
 * The edges of a cluster, by account and name.
 *
 * @throws ClusterTransportError where there is no connection.
 */
export async function clusterEdges(
  transport: ClusterTransport,
  options: ClusterEdgesOptions,
): Promise<readonly ClusterEdge[]> {
  const { cluster, account, timeout, clock = SYSTEM_CLOCK } = CLUSTER_EDGES_OPTIONS.resolve(options);
  const heard = new Map<string, { readonly beat: Beat; readonly at: number }>();
  const subscription = transport.subscribe(new Subjects(cluster).beats(account), ({ payload }) => {
    const beat = readBeat(payload);
    if (beat === undefined) return;
    const key = JSON.stringify([beat.account, beat.edge]);
    if (heard.size < MAX_EDGES || heard.has(key)) heard.set(key, { beat, at: clock.now() });
  });
  try {
    await transport.flush({ timeout: Math.max(timeout, 1000) });
    // Whoever asks waits for it: it keeps the program alive.
    const awake = setInterval(() => undefined, 1000);
    await new Promise<void>((resolve) => clock.after(timeout, resolve));
    clearInterval(awake);
  } finally {
    subscription.close();
  }
  const now = clock.now();
  return [...heard.values()]
    .map(({ beat: { edge, account: of, state, epoch }, at }) => ({
      edge,
      account: of,
      state,
      epoch,
      ageMs: Math.max(0, now - at),
    }))
    .sort((left, right) => compare(left.account, right.account) || compare(left.edge, right.edge));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
