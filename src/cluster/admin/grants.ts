/**
 * What each user of the NATS server may publish and read: the rights that a configuration gives, and no more.
 *
 * The server looks at the subject alone. Whoever may publish to a subject that names a principal is that principal, so only the
 * principal itself may. What a stream keeps is read through `$JS.API…`, whose subjects name stream and subject too.
 *
 * @module
 */
import type { Policy } from '../../guard/index.js';
import { compileRights, isWildcard, literalOf } from '../../guard/internal.js';
import type { Rights } from '../../guard/internal.js';
import { VNPY_FUNCTIONS } from '../../vnpy/internal.js';
import { BALANCED_FUNCTIONS, CURRENT_FUNCTIONS, SYSTEM_FUNCTIONS } from '../wire/routes.js';
import { inboxOf, Names } from './names.js';

/** What a user is there for, beside the principals of a policy. */
export const INFRASTRUCTURE = ['edge', 'dashboard', 'admin', 'leaf'] as const;

/** One of them. */
export type InfrastructureRole = (typeof INFRASTRUCTURE)[number];

/** A user that no policy names. */
export interface InfrastructureUser {
  readonly role: InfrastructureRole;
  /** Of an edge its own name; others may have any. */
  readonly name: string;
  /** Of an edge. */
  readonly account?: string;
  readonly publicKey: string;
}

/** What one user may do. */
export interface Grants {
  /** For people: `principal desk-1`. */
  readonly title: string;
  readonly publicKeys: readonly string[];
  readonly publish: readonly string[];
  /** Taken away from `publish` again. */
  readonly publishDeny: readonly string[];
  readonly subscribe: readonly string[];
  /** It may answer whoever asks it, wherever the question says. */
  readonly answers: boolean;
  /** It is another server, and comes at the port of leaf nodes. */
  readonly isLeaf?: boolean;
}

/** The grants of all principals and of the infrastructure. */
export function grantsOf(
  cluster: string,
  policy: Policy,
  infrastructure: readonly InfrastructureUser[],
): readonly Grants[] {
  const names = new Names(cluster);
  const accounts = [...new Set(infrastructure.flatMap(({ account }) => account ?? []))];
  const rights = compileRights(policy, ownFunctions(policy));
  const principals = [...rights.values()].filter(({ principal }) => principal.natsKeys.length > 0);
  return [
    ...infrastructure.map((user) =>
      ({
        edge: edgeGrants,
        dashboard: dashboardGrants,
        admin: adminGrants,
        leaf: leafGrants,
      })[user.role](names, user),
    ),
    ...principals.map((each) => principalGrants(names, each, accounts, policy)),
  ];
}

/** Functions that a policy names and vnpy does not have. */
function ownFunctions({ roles }: Policy): readonly string[] {
  const vnpy = new Set<string>(VNPY_FUNCTIONS);
  const named = [...roles.values()].flatMap(({ functions = [], deny }) => [...functions, ...(deny.functions ?? [])]);
  const literals = named.filter((pattern) => !isWildcard(pattern)).map(literalOf);
  return [...new Set(literals)].filter((name) => !vnpy.has(name));
}

function principalGrants(names: Names, rights: Rights, accounts: readonly string[], policy: Policy): Grants {
  const { principal, roles } = rights;
  const me = principal.name;
  const own = ownFunctions(policy);
  const may = (name: string): boolean => rights.mayCall(name) === undefined;
  const commands = [...VNPY_FUNCTIONS.filter((name) => !names.isRead(name)), ...own];
  // A pattern may allow functions that nobody has named yet. The subject knows no half a token: all, and those taken away
  // that it is known not to allow. The guard decides at the edge.
  const isOpen = roles.some(({ role }) => role.future && (role.functions ?? []).some(isWildcard));
  const publish = accounts.flatMap((account) => [
    ...(isOpen
      ? [names.command(account, me, '*')]
      : commands.filter(may).map((name) => names.command(account, me, name))),
    ...SYSTEM_FUNCTIONS.map((name) => names.current(account, me, name)),
    ...CURRENT_FUNCTIONS.filter(may).map((name) => names.current(account, me, name)),
    ...BALANCED_FUNCTIONS.filter(may).flatMap((name) => [
      names.balanced(account, me, name),
      names.current(account, me, name),
    ]),
    names.lastOf('LAST', names.ticks(account)),
    ...names.reading('LAST', names.ticks(account)),
  ]);
  return {
    title: `principal ${me}`,
    publicKeys: principal.natsKeys,
    publish: [...publish, names.log(me)],
    publishDeny: isOpen
      ? accounts.flatMap((account) =>
          commands.filter((name) => !may(name)).map((name) => names.command(account, me, name)),
        )
      : [],
    subscribe: [
      inboxOf(me),
      ...accounts.flatMap((account) => [names.events(account, me), names.ticks(account), names.beats(account)]),
    ],
    answers: false,
  };
}

function edgeGrants(names: Names, { name, account = '', publicKey }: InfrastructureUser): Grants {
  return {
    title: `edge ${name} of the account ${account}`,
    publicKeys: [publicKey],
    publish: [
      names.ticks(account),
      names.events(account, undefined),
      names.beat(account, name),
      names.journal(account),
      names.lease(account),
      names.account(account),
      names.log(name),
      names.streamApi('INFO'),
      ...names.streams().flatMap((stream) => [
        names.streamApi('STREAM.INFO', stream),
        // Nothing that is there can be changed by it.
        names.streamApi('STREAM.CREATE', stream),
      ]),
      names.lastOf('ORDLOG', names.journal(account)),
      names.lastOf('LEASE', names.lease(account)),
      names.lastOf('ACCT', names.account(account)),
      ...names.reading('ORDLOG', names.journal(account)),
    ],
    publishDeny: [],
    subscribe: [
      inboxOf(name),
      names.command(account, undefined, '*'),
      names.current(account, undefined, '*'),
      names.balanced(account, undefined, '*'),
      names.beats(account),
      names.lease(account),
      names.account(account),
      '$SRV.>',
    ],
    answers: true,
  };
}

function dashboardGrants(names: Names, { name, publicKey }: InfrastructureUser): Grants {
  return {
    title: `dashboard ${name}`,
    publicKeys: [publicKey],
    publish: [
      ...names.asking(),
      ...names.watching(),
      names.streamApi('STREAM.LIST'),
      names.lastOf('LOG', names.logs()),
      ...names.reading('LOG', names.logs()),
    ],
    publishDeny: [],
    subscribe: [inboxOf(name), names.beats(undefined), names.logs(), names.account('*'), names.lease('*')],
    answers: false,
  };
}

function adminGrants(names: Names, user: InfrastructureUser): Grants {
  const seen = dashboardGrants(names, user);
  return {
    ...seen,
    title: `admin ${user.name}`,
    publish: [
      ...seen.publish,
      names.account('*'),
      ...names
        .streams()
        .flatMap((stream) => [names.streamApi('STREAM.CREATE', stream), names.streamApi('STREAM.UPDATE', stream)]),
      names.lastOf('ORDLOG', names.journal('*')),
      ...names.reading('ORDLOG', names.journal('*')),
    ],
  };
}

/** A leaf node asks its own users who they are: it is trusted as the servers are, and holds no more than the cluster. */
function leafGrants(names: Names, { name, publicKey }: InfrastructureUser): Grants {
  const everything = [inboxOf(undefined), names.all(), '$JS.API.>', '$SRV.>'];
  return {
    title: `leaf node ${name}`,
    publicKeys: [publicKey],
    publish: everything,
    publishDeny: [],
    subscribe: everything,
    answers: false,
    isLeaf: true,
  };
}
