/**
 * A vnpy server, or any engine, in a cluster.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../../errors.js';
import { without } from '../../option-table.js';
import { guardedLogger, packageVersion } from '../../rpc/internal.js';
import type { Logger } from '../../rpc/index.js';
import { RpcUsageError } from '../../rpc/index.js';
import { RpcService } from '../../vnpy/index.js';
import type { ServiceStats, TradingEngine } from '../../vnpy/index.js';
import type { Holding } from '../account/holding.js';
import { EDGE_OPTIONS } from '../options.js';
import type { EdgeOptions } from '../options.js';
import { SYSTEM_CLOCK } from '../transport/clock.js';
import { openTransport } from '../transport/open.js';
import type { TransportOpening } from '../transport/open.js';
import type { ClusterTransport, ServerInfo } from '../transport/transport.js';
import type { Beat, EdgeState } from '../wire/beats.js';
import { streamPlans } from '../wire/streams.js';
import { Subjects } from '../wire/subjects.js';

import { alwaysHolding } from './always-holding.js';
import { isHere, numberOf, withoutAddresses } from './edge-parts.js';
import { Beating } from './beating.js';
import { answerDiscovery } from './discovery.js';
import { fencedEngine } from './fenced-engine.js';
import { EdgeIntake } from './intake.js';
import type { IntakeCounts } from './intake.js';
import { Outlet } from './outlet.js';
import type { OutletCounts } from './outlet.js';
import { EdgeServerTransport } from './server-transport.js';
import { Visitors } from './visitors.js';

/** How an edge is, now. */
export interface EdgeStatus {
  readonly edge: string;
  readonly account: string;
  readonly state: EdgeState;
  /** Why, for a person. */
  readonly reason: string;
  /** The number of its lease; undefined where it does not hold the account. */
  readonly epoch: number | undefined;
  /** The run of its program: a later run has another number. */
  readonly boot: number;
  readonly isConnected: boolean;
  /** Whether its vnpy is there. */
  readonly vnpy: boolean;
  /** Clients that are connected to it, as a number. */
  readonly clients: number;
  /** How far its clock is ahead of that of the client whose clock differs most, in ms; undefined where none has told it yet. */
  readonly clockOffset: number | undefined;
  readonly published: OutletCounts;
  readonly received: IntakeCounts;
  readonly service: ServiceStats;
}

/** Options that are the cluster's and not the service's. */
const OWN = [
  'servers',
  'transport',
  'cluster',
  'account',
  'natsKeyFile',
  'tls',
  'edge',
  'guard',
  'holding',
  'wrap',
  'lookup',
  'beatInterval',
  'clientTimeout',
  'lastTickReplicas',
] as const;

/** What there is only while it runs. */
interface Running {
  readonly transport: ClusterTransport;
  readonly service: RpcService;
  readonly intake: EdgeIntake;
  readonly outlet: Outlet;
  readonly visitors: Visitors;
  readonly beating: Beating;
  readonly ends: readonly (() => void)[];
}

/**
 * Puts an engine on NATS: an RpcGateway of a vnpy server, a SimulatedEngine, or one of your own.
 *
 * @example
 * ```ts no-run
 * const edge = new Edge(gateway, { servers: ['nats://10.0.0.1:4222'], cluster: 'desk', account: 'ctp', edge: 'e1' });
 * await edge.start();
 * ```
 */
export class Edge {
  readonly #engine: TradingEngine;
  readonly #options: EdgeOptions;
  readonly #settings: ReturnType<typeof EDGE_OPTIONS.resolve>;
  readonly #opening: TransportOpening;
  readonly #logger: Logger;
  readonly #holding: Holding;
  readonly #subjects: Subjects;
  readonly #boot = randomBytes(4).readUInt32BE();
  readonly #startedAt = Date.now();
  #running: Running | undefined;
  #isServing = false;
  #load = performance.eventLoopUtilization();

  /** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
  constructor(engine: TradingEngine, options: EdgeOptions) {
    this.#settings = EDGE_OPTIONS.resolve(options);
    this.#engine = engine;
    this.#options = options;
    this.#logger = guardedLogger(options.logger);
    this.#holding = options.holding ?? alwaysHolding;
    this.#subjects = new Subjects(this.#settings.cluster);
    this.#opening = openTransport(this.#settings, this.#settings.edge, this.#logger);
  }

  /**
   * Connects, and begins to serve: at once what any edge may answer, and the rest while it holds the account.
   *
   * @throws ClusterTransportError when NATS cannot be reached; RpcUsageError `ALREADY_STARTED`, or `BAD_OPTION` for a guard before
   * a server that asks nobody who he is.
   */
  async start(): Promise<void> {
    if (this.#running !== undefined) throw new RpcUsageError('ALREADY_STARTED', 'the edge is running already');
    const transport = await this.#opening.open();
    try {
      this.#requireIdentities(transport.server);
      await this.#keepLastTicks(transport);
      this.#running = await this.#serve(transport);
    } catch (error) {
      if (this.#opening.ownsTransport) await transport.close();
      throw error;
    }
  }

  /** The service, for functions of your own: register them before `start()`. Undefined before it. */
  get service(): RpcService | undefined {
    return this.#running?.service;
  }

  /** How it is, now; undefined unless it runs. */
  status(): EdgeStatus | undefined {
    const running = this.#running;
    if (running === undefined) return undefined;
    const { transport, service, intake, outlet, visitors } = running;
    const { state, reason, epoch } = this.#holding;
    return {
      edge: this.#settings.edge,
      account: this.#settings.account,
      state,
      reason,
      epoch,
      boot: this.#boot,
      isConnected: transport.status().isConnected,
      vnpy: this.#isEngineThere(),
      clients: visitors.count,
      clockOffset: visitors.clockOffset,
      published: outlet.counts,
      received: intake.counts,
      service: service.stats(),
    };
  }

  /** Stops serving; clients see that it has gone. The engine goes on. May be called again. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const { transport, service, beating, visitors, ends } = running;
    for (const end of ends) end();
    beating.stop();
    this.#isServing = false;
    // Clients see at once that it goes: what they have on its way is answered yet.
    await service.stop();
    beating.now();
    visitors.clear();
    if (this.#opening.ownsTransport) await transport.close();
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** A policy is of no use where anybody may say that he is anybody. */
  #requireIdentities({ authRequired, address }: ServerInfo): void {
    const { guard } = this.#options;
    if (guard === undefined) {
      this.#logger.warn('cluster: there is no policy: whoever may publish to this account may trade with it');
      return;
    }
    if (authRequired) return;
    const said = `the NATS server at ${address} asks nobody who he is: the policy would believe anybody`;
    if (!isHere(address)) throw new RpcUsageError('BAD_OPTION', `${said}. Give each client a key, see cluster config`);
    this.#logger.warn(`cluster: ${said}`);
  }

  async #keepLastTicks(transport: ClusterTransport): Promise<void> {
    const { lastTickReplicas: replicas } = this.#settings;
    if (!transport.server.hasStreams || replicas === 0) return;
    try {
      const plan = { ...streamPlans(this.#subjects).LAST, replicas };
      const { differences } = await transport.ensureStream(plan);
      for (const difference of differences) this.#logger.warn(`cluster: ${difference}`);
    } catch (error) {
      // Clients ask the edge instead.
      this.#logger.warn(`cluster: the last ticks are not kept: ${messageOf(error)}`);
    }
  }

  async #serve(transport: ClusterTransport): Promise<Running> {
    const { cluster, account, edge, clientTimeout, beatInterval } = this.#settings;
    const { guard, wrap = fencedEngine, lookup } = this.#options;
    const address = `nats://${cluster}/${account}`;
    const shared = {
      address,
      transport,
      subjects: this.#subjects,
      account,
      clock: SYSTEM_CLOCK,
      holding: this.#holding,
    };
    const visitors = new Visitors({ patience: clientTimeout, endpoint: address, clock: SYSTEM_CLOCK });
    const boot = this.#boot;
    const outlet = new Outlet({ ...shared, number: numberOf(edge), boot, listening: () => visitors.listening });
    const intake = new EdgeIntake({
      ...shared,
      edge,
      boot,
      visitors,
      logger: this.#logger,
      seqOf: (principal) => outlet.seqOf(principal),
      isHealthy: () => this.#isEngineThere(),
      lookup,
    });
    const service = new RpcService(wrap(this.#engine, { holding: this.#holding, clock: SYSTEM_CLOCK }), {
      ...without(this.#options, ...OWN),
      transport: new EdgeServerTransport({ intake, outlet, visitors }),
      refuseOrders: 'exception',
      ...(guard === undefined ? {} : { guard: withoutAddresses(guard) }),
    });
    await service.start(address, address);
    const beating = new Beating({
      transport,
      subject: this.#subjects.beat(account, edge),
      clock: SYSTEM_CLOCK,
      interval: beatInterval,
      state: () => this.#beat(),
      each: () => {
        visitors.sweep();
        intake.update();
      },
    });
    let lease = this.#holding.epoch;
    const ends = [
      this.#holding.onChange(({ epoch }) => {
        // Whoever was let in under one lease comes anew under the next.
        if (epoch !== lease) visitors.clear();
        lease = epoch;
        intake.update();
        beating.now();
      }),
      transport.onStatus(({ isConnected }) => {
        // A server that has started again has lost them with its memory.
        if (isConnected) void this.#keepLastTicks(transport);
      }),
      answerDiscovery(transport, this.#subjects, {
        cluster,
        account,
        edge,
        boot: this.#boot,
        version: packageVersion(),
        startedAt: this.#startedAt,
        state: () => this.#holding.state,
        epoch: () => this.#holding.epoch ?? 0,
        counts: () => {
          const { requests, refused } = intake.counts;
          return { requests, errors: Object.values(refused).reduce((sum, count) => sum + count, 0) };
        },
      }),
    ];
    this.#isServing = true;
    beating.start();
    return { transport, service, intake, outlet, visitors, beating, ends };
  }

  #beat(): Omit<Beat, 'count' | 'monotonic' | 'wall'> {
    const { account, edge } = this.#settings;
    const { state, epoch = 0 } = this.#holding;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#load);
    this.#load = now;
    return {
      account,
      edge,
      number: numberOf(edge),
      boot: this.#boot,
      epoch,
      state: this.#isServing || state === 'halted' ? state : 'passive',
      load: Math.min(1, Math.max(0, Math.round(utilization * 100) / 100)),
      vnpy: this.#isEngineThere(),
    };
  }

  /** An engine that has a connection of its own may be without it. */
  #isEngineThere(): boolean {
    const engine = this.#engine as { readonly status?: () => { readonly state?: string } };
    return typeof engine.status === 'function' ? engine.status().state === 'connected' : true;
  }
}
