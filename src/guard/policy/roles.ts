/**
 * Roles with what they extend united in.
 *
 * Functions, rights and denials unite. What a role says itself of gateways, accounts, symbols, products and order types stands
 * in place of what it extends. So do `see`, `cancel`, `future` and `warnAt`. What it leaves out is that of those it extends
 * which say it. Limits are the strictest of all.
 *
 * @module
 */
import { without } from '../../option-table.js';
import { suggestion } from '../../options.js';
import type { IssueList, Path } from './issues.js';
import { normalLimits, strictest, widened } from './limits.js';
import type { Limits, Names, Pattern, Right, Role } from './policy.js';
import type { RawPolicy, RawRole } from './schema.js';

/** How many roles may stand in a chain of `extends`. */
const MAX_CHAIN = 8;

const NAME_LISTS = ['functions', 'gateways', 'accounts', 'symbols', 'products', 'orderTypes'] as const;

/** A role as far as anybody has said something: defaults come last. */
interface Said extends Names {
  readonly deny: Names;
  readonly future: boolean | undefined;
  readonly cancel: 'own' | 'all' | undefined;
  readonly see: 'own' | 'all' | undefined;
  readonly rights: readonly Right[];
  readonly limits: Limits;
  readonly warnAt: number | undefined;
  /** Roles in the longest chain that ends here. */
  readonly chain: number;
}

/** All roles by name. Faults of `extends` are told. */
export function buildRoles(policy: RawPolicy, issues: IssueList): Map<string, Role> {
  const raw = new Map(Object.entries(policy.roles));
  const done = new Map<string, Said>();
  const open: string[] = [];

  const resolve = (name: string, role: RawRole): Said => {
    const known = done.get(name);
    if (known !== undefined) return known;

    open.push(name);
    const parents = (role.extends ?? []).flatMap((parent) => {
      const path: Path = ['roles', name, 'extends', (role.extends ?? []).indexOf(parent)];
      const found = raw.get(parent);
      if (found === undefined)
        issues.add(path, `there is no role ${JSON.stringify(parent)}${suggestion(parent, [...raw.keys()])}`);
      else if (open.includes(parent))
        issues.add(path, `is a circle: ${[...open.slice(open.indexOf(parent)), parent].join(' extends ')}`);
      else if (open.length <= MAX_CHAIN) return [resolve(parent, found)];

      return [];
    });
    open.pop();
    const said = unite(role, parents, (path, message) => {
      issues.add(['roles', name, ...path], message);
    });
    if (said.chain > MAX_CHAIN && parents.every(({ chain }) => chain <= MAX_CHAIN))
      issues.add(['roles', name, 'extends'], `is a chain of more than ${MAX_CHAIN} roles`);

    done.set(name, said);
    return said;
  };
  return new Map([...raw].map(([name, role]) => [name, finished(name, resolve(name, role))]));
}

function unite(role: RawRole, parents: readonly Said[], report: (path: Path, message: string) => void): Said {
  const own = normalLimits(role.limits ?? {}, 'own');
  let limits = own;
  for (const parent of parents) {
    for (const { path, message } of widened(own, parent.limits)) report(['limits', ...path], message);

    limits = strictest(limits, parent.limits);
  }
  const saidBy = <Value>(read: (parent: Said) => Value | undefined): Value[] =>
    parents.map(read).filter((value) => value !== undefined);
  const wider = (values: readonly ('own' | 'all')[]): 'own' | 'all' | undefined =>
    values.includes('all') ? 'all' : values[0];
  return {
    ...unitedNames(role, parents),
    deny: everyName([role.deny ?? {}, ...parents.map(({ deny }) => deny)]),
    future: role.future ?? saidBy(({ future }) => future).find((each) => each),
    cancel: role.cancel ?? wider(saidBy(({ cancel }) => cancel)),
    see: role.see ?? wider(saidBy(({ see }) => see)),
    rights: unique([...(role.rights ?? []), ...parents.flatMap(({ rights }) => rights)]),
    limits,
    warnAt: role.warnAt ?? least(saidBy(({ warnAt }) => warnAt)),
    chain: 1 + Math.max(0, ...parents.map(({ chain }) => chain)),
  };
}

function unitedNames(role: RawRole, parents: readonly Said[]): Names {
  const inherited = everyName(parents);
  const functions = unique([...(role.functions ?? []), ...(inherited.functions ?? [])]);
  return { ...inherited, ...namesOf(role), functions };
}

/** The lists of all, united; those that nobody has are left out. */
function everyName(all: readonly Names[]): Names {
  const lists = NAME_LISTS.map((list) => [list, unique(all.flatMap((each) => each[list] ?? []))] as const);
  // An empty list says something, too: it allows nothing.
  return Object.fromEntries(lists.filter(([list]) => all.some((each) => each[list] !== undefined)));
}

function namesOf(role: Names): Names {
  const given = NAME_LISTS.map((list) => [list, role[list]] as const);
  return Object.fromEntries(given.filter(([, patterns]) => patterns !== undefined));
}

function finished(name: string, said: Said): Role {
  const { future = false, cancel = 'own', see = 'all' } = said;
  return { ...without(said, 'chain'), name, future, cancel, see };
}

function unique<Item extends Pattern>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}
