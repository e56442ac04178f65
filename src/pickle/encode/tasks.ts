/**
 * The containers that are being written. Each remembers how far it is, so nesting costs no call stack.
 *
 * @module
 */
import type { ObjectEntry } from '../classes/compiled-registry.js';
import type { Encoding, Task } from './encoding.js';
import type { FieldPlan } from './field-plan.js';
import { indexPlace, keyPlace } from './place.js';
import { numberOf } from '../values/field-types.js';
import type { PyGlobal } from '../values/py-global.js';
import type { Writer } from './writer.js';

/** CPython writes at most so many items between a mark and APPENDS or SETITEMS. */
const BATCH = 1000;

const MARK = 0x28;
const POP = 0x30;
const POP_MARK = 0x31;

/** The items of a list, in batches. The list itself has been written and stored. */
export class ListTask implements Task {
  #index = 0;
  #batchEnd = 0;
  readonly #count: number;
  /** The present batch is one item, without a mark. */
  #single = false;

  /** @param exact - whether it is a list: of what a reduction lists, a last item alone is no batch (`batch_list`). */
  constructor(
    readonly items: readonly unknown[],
    readonly exact = true,
  ) {
    this.#count = items.length;
  }

  step(encoder: Encoding): boolean {
    const { writer, memo, direct } = encoder;
    const { items } = this;
    while (true) {
      if (this.#index === this.#batchEnd) {
        // APPEND, APPENDS
        if (this.#batchEnd > 0) writer.op(this.#single ? 0x61 : 0x65);
        const left = this.#count - this.#index;
        if (left === 0) return true;

        this.#single = writer.protocol === 0 || this.#count === 1 || (left === 1 && !this.exact);
        this.#batchEnd = this.#index + (this.#single ? 1 : Math.min(left, BATCH));
        if (!this.#single) writer.op(MARK);
      }
      const index = this.#index++;
      const item = items[index];
      if (item === undefined && !(index in items))
        throw encoder.fail('SPARSE_ARRAY', `The array has no item ${index}; Python has no arrays with holes`);

      if (typeof item !== 'object' || item === null || !direct) {
        if (!encoder.save(item)) return false;
        if (typeof item === 'number' && direct) this.#index = writer.run(items, this.#index, this.#batchEnd);
        continue;
      }
      // What `save` would do, for lists of references.
      writer.boundary();
      const known = memo.get(item);
      if (known !== undefined) {
        writer.fetch(known);
        this.#index = writer.run(items, this.#index, this.#batchEnd);
      } else if (!encoder.saveNew(item)) {
        return false;
      }
    }
  }

  place(): string {
    return indexPlace(this.#index - 1);
  }
}

function emptyBatch(writer: Writer, code: number): void {
  writer.op(MARK);
  writer.op(code);
}

/**
 * Keys and values, in batches. The dict itself has been written and stored. After a full last batch of a dict CPython writes an
 * empty one (`batch_dict_exact` of Modules/_pickle.c). It does not of what a reduction lists, of which a last one alone is no
 * batch (`batch_dict`).
 */
export class DictTask implements Task {
  // Counts keys and values: even is a key.
  #index: number;
  #batchEnd: number;
  readonly #count: number;
  /** The present batch is one item, without a mark. */
  #single: boolean;

  /**
   * @param first - what to begin with, when keys and values before it have been written, none of them a batch's last.
   * @param container - the dict, where it is in the memo already.
   */
  constructor(
    readonly keys: readonly unknown[],
    readonly values: readonly unknown[],
    first = 0,
    readonly exact = true,
    readonly container?: object,
  ) {
    this.#count = 2 * keys.length;
    this.#single = this.#count === 2;
    this.#index = first;
    this.#batchEnd = first === 0 ? 0 : this.#count;
  }

  step(encoder: Encoding): boolean {
    const { writer, direct } = encoder;
    const { keys, values } = this;
    while (true) {
      if (this.#index === this.#batchEnd) {
        // SETITEM, SETITEMS
        if (this.#batchEnd > 0) writer.op(this.#single ? 0x73 : 0x75);
        const left = this.#count - this.#index;
        if (left === 0) {
          if (this.exact && !this.#single && this.keys.length % BATCH === 0) emptyBatch(writer, 0x75);
          return true;
        }
        this.#single = writer.protocol === 0 || this.#count === 2 || (left === 2 && !this.exact);
        this.#batchEnd = this.#index + (this.#single ? 2 : Math.min(left, 2 * BATCH));
        if (!this.#single) writer.op(MARK);
      }
      const index = this.#index++;
      const at = index >> 1;
      if ((index & 1) === 1) {
        if (!encoder.save(values[at])) return false;
        continue;
      }
      const key = keys[at];
      if (typeof key === 'string' && direct) {
        writer.boundary();
        writer.key(key, at);
      } else if (!encoder.save(key)) {
        return false;
      }
    }
  }

  place(): string {
    return keyPlace(this.keys[(this.#index - 1) >> 1]);
  }
}

/** The items of a set, protocol 4 and later. The set itself has been written and stored. */
export class SetTask implements Task {
  #index = 0;
  #batchEnd = 0;

  constructor(
    readonly items: readonly unknown[],
    readonly container: object,
  ) {}

  step(encoder: Encoding): boolean {
    const { writer } = encoder;
    while (true) {
      if (this.#index === this.#batchEnd) {
        // ADDITEMS
        if (this.#batchEnd > 0) writer.op(0x90);
        if (this.#index === this.items.length) {
          // As of a dict: `save_set`.
          if (this.items.length % BATCH === 0) emptyBatch(writer, 0x90);
          return true;
        }
        this.#batchEnd = Math.min(this.items.length, this.#index + BATCH);
        writer.op(MARK);
      }
      if (!encoder.save(this.items[this.#index++])) return false;
    }
  }

  place(): string {
    return indexPlace(this.#index - 1);
  }
}

/**
 * A tuple or frozenset, which exists, and has a memo entry, only after its items. When one of them led back to it, it is in the
 * memo by then. What was written is thrown away in its favour, which is CPython's way.
 */
export class TupleTask implements Task {
  #index = 0;

  constructor(
    readonly value: object | undefined,
    readonly items: readonly unknown[],
    readonly frozenSet = false,
  ) {}

  step(encoder: Encoding): boolean {
    const { writer } = encoder;
    const { items, value } = this;
    const short = items.length <= 3 && writer.protocol >= 2 && !this.frozenSet;
    if (this.#index === 0 && !short) writer.op(MARK);
    while (this.#index < items.length) {
      const index = this.#index++;
      const item = items[index];
      if (item === undefined && !(index in items))
        throw encoder.fail('SPARSE_ARRAY', `The tuple has no item ${index}; Python has no tuples with holes`);

      if (!encoder.save(item)) return false;
    }
    const known = value === undefined ? undefined : encoder.memo.get(value);
    if (known === undefined) {
      // FROZENSET; TUPLE1 to TUPLE3; TUPLE
      writer.op(this.frozenSet ? 0x91 : short ? 0x84 + items.length : 0x74);
      if (value === undefined) writer.memoize();
      else encoder.memoize(value);
    } else {
      if (short) for (let count = items.length; count > 0; count--) writer.op(POP);
      else if (writer.protocol > 0) writer.op(POP_MARK);
      else for (let count = items.length; count >= 0; count--) writer.op(POP);
      writer.fetch(known);
    }
    return true;
  }

  place(): string {
    return indexPlace(this.#index - 1);
  }
}

/** The attributes of a registered class's instance, from EMPTY_DICT to BUILD. Protocol 2 and later. */
export class ObjectTask implements Task {
  #index = 0;
  readonly #plan: FieldPlan | undefined;

  /** @param plan - of the class, when the names are the declared ones, in order and nothing else. */
  constructor(
    readonly entry: ObjectEntry,
    readonly names: readonly string[],
    readonly values: readonly unknown[],
    plan: FieldPlan | undefined,
  ) {
    // A class of that many attributes is written in batches, which runs would have to respect.
    this.#plan = names.length > BATCH ? undefined : plan;
  }

  step(encoder: Encoding): boolean {
    const { writer } = encoder;
    const { entry, values, names } = this;
    const plan = this.#plan;
    const count = names.length;
    const runs = encoder.direct ? plan?.runs : undefined;
    let index = this.#index;
    if (index === 0) {
      writer.op(0x7d); // EMPTY_DICT
      writer.memoize();
    }
    while (index < count) {
      if (index % BATCH === 0 && count > 1) {
        if (index > 0) writer.op(0x75); // SETITEMS
        writer.op(MARK);
      }
      writer.boundary();
      const run = runs?.[index];
      if (run !== undefined && writer.floatRun(run, values, index)) {
        index += run.ids.length;
        continue;
      }
      const text = names[index] ?? '';
      const name = plan === undefined ? encoder.plans.nameOf(text) : plan.names[index];
      if (name === undefined) writer.string(text);
      else writer.name(name);
      const value = values[index];
      const float = plan === undefined ? entry.floatNames.has(text) : entry.floats[index] === true;
      this.#index = ++index;
      const number = float ? numberOf(value) : undefined;
      if (number !== undefined) writer.float(number);
      else if (!encoder.save(value)) return false;
    }
    // SETITEM or SETITEMS, BUILD
    writer.op(count === 1 ? 0x73 : 0x75);
    if (count % BATCH === 0) emptyBatch(writer, 0x75);
    writer.op(0x62);
    return true;
  }

  place(): string {
    return keyPlace(this.names[this.#index - 1]);
  }
}

/** An object that is made by a call of a name with arguments, and nothing else. Protocol 2 and later. */
export class CallTask implements Task {
  #index: number;

  /** @param first - the first argument to be written; -1 to begin with the name. */
  constructor(
    readonly callable: PyGlobal,
    readonly args: readonly unknown[],
    readonly value: object,
    first = -1,
  ) {
    this.#index = first;
  }

  step(encoder: Encoding): boolean {
    const { writer } = encoder;
    const { args, value } = this;
    if (this.#index < 0) {
      this.#index = 0;
      if (encoder.direct) {
        writer.boundary();
        encoder.names.save(this.callable);
      } else if (!encoder.save(this.callable)) {
        return false;
      }
      if (args.length > 3) writer.op(MARK);
    }
    while (this.#index < args.length) if (!encoder.save(args[this.#index++])) return false;

    if (args.length === 0) {
      writer.op(0x29); // EMPTY_TUPLE
    } else {
      writer.op(args.length > 3 ? 0x74 : 0x84 + args.length); // TUPLE, TUPLE1 to TUPLE3
      writer.memoize();
    }
    writer.op(0x52); // REDUCE
    const known = encoder.memo.get(value);
    if (known === undefined) {
      encoder.memoize(value);
    } else {
      writer.op(POP);
      writer.fetch(known);
    }
    return true;
  }

  place(): string {
    return this.#index > 0 ? `.args[${this.#index - 1}]` : '.class';
  }
}

/** One thing that a {@link ScriptTask} does. */
export type Step =
  | { readonly kind: 'save'; readonly value: unknown; readonly place: string }
  | { readonly kind: 'task'; readonly task: Task; readonly place: string }
  | { readonly kind: 'op'; readonly code: number }
  /** The object has been made: stores it, or takes the one that a cycle has made and filled meanwhile, and ends. */
  | { readonly kind: 'made'; readonly value: object }
  /** A name has been fetched by a call: stores it as that name. */
  | { readonly kind: 'named'; readonly global: PyGlobal };

/** A sequence of values and opcodes: how an object is made by a call. */
export class ScriptTask implements Task {
  #index = 0;

  /** @param value - the object that is made, where it is a container of Python's own. */
  constructor(
    readonly steps: readonly Step[],
    readonly value?: object,
  ) {}

  step(encoder: Encoding): boolean {
    const { writer } = encoder;
    while (this.#index < this.steps.length) {
      const step = this.steps[this.#index++];
      if (step === undefined) break;
      switch (step.kind) {
        case 'save':
          if (!encoder.save(step.value)) return false;
          break;
        case 'task':
          if (!encoder.start(step.task)) return false;
          break;
        case 'op':
          writer.op(step.code);
          break;
        case 'made': {
          const known = encoder.memo.get(step.value);
          if (known === undefined) {
            encoder.memoize(step.value);
            break;
          }
          // Its own arguments led back to it, and what was written inside them has its items and state.
          writer.op(POP);
          writer.fetch(known);
          return true;
        }
        case 'named':
          encoder.names.memoize(step.global);
          break;
      }
    }
    return true;
  }

  place(): string {
    const step = this.steps[this.#index - 1];
    return step?.kind === 'save' || step?.kind === 'task' ? step.place : '';
  }
}
