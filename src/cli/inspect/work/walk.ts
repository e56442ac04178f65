/**
 * Visits every node of a value once.
 *
 * @module
 */
import { isContainer } from '../machine/nodes.js';
import type { Node, Step } from '../machine/nodes.js';

function pushStep(work: Node[], step: Step): void {
  if (step.kind === 'state') work.push(step.state);
  else if (step.kind === 'set') pushAll(work, step.keys, step.values);
  else pushAll(work, step.items);
}

// One by one: a spread of a large array overflows the stack.
function pushAll(work: Node[], ...lists: readonly (readonly Node[])[]): void {
  for (const list of lists) for (let index = list.length - 1; index >= 0; index--) push(work, list[index]);
}

function push(work: Node[], node: Node | undefined): void {
  if (node !== undefined) work.push(node);
}

/** All nodes that a value is made of, calls taken apart, each once. */
export function* allNodes(root: Node): Generator<Node> {
  const seen = new Set<Node>();
  const work: Node[] = [root];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if (isContainer(node)) {
      if (seen.has(node)) continue;
      seen.add(node);
    }
    yield node;
    switch (node.kind) {
      case 'list':
      case 'tuple':
      case 'set':
      case 'frozenset':
        pushAll(work, node.items);
        break;
      case 'dict':
        pushAll(work, node.values, node.keys);
        break;
      case 'persid':
        work.push(node.id);
        for (const step of node.steps) pushStep(work, step);
        break;
      case 'call':
        for (const step of node.steps) pushStep(work, step);
        push(work, node.kwargs);
        work.push(node.args, node.callable);
        break;
      default:
    }
  }
}
