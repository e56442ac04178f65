/**
 * `json --mode plain`: the JSON that a person would write, for `jq` and the like. What it cannot say is counted.
 *
 * @module
 */
import type { Loss } from '../../lang/en/facts.js';
import { found } from '../findings/finding.js';
import type { Finding, Said } from '../findings/finding.js';
import type { Known } from '../lens/known.js';
import type { Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { ContainerNode, Node } from '../machine/nodes.js';
import type { Cell, Table } from '../lens/cells.js';
import { bigintJson, cellItem, numberJson, tableJson, valuesJson } from './array-json.js';
import type { ArrayMode, Counting } from './array-json.js';
import { jsonString, jsonText } from './json-writer.js';
import { plainDatetime } from './plain-datetime.js';
import type { JsonItem, JsonPlan } from './json-writer.js';

const text = (value: string): JsonPlan<Node> => ({ kind: 'text', text: value });

function kindOf(plain: Known['plain']): Loss {
  if (plain === null) return 'null';
  if (typeof plain === 'boolean') return 'bool';
  return typeof plain === 'object' ? 'object' : 'text';
}

/** Plans plain JSON, and keeps count of what it loses. */
export class PlainJson {
  readonly #viewer: Viewer;
  readonly #maxNodes: number;
  readonly #open = new Set<Node>();
  readonly #lost = new Map<string, { readonly what: Loss; readonly type: string; count: number }>();
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
    const all: Finding[] = this.#lost.size === 0 ? [] : [found('N303', this.#lostText)];
    if (this.limit !== undefined) all.push(this.limit);
    return all;
  }

  readonly #lostText: Said = (facts) => {
    const phrases = [...this.#lost.values()].map(({ what, type, count }) => {
      const phrase = facts.lost[what](type);
      return count === 1 ? phrase : facts.times(phrase, count);
    });
    return facts.listed(phrases);
  };

  /** How a node is written. */
  readonly plan = (node: Node): JsonPlan<Node> => {
    if (!this.#take()) return text(this.#cut());
    return isContainer(node) ? this.#container(node) : this.#leaf(node);
  };

  /** How a part of a table is written, which is no value of its own: a column as a Series. */
  part(part: { readonly table: Table } | { readonly cell: Cell }): JsonItem<Node> {
    if ('cell' in part) return cellItem(part.cell, this.#counting);
    return { plan: tableJson('pandas.Series', part.table, this.#arrays, this.#counting) };
  }

  /** Counts a value; false when there were enough. */
  #take(): boolean {
    if (++this.#nodes <= this.#maxNodes) return true;
    this.limit ??= found('I004', (facts) => facts.tooManyParts(this.#maxNodes));
    return false;
  }

  /** Whoever reads it behind a pipe sees neither the exit code nor standard error. */
  #cut(): string {
    return jsonString({ $cut: this.limit?.message });
  }

  readonly #lose = (what: Loss, type = ''): void => {
    const key = `${what} ${type}`;
    const lost = this.#lost.get(key);
    if (lost === undefined) this.#lost.set(key, { what, type, count: 1 });
    else lost.count++;
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
        this.#lose('base64', node.kind);
        return text(jsonString(Buffer.from(node.value).toString('base64')));
      default: {
        const view = this.#viewer.view(node);
        this.#lose('text', view.type);
        return text(jsonString(view.text ?? ''));
      }
    }
  }

  #container(node: ContainerNode): JsonPlan<Node> {
    const view = this.#viewer.view(node);
    const { known } = view;
    if (known?.table !== undefined) {
      this.#lose('object', view.type);
      return tableJson(view.type, known.table, this.#arrays, this.#counting);
    }
    if (known?.values !== undefined && this.#arrays === 'numbers') {
      this.#lose('array', view.type);
      return valuesJson(known.values, this.#counting);
    }
    if (view.text !== undefined) {
      const plain = known?.plain;
      if (typeof plain === 'number') return text(numberJson(plain, this.#lose));
      this.#lose(kindOf(plain), view.type);
      if (plain !== undefined) return text(jsonString(plain));
      const shown = known?.text ?? view.text;
      return text(jsonString(view.type === 'datetime.datetime' ? plainDatetime(shown) : shown));
    }
    if (this.#open.has(node)) {
      this.#lose('cycle');
      return text('null');
    }
    if (view.type !== 'list' && view.type !== 'dict')
      this.#lose(view.shape === 'sequence' ? 'array' : 'object', view.type);

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
      if (key !== undefined && key.kind !== 'str' && key.kind !== 'hole') this.#lose('keyText', key.kind);
      const name = key?.kind === 'str' ? key.value : label;
      if (seen.has(name)) this.#lose('sameKeys');
      seen.add(name);
      yield [name, { of: value }];
    }
  }
}
