/**
 * A cluster in memory: edges before scripted engines, and gateways to them. Everything is ended after the test.
 *
 * @module
 */
import { expect, onTestFinished, vi } from 'vitest';
import { SimulatedEngine } from 'vnpy-bridge/vnpy';
import type { Logger } from 'vnpy-bridge/rpc';
import type { TradingEngine } from 'vnpy-bridge/vnpy';
import { ClusterGateway } from '../../../src/cluster/client/gateway.js';
import { Edge } from '../../../src/cluster/edge/edge.js';
import type { Holding, HoldingChange, HoldingState } from '../../../src/cluster/account/holding.js';
import type { ClusterGatewayOptions, EdgeOptions } from '../../../src/cluster/options.js';
import { MemoryCluster } from '../../../src/cluster/transport/memory-transport.js';
import type { ClusterTransport, ServerInfo } from '../../../src/cluster/transport/transport.js';
import { Subjects } from '../../../src/cluster/wire/subjects.js';

export const CLUSTER = 'desk';
export const ACCOUNT = 'ctp';
export const SUBJECTS = new Subjects(CLUSTER);

export const QUIET: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A lease that a test gives and takes. */
export class FakeHolding implements Holding {
  state: HoldingState;
  reason = 'the test says so';
  epoch: number | undefined;
  readonly #listeners = new Set<(change: HoldingChange) => void>();

  constructor(epoch?: number) {
    this.epoch = epoch;
    this.state = epoch === undefined ? 'passive' : 'active';
  }

  get left(): number {
    return this.epoch === undefined ? 0 : Infinity;
  }

  get mayOrder(): boolean {
    return this.state === 'active';
  }

  get mayReduce(): boolean {
    return this.epoch !== undefined;
  }

  get mayCancel(): boolean {
    return this.epoch !== undefined;
  }

  onChange(listener: (change: HoldingChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  become(state: HoldingState, epoch?: number): void {
    const before = this.state;
    this.state = state;
    this.epoch = epoch;
    for (const listener of this.#listeners) listener({ state, before, reason: this.reason, epoch });
  }
}

let clients = 0;

export class Stage {
  readonly memory: MemoryCluster;

  /** @param server - What the server says of itself. */
  constructor(server: Partial<ServerInfo> = {}) {
    this.memory = new MemoryCluster({ staleAfter: 200, server });
  }

  /** A connection of its own. */
  connect(name = `client-${++clients}`): ClusterTransport {
    const transport = this.memory.connect({ name });
    onTestFinished(() => transport.close());
    return transport;
  }

  /** An edge that serves. Its connection has its name. */
  async edge(engine: TradingEngine, options: Partial<EdgeOptions> = {}): Promise<Edge> {
    const { edge: name = 'e1' } = options;
    const edge = new Edge(engine, {
      cluster: CLUSTER,
      account: ACCOUNT,
      edge: name,
      transport: options.transport ?? this.connect(name),
      beatInterval: 20,
      gracePeriod: 1,
      logger: QUIET,
      ...options,
    });
    onTestFinished(() => edge.stop());
    await edge.start();
    return edge;
  }

  /** A gateway that is not connected yet. Its connection has the name of its principal. */
  gateway(options: Partial<ClusterGatewayOptions> = {}): ClusterGateway {
    const { principal = 'cta' } = options;
    const gateway = new ClusterGateway({
      cluster: CLUSTER,
      account: ACCOUNT,
      principal,
      transport: options.transport ?? this.connect(principal),
      beatTimeout: 3000,
      renewInterval: 60,
      commandBudget: 2000,
      reconnect: { initial: 5, max: 20 },
      compareInterval: Infinity,
      logger: QUIET,
      ...options,
    });
    onTestFinished(() => gateway.close());
    return gateway;
  }

  async connected(options: Partial<ClusterGatewayOptions> = {}): Promise<ClusterGateway> {
    const gateway = this.gateway(options);
    await gateway.connect();
    return gateway;
  }

  /** A gateway that is connected, and looks no further by itself: its subscription works, and it has compared since. */
  async settled(options: Partial<ClusterGatewayOptions> = {}): Promise<ClusterGateway> {
    const gateway = await this.connected(options);
    await until(() => {
      expect(gateway.client.stats().events.received).toBeGreaterThan(0);
    });
    await gateway.resync();
    return gateway;
  }
}

/** An engine that simulates a market, ended after the test. */
export function simulated(): SimulatedEngine {
  const engine = new SimulatedEngine();
  onTestFinished(() => {
    engine.stop();
  });
  return engine;
}

/** Waits until it does not throw. */
export function until(condition: () => void): Promise<void> {
  return vi.waitFor(condition, { timeout: 20_000, interval: 5 });
}
