/**
 * What RpcService asks of a guard: who may do what with its engine, and who may see what.
 *
 * @module
 */
import type { AccessControl } from '../rpc/index.js';
import type { TradingEngine } from './engine.js';
import type { Event } from './event.js';

/** Addresses on which one principal alone is served. */
export interface GuardedAddresses {
  readonly reply: string;
  readonly topicFrame: string;
  readonly pair: string | undefined;
  /** By which mechanisms this principal shows who it is: only a service with one of these serves it there. */
  readonly mechanisms: readonly ('null' | 'plain' | 'curve')[];
}

/** Stands between an engine and those who use it. `Guard` of `vnpy-bridge/guard` is one. */
export interface EngineGuard {
  /** Who may connect, and which functions each may call. */
  readonly access: AccessControl;
  /** How an order that is refused is answered: `''` and a log event, as vnpy's own risk manager does, or with an exception. */
  readonly refuseOrders: 'empty' | 'exception';
  /**
   * The principal that everybody is where the transport cannot tell who sent a message (`zeromq`). It counts only where `access`
   * needs no peers, and the service binds loopback alone. Undefined, or left out: then nobody is served there.
   */
  readonly nameless?: string | undefined;
  /** Addresses of principals that have their own. */
  readonly addresses: readonly GuardedAddresses[];
  /**
   * Learns the state of an engine and follows it. Resolves when it knows enough to decide.
   *
   * @param functions - names of all functions that are served: patterns of a policy may mean those that vnpy has not.
   */
  attach(engine: TradingEngine, functions: readonly string[]): Promise<void>;
  /** The engine as this principal may use it: requests are decided, answers and events are those that it may see. */
  engineFor(principal: string, engine: TradingEngine): TradingEngine;
  /** Whether this principal may see an event. One that it may see later comes by {@link onLate}. */
  sees(principal: string, event: Event): boolean;
  /** Tells of events that a principal sees later than others: its own, once it is known that they are. @returns what ends it. */
  onLate(listener: (principal: string, event: Event) => void): () => void;
}
