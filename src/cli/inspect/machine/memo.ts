/**
 * The memo of the machine.
 *
 * @module
 */
import type { Node } from './nodes.js';

/**
 * Values by number. Picklers number from 0 on, without holes: those are an array. Other numbers, which a hostile pickle may
 * choose at will, are kept in a map. There a large one costs no more than a small one.
 */
export class Memo {
  readonly #dense: Node[] = [];
  readonly #sparse = new Map<number, Node>();

  /** Number of entries: what MEMOIZE takes as the next number. */
  get size(): number {
    return this.#dense.length + this.#sparse.size;
  }

  get(index: number): Node | undefined {
    return this.#dense[index] ?? this.#sparse.get(index);
  }

  set(index: number, node: Node): void {
    if (index < this.#dense.length) this.#dense[index] = node;
    else if (index === this.#dense.length && !this.#sparse.has(index)) this.#dense.push(node);
    else this.#sparse.set(index, node);
  }
}
