/**
 * What a service measures, for Prometheus.
 *
 * Counters come from the library's own statistics at the moment of asking: nothing is counted twice, and nothing is paid
 * for between two questions.
 *
 * @module
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import type { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CallStats, ClientStats, ClientStatus } from '../../../rpc/index.js';
import type { ServiceStats } from '../../../vnpy/index.js';
import type { Tap } from '../tap.js';
import { CallMeter, LabelSet } from './call-meter.js';

/** What is known of a client. */
export interface ClientView {
  status(): ClientStatus;
  stats(): ClientStats;
}

/** What is known of a server. */
export interface ServerView {
  stats(): ServiceStats;
}

/** What is known of a recording. */
export interface RecordingView {
  readonly messages: number;
  readonly bytes: number;
  readonly lost: number;
  readonly files: number;
  /** Bytes that wait for the disk. */
  readonly pendingBytes: number;
}

/** The part of prom-client that is used; it is loaded only where metrics are wanted. */
interface PromClient {
  readonly Registry: typeof Registry;
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
  readonly collectDefaultMetrics: typeof collectDefaultMetrics;
}

/** Resolution of the event loop delay, in ms: Node counts it as part of each delay. */
const RESOLUTION = 10;

/** The metrics of one run. */
export class Metrics {
  readonly registry: Registry;
  readonly #prom: PromClient;
  readonly #delay: IntervalHistogram;
  readonly #types = new LabelSet();
  #events: Counter<'type'> | undefined;
  #calls: Histogram<'side' | 'method' | 'outcome'> | undefined;

  private constructor(client: PromClient, version: string, command: string) {
    this.#prom = client;
    this.registry = new client.Registry();
    client.collectDefaultMetrics({ register: this.registry });
    this.#gauge('vnpy_bridge_build_info', 'Always 1; the labels say what runs', ['version', 'command']).set(
      { version, command },
      1,
    );
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#delay.enable();
    const delay = this.#gauge(
      'vnpy_bridge_event_loop_delay_seconds',
      'How late timers came since the last scrape',
      ['quantile'],
      () => {
        for (const quantile of [0.5, 0.99, 1]) {
          const value = quantile === 1 ? this.#delay.max : this.#delay.percentile(quantile * 100);
          delay.set(
            { quantile: String(quantile) },
            this.#delay.count === 0 ? 0 : Math.max(0, value / 1e9 - RESOLUTION / 1e3),
          );
        }
        this.#delay.reset();
      },
    );
  }

  /** Loads prom-client and makes the metrics that every service has. */
  static async create(version: string, command: string): Promise<Metrics> {
    const prom = await import('prom-client');
    // prom-client is CommonJS: what it exports stands under `default` too.
    return new Metrics('default' in prom ? prom.default : prom, version, command);
  }

  /** Ends the measuring. */
  close(): void {
    this.#delay.disable();
    this.registry.clear();
  }

  /** Counts one event of a type. */
  countEvent(type: string): void {
    this.#events ??= this.#counter('vnpy_bridge_events_total', 'Events by type', ['type']);
    this.#events.inc({ type: this.#types.label(type) });
  }

  /** Measures the calls that pass a transport, of a client or of a server. */
  callTap(side: 'client' | 'server'): Tap {
    this.#calls ??= new this.#prom.Histogram({
      name: 'vnpy_bridge_call_duration_seconds',
      help: 'Answered calls by function and outcome: of the vnpy server (client), and of this one (server)',
      labelNames: ['side', 'method', 'outcome'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [this.registry],
    });
    const calls = this.#calls;
    const methods = new LabelSet();
    const meter = new CallMeter((method, succeeded, time) => {
      calls.observe({ side, method: methods.label(method), outcome: succeeded ? 'succeeded' : 'raised' }, time / 1000);
    });
    return meter.tap(side);
  }

  /** The connection to a vnpy server. */
  addClient(client: ClientView): void {
    const stats = (): ClientStats => client.stats();
    this.#pull('vnpy_bridge_connected', '1 while the vnpy server is connected and answers', () =>
      client.status().state === 'connected' ? 1 : 0,
    );
    const calls = this.#counter(
      'vnpy_bridge_client_calls_total',
      'Calls of the vnpy server by outcome; unknown: it left and was not answered',
      ['outcome'],
      () => {
        setAll(calls, 'outcome', callOutcomes(stats().calls));
      },
    );
    const queues = this.#gauge('vnpy_bridge_client_queue_length', 'What waits in the client', ['queue'], () => {
      const { calls: now, events } = stats();
      queues.set({ queue: 'calls' }, now.queued);
      queues.set({ queue: 'in_flight' }, now.inFlight);
      queues.set({ queue: 'abandoned' }, now.abandoned);
      queues.set({ queue: 'events' }, events.queued);
    });
    const latency = this.#gauge(
      'vnpy_bridge_client_call_latency_seconds',
      'Time to the answer of the calls so far',
      ['quantile'],
      () => {
        const { p50, p99, max } = stats().latency;
        latency.set({ quantile: '0.5' }, p50 / 1000);
        latency.set({ quantile: '0.99' }, p99 / 1000);
        latency.set({ quantile: '1' }, max / 1000);
      },
    );
    this.#pullCounter(
      'vnpy_bridge_messages_received_total',
      'Messages on the subscription, heartbeats too',
      () => stats().events.received,
    );
    this.#pullCounter('vnpy_bridge_heartbeats_total', 'Heartbeats received', () => stats().events.heartbeats);
    this.#pullCounter(
      'vnpy_bridge_undecodable_total',
      'Messages that could not be decoded',
      () => stats().events.undecodable,
    );
    this.#pullCounter(
      'vnpy_bridge_events_dropped_total',
      'Events lost because their reader was too slow',
      () => stats().events.dropped,
    );
    this.#pullCounter(
      'vnpy_bridge_events_conflated_total',
      'Events replaced by a newer one of the same key',
      () => stats().events.conflated,
    );
    this.#pullCounter('vnpy_bridge_reconnects_total', 'Connections made again after a loss', () => stats().reconnects);
    this.#pullCounter(
      'vnpy_bridge_failed_attempts_total',
      'Attempts to connect that failed',
      () => stats().failedAttempts,
    );
    this.#pull('vnpy_bridge_feed_age_seconds', 'Time since the last message of any kind', () =>
      seconds(stats().lastMessageAge),
    );
    this.#pull('vnpy_bridge_clock_offset_seconds', "The vnpy server's clock minus ours", () =>
      seconds(stats().clockOffset),
    );
  }

  /** What is served. */
  addServer(server: ServerView): void {
    const stats = (): ServiceStats => server.stats();
    const requests = this.#counter(
      'vnpy_bridge_server_requests_total',
      'Requests of clients by outcome',
      ['outcome'],
      () => {
        const { succeeded, failed, malformed, refused, junk } = stats();
        setAll(requests, 'outcome', { succeeded, failed, malformed, refused, junk });
      },
    );
    const answers = this.#counter(
      'vnpy_bridge_server_answers_lost_total',
      'Answers that reached nobody',
      ['reason'],
      () => {
        const { undeliverable, discarded, unread, unpicklable } = stats();
        setAll(answers, 'reason', { gone: undeliverable, discarded, unread, unpicklable });
      },
    );
    this.#pull('vnpy_bridge_server_pending', 'Requests that wait or run', () => stats().pending);
    this.#pull('vnpy_bridge_server_clients', 'Clients with requests that wait or run', () => stats().clients);
    this.#pullCounter('vnpy_bridge_published_total', 'Events published', () => stats().published);
    this.#pullCounter(
      'vnpy_bridge_publish_dropped_total',
      'Events that could not be published',
      () => stats().publishDropped,
    );
    this.#pullCounter(
      'vnpy_bridge_withheld_total',
      'Data left out of events and answers because older clients cannot load it',
      () => stats().withheld,
    );
    this.#pullCounter(
      'vnpy_bridge_server_denied_total',
      'Connections refused by lists or credentials',
      () => stats().denied,
    );
  }

  /** What is recorded. @param view - Taken at each question. */
  addRecording(view: () => RecordingView): void {
    this.#pullCounter('vnpy_bridge_recorded_messages_total', 'Messages recorded', () => view().messages);
    this.#pullCounter('vnpy_bridge_recorded_bytes_total', 'Bytes written to recordings', () => view().bytes);
    this.#pullCounter(
      'vnpy_bridge_recording_lost_total',
      'Messages lost because the disk was too slow',
      () => view().lost,
    );
    this.#pullCounter('vnpy_bridge_recording_files_total', 'Files begun', () => view().files);
    this.#pull('vnpy_bridge_recording_pending_bytes', 'Bytes that wait for the disk', () => view().pendingBytes);
  }

  /** How far a replay is. @param position - Recorded time, ms since 1970; undefined before the first event. */
  addReplay(position: () => number | undefined): void {
    this.#pull('vnpy_bridge_replay_position_seconds', 'Recorded time that is being replayed, since 1970', () =>
      seconds(position()),
    );
  }

  /** A gauge that has no value while `value` is undefined. */
  #pull(name: string, help: string, value: () => number | undefined): void {
    const gauge = this.#gauge(name, help, [], () => {
      const now = value();
      if (now === undefined) gauge.remove();
      else gauge.set(now);
    });
  }

  #pullCounter(name: string, help: string, value: () => number): void {
    const counter = this.#counter(name, help, [], () => {
      counter.reset();
      counter.inc(value());
    });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[], collect?: () => void): Gauge<Label> {
    return new this.#prom.Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect === undefined ? {} : { collect }),
    });
  }

  #counter<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    collect?: () => void,
  ): Counter<Label> {
    return new this.#prom.Counter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect === undefined ? {} : { collect }),
    });
  }
}

/** Outcomes of a client's calls, as one label. */
function callOutcomes(calls: CallStats): Readonly<Record<string, number>> {
  const given = [calls.timedOut, calls.aborted, calls.disconnected, calls.closed];
  return {
    succeeded: calls.succeeded,
    failed: calls.failed,
    not_sent: given.reduce((sum, { notSent }) => sum + notSent, 0) + calls.queueFull + calls.refused,
    unknown: given.reduce((sum, { unknown }) => sum + unknown, 0),
    bad_reply: calls.badReply,
  };
}

function setAll<Label extends string>(
  counter: Counter<Label>,
  label: Label,
  values: Readonly<Record<string, number>>,
): void {
  counter.reset();
  for (const [value, count] of Object.entries(values)) {
    counter.inc({ [label]: value } as Record<Label, string>, count);
  }
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
