/**
 * The one writer of a client's status: everything that bears on it is reported here, and the status is computed.
 *
 * @module
 */
import type { ClientEndpoint, ClientStatus, DisconnectedStatus } from './status.js';
import type { ConnectionFailure } from './transport.js';

/** How one of the two connections stands. */
export interface EndpointView {
  readonly endpoint: ClientEndpoint;
  readonly address: string;
  readonly open: boolean;
  /** Why the last attempt or connection failed. */
  readonly failure: ConnectionFailure | undefined;
}

/** Everything that bears on the status. */
export interface StatusView {
  readonly phase: 'idle' | 'running' | 'stopped';
  readonly endpoints: readonly EndpointView[];
  /** For how long the server has been silent, in ms, when that is too long; else undefined. */
  readonly silence: number | undefined;
  /** The same for the subscription alone, of a server that answers requests. */
  readonly feedSilence?: number | undefined;
}

/** Holds the status, and tells of its changes. */
export class StatusBoard {
  readonly #onChange: (status: ClientStatus) => void;
  #status: ClientStatus = { state: 'idle' };
  #reconnects = 0;
  /** A connection broke since the status was last `connected`. */
  #broken = false;
  #wasConnected = false;

  constructor(onChange: (status: ClientStatus) => void) {
    this.#onChange = onChange;
  }

  get status(): ClientStatus {
    return this.#status;
  }

  /** How many times the client was connected again after a connection had broken. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Computes the status anew, and tells if it is another one. */
  update(view: StatusView): void {
    const next = this.#compute(view);
    const changed = !sameStatus(next, this.#status);
    this.#status = next;
    if (changed) this.#onChange(next);
  }

  #compute({ phase, endpoints, silence, feedSilence }: StatusView): ClientStatus {
    if (phase !== 'running') return { state: phase };

    const down = endpoints.filter(({ open }) => !open);
    const failed = down.find(({ failure }) => failure !== undefined);
    if (failed?.failure !== undefined) {
      this.#broken = this.#wasConnected;
      return {
        state: 'disconnected',
        reason: failed.failure.kind,
        endpoint: failed.endpoint,
        address: failed.address,
        detail: failed.failure.detail,
      };
    }
    if (down.length > 0) return { state: 'connecting' };

    if (silence !== undefined) return unresponsive(endpoints, silence);

    if (feedSilence !== undefined) {
      this.#broken = this.#wasConnected; // What it should have brought was missed.
      return silentFeed(endpoints, feedSilence);
    }
    if (this.#broken) {
      this.#broken = false;
      this.#reconnects++;
    }
    this.#wasConnected = true;
    return { state: 'connected', reconnects: this.#reconnects };
  }
}

function unresponsive(endpoints: readonly EndpointView[], silence: number): DisconnectedStatus {
  const address = endpoints[0]?.address ?? '';
  return {
    state: 'disconnected',
    reason: 'unresponsive',
    endpoint: 'request',
    address,
    detail:
      `the connection to ${address} stands, but neither a reply nor a heartbeat has come for ${Math.round(silence / 1000)} s: ` +
      "the server's RPC thread has died, or is busy with one long call. If this stays so, restart the server",
  };
}

function silentFeed(endpoints: readonly EndpointView[], silence: number): DisconnectedStatus {
  const address = endpoints.find(({ endpoint }) => endpoint === 'subscribe')?.address ?? '';
  return {
    state: 'disconnected',
    reason: 'unresponsive',
    endpoint: 'subscribe',
    address,
    detail:
      `the server answers requests, but nothing, not even a heartbeat, has come from ${address} for ${Math.round(silence / 1000)} s: ` +
      "it is not this server's publish address, or leads over a forwarder that has lost the server",
  };
}

/** The detail may change with every attempt: that does not make a status another one. */
function sameStatus(left: ClientStatus, right: ClientStatus): boolean {
  if (left.state === 'disconnected' && right.state === 'disconnected')
    return left.reason === right.reason && left.endpoint === right.endpoint;

  if (left.state === 'connected' && right.state === 'connected') return left.reconnects === right.reconnects;

  return left.state === right.state;
}
