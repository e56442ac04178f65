/**
 * Says what a decoded value is, in the notation of python-fixtures/pickles/describe.py: type, value, order and sharing.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  ByteArray,
  PickleBuffer,
  Complex,
  Counter,
  DefaultDict,
  Deque,
  Ellipsis,
  FrozenSet,
  NDArray,
  NotImplemented,
  NumpyDType,
  NumpyScalar,
  OrderedDict,
  PersistentId,
  PyDate,
  PyDateTime,
  PyDecimal,
  PyFloat,
  PyFraction,
  PyGlobal,
  PyIpAddress,
  PyObject,
  PyPath,
  PyRange,
  PySlice,
  PyTime,
  PyTimeDelta,
  PyTimeZone,
  PytzZone,
  PyUuid,
  PyZoneInfo,
  Tuple,
} from 'vnpy-bridge/pickle';
import type { TzInfo } from 'vnpy-bridge/pickle';
import { float8, toBase64 } from './bytes.js';
import type { Description } from './pickle-fixtures.js';

type Tree = Description | Reference | Tree[];

class Reference {
  constructor(readonly node: Tree[]) {}
}

/** The description of a value that `loads` gave. */
export function describeValue(value: unknown): Description {
  return new Numbering().number(new Describer().visit(value));
}

/**
 * What a description becomes without `lossless`: integral floats are ints, the order of keys is not kept, and what is
 * shared is told in another order, so that sharing is left out.
 */
export function withoutLossless(description: Description): Description {
  const shared = new Map<number, Description>();
  const collect = (node: Description): void => {
    if (!Array.isArray(node)) return;
    if (node[0] === 'shared') shared.set(node[1] as number, node[2] as Description);
    (node as readonly Description[]).forEach(collect);
  };
  const open = new Set<number>();
  const done = new Map<number, Description>();
  const weaken = (node: Description): Description => {
    if (!Array.isArray(node)) return node;
    const [tag, first, second] = node as readonly Description[];
    if (tag === 'shared') return expand(first as number, second ?? null);
    if (tag === 'ref') return expand(first as number, shared.get(first as number) ?? null);
    if (tag === 'float') {
      const number = Buffer.from(first as string, 'hex').readDoubleBE();
      return Number.isInteger(number) && !Object.is(number, -0)
        ? ['int', integerText(BigInt(number))]
        : ['float', first as string];
    }
    if (tag === 'dict') return ['dict', sorted((first as readonly Description[]).map((item) => weaken(item)))];
    return (node as readonly Description[]).map((item) => weaken(item));
  };
  // A digest stands for what is shared: written out, a graph of n levels may have 2 ** n nodes.
  const expand = (id: number, node: Description): Description => {
    if (open.has(id)) return ['cycle'];
    const known = done.get(id);
    if (known !== undefined) return known;
    open.add(id);
    const result = createHash('sha256')
      .update(JSON.stringify(weaken(node)))
      .digest('hex');
    open.delete(id);
    done.set(id, ['digest', result]);
    return ['digest', result];
  };
  collect(description);
  return weaken(description);
}

function sorted(items: Description[]): Description[] {
  return items
    .map((item) => [JSON.stringify(item), item] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, item]) => item);
}

function integerText(value: bigint): string {
  const size = value < 0n ? -value : value;
  if (size.toString(2).length < 4000) return String(value);
  return `${value < 0n ? '-' : ''}0x${size.toString(16)}`;
}

function floatText(value: number): string {
  // Of NaN's many encodings, one.
  if (Number.isNaN(value)) return '7ff8000000000000';
  return Buffer.from(float8(value)).toString('hex');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function isoDate({ year, month, day }: PyDate | PyDateTime): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function isoTime({ hour, minute, second, microsecond }: PyTime | PyDateTime): string {
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`;
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

class Describer {
  readonly #nodes = new Map<object, Tree[]>();

  visit(value: unknown): Tree {
    switch (typeof value) {
      case 'boolean':
      case 'string':
        return value;
      case 'number':
        return Number.isInteger(value) && !Object.is(value, -0)
          ? ['int', integerText(BigInt(value))]
          : ['float', floatText(value)];
      case 'bigint':
        return ['int', integerText(value)];
      case 'object':
        if (value === null) return null;
        // A reference to something outside: every mention is written anew.
        if (value instanceof PersistentId) return ['persid', this.visit(value.id)];
        return atom(value) ?? this.#node(value);
      default:
        throw new TypeError(`loads gave a ${typeof value}`);
    }
  }

  #node(value: object): Tree {
    const known = this.#nodes.get(value);
    if (known !== undefined) return new Reference(known);
    const node: Tree[] = [];
    this.#nodes.set(value, node);
    node.push(...this.#container(value));
    return node;
  }

  #container(value: object): Tree[] {
    const standard = this.#standard(value);
    if (standard !== undefined) return standard;
    if (value instanceof Tuple) return ['tuple', this.#all(value)];
    if (Array.isArray(value)) return ['list', this.#all(value as unknown[])];
    if (value instanceof FrozenSet) return ['frozenset', sortedTrees(this.#all(value))];
    if (value instanceof Set) return ['set', sortedTrees(this.#all(value))];
    if (value instanceof Map) return ['dict', this.#entries(value)];
    if (value instanceof Uint8Array) return [isBytearray(value) ? 'bytearray' : 'bytes', toBase64(value)];
    if (value instanceof PyDateTime)
      return ['datetime', `${isoDate(value)}T${isoTime(value)}`, value.fold, this.#zone(value.tzinfo)];

    if (value instanceof PyDate) return ['date', isoDate(value)];
    if (value instanceof PyTime) return ['time', isoTime(value), value.fold, this.#zone(value.tzinfo)];
    if (value instanceof PyTimeDelta) return ['timedelta', value.days, value.seconds, value.microseconds];
    if (value instanceof PytzZone) return this.#pytz(value);
    if (value instanceof PyObject) return this.#object(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return ['dict', this.#entries(Object.entries(value))];
    throw new TypeError(`loads gave an instance of ${value.constructor.name}, which describe.ts does not know`);
  }

  /** Classes of the standard library that travel as calls, and numpy's. */
  #standard(value: object): Tree[] | undefined {
    if (value instanceof PyDecimal) return ['decimal', value.text];
    if (value instanceof PyFraction) return ['fraction', value.toString()];
    if (value instanceof PyUuid) return ['uuid', value.toString()];
    if (value instanceof OrderedDict && value.attributes === undefined) return ['ordereddict', this.#entries(value)];
    if (value instanceof Counter) return ['counter', this.#entries(value)];
    if (value instanceof DefaultDict) return ['defaultdict', this.visit(value.factory), this.#entries(value)];
    if (value instanceof Deque) return ['deque', this.#all(value), value.maxlen];
    if (value instanceof PyRange || value instanceof PySlice) {
      const tag = value instanceof PyRange ? 'range' : 'slice';
      return [tag, this.visit(value.start), this.visit(value.stop), this.visit(value.step)];
    }
    if (value instanceof PyPath) return ['path', value.type, [...value.parts]];
    if (value instanceof PyIpAddress) return ['ip', value.type, value.text];
    if (value instanceof NumpyDType) return ['dtype', value.text];
    if (value instanceof NumpyScalar) return ['npscalar', value.dtype, toBase64(value.bytes)];
    if (value instanceof NDArray) {
      const data = value.toBytes();
      const items = data === undefined ? this.#all(value.data as unknown[]) : toBase64(data);
      return ['ndarray', value.dtype, [...value.shape], value.fortran, items];
    }
    return undefined;
  }

  #all(items: Iterable<unknown>): Tree[] {
    return Array.from(items, (item) => this.visit(item));
  }

  #entries(entries: Iterable<readonly [unknown, unknown]>): Tree[] {
    return Array.from(entries, ([key, item]) => [this.visit(key), this.visit(item)]);
  }

  #zone(zone: TzInfo | null): Tree {
    return this.visit(zone);
  }

  #pytz({ zone, utcOffset, dst, abbreviation }: PytzZone): Tree[] {
    const call = (name: string, args: Tree[]): Tree[] => ['call', ['global', 'pytz', name], args, null, [], []];
    if (zone === undefined) return call('FixedOffset', [['int', String((utcOffset ?? 0) / 60)]]);
    if (zone === 'UTC') return call('_UTC', []);
    if (utcOffset === undefined) return call('_p', [zone]);
    return call('_p', [zone, ['int', String(utcOffset)], ['int', String(dst)], abbreviation ?? null]);
  }

  #object(value: PyObject): Tree[] {
    const states = value.steps.flatMap((step): Tree[] => {
      if (step.kind === 'setter') return [['setter', this.visit(step.setter), this.#state(step.state)]];
      return step.kind === 'state' ? [this.#state(step.state)] : [];
    });
    const state = states.length > 1 ? ['states', ...states] : (states[0] ?? null);
    const items = this.#all(value.items);
    const entries = this.#entries(value.entries);
    const args = this.#all(value.args);
    const type = this.visit(value.class);
    // Without arguments INST and OBJ make an instance of a class, and call all else: nobody here knows which it is.
    const calls = value.construction === 'call' || (value.construction === 'instantiate' && value.args.length > 0);
    if (calls) return ['call', type, args, state, items, entries];
    const { kwargs } = value;
    const pairs = kwargs === undefined ? null : this.#entries(kwargs instanceof Map ? kwargs : Object.entries(kwargs));
    return ['object', type, args, pairs, state, items, entries];
  }

  #state(state: unknown): Tree {
    // A state has no identity of its own: pickle makes it for the occasion.
    if (state instanceof Tuple) return ['tuple', Array.from(state, (item) => this.#state(item))];
    if (state instanceof Map) return ['dict', this.#entries(state)];
    if (typeof state === 'object' && state !== null && Object.getPrototypeOf(state) === Object.prototype)
      return ['dict', this.#entries(Object.entries(state))];

    return this.visit(state);
  }
}

/** The description of a value that has no identity in Python, undefined for the others. */
/** Whether Python makes a bytearray of it. */
function isBytearray(value: Uint8Array): boolean {
  return value instanceof ByteArray || (value instanceof PickleBuffer && !value.readonly);
}

function atom(value: object): Tree | undefined {
  if (value instanceof PyFloat) return ['float', floatText(value.value)];
  if (value instanceof Complex) return ['complex', floatText(value.real), floatText(value.imag)];
  if (value === Ellipsis) return ['ellipsis'];
  if (value === NotImplemented) return ['notimplemented'];
  if (value instanceof PyGlobal) return ['global', value.module, value.qualname];
  if (value instanceof PyTimeZone) return ['timezone', Number(value.offset.totalMicroseconds), value.name ?? null];
  if (value instanceof PyZoneInfo) return ['zoneinfo', value.key];
  if (value instanceof Tuple && value.length === 0) return ['tuple', []];
  if (value instanceof FrozenSet && value.size === 0) return ['frozenset', []];
  if (value instanceof Uint8Array && !isBytearray(value) && value.length < 2) return ['bytes', toBase64(value)];

  return undefined;
}

function sortedTrees(trees: Tree[]): Tree[] {
  const key = (tree: Tree): string =>
    JSON.stringify(tree, (_, item: unknown) => (item instanceof Reference ? 'ref' : item));
  return trees
    .map((tree) => [pythonOrder(key(tree)), tree] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, tree]) => tree);
}

/** JSON as Python's json.dumps writes it, near enough to sort alike: ASCII, with spaces behind commas. */
function pythonOrder(json: string): string {
  return json
    .replaceAll(',', ', ')
    .replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Turns references into numbers, counted in order of first meeting. */
class Numbering {
  readonly #targets = new Set<Tree[]>();
  readonly #numbers = new Map<Tree[], number>();

  number(tree: Tree): Description {
    this.#collect(tree);
    return this.#emit(tree);
  }

  #collect(tree: Tree): void {
    if (tree instanceof Reference) {
      this.#targets.add(tree.node);
    } else if (Array.isArray(tree)) {
      tree.forEach((item) => {
        this.#collect(item);
      });
    }
  }

  #emit(given: Tree): Description {
    const tree = given instanceof Reference ? given.node : given;
    if (!Array.isArray(tree)) return tree;
    const node = tree;
    if (!this.#targets.has(node)) return node.map((item) => this.#emit(item));
    const known = this.#numbers.get(node);
    if (known !== undefined) return ['ref', known];
    const number = this.#numbers.size;
    this.#numbers.set(node, number);
    return ['shared', number, node.map((item) => this.#emit(item))];
  }
}
