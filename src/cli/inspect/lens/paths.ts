/**
 * Where every value of a message stands in the value as a whole: `$[1].data.last_price`.
 *
 * @module
 */
import { isContainer } from '../machine/nodes.js';
import type { Node } from '../machine/nodes.js';
import type { Viewer } from './view.js';

interface Spot {
  readonly node: Node;
  readonly parent: Spot | undefined;
  readonly step: string;
  readonly level: number;
  /** The path, once it was asked for. */
  path: string | undefined;
}

/** Levels of a path that are written; deeper values have their last steps behind `$…`. */
const MAX_LEVEL = 64;
const LAST_STEPS = 16;

/** Paths of all nodes of a value, by the opcode that makes them. */
export class PathIndex {
  /** No two nodes are made by the same opcode, so its offset stands for the node. */
  readonly #spots = new Map<number, Spot>();

  /**
   * @param shown - How a person sees the value: gives the paths.
   * @param raw - The same without known calls: gives paths to what is inside of them (`$.datetime@args[0]`).
   */
  constructor(root: Node, shown: Viewer, raw: Viewer) {
    const work: Spot[] = [];
    this.#place(root, undefined, '$', work);
    for (let spot = work.pop(); spot !== undefined; spot = work.pop()) {
      const { node } = spot;
      this.#parts(spot, shown, work);
      if (node.kind !== 'call') continue;
      this.#parts(spot, raw, work);
      this.#place(node.callable, spot, '@callable', work);
      this.#place(node.args, spot, '@args', work);
      for (const step of node.steps) if (step.kind === 'state') this.#place(step.state, spot, '@state', work);
    }
  }

  /** The path of what the opcode at an offset makes; undefined for what is no part of the value. */
  pathAt(offset: number): string | undefined {
    const spot = this.#spots.get(offset);
    return spot && pathOf(spot);
  }

  #parts(spot: Spot, viewer: Viewer, work: Spot[]): void {
    const view = viewer.view(spot.node);
    for (let index = 0; index < view.count; index++) {
      const { node, step } = view.part(index);
      this.#place(node, spot, step, work);
    }
  }

  /** Keeps the first place of a node: that is where its bytes stand. */
  #place(node: Node, parent: Spot | undefined, step: string, work: Spot[]): void {
    if (this.#spots.has(node.at)) return;
    const spot: Spot = { node, parent, step, level: (parent?.level ?? 0) + 1, path: undefined };
    this.#spots.set(node.at, spot);
    if (isContainer(node)) work.push(spot);
  }
}

function pathOf(spot: Spot): string {
  if (spot.path !== undefined) return spot.path;
  const steps: string[] = [];
  let above: Spot | undefined = spot;
  while (above !== undefined && above.path === undefined) {
    steps.push(above.step);
    above = above.parent;
    if (spot.level > MAX_LEVEL && steps.length >= LAST_STEPS) return `$…${steps.reverse().join('')}`;
  }
  spot.path = (above?.path ?? '') + steps.reverse().join('');
  return spot.path;
}
