/**
 * Values that a pickle stores in the memo and as a rule never fetches: they are made when it does.
 *
 * CPython's pickler stores every dict, tuple and bytes object. So it does with the `__dict__` of an instance and the arguments
 * of a call. Those are thrown away once the instance or the result is there. For the most frequent of them the memo holds the
 * instance or the result itself, with a flag for the part that is meant. That needs no memory of its own.
 *
 * @module
 */
import { packedDatetime } from '../classes/builtins/datetime.js';
import type { CompiledRegistry, ObjectEntry } from '../classes/compiled-registry.js';
import type { ResolvedLoadsOptions } from '../classes/options.js';
import type { Identity } from './machine-state.js';
import { isPropertyKey } from '../values/dict-keys.js';
import { PyDateTime } from '../values/py-datetime.js';
import { PyDict } from '../values/py-dict.js';
import { PyTimeDelta } from '../values/py-time-delta.js';
import { PyTimeZone } from '../values/time-zones.js';
import { tupleFrom } from '../values/tuple.js';

/** Flags of a memo entry. */
export const FLAG = {
  /** GET has fetched the object. */
  fetched: 1,
  /** Meant is the state of this instance, with all declared attributes. */
  state: 2,
  /** Meant are the packed fields of this datetime. */
  packed: 4,
  /** Meant are the arguments that this datetime, fixed zone or timedelta was made of. */
  arguments: 8,
  /** The entry holds a {@link Deferred}. */
  deferred: 16,
} as const;

/** All flags under which a memo entry does not mean the object itself. */
export const PART = FLAG.state | FLAG.packed | FLAG.arguments;

/** What deferred values need of the decoding that they belong to. */
export interface MemoHost {
  readonly memo: unknown[];
  /** For a memo index, {@link FLAG}. */
  readonly workspace: { readonly flags: Uint8Array };
  readonly registry: CompiledRegistry;
  readonly options: Pick<ResolvedLoadsOptions, 'dict' | 'lossless'>;
  readonly identity: Pick<Identity, 'packed' | 'statesMade'>;
  /** A memo entry. @throws UnpicklingError when nothing was stored there */
  entry(index: number): unknown;
  /** Puts a real dict in the place of a pending state. */
  materialise(slot: number, pending: PendingState): object;
}

/** Makes the part of an object that a memo entry means, and puts it there. */
export function makePart(host: MemoHost, index: number, value: object): unknown {
  const { flags } = host.workspace;
  const flag = flags[index] ?? 0;
  flags[index] = flag & ~PART;
  host.memo[index] = partOf(host, index, value, flag);
  return host.memo[index];
}

function partOf(host: MemoHost, index: number, value: object, flag: number): unknown {
  if ((flag & FLAG.state) !== 0) {
    const entry = host.registry.byPrototype.get(Object.getPrototypeOf(value) as object);
    return stateDict(host, value, entry?.kind === 'object' ? entry.names : []);
  }
  if (value instanceof PyTimeDelta) return tupleFrom([value.days, value.seconds, value.microseconds]);
  if (value instanceof PyTimeZone) return tupleFrom([value.offset]);
  if (!(value instanceof PyDateTime)) return value;
  if ((flag & FLAG.packed) !== 0) {
    const packed = packedDatetime(value);
    host.identity.packed ??= new Map<object, Uint8Array>();
    host.identity.packed.set(value, packed);
    return packed;
  }
  return tupleFrom(
    value.tzinfo === null ? [packedBefore(host, index, value)] : [packedBefore(host, index, value), value.tzinfo],
  );
}

/** The packed fields of a datetime, from the memo where they stand there, before its arguments at an index. */
function packedBefore(host: MemoHost, index: number, value: PyDateTime): Uint8Array {
  // PUT may have stored something else there since they were fetched.
  const fetched = host.identity.packed?.get(value);
  if (fetched !== undefined) return fetched;
  const { tzinfo } = value;
  let at = index - 1;
  // Where the zone was made for this datetime, between the two.
  if (tzinfo !== null && host.memo[at] === tzinfo) at = index + 1 - (tzinfo instanceof PyTimeZone ? 10 : 14);
  const packed = packedDatetime(value);
  const before = host.memo[at] === undefined ? undefined : host.entry(at);
  const same =
    before instanceof Uint8Array && before.length === 10 && packed.every((byte, place) => byte === before[place]);
  return same ? before : packed;
}

function stateDict(host: MemoHost, instance: object, keys: readonly string[]): object {
  const { dict, lossless } = host.options;
  const entries = keys.map((key): [string, unknown] => [key, Reflect.get(instance, key)]);
  const plain = dict === 'object' && keys.every((key) => isPropertyKey(key, lossless));
  return plain ? Object.fromEntries(entries) : new PyDict(entries);
}

/** What stands in the memo for a value that has not been made. */
export abstract class Deferred {
  /** Makes the value and puts it into the memo entry. */
  abstract make(host: MemoHost, index: number): unknown;
}

/**
 * The state of an object of a known class, on its way. It stands on the stack and in the memo for the `__dict__` between
 * EMPTY_DICT and BUILD. When nothing but BUILD ever sees that dict, it is never made.
 */
export class PendingState extends Deferred {
  /** The keys of the dict, once BUILD has taken them. */
  #keys: readonly string[] | undefined;

  /**
   * @param slot - where it stands on the stack.
   * @param index - the memo index under which it is stored, -1 for none.
   */
  constructor(
    readonly entry: ObjectEntry,
    readonly instance: object,
    readonly slot: number,
    readonly index: number,
  ) {
    super();
  }

  /** BUILD has given the attributes of these names to the instance. */
  applied(host: MemoHost, keys: readonly string[]): void {
    this.#keys = keys;
    const { entry, instance, index } = this;
    if (index < 0 || host.memo[index] !== this) return;
    if (host.identity.statesMade) {
      this.make(host, index);
    } else if (keys === entry.names && Object.getPrototypeOf(instance) === entry.prototype) {
      host.memo[index] = instance;
      host.workspace.flags[index] = FLAG.state;
    }
  }

  /** Whether BUILD has come, so that the dict would be made of the instance's attributes. */
  get isApplied(): boolean {
    return this.#keys !== undefined;
  }

  make(host: MemoHost, index: number): unknown {
    if (this.#keys === undefined) return host.materialise(this.slot, this);
    host.memo[index] = stateDict(host, this.instance, this.#keys);
    return host.memo[index];
  }
}

/** The arguments of a call that has been made of them. */
export class DeferredTuple extends Deferred {
  constructor(readonly items: unknown[]) {
    super();
  }

  make(host: MemoHost, index: number): unknown {
    host.memo[index] = tupleFrom(this.items);
    return host.memo[index];
  }
}
