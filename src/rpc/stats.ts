/**
 * Counters of a client and of a server: plain numbers, taken at the moment of asking.
 *
 * @module
 */

/** How long the calls took that got an answer, in ms from `call()` to the answer. All 0 before the first one. */
export interface LatencyStats {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What became of the calls of a client. */
export interface CallStats {
  /** Calls begun. */
  readonly total: number;
  /** Answered with a result. */
  readonly succeeded: number;
  /** Answered with a traceback: RemoteException. */
  readonly failed: number;
  /** RpcTimeoutError, by outcome. */
  readonly timedOut: { readonly notSent: number; readonly unknown: number };
  /** RpcAbortError, by outcome. */
  readonly aborted: { readonly notSent: number; readonly unknown: number };
  /** RpcDisconnectedError, by outcome. */
  readonly disconnected: { readonly notSent: number; readonly unknown: number };
  /** RpcClosedError, by outcome. */
  readonly closed: { readonly notSent: number; readonly unknown: number };
  /** Refused because the queue was full. */
  readonly queueFull: number;
  /** Arguments that could not be pickled, or a wrong call: nothing was queued. */
  readonly refused: number;
  /** Answered with something that could not be decoded. */
  readonly badReply: number;
  /** Waiting for the connection or for a place in the window, now. */
  readonly queued: number;
  /** Sent, and neither answered nor given up, now. */
  readonly inFlight: number;
  /** Sent, given up by the caller, and not answered, now: each still takes a place in the window. */
  readonly abandoned: number;
  /** Answers that came after their call had been given up. */
  readonly lateReplies: number;
  /** Answers to no call of this client. */
  readonly unknownReplies: number;
}

/** What became of the events of a client. */
export interface EventStats {
  /** Messages received on the subscription, heartbeats included. */
  readonly received: number;
  /** Events given to listeners and iterators. */
  readonly delivered: number;
  /** One-part events that crossed the wire and that no subscription wanted. */
  readonly filtered: number;
  /** Messages that could not be decoded: each was an `error` event. */
  readonly undecodable: number;
  /** Events that the receiving thread dropped, because `receiveHighWaterMark` of them waited: each was part of an `error` event. */
  readonly missed: number;
  /** Events that an iterator's full queue lost: each was part of an `overflow` event. */
  readonly dropped: number;
  /** Events that a newer one of the same key replaced in an iterator's full queue (`latestBy`). */
  readonly conflated: number;
  /** Events waiting in the queues of all iterators, now. */
  readonly queued: number;
  /** Heartbeats received, in both dialects. */
  readonly heartbeats: number;
  /** Listeners that threw: each was an `error` event. */
  readonly listenerErrors: number;
}

/** Counters of an RpcClient. */
export interface ClientStats {
  readonly calls: CallStats;
  readonly latency: LatencyStats;
  readonly events: EventStats;
  /** How many times the client was connected again after having been connected. */
  readonly reconnects: number;
  /** Attempts to connect that failed, on both connections. */
  readonly failedAttempts: number;
  /** Messages at which the client itself failed: each was an `error` event of the kind `internal`. */
  readonly internalErrors: number;
  /** Age of the last message of any kind, in ms; undefined before the first. */
  readonly lastMessageAge: number | undefined;
  /** The server's clock minus this one's at the last heartbeat, in ms, network delay included; undefined before it. */
  readonly clockOffset: number | undefined;
}

/** Counters of an RpcServer. */
export interface ServerStats {
  /** Requests received, junk included. */
  readonly requests: number;
  /** Answered with a result. */
  readonly succeeded: number;
  /** Answered with a traceback, for whatever reason. */
  readonly failed: number;
  /** Not a request at all (no pickle, wrong shape, too large): answered with an error, counted in `failed` too. */
  readonly malformed: number;
  /** Messages without an envelope: nobody waits for an answer to them, so they are dropped. */
  readonly junk: number;
  /** Refused because too many requests were waiting: answered with an error. */
  readonly refused: number;
  /** Answers that nobody could take: the client had gone. */
  readonly undeliverable: number;
  /** Requests that were not run because their client was found to have gone. */
  readonly discarded: number;
  /** Requests that came to their turn after their deadline, and were not run: of transports that carry one. */
  readonly expired: number;
  /** Answers given up because the client does not read its answers. */
  readonly unread: number;
  /** Results that could not be pickled: answered with an error, counted in `failed` too. */
  readonly unpicklable: number;
  /** Requests waiting or running, now. */
  readonly pending: number;
  /** Clients with requests waiting or running, now. */
  readonly clients: number;
  /** Events published, heartbeats not included. */
  readonly published: number;
  /** Events published while the server was not active: nobody got them. */
  readonly publishDropped: number;
  /** Heartbeats published. */
  readonly heartbeats: number;
  /** Connections refused: by the allow-lists, for wrong credentials or a limit, or because the peer broke the protocol. */
  readonly denied: number;
  /** Failures of the server itself, or of its transport, at a request: each was an error of the logger, and cost no other request. */
  readonly internalErrors: number;
}
