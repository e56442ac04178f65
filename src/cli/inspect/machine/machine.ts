/**
 * The tolerant pickle machine: stack, marks and memo as CPython's unpickler has them, over inert nodes.
 *
 * Where CPython would raise, it notes the error and goes on with a hole in the value. So a damaged pickle shows everything that
 * is in it. `loads` is strict and fast; this is for looking.
 *
 * @module
 */
import type { Token } from '../../../pickle/index.js';
import type { FindingCode } from '../findings/codes.js';
import { found } from '../findings/finding.js';
import type { Finding, Said } from '../findings/finding.js';
import type { FactTexts } from '../../lang/en/facts.js';
import { noFacts } from './facts.js';
import type { Facts } from './facts.js';
import { Memo } from './memo.js';
import { isContainer } from './nodes.js';
import type { ContainerNode, HoleNode, HoleWhy, Node } from './nodes.js';

/** How the `str` of Python 2 is read. */
export type StringEncoding = 'ascii' | 'latin1' | 'utf8' | 'bytes';

/** What a machine is told before it starts. */
export interface MachineOptions {
  readonly encoding: StringEncoding;
  readonly buffers: readonly Uint8Array[];
  readonly maxDepth: number;
}

/** Findings of one kind that are kept: a hostile pickle has one for every byte. */
const MAX_NOTES = 1000;

/** After so many errors the rest says nothing more. */
const MAX_ERRORS = 64;

/** What an opcode does wrong; it follows on its name and place. */
export type Wrong = (facts: FactTexts['opcodes']) => string;

function atOpcode({ opcode, offset }: Token, what: Wrong): Said {
  return (facts) => facts.opcode(opcode.name, offset, what(facts.opcodes));
}

/** A bound was reached: reading ends here. */
export class LimitReached extends Error {
  constructor(readonly finding: Finding) {
    super(finding.message);
    this.name = 'LimitReached';
  }
}

/** The state of a pickle being read. The handlers of the opcodes (handlers.ts) move it on. */
export class Machine {
  readonly stack: Node[] = [];
  /** Lengths of the stack at the open marks. */
  readonly marks: number[] = [];
  /** Where the bytes of what was taken last begin: of the lowest item, or of its MARK. */
  start = 0;
  readonly memo = new Memo();
  readonly facts: Facts = noFacts();
  readonly findings: Finding[] = [];
  /** Set by STOP. */
  result: Node | undefined;
  /** Offset behind the frame that is open; -1 outside of frames. */
  frameEnd = -1;
  /** Number of the next out-of-band buffer. */
  nextBuffer = 0;
  errors = 0;
  /** Beside each item of the stack, where its bytes begin. */
  readonly #starts: number[] = [];
  readonly #markOffsets: number[] = [];
  readonly #unhashable = new WeakSet<Node>();
  /** How often each kind of finding was noted. */
  readonly #notes = new Map<FindingCode, number>();

  constructor(
    readonly data: Uint8Array,
    readonly options: MachineOptions,
  ) {}

  /** Notes a finding at an opcode. Of one kind so many are kept; {@link endNotes} counts the rest. */
  note(code: FindingCode, said: Said, token: Token): void {
    const count = (this.#notes.get(code) ?? 0) + 1;
    this.#notes.set(code, count);
    if (count > MAX_NOTES) return;
    this.findings.push(found(code, said, { offset: token.offset, opcode: token.opcode.name }));
  }

  /** Says of which kinds there were more findings than are kept. */
  endNotes(): void {
    for (const [code, count] of this.#notes) {
      if (count <= MAX_NOTES) continue;
      this.findings.push(found(code, (facts) => facts.moreOfKind(count - MAX_NOTES)));
    }
  }

  /** Notes an error: CPython would raise here. */
  error(code: FindingCode, said: Said, token: Token): void {
    this.errors++;
    if (this.errors <= MAX_ERRORS) this.note(code, said, token);
    if (this.errors === MAX_ERRORS)
      throw new LimitReached(found('I002', (facts) => facts.gaveUp(MAX_ERRORS), { offset: token.offset }));
  }

  /** Notes a finding that is told of its opcode: `what` follows on the opcode's name and place. */
  noteAt(code: FindingCode, what: Wrong, token: Token): void {
    this.note(code, atOpcode(token, what), token);
  }

  /** Notes an error that is told of its opcode. */
  errorAt(code: FindingCode, what: Wrong, token: Token): void {
    this.error(code, atOpcode(token, what), token);
  }

  /** Puts a value on the stack whose bytes begin at `start`. */
  push(node: Node, start: number): void {
    this.stack.push(node);
    this.#starts.push(start);
  }

  /** MARK. */
  mark(token: Token): void {
    this.marks.push(this.stack.length);
    this.#markOffsets.push(token.offset);
  }

  /** Takes the last mark away without what lies above it. */
  unmark(): void {
    this.marks.pop();
    this.#markOffsets.pop();
  }

  /** The lowest item that an opcode may take: the one above the last mark. */
  get floor(): number {
    return this.marks[this.marks.length - 1] ?? 0;
  }

  /** Takes the top of the stack; a hole when there is none above the last mark. */
  pop(token: Token): Node {
    if (this.stack.length > this.floor) {
      const node = this.stack.pop();
      this.start = this.#starts.pop() ?? token.offset;
      if (node !== undefined) return node;
    }
    this.start = token.offset;
    const isEmpty = this.marks.length === 0;
    this.errorAt('E030', (facts) => (isEmpty ? facts.emptyStack : facts.nothingAboveMark), token);
    return this.hole(token, 'missing value');
  }

  /** The top of the stack without taking it; undefined when there is none above the last mark. */
  peek(): Node | undefined {
    return this.stack.length > this.floor ? this.stack[this.stack.length - 1] : undefined;
  }

  /** Takes everything above the last mark, and the mark. */
  popMark(token: Token): Node[] {
    const mark = this.marks.pop();
    this.start = this.#markOffsets.pop() ?? token.offset;
    if (mark === undefined) this.errorAt('E031', (facts) => facts.noMark, token);

    const items = this.stack.slice(mark ?? 0);
    this.stack.length = mark ?? 0;
    this.#starts.length = mark ?? 0;
    return items;
  }

  /** Throws away the last mark and what stands above it. */
  dropToMark(): void {
    const mark = this.marks.pop() ?? 0;
    this.start = this.#markOffsets.pop() ?? 0;
    this.stack.length = mark;
    this.#starts.length = mark;
  }

  /** A place holder for a value that the damage swallowed. */
  hole(token: Token, why: HoleWhy): HoleNode {
    return { kind: 'hole', at: token.offset, end: token.end, why };
  }

  /**
   * Notes that `parent` holds `children`, for the depth limit and for hashability.
   * @param from - Index of the first of the children.
   * @throws `LimitReached` when the nesting is deeper than `maxDepth`.
   */
  nest(parent: ContainerNode, children: readonly Node[], token: Token, from = 0): void {
    const immutable = parent.kind === 'tuple' || parent.kind === 'frozenset';
    let { depth } = parent;
    for (let index = from; index < children.length; index++) {
      const child = children[index];
      if (child === undefined) break;
      if (!isContainer(child)) {
        if (immutable && child.kind === 'bytearray') this.#unhashable.add(parent);
        continue;
      }
      if (child.depth >= depth) depth = child.depth + 1;
      if (immutable && !this.isHashable(child)) this.#unhashable.add(parent);
    }
    if (depth === parent.depth) return;
    parent.depth = depth;
    if (depth > this.facts.depth) this.facts.depth = depth;
    if (depth > this.options.maxDepth) {
      const said: Said = (facts) => facts.nestedValues(this.options.maxDepth, token.offset);
      throw new LimitReached(found('I003', said, { offset: token.offset, opcode: token.opcode.name }));
    }
  }

  /** Whether Python could use a node as a key. Of an unknown object nobody can tell. */
  isHashable(node: Node): boolean {
    switch (node.kind) {
      case 'list':
      case 'dict':
      case 'set':
      case 'bytearray':
        return false;
      default:
        return !this.#unhashable.has(node);
    }
  }
}
