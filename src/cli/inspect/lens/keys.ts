/**
 * Python's equality of keys, over nodes: `1`, `1.0` and `True` are one key, tuples are equal by their items.
 *
 * @module
 */
import type { Node } from '../machine/nodes.js';
import type { Lens } from './lens.js';

/** Gives nodes that Python holds equal as keys the same text. Linear also for tuples that share their parts. */
export class KeyTable {
  readonly #lens: Lens | undefined;
  readonly #known = new Map<Node, string>();
  readonly #ids = new Map<string, number>();

  /** @param lens - Makes known values (dates, enum members) equal by value; without, only by identity. */
  constructor(lens?: Lens) {
    this.#lens = lens;
  }

  /** The canonical text of a key. */
  keyOf(root: Node): string {
    const work: Node[] = [root];
    for (let node = work.at(-1); node !== undefined; node = work.at(-1)) {
      if (this.#known.has(node)) {
        work.pop();
        continue;
      }
      const missing =
        node.kind === 'tuple' || node.kind === 'frozenset' ? node.items.filter((item) => !this.#known.has(item)) : [];
      // A tuple that holds itself would wait for itself for ever; by identity it is at least itself.
      if (missing.length > 0 && work.length < MAX_WORK) {
        for (const item of missing) work.push(item);
        continue;
      }
      work.pop();
      this.#known.set(node, missing.length > 0 ? `@${node.at}` : this.#text(node));
    }
    return this.#known.get(root) ?? '';
  }

  #text(node: Node): string {
    switch (node.kind) {
      case 'none':
        return 'None';
      case 'bool':
        return `n${Number(node.value)}`;
      case 'int':
        return `n${node.value}`;
      case 'float':
        if (Number.isNaN(node.value)) return `nan@${node.at}`;
        return Number.isInteger(node.value) ? `n${BigInt(node.value)}` : `n${node.value}`;
      case 'str':
        return `s${node.value}`;
      case 'bytes':
        return `b${Buffer.from(node.value).toString('latin1')}`;
      case 'global':
        return `g${node.module}\n${node.name}`;
      case 'tuple':
        return this.#intern(`t${node.items.map((item) => this.#idOf(item)).join()}`);
      case 'frozenset':
        return this.#intern(
          `f${node.items
            .map((item) => this.#idOf(item))
            .sort((a, b) => a - b)
            .join()}`,
        );
      default: {
        const known = this.#lens?.known(node);
        return known?.text === undefined ? `@${node.at}` : `v${known.type} ${known.text}`;
      }
    }
  }

  #idOf(node: Node): number {
    const text = this.#known.get(node) ?? '';
    return this.#id(text);
  }

  #id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(text, id);
    }
    return id;
  }

  #intern(signature: string): string {
    return `#${this.#id(signature)}`;
  }
}

const MAX_WORK = 1_000_000;
