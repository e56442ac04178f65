/**
 * What can be prepared of the instances of a registered class: the bytes of its attributes' names, and of whole runs of
 * float attributes, in which only the numbers are missing.
 *
 * A tick has 30 floats in a row: written one by one their names cost more than everything else in it (`npm run bench --
 * pickle`, dumps of the tick event).
 *
 * @module
 */
import type { CompiledRegistry, ObjectEntry } from './compiled-registry.js';
import { encodeUtf8 } from './text.js';

/** SHORT_BINUNICODE, MEMOIZE, BINFLOAT. */
const SHORT_STRING = 0x8c;
const MEMOIZE = 0x94;
const FLOAT = 0x47;

/** Shorter runs are not worth a template. */
const LEAST_RUN = 3;

/** The name of an attribute. Equal names have equal numbers throughout a registry. */
export interface FieldName {
  /** Number of the name, for its place in a pickle's memo. */
  readonly id: number;
  readonly text: string;
  /** SHORT_BINUNICODE with the name, and MEMOIZE: protocol 4 and later. Undefined when the name is too long for it. */
  readonly encoded: Uint8Array | undefined;
}

/** Float attributes that follow one another. */
export interface FloatRun {
  readonly names: readonly FieldName[];
  /** Names and opcodes of all of them, with room for the numbers. */
  readonly template: Uint8Array;
  /** Where in the template each number goes. */
  readonly numbers: Uint16Array;
}

/** What is prepared for one class. */
export interface FieldPlan {
  readonly names: readonly FieldName[];
  /** At the index of a run's first attribute, the run. */
  readonly runs: readonly (FloatRun | undefined)[];
}

/** The plans of a registry's classes. */
export class FieldPlans {
  readonly #names = new Map<string, FieldName>();
  readonly #plans = new Map<ObjectEntry, FieldPlan>();

  /** How many different names there are. */
  get nameCount(): number {
    return this.#names.size;
  }

  /** The name that some class of the registry declares, undefined for any other. */
  nameOf(text: string): FieldName | undefined {
    return this.#names.get(text);
  }

  of(entry: ObjectEntry): FieldPlan {
    let plan = this.#plans.get(entry);
    if (plan === undefined) {
      const names = entry.names.map((text) => this.#name(text));
      plan = { names, runs: runsOf(names, entry.floats) };
      this.#plans.set(entry, plan);
    }
    return plan;
  }

  #name(text: string): FieldName {
    let name = this.#names.get(text);
    if (name === undefined) {
      const bytes = encodeUtf8(text);
      const encoded = bytes.length < 256 ? Uint8Array.of(SHORT_STRING, bytes.length, ...bytes, MEMOIZE) : undefined;
      name = { id: this.#names.size, text, encoded };
      this.#names.set(text, name);
    }
    return name;
  }
}

function runsOf(names: readonly FieldName[], floats: readonly boolean[]): (FloatRun | undefined)[] {
  const runs: (FloatRun | undefined)[] = names.map(() => undefined);
  let start = 0;
  while (start < names.length) {
    let end = start;
    while (end < names.length && floats[end] === true && names[end]?.encoded !== undefined) end++;
    if (end - start >= LEAST_RUN) runs[start] = runOf(names.slice(start, end));
    start = end + 1;
  }
  return runs;
}

function runOf(names: readonly FieldName[]): FloatRun | undefined {
  // A class may declare a name twice; only the first would be stored in the memo.
  if (new Set(names).size < names.length) return undefined;
  const parts: number[] = [];
  const numbers: number[] = [];
  for (const { encoded = [] } of names) {
    parts.push(...encoded, FLOAT);
    numbers.push(parts.length);
    parts.push(0, 0, 0, 0, 0, 0, 0, 0);
  }
  return { names, template: Uint8Array.from(parts), numbers: Uint16Array.from(numbers) };
}

const plans = new WeakMap<CompiledRegistry, FieldPlans>();

/** The plans of a registry; they are as constant as itself. */
export function plansOf(registry: CompiledRegistry): FieldPlans {
  let result = plans.get(registry);
  if (result === undefined) {
    result = new FieldPlans();
    plans.set(registry, result);
  }
  return result;
}
