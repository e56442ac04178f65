/**
 * Typed JSON back to a value for the codec.
 *
 * @module
 */
import { views } from '../../lang/en/views.js';
import type { ViewTexts } from '../../lang/en/views.js';
import {
  ByteArray,
  ClassRegistry,
  FrozenSet,
  PersistentId,
  PyDict,
  PyFloat,
  PyGlobal,
  PyObject,
  Tuple,
} from '../../../pickle/index.js';
import type { ClassDefinition, PyConstruction, PyStep } from '../../../pickle/index.js';

type PackSaid = (texts: ViewTexts['packing']) => string;

/** JSON that is no typed value. */
export class PackError extends Error {
  /** What it says, in any language. */
  readonly said: PackSaid;

  constructor(said: PackSaid) {
    super(said(views.packing));
    this.said = said;
    this.name = 'PackError';
  }
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(said: PackSaid): never {
  throw new PackError(said);
}

const FLOATS: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };

function floatOf(text: unknown): number | PyFloat {
  if (typeof text !== 'string') fail((texts) => texts.floatValue);
  const value = Object.hasOwn(FLOATS, text) ? (FLOATS[text] ?? 0) : Number(text);
  if (text.trim() === '' || (Number.isNaN(value) && text !== 'nan'))
    fail((texts) => texts.noFloat(JSON.stringify(text)));
  return new PyFloat(value);
}

function intOf(text: unknown): bigint {
  const match = typeof text === 'string' ? /^(-?)(\d+|0x[0-9a-f]+)$/i.exec(text) : null;
  if (match?.[2] === undefined) fail((texts) => texts.intValue);
  const value = BigInt(match[2]);
  return match[1] === '-' ? -value : value;
}

function bytesOf(text: unknown): Uint8Array {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) fail((texts) => texts.base64Text);
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** A name that no Python has stands for what is only known by its number; the registry turns it into that again. */
const EXTENSIONS = '\0extension';

const MAX_EXTENSION = 2 ** 31 - 1;

function globalOf(name: unknown): PyGlobal {
  if (isObject(name) && typeof name['module'] === 'string' && typeof name['name'] === 'string') {
    if (name['module'] === EXTENSIONS) fail((texts) => texts.moduleName);
    return new PyGlobal(name['module'], name['name']);
  }
  const match = typeof name === 'string' ? /^([^:]+):([^:]+)$/.exec(name) : null;
  if (match?.[1] === undefined || match[2] === undefined || match[1] === EXTENSIONS)
    fail((texts) => texts.noName(JSON.stringify(name)));
  return new PyGlobal(match[1], match[2]);
}

function arrayOf(value: unknown, what: PackSaid): readonly unknown[] {
  return Array.isArray(value) ? value : fail((texts) => texts.noList(what(texts)));
}

const itemsOf =
  (type: string): PackSaid =>
  (texts) =>
    texts.itemsOf(type);

function pairsOf(value: unknown, what: PackSaid): (readonly [unknown, unknown])[] {
  return arrayOf(value, what).map((pair) => {
    const [key, item] = arrayOf(pair, what);
    return [key, item] as const;
  });
}

/** A JSON container whose value is made before its parts are: so that parts may refer back to it. */
interface Shell {
  readonly value: unknown;
  readonly parts: readonly unknown[];
  readonly fill: (parts: readonly unknown[]) => void;
}

/** Turns typed JSON into values. */
class Packer {
  readonly #values = new Map<unknown, unknown>();
  readonly #byId = new Map<number, unknown>();
  /** Extension codes that occur. */
  readonly extensions = new Set<number>();

  /** Without recursion: children are made between the entry of a container and its exit. */
  value(root: unknown): unknown {
    const work: { readonly json: unknown; readonly exit: (() => void) | undefined }[] = [
      { json: root, exit: undefined },
    ];
    for (let item = work.pop(); item !== undefined; item = work.pop()) {
      if (item.exit !== undefined) {
        item.exit();
        continue;
      }
      const { json } = item;
      if (typeof json !== 'object' || json === null || this.#values.has(json) || isRef(json)) continue;
      const shell = this.#shell(json);
      this.#values.set(json, shell.value);
      this.#remember(json, shell.value);
      work.push({
        json,
        exit: () => {
          shell.fill(shell.parts.map((part) => this.#get(part)));
        },
      });
      for (let index = shell.parts.length - 1; index >= 0; index--)
        work.push({ json: shell.parts[index], exit: undefined });
    }
    return this.#get(root);
  }

  #remember(json: object, value: unknown): void {
    const id = isObject(json) && '$py' in json ? json['$id'] : undefined;
    if (id === undefined) return;
    if (typeof id !== 'number' || this.#byId.has(id)) fail((texts) => texts.badId(JSON.stringify(id)));
    this.#byId.set(id, value);
  }

  /** The value of JSON whose container is made already. */
  #get(json: unknown): unknown {
    if (typeof json === 'number') {
      if (!Number.isInteger(json)) return json;
      // A fraction lost its point only when a person wrote it; beyond 2**53 JSON numbers are not exact.
      return Number.isSafeInteger(json) ? json : fail((texts) => texts.notExact(json));
    }
    if (typeof json !== 'object' || json === null) return json;
    if (isRef(json)) {
      const id = json.$ref;
      return this.#byId.has(id) ? this.#byId.get(id) : fail((texts) => texts.earlyRef(id));
    }
    return this.#values.get(json);
  }

  #shell(json: object): Shell {
    if (Array.isArray(json)) return itemsShell('list', json);
    const object = json as Json;
    // Without `$py` it is a dict with text keys.
    if (!('$py' in object)) return dictShell(Object.entries(object));
    switch (object['$py']) {
      case 'float':
        return leaf(floatOf(object['value']));
      case 'int':
        return leaf(intOf(object['value']));
      case 'str2':
        return leaf(typeof object['value'] === 'string' ? object['value'] : fail((texts) => texts.str2Value));
      case 'bytes':
        return leaf(bytesOf(object['base64']));
      case 'bytearray':
        return leaf(ByteArray.from(bytesOf(object['base64'])));
      case 'buffer':
        return leaf(
          object['readonly'] === true ? bytesOf(object['base64']) : ByteArray.from(bytesOf(object['base64'])),
        );
      case 'global':
        return leaf(globalOf(object['name']));
      case 'list':
      case 'tuple':
      case 'set':
      case 'frozenset':
        return itemsShell(object['$py'], arrayOf(object['items'], itemsOf(object['$py'])));
      case 'dict':
        return dictShell(pairsOf(object['entries'], (texts) => texts.dictEntries));
      case 'new':
      case 'call':
      case 'instantiate':
        return this.#callShell(object, object['$py']);
      case 'persid':
        return this.#persistentShell(object);
      case 'ext':
        return leaf(this.#extension(object['code']));
      case 'hole':
        return fail((texts) => texts.valueMissing);
      default:
        return fail((texts) => texts.noType(JSON.stringify(object['$py'])));
    }
  }

  #extension(code: unknown): PyGlobal {
    if (typeof code !== 'number' || !Number.isInteger(code) || code < 1 || code > MAX_EXTENSION)
      fail((texts) => texts.badExtension(JSON.stringify(code), MAX_EXTENSION));
    this.extensions.add(code);
    return new PyGlobal(EXTENSIONS, String(code));
  }

  /** A value that must be whole before the one around it can be made: the callable of a call, a persistent id. */
  #inner(json: unknown): unknown {
    if (++this.#innerDepth > MAX_INNER) fail((texts) => texts.nestedCalls(MAX_INNER));
    const value = this.value(json);
    this.#innerDepth--;
    return value;
  }
  #innerDepth = 0;

  #persistentShell(json: Json): Shell {
    const made: PyStep[] = [];
    const value = new PersistentId(this.#inner(json['id']), made);
    const steps = stepsOf(json);
    return {
      value,
      parts: steps.flatMap((step) => step.parts),
      fill: (parts) => {
        addSteps(made, steps, parts);
      },
    };
  }

  #callShell(json: Json, construction: PyConstruction): Shell {
    if ('badArgs' in json) fail((texts) => texts.badArguments);
    const callable = 'class' in json ? globalOf(json['class']) : this.#inner(json['callable']);
    const given = new Tuple();
    const argItems = arrayOf(json['args'] ?? [], (texts) => texts.callArguments);
    const args = 'argsFrom' in json ? this.#inert(json['argsFrom'], 'argsFrom') : given;
    const keywords = json['kwargs'] === undefined ? undefined : kwargsOf(json['kwargs']);
    const kwargs = 'kwargsFrom' in json ? this.#inert(json['kwargsFrom'], 'kwargsFrom') : keywords?.target;
    const object = new PyObject(callable, args, construction, kwargs);
    const steps = stepsOf(json);
    return {
      value: object,
      parts: [...argItems, ...(keywords?.parts ?? []), ...steps.flatMap((step) => step.parts)],
      fill: (made) => {
        let at = 0;
        for (; at < argItems.length; at++) given.push(made[at]);
        for (const key of keywords?.keys ?? []) if (keywords !== undefined) keywords.target[key] = made[at++];
        addSteps(object.steps, steps, made, at);
      },
    };
  }

  #inert(json: unknown, what: string): PyObject | PersistentId {
    const value = this.#inner(json);
    if (value instanceof PyObject || value instanceof PersistentId) return value;
    return fail((texts) => texts.noCall(what));
  }
}

function addSteps(target: PyStep[], steps: readonly StepPlan[], made: readonly unknown[], from = 0): void {
  let at = from;
  for (const step of steps) {
    target.push(step.make(made.slice(at, at + step.parts.length)));
    at += step.parts.length;
  }
}

const MAX_INNER = 200;

function isRef(json: object): json is { readonly $ref: number } {
  return '$ref' in json && typeof json.$ref === 'number' && Object.keys(json).length === 1;
}

function leaf(value: unknown): Shell {
  return { value, parts: [], fill: () => undefined };
}

const EMPTY = {
  list: (): unknown[] => [],
  tuple: () => new Tuple(),
  set: () => new Set(),
} as const;

function itemsShell(kind: keyof typeof EMPTY | 'frozenset', parts: readonly unknown[]): Shell {
  if (kind === 'frozenset') {
    const { set, fill } = FrozenSet.later();
    return { value: set, parts, fill };
  }
  const value = EMPTY[kind]();
  const fill = (made: readonly unknown[]): void => {
    for (const item of made) {
      if (value instanceof Set) value.add(item);
      else value.push(item);
    }
  };
  return { value, parts, fill };
}

/** As a pickle gives it: of a list for a key Python itself makes an error. */
function setPair(dict: PyDict, key: unknown, value: unknown): void {
  try {
    dict.set(key, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    fail((texts) => texts.unhashableKey(error.message));
  }
}

function dictShell(pairs: readonly (readonly [unknown, unknown])[]): Shell {
  const dict = new PyDict();
  const parts = pairs.flatMap(([key, value]) => [key, value]);
  const fill = (made: readonly unknown[]): void => {
    for (let index = 0; index + 1 < made.length; index += 2) setPair(dict, made[index], made[index + 1]);
  };
  return { value: dict, parts, fill };
}

function kwargsOf(json: unknown): {
  readonly target: Record<string, unknown>;
  readonly keys: string[];
  readonly parts: unknown[];
} {
  if (!isObject(json) || '$py' in json) fail((texts) => texts.badKeywords);
  const target = Object.create(null) as Record<string, unknown>;
  return { target, keys: Object.keys(json), parts: Object.values(json) };
}

interface StepPlan {
  readonly parts: readonly unknown[];
  readonly make: (made: readonly unknown[]) => PyStep;
}

function stepsOf(json: Json): StepPlan[] {
  if ('state' in json) return [stepOf({ state: json['state'] })];
  return arrayOf(json['steps'] ?? [], (texts) => texts.callSteps).map((step) =>
    isObject(step) ? stepOf(step) : fail((texts) => texts.noStep),
  );
}

function stepOf(step: Json): StepPlan {
  if ('state' in step) return { parts: [step['state']], make: ([state]) => ({ kind: 'state', state }) };
  for (const kind of ['append', 'add'] as const)
    if (kind in step) return { parts: arrayOf(step[kind], () => kind), make: (items) => ({ kind, items: [...items] }) };

  const pairs = pairsOf(step['set'], (texts) => texts.stepEntries);
  return {
    parts: pairs.flatMap(([key, value]) => [key, value]),
    make: (made) => ({
      kind: 'set',
      entries: pairs.map((_, index) => [made[2 * index], made[2 * index + 1]] as const),
    }),
  };
}

/** What is packed, and with which classes. */
export interface Packed {
  readonly value: unknown;
  /** The extension codes of the value. */
  readonly registry: ClassRegistry;
}

/**
 * The value of typed JSON: of a document that `json --mode typed` printed, or of a bare value.
 * @param protocol - What it is written in: before 2 there were no extension codes.
 * @throws `PackError` for JSON that is no typed value.
 */
export function valueOfTypedJson(json: unknown, format: string, protocol: number): Packed {
  const packer = new Packer();
  const value = packer.value(bareValue(json, format));
  const [code] = packer.extensions;
  if (code !== undefined && protocol < 2) fail((texts) => texts.extensionProtocol(code, protocol));
  const definitions = [...packer.extensions].map((number): ClassDefinition => ({
    kind: 'extension',
    module: EXTENSIONS,
    qualname: String(number),
    code: number,
  }));
  return { value, registry: ClassRegistry.of(...definitions) };
}

/** What a document of `json --mode typed` says that it lacks. */
export function lostOf(json: unknown, format: string): string[] {
  if (!isObject(json) || json['format'] !== format || !Array.isArray(json['lost'])) return [];
  return json['lost'].map(String);
}

function bareValue(json: unknown, format: string): unknown {
  if (!isObject(json) || json['format'] !== format) return json;
  if (!('value' in json)) fail((texts) => texts.noValue);
  if (json['complete'] === false) fail((texts) => texts.damaged);
  return json['value'];
}
