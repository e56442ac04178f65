/**
 * The access control of a server's options: `allow`, `allowAddresses` and the keys of `security`.
 *
 * @module
 */
import { isIPv4 } from 'node:net';
import { stringRepr } from '../pickle/internal.js';
import { whyAddressDenied, whyKeyDenied } from './access.js';
import type { AccessRules } from './access.js';
import type { AccessControl, AccessPeer, AccessRequest, Admission } from './access-control.js';
import { PythonError } from './signature.js';

/** What the options of a server say about access. */
export interface BuiltInRules extends AccessRules {
  /** Names that may be called; undefined for all. */
  readonly allow: ReadonlySet<string> | undefined;
}

/** The principal of who comes from this machine and shows nothing else. */
const LOCAL = 'local';

/** The built-in access control. A principal is a public key, a user name, an address, or `local` for this machine. */
export class BuiltInAccess implements AccessControl {
  readonly #rules: BuiltInRules;

  constructor(rules: BuiltInRules) {
    this.#rules = rules;
  }

  /** Why nobody may connect from this address; undefined when it may. Asked before a handshake costs anything. */
  whyAddressRefused(address: string): string | undefined {
    return whyAddressDenied(this.#rules.allowAddresses, address);
  }

  /** Passwords are not looked at here: a user whose password is wrong never comes so far. */
  admit({ address, id }: Pick<AccessPeer, 'address' | 'id'>): Admission {
    const { security } = this.#rules;
    const refused =
      this.whyAddressRefused(address) ??
      (security?.mechanism === 'curve' ? whyKeyDenied(security, id ?? '') : undefined);
    if (refused !== undefined) return { refused };
    return { principal: id ?? (isThisMachine(address) ? LOCAL : address) };
  }

  /** @returns what vnpy's server raises for a name that it does not know. */
  decide({ name }: Pick<AccessRequest, 'name'>): Error | undefined {
    return this.#rules.allow?.has(name) === false ? new PythonError('KeyError', stringRepr(name)) : undefined;
  }

  closed(): void {
    // It keeps nothing of a connection.
  }
}

function isThisMachine(address: string): boolean {
  return address === '' || address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
