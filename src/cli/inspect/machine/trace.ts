/**
 * The machine's state after each opcode, as far as a listing shows it. It is kept while the pickle is read, so that a listing
 * need not read it a second time.
 *
 * @module
 */
import type { Machine } from './machine.js';
import type { Node } from './nodes.js';
import { Numbers } from './numbers.js';

/** How many items a node holds by now. */
function countOf(node: Node | undefined): number {
  switch (node?.kind) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return node.items.length;
    case 'dict':
      return node.keys.length;
    default:
      return 0;
  }
}

/** One entry an opcode. */
export class Trace {
  /** Number of opcodes. */
  length = 0;
  /** Where arrays stand between opcodes: see `Facts.raws`. */
  readonly raws: ReadonlyMap<number, number>;
  /** The top of the stack after each opcode; after STOP the result. */
  readonly tops: (Node | undefined)[] = [];
  /** Items on the stack, open marks, entries of the memo, items that the top holds. */
  readonly #states = new Numbers(4);

  constructor(raws: ReadonlyMap<number, number>) {
    this.raws = raws;
  }

  /** Notes the state after an opcode. */
  add(machine: Machine): void {
    const { stack } = machine;
    const top = machine.result ?? stack[stack.length - 1];
    this.length++;
    this.tops.push(top);
    this.#states.push(stack.length, machine.marks.length, machine.memo.size, countOf(top));
  }

  /** Items on the stack. */
  depthAt(index: number): number {
    return this.#states.at(index, 0);
  }

  /** Open marks; none before the first opcode. */
  marksAt(index: number): number {
    return index < 0 ? 0 : this.#states.at(index, 1);
  }

  /** Entries of the memo. */
  memoAt(index: number): number {
    return this.#states.at(index, 2);
  }

  /** Items that the top of the stack held then: later opcodes may have added some. */
  countAt(index: number): number {
    return this.#states.at(index, 3);
  }
}
