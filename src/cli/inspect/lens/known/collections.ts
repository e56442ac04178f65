/**
 * Containers that travel as calls.
 *
 * @module
 */
import type { CallNode, Node } from '../../machine/nodes.js';
import { isBare, ownNames } from '../known.js';
import type { Known, Recogniser } from '../known.js';

/** The one list (or set, or tuple) that protocols 0 to 3 give to `set` and `frozenset`. */
function itemsOf(node: Node | undefined): readonly Node[] | undefined {
  return node?.kind === 'list' || node?.kind === 'tuple' || node?.kind === 'set' ? node.items : undefined;
}

function setLike(type: 'set' | 'frozenset'): Recogniser {
  return (call, args) => {
    const items = itemsOf(args[0]);
    if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || items === undefined) return undefined;
    return { type, profile: 'data', container: { kind: 'items', items }, names: ownNames(call) };
  };
}

/** All items that APPEND and APPENDS gave to an object; undefined when something else was done to it too. */
function appended(call: CallNode): Node[] | undefined {
  const items: Node[] = [];
  for (const step of call.steps) {
    if (step.kind !== 'append') return undefined;
    for (const item of step.items) items.push(item);
  }
  return items;
}

/** All keys and values that SETITEM and SETITEMS gave to an object; undefined when something else was done to it too. */
function assigned(call: CallNode): { readonly keys: Node[]; readonly values: Node[] } | undefined {
  const keys: Node[] = [];
  const values: Node[] = [];
  for (const step of call.steps) {
    if (step.kind !== 'set') return undefined;
    for (const key of step.keys) keys.push(key);
    for (const value of step.values) values.push(value);
  }
  return { keys, values };
}

/** `deque()` and appended items; `deque((), maxlen)`; in Python 2 `deque(items, maxlen)`. */
const deque: Recogniser = (call, args) => {
  const more = appended(call);
  const [first, limit] = args;
  if (call.how !== 'REDUCE' || more === undefined || args.length > 2) return undefined;
  if (limit !== undefined && limit.kind !== 'int' && limit.kind !== 'none') return undefined;
  const given = first === undefined ? [] : itemsOf(first);
  if (given === undefined) return undefined;
  return {
    type: 'collections.deque',
    profile: 'data',
    container: { kind: 'items', items: [...given, ...more] },
    names: ownNames(call),
  };
};

/** `OrderedDict()` and keys set; in Python 2 `OrderedDict([[key, value], ...])`. */
const orderedDict: Recogniser = (call, args, context) => {
  const attributes = call.steps.filter((step) => step.kind === 'state');
  if (attributes.length === 1) {
    // Attributes of its own, as torch's state_dict has: shown, and allowed by no profile.
    const rest = orderedDict({ ...call, steps: call.steps.filter((step) => step.kind !== 'state') }, args, context);
    return rest === undefined || 'invalid' in rest ? undefined : { ...rest, profile: 'none of them' };
  }
  const set = assigned(call);
  if (call.how !== 'REDUCE' || set === undefined || args.length > 1) return undefined;
  const keys: Node[] = [];
  const values: Node[] = [];
  for (const pair of itemsOf(args[0]) ?? []) {
    const [key, value] = itemsOf(pair) ?? [];
    if (key === undefined || value === undefined) return undefined;
    keys.push(key);
    values.push(value);
  }
  if (args.length === 1 && itemsOf(args[0]) === undefined) return undefined;
  const container = { kind: 'entries' as const, keys: [...keys, ...set.keys], values: [...values, ...set.values] };
  return { type: 'collections.OrderedDict', profile: 'data', container, names: ownNames(call) };
};

const counter: Recogniser = (call, args) => {
  const [counts] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || counts?.kind !== 'dict') return undefined;
  const container = { kind: 'entries' as const, keys: counts.keys, values: counts.values };
  return { type: 'collections.Counter', profile: 'data', container, names: ownNames(call) };
};

/** Factories of a defaultdict that can do nothing but make an empty value. */
const FACTORIES: ReadonlySet<string> = new Set([
  ...['list', 'dict', 'set', 'frozenset', 'tuple', 'int', 'float', 'str', 'bool', 'bytes', 'complex'].map(
    (name) => `builtins.${name}`,
  ),
  ...['collections.OrderedDict', 'collections.Counter', 'collections.deque'],
]);

const defaultdict: Recogniser = (call, args, context): Known | undefined => {
  const set = assigned(call);
  const [factory] = args;
  if (call.how !== 'REDUCE' || set === undefined || args.length > 1) return undefined;
  const name = factory === undefined || factory.kind === 'none' ? undefined : context.nameOf(factory);
  if (factory !== undefined && factory.kind !== 'none' && (name === undefined || !FACTORIES.has(name)))
    return undefined;
  const names = factory === undefined ? ownNames(call) : ownNames(call, factory);
  return { type: 'collections.defaultdict', profile: 'data', container: { kind: 'entries', ...set }, names };
};

/** Recognisers by name. */
export const COLLECTIONS: Readonly<Record<string, Recogniser>> = {
  'builtins.set': setLike('set'),
  'builtins.frozenset': setLike('frozenset'),
  'collections.deque': deque,
  'collections.OrderedDict': orderedDict,
  'collections.Counter': counter,
  'collections.defaultdict': defaultdict,
};
