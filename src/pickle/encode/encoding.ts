/**
 * What those who write a part of a value may ask of the encoder: tasks, flat writes, names, bytes. The encoder knows them
 * all, and none of them knows the encoder.
 *
 * @module
 */
import type { CompiledRegistry } from '../classes/compiled-registry.js';
import type { ResolvedDumpsOptions } from '../classes/options.js';
import type { PicklingError, PicklingErrorCode } from '../errors.js';
import type { PyGlobal } from '../values/py-global.js';
import type { WriteMemo } from './write-memo.js';
import type { FixedZoneNames, WritePlans } from './write-plans.js';
import type { Writer } from './writer.js';

/** A container on its way. */
export interface Task {
  /** Writes on until the container is complete (then true) or a container inside it has to go first. */
  step(encoder: Encoding): boolean;
  /** The part of the path that leads to the value being written: `[3]`, `.data`. */
  place(): string;
}

/** Writes the names of classes and functions. @internal */
export interface Names {
  /** Writes a class or function by its name, or starts a task that will: then false. */
  save(global: PyGlobal): boolean;
  /** Stores what was just written in the memo, as this name. */
  memoize(global: PyGlobal): void;
  /** The names of a zone that is a mere offset. */
  fixedZone(): FixedZoneNames | undefined;
}

/** One writing of a value. @internal */
export interface Encoding {
  readonly writer: Writer;
  /** Memo indices of objects, and of the names that no registry has. */
  readonly memo: WriteMemo;
  readonly names: Names;
  readonly plans: WritePlans;
  readonly options: ResolvedDumpsOptions;
  readonly registry: CompiledRegistry;
  readonly protocol: number;
  /**
   * Whether the fast paths may be taken: flat calls, prepared classes, runs of floats, keys by their place. They write
   * what the general way writes; the tests compare. They ask no callback, and know the opcodes of protocol 4.
   */
  readonly direct: boolean;
  /** The same for what the prototype alone decides. */
  readonly plain: boolean;
  /** Writes a value, or starts a task that will: then false. */
  save(value: unknown): boolean;
  /** Writes an object that is not in the memo, or starts a task that will: then false. */
  saveNew(value: object): boolean;
  /**
   * Starts a container inside of the current one.
   *
   * @returns whether it is complete.
   */
  start(task: Task): boolean;
  /** Stores what was just written in the memo, as this object. */
  memoize(value: object): void;
  /** An error about the value that is being written, or about a place in it. */
  fail(code: PicklingErrorCode, message: string, cause?: unknown, place?: string): PicklingError;
}
