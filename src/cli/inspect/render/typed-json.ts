/**
 * `json --mode typed`: JSON that loses nothing. `pack` turns it back into a pickle.
 *
 * What JSON has (null, booleans, integers up to 2**53, fractions, text, lists, dicts with text keys) is written as it is.
 * Everything else is an object with `$py`. A value that occurs at several places has `$id` at the first, and the others are
 * `{"$ref": id}`. docs/pickle-inspect.md describes the format.
 *
 * @module
 */
import type { PyConstruction } from '../../../pickle/index.js';
import { Anchors, sharedNodes } from '../lens/sharing.js';
import { floatText } from '../lens/numbers.js';
import type { Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { CallNode, ContainerNode, DictNode, ListNode, Node, Step } from '../machine/nodes.js';
import { bigintText, jsonString, jsonText, jsonValue } from './json-writer.js';
import type { JsonItem, JsonPlan } from './json-writer.js';

type Members = (readonly [string, JsonItem<Node>])[];

const text = (value: string): JsonPlan<Node> => ({ kind: 'text', text: value });

function tagged(tag: string, members: Members = []): JsonPlan<Node> {
  return { kind: 'object', members: [['$py', jsonValue(tag)], ...members] };
}

/** `module:name` as Python 3 has it, or the two apart when the module has a colon. */
function nameJson([module, name]: readonly [module: string, name: string]): unknown {
  return module.includes(':') ? { module, name } : `${module}:${name}`;
}

function base64(data: Uint8Array): JsonItem<Node> {
  return jsonValue(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'));
}

function list(items: readonly Node[]): JsonItem<Node> {
  return { plan: { kind: 'array', items: mapped(items, (of) => ({ of })) } };
}

function* mapped<T, U>(items: readonly T[], map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}

function* pairs(keys: readonly Node[], values: readonly Node[]): Generator<JsonItem<Node>> {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index];
    const value = values[index];
    if (key !== undefined && value !== undefined)
      yield { plan: { kind: 'array', items: [{ of: key }, { of: value }] } };
  }
}

/** A key that a JSON object keeps in its place: JavaScript moves numbers to the front. */
const PLAIN_KEY = /^(?!\d+$)(?!\$)/;

function isPlainDict(node: DictNode): boolean {
  const seen = new Set<string>();
  for (const key of node.keys) {
    if (key.kind !== 'str' || key.python2 || !PLAIN_KEY.test(key.value) || seen.has(key.value)) return false;
    seen.add(key.value);
  }
  return true;
}

function* members(node: DictNode): Generator<readonly [string, JsonItem<Node>]> {
  for (let index = 0; index < node.keys.length; index++) {
    const key = node.keys[index];
    const value = node.values[index];
    if (key?.kind === 'str' && value !== undefined) yield [key.value, { of: value }];
  }
}

function floatPlan(value: number): JsonPlan<Node> {
  // An integral number would come back as an int.
  if (Number.isFinite(value) && !Number.isInteger(value)) return text(String(value));
  return tagged('float', [['value', jsonValue(floatText(value))]]);
}

function intPlan(value: number | bigint): JsonPlan<Node> {
  if (typeof value === 'number') return text(String(value));
  return tagged('int', [['value', jsonValue(bigintText(value))]]);
}

/** Plans the JSON of the nodes of one value. */
export class TypedJson {
  readonly #anchors: Anchors;
  readonly #viewer: Viewer;

  /** @param viewer - Knows what calls stand for; `raw` sees all of them as calls, for sharing. */
  constructor(root: Node, viewer: Viewer, raw: Viewer) {
    this.#viewer = viewer;
    this.#anchors = new Anchors(sharedNodes(root, raw, true));
  }

  /** How a node is written. */
  readonly plan = (node: Node): JsonPlan<Node> => {
    const anchor = this.#anchors.meet(node);
    if (anchor?.again === true) return { kind: 'object', members: [['$ref', jsonText(String(anchor.number))]] };
    const id: Members = anchor === undefined ? [] : [['$id', jsonText(String(anchor.number))]];
    return isContainer(node) ? this.#container(node, id) : this.#leaf(node, id);
  };

  #leaf(node: Exclude<Node, ContainerNode>, id: Members): JsonPlan<Node> {
    switch (node.kind) {
      case 'none':
        return text('null');
      case 'bool':
        return text(String(node.value));
      case 'int':
        return intPlan(node.value);
      case 'float':
        return floatPlan(node.value);
      case 'str':
        if (!node.python2) return text(jsonString(node.value));
        return tagged('str2', [['value', jsonValue(node.value)]]);
      case 'bytes':
      case 'bytearray':
        return tagged(node.kind, [...id, ['base64', base64(node.value)]]);
      case 'global':
        return tagged('global', [['name', jsonValue(nameJson(this.#viewer.lens.namesOf(node)))]]);
      case 'ext':
        return tagged('ext', [['code', jsonValue(node.code)]]);
      case 'buffer':
        return tagged('buffer', [
          ['index', jsonValue(node.index)],
          ['readonly', jsonValue(node.readonly)],
          ['base64', node.data === undefined ? jsonText('null') : base64(node.data)],
        ]);
      case 'hole':
        return tagged('hole', [['why', jsonValue(node.why)]]);
    }
  }

  #container(node: ContainerNode, id: Members): JsonPlan<Node> {
    switch (node.kind) {
      case 'list':
        if (id.length === 0) return { kind: 'array', items: mapped(node.items, (of) => ({ of })) };
        return this.#items(node, id);
      case 'tuple':
      case 'set':
      case 'frozenset':
        return this.#items(node, id);
      case 'dict':
        if (id.length === 0 && isPlainDict(node)) return { kind: 'object', members: members(node) };
        return tagged('dict', [...id, ['entries', { plan: { kind: 'array', items: pairs(node.keys, node.values) } }]]);
      case 'persid':
        return tagged('persid', [...id, ['id', { of: node.id }], ...stepMembers(node.steps)]);
      case 'call':
        return this.#call(node, id);
    }
  }

  #items(node: ListNode, id: Members): JsonPlan<Node> {
    return tagged(node.kind, [...id, ['items', list(node.items)]]);
  }

  #call(node: CallNode, id: Members): JsonPlan<Node> {
    const construction = constructionOf(node);
    const known = this.#viewer.lens.known(node);
    const result: Members = [...id];
    const { callable, args } = node;
    result.push(
      callable.kind === 'global'
        ? ['class', jsonValue(nameJson(this.#viewer.lens.namesOf(callable)))]
        : ['callable', { of: callable }],
    );
    // For people; `pack` goes by the rest.
    if (known?.text !== undefined) result.push(['value', jsonValue(known.text)]);
    if (isInert(args)) result.push(['argsFrom', { of: args }]);
    else if (args.kind !== 'tuple') result.push(['badArgs', { of: args }]);
    else if (args.items.length > 0 || construction === 'call') result.push(['args', list(args.items)]);
    if (node.kwargs !== undefined) result.push([isInert(node.kwargs) ? 'kwargsFrom' : 'kwargs', { of: node.kwargs }]);
    return tagged(construction, [...result, ...stepMembers(node.steps)]);
  }
}

/** Whether a value is a tuple or a dict by the loading Python alone. */
function isInert({ kind }: Node): boolean {
  return kind === 'call' || kind === 'persid';
}

/** How the codec names what an opcode does with a class or function. */
export function constructionOf({ how }: CallNode): PyConstruction {
  if (how === 'REDUCE') return 'call';
  return how === 'INST' || how === 'OBJ' ? 'instantiate' : 'new';
}

function stepMembers(steps: readonly Step[]): Members {
  const [only] = steps;
  if (only === undefined) return [];
  if (steps.length === 1 && only.kind === 'state') return [['state', { of: only.state }]];
  return [['steps', { plan: { kind: 'array', items: mapped(steps, stepItem) } }]];
}

function stepItem(step: Step): JsonItem<Node> {
  const member: readonly [string, JsonItem<Node>] =
    step.kind === 'state'
      ? ['state', { of: step.state }]
      : step.kind === 'set'
        ? ['set', { plan: { kind: 'array', items: pairs(step.keys, step.values) } }]
        : [step.kind, list(step.items)];
  return { plan: { kind: 'object', members: [member] } };
}
