/**
 * What the parts of a policy must be to each other: roles that are there, and principals that cannot be taken for one another.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { suggestion } from '../../options.js';
import { isLoopback, parseAddress } from '../../rpc/internal.js';
import type { Address } from '../../rpc/internal.js';
import type { IssueList, Path } from './issues.js';
import { disagreements } from './limits.js';
import { LOOPBACK, overlap, parseNetwork } from './networks.js';
import type { Network } from './networks.js';
import type { Role } from './policy.js';
import type { RawLimits, RawPolicy, RawPrincipal } from './schema.js';
import { instantOf } from './times.js';
import { wrongCurrency } from './vocabulary.js';

/** The principal of this machine: who comes by loopback or a Unix socket, without security. */
export const LOCAL = 'local';

/** Members by which a principal is reached. */
const WAYS = ['curveKey', 'plainUser', 'addresses', 'webUser', 'natsKey', 'listen'] as const;

type Principals = readonly (readonly [name: string, principal: RawPrincipal])[];

/** Tells every fault of principals, currencies and accounts. */
export function checkMeaning(
  policy: RawPolicy,
  roles: ReadonlyMap<string, Role>,
  zone: string,
  issues: IssueList,
): void {
  const principals = Object.entries(policy.principals);
  for (const [name, principal] of principals) {
    checkRoles(name, principal, roles, issues);
    checkWays(name, principal, issues);
    if (principal.until !== undefined && instantOf(principal.until, zone) === undefined)
      issues.add(['principals', name, 'until'], 'is no time: one is written "2027-01-01" or "2027-01-01T15:00"');
  }
  checkOnce(principals, issues);
  checkAddresses(principals, issues);
  checkListen(principals, issues);
  checkCurrencies(policy, issues);
  for (const [account, rule] of Object.entries(policy.accounts ?? {})) checkAccount(account, rule.limits, issues);
}

function checkRoles(name: string, principal: RawPrincipal, roles: ReadonlyMap<string, Role>, issues: IssueList): void {
  const found: Role[] = [];
  principal.roles.forEach((each, index) => {
    const role = roles.get(each);
    const path: Path = ['principals', name, 'roles', index];
    if (role === undefined) {
      issues.add(
        path,
        `there is no role ${JSON.stringify(each)}${roles.size === 0 ? '' : suggestion(each, [...roles.keys()])}`,
      );
      return;
    }
    for (const other of found) {
      for (const limit of disagreements(role.limits, other.limits))
        issues.add(path, `${limit.join('.')} differs between the roles ${other.name} and ${each}: they must agree`);
    }
    found.push(role);
  });
}

function checkWays(name: string, principal: RawPrincipal, issues: IssueList): void {
  const ways = WAYS.filter((way) => principal[way] !== undefined);
  if (name !== LOCAL) {
    // A key that cannot be one was left out before.
    if (ways.length === 0 && !issues.has(['principals', name])) {
      issues.add(
        ['principals', name],
        `cannot be reached: give it ${WAYS.slice(0, -1).join(', ')} or ${WAYS.at(-1) ?? ''}`,
      );
    }
    return;
  }
  for (const way of ways) {
    issues.add(
      ['principals', name, way],
      `"${LOCAL}" is who comes from this machine without security: give ${way} to another name`,
    );
  }
}

/** Who has a key or a name has it alone. */
function checkOnce(principals: Principals, issues: IssueList): void {
  for (const way of ['curveKey', 'plainUser', 'webUser', 'natsKey'] as const) {
    const owners = new Map<string, string>();
    for (const [name, principal] of principals) {
      for (const id of listOf(principal[way])) {
        const other = owners.get(id);
        if (other !== undefined) {
          issues.add(
            ['principals', name, way],
            other === name ? 'is there twice' : `is that of ${JSON.stringify(other)}, too`,
          );
        }

        owners.set(id, name);
      }
    }
  }
}

/** Addresses that alone say who it is must not be those of another. */
function checkAddresses(principals: Principals, issues: IssueList): void {
  const local = principals.some(([name]) => name === LOCAL);
  const seen: { readonly name: string; readonly network: Network }[] = local
    ? LOOPBACK.map((network) => ({ name: LOCAL, network }))
    : [];
  for (const [name, principal] of principals) {
    if (WAYS.some((way) => way !== 'addresses' && principal[way] !== undefined)) continue;

    (principal.addresses ?? []).forEach((text, index) => {
      const network = parseNetwork(text);
      if (typeof network === 'string') return;

      const other = seen.find((each) => each.name !== name && overlap(each.network, network));
      if (other !== undefined) {
        issues.add(
          ['principals', name, 'addresses', index],
          `${text} could be ${JSON.stringify(other.name)}, too: nothing else tells them apart`,
        );
      }

      seen.push({ name, network });
    });
  }
}

function checkListen(principals: Principals, issues: IssueList): void {
  const owners = new Map<string, string>();
  for (const [name, { listen, curveKey, plainUser, addresses }] of principals) {
    if (listen === undefined) continue;

    const isOpen = curveKey === undefined && plainUser === undefined && addresses === undefined;
    for (const [member, text] of Object.entries(listen)) {
      const path: Path = ['principals', name, 'listen', member];
      const address = readAddress(text);
      if (typeof address === 'string') {
        issues.add(path, address);
        continue;
      }
      const key = endpointKey(address);
      const other = owners.get(key);
      if (other !== undefined)
        issues.add(path, other === name ? 'is there twice' : `is an address of ${JSON.stringify(other)}, too`);

      owners.set(key, name);
      if (isOpen && !isLoopback(address)) {
        issues.add(
          path,
          'can be reached from other machines, and nothing says who comes: add curveKey, plainUser or addresses',
        );
      }
    }
  }
}

function readAddress(text: string): Address | string {
  try {
    const address = parseAddress(text, 'bind');
    return address.scheme === 'tcp' && address.port === '*' ? 'needs the number of a port' : address;
  } catch (error) {
    return messageOf(error);
  }
}

/** An address in one form, so that two that are the same are equal. */
export function endpointKey(address: Address): string {
  if (address.scheme !== 'tcp') return address.text;

  const host =
    address.host === 'localhost' ? '127.0.0.1' : address.host === '*' ? '0.0.0.0' : address.host.toLowerCase();
  return `tcp://${host}:${address.port}`;
}

function checkCurrencies(policy: RawPolicy, issues: IssueList): void {
  const named = (policy.contracts ?? []).flatMap(({ currency }) => currency ?? []);
  const check = (limits: RawLimits | undefined, path: Path): void => {
    const notional = limits?.orderNotional;
    if (typeof notional !== 'object') return;

    for (const currency of Object.keys(notional)) {
      const fault = wrongCurrency(currency, named);
      if (fault !== undefined) issues.add([...path, 'limits', 'orderNotional', currency], fault);
    }
  };
  for (const [name, { limits }] of Object.entries(policy.roles)) check(limits, ['roles', name]);

  for (const [name, { limits }] of Object.entries(policy.accounts ?? {})) check(limits, ['accounts', name]);
}

function checkAccount(account: string, limits: RawLimits | undefined, issues: IssueList): void {
  if (!account.includes('.') && account !== '*')
    issues.add(['accounts', account], 'is no account: they are written GATEWAY.accountid, or GATEWAY.*');

  const position = limits?.positionVolume;
  if (typeof position === 'object' && position.of === 'own') {
    issues.add(
      ['accounts', account, 'limits', 'positionVolume', 'of'],
      "is own: an account's limits count the account's positions",
    );
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
