/**
 * What a pickle would make, as inert data with the places in the bytes that say so.
 *
 * A graph, not a tree: a value that is fetched from the memo is the same node. Nothing in it was made or called.
 *
 * @module
 */
import type { HoleWord } from '../../lang/en/views.js';
/** What follows a `NumpyArrayWrapper` of joblib: the bytes of its array, or a pickle of an array of objects. */
export type RawArray = { readonly kind: 'bytes'; readonly data: Uint8Array } | { readonly kind: 'pickle'; value: Node };

/** Where a node stands in the message. */
export interface Place {
  /** Offset of the opcode that makes it, in bytes: no two nodes have the same. */
  readonly at: number;
  /** Offset behind the last opcode that adds to it. */
  end: number;
}

/** Where a node with parts stands. */
export interface Span extends Place {
  /** Offset of the first opcode that belongs to it: a MARK, or the first of its parts. */
  readonly start: number;
  /** Containers from here down to the deepest leaf, as far as known when it was made: 1 for a flat one. */
  depth: number;
}

export interface NoneNode extends Place {
  readonly kind: 'none';
}
export interface BoolNode extends Place {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface IntNode extends Place {
  readonly kind: 'int';
  readonly value: number | bigint;
}
export interface FloatNode extends Place {
  readonly kind: 'float';
  readonly value: number;
}
export interface StrNode extends Place {
  readonly kind: 'str';
  readonly value: string;
  /** A `str` of Python 2, read by the chosen encoding. */
  readonly python2: boolean;
}
export interface BytesNode extends Place {
  readonly kind: 'bytes' | 'bytearray';
  readonly value: Uint8Array;
}
export interface ListNode extends Span {
  readonly kind: 'list' | 'tuple' | 'set' | 'frozenset';
  items: readonly Node[];
}
export interface DictNode extends Span {
  readonly kind: 'dict';
  /** Keys in the order of the pickle; a key may occur twice, then the last value counts. */
  keys: readonly Node[];
  values: readonly Node[];
}
/** The name of a class or function. */
export interface GlobalNode extends Place {
  readonly kind: 'global';
  /** Offset of the first opcode that belongs to it. */
  readonly start: number;
  /** As the pickle has it. */
  readonly module: string;
  readonly name: string;
}

/** What was done to the result of a call, in the order of the pickle. */
export type Step =
  | { readonly kind: 'state'; readonly state: Node; readonly at: number }
  | { readonly kind: 'append' | 'add'; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: 'set'; readonly keys: readonly Node[]; readonly values: readonly Node[]; readonly at: number };

/** Opcodes that call. */
export type CallOpcode = 'REDUCE' | 'NEWOBJ' | 'NEWOBJ_EX' | 'INST' | 'OBJ';

/** The result of a call, which was not made. */
export interface CallNode extends Span {
  readonly kind: 'call';
  readonly how: CallOpcode;
  readonly callable: Node;
  /** A tuple in every pickle that CPython loads. */
  readonly args: Node;
  readonly kwargs: Node | undefined;
  steps: readonly Step[];
  /** The array that stands behind it in the file. */
  raw?: RawArray;
}
/** An object that the loading program looks up by an id. */
export interface PersidNode extends Span {
  readonly kind: 'persid';
  readonly id: Node;
  steps: readonly Step[];
}
/** A class or function named by a number of copyreg's registry. */
export interface ExtNode extends Place {
  readonly kind: 'ext';
  readonly code: number;
}
/** An out-of-band buffer. */
export interface BufferNode extends Place {
  readonly kind: 'buffer';
  readonly index: number;
  /** Undefined when it was not given. */
  readonly data: Uint8Array | undefined;
  readonly readonly: boolean;
}
/** Why nothing stands there. */
export type HoleWhy = HoleWord | `cut: ${string}` | `memo entry ${string}`;

/** Stands where the damage left no value. */
export interface HoleNode extends Place {
  readonly kind: 'hole';
  /** What is missing, in a few words. */
  readonly why: HoleWhy;
}

/** A value of a pickle. */
export type Node =
  | NoneNode
  | BoolNode
  | IntNode
  | FloatNode
  | StrNode
  | BytesNode
  | ListNode
  | DictNode
  | GlobalNode
  | CallNode
  | PersidNode
  | ExtNode
  | BufferNode
  | HoleNode;

/** What an empty container holds: one array for all of them, for a bomb has millions. */
export const NOTHING: readonly never[] = Object.freeze([]);

/** An array with one more at its end: a new one for {@link NOTHING}, otherwise the same. */
export function extended<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

/** A value that holds others. */
export type ContainerNode = ListNode | DictNode | CallNode | PersidNode;

/** Whether a node holds others, and so has an identity that matters. */
export function isContainer(node: Node): node is ContainerNode {
  switch (node.kind) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'dict':
    case 'call':
    case 'persid':
      return true;
    default:
      return false;
  }
}

/** A dict's value under a text key; the last one when the key occurs twice. */
export function entryOf(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind !== 'dict') return undefined;
  for (let index = node.keys.length - 1; index >= 0; index--) {
    const candidate = node.keys[index];
    if (candidate?.kind === 'str' && candidate.value === key) return node.values[index];
  }
  return undefined;
}

/** The text of a `str` node. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'str' ? node.value : undefined;
}
