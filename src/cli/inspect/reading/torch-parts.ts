/**
 * What torch writes between and behind its pickles: the numbers of tensors. Of its zip archives they are members of their own.
 * Before 1.6 they stood behind five pickles in a row. Before 0.1.10 they stood in members of a tar archive, each behind a pickle
 * that tells of it. Facts from `torch/serialization.py`.
 *
 * @module
 */
import { elementSize } from '../lens/known/models.js';
import type { Analysis } from '../machine/analyse.js';
import type { Node } from '../machine/nodes.js';
import { textOf } from '../machine/nodes.js';
import type { Payload } from '../input/payload.js';
import type { TorchPart } from '../../lang/en/views.js';

/** The first pickle of a file: `MAGIC_NUMBER`. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

const IN_ORDER: readonly TorchPart[] = ['magic', 'version', 'system', 'value', 'keys'];

/** What a pickle is in a file of torch, and the bytes behind it that are numbers. */
export interface TorchPlace {
  readonly part: TorchPart | undefined;
  /** Bytes of numbers. */
  readonly numbers: number;
  /** Storages or tensors that they belong to. */
  readonly count: number;
}

const NOTHING: TorchPlace = { part: undefined, numbers: 0, count: 0 };

function int64(data: Uint8Array, at: number): number | undefined {
  if (at + 8 > data.length) return undefined;
  const value = new DataView(data.buffer, data.byteOffset, data.byteLength).getBigInt64(at, true);
  return value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

function sizeOfType(node: Node | undefined): number | undefined {
  return node?.kind === 'global' && node.module === 'torch' ? elementSize(node.name) : undefined;
}

/** Bytes of an item, by the key of a storage, of the persistent ids of a value. */
function storagesOf({ facts }: Analysis): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { id } of facts.persids) {
    const [kind, type, key] = id.kind === 'tuple' ? id.items : [];
    const name = textOf(key);
    const size = sizeOfType(type);
    if (textOf(kind) === 'storage' && name !== undefined && size !== undefined) sizes.set(name, size);
  }
  return sizes;
}

/** Reads the pickles of one payload in their order. */
export class TorchParts {
  readonly #member: Payload['torch'];
  /** Number of the next pickle, as far as this is a file of torch. */
  #next = 0;
  #sizes: ReadonlyMap<string, number> = new Map();

  constructor(member: Payload['torch']) {
    this.#member = member;
  }

  /** @param rest - The bytes behind the pickle. */
  place(analysis: Analysis, rest: Uint8Array): TorchPlace {
    const number = this.#next++;
    if (!analysis.stopped) return NOTHING;
    if (this.#member === 'storages') return number === 0 ? NOTHING : storage(analysis.value, rest);
    if (this.#member === 'tensors') return number === 0 ? NOTHING : tensor(analysis.value, rest);
    const { value } = analysis;
    if (number % IN_ORDER.length === 0 && !(value.kind === 'int' && BigInt(value.value) === MAGIC)) {
      // Another pickle: the next may be the first of a file all the same, of several behind each other.
      this.#next = 0;
      return NOTHING;
    }
    const part = IN_ORDER[number % IN_ORDER.length];
    if (part === 'value') this.#sizes = storagesOf(analysis);
    return part === 'keys' ? { part, ...this.#storages(value, rest) } : { part, numbers: 0, count: 0 };
  }

  /** The storages behind the list of their keys: a count of items, and the items. */
  #storages(keys: Node, rest: Uint8Array): Omit<TorchPlace, 'part'> {
    if (keys.kind !== 'list') return NOTHING;
    let end = 0;
    for (const key of keys.items) {
      const size = this.#sizes.get(textOf(key) ?? '');
      const count = int64(rest, end);
      if (size === undefined || count === undefined) return NOTHING;
      end += 8 + count * size;
      if (end > rest.length) return NOTHING;
    }
    return { numbers: end, count: keys.items.length };
  }
}

/** `(key, location, torch.FloatStorage)`, then a count of items, and the items. */
function storage(value: Node, rest: Uint8Array): TorchPlace {
  const size = value.kind === 'tuple' && value.items.length === 3 ? sizeOfType(value.items[2]) : undefined;
  const count = int64(rest, 0);
  if (size === undefined || count === undefined || 8 + count * size > rest.length) return NOTHING;
  return { part: undefined, numbers: 8 + count * size, count: 1 };
}

/** `(key, storage, torch.FloatTensor)`, then the number of dimensions, their sizes, their strides, and where it begins. */
function tensor(value: Node, rest: Uint8Array): TorchPlace {
  if (value.kind !== 'tuple' || value.items.length !== 3 || rest.length < 4) return NOTHING;
  const dimensions = new DataView(rest.buffer, rest.byteOffset, rest.byteLength).getInt32(0, true);
  const numbers = 8 + 16 * dimensions + 8;
  return dimensions < 0 || numbers > rest.length ? NOTHING : { part: undefined, numbers, count: 1 };
}
