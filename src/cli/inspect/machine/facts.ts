/**
 * What the machine counts and lists while it reads. It is recorded at the opcode, so that a call whose result is thrown away or
 * overwritten still counts.
 *
 * @module
 */
import type { BufferNode, BytesNode, CallNode, ExtNode, GlobalNode, Node, PersidNode, Step, StrNode } from './nodes.js';

/** BUILD on something that is no object: loading writes attributes of a class, a function or a module. */
export interface AttributeWrite {
  readonly target: Node;
  readonly state: Node;
  readonly at: number;
}

/** Facts of one message. */
export interface Facts {
  /** The protocol that PROTO names; undefined without PROTO. */
  protocol: number | undefined;
  /** The highest protocol among the opcodes used. */
  highestOpcode: number;
  readonly names: GlobalNode[];
  readonly calls: CallNode[];
  /** States and items given to calls: BUILD, APPEND and SETITEM on an object run its methods. */
  readonly steps: { readonly target: CallNode | PersidNode; readonly step: Step }[];
  readonly writes: AttributeWrite[];
  readonly persids: PersidNode[];
  readonly exts: ExtNode[];
  readonly buffers: BufferNode[];
  /** Values that POP or POP_MARK threw away, or that were left on the stack. */
  readonly dropped: Node[];
  /** Where the bytes of arrays stand that are no part of the pickle: from an opcode's end to the next opcode. */
  readonly raws: Map<number, number>;
  /** Bytes and texts that look as if they held a pickle themselves. */
  readonly suspects: (BytesNode | StrNode)[];
  /** How often each opcode occurs, by its byte. */
  readonly opcodeCounts: Uint32Array;
  /** Bytes of each opcode with its arguments, by its byte. */
  readonly opcodeBytes: Float64Array;
  opcodes: number;
  frames: number;
  memoPuts: number;
  memoGets: number;
  /** Strings of Python 2. */
  python2Strings: number;
  /** The most items that were on the stack. */
  maxStack: number;
  /** The deepest nesting seen while the values were made. */
  depth: number;
}

/** Facts before the first opcode. */
export function noFacts(): Facts {
  return {
    protocol: undefined,
    highestOpcode: 0,
    names: [],
    calls: [],
    steps: [],
    writes: [],
    persids: [],
    exts: [],
    buffers: [],
    dropped: [],
    raws: new Map(),
    suspects: [],
    opcodeCounts: new Uint32Array(256),
    opcodeBytes: new Float64Array(256),
    opcodes: 0,
    frames: 0,
    memoPuts: 0,
    memoGets: 0,
    python2Strings: 0,
    maxStack: 0,
    depth: 0,
  };
}
