/**
 * What a machine knows of one decoding beside its registers. It knows what it may still use up, and how deep its result can be.
 * It also knows which values have more than one place, and what its containers are being filled with.
 *
 * @module
 */
import type { CustomEntry } from '../classes/compiled-registry.js';
import type { Incomplete } from './incomplete.js';
import type { KeyTable } from './key-table.js';

/** What a decoding has used of its limits, and what is left of them. @internal */
export class Budget {
  /** Opcodes that were executed. */
  opcodes = 0;
  /** Characters of text that may still be built. */
  textLeft = 0;
  /** Bytes that the calls of built-in classes may still copy, see `Machine.mayCopy`. */
  copyLeft = 0;
  /** How many calls built-in classes have refused. */
  refusals = 0;
}

/**
 * How deep the result can be at most. `chain` counts the opcodes since the topmost mark that put a value into another one.
 * `deepest` is the bound for anything above a mark that was taken since. Each opcode adds one level at most, so their sum bounds
 * the depth of all that was made since the topmost mark. Counting costs next to nothing, looking at a large result a tenth of
 * the decoding. This does not hold once a container was {@link Identity.shared}.
 *
 * @internal
 */
export class Depth {
  chain = 0;
  deepest = 0;
  /** Opcodes that make a container: no value can be nested deeper than there are. */
  containers = 0;

  /** Lets go of what was counted. */
  clear(): void {
    this.chain = 0;
    this.deepest = 0;
    this.containers = 0;
  }
}

/** Which values have more than one place, and what stands for them now. @internal */
export class Identity {
  /** GET has fetched a container: what is put into it later makes others deeper. */
  shared = false;
  /**
   * DUP was used, or something else gave an object a second place on the stack or in the memo. So `slotMemo` and `FLAG.fetched`
   * do not tell whether it has another.
   */
  aliased = false;
  /** Nothing has been replaced, so what the memo holds is what it means, flags aside. */
  plainMemo = true;
  /** Objects that were replaced after something else had a reference to them. */
  replaced: Map<object, unknown> | undefined = undefined;
  /** Instances of registered classes that were made without their state being deferred. */
  undeferred: Set<object> | undefined = undefined;
  /** No state is deferred, see `Machine.makeStates`. */
  statesMade = false;
  /** The packed fields of datetimes, where GET has fetched them. */
  packed: Map<object, Uint8Array> | undefined = undefined;

  /** Lets go of everything. */
  clear(): void {
    this.shared = false;
    this.aliased = false;
    this.plainMemo = true;
    this.replaced = undefined;
    this.undeferred = undefined;
    this.statesMade = false;
    this.packed = undefined;
  }
}

/** What is to be known of containers and objects while they are filled. @internal */
export class Filling {
  /** Objects whose class has hooks for state or items. */
  made: Map<object, CustomEntry> | undefined = undefined;
  /** The keys of dicts and items of sets that are no texts. */
  keys: KeyTable | undefined = undefined;
  /** The set that was filled last from empty, see `addItem`. */
  plainSet: Set<unknown> | undefined = undefined;
  /** Containers that inert calls got, which may not have been complete. */
  incomplete: Incomplete | undefined = undefined;

  /** Lets go of everything. */
  clear(): void {
    this.made = undefined;
    this.keys = undefined;
    this.plainSet = undefined;
    this.incomplete = undefined;
  }
}
