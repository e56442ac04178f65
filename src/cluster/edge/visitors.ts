/**
 * The clients of an edge: let in by the gates of its server, and forgotten when they are silent.
 *
 * @module
 */
import type { CallContext, NotAdmitted, PeerGate, TransportPeer } from '../../rpc/index.js';
import type { ClusterClock } from '../transport/clock.js';
import type { CallKind } from '../wire/subjects.js';

/** The gates of one server. */
export interface Gates {
  readonly request: PeerGate;
  readonly subscribe: PeerGate;
}

/** Calls of a client that run in order. Histories take long, and contracts are part of every snapshot. */
export type Lane = CallKind | 'history';

/** A client, as its requests and events need it. */
export interface Visitor {
  readonly principal: string;
  /** Of its requests: those of one lane run in order, and never wait for those of another. */
  readonly lanes: Readonly<Record<Lane, CallContext>>;
  /** Which admission this is: another one where the client had been forgotten. */
  readonly session: number;
}

interface Known extends Visitor {
  readonly peers: readonly (readonly [gate: PeerGate, peer: TransportPeer])[];
  /** It gets events, and says hello again and again. */
  readonly isListening: boolean;
  seenAt: number;
  /** How far this edge's clock is ahead of its own, in ms, as it has said. */
  offset: number | undefined;
}

/** Clients that may be there at the same time. */
const MAX_VISITORS = 10_000;

/** How long clients are remembered, and how they are known. */
export interface VisitorOptions {
  /** Ms of silence after which a client is forgotten. */
  readonly patience: number;
  /** The address of the server, for the gates. */
  readonly endpoint: string;
  readonly clock: ClusterClock;
}

/** All clients of one edge. */
export class Visitors {
  readonly #options: VisitorOptions;
  readonly #known = new Map<string, Known>();
  readonly #listening = new Map<string, number>();
  #gates: Partial<Gates> = {};
  #lastSession = 0;

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  /** Clients that are here. */
  get count(): number {
    return this.#known.size;
  }

  /** Principals that get events. */
  get listening(): Iterable<string> {
    return this.#listening.keys();
  }

  /** The server is bound: somebody can be let in. */
  use(gates: Partial<Gates>): void {
    this.#gates = { ...this.#gates, ...gates };
  }

  /** A client says that it is there. */
  hello(principal: string, client: string, offset?: number): Visitor | NotAdmitted {
    const admitted = this.#admit(principal, client, true);
    const known = this.#known.get(keyOf(principal, client));
    if (known !== undefined) known.offset = offset;
    return admitted;
  }

  /** How far this edge's clock is ahead of that of the client whose clock differs most, in ms; undefined where none has said it. */
  get clockOffset(): number | undefined {
    let furthest: number | undefined;
    for (const { offset } of this.#known.values())
      if (offset !== undefined && Math.abs(offset) >= Math.abs(furthest ?? 0)) furthest = offset;
    return furthest;
  }

  /** A request came: of a client that has said hello, or of one that never does. */
  of(principal: string, client: string): Visitor | NotAdmitted {
    return this.#admit(principal, client, false);
  }

  /** A client has ended in order. */
  leave(principal: string, client: string): void {
    this.#forget(keyOf(principal, client));
  }

  /** Forgets who was silent for too long. */
  sweep(): void {
    const oldest = this.#options.clock.now() - this.#options.patience;
    for (const [key, { seenAt }] of [...this.#known]) if (seenAt < oldest) this.#forget(key);
  }

  /** Forgets all: they have to say hello to whoever is next. */
  clear(): void {
    for (const key of [...this.#known.keys()]) this.#forget(key);
  }

  #admit(principal: string, client: string, isListening: boolean): Visitor | NotAdmitted {
    const key = keyOf(principal, client);
    const known = this.#known.get(key);
    if (known !== undefined && (known.isListening || !isListening)) {
      known.seenAt = this.#options.clock.now();
      return known;
    }
    // One that asked before it said hello comes anew, with events.
    if (known !== undefined) this.#forget(key);
    if (this.#known.size >= MAX_VISITORS)
      return { refused: `this edge has ${MAX_VISITORS} clients already`, retry: true };
    return this.#letIn(key, principal, isListening);
  }

  #letIn(key: string, principal: string, isListening: boolean): Visitor | NotAdmitted {
    const { request, subscribe } = this.#gates;
    if (request === undefined || subscribe === undefined)
      return { refused: 'this edge does not serve yet', retry: true };
    const peers: (readonly [PeerGate, TransportPeer])[] = [];
    const enter = (gate: PeerGate): CallContext | NotAdmitted => {
      const peer: TransportPeer = {
        address: '',
        endpoint: this.#options.endpoint,
        mechanism: 'nats',
        id: principal,
        drop: () => {
          this.#forget(key);
        },
      };
      const admission = gate.admit(peer);
      if ('principal' in admission) peers.push([gate, peer]);
      return admission;
    };
    const context = enter(request);
    if (!('principal' in context)) return context;
    if (isListening) {
      const listening = enter(subscribe);
      if (!('principal' in listening)) {
        leaveAll(peers);
        return listening;
      }
    }
    const made: Known = {
      principal,
      lanes: lanesOf(context),
      session: ++this.#lastSession,
      peers,
      isListening,
      seenAt: this.#options.clock.now(),
      offset: undefined,
    };
    this.#known.set(key, made);
    if (isListening) this.#listening.set(principal, (this.#listening.get(principal) ?? 0) + 1);
    return made;
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    this.#known.delete(key);
    if (known.isListening) {
      const left = (this.#listening.get(known.principal) ?? 1) - 1;
      if (left > 0) this.#listening.set(known.principal, left);
      else this.#listening.delete(known.principal);
    }
    leaveAll(known.peers);
  }
}

/**
 * It is let in once, and is several callers to the server: an order must not wait for a long history. Commands have the object
 * of the admission, so that those that still wait are not begun when it goes. Its reads are answered to nobody then.
 */
function lanesOf(context: CallContext): Visitor['lanes'] {
  const another = (): CallContext => Object.freeze({ ...context });
  return { cmd: context, q1: another(), q: another(), history: another() };
}

function leaveAll(peers: Known['peers']): void {
  for (const [gate, peer] of peers) gate.closed(peer);
}

function keyOf(principal: string, client: string): string {
  return JSON.stringify([principal, client]);
}
