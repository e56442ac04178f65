/**
 * Keeps the state equal to the server's: the first snapshot, and another one whenever events may have been missed.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { ClientStatus, RpcClient } from '../../rpc/index.js';
import type { SignalWatch } from '../../rpc/internal.js';
import type { ContractData } from '../data/index.js';
import { GatewayError } from '../errors.js';
import type { Compared } from './comparisons.js';
import { nothingFound, ORDER_KINDS, takeSnapshot, takeTicks } from './snapshot.js';
import type { SnapshotParts } from './snapshot.js';
import type { Subscription } from './remote-engine.js';
import type { ResyncReport } from './types.js';

/** After how long to look first whether the subscription has begun to work, in ms. Each further wait is twice as long. */
const FIRST_JOIN_POLL = 5;
/** The longest of these waits, in ms. */
const JOIN_POLL = 250;
/** A comparison may itself be what keeps the program busy: a stall has the next one after so many times its duration. */
const STALL_PAUSE = 10;
/** And this is the longest that it has to wait, in ms. */
const MAX_STALL_PAUSE = 30_000;
/** Pause after a snapshot that failed although the connection stands, in ms. */
const RETRY_PAUSE = 1000;

type Reason = ResyncReport['reason'];

/** The weightier first: when several want a comparison, the report names the first. */
const REASONS: readonly Reason[] = [
  'reconnected',
  'requested',
  'stalled',
  'joined',
  'paused',
  'suspicious',
  'interval',
];

/** Those for which orders and trades are compared, and nothing else. */
const OF_ORDERS: ReadonlySet<Reason> = new Set<Reason>(['paused', 'suspicious', 'interval']);

/** Whom it asks, where the answers go, and who is told. */
export interface SyncParts extends SnapshotParts {
  readonly retryFirstSnapshot: boolean;
  readonly client: RpcClient;
  readonly signals: SignalWatch;
}

/** Someone who waits for the next comparison. */
interface Requester {
  readonly resolve: (report: ResyncReport) => void;
  readonly reject: (error: unknown) => void;
}

export class Synchroniser {
  readonly #stopping = new AbortController();
  /** When the connection was lost, until a comparison has made up for it. */
  #lostAt: number | undefined;
  /** When it was lost last. */
  #lastLostAt = 0;
  /** How often it was lost. */
  #losses = 0;
  /** Why the next comparison is wanted. One serves all who want one. */
  #wanted = new Set<Reason>();
  /** What comparisons have found that did not come to their end. */
  #found = nothingFound();
  #running = false;
  #started = false;
  #joining = false;
  /** No snapshot has been asked for since the subscription is known to work. */
  #blind = false;
  /** When a stall may have a comparison, by performance.now(). */
  #nextForStall = 0;
  #stallNoted = false;
  /** Messages on the subscription by the time at which it was last made. */
  #receivedAtConnect = 0;
  /** Symbols that this connection has yet to subscribe again, and those that it has. */
  readonly #unsubscribed = new Set<string>();
  #resubscribed: string[] = [];
  /** Subscribed symbols of which nothing is known yet: a restarted server may not have loaded their contracts. */
  readonly #awaited = new Set<string>();
  readonly #requesters = new Set<Requester>();
  /** The symbols that were subscribed here. */
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #followers: ((compared: Compared) => void)[] = [];
  readonly #parts: SyncParts;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    parts.intake.follow({
      contractSeen: (contract) => {
        this.#contractSeen(contract);
      },
    });
  }

  /** From here on somebody is told when orders and trades were compared, or asked for the first time. */
  follow(follower: (compared: Compared) => void): void {
    this.#followers.push(follower);
  }

  /** A symbol was subscribed, and stays so over losses. */
  subscribed(subscription: Subscription): void {
    this.#subscriptions.set(subscription.request.vt_symbol, subscription);
  }

  /** Takes the first snapshot each time the connection is there, until one has come to its end; without the option once. */
  async firstOnceReady(ready: () => Promise<void>): Promise<void> {
    while (true) {
      await ready();
      try {
        await this.#first();
        return;
      } catch (cause) {
        if (!this.#parts.retryFirstSnapshot || this.#isStopped()) throw cause;
        const message = `The first snapshot failed, and is taken again: ${messageOf(cause)}`;
        this.#parts.reporter.report({ kind: 'snapshot', message, cause });
        await this.#pause(RETRY_PAUSE).catch(() => {
          throw new GatewayError('CLOSED', 'The gateway was closed', { cause });
        });
      }
    }
  }

  async #first(): Promise<void> {
    // That the server was not there at the first attempts is no loss.
    this.#lostAt = undefined;
    this.#wanted.clear();
    const joined = this.#hasJoined();
    const begun = performance.now();
    const took = await takeSnapshot(this.#parts, nothingFound());
    await takeTicks(this.#parts);
    this.#parts.intake.counters.snapshots++;
    this.#started = true;
    this.#tell({ reasons: new Set(), isFresh: true, begun, took, ...nothingFound() });
    if (!joined) void this.#resyncOnceJoined();
    if (this.#requesters.size > 0) this.#wanted.add('requested');
    // What happened to the connection meanwhile was noted and is made up for now.
    this.#run();
  }

  statusChanged(status: ClientStatus): void {
    if (status.state === 'disconnected') {
      this.#lastLostAt = performance.now();
      this.#lostAt ??= this.#lastLostAt;
      this.#losses++;
      this.#parts.intake.lost();
    }
    if (status.state !== 'connected') return;
    this.#receivedAtConnect = this.#parts.client.stats().events.received;
    if (this.#lostAt !== undefined) {
      this.#unsubscribed.clear();
      for (const vtSymbol of this.#subscriptions.keys()) this.#unsubscribed.add(vtSymbol);
      this.#resubscribed = [];
      this.#want('reconnected');
    } else {
      this.#run();
    }
  }

  /**
   * A contract has come by the stream, and is not in the state yet. If a restarted server has only now loaded it, it can be
   * subscribed now.
   */
  #contractSeen({ vt_symbol: vtSymbol }: ContractData): void {
    if (this.#awaited.delete(vtSymbol) || this.#parts.intake.state.isGone(vtSymbol)) this.#resubscribe(vtSymbol);
  }

  /** This program did not read for so long that events may have been lost; now it has read all there was. */
  async stalled(): Promise<void> {
    if (this.#stallNoted) return;
    this.#stallNoted = true;
    try {
      const wait = this.#nextForStall - performance.now();
      if (wait > 0) await this.#pause(wait);
      this.#want('stalled');
    } catch {
      // Stopped while waiting.
    } finally {
      this.#stallNoted = false;
    }
  }

  /** Compares as soon as nothing else is compared. */
  compare(reason: Reason): void {
    this.#want(reason);
  }

  /**
   * Compares anew from now on; after a loss, it is the comparison that makes up for it.
   *
   * @throws GatewayError `ABORTED`, `CLOSED`; what the comparison failed with.
   */
  async request(signal: AbortSignal | undefined): Promise<ResyncReport> {
    const aborted = (): GatewayError =>
      new GatewayError('ABORTED', 'resync() was aborted by the signal given to it', { cause: signal?.reason });
    if (signal?.aborted === true) throw aborted();
    let requester: Requester | undefined;
    let unwatch: (() => void) | undefined;
    try {
      return await new Promise<ResyncReport>((resolve, reject) => {
        requester = { resolve, reject };
        unwatch = this.#parts.signals.watch(signal, () => {
          reject(aborted());
        });
        this.#requesters.add(requester);
        this.#want('requested');
      });
    } finally {
      unwatch?.();
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

  #isConnected(): boolean {
    return this.#parts.client.status().state === 'connected';
  }

  /**
   * Whether a message has come on the subscription since it was made. A publisher does not confirm a subscription, so
   * only this proves that it sends us what happens.
   */
  #hasJoined(): boolean {
    return this.#parts.client.stats().events.received > this.#receivedAtConnect;
  }

  /** What happened between the connection and the publisher's taking note of us is found by a second look. */
  async #resyncOnceJoined(): Promise<void> {
    this.#blind = true;
    if (this.#joining) return;
    this.#joining = true;
    try {
      for (let wait = FIRST_JOIN_POLL; !this.#hasJoined(); wait = Math.min(2 * wait, JOIN_POLL))
        await this.#pause(wait);
      // Unless another look has been taken meanwhile.
      if (this.#isBlind()) this.#want('joined');
    } catch {
      // Stopped while waiting.
    } finally {
      this.#joining = false;
    }
  }

  /** @throws when the gateway is closed meanwhile. */
  async #pause(time: number): Promise<void> {
    await delay(time, undefined, { signal: this.#stopping.signal, ref: false });
  }

  #want(reason: Reason): void {
    this.#wanted.add(reason);
    if (this.#started) this.#run();
  }

  #run(): void {
    if (!this.#running) void this.#loop();
  }

  async #loop(): Promise<void> {
    this.#running = true;
    try {
      // Without a connection there is nothing to ask; the next one begins this again.
      while (this.#wanted.size > 0 && !this.#isStopped() && this.#isConnected()) {
        const reasons = this.#wanted;
        this.#wanted = new Set();
        await this.#compare(reasons).catch((cause: unknown) => this.#failed(reasons, cause));
      }
    } finally {
      // With no turn between it and the last look at what is wanted.
      this.#running = false;
    }
  }

  /**
   * Those who requested a comparison know that it failed, and may request another; an interval has its next one. Any other
   * reason stands.
   */
  async #failed(reasons: ReadonlySet<Reason>, cause: unknown): Promise<void> {
    if (this.#isStopped()) return;
    if ([...reasons].every((reason) => reason === 'requested')) return;
    this.#parts.reporter.report({
      kind: 'snapshot',
      message: `Snapshot failed: ${messageOf(cause)}`,
      cause,
    });
    const standing = [...reasons].filter((reason) => reason !== 'requested' && reason !== 'interval');
    for (const reason of standing) this.#wanted.add(reason);
    // The server may need a moment.
    if (standing.length > 0 && this.#isConnected()) await this.#pause(RETRY_PAUSE).catch(() => undefined);
  }

  async #compare(reasons: ReadonlySet<Reason>): Promise<void> {
    const losses = this.#losses;
    const reconnected = reasons.has('reconnected');
    const requesters = [...this.#requesters];
    const joined = this.#hasJoined();
    const begun = performance.now();
    const isOfOrders = [...reasons].every((reason) => OF_ORDERS.has(reason));
    let took: number;
    try {
      if (reconnected) {
        // Which contracts the server has is not known yet: one that it loads while it is being asked is subscribed then.
        this.#awaited.clear();
        for (const vtSymbol of this.#subscriptions.keys()) this.#awaited.add(vtSymbol);
        // First the ticks, which nobody can bring back; then the rest, which the server remembers.
        await this.#resubscribeAll();
      }
      took = await takeSnapshot(this.#parts, this.#found, isOfOrders ? ORDER_KINDS : undefined);
      if (reconnected) await takeTicks(this.#parts);
    } catch (cause) {
      if (losses === this.#losses) for (const { reject } of requesters) reject(cause);
      throw cause;
    } finally {
      const ended = performance.now();
      this.#nextForStall = ended + Math.min(STALL_PAUSE * (ended - begun), MAX_STALL_PAUSE);
    }
    // After a loss in the midst of it, some of it is of before. The comparison that makes up for the loss brings it to its end.
    if (losses !== this.#losses) return;
    if (!joined) {
      void this.#resyncOnceJoined();
    } else if (!isOfOrders) {
      // It is the second look that is wanted, also where the first message came while it ran.
      this.#blind = false;
      this.#wanted.delete('joined');
    }
    const { missed, vanished } = this.#found;
    const report = this.#report(reasons);
    this.#tell({ reasons, isFresh: reconnected, begun, took, missed, vanished });
    for (const { resolve } of requesters) resolve(report);
  }

  #tell(compared: Compared): void {
    for (const follower of this.#followers) follower(compared);
  }

  #report(reasons: ReadonlySet<Reason>): ResyncReport {
    const { missed, vanished, replaced } = this.#found;
    this.#found = nothingFound();
    this.#awaited.clear();
    const { intake, emitter } = this.#parts;
    const { state } = intake;
    for (const vtSymbol of state.takeReturned()) this.#resubscribe(vtSymbol);
    const reconnected = reasons.has('reconnected');
    const downtime = reconnected && this.#lostAt !== undefined ? performance.now() - this.#lostAt : 0;
    // vnpy takes a subscription of a contract that it does not have, and does nothing.
    const resubscribed = reconnected ? this.#resubscribed.filter((vtSymbol) => !state.isGone(vtSymbol)) : [];
    if (reconnected) this.#lostAt = undefined;
    intake.vanished(vanished.order, reconnected ? this.#lastLostAt : undefined);
    // Positions and accounts change by themselves: that they have says nothing.
    const found = [missed.order, missed.trade, vanished.order, vanished.trade, replaced].some(
      (list) => list.length > 0,
    );
    // An order that another one has replaced is no sign of a restart, nor is a contract that is gone.
    const restarted = vanished.order.length > 0 || vanished.trade.length > 0;
    const reason = REASONS.find((one) => reasons.has(one)) ?? 'requested';
    const lost = { ...vanished, order: [...vanished.order, ...replaced] };
    const report = { reason, downtime, restarted, missed, vanished: lost, resubscribed };
    intake.compared(restarted);
    if (reconnected || found) emitter.emit('resynced', report);
    return report;
  }

  /** Once a connection; what failed is tried again with the comparison. */
  async #resubscribeAll(): Promise<void> {
    await Promise.all(
      [...this.#unsubscribed].map(async (vtSymbol) => {
        const subscription = this.#subscriptions.get(vtSymbol);
        if (subscription === undefined || !(await this.#resubscribeOne(subscription))) return;
        this.#unsubscribed.delete(vtSymbol);
        this.#resubscribed.push(vtSymbol);
      }),
    );
  }

  #resubscribe(vtSymbol: string): void {
    const subscription = this.#subscriptions.get(vtSymbol);
    if (subscription !== undefined) void this.#resubscribeOne(subscription);
  }

  async #resubscribeOne(subscription: Subscription): Promise<boolean> {
    try {
      await this.#parts.remote.subscribe(subscription);
      return true;
    } catch (cause) {
      const { vt_symbol } = subscription.request;
      const message = `${vt_symbol} could not be subscribed again: ${messageOf(cause)}`;
      if (!this.#isStopped()) this.#parts.reporter.report({ kind: 'resubscribe', message, vt_symbol, cause });
      return false;
    }
  }
}
