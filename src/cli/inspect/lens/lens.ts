/**
 * What the calls of one message make, as far as anybody knows: the standard library, NumPy, pandas, vnpy.
 *
 * @module
 */
import { python3Name } from '../../../pickle/internal.js';
import { pythonBytes } from '../../kit/text/escape.js';
import type { Said } from '../findings/finding.js';
import type { CallNode, GlobalNode, Node } from '../machine/nodes.js';
import { ARROW } from './known/arrow.js';
import { ARROW_TYPES } from './known/arrow-types.js';
import { COLLECTIONS } from './known/collections.js';
import { estimator, MODELS } from './known/models.js';
import { NUMPY } from './known/numpy.js';
import { instanceOf, OBJECTS, standardInstance } from './known/objects.js';
import { PANDAS_ARRAYS } from './known/pandas-arrays.js';
import { PANDAS_TYPES } from './known/pandas-dtypes.js';
import { PANDAS_FRAMES } from './known/pandas-frames.js';
import { PANDAS_INDEXES } from './known/pandas-indexes.js';
import { PANDAS_OFFSETS } from './known/pandas-offsets.js';
import { PANDAS_SCALARS } from './known/pandas-scalars.js';
import { TIME, zoneInfo } from './known/time.js';
import { VALUES } from './known/values.js';
import { bytesOf, isBare, ownNames } from './known.js';
import type { Context, Invalid, Known, KnownContainer, Recogniser } from './known.js';

const PANDAS = {
  ...PANDAS_TYPES,
  ...PANDAS_ARRAYS,
  ...ARROW_TYPES,
  ...ARROW,
  ...PANDAS_INDEXES,
  ...PANDAS_FRAMES,
  ...PANDAS_OFFSETS,
  ...PANDAS_SCALARS,
};

const RECOGNISERS: ReadonlyMap<string, Recogniser> = new Map(
  Object.entries({ ...TIME, ...VALUES, ...COLLECTIONS, ...NUMPY, ...OBJECTS, ...PANDAS, ...MODELS }),
);

/** What they never take for a container. */
const WITHOUT_PARTS: ReadonlySet<string> = new Set(Object.keys({ ...TIME, ...VALUES }));

/** A member of an enum: its name, and its value in each version or locale. */
export interface EnumMember {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** Classes of a program, by full name. */
export interface Classes {
  readonly objects: ReadonlySet<string>;
  readonly enums: ReadonlyMap<string, readonly EnumMember[]>;
}

/** The last part of a dotted name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Recognises the calls of one message; each is looked at once. */
export class Lens implements Context {
  readonly #classes: Classes;
  /** Python 2's names stand for those of Python 3 (`fix_imports`). */
  readonly #translate: boolean;
  readonly #seen = new Map<CallNode, Known | Invalid | undefined>();
  /** Full names: one node stands for the class of thousands of objects. */
  readonly #names = new Map<GlobalNode, string>();
  readonly #bytesTexts = { bytes: new Map<Node, string | undefined>(), bytearray: new Map<Node, string | undefined>() };
  readonly #made = new Map<Node, unknown>();
  #depth = 0;

  /** @param protocol - What PROTO names; undefined without PROTO. */
  constructor(classes: Classes, protocol: number | undefined) {
    this.#classes = classes;
    this.#translate = (protocol ?? 0) < 3;
  }

  nameOf(node: Node): string | undefined {
    if (node.kind !== 'global') return undefined;
    let name = this.#names.get(node);
    if (name === undefined) {
      name = this.namesOf(node).join('.');
      this.#names.set(node, name);
    }
    return name;
  }

  /** Module and name of a global, as Python 3 would look for them. */
  namesOf(node: GlobalNode): readonly [module: string, name: string] {
    return this.#translate ? python3Name(node.module, node.name) : [node.module, node.name];
  }

  known(node: Node): Known | undefined {
    if (node.kind !== 'call') return undefined;
    const result = this.#look(node);
    return result === undefined || 'invalid' in result ? undefined : result;
  }

  once<Value>(node: Node, make: () => Value | undefined): Value | undefined {
    if (!this.#made.has(node)) {
      this.#made.set(node, undefined);
      this.#made.set(node, make());
    }
    return this.#made.get(node) as Value | undefined;
  }

  bytesText(node: Node, type: 'bytes' | 'bytearray' = 'bytes'): string | undefined {
    const texts = this.#bytesTexts[type];
    if (!texts.has(node)) {
      const bytes = bytesOf(node, this);
      const text = bytes === undefined ? undefined : pythonBytes(bytes);
      texts.set(node, text === undefined || type === 'bytes' ? text : `bytearray(${text})`);
    }
    return texts.get(node);
  }

  /** What {@link known} calls a container, without keeping anything: for a look at every call of a large value. */
  containerOf(call: CallNode): KnownContainer | undefined {
    const name = this.nameOf(call.callable);
    if (name !== undefined && WITHOUT_PARTS.has(name)) return undefined;
    const isOwn = name !== undefined && this.#classes.objects.has(name) && !RECOGNISERS.has(name);
    if (!isOwn || this.#seen.has(call)) return this.known(call)?.container;
    return call.args.kind !== 'tuple' || call.kwargs !== undefined ? undefined : this.#instance(call)?.container;
  }

  /** Why a call of a known name cannot work; undefined when it can, or nobody knows. */
  invalid(node: CallNode): Said | undefined {
    const result = this.#look(node);
    return result !== undefined && 'invalid' in result ? result.invalid : undefined;
  }

  #look(call: CallNode): Known | Invalid | undefined {
    if (this.#seen.has(call)) return this.#seen.get(call);
    if (this.#depth >= MAX_DEPTH) return undefined;
    // A call that contains itself is asked about while it is being looked at: then it is nothing known.
    this.#seen.set(call, undefined);
    this.#depth++;
    const result = this.#recognise(call);
    this.#depth--;
    this.#seen.set(call, result);
    return result;
  }

  #recognise(call: CallNode): Known | Invalid | undefined {
    if (call.args.kind !== 'tuple' || call.kwargs !== undefined) return undefined;
    const args = call.args.items;
    const { callable } = call;
    if (callable.kind === 'call') {
      const made = this.known(callable);
      return made?.type === UNPICKLE ? zoneInfo(call, args, made.names) : undefined;
    }
    const name = this.nameOf(callable);
    if (name === undefined) return undefined;
    if (name === 'builtins.getattr') return this.#attribute(call, args);
    const members = this.#classes.enums.get(name);
    if (members !== undefined) return this.#memberByValue(call, args, name, members);
    const recogniser = RECOGNISERS.get(name);
    if (recogniser !== undefined) return recogniser(call, args, this);
    return this.#instance(call);
  }

  #instance(call: CallNode): Known | undefined {
    const instance = instanceOf(call, this);
    if (instance === undefined) return undefined;
    const name = this.nameOf(instance.class) ?? '';
    if (!this.#classes.objects.has(name)) return standardInstance(instance, this) ?? estimator(instance, this);
    const { keys, values } = instance.state ?? { keys: [], values: [] };
    return { type: name, profile: 'vnpy', container: { kind: 'attributes', keys, values }, names: instance.names };
  }

  /** `getattr(Class, 'NAME')`: a member of an enum by name, or the function that makes a ZoneInfo. */
  #attribute(call: CallNode, args: readonly Node[]): Known | undefined {
    const [owner, attribute] = args;
    if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2) return undefined;
    if (owner?.kind !== 'global' || attribute?.kind !== 'str') return undefined;
    const name = this.nameOf(owner) ?? '';
    const names = ownNames(call, owner);
    if (name === 'zoneinfo.ZoneInfo' && attribute.value === '_unpickle')
      return { type: UNPICKLE, profile: 'data', text: 'ZoneInfo._unpickle', names };

    const member = this.#classes.enums.get(name)?.find((candidate) => candidate.name === attribute.value);
    return member && { type: name, profile: 'vnpy', ...memberText(name, member), names };
  }

  #memberByValue(
    call: CallNode,
    args: readonly Node[],
    name: string,
    members: readonly EnumMember[],
  ): Known | undefined {
    const [value] = args;
    if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || value?.kind !== 'str') return undefined;
    const member = members.find((candidate) => candidate.values.includes(value.value));
    const base = { type: name, profile: 'vnpy' as const, names: ownNames(call) };
    if (member === undefined) return { ...base, text: `${shortName(name)}(${value.value})`, unknownMember: true };
    return { ...base, ...memberText(name, member), translated: member.values.length > 1 };
  }
}

/** `Exchange.SHFE` for a person, `SHFE` for a program: as vnpy-bridge writes it. */
function memberText(type: string, { name }: EnumMember): Pick<Known, 'text' | 'plain'> {
  return { text: `${shortName(type)}.${name}`, plain: name };
}

/** Known values that make up one known value: a datetime has a zone that has an offset. No real one goes deeper. */
const MAX_DEPTH = 32;

const UNPICKLE = 'zoneinfo.ZoneInfo._unpickle';

/** Whether recognisers know a name, in one use or another. */
export function isKnownName(name: string): boolean {
  return RECOGNISERS.has(name);
}
