/**
 * Keeps the state equal to the server's: the first snapshot, and another one whenever events may have been missed.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { ClientStatus, RpcClient } from '../../rpc/index.js';
import type { ContractData, OrderData, SubscribeRequest } from '../data/index.js';
import { takeSnapshot } from './snapshot.js';
import type { SnapshotContext } from './snapshot.js';
import { SNAPSHOT_KINDS } from './state.js';
import { GatewayError } from '../errors.js';
import type { GatewayProblem, ResyncReport } from './types.js';

/** How often to look whether the subscription has begun to work, in ms. */
const JOIN_POLL = 250;
/** Pause after a snapshot that failed although the connection stands, in ms. */
const RETRY_PAUSE = 1000;
/** What can have changed while the subscription was on its way. Contracts do not change within a second. */
const TRADING_KINDS = SNAPSHOT_KINDS.filter((kind) => kind !== 'contract');

/** A symbol that was subscribed here. */
export interface Subscription {
  readonly request: SubscribeRequest;
  readonly gatewayName: string;
}

/** What the synchroniser needs of the gateway. */
export interface SyncContext {
  readonly client: RpcClient;
  readonly snapshot: SnapshotContext;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  /** Sends one subscription to the server. */
  resubscribe(subscription: Subscription): Promise<void>;
  /**
   * The server does not know these orders any more.
   *
   * @param lostAt - When the connection was lost, if it was.
   */
  vanished(orders: readonly OrderData[], lostAt: number | undefined): void;
  /** A resync after a loss begins. */
  resyncing(): void;
  resynced(report: ResyncReport): void;
  problem(problem: GatewayProblem): void;
}

type Reason = ResyncReport['reason'];
/** Each of them looks at what those before it look at, and at more. */
const REASONS: readonly (Reason | undefined)[] = [undefined, 'joined', 'stalled', 'requested', 'reconnected'];

/** Someone who waits for the next snapshot. */
interface Requester {
  readonly resolve: (report: ResyncReport) => void;
  readonly reject: (error: unknown) => void;
}

export class Synchroniser {
  readonly #stopping = new AbortController();
  /** When the connection was lost, until a snapshot has made up for it. */
  #lostAt: number | undefined;
  /** How often it was lost. */
  #losses = 0;
  #wanted: Reason | undefined;
  #running = false;
  #started = false;
  #joining = false;
  /** No snapshot has been asked for since the subscription is known to work. */
  #blind = false;
  /** Messages on the subscription by the time at which it was last made. */
  #receivedAtConnect = 0;
  /** Subscribed symbols whose contracts the restarted server has not loaded yet. */
  readonly #awaited = new Set<string>();
  readonly #requesters = new Set<Requester>();
  readonly #context: SyncContext;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** Takes the first snapshot, once connected. */
  async first(): Promise<void> {
    // That the server was not there at the first attempts is no loss.
    this.#lostAt = undefined;
    this.#wanted = undefined;
    const joined = this.#hasJoined();
    await takeSnapshot(this.#context.snapshot);
    this.#started = true;
    if (!joined) void this.#resyncOnceJoined();
    if (this.#requesters.size > 0) this.#want('requested');
    // What happened to the connection meanwhile was noted and is made up for now.
    this.#run();
  }

  statusChanged(status: ClientStatus): void {
    if (status.state === 'disconnected') {
      this.#lostAt ??= performance.now();
      this.#losses += 1;
    }
    if (status.state !== 'connected') return;
    this.#receivedAtConnect = this.#context.client.stats().events.received;
    if (this.#lostAt !== undefined) this.#want('reconnected');
    else if (this.#wanted !== undefined) this.#want(this.#wanted);
  }

  /** A contract has come by the stream: if a restarted server has only now loaded it, it can be subscribed now. */
  contractSeen(contract: ContractData): void {
    const subscription = this.#awaited.delete(contract.vt_symbol)
      ? this.#context.subscriptions.get(contract.vt_symbol)
      : undefined;
    if (subscription !== undefined) void this.#resubscribeOne(subscription);
  }

  /** This program did not read for so long that events may have been lost; now it has read all there was. */
  stalled(): void {
    this.#want('stalled');
  }

  /**
   * Takes a snapshot that is asked for from now on; after a loss, the one that makes up for it.
   *
   * @throws GatewayError `ABORTED`, `CLOSED`; what the snapshot failed with.
   */
  async request(signal: AbortSignal | undefined): Promise<ResyncReport> {
    const aborted = (): GatewayError =>
      new GatewayError('ABORTED', 'resync() was aborted by the signal given to it', { cause: signal?.reason });
    if (signal?.aborted === true) throw aborted();
    let requester: Requester | undefined;
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise<ResyncReport>((resolve, reject) => {
        requester = { resolve, reject };
        onAbort = () => {
          reject(aborted());
        };
        signal?.addEventListener('abort', onAbort);
        this.#requesters.add(requester);
        this.#want('requested');
      });
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
      if (requester !== undefined) this.#requesters.delete(requester);
    }
  }

  stop(): void {
    this.#stopping.abort();
    for (const { reject } of this.#requesters) reject(new GatewayError('CLOSED', 'The gateway was closed'));
  }

  #isBlind(): boolean {
    return this.#blind;
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /**
   * Whether a message has come on the subscription since it was made. A publisher does not confirm a subscription, so
   * only this proves that it sends us what happens.
   */
  #hasJoined(): boolean {
    return this.#context.client.stats().events.received > this.#receivedAtConnect;
  }

  /** What happened between the connection and the publisher's taking note of us is found by a second look. */
  async #resyncOnceJoined(): Promise<void> {
    this.#blind = true;
    if (this.#joining) return;
    this.#joining = true;
    try {
      while (!this.#hasJoined()) {
        await delay(JOIN_POLL, undefined, { signal: this.#stopping.signal, ref: false });
      }
      // Unless another look has been taken meanwhile.
      if (this.#isBlind()) this.#want('joined');
    } catch {
      // Stopped while waiting.
    } finally {
      this.#joining = false;
    }
  }

  #want(reason: Reason): void {
    if (REASONS.indexOf(reason) > REASONS.indexOf(this.#wanted)) this.#wanted = reason;
    if (this.#started) this.#run();
  }

  #run(): void {
    // Without a connection there is nothing to ask; the next one calls this again.
    if (this.#running || this.#context.client.status().state !== 'connected') return;
    this.#running = true;
    void this.#loop().finally(() => {
      this.#running = false;
    });
  }

  async #loop(): Promise<void> {
    while (this.#wanted !== undefined && !this.#isStopped()) {
      const reason = this.#wanted;
      this.#wanted = undefined;
      try {
        await this.#resync(reason);
      } catch (cause) {
        if (this.#isStopped()) return;
        // Who requested it knows, and may request another.
        if (reason === 'requested') continue;
        const message = `Snapshot failed: ${messageOf(cause)}`;
        this.#context.problem({ kind: 'snapshot', message, cause });
        this.#wanted ??= reason;
        // Without a connection the next one is waited for; with one, the server may need a moment.
        if (this.#context.client.status().state !== 'connected') return;
        await delay(RETRY_PAUSE, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async #resync(reason: Reason): Promise<void> {
    const requesters = [...this.#requesters];
    try {
      const report = await this.#compare(reason);
      for (const { resolve } of requesters) resolve(report);
    } catch (cause) {
      for (const { reject } of requesters) reject(cause);
      throw cause;
    }
  }

  async #compare(reason: Reason): Promise<ResyncReport> {
    const lostAt = this.#lostAt;
    const losses = this.#losses;
    const joined = this.#hasJoined();
    if (reason === 'reconnected') {
      this.#context.resyncing();
      // Which contracts the server has is not known yet: one that it loads while it is being asked is subscribed then.
      this.#awaited.clear();
      for (const vtSymbol of this.#context.subscriptions.keys()) this.#awaited.add(vtSymbol);
    }
    // First the ticks, which nobody can bring back; then the rest, which the server remembers.
    const accepted = reason === 'reconnected' ? await this.#resubscribeAll() : [];
    const kinds = reason === 'reconnected' || reason === 'requested' ? SNAPSHOT_KINDS : TRADING_KINDS;
    const { missed, vanished } = await takeSnapshot(this.#context.snapshot, kinds);
    if (reason === 'reconnected') {
      if (this.#losses === losses) this.#lostAt = undefined;
      this.#awaited.clear();
      for (const { vt_symbol } of vanished.contract) this.#awaited.add(vt_symbol);
    }
    // vnpy takes a subscription of a contract that it does not have, and does nothing.
    const resubscribed = accepted.filter((vtSymbol) => !this.#awaited.has(vtSymbol));
    this.#context.vanished(vanished.order, reason === 'reconnected' ? lostAt : undefined);
    // Positions and accounts change by themselves: that the second look finds them changed says nothing.
    const found = [missed.order, missed.trade, vanished.order, vanished.trade].some((list) => list.length > 0);
    const restarted = vanished.order.length > 0 || vanished.trade.length > 0 || vanished.contract.length > 0;
    const downtime = lostAt === undefined ? 0 : performance.now() - lostAt;
    const report = { reason, downtime, restarted, missed, vanished, resubscribed };
    if (reason === 'reconnected' || found) this.#context.resynced(report);
    if (joined) this.#blind = false;
    else void this.#resyncOnceJoined();
    return report;
  }

  async #resubscribeAll(): Promise<readonly string[]> {
    const all = [...this.#context.subscriptions.values()];
    const done = await Promise.all(all.map((subscription) => this.#resubscribeOne(subscription)));
    return all.filter((_, index) => done[index] === true).map((subscription) => subscription.request.vt_symbol);
  }

  async #resubscribeOne(subscription: Subscription): Promise<boolean> {
    try {
      await this.#context.resubscribe(subscription);
      return true;
    } catch (cause) {
      const { vt_symbol } = subscription.request;
      const message = `${vt_symbol} could not be subscribed again: ${messageOf(cause)}`;
      if (!this.#isStopped()) this.#context.problem({ kind: 'resubscribe', message, vt_symbol, cause });
      return false;
    }
  }
}
