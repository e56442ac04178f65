/**
 * `json --mode plain`: the JSON that a person would write, for `jq` and the like. What it cannot say is counted.
 *
 * @module
 */
import type { Finding } from '../findings/finding.js';
import type { Known } from '../lens/known.js';
import type { Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { ContainerNode, Node } from '../machine/nodes.js';
import { bigintJson, numberJson, tableJson, valuesJson } from './array-json.js';
import type { ArrayMode, Counting } from './array-json.js';
import { jsonString, jsonText } from './json-writer.js';
import { plainDatetime } from './plain-datetime.js';
import type { JsonItem, JsonPlan } from './json-writer.js';

const text = (value: string): JsonPlan<Node> => ({ kind: 'text', text: value });

function kindOf(plain: Known['plain']): string {
  if (plain === null) return 'null';
  if (typeof plain === 'boolean') return 'a bool';
  return typeof plain === 'object' ? 'an object' : 'text';
}

/** Plans plain JSON, and keeps count of what it loses. */
export class PlainJson {
  readonly #viewer: Viewer;
  readonly #maxNodes: number;
  readonly #open = new Set<Node>();
  readonly #lost = new Map<string, number>();
  #nodes = 0;
  /** Set when the value, written out, is larger than allowed. */
  limit: Finding | undefined;

  readonly #arrays: ArrayMode;

  /**
   * @param maxNodes - Values that are written; shared ones count each time.
   * @param arrays - How arrays and tables are written.
   */
  constructor(viewer: Viewer, maxNodes: number, arrays: ArrayMode) {
    this.#viewer = viewer;
    this.#maxNodes = maxNodes;
    this.#arrays = arrays;
  }

  /** What was lost, as findings. */
  get findings(): Finding[] {
    const lost = [...this.#lost].map(([what, count]) => (count === 1 ? what : `${what} (${count} times)`));
    const found: Finding[] = lost.length === 0 ? [] : [{ code: 'N303', message: lost.join(', ') }];
    if (this.limit !== undefined) found.push(this.limit);
    return found;
  }

  /** How a node is written. */
  readonly plan = (node: Node): JsonPlan<Node> => {
    if (!this.#take()) return text(this.#cut());
    return isContainer(node) ? this.#container(node) : this.#leaf(node);
  };

  /** Counts a value; false when there were enough. */
  #take(): boolean {
    if (++this.#nodes <= this.#maxNodes) return true;
    const message = `written out, the value has more than ${this.#maxNodes} parts: --max-nodes 0 writes them all`;
    this.limit ??= { code: 'I004', message };
    return false;
  }

  /** Whoever reads it behind a pipe sees neither the exit code nor standard error. */
  #cut(): string {
    return jsonString({ $cut: this.limit?.message });
  }

  readonly #lose = (what: string): void => {
    this.#lost.set(what, (this.#lost.get(what) ?? 0) + 1);
  };

  readonly #counting: Counting = {
    take: () => this.#take(),
    isFull: () => this.limit !== undefined,
    cut: () => jsonText(this.#cut()),
    lose: this.#lose,
  };

  #leaf(node: Exclude<Node, ContainerNode>): JsonPlan<Node> {
    switch (node.kind) {
      case 'none':
        return text('null');
      case 'bool':
        return text(String(node.value));
      case 'int':
        return text(typeof node.value === 'number' ? String(node.value) : bigintJson(node.value, this.#lose));
      case 'float':
        return text(numberJson(node.value, this.#lose));
      case 'str':
        return text(jsonString(node.value));
      case 'bytes':
      case 'bytearray':
        this.#lose(`${node.kind} became base64 text`);
        return text(jsonString(Buffer.from(node.value).toString('base64')));
      default: {
        const view = this.#viewer.view(node);
        this.#lose(`${view.type} became text`);
        return text(jsonString(view.text ?? ''));
      }
    }
  }

  #container(node: ContainerNode): JsonPlan<Node> {
    const view = this.#viewer.view(node);
    const { known } = view;
    if (known?.table !== undefined) {
      this.#lose(`${view.type} became an object`);
      return tableJson(view.type, known.table, this.#arrays, this.#counting);
    }
    if (known?.values !== undefined && this.#arrays === 'numbers') {
      this.#lose(`${view.type} became an array`);
      return valuesJson(known.values, this.#counting);
    }
    if (view.text !== undefined) {
      const plain = known?.plain;
      if (typeof plain === 'number') return text(numberJson(plain, this.#lose));
      this.#lose(`${view.type} became ${kindOf(plain)}`);
      if (plain !== undefined) return text(jsonString(plain));
      const shown = known?.text ?? view.text;
      return text(jsonString(view.type === 'datetime.datetime' ? plainDatetime(shown) : shown));
    }
    if (this.#open.has(node)) {
      this.#lose('a value inside of itself became null');
      return text('null');
    }
    if (view.type !== 'list' && view.type !== 'dict')
      this.#lose(`${view.type} became ${view.shape === 'sequence' ? 'an array' : 'an object'}`);

    this.#open.add(node);
    const done = (): void => {
      this.#open.delete(node);
    };
    return view.shape === 'sequence'
      ? { kind: 'array', items: this.#items(node), done }
      : { kind: 'object', members: this.#members(node), done };
  }

  *#items(node: Node): Generator<JsonItem<Node>> {
    const view = this.#viewer.view(node);
    for (let index = 0; index < view.count && this.limit === undefined; index++) yield { of: view.part(index).node };
  }

  *#members(node: Node): Generator<readonly [string, JsonItem<Node>]> {
    const view = this.#viewer.view(node);
    const isOther = view.known === undefined || view.known.profile === 'none of them';
    if (isOther && node.kind === 'call') yield ['$class', jsonText(jsonString(view.type))];
    const seen = new Set<string>();
    for (let index = 0; index < view.count && this.limit === undefined; index++) {
      const { label = '', node: value, key } = view.part(index);
      if (key !== undefined && key.kind !== 'str' && key.kind !== 'hole')
        this.#lose(`a key of type ${key.kind} became text`);
      const name = key?.kind === 'str' ? key.value : label;
      if (seen.has(name)) this.#lose('two keys became the same');
      seen.add(name);
      yield [name, { of: value }];
    }
  }
}
