/**
 * Counts what becomes of calls, and how long answers take.
 *
 * @module
 */
import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import {
  RemoteException,
  RpcAbortError,
  RpcClosedError,
  RpcDisconnectedError,
  RpcQueueFullError,
  RpcReplyError,
  RpcTimeoutError,
} from './errors.js';
import type { CallOutcome } from './errors.js';
import type { CallStats, LatencyStats } from './stats.js';

interface OutcomeCount {
  notSent: number;
  unknown: number;
}

/** What is counted by looking, not by events. */
type Gauges = Pick<CallStats, 'queued' | 'inFlight' | 'abandoned'>;

/** Longest latency told apart, in µs: an hour. */
const MAX_LATENCY = 3_600_000_000;

/** Counters of one client's calls. */
export class CallCounters {
  /** An HDR histogram in µs, exact to two figures: it takes 27 KiB of each client, and with three 184. */
  readonly #latency: RecordableHistogram = createHistogram({ lowest: 1, highest: MAX_LATENCY, figures: 2 });
  readonly #timedOut: OutcomeCount = { notSent: 0, unknown: 0 };
  readonly #aborted: OutcomeCount = { notSent: 0, unknown: 0 };
  readonly #disconnected: OutcomeCount = { notSent: 0, unknown: 0 };
  readonly #closed: OutcomeCount = { notSent: 0, unknown: 0 };
  #total = 0;
  #succeeded = 0;
  #failed = 0;
  #queueFull = 0;
  #refused = 0;
  #badReply = 0;
  #lateReplies = 0;
  #unknownReplies = 0;

  begin(): void {
    this.#total++;
  }

  /** Never became a request. */
  refused(): void {
    this.#total++;
    this.#refused++;
  }

  /** An answer came after `latency` ms. */
  answered(latency: number): void {
    this.#latency.record(Math.min(MAX_LATENCY, Math.max(1, Math.round(latency * 1000))));
  }

  succeeded(): void {
    this.#succeeded++;
  }

  failed(error: unknown): void {
    if (error instanceof RemoteException) this.#failed++;
    else if (error instanceof RpcQueueFullError) this.#queueFull++;
    else if (error instanceof RpcReplyError) this.#badReply++;
    else if (error instanceof RpcTimeoutError) count(this.#timedOut, error.outcome);
    else if (error instanceof RpcAbortError) count(this.#aborted, error.outcome);
    else if (error instanceof RpcDisconnectedError) count(this.#disconnected, error.outcome);
    else if (error instanceof RpcClosedError) count(this.#closed, error.outcome);
  }

  lateReply(): void {
    this.#lateReplies++;
  }

  unknownReply(): void {
    this.#unknownReplies++;
  }

  latency(): LatencyStats {
    const histogram = this.#latency;
    if (histogram.count === 0) return { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };

    const percentile = (percent: number): number => histogram.percentile(percent) / 1000;
    return {
      count: histogram.count,
      min: histogram.min / 1000,
      mean: histogram.mean / 1000,
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      p999: percentile(99.9),
      max: histogram.max / 1000,
    };
  }

  stats(gauges: Gauges): CallStats {
    return {
      total: this.#total,
      succeeded: this.#succeeded,
      failed: this.#failed,
      timedOut: { ...this.#timedOut },
      aborted: { ...this.#aborted },
      disconnected: { ...this.#disconnected },
      closed: { ...this.#closed },
      queueFull: this.#queueFull,
      refused: this.#refused,
      badReply: this.#badReply,
      lateReplies: this.#lateReplies,
      unknownReplies: this.#unknownReplies,
      ...gauges,
    };
  }
}

function count(counts: OutcomeCount, outcome: CallOutcome): void {
  counts[outcome === 'not-sent' ? 'notSent' : 'unknown']++;
}
