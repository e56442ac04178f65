/**
 * One of the servers of a joined engine.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientStatus } from '../../rpc/index.js';
import { LogData, OrderData } from '../data/index.js';
import type { TradingEngine } from '../engine.js';
import { GatewayError } from '../errors.js';
import { Event } from '../event.js';
import { newMarker } from '../gateway/order-search/marker.js';
import type { GatewayProblem, RequestOptions, ResyncReport, SnapshotParts } from '../gateway/types.js';
import { classify } from '../kinds.js';
import type { TradingGateway } from '../trading-gateway.js';
import { ServerNames, checkServerName } from './names.js';

/** What a gateway has and another engine need not have. */
type Linked = Pick<TradingGateway, 'status' | 'findOrder' | 'on'>;

/** Who hears what a server tells. */
export interface ServerListener {
  event(server: JoinedServer, event: Event): void;
  status(server: JoinedServer, status: ClientStatus): void;
  resynced(server: JoinedServer, report: ResyncReport): void;
  problem(server: JoinedServer, problem: GatewayProblem): void;
}

/** How long a server may take to tell what stood in its queue, in ms. */
const PATIENCE = 30_000;

/** A server, its names and its connection. */
export class JoinedServer {
  readonly name: string;
  readonly engine: TradingEngine;
  readonly names: ServerNames;
  readonly #linked: Linked | undefined;
  /** Markers that were put into its queue, and who waits for each. */
  readonly #markers = new Map<string, () => void>();
  /** Symbols of an engine that answers later. */
  readonly #symbols = new Set<string>();
  readonly #ends: (() => void)[] = [];

  constructor(name: string, engine: TradingEngine, listener: ServerListener) {
    this.name = checkServerName(name);
    this.engine = engine;
    this.names = new ServerNames(name);
    this.#linked = linkedOf(engine);
    this.#ends.push(
      engine.on('event', (event) => {
        if (!this.#isOwnMarker(event)) listener.event(this, this.#renamed(event));
      }),
    );
    if (this.#linked !== undefined) this.#follow(this.#linked, listener);
  }

  /** Its connection; undefined for an engine that has none. */
  status(): ClientStatus | undefined {
    return this.#linked?.status();
  }

  /** Whether it can be asked now, as far as it tells. */
  get isUp(): boolean {
    return this.status()?.state === 'connected' || this.#linked === undefined;
  }

  /** Whether it has a contract, as far as that is known at once. */
  hasContract(vtSymbol: string): boolean {
    const found: unknown = this.engine.getContract(vtSymbol);
    if (!(found instanceof Promise)) return found !== undefined && found !== null;
    found.catch(() => undefined); // Whoever asks for the contract itself hears of it.
    return this.#symbols.has(vtSymbol);
  }

  /** Notes a contract of its own. */
  met(vtSymbol: string): void {
    this.#symbols.add(vtSymbol);
  }

  /** An order by its reference. @throws what the engine's `findOrder` throws. */
  async findOrder(reference: string, options: Omit<RequestOptions, 'gatewayName'>): Promise<OrderData | undefined> {
    const found =
      this.#linked === undefined
        ? (await this.engine.getAllOrders()).find((order) => order.reference === reference)
        : await this.#linked.findOrder(reference, options);
    return found instanceof OrderData ? this.names.of(found) : undefined;
  }

  /**
   * Resolves when everything is told that it did before.
   *
   * @throws GatewayError `ORDER_UNCERTAIN` when that is not within the time for it.
   */
  async flush(): Promise<void> {
    const marker = newMarker();
    const waiting = new AbortController();
    const passed = new Promise<void>((resolve) => this.#markers.set(marker, resolve));
    try {
      await this.engine.flushEvents?.(marker);
      const isLate = delay(PATIENCE, true, { signal: waiting.signal, ref: false });
      if ((await Promise.race([passed, isLate])) === true) {
        const text = `the server ${this.name} has not told within ${PATIENCE / 1000} s what it did`;
        throw new GatewayError('ORDER_UNCERTAIN', text);
      }
    } finally {
      waiting.abort();
      this.#markers.delete(marker);
    }
  }

  /** Follows it no more. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #follow(gateway: Linked, listener: ServerListener): void {
    this.#ends.push(
      gateway.on('status', (status) => {
        listener.status(this, status);
      }),
      gateway.on('resynced', (report) => {
        const { missed, vanished } = report;
        listener.resynced(this, { ...report, missed: this.#parts(missed), vanished: this.#parts(vanished) });
      }),
      gateway.on('error', (problem) => {
        listener.problem(this, problem);
      }),
    );
  }

  #renamed(event: Event): Event {
    const item = classify(event.data);
    return item === undefined ? event : new Event(event.type, this.names.of(item.data));
  }

  #parts(parts: SnapshotParts): SnapshotParts {
    const renamed = Object.entries(parts).map(([kind, list]) => [kind, list.map((data) => this.names.of(data))]);
    // The same kinds, each with data of the same classes.
    return Object.fromEntries(renamed) as SnapshotParts;
  }

  #isOwnMarker({ data }: Event): boolean {
    if (this.#markers.size === 0 || !(data instanceof LogData)) return false;
    for (const [marker, passed] of this.#markers) {
      if (!data.msg.includes(marker)) continue;
      passed();
      return true;
    }
    return false;
  }
}

function linkedOf(engine: TradingEngine): Linked | undefined {
  const given = engine as Partial<Record<keyof Linked, unknown>>;
  const isLinked = typeof given.status === 'function' && typeof given.findOrder === 'function';
  return isLinked ? (engine as unknown as Linked) : undefined;
}
