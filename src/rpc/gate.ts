/**
 * The one place that decides about a server's connections, requests and subscribers. It asks the built-in access control, and
 * the program's own where there is one. Both have to allow.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { shown } from '../options.js';
import { refusalText } from './access.js';
import type { AccessControl, AccessPeer, AccessSocket, Admission, CallContext, NotAdmitted } from './access-control.js';
import { BuiltInAccess } from './built-in-access.js';
import type { BuiltInRules } from './built-in-access.js';
import type { Request } from './protocol.js';
import { PythonError } from './signature.js';
import type { PeerGate, TransportPeer } from './transport.js';

/** What a gate needs. */
export interface GateOptions {
  readonly rules: BuiltInRules;
  /** The program's own. */
  readonly access?: AccessControl | undefined;
  /** A connection was refused: a sentence for the log. */
  readonly denied: (detail: string) => void;
  /** A connection was ended on purpose: a sentence for the log. */
  readonly ended?: (detail: string) => void;
  /** The access control failed, which it should not: a sentence for the log. */
  readonly failed?: (detail: string) => void;
  /** A connection for requests is no more. */
  readonly gone?: (caller: CallContext) => void;
}

/** Who called, where the transport cannot tell. */
export const NOBODY: CallContext = Object.freeze({ principal: '', address: '' });

export class Gate {
  readonly #options: GateOptions;
  readonly #builtIn: BuiltInAccess;
  readonly #peers = new Map<TransportPeer, GatePeer>();
  /** How many connections for events each principal has. */
  readonly #subscribers = new Map<string, number>();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#builtIn = new BuiltInAccess(options.rules);
  }

  /** The gate of one bound socket. */
  of(socket: AccessSocket): PeerGate {
    return {
      whyAddressRefused: (address) => this.#builtIn.whyAddressRefused(address),
      admit: (peer) => this.#admit(peer, socket),
      closed: (peer) => {
        this.#closed(peer);
      },
    };
  }

  /** The error that a request is answered with instead of being run; undefined when it is run. */
  whyRefused({ name, args, kwargs }: Request, { principal, address }: CallContext): Error | undefined {
    const refusal = this.#builtIn.decide({ name });
    const { access } = this.#options;
    if (refusal !== undefined || access === undefined) return refusal;
    try {
      const answer: unknown = access.decide({ principal, address, name, args, kwargs });
      if (answer === undefined || answer instanceof Error) return answer;
      throw misfit('decide', answer, 'undefined or an Error');
    } catch (cause) {
      this.#options.failed?.(`the access control failed at a request of ${named(principal)}: ${messageOf(cause)}`);
      return new PythonError('PermissionError', 'the server could not decide about this request');
    }
  }

  /**
   * Asks once for each principal that has a connection for events.
   *
   * @returns the principals that may get an event; undefined for all that there are. What throws is a no.
   */
  audience(to: (principal: string) => boolean): ReadonlySet<string> | undefined {
    const heard = new Set<string>();
    for (const principal of [...this.#subscribers.keys()]) if (this.#isHeard(to, principal)) heard.add(principal);
    return heard.size > 0 && heard.size === this.#subscribers.size ? undefined : heard;
  }

  #isHeard(to: (principal: string) => boolean, principal: string): boolean {
    try {
      const answer: unknown = to(principal);
      if (typeof answer === 'boolean') return answer;
      throw misfit('to', answer, 'true or false');
    } catch (cause) {
      this.#options.failed?.(`whether ${named(principal)} gets an event could not be decided: ${messageOf(cause)}`);
      return false;
    }
  }

  #admit(peer: TransportPeer, socket: AccessSocket): CallContext | NotAdmitted {
    const { denied, ended } = this.#options;
    const { address } = peer;
    const known = new GatePeer(peer, socket, ended);
    const admission = this.#admission(known);
    if (!('principal' in admission)) {
      known.isOver = true;
      denied(refusalText(address, admission.refused));
      return admission;
    }
    const { principal } = admission;
    known.context = Object.freeze({ principal, address });
    this.#peers.set(peer, known);
    if (socket !== 'request') this.#subscribers.set(principal, (this.#subscribers.get(principal) ?? 0) + 1);
    return known.context;
  }

  #admission(peer: GatePeer): Admission {
    try {
      const admission = this.#builtIn.admit(peer);
      const { access } = this.#options;
      return access === undefined || 'refused' in admission ? admission : checked(access.admit(peer));
    } catch (cause) {
      return { refused: `the access control failed (${messageOf(cause)})` }; // In doubt nobody is let in.
    }
  }

  #closed(peer: TransportPeer): void {
    const known = this.#peers.get(peer);
    if (known === undefined) return;
    this.#peers.delete(peer);
    known.isOver = true;
    if (known.socket === 'request') this.#options.gone?.(known.context);
    else this.#countDown(known.context.principal);
    try {
      const answer: unknown = this.#options.access?.closed(known);
      disown(answer);
    } catch (cause) {
      this.#options.failed?.(`the access control failed at the end of a connection: ${messageOf(cause)}`);
    }
  }

  #countDown(principal: string): void {
    const left = (this.#subscribers.get(principal) ?? 1) - 1;
    if (left === 0) this.#subscribers.delete(principal);
    else this.#subscribers.set(principal, left);
  }
}

/** A connection as an access control sees it. */
class GatePeer implements AccessPeer {
  readonly socket: AccessSocket;
  readonly address: string;
  readonly endpoint: string;
  readonly mechanism: AccessPeer['mechanism'];
  readonly id: string | undefined;
  /** As whom it was let in. */
  context = NOBODY;
  /** It was refused, or is no more. */
  isOver = false;
  readonly #peer: TransportPeer;
  readonly #ended: ((detail: string) => void) | undefined;

  constructor(peer: TransportPeer, socket: AccessSocket, ended: ((detail: string) => void) | undefined) {
    this.socket = socket;
    this.address = peer.address;
    this.endpoint = peer.endpoint;
    this.mechanism = peer.mechanism;
    this.id = peer.id;
    this.#peer = peer;
    this.#ended = ended;
  }

  drop(reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    const { principal } = this.context;
    const whose = principal === '' ? 'a connection' : `a connection of ${named(principal)}`;
    this.#ended?.(`${whose} from ${this.address === '' ? 'this machine' : this.address} was ended: ${reason}`);
    this.#peer.drop();
  }
}

/** @throws TypeError for what is no admission. */
function checked(given: Admission): Admission {
  const answer: unknown = given;
  if (typeof answer === 'object' && answer !== null) {
    const { principal, refused } = answer as Readonly<Record<string, unknown>>;
    if (typeof refused === 'string') return given;
    if (refused === undefined && typeof principal === 'string' && principal !== '') return { principal };
  }
  throw misfit('admit', answer, '{ principal } or { refused }');
}

function misfit(method: string, answer: unknown, expected: string): TypeError {
  disown(answer);
  return new TypeError(`${method}() gave ${shown(answer)}, not ${expected}`);
}

/** A promise is no answer, and its rejection must not end the process. */
function disown(answer: unknown): void {
  if (answer instanceof Promise) answer.catch(() => undefined);
}

/** A principal's name for a line of the log: a user name may hold anything. */
function named(principal: string): string {
  return /^[\w.@:#-]+$/.test(principal) ? principal : JSON.stringify(principal);
}
