/**
 * Who it is that has connected: by its key or user name, by its address, or by the address that it has connected to.
 *
 * @module
 */
import { endpointKey, LOCAL } from '../policy/cross.js';
import { addressOf, contains, LOOPBACK, parseNetwork } from '../policy/networks.js';
import type { Network } from '../policy/networks.js';
import type { Policy, Principal } from '../policy/policy.js';
import { parseAddress } from '../../rpc/internal.js';

/** What is known of a connection. */
export interface Visitor {
  readonly mechanism: 'null' | 'plain' | 'curve' | 'nats';
  /**
   * The client's public key as Z85 text (CURVE), its user name (PLAIN), its principal's name (NATS), or nothing. The transport
   * has proven it.
   */
  readonly id: string;
  /** Its IP address; empty at a Unix socket. */
  readonly address: string;
  /** The address of this server that it has connected to, `tcp://127.0.0.1:3014`. */
  readonly endpoint?: string | undefined;
}

/** Why somebody is not let in: a sentence, without other principals' names. */
export interface Refused {
  readonly refused: string;
  /** What it shows is right, and only the place or the time is not: it may be let in later. */
  readonly mayRetry?: boolean;
}

const NONE: ReadonlySet<string> = new Set();

/** All principals of one policy, found by what they show. */
export class Principals {
  readonly #byName: ReadonlyMap<string, Principal>;
  readonly #byKey = new Map<string, Principal>();
  readonly #byUser = new Map<string, Principal>();
  readonly #byWebUser = new Map<string, Principal>();
  readonly #byNatsKey = new Map<string, Principal>();
  readonly #byEndpoint = new Map<string, Principal>();
  readonly #networks = new Map<Principal, readonly Network[]>();
  /** Those whose address says who they are. */
  readonly #byAddress: Principal[] = [];
  readonly #local: Principal | undefined;
  readonly #now: () => number;

  /** @param now - ms since the epoch, for `until`. */
  constructor(policy: Policy, now: () => number = Date.now) {
    this.#now = now;
    this.#byName = policy.principals;
    this.#local = policy.principals.get(LOCAL);
    for (const principal of policy.principals.values()) this.#add(principal);
  }

  #add(principal: Principal): void {
    const { curveKeys, plainUser, webUser, natsKeys, listen, addresses } = principal;
    for (const key of curveKeys) this.#byKey.set(key, principal);

    for (const key of natsKeys) this.#byNatsKey.set(key, principal);

    if (plainUser !== undefined) this.#byUser.set(plainUser, principal);

    if (webUser !== undefined) this.#byWebUser.set(webUser, principal);

    for (const text of Object.values<string | undefined>({ ...listen }))
      if (text !== undefined) this.#byEndpoint.set(keyOf(text), principal);

    const networks = addresses.map(parseNetwork).filter((network) => typeof network !== 'string');
    this.#networks.set(principal, networks);
    const isNamed =
      curveKeys.length + natsKeys.length > 0 || [plainUser, webUser, listen].some((way) => way !== undefined);
    if (!isNamed && networks.length > 0) this.#byAddress.push(principal);
  }

  /** The addresses that principals have for themselves, in one spelling. */
  get endpoints(): readonly string[] {
    return [...this.#byEndpoint.keys()];
  }

  /**
   * Who a visitor is, or why nobody.
   *
   * @param former - addresses that a principal of an earlier policy had for itself: who comes there is not let in as `local`.
   */
  find(visitor: Visitor, former: ReadonlySet<string> = NONE): Principal | Refused {
    const at = visitor.endpoint === undefined ? undefined : keyOf(visitor.endpoint);
    const owner = at === undefined ? undefined : this.#byEndpoint.get(at);
    if (at !== undefined && owner === undefined && former.has(at))
      return { refused: 'this address served a principal that has it no more', mayRetry: true };

    const found = visitor.mechanism === 'nats' ? this.#byNatsName(visitor.id) : this.#identify(visitor, owner);
    if ('refused' in found) return found;

    if (owner !== undefined && owner !== found)
      return { refused: 'this address serves another principal alone', mayRetry: true };

    // A broker stands between: nobody's own address is known.
    return this.#unlessAway(found, visitor.mechanism === 'nats' ? undefined : visitor.address);
  }

  /**
   * Who a user of the web console is, or why nobody.
   *
   * @param address - its IP address; undefined where it is not known, and then not looked at.
   */
  byWebUser(user: string, address?: string): Principal | Refused {
    const found = this.#byWebUser.get(user);
    return found === undefined ? { refused: 'no principal has this web user' } : this.#unlessAway(found, address);
  }

  /** Who has a NATS key, or why nobody. A broker stands between: addresses are not looked at. */
  byNatsKey(key: string): Principal | Refused {
    const found = this.#byNatsKey.get(key);
    return found === undefined ? { refused: 'no principal has this NATS key' } : this.#unlessEnded(found);
  }

  /** Whether a principal's rights have ended since it came. */
  hasEnded(principal: Principal): boolean {
    return principal.until !== undefined && !(this.#now() < principal.until);
  }

  /** The NATS server gives a name to those alone who have one of its keys. */
  #byNatsName(name: string): Principal | Refused {
    const found = this.#byName.get(name);
    if (found === undefined) return { refused: `there is no principal ${JSON.stringify(name)}` };
    return found.natsKeys.length > 0 ? found : { refused: `${name} has no natsKey` };
  }

  #identify({ mechanism, id, address }: Visitor, owner: Principal | undefined): Principal | Refused {
    switch (mechanism) {
      case 'curve':
        return this.#byKey.get(id) ?? { refused: `no principal has the key ${id}` };
      case 'plain':
        return this.#byUser.get(id) ?? { refused: `no principal has the user name ${JSON.stringify(id)}` };
      case 'null':
        return this.#byPlace(address, owner);
      default:
        return { refused: 'its mechanism is unknown' };
    }
  }

  /** Without key and user name: the address that is connected to, else the address that it comes from. */
  #byPlace(address: string, owner: Principal | undefined): Principal | Refused {
    if (owner !== undefined) {
      const needsProof = owner.curveKeys.length > 0 || owner.plainUser !== undefined;
      return needsProof ? { refused: 'this address asks for a key or a user name' } : owner;
    }
    const from = placeOf(address);
    const found =
      from === undefined
        ? undefined
        : this.#byAddress.find((principal) =>
            this.#networks.get(principal)?.some((network) => contains(network, from)),
          );
    if (found !== undefined) return found;

    if (this.#local !== undefined && isThisMachine(address)) return this.#local;

    return { refused: 'it shows neither a key nor a user name, and no principal has its address' };
  }

  #mayComeFrom(principal: Principal, address: string): boolean {
    if (principal.name === LOCAL) return isThisMachine(address);

    const networks = this.#networks.get(principal) ?? [];
    if (networks.length === 0) return true;

    const from = placeOf(address);
    return from !== undefined && networks.some((network) => contains(network, from));
  }

  #unlessAway(principal: Principal, address: string | undefined): Principal | Refused {
    if (address === undefined || this.#mayComeFrom(principal, address)) return this.#unlessEnded(principal);

    return { refused: `${principal.name} may not come from ${address === '' ? 'this machine' : address}` };
  }

  #unlessEnded(principal: Principal): Principal | Refused {
    const { name, until } = principal;
    return until !== undefined && this.hasEnded(principal)
      ? { refused: `the rights of ${name} ended at ${new Date(until).toISOString()}`, mayRetry: true }
      : principal;
  }
}

/** A Unix socket's peer is on this machine. */
function placeOf(address: string): Network | undefined {
  return addressOf(address === '' ? '127.0.0.1' : address);
}

function isThisMachine(address: string): boolean {
  const from = placeOf(address);
  return from !== undefined && LOOPBACK.some((network) => contains(network, from));
}

/** The policy was checked; what the transport says of itself may be anything. */
function keyOf(endpoint: string): string {
  try {
    return endpointKey(parseAddress(endpoint, 'bind'));
  } catch {
    return endpoint;
  }
}
