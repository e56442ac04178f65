/**
 * Where every value of a message stands in the value as a whole: `$[1].data.last_price`.
 *
 * @module
 */
import { isContainer } from '../machine/nodes.js';
import type { Node } from '../machine/nodes.js';
import type { Viewer } from './view.js';

interface Spot {
  readonly parent: Node | undefined;
  readonly step: string;
}

/** Paths of all nodes of a value, and which node an opcode makes. */
export class PathIndex {
  readonly #spots = new Map<Node, Spot>();
  readonly #byOffset = new Map<number, Node>();

  /**
   * @param shown - How a person sees the value: gives the paths.
   * @param raw - The same without known calls: gives paths to what is inside of them (`$.datetime@args[0]`).
   */
  constructor(root: Node, shown: Viewer, raw: Viewer) {
    this.#place(root, { parent: undefined, step: '$' });
    const work: Node[] = [root];
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if (!isContainer(node)) continue;
      this.#parts(node, shown, work);
      if (node.kind !== 'call') continue;
      this.#parts(node, raw, work);
      if (node.callable.kind === 'global') this.#place(node.callable, { parent: node, step: '@callable' });
      this.#place(node.args, { parent: node, step: '@args' });
      for (const step of node.steps) {
        if (step.kind === 'state') this.#place(step.state, { parent: node, step: '@state' });
      }
    }
  }

  /** The path of a node; undefined for what is no part of the value. */
  pathOf(node: Node): string | undefined {
    const steps: string[] = [];
    let spot = this.#spots.get(node);
    if (spot === undefined) return undefined;
    for (; spot !== undefined; spot = spot.parent && this.#spots.get(spot.parent)) steps.push(spot.step);
    return steps.reverse().join('');
  }

  /** The path of what the opcode at an offset makes. */
  pathAt(offset: number): string | undefined {
    const node = this.#byOffset.get(offset);
    return node && this.pathOf(node);
  }

  /** What the opcode at an offset makes. */
  nodeAt(offset: number): Node | undefined {
    return this.#byOffset.get(offset);
  }

  #parts(node: Node, viewer: Viewer, work: Node[]): void {
    const view = viewer.view(node);
    for (let index = 0; index < view.count; index++) {
      const { node: part, step } = view.part(index);
      if (this.#place(part, { parent: node, step })) work.push(part);
    }
  }

  /** Keeps the first place of a node: that is where its bytes stand. */
  #place(node: Node, spot: Spot): boolean {
    if (this.#spots.has(node)) return false;
    this.#spots.set(node, spot);
    this.#byOffset.set(node.at, node);
    return true;
  }
}
