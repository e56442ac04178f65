/**
 * Which values take part in a cycle.
 *
 * @module
 */
import { isContainer } from '../machine/nodes.js';
import type { ContainerNode, Node } from '../machine/nodes.js';
import { childrenOf } from './walk.js';

interface Visit {
  readonly node: ContainerNode;
  readonly children: readonly Node[];
  next: number;
}

/** The containers that can be reached from themselves: Tarjan's strongly connected components, without recursion. */
export function cyclicNodes(root: Node): ReadonlySet<Node> {
  const order = new Map<Node, number>();
  const low = new Map<Node, number>();
  const open: Node[] = [];
  const isOpen = new Set<Node>();
  const cyclic = new Set<Node>();
  const visits: Visit[] = [];
  const enter = (node: ContainerNode): void => {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    open.push(node);
    isOpen.add(node);
    visits.push({ node, children: childrenOf(node), next: 0 });
  };
  const lower = (node: Node, value: number): void => {
    if (value < (low.get(node) ?? 0)) low.set(node, value);
  };
  if (isContainer(root)) enter(root);
  for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
    const child = visit.children[visit.next++];
    if (child !== undefined) {
      if (!isContainer(child)) continue;
      if (child === visit.node) cyclic.add(child);
      const seen = order.get(child);
      if (seen === undefined) enter(child);
      else if (isOpen.has(child)) lower(visit.node, seen);
      continue;
    }
    visits.pop();
    const parent = visits.at(-1);
    if (parent !== undefined) lower(parent.node, low.get(visit.node) ?? 0);
    if (low.get(visit.node) !== order.get(visit.node)) continue;
    // The root of a component: all above it on the open list belong to it.
    const members: Node[] = [];
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      isOpen.delete(member);
      members.push(member);
      if (member === visit.node) break;
    }
    if (members.length > 1) for (const member of members) cyclic.add(member);
  }
  return cyclic;
}
