/**
 * A policy made of what was read: every default filled in, and frozen.
 *
 * @module
 */
import { resolve } from 'node:path';
import { checkMeaning } from './cross.js';
import type { IssueList } from './issues.js';
import { deepFreeze, normalLimits } from './limits.js';
import type { AuditPolicy, ContractRule, DayRule, Freshness, Policy, Principal } from './policy.js';
import { ReadOnlyMap } from './read-only-map.js';
import { buildRoles } from './roles.js';
import type { RawPolicy, RawPrincipal } from './schema.js';
import { daysOf, DEFAULT_DAYS, DEFAULT_ZONE, instantOf, minutesOf } from './times.js';

const DEFAULT_FRESH: Freshness = { tick: 10_000, position: 30_000, account: 60_000, reference: 'last' };
const DEFAULT_ROTATE = { bytes: 100_000_000, day: true };

/** Where a policy comes from. */
export interface Origin {
  readonly hash: string;
  /** What paths in it are relative to; they stay as they are without it. */
  readonly folder: string | undefined;
}

/** Checks what the parts mean together, and makes the policy. It holds only when no fault was told. */
export function buildPolicy(raw: RawPolicy, origin: Origin, issues: IssueList): Policy {
  const zone = raw.zone ?? DEFAULT_ZONE;
  const roles = buildRoles(raw, issues);
  checkMeaning(raw, roles, zone, issues);
  return Object.freeze<Policy>({
    version: 1,
    hash: origin.hash,
    zone,
    days: deepFreeze([...(raw.days ?? []).map((day) => dayRule(day, zone)), ...DEFAULT_DAYS]),
    audit: deepFreeze(auditPolicy(raw.audit, origin.folder)),
    fresh: deepFreeze({ ...DEFAULT_FRESH, ...raw.fresh }),
    contracts: deepFreeze((raw.contracts ?? []).map(contractRule)),
    resumeBy: raw.resumeBy ?? 1,
    accounts: deepFreeze(
      Object.entries(raw.accounts ?? {}).map(([match, { limits = {}, foreignOrders = 'count' }]) => ({
        match,
        limits: normalLimits(limits, 'account'),
        foreignOrders,
      })),
    ),
    roles: new ReadOnlyMap(Array.from(roles, ([name, role]) => [name, deepFreeze(role)])),
    principals: new ReadOnlyMap(
      Object.entries(raw.principals).map(([name, principal]) => [name, deepFreeze(principalOf(name, principal, zone))]),
    ),
  });
}

function dayRule({ exchanges, starts, on, zone }: NonNullable<RawPolicy['days']>[number], usual: string): DayRule {
  return { exchanges, starts: minutesOf(starts) ?? 0, on: daysOf(on) ?? [], zone: zone ?? usual };
}

function auditPolicy(raw: RawPolicy['audit'], folder: string | undefined): AuditPolicy | false | undefined {
  if (raw === undefined || raw === false) return raw;

  const path = (text: string): string => (folder === undefined ? text : resolve(folder, text));
  const { file, anchors = [], key, rotate } = typeof raw === 'string' ? { file: raw } : raw;
  return {
    file: path(file),
    anchors: anchors.map((anchor) => (anchor.startsWith('file:') ? `file:${path(anchor.slice(5))}` : anchor)),
    key: key === undefined ? undefined : path(key),
    rotate: { ...DEFAULT_ROTATE, ...rotate },
  };
}

function contractRule(raw: NonNullable<RawPolicy['contracts']>[number]): ContractRule {
  const { match, inverse = false, currency, notional = 'price' } = raw;
  return { match, inverse, currency, notional };
}

function principalOf(name: string, raw: RawPrincipal, zone: string): Principal {
  const { listen, cancelOnDisconnect } = raw;
  return {
    name,
    roles: [...new Set(raw.roles)],
    curveKeys: listOf(raw.curveKey),
    plainUser: raw.plainUser,
    addresses: raw.addresses ?? [],
    webUser: raw.webUser,
    natsKeys: listOf(raw.natsKey),
    until: raw.until === undefined ? undefined : instantOf(raw.until, zone),
    listen: listen === undefined ? undefined : { ...listen, subscribePair: listen.subscribePair },
    cancelOnDisconnect: cancelOnDisconnect === undefined ? undefined : cancelOnDisconnect * 1000,
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
