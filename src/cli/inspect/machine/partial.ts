/**
 * The value of a pickle that breaks off: what is on the stack, put where the missing opcodes would have put it.
 *
 * @module
 */
import type { Machine } from './machine.js';
import { extended } from './nodes.js';
import type { HoleNode, Node } from './nodes.js';

/** The batch size of CPython's pickler: a container that already has a multiple of it may be waiting for more. */
const BATCH = 1000;

/** Values of an unfinished stack that are shown: a bomb leaves millions. */
const MAX_ITEMS = 50_000;

function awaitsItems(count: number): boolean {
  return count % BATCH === 0;
}

/** Puts what stood above a mark into the value below the mark. Gives the items back when it takes none. */
function fill(target: Node | undefined, items: readonly Node[], hole: HoleNode): readonly Node[] {
  if (target === undefined) return items;
  if ((target.kind === 'list' || target.kind === 'set') && awaitsItems(target.items.length)) {
    for (const item of items) target.items = extended(target.items, item);
  } else if (target.kind === 'dict' && awaitsItems(target.keys.length)) {
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      if (key === undefined) continue;
      fillPair(target, key, items[index + 1] ?? hole);
    }
  } else {
    return items;
  }
  return [];
}

/** Joins neighbours on the stack that the next opcode would have joined: an object and its state, a list and its item. */
function settle(group: Node[], hole: HoleNode): void {
  while (true) {
    const last = group[group.length - 1];
    const before = group[group.length - 2];
    if (last === undefined || before === undefined) return;
    if (before.kind === 'call' && before.steps.length === 0 && last.kind === 'dict') {
      before.steps = [{ kind: 'state', state: last, at: last.at }];
    } else if (before.kind === 'list' && group.length === 2) {
      before.items = extended(before.items, last);
    } else if (before.kind === 'str' && group[group.length - 3]?.kind === 'dict') {
      fillPair(group[group.length - 3], before, last);
      group.pop();
    } else if (before.kind === 'dict' && last.kind === 'str' && group.length === 2) {
      fillPair(before, last, hole);
    } else {
      return;
    }
    group.pop();
  }
}

function fillPair(target: Node | undefined, key: Node, value: Node): void {
  if (target?.kind !== 'dict') return;
  target.keys = extended(target.keys, key);
  target.values = extended(target.values, value);
}

/**
 * Makes one value of an unfinished stack. The value that broke, if one did, stands in it as a hole.
 */
export function partialValue(machine: Machine, hole: HoleNode): Node {
  const { marks } = machine;
  const stack = machine.stack.length > MAX_ITEMS ? machine.stack.slice(0, MAX_ITEMS) : machine.stack;
  const bounds = [0, ...marks.filter((mark) => mark < stack.length), stack.length];
  const groups: Node[][] = [];
  for (let index = 0; index + 1 < bounds.length; index++) groups.push(stack.slice(bounds[index], bounds[index + 1]));
  let items: readonly Node[] | undefined;
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    if (items === undefined) {
      group.push(hole);
    } else {
      const rest = fill(group[group.length - 1], items, hole);
      if (rest.length > 0) {
        const start = rest[0]?.at ?? hole.at;
        group.push({ kind: 'tuple', at: hole.at, end: hole.end, start, depth: 1, items: [...rest] });
      }
    }
    settle(group, hole);
    items = group;
  }
  const [only] = items ?? [];
  if (items?.length === 1 && only !== undefined) return only;
  return { kind: 'tuple', at: hole.at, end: hole.end, start: 0, depth: 1, items: [...(items ?? [])] };
}
