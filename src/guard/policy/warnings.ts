/**
 * What of a valid policy its writer should look at again.
 *
 * @module
 */
import { VNPY_FUNCTIONS } from '../../vnpy/internal.js';
import { suggest } from '../../options.js';
import { LOCAL } from './cross.js';
import { parseNetwork } from './networks.js';
import { compilePattern, isWildcard } from './patterns.js';
import type { Limits, Policy, Principal, Role } from './policy.js';

const VNPY: readonly string[] = VNPY_FUNCTIONS;
const TRADING = ['send_order', 'cancel_order'] as const;

/** Limits that a desk misses when they are not there. */
const USUAL = [
  'orderVolume',
  'orderNotional',
  'priceBand',
  'messagesPerSecond',
  'ordersPerDay',
  'cancelsPerDay',
  'openOrders',
  'positionVolume',
  'selfTrade',
  'duplicates',
  'lossPerDay',
] as const satisfies readonly (keyof Limits)[];

/**
 * What to look at again in a policy: sentences. None of them keeps it from holding.
 *
 * @param registered - functions of the server's own that are there now.
 * @param now - ms since the epoch, for rights that have ended.
 */
export function policyWarnings(policy: Policy, registered: readonly string[] = [], now = Date.now()): string[] {
  const known = [...new Set([...VNPY, ...registered])];
  const roles = [...policy.roles.values()];
  return [
    ...auditWarnings(policy, known),
    ...Array.from(policy.principals.values()).flatMap((principal) => principalWarnings(principal, policy, known, now)),
    ...roles.flatMap((role) => roleWarnings(role, known)),
  ];
}

function auditWarnings({ audit, roles }: Policy, known: readonly string[]): string[] {
  const traders = [...roles.values()].filter((role) => may(role, 'send_order', known)).map(({ name }) => name);
  if (audit === false) return ['audit is false: nothing shows afterwards who did what'];

  return audit === undefined && traders.length > 0
    ? [`there is no audit: orders of ${list(traders)} are refused until it has one, or says "audit": false`]
    : [];
}

function principalWarnings(principal: Principal, policy: Policy, known: readonly string[], now: number): string[] {
  const { name, until, addresses } = principal;
  const roles = principal.roles.flatMap((role) => policy.roles.get(role) ?? []);
  const trades = TRADING.filter((called) => roles.some((role) => may(role, called, known)));
  const warnings: string[] = [];
  if (name === LOCAL && trades.length > 0)
    warnings.push(`local may call ${list(trades)}: that is every program of every user of this machine`);

  if (principal.listen !== undefined && trades.length > 0 && isOpen(principal)) {
    warnings.push(
      `${name} may call ${list(trades)}, and is known by an address that every program of this machine reaches`,
    );
  }

  if (until !== undefined && until <= now)
    warnings.push(`the rights of ${name} ended at ${new Date(until).toISOString()}`);

  if (roles.length === 0) warnings.push(`${name} has no role: it may do nothing`);

  for (const address of addresses) {
    const network = parseNetwork(address);
    if (typeof network !== 'string' && network.prefix === 0)
      warnings.push(`${name} may come from everywhere: ${address}`);
  }
  return warnings;
}

function isOpen({ curveKeys, plainUser }: Principal): boolean {
  return curveKeys.length === 0 && plainUser === undefined;
}

function roleWarnings(role: Role, known: readonly string[]): string[] {
  const { name, functions = [], limits } = role;
  const warnings: string[] = [];
  for (const pattern of functions) {
    if (!isWildcard(pattern)) continue;

    const matcher = compilePattern(pattern);
    const matched = known.filter((each) => matcher.matches(each));
    const later = role.future ? ', and what is registered later' : '';
    warnings.push(
      `the role ${name}: ${pattern} allows ${matched.length === 0 ? 'nothing now' : list(matched)}${later}`,
    );
  }
  const listed = [...functions, ...(role.deny.functions ?? [])];
  for (const each of new Set(listed)) {
    if (isWildcard(each) || known.includes(each)) continue;

    const meant = suggest(each, known);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    warnings.push(`the role ${name}: there is no function ${each} now${hint}`);
  }
  if (!may(role, 'send_order', known)) return warnings;

  const absent = USUAL.filter((limit) => limits[limit] === undefined);
  if (absent.length > 0 && limits.closeOnly !== true)
    warnings.push(`the role ${name} may send orders without ${list(absent)}`);

  const own = known.filter((each) => !VNPY.includes(each) && may(role, each, known));
  const named = functions.filter((each) => !isWildcard(each) && !VNPY.includes(each) && !known.includes(each));
  if (Object.keys(limits).length > 0 && own.length + named.length > 0) {
    warnings.push(
      `the role ${name} has limits, and may call ${list([...own, ...named])}: orders that these send pass no limit`,
    );
  }

  return warnings;
}

/** Whether a role allows a function that is there now. */
function may({ functions = [], deny }: Role, name: string, known: readonly string[]): boolean {
  const isOne = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => compilePattern(pattern).matches(name));
  return known.includes(name) && isOne(functions) && !isOne(deny.functions ?? []);
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
