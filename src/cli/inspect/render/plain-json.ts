/**
 * `json --mode plain`: the JSON that a person would write, for `jq` and the like. What it cannot say is counted.
 *
 * @module
 */
import type { Finding } from '../findings/finding.js';
import type { Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { ContainerNode, Node } from '../machine/nodes.js';
import { bigintText, jsonString, jsonText } from './json-writer.js';
import type { JsonItem, JsonPlan } from './json-writer.js';

const text = (value: string): JsonPlan<Node> => ({ kind: 'text', text: value });

/** Plans plain JSON, and keeps count of what it loses. */
export class PlainJson {
  readonly #viewer: Viewer;
  readonly #maxNodes: number;
  readonly #open = new Set<Node>();
  readonly #lost = new Map<string, number>();
  #nodes = 0;
  /** Set when the value, written out, is larger than allowed. */
  limit: Finding | undefined;

  /** @param maxNodes - Values that are written; shared ones count each time. */
  constructor(viewer: Viewer, maxNodes: number) {
    this.#viewer = viewer;
    this.#maxNodes = maxNodes;
  }

  /** What was lost, as findings. */
  get findings(): Finding[] {
    const found: Finding[] = [...this.#lost].map(([what, count]) => ({
      code: 'N303',
      message: `${what} (${count} times)`,
    }));
    if (this.limit !== undefined) found.push(this.limit);
    return found;
  }

  /** How a node is written. */
  readonly plan = (node: Node): JsonPlan<Node> => {
    if (++this.#nodes > this.#maxNodes) {
      const message = `written out, the value has more than ${this.#maxNodes} parts: --max-nodes 0 writes them all`;
      this.limit ??= { code: 'I004', message };
      // Whoever reads it behind a pipe sees neither the exit code nor standard error.
      return text(jsonString({ $cut: message }));
    }
    return isContainer(node) ? this.#container(node) : this.#leaf(node);
  };

  #lose(what: string): void {
    this.#lost.set(what, (this.#lost.get(what) ?? 0) + 1);
  }

  #leaf(node: Exclude<Node, ContainerNode>): JsonPlan<Node> {
    switch (node.kind) {
      case 'none':
        return text('null');
      case 'bool':
        return text(String(node.value));
      case 'int':
        if (typeof node.value === 'number') return text(String(node.value));
        this.#lose('an int beyond 2**53 became text');
        return text(jsonString(bigintText(node.value)));
      case 'float':
        if (Number.isFinite(node.value)) return text(JSON.stringify(node.value));
        this.#lose('nan or an infinity became null');
        return text('null');
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
    if (view.text !== undefined) {
      this.#lose(`${view.type} became text`);
      const { known } = view;
      return text(jsonString(known?.plain === undefined ? (known?.text ?? view.text) : known.plain));
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
    if (view.known === undefined && node.kind === 'call') yield ['$class', jsonText(jsonString(view.type))];
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
