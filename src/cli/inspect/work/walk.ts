/**
 * Visits every node of a value once.
 *
 * @module
 */
import { isContainer } from '../machine/nodes.js';
import type { ContainerNode, Node, Step } from '../machine/nodes.js';

/** The nodes that a container holds, as a list: callable and arguments first. */
export function childrenOf(node: ContainerNode): readonly Node[] {
  switch (node.kind) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return node.items;
    case 'dict':
      return [...node.keys, ...node.values];
    case 'persid':
      return [node.id, ...node.steps.flatMap(stepChildren)];
    case 'call': {
      const kwargs = node.kwargs === undefined ? [] : [node.kwargs];
      return [node.callable, node.args, ...kwargs, ...node.steps.flatMap(stepChildren)];
    }
  }
}

function stepChildren(step: Step): Node[] {
  if (step.kind === 'state') return [step.state];
  return step.kind === 'set' ? [...step.keys, ...step.values] : [...step.items];
}

/** All nodes that a value is made of, calls taken apart, each once. */
export function* allNodes(root: Node): Generator<Node> {
  const seen = new Set<Node>();
  const work: Node[] = [root];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if (isContainer(node)) {
      if (seen.has(node)) continue;
      seen.add(node);
      // One by one: a spread of a large array into push() overflows the stack.
      for (const child of childrenOf(node).toReversed()) work.push(child);
    }
    yield node;
  }
}
