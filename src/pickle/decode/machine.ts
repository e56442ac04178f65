/**
 * The state of one decoding: stack, marks, memo, and what the opcodes do to them.
 *
 * @module
 */
import { ByteCopies } from '../wire/bytes.js';
import { compile } from '../classes/compiled-registry.js';
import type { ClassEntry, CompiledRegistry } from '../classes/compiled-registry.js';
import { Deferred, FLAG, makePart, PART, PendingState } from './deferred.js';
import { UnpicklingError } from '../errors.js';
import type { UnpicklingErrorCode } from '../errors.js';
import { opcodeOf } from '../wire/opcodes.js';
import { GivenBuffers } from './given-buffers.js';
import { Budget, Depth, Filling, Identity } from './machine-state.js';
import { sparseKey } from '../wire/memo-indices.js';
import { resolveLoadsOptions } from '../classes/options.js';
import type { ResolvedLoadsOptions } from '../classes/options.js';
import { ClassRegistry } from '../classes/registry.js';
import { StringCache } from './fast/strings.js';
import { TextWindow } from './fast/text-window.js';
import { ByteArray } from '../values/byte-array.js';
import { PickleBuffer } from '../values/pickle-buffer.js';
import { PyDict } from '../values/py-dict.js';
import { PyGlobal } from '../values/py-global.js';
import { PyObject } from '../values/py-object.js';
import { PytzZone, PyTimeZone, PyZoneInfo } from '../values/time-zones.js';
import { Tuple } from '../values/tuple.js';

/** What the arrays of a machine may keep, in entries, from one decoding to the next. */
const KEPT_ENTRIES = 512;

/** A memo index this far beyond the entries stored goes to a Map: 2**32-1 must not make an array of that length. */
const DENSE_SLACK = 1024;

/** Scratch memory of a machine, which one decoding after the other uses. */
export class Workspace {
  readonly marks: number[] = [0];
  readonly strings = new StringCache();
  /**
   * For a slot of the stack: the memo index under which its object was stored or fetched last. It is a hint, and has to be
   * checked.
   */
  slotMemo = new Int32Array(KEPT_ENTRIES);
  /** For a memo index: what is to be known of the object in it, see {@link FLAG}. */
  flags = new Uint8Array(KEPT_ENTRIES);
  /** For each open mark: `chain` and `deepest` of what it stands in. */
  readonly depths: number[] = [];

  /** Lets go of everything that was decoded. */
  clear(memoUsed: number): void {
    // After an error only: to set a length costs as much as fifty assignments.
    if (this.marks.length > 1) this.marks.length = 1;
    if (this.depths.length > 0) this.depths.length = 0;
    const { flags } = this;
    if (flags.length > KEPT_ENTRIES) this.flags = new Uint8Array(KEPT_ENTRIES);
    else for (let index = 0; index < memoUsed; index++) flags[index] = 0;
    if (this.slotMemo.length > KEPT_ENTRIES) this.slotMemo = new Int32Array(KEPT_ENTRIES);
  }
}

/** Bytes that calls may copy for each byte of a pickle. An item of a list takes one in it, and as many in an array. */
const COPIES_OF_INPUT = 16;
/**
 * And so many more, however small the pickle is. No pickler makes calls share what they copy, so it is little. To copy so much
 * of a set of tuples takes half a second.
 */
const COPIES = 2 ** 20;

/** Bytes that calls may copy beyond those that the pickle itself has. @internal */
export function mostCopied({ maxText }: ResolvedLoadsOptions): number {
  return Math.min(maxText, COPIES);
}

/** What an item of an array or Set takes, in bytes, about. */
const ITEM_BYTES = 16;

/** A call of more takes time for each. */
const FEW_ARGUMENTS = 8;

/** What a machine holds between two decodings. */
const NOTHING = new Uint8Array(0);
const DEFAULTS = resolveLoadsOptions();
const NO_CLASSES = compile(ClassRegistry.empty);

/**
 * One decoding, and after it the next: making it anew, with its arrays, would cost a tenth of decoding a tick. Between two
 * decodings it holds nothing of either. @internal
 */
export class Machine {
  readonly workspace = new Workspace();
  readonly stack: unknown[] = [];
  readonly memo: unknown[] = [];
  readonly strings = this.workspace.strings;
  readonly window = new TextWindow();
  readonly bytes = new ByteCopies();
  /** Open marks: for each, the stack's height when it was set. The first entry is no mark, but the stack's bottom. */
  readonly marks = this.workspace.marks;
  readonly budget = new Budget();
  readonly depth = new Depth();
  readonly identity = new Identity();
  readonly filling = new Filling();

  data: Uint8Array = NOTHING;
  options = DEFAULTS;
  registry = NO_CLASSES;
  /** Offset of the next byte. */
  pos = 0;
  /** Offset of the opcode at work. */
  start = 0;
  /** Where the data ends. */
  end = 0;
  /** Where the current frame ends; outside of frames, where the data ends. */
  limit = 0;
  /** Whether `limit` is the end of a frame. */
  inFrame = false;
  /** Height of the stack. */
  sp = 0;
  /** What PROTO said; 0 without it. */
  protocol = 0;
  /** Entries stored in the memo. */
  memoCount = 0;
  /**
   * Memo entries whose index was far beyond the others when they were stored, by `sparseKey`. None of them is in `memo` too.
   */
  sparse: Map<string, unknown> | undefined = undefined;
  /** From here on an index needs a look at more than `memo`: it may be beyond the limit, or in `sparse`. */
  memoEnd = Infinity;
  #highestIndex = -1;
  #buffers: Iterator<Uint8Array> | undefined = undefined;
  #given: GivenBuffers | undefined = undefined;

  /** Makes the machine ready for the pickle at an offset. */
  begin(data: Uint8Array, offset: number, options: ResolvedLoadsOptions, registry: CompiledRegistry): void {
    this.data = data;
    this.options = options;
    this.registry = registry;
    this.pos = offset;
    this.start = offset;
    this.end = data.length;
    this.limit = data.length;
    const { budget } = this;
    budget.opcodes = 0;
    budget.textLeft = options.maxText;
    budget.copyLeft = mostCopied(options) + COPIES_OF_INPUT * data.length;
    budget.refusals = 0;
    this.memoEnd = options.maxMemo;
  }

  /** Lets go of everything: data, options, and what was decoded. */
  clear(): void {
    const { stack, memo } = this;
    const used = this.#usedMemo();
    this.workspace.clear(used);
    // For so few entries a loop is faster than fill(). The stack was used from its bottom on, and never holds undefined.
    if (stack.length > KEPT_ENTRIES) stack.length = 0;
    else for (let slot = 0; slot < stack.length && stack[slot] !== undefined; slot++) stack[slot] = undefined;
    if (memo.length > KEPT_ENTRIES) memo.length = 0;
    else for (let index = 0; index < used; index++) memo[index] = undefined;
    this.window.clear();
    this.bytes.clear();
    this.data = NOTHING;
    this.options = DEFAULTS;
    this.registry = NO_CLASSES;
    this.inFrame = false;
    this.sp = 0;
    this.protocol = 0;
    this.memoCount = 0;
    this.sparse = undefined;
    this.depth.clear();
    this.identity.clear();
    this.filling.clear();
    this.#highestIndex = -1;
    this.#buffers = undefined;
    this.#given = undefined;
  }

  /** Name of the opcode at work. */
  get opcodeName(): string | undefined {
    return opcodeOf(this.data[this.start] ?? 0)?.name;
  }

  /**
   * Counts what a call of a built-in class can copy of its arguments. They cost a pickle two bytes when it fetches them from the
   * memo, and could be copied without end. False beyond the limit.
   */
  mayCopy(args: readonly unknown[]): boolean {
    if (args.length > FEW_ARGUMENTS) this.budget.copyLeft -= ITEM_BYTES * args.length;
    for (const arg of args) {
      if (typeof arg === 'string') this.budget.copyLeft -= arg.length;
      else if (typeof arg === 'object' && arg !== null) this.budget.copyLeft -= weightOf(arg);
    }
    return this.budget.copyLeft >= 0;
  }

  /** An error about the opcode at work: its name and offset stand before the text. */
  fail(code: UnpicklingErrorCode, text: string, cause?: unknown): UnpicklingError {
    const { start: offset, opcodeName: opcode } = this;
    const options = cause === undefined ? { offset, opcode } : { offset, opcode, cause };
    return new UnpicklingError(code, `${opcode ?? 'The data'} at byte ${offset} ${text}`, options);
  }

  /** An error about an argument of `wanted` bytes that does not fit before the limit. `pos` is where it starts. */
  tooLong(pos: number, wanted: number | bigint): UnpicklingError {
    if (this.inFrame && BigInt(wanted) <= this.data.length - pos)
      return this.fail('FRAME_BOUNDARY', `needs ${wanted} bytes, and its frame ends at byte ${this.limit}`);

    return this.fail('TRUNCATED', `says ${wanted} bytes, ${this.data.length - pos} remain`);
  }

  /** An error about a stack of some height that has too few items above the topmost mark. */
  underflow(wanted: number, height = this.sp): UnpicklingError {
    const fence = this.marks[this.marks.length - 1] ?? 0;
    const there = Math.max(0, height - fence);
    const where = this.marks.length > 1 ? 'above the topmost mark' : 'on the stack';
    return this.fail('STACK_UNDERFLOW', `needs ${wanted} item${wanted === 1 ? '' : 's'}, ${there} ${where}`);
  }

  /**
   * How much of the dense memo may hold something. It is no private accessor, because an engine calls those through its runtime
   * (50 ns, measured on Node 20).
   */
  #usedMemo(): number {
    return Math.min(this.memo.length, Math.max(this.memoCount, this.#highestIndex + 1));
  }

  /** The height of the stack below which an opcode must not reach: the topmost mark. */
  get fence(): number {
    return this.marks[this.marks.length - 1] ?? 0;
  }

  push(value: unknown): void {
    this.stack[this.sp++] = value;
  }

  /** Takes the top of the stack. */
  pop(): unknown {
    if (this.sp <= this.fence) throw this.underflow(1);
    return this.stack[--this.sp];
  }

  /** Sets a mark. */
  pushMark(height: number): void {
    this.marks.push(height);
    this.depth.containers++;
    this.workspace.depths.push(this.depth.chain, this.depth.deepest);
    this.depth.chain = 0;
    this.depth.deepest = 0;
  }

  /** Takes the topmost mark: the height of the stack at it, from which on its items stand. */
  popMark(): number {
    const { marks } = this;
    if (marks.length === 1) throw this.fail('MARK_MISSING', 'needs a mark, and none is set');
    const { depths } = this.workspace;
    const bound = this.depth.chain + this.depth.deepest + 1;
    this.depth.deepest = Math.max(depths.pop() ?? 0, bound);
    this.depth.chain = (depths.pop() ?? 0) + 1;
    return marks.pop() ?? 0;
  }

  /** Takes the topmost mark and the items above it. */
  popItems(): unknown[] {
    const from = this.popMark();
    this.settlePending(from);
    const items = this.stack.slice(from, this.sp);
    this.sp = from;
    return items;
  }

  /** Makes the dict of a state below a mark that something other than SETITEMS has just taken. */
  settlePending(from: number): void {
    const below = this.stack[from - 1];
    if (below instanceof PendingState) this.materialise(from - 1, below);
  }

  /** Puts a real dict in the place of a pending state. */
  materialise(slot: number, pending: PendingState): object {
    this.noteUndeferred(pending.instance);
    const dict = this.options.dict === 'map' ? new PyDict() : {};
    this.replace(slot, pending, dict);
    return dict;
  }

  /** Notes an instance whose state is not deferred. */
  noteUndeferred(instance: object): void {
    if (this.identity.statesMade) return;
    this.identity.undeferred ??= new Set();
    this.identity.undeferred.add(instance);
  }

  /**
   * To be called before an instance gets a state by BUILD itself. If it has had one, the memo holds that as the attributes of
   * the instance, and it has to be made before they change. To find it takes a look at the whole memo, so all states are made
   * then, and none is deferred any more.
   */
  makeStates(instance: object): void {
    if (this.identity.statesMade || this.identity.undeferred?.has(instance) === true) return;
    this.identity.statesMade = true;
    this.identity.undeferred = undefined;
    const { memo, workspace } = this;
    const used = this.#usedMemo();
    for (let index = 0; index < used; index++) {
      const value = memo[index];
      const isState =
        value instanceof PendingState ? value.isApplied : ((workspace.flags[index] ?? 0) & FLAG.state) !== 0;
      if (isState) this.entry(index);
    }
  }

  /** Stores the top of the stack in the memo. */
  put(index: number): void {
    if (this.sp <= this.fence) throw this.underflow(1);
    const slot = this.sp - 1;
    const value = this.stack[slot];
    const { memo, workspace } = this;
    if (index > memo.length + DENSE_SLACK || index > 2 * this.memoCount + DENSE_SLACK) {
      this.sparse ??= new Map<string, unknown>();
      const key = sparseKey(index);
      if (!this.sparse.has(key)) this.memoCount++;
      this.sparse.set(key, value);
      if (index < this.memoEnd) this.memoEnd = index;
      this.identity.aliased = true;
    } else {
      // What stood here loses its flags, and what is already in the memo loses its hint.
      this.identity.aliased ||= memo[index] !== undefined || this.inMemo(slot, value);
      while (memo.length <= index) memo.push(undefined);
      if (memo[index] === undefined && this.sparse?.delete(sparseKey(index)) !== true) this.memoCount++;
      memo[index] = value;
      workspace.flags[index] = 0;
      if (index > this.#highestIndex) this.#highestIndex = index;
      this.growHints(slot, index);
      workspace.slotMemo[slot] = index;
    }
    if (this.memoCount > this.options.maxMemo)
      throw this.fail('LIMIT_MEMO', `stores more than ${this.options.maxMemo} memo entries`);
  }

  /** Whether an object on the stack is already in the memo: it stands there by the hint of its slot, when it was not fetched. */
  inMemo(slot: number, value: unknown): boolean {
    return typeof value === 'object' && value !== null && this.memo[this.workspace.slotMemo[slot] ?? 0] === value;
  }

  /** Notes a value that came from a user's function: it may give the same object again, and the pickle then change both. */
  noteForeign(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === Object.prototype || value instanceof PyObject) {
      this.identity.aliased = true;
      this.identity.shared = true;
    } else if (value instanceof Map || value instanceof Set || (Array.isArray(value) && !(value instanceof Tuple))) {
      this.identity.shared = true;
    } else if (prototype !== null && this.registry.byPrototype.get(prototype)?.kind === 'object') {
      this.identity.shared = true;
    }
  }

  /** Makes room for hints about a slot of the stack and a memo index. */
  growHints(slot: number, index: number): void {
    const { workspace } = this;
    if (slot >= workspace.slotMemo.length) {
      const grown = new Int32Array(2 * slot + 2);
      grown.set(workspace.slotMemo);
      workspace.slotMemo = grown;
    }
    if (index >= workspace.flags.length) {
      const grown = new Uint8Array(2 * index + 2);
      grown.set(workspace.flags);
      workspace.flags = grown;
    }
  }

  /** An error about a memo entry that is not there. */
  missing(index: number): UnpicklingError {
    return this.fail('MEMO_MISSING', `fetches memo entry ${index}, which was never stored`);
  }

  /** A memo entry. */
  entry(index: number): unknown {
    let value = this.memo[index];
    if (value === undefined) value = this.sparse?.get(sparseKey(index));
    if (value === undefined) throw this.missing(index);
    if (value instanceof Deferred) return value.make(this, index);
    if (typeof value !== 'object' || value === null || ((this.workspace.flags[index] ?? 0) & PART) === 0) return value;
    return makePart(this, index, value);
  }

  /** Pushes a memo entry. */
  get(index: number): void {
    let value = this.entry(index);
    if (this.identity.replaced !== undefined) value = this.current(value);
    if (typeof value === 'object' && value !== null) {
      if (this.memo[index] !== undefined) {
        this.growHints(this.sp, index);
        const { slotMemo, flags } = this.workspace;
        // What was fetched before was looked at then.
        if (flags[index] !== FLAG.fetched) this.identity.shared ||= !isLeaf(value, this.registry);
        slotMemo[this.sp] = index;
        flags[index] = FLAG.fetched;
      } else {
        this.identity.shared ||= !isLeaf(value, this.registry);
      }
    }
    this.stack[this.sp++] = value;
  }

  /**
   * Puts a value in the place of another one that stands in a slot of the stack, and in the memo. Where something else
   * can have a reference to the old one, opcodes go by `current`, and containers are put right at the end.
   */
  replace(slot: number, old: object, value: unknown): void {
    this.stack[slot] = value;
    const index = this.workspace.slotMemo[slot] ?? 0;
    let seen = this.identity.aliased;
    if (this.memo[index] === old) {
      this.memo[index] = value;
      seen ||= ((this.workspace.flags[index] ?? 0) & FLAG.fetched) !== 0;
    }
    if (!seen) return;
    this.identity.plainMemo = false;
    this.identity.replaced ??= new Map<object, unknown>();
    this.identity.replaced.set(old, value);
  }

  /** What now stands for a value that may have been replaced. */
  current(value: unknown): unknown {
    let now = value;
    // A plain object may have become a PyDict, an inert object an array: never in a circle.
    while (typeof now === 'object' && now !== null && this.identity.replaced?.has(now) === true)
      now = this.identity.replaced.get(now);
    return now;
  }

  /** The next out-of-band buffer: NEXT_BUFFER. */
  nextBuffer(): Uint8Array {
    const buffer = this.#takeBuffer();
    // A part of the input, beside the pickle.
    this.budget.copyLeft += COPIES_OF_INPUT * buffer.length;
    if (this.options.lossless) return buffer instanceof PickleBuffer ? buffer : PickleBuffer.view(buffer);
    this.#given ??= new GivenBuffers();
    this.#given.add(buffer);
    return buffer;
  }

  /** A buffer that nobody is to change: READONLY_BUFFER. */
  readonlyBuffer(bytes: Uint8Array): Uint8Array {
    if (this.options.lossless) return this.isWriteable(bytes) ? PickleBuffer.view(bytes, true) : bytes;
    this.#given ??= new GivenBuffers();
    this.#given.addReadonly(bytes);
    return bytes;
  }

  /** Whether bytes can be changed in Python: a bytearray, or a buffer that is not read-only. */
  isWriteable(bytes: Uint8Array): boolean {
    if (this.#given !== undefined) return this.#given.isWriteable(bytes);
    return bytes instanceof PickleBuffer ? !bytes.readonly : bytes instanceof ByteArray;
  }

  #takeBuffer(): Uint8Array {
    const { buffers } = this.options;
    if (buffers === undefined)
      throw this.fail('BUFFER_MISSING', 'needs an out-of-band buffer; give them as the option buffers');
    let next: IteratorResult<Uint8Array>;
    try {
      this.#buffers ??= buffers[Symbol.iterator]();
      next = this.#buffers.next();
    } catch (cause) {
      throw this.fail('CALLBACK_FAILED', 'needs an out-of-band buffer, and the option buffers threw', cause);
    }
    if (next.done === true) throw this.fail('BUFFER_MISSING', 'needs one more out-of-band buffer than there are');
    if (!(next.value instanceof Uint8Array)) throw this.fail('BUFFER_MISSING', 'got a buffer that is no Uint8Array');
    return next.value;
  }

  /** The definition behind something that is to be called, undefined when it is not registered. */
  entryOf(callable: unknown): ClassEntry | undefined {
    return this.registry.entryOfCallable(callable);
  }
}

/**
 * Whether nothing can be put into a value, nor is anything of the pickle inside it. That it is frozen does not say so: a
 * tuple that was a key is.
 */
function isLeaf(value: object, registry: CompiledRegistry): boolean {
  return (
    value instanceof PyGlobal ||
    value instanceof PyZoneInfo ||
    value instanceof PyTimeZone ||
    value instanceof PytzZone ||
    (value instanceof Tuple ? value.length === 0 : registry.byMember.has(value))
  );
}

/**
 * Scratch memory: a machine that waits for its next decoding. Whoever decodes takes it and gives it back, so that a
 * decoding that starts inside another, from a callback, finds none and makes its own. @internal
 */
export class MachinePool {
  #spare: Machine | undefined;

  /** A machine that nobody else uses. */
  take(): Machine {
    const machine = this.#spare ?? new Machine();
    this.#spare = undefined;
    return machine;
  }

  /** Takes a machine back. */
  give(machine: Machine): void {
    machine.clear();
    this.#spare = machine;
  }
}

/** What a copy of a value takes, in bytes, about. */
function weightOf(value: object): number {
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return ITEM_BYTES * value.length;
  if (value instanceof Map) return 2 * ITEM_BYTES * value.size;
  return value instanceof Set ? ITEM_BYTES * value.size : 0;
}
