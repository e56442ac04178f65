/**
 * Items, state and calls: what opcodes do to values that are already on the stack.
 *
 * @module
 */
import type { Token } from '../../../pickle/index.js';
import type { Machine } from './machine.js';
import { extended, NOTHING } from './nodes.js';
import type { CallNode, CallOpcode, Node, Step } from './nodes.js';

/** Gives an object what an opcode adds to it: a state, items, keys and values. Other values take none of that. */
function give(
  machine: Machine,
  token: Token,
  target: Node | undefined,
  step: Step,
  children: readonly Node[],
  what: 'givesItems' | 'givesPairs' | 'givesState',
): void {
  if (target?.kind === 'call' || target?.kind === 'persid') {
    target.steps = extended(target.steps, step);
    machine.facts.steps.push({ target, step });
    machine.nest(target, children, token);
    target.end = token.end;
  } else if (target?.kind !== 'hole') {
    machine.errorAt('E034', (facts) => facts[what](target?.kind), token);
  }
}

/**
 * APPEND and APPENDS.
 * @param items - Belong to the caller no more.
 */
export function append(machine: Machine, token: Token, items: Node[]): void {
  const target = machine.peek();
  if (target?.kind === 'list') {
    // The first items come in an array of just their size; push() would make room for 17.
    if (target.items.length === 0) target.items = items;
    // One by one: spreading a large array into push() overflows the stack.
    else for (const item of items) target.items = extended(target.items, item);
    machine.nest(target, items, token);
    target.end = token.end;
  } else {
    give(machine, token, target, { kind: 'append', items, at: token.offset }, items, 'givesItems');
  }
}

/** ADDITEMS. */
export function addItems(machine: Machine, token: Token, items: readonly Node[]): void {
  const target = machine.peek();
  if (target?.kind === 'set') {
    for (const item of items) {
      if (!machine.isHashable(item)) machine.errorAt('E035', (facts) => facts.addsUnhashable(item.kind), token);

      target.items = extended(target.items, item);
    }
    machine.nest(target, items, token);
    target.end = token.end;
  } else {
    give(machine, token, target, { kind: 'add', items, at: token.offset }, items, 'givesItems');
  }
}

/** SETITEM, SETITEMS and DICT: keys and values in turn. */
export function addPairs(machine: Machine, token: Token, items: readonly Node[]): void {
  const target = machine.peek();
  if (items.length % 2 !== 0) machine.errorAt('E033', (facts) => facts.oddItems(items.length), token);

  const keys: Node[] = [];
  const values: Node[] = [];
  for (let index = 0; index < items.length; index += 2) {
    const key = items[index];
    if (key === undefined) continue;
    keys.push(key);
    values.push(items[index + 1] ?? machine.hole(token, 'missing value'));
  }
  if (target?.kind === 'dict') {
    for (const key of keys) {
      if (!machine.isHashable(key)) machine.error('E035', (facts) => facts.unhashableKey(key.at, key.kind), token);

      target.keys = extended(target.keys, key);
    }
    for (const value of values) target.values = extended(target.values, value);
    machine.nest(target, values, token);
    machine.nest(target, keys, token);
    target.end = token.end;
  } else if (target?.kind === 'list') {
    setListItems(machine, token, target.items as Node[], keys, values);
  } else {
    give(machine, token, target, { kind: 'set', keys, values, at: token.offset }, values, 'givesPairs');
  }
}

/**
 * SETITEMS as picklers write it: pairs for a dict, straight from the stack. False, and nothing done, when it is anything
 * else.
 */
export function addPairsAboveMark(machine: Machine, token: Token): boolean {
  const { stack, marks } = machine;
  const mark = marks[marks.length - 1];
  if (mark === undefined || (stack.length - mark) % 2 !== 0 || mark <= (marks[marks.length - 2] ?? 0)) return false;
  const target = stack[mark - 1];
  if (target?.kind !== 'dict') return false;
  for (let index = mark; index < stack.length; index += 2) {
    const key = stack[index];
    if (key === undefined || !machine.isHashable(key)) return false;
  }
  const pairs = (stack.length - mark) / 2;
  const before = target.keys.length;
  // Arrays of just the size that is needed; push() would make room for 17.
  const keys = before === 0 ? new Array<Node>(pairs) : (target.keys as Node[]);
  const values = before === 0 ? new Array<Node>(pairs) : (target.values as Node[]);
  for (let pair = 0; pair < pairs; pair++) {
    const key = stack[mark + 2 * pair];
    const value = stack[mark + 2 * pair + 1];
    if (key === undefined || value === undefined) break;
    keys[before + pair] = key;
    values[before + pair] = value;
  }
  target.keys = keys;
  target.values = values;
  machine.nest(target, stack, token, mark);
  target.end = token.end;
  machine.dropToMark();
  return true;
}

/** CPython's SETITEM is `target[key] = value`: it works on a list when the index exists. */
function setListItems(
  machine: Machine,
  token: Token,
  list: Node[],
  keys: readonly Node[],
  values: readonly Node[],
): void {
  keys.forEach((key, position) => {
    const index = key.kind === 'int' ? Number(key.value) : Number.NaN;
    const at = index < 0 ? list.length + index : index;
    const value = values[position];
    if (Number.isInteger(at) && at >= 0 && at < list.length && value !== undefined) list[at] = value;
    else machine.errorAt('E034', (facts) => facts.noListItem, token);
  });
}

/** BUILD. */
export function build(machine: Machine, token: Token): void {
  const state = machine.pop(token);
  const target = machine.peek();
  switch (target?.kind) {
    case 'global':
    case 'ext':
      machine.facts.writes.push({ target, state, at: token.offset });
      return;
    default:
      give(machine, token, target, { kind: 'state', state, at: token.offset }, [state], 'givesState');
  }
}

/** Whether only the loading Python knows what a value is: a tuple, perhaps, or a dict. */
function mayBeAnything({ kind }: Node): boolean {
  return kind === 'call' || kind === 'persid' || kind === 'hole';
}

/** REDUCE, NEWOBJ, NEWOBJ_EX, INST and OBJ: a call, noted and not made. */
export function call(machine: Machine, token: Token, callable: Node, args: Node, kwargs?: Node): void {
  const { name } = token.opcode;
  switch (callable.kind) {
    case 'global':
    case 'ext':
    case 'call':
    case 'persid':
    case 'hole':
      break;
    default:
      machine.errorAt('E036', (facts) => facts.calls(callable.kind), token);
  }
  if (args.kind !== 'tuple' && !mayBeAnything(args))
    machine.errorAt('E036', (facts) => facts.noTuple(args.kind), token);

  if (kwargs !== undefined && kwargs.kind !== 'dict' && !mayBeAnything(kwargs))
    machine.errorAt('E036', (facts) => facts.noDict(kwargs.kind), token);

  const { start } = machine;
  const node: CallNode = {
    kind: 'call',
    at: token.offset,
    end: token.end,
    start,
    depth: 1,
    how: name as CallOpcode,
    callable,
    args,
    kwargs,
    steps: NOTHING,
  };
  machine.facts.calls.push(node);
  machine.nest(node, kwargs === undefined ? [args] : [args, kwargs], token);
  machine.push(node, start);
}
