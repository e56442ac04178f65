/**
 * Which values occur at more than one place, so that a printer writes them once.
 *
 * @module
 */
import { isContainer } from '../machine/nodes.js';
import type { Node } from '../machine/nodes.js';
import type { Viewer } from './view.js';

/**
 * Values that are met more than once. Known calls without parts are plain values.
 * @param bytes - Bytes have an identity too: for printers that keep all sharing.
 */
export function sharedNodes(root: Node, viewer: Viewer, bytes = false): ReadonlySet<Node> {
  const seen = new Set<Node>();
  const shared = new Set<Node>();
  const work: Node[] = [root];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    const isBytes = node.kind === 'bytes' || node.kind === 'bytearray';
    if (!isContainer(node) && !isBytes) continue;
    if (seen.has(node)) {
      shared.add(node);
      continue;
    }
    if (isBytes) seen.add(node);
    const view = viewer.view(node);
    if (view.text !== undefined || view.count === 0) continue;
    seen.add(node);
    // A key is written too, and may be the same tuple as a value elsewhere.
    if (node.kind === 'dict') for (const key of node.keys) work.push(key);
    for (let index = view.count - 1; index >= 0; index--) {
      const part = view.part(index).node;
      if (bytes || isContainer(part)) work.push(part);
    }
  }
  return shared;
}

/** Gives shared values their numbers, in the order in which they are written. */
export class Anchors {
  readonly #shared: ReadonlySet<Node>;
  readonly #numbers = new Map<Node, number>();

  constructor(shared: ReadonlySet<Node>) {
    this.#shared = shared;
  }

  /** The number of a shared value, and whether it was written before; undefined for a value that occurs once. */
  meet(node: Node): { readonly number: number; readonly again: boolean } | undefined {
    if (!this.#shared.has(node)) return undefined;
    const known = this.#numbers.get(node);
    if (known !== undefined) return { number: known, again: true };
    const number = this.#numbers.size + 1;
    this.#numbers.set(node, number);
    return { number, again: false };
  }
}
