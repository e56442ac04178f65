/**
 * What a client knows about its server.
 *
 * @module
 */

/**
 * Why a client is not connected.
 *
 * - `unreachable`: nobody accepts the connection (refused, no route, no answer in time).
 * - `lost`: the connection was there and broke: the server ended, restarted, or stopped answering on the network.
 * - `handshake`: something answers at the address and does not speak ZeroMQ, or another kind of socket, or does not
 *   accept this client's security.
 * - `unresponsive`: the connection stands, but neither a reply nor a heartbeat comes. The server's RPC thread has died, or
 *   is busy with one long call of another client. Of the `subscribe` endpoint: the server answers requests, but no
 *   heartbeat comes, and so no events either.
 */
export type DisconnectReason = 'unreachable' | 'lost' | 'handshake' | 'unresponsive';

/** Which of a client's two connections a status speaks of. */
export type ClientEndpoint = 'request' | 'subscribe';

/** Not started yet. */
export interface IdleStatus {
  readonly state: 'idle';
}

/** Started, and no attempt to connect has ended yet. */
export interface ConnectingStatus {
  readonly state: 'connecting';
}

/** Every connection stands, and the server gives signs of life. */
export interface ConnectedStatus {
  readonly state: 'connected';
  /** How many times the client had been connected before: 0 at first. More than 0 means that events may have been missed. */
  readonly reconnects: number;
}

/** Not connected; the client goes on trying by itself. */
export interface DisconnectedStatus {
  readonly state: 'disconnected';
  readonly reason: DisconnectReason;
  /** Which connection; both being down, the request connection. */
  readonly endpoint: ClientEndpoint;
  /** Its address. */
  readonly address: string;
  /** One or two sentences for a person: what was seen, and what to do about it. */
  readonly detail: string;
}

/** `stop()` was called. */
export interface StoppedStatus {
  readonly state: 'stopped';
}

/** A client's status: a union tagged by `state`. */
export type ClientStatus = IdleStatus | ConnectingStatus | ConnectedStatus | DisconnectedStatus | StoppedStatus;
