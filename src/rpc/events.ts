/**
 * What a client tells its listeners, by name.
 *
 * @module
 */
import type { ClientStatus } from './status.js';
import type { Frames } from './transport.js';

/** One published message, in whichever of the two formats it came (vnpy/rpc/server.py of 4.4 and of 4.5). */
export interface RpcEvent {
  /** The topic; vnpy_rpcservice publishes everything under `''`. */
  readonly topic: string;
  /** What was published with it. */
  readonly data: unknown;
}

/** An event that could not be decoded. The client goes on. */
export interface UndecodableEventProblem {
  readonly kind: 'undecodable-event';
  /** What, where, and the likely cause, in a sentence. */
  readonly message: string;
  /** The topic, where it could be read. */
  readonly topic: string | undefined;
  /** Where in the pickle decoding failed, where known. */
  readonly offset: number | undefined;
  /** What was thrown: an UnpicklingError, as a rule. */
  readonly cause: unknown;
  /** The message as it arrived. */
  readonly frames: Frames;
}

/** A listener of this client threw. The other listeners were called all the same. */
export interface ListenerProblem {
  readonly kind: 'listener';
  readonly message: string;
  /** The event that it listens to. */
  readonly event: string;
  readonly cause: unknown;
}

/** An attempt to connect failed in a way that trying again will hardly cure: wrong keys, not a ZeroMQ port. */
export interface HandshakeProblem {
  readonly kind: 'handshake';
  readonly message: string;
  readonly address: string;
}

/** The client itself failed at a message, which it should not. It goes on with the next one. */
export interface InternalProblem {
  readonly kind: 'internal';
  readonly message: string;
  /** What was thrown. */
  readonly cause: unknown;
}

/** Events were lost between the connection and this program, which was too busy to take them. */
export interface MissedEventsProblem {
  readonly kind: 'missed-events';
  readonly message: string;
  /** How many since the last such problem. */
  readonly count: number;
}

/** What an `error` event carries: nothing that a call reports by rejecting. */
export type ClientProblem =
  UndecodableEventProblem | ListenerProblem | HandshakeProblem | InternalProblem | MissedEventsProblem;

/** An iterator's queue was full, and events were lost or replaced. At most one a second and iterator; the last at its end. */
export interface OverflowReport {
  /** The topic that the iterator asked for; undefined for all that are subscribed. */
  readonly topic: string | undefined;
  /** Events lost since the last report. */
  readonly dropped: number;
  /** Events replaced by a newer one of the same key since the last report. */
  readonly conflated: number;
  /** The queue's bound. */
  readonly limit: number;
}

/** The names of a client's events, and what their listeners get. */
export interface ClientEvents {
  /** A published message that was asked for. */
  event: [event: RpcEvent];
  /** The connection has changed. */
  status: [status: ClientStatus];
  /** Something went wrong that no call reports by rejecting. */
  error: [problem: ClientProblem];
  /** An iterator was read too slowly: events were lost or replaced. */
  overflow: [report: OverflowReport];
}

/** The policies of {@link OverflowPolicy}. @internal */
export const OVERFLOW_POLICIES = ['drop-oldest', 'drop-newest', 'fail'] as const;

/** What an iterator does when its queue is full: lose the oldest event, the newest, or end with an error. */
export type OverflowPolicy = 'drop-oldest' | 'drop-newest' | 'fail';

/** Options of `RpcClient.events()`. */
export interface EventStreamOptions {
  /** Only topics that start with this; the client subscribes to it for as long as the iterator lives. */
  readonly topic?: string;
  /** Ends the iterator without an error. */
  readonly signal?: AbortSignal;
  /** How many events may wait. Default 100,000. */
  readonly limit?: number;
  /** What happens when they are more. Default `'drop-oldest'`; never silent: see the `overflow` event. */
  readonly overflow?: OverflowPolicy;
  /**
   * Gives the key of an event. Events of the same key replace one another while the queue is full: for ticks, where only the
   * latest counts. Those that give undefined are never replaced.
   */
  readonly latestBy?: (event: RpcEvent) => string | undefined;
}
