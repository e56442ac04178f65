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
import type { CallStats, ClientStats, ClientStatus } from '../../../rpc/index.js';
import type { ClusterGatewayEdge, EdgeStatus } from '../../../cluster/index.js';
import type { GuardStatus } from '../../../guard/index.js';
import type { ServiceStats } from '../../../vnpy/index.js';
import type { Tap } from '../connection/tap.js';
import { CallMeter, LabelSet } from './call-meter.js';
import { Exposition, Histogram } from './exposition.js';
import type { Sample } from './exposition.js';

/** What is known of a client. */
export interface ClientView {
  status(): ClientStatus;
  stats(): ClientStats;
}

/** What is known of a server. */
export interface ServerView {
  stats(): ServiceStats;
}

/** What is known of a guard. */
export interface GuardView {
  status(): GuardStatus;
}

/** What a client of a cluster has missed, and which edge answers it. */
export interface ClusterView {
  edge(): ClusterGatewayEdge | undefined;
  eventCounts(): {
    readonly missedEvents: number;
    readonly missedTicks: number;
    readonly stale: number;
    readonly malformed: number;
  };
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

/** Resolution of the event loop delay, in ms: Node counts it as part of each delay. */
const RESOLUTION = 10;

/** Upper bounds of the durations of calls, in seconds. */
const DURATIONS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A metric that is one number: its name behind `vnpy_bridge_`, what it says, and where it stands. */
type Metric<Stats> = readonly [name: string, help: string, value: (stats: Stats) => number | undefined];

const CLIENT_COUNTERS: readonly Metric<ClientStats>[] = [
  ['messages_received_total', 'Messages on the subscription, heartbeats too', ({ events }) => events.received],
  ['heartbeats_total', 'Heartbeats received', ({ events }) => events.heartbeats],
  ['undecodable_total', 'Messages that could not be decoded', ({ events }) => events.undecodable],
  ['events_dropped_total', 'Events lost because their reader was too slow', ({ events }) => events.dropped],
  ['events_conflated_total', 'Events replaced by a newer one of the same key', ({ events }) => events.conflated],
  ['reconnects_total', 'Connections made again after a loss', (stats) => stats.reconnects],
  ['failed_attempts_total', 'Attempts to connect that failed', (stats) => stats.failedAttempts],
];

const CLIENT_GAUGES: readonly Metric<ClientStats>[] = [
  ['feed_age_seconds', 'Time since the last message of any kind', (stats) => seconds(stats.lastMessageAge)],
  ['clock_offset_seconds', "The vnpy server's clock minus ours", (stats) => seconds(stats.clockOffset)],
];

const SERVER_GAUGES: readonly Metric<ServiceStats>[] = [
  ['server_pending', 'Requests that wait or run', (stats) => stats.pending],
  ['server_clients', 'Clients with requests that wait or run', (stats) => stats.clients],
];

const SERVER_COUNTERS: readonly Metric<ServiceStats>[] = [
  ['published_total', 'Events published', (stats) => stats.published],
  ['publish_dropped_total', 'Events that could not be published', (stats) => stats.publishDropped],
  [
    'withheld_total',
    'Data left out of events and answers because older clients cannot load it',
    (stats) => stats.withheld,
  ],
  [
    'foreign_total',
    'Data left out of events and answers because plain clients cannot load its classes',
    (stats) => stats.foreign,
  ],
  ['server_denied_total', 'Connections refused by lists or credentials', (stats) => stats.denied],
];

const GUARD_GAUGES: readonly Metric<GuardStatus>[] = [
  ['guard_unknown_orders', 'Orders of which nobody knows what became of them', ({ unknown }) => unknown.length],
  ['guard_policy_generation', 'Policies that have held since the start', ({ policy }) => policy.generation],
  [
    'guard_policy_ok',
    '0 while the newest text of the policy is refused',
    ({ policy }) => Number(policy.error === undefined),
  ],
  [
    'guard_audit_ok',
    '0 while the audit cannot be written, and orders are refused',
    ({ audit }) => audit && Number(audit.health === 'ok'),
  ],
  ['guard_audit_lines', 'The newest line of the audit that is on the disk', ({ audit }) => audit?.seq],
  ['guard_audit_waiting', 'Lines of the audit that wait for the disk', ({ audit }) => audit?.waiting],
  [
    'guard_audit_flush_seconds',
    'How long the newest flush of the audit took',
    ({ audit }) => audit && audit.flushMicros / 1e6,
  ],
];

const RECORDING_COUNTERS: readonly Metric<RecordingView>[] = [
  ['recorded_messages_total', 'Messages recorded', (view) => view.messages],
  ['recorded_bytes_total', 'Bytes written to recordings', (view) => view.bytes],
  ['recording_lost_total', 'Messages lost because the disk was too slow', (view) => view.lost],
  ['recording_files_total', 'Files begun', (view) => view.files],
];

const RECORDING_GAUGES: readonly Metric<RecordingView>[] = [
  ['recording_pending_bytes', 'Bytes that wait for the disk', (view) => view.pendingBytes],
];

/** The metrics of one run. */
export class Metrics {
  readonly exposition = new Exposition();
  readonly #delay: IntervalHistogram;
  readonly #types = new LabelSet();
  #events: Map<string, number> | undefined;
  #calls: Histogram | undefined;

  constructor(version: string, command: string) {
    this.#addProcess();
    this.exposition.samples('gauge', 'vnpy_bridge_build_info', 'Always 1; the labels say what runs', () => [
      [{ version, command }, 1],
    ]);
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#delay.enable();
    this.exposition.samples(
      'gauge',
      'vnpy_bridge_event_loop_delay_seconds',
      'How late timers came since the last scrape',
      () => {
        const { count, max } = this.#delay;
        const samples = [0.5, 0.99, 1].map((quantile): Sample => {
          const value = quantile === 1 ? max : this.#delay.percentile(quantile * 100);
          return [{ quantile: String(quantile) }, count === 0 ? 0 : Math.max(0, value / 1e9 - RESOLUTION / 1e3)];
        });
        this.#delay.reset();
        return samples;
      },
    );
  }

  /** Ends the measuring. */
  close(): void {
    this.#delay.disable();
  }

  /** What Prometheus shows of any process, under the names of its client libraries. */
  #addProcess(): void {
    const started = Math.round(Date.now() / 1000 - process.uptime());
    const { exposition } = this;
    exposition.value('counter', 'process_cpu_seconds_total', 'Processor time, of user and system', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    exposition.value('gauge', 'process_start_time_seconds', 'When the process began, since 1970', () => started);
    exposition.value('gauge', 'process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
    exposition.samples('gauge', 'nodejs_memory_bytes', 'Memory of the engine', () => {
      const { heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
      const spaces = { heap_total: heapTotal, heap_used: heapUsed, external, array_buffers: arrayBuffers };
      return byLabel('space', spaces);
    });
    exposition.samples('gauge', 'nodejs_version_info', 'Always 1; the label says the version', () => [
      [{ version: process.version }, 1],
    ]);
  }

  /** Counts one event of a type. */
  countEvent(type: string): void {
    this.#events ??= this.#countEvents();
    const label = this.#types.label(type);
    this.#events.set(label, (this.#events.get(label) ?? 0) + 1);
  }

  #countEvents(): Map<string, number> {
    const events = new Map<string, number>();
    this.exposition.samples('counter', 'vnpy_bridge_events_total', 'Events by type', () =>
      Array.from(events, ([type, count]): Sample => [{ type }, count]),
    );
    return events;
  }

  /** Measures the calls that pass a transport, of a client or of a server. */
  callTap(side: 'client' | 'server'): Tap {
    this.#calls ??= this.#measureCalls();
    const calls = this.#calls;
    const methods = new LabelSet();
    const meter = new CallMeter((method, succeeded, time) => {
      calls.observe({ side, method: methods.label(method), outcome: succeeded ? 'succeeded' : 'raised' }, time / 1000);
    });
    return meter.tap(side);
  }

  #measureCalls(): Histogram {
    const calls = new Histogram(DURATIONS);
    this.exposition.histogram(
      'vnpy_bridge_call_duration_seconds',
      'Answered calls by function and outcome: of the vnpy server (client), and of this one (server)',
      calls,
    );
    return calls;
  }

  /** The connection to a vnpy server. */
  addClient(client: ClientView): void {
    const stats = (): ClientStats => client.stats();
    this.#pull('vnpy_bridge_connected', '1 while the vnpy server is connected and answers', () =>
      client.status().state === 'connected' ? 1 : 0,
    );
    this.exposition.samples(
      'counter',
      'vnpy_bridge_client_calls_total',
      'Calls of the vnpy server by outcome; unknown: it left and was not answered',
      () => byLabel('outcome', callOutcomes(stats().calls)),
    );
    this.exposition.samples('gauge', 'vnpy_bridge_client_queue_length', 'What waits in the client', () => {
      const { calls, events } = stats();
      const { queued, inFlight, abandoned } = calls;
      return byLabel('queue', { calls: queued, in_flight: inFlight, abandoned, events: events.queued });
    });
    this.exposition.samples(
      'gauge',
      'vnpy_bridge_client_call_latency_seconds',
      'Time to the answer of the calls so far',
      () => {
        const { p50, p99, max } = stats().latency;
        return byLabel('quantile', { '0.5': p50 / 1000, '0.99': p99 / 1000, 1: max / 1000 });
      },
    );
    this.#pullAll('counter', stats, CLIENT_COUNTERS);
    this.#pullAll('gauge', stats, CLIENT_GAUGES);
  }

  /** Several vnpy servers behind one console, by name. */
  addServers(states: () => readonly (readonly [name: string, isUp: boolean])[]): void {
    this.#pull('vnpy_bridge_connected', '1 while the vnpy server is connected and answers', () =>
      states().some(([, isUp]) => isUp) ? 1 : 0,
    );
    this.exposition.samples(
      'gauge',
      'vnpy_bridge_server_connected',
      '1 while this one of several vnpy servers answers',
      () => byLabel('server', Object.fromEntries(states().map(([name, isUp]) => [name, isUp ? 1 : 0]))),
    );
  }

  /** What is served. */
  addServer(server: ServerView): void {
    const stats = (): ServiceStats => server.stats();
    this.exposition.samples('counter', 'vnpy_bridge_server_requests_total', 'Requests of clients by outcome', () => {
      const { succeeded, failed, malformed, refused, expired, junk } = stats();
      return byLabel('outcome', { succeeded, failed, malformed, refused, expired, junk });
    });
    this.exposition.samples('counter', 'vnpy_bridge_server_answers_lost_total', 'Answers that reached nobody', () => {
      const { undeliverable, discarded, unread, unpicklable } = stats();
      return byLabel('reason', { gone: undeliverable, discarded, unread, unpicklable });
    });
    this.#pullAll('gauge', stats, SERVER_GAUGES);
    this.#pullAll('counter', stats, SERVER_COUNTERS);
  }

  /** What a guard decides. */
  addGuard(guard: GuardView): void {
    const status = this.exposition.once(() => guard.status());
    this.exposition.samples(
      'counter',
      'vnpy_bridge_guard_decisions_total',
      'Decisions by function and rule; the rule is empty for what passed',
      () => status().decisions.map(({ function: name, rule = '', count }): Sample => [{ function: name, rule }, count]),
    );
    this.exposition.samples('counter', 'vnpy_bridge_guard_reloads_total', 'Changes of the policy by result', () => {
      const { taken, refused } = status().policy.reloads;
      return byLabel('result', { taken, refused });
    });
    this.exposition.samples('gauge', 'vnpy_bridge_guard_halts', 'Halts in force by level and source', () => {
      const counts = new Map<string, number>();
      for (const { level, source } of status().halts)
        counts.set(`${level} ${source}`, (counts.get(`${level} ${source}`) ?? 0) + 1);

      return ['halt', 'reduce'].flatMap((level) =>
        ['hand', 'auto'].map((source): Sample => [{ level, source }, counts.get(`${level} ${source}`) ?? 0]),
      );
    });
    this.#pullAll('gauge', status, GUARD_GAUGES);
  }

  /**
   * An edge of a cluster.
   * @param status - Taken at each question; undefined while it does not run.
   * @param states - All that there are: given, so that who serves no edge does not load the cluster.
   */
  addEdge(status: () => EdgeStatus | undefined, states: readonly EdgeStatus['state'][]): void {
    this.exposition.samples('gauge', 'vnpy_bridge_edge_state', '1 for the state of the edge', () => {
      const found = status();
      return states.map((state): Sample => [{ state }, state === (found?.state ?? 'passive') ? 1 : 0]);
    });
    this.#pull('vnpy_bridge_edge_epoch', 'Its lease; none where it does not hold the account', () => status()?.epoch);
    this.#pull('vnpy_bridge_edge_connected', '1 while it is connected to NATS', () =>
      status()?.isConnected === true ? 1 : 0,
    );
    this.#pull('vnpy_bridge_edge_vnpy', '1 while its vnpy server is there', () => (status()?.vnpy === true ? 1 : 0));
    this.#pull('vnpy_bridge_edge_clients', 'Clients that are here', () => status()?.clients);
    this.#pull(
      'vnpy_bridge_edge_clock_offset_seconds',
      'Its clock minus that of the client whose clock differs most; none before a client has told it',
      () => seconds(status()?.clockOffset),
    );
    this.exposition.samples('counter', 'vnpy_bridge_edge_requests_total', 'Requests by what was done', () => {
      const { requests = 0, refused = {} } = status()?.received ?? {};
      const all = Object.values(refused).reduce((sum, count) => sum + count, 0);
      return [[{ refused: '' }, requests - all], ...byLabel('refused', refused)];
    });
    this.exposition.samples('counter', 'vnpy_bridge_edge_published_total', 'What was published', () => {
      const { ticks = 0, events = 0, dropped = 0 } = status()?.published ?? {};
      return byLabel('kind', { ticks, events, dropped });
    });
  }

  /** What a client of a cluster has missed, and the clock of its edge. */
  addCluster(view: ClusterView): void {
    const edge = this.exposition.once(() => view.edge());
    this.#pull('vnpy_bridge_cluster_clock_offset_seconds', "The edge's clock minus ours", () =>
      seconds(edge()?.clockOffset),
    );
    this.#pull(
      'vnpy_bridge_cluster_clock_error_seconds',
      'How far off that may be: half of the way there and back',
      () => seconds(edge()?.clockError),
    );
    this.exposition.samples('counter', 'vnpy_bridge_cluster_missed_total', 'Messages that did not arrive', () => {
      const { missedEvents, missedTicks } = view.eventCounts();
      return byLabel('kind', { events: missedEvents, ticks: missedTicks });
    });
    this.exposition.samples('counter', 'vnpy_bridge_cluster_dropped_total', 'Messages that were not taken', () => {
      const { stale, malformed } = view.eventCounts();
      return byLabel('reason', { stale, malformed });
    });
  }

  /** What is recorded. @param view - Taken at each question. */
  addRecording(view: () => RecordingView): void {
    this.#pullAll('counter', view, RECORDING_COUNTERS);
    this.#pullAll('gauge', view, RECORDING_GAUGES);
  }

  /** How far a replay is. @param position - Recorded time, ms since 1970; undefined before the first event. */
  addReplay(position: () => number | undefined): void {
    this.#pull('vnpy_bridge_replay_position_seconds', 'Recorded time that is being replayed, since 1970', () =>
      seconds(position()),
    );
  }

  /** A gauge that has no value while `value` is undefined. */
  #pull(name: string, help: string, value: () => number | undefined): void {
    this.exposition.value('gauge', name, help, value);
  }

  #pullAll<Stats>(kind: 'gauge' | 'counter', stats: () => Stats, metrics: readonly Metric<Stats>[]): void {
    for (const [name, help, value] of metrics)
      this.exposition.value(kind, `vnpy_bridge_${name}`, help, () => value(stats()));
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

function byLabel(label: string, values: Readonly<Record<string, number>>): Sample[] {
  // An object has whole numbers as names before all others; Prometheus does not mind the order.
  return Object.entries(values).map(([value, count]) => [{ [label]: value }, count]);
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
