/**
 * Who is connected, and as whom: the guard as the RPC server's access control.
 *
 * @module
 */
import type { AccessControl, AccessPeer, AccessRequest, Admission } from '../../rpc/index.js';
import type { Rule } from '../policy/policy.js';
import { LOCAL } from '../policy/cross.js';
import { passesAlways } from '../rights/rights.js';
import { errorOf, nobody } from './ruling.js';
import type { Ruling } from './ruling.js';

/** What it needs. */
export interface ConnectionParts {
  readonly ruling: () => Ruling;
  readonly now: () => number;
  /** A function was refused. */
  readonly refused: (principal: string, name: string, rule: Rule, reason: string) => void;
  /** The last connection for requests of a principal is gone; `back` says that one is there again. */
  readonly away: (principal: string) => void;
  readonly back: (principal: string) => void;
}

/** The longest that a timer can wait, in ms. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** The connections of all servers that ask this guard. */
export class Connections implements AccessControl {
  readonly #parts: ConnectionParts;
  readonly #peers = new Map<AccessPeer, string>();
  /** Connections for requests by principal. */
  readonly #counts = new Map<string, number>();
  /** Addresses that principals of earlier policies had for themselves: they stay bound. */
  readonly #former = new Set<string>();
  #expiry: NodeJS.Timeout | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Where everybody is the same, and comes from this machine alone, nobody has to be told apart. */
  get needsPeers(): boolean {
    return this.nameless === undefined;
  }

  /** Who everybody is where a transport cannot tell who sent a message; undefined where somebody else might come. */
  get nameless(): string | undefined {
    const { principals } = this.#parts.ruling().policy;
    const local = principals.get(LOCAL);
    // When it goes away is not told there, either.
    return principals.size === 1 && local?.listen === undefined && local?.cancelOnDisconnect === undefined
      ? local?.name
      : undefined;
  }

  admit(peer: AccessPeer): Admission {
    const found = this.#find(peer);
    if ('refused' in found) return found;
    this.#peers.set(peer, found.principal);
    if (peer.socket === 'request') {
      const count = this.#counts.get(found.principal) ?? 0;
      this.#counts.set(found.principal, count + 1);
      if (count === 0) this.#parts.back(found.principal);
    }
    this.#watchExpiry();
    return found;
  }

  decide({ principal: told, name, args, kwargs }: AccessRequest): Error | undefined {
    const { ruling, refused } = this.#parts;
    const principal = told === '' ? (this.nameless ?? told) : told;
    const rights = ruling().rightsOf(principal);
    // The marker of findOrder is no cancel: everybody who is known may ask.
    if (rights !== undefined && passesAlways(name, args[1] ?? kwargs['gateway_name'])) return undefined;
    const refusal = rights === undefined ? nobody(principal) : rights.mayCall(name);
    if (refusal === undefined) return undefined;
    refused(principal, name, refusal.rule, refusal.reason);
    return errorOf(refusal);
  }

  closed(peer: AccessPeer): void {
    const principal = this.#peers.get(peer);
    if (principal === undefined) return;
    this.#peers.delete(peer);
    if (peer.socket !== 'request') return;
    const count = (this.#counts.get(principal) ?? 1) - 1;
    if (count > 0) {
      this.#counts.set(principal, count);
      return;
    }
    this.#counts.delete(principal);
    this.#parts.away(principal);
  }

  /** Connections by principal. */
  get connected(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Another policy comes in place of this one. */
  leave({ principals }: Ruling): void {
    for (const endpoint of principals.endpoints) this.#former.add(endpoint);
  }

  /** After another policy, or the end of somebody's time: who would not be let in any more, as the same, is dropped. */
  review(): void {
    for (const [peer, principal] of [...this.#peers]) {
      const found = this.#find(peer);
      if ('refused' in found) peer.drop(`${principal} is not let in any more: ${found.refused}`);
      else if (found.principal !== principal) peer.drop(`${principal} is ${found.principal} by the new policy`);
    }
    this.#watchExpiry();
  }

  /** Waits for nothing any more. */
  close(): void {
    clearTimeout(this.#expiry);
  }

  #find(peer: AccessPeer): Admission {
    const { mechanism, id = '', address, endpoint } = peer;
    const found = this.#parts.ruling().principals.find({ mechanism, id, address, endpoint }, this.#former);
    // libzmq gives up for ever when it is told that its credentials are wrong. A key that nobody has is.
    return 'refused' in found
      ? { refused: found.refused, retry: mechanism === 'null' || found.mayRetry === true }
      : { principal: found.name };
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const { ruling, now } = this.#parts;
    const { principals } = ruling().policy;
    const ends = [...new Set(this.#peers.values())].map((name) => principals.get(name)?.until ?? Infinity);
    const next = Math.min(...ends);
    if (next === Infinity) return;
    this.#expiry = setTimeout(
      () => {
        this.review();
      },
      Math.min(LONGEST_WAIT, Math.max(0, next - now())),
    );
    this.#expiry.unref();
  }
}
