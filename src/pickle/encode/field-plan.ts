/**
 * What can be prepared of names and of the instances of a registered class. It is the bytes of a class's name and of its
 * attributes' names. It is also those of whole runs of float attributes, in which only the numbers are missing.
 *
 * A tick has 30 floats in a row. Written one by one their names cost more than everything else in it (bench `pickle`, dumps of
 * the tick event).
 *
 * @module
 */
import { encodeUtf8 } from '../wire/text.js';
import type { PyGlobal } from '../values/py-global.js';

/** SHORT_BINUNICODE, MEMOIZE, BINFLOAT, STACK_GLOBAL. */
const SHORT_STRING = 0x8c;
const MEMOIZE = 0x94;
const FLOAT = 0x47;
const STACK_GLOBAL = 0x93;

/** Prepared bytes, four at a time: so they are copied in a quarter of the steps. The last word may have some too many. */
export interface Chunk {
  readonly words: Int32Array;
  /** In bytes. */
  readonly length: number;
}

/** Shorter runs are not worth a template. */
const LEAST_RUN = 3;

/** A name that a registry has. Equal names have equal numbers throughout a registry. */
export interface PreparedName {
  /** Number of the name, for its place in a pickle's memo. */
  readonly id: number;
  readonly text: string;
  /** SHORT_BINUNICODE with the name, and MEMOIZE: protocol 4 and later. Undefined when the name is too long for it. */
  readonly encoded: Chunk | undefined;
}

/** The name of a registered class or function. */
export interface PreparedGlobal {
  /** Number of the class, for its place in a pickle's memo: no name has the same. */
  readonly id: number;
  readonly global: PyGlobal;
  readonly module: PreparedName;
  readonly qualname: PreparedName;
  /** Both names and STACK_GLOBAL. Undefined when they are one, or one is too long. */
  readonly encoded: Chunk | undefined;
  /** The number that a pickle has instead, from protocol 2 on. */
  readonly extension: number | undefined;
}

/** Float attributes that follow one another. */
export interface FloatRun {
  /** The numbers of their names. */
  readonly ids: Int32Array;
  /** Names and opcodes of all of them, with room for the numbers. */
  readonly template: Uint8Array;
  /** Where in the template each number goes. */
  readonly numbers: Uint16Array;
}

/** What is prepared for one class. */
export interface FieldPlan {
  readonly class: PreparedGlobal;
  readonly names: readonly PreparedName[];
  /** At the index of a run's first attribute, the run. */
  readonly runs: readonly (FloatRun | undefined)[];
}

/** @internal */
export function chunkOf(bytes: readonly number[]): Chunk {
  const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 4) * 4));
  for (const [at, byte] of bytes.entries()) padded.setUint8(at, byte);
  const words = Int32Array.from({ length: padded.byteLength / 4 }, (_, index) => padded.getInt32(4 * index, true));
  return { words, length: bytes.length };
}

/** @internal */
export function prepareName(id: number, text: string): PreparedName {
  const bytes = nameBytes(text);
  return { id, text, encoded: bytes && chunkOf(bytes) };
}

/** @internal */
export function prepareGlobal(
  id: number,
  global: PyGlobal,
  module: PreparedName,
  qualname: PreparedName,
  extension: number | undefined,
): PreparedGlobal {
  const first = nameBytes(module.text);
  const second = nameBytes(qualname.text);
  const encoded =
    module !== qualname && first && second ? chunkOf([...first, ...second, STACK_GLOBAL, MEMOIZE]) : undefined;
  return { id, global, module, qualname, encoded, extension };
}

/** SHORT_BINUNICODE with a name, MEMOIZE; undefined when it is too long for that. */
function nameBytes(text: string): number[] | undefined {
  const bytes = encodeUtf8(text);
  return bytes.length < 256 ? [SHORT_STRING, bytes.length, ...bytes, MEMOIZE] : undefined;
}

/** The runs of a class: at the index of each one's first attribute. */
export function runsOf(names: readonly PreparedName[], floats: readonly boolean[]): (FloatRun | undefined)[] {
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

function runOf(names: readonly PreparedName[]): FloatRun | undefined {
  // A class may declare a name twice; only the first would be stored in the memo.
  if (new Set(names).size < names.length) return undefined;
  const parts: number[] = [];
  const numbers: number[] = [];
  for (const { text } of names) {
    parts.push(...(nameBytes(text) ?? []), FLOAT);
    numbers.push(parts.length);
    parts.push(0, 0, 0, 0, 0, 0, 0, 0);
  }
  return {
    ids: Int32Array.from(names, ({ id }) => id),
    template: Uint8Array.from(parts),
    numbers: Uint16Array.from(numbers),
  };
}
