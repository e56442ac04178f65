/**
 * A value as source code that makes it: expressions, and statements where a value is shared, filled later, or too deep.
 *
 * @module
 */
import { sharedNodes } from '../lens/sharing.js';
import type { Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { CallNode, ContainerNode, DictNode, ListNode, Node, PersidNode, Step } from '../machine/nodes.js';
import { cyclicNodes } from '../work/components.js';
import { childrenOf } from '../work/walk.js';

/** How a language writes values. */
export interface Dialect {
  /** Characters of one expression; a longer value gets a name. */
  readonly maxText: number;
  /** A value without parts. */
  leaf(node: Node): string;
  sequence(kind: ListNode['kind'], items: readonly string[]): string;
  dict(pairs: readonly (readonly [key: string, value: string])[], keys: readonly Node[]): string;
  /** A call, or an object made without its constructor. `steps` is given where {@link Dialect.stepsInline}. */
  call(node: CallNode, callable: string, args: string, kwargs: string | undefined, steps: readonly string[]): string;
  persid(node: PersidNode, id: string, steps: readonly string[]): string;
  /** What is done to an object after it was made: an expression (inline) or a statement about `target`. */
  step(target: string, step: Step, parts: StepParts): string;
  /** Steps are part of the expression that makes the object. */
  readonly stepsInline: boolean;
  /** A value that the language writes as a whole, such as a date; undefined to write it as a call. */
  known(node: CallNode, write: (node: Node) => string): string | undefined;
  assign(name: string, expression: string): string;
  /** An empty container that is filled later, and the statement that fills it. */
  empty(node: ListNode | DictNode): string;
  fill(name: string, node: ListNode | DictNode, expression: string): string;
  result(expression: string): string;
}

/** The parts of a step, written. */
export interface StepParts {
  readonly state: string;
  readonly items: readonly string[];
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

const LINE = 100;

/** Parts between brackets: in one line when they fit, else each in its own, indented. */
export function wrapped(open: string, parts: readonly string[], close: string): string {
  const length = parts.reduce((sum, part) => sum + part.length + 2, open.length + close.length);
  if (length <= LINE && !parts.some((part) => part.includes('\n'))) return open + parts.join(', ') + close;
  // Text in literals holds no line ends: those are escaped.
  const lines = parts.map((part) => `  ${part.replaceAll('\n', '\n  ')},\n`);
  return `${open.trimEnd()}\n${lines.join('')}${close.trimStart()}`;
}

/** Levels of one expression: deeper values get a name. Python's own parser stops at about 200. */
const MAX_LEVELS = 40;

/** Writes one value as statements. */
export class CodeWriter {
  readonly #dialect: Dialect;
  readonly #shared: ReadonlySet<Node>;
  readonly #cyclic: ReadonlySet<Node>;
  readonly #expressions = new Map<Node, { readonly text: string; readonly levels: number }>();
  readonly #later: (ListNode | DictNode | CallNode)[] = [];
  #names = 0;

  constructor(root: Node, raw: Viewer, dialect: Dialect) {
    this.#dialect = dialect;
    this.#shared = sharedNodes(root, raw);
    this.#cyclic = cyclicNodes(root);
  }

  /** The statements, the last but those that close cycles being the result. */
  *write(root: Node): Generator<string> {
    yield* this.#build(root);
    const result = this.#text(root);
    const fills: string[] = [];
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) {
      if (next.kind === 'call') {
        for (const part of this.#stepNodes(next)) yield* this.#build(part);
        for (const step of next.steps) fills.push(this.#dialect.step(this.#text(next), step, this.#stepParts(step)));
        continue;
      }
      for (const part of childrenOf(next)) yield* this.#build(part);
      fills.push(this.#dialect.fill(this.#text(next), next, this.#plain(next)));
    }
    for (const fill of fills) yield `${fill}\n`;
    yield `${this.#dialect.result(result)}\n`;
  }

  #text(node: Node): string {
    return this.#expressions.get(node)?.text ?? this.#dialect.leaf(node);
  }

  /** Writes what a node needs first, then the node, without recursion. */
  *#build(root: Node): Generator<string> {
    const work: Node[] = [root];
    for (let node = work.at(-1); node !== undefined; node = work.at(-1)) {
      if (!isContainer(node) || this.#expressions.has(node)) {
        work.pop();
        continue;
      }
      if (this.#isFilledLater(node)) {
        work.pop();
        yield this.#name(node, this.#dialect.empty(node));
        this.#later.push(node);
        continue;
      }
      const missing = childrenOf(node).filter(
        (part) => isContainer(part) && !this.#expressions.has(part) && !this.#isLaterStep(node, part),
      );
      const known = node.kind === 'call' ? this.#dialect.known(node, (part) => this.#text(part)) : undefined;
      if (known !== undefined && missing.length === 0) {
        work.pop();
        if (this.#shared.has(node)) yield this.#name(node, known);
        else this.#expressions.set(node, { text: known, levels: 1 });
        continue;
      }
      if (missing.length > 0 && work.length < MAX_WORK) {
        for (let index = missing.length - 1; index >= 0; index--) {
          const part = missing[index];
          if (part !== undefined) work.push(part);
        }
        continue;
      }
      work.pop();
      yield* this.#finish(node);
    }
  }

  /** A list or dict in a cycle is made empty first; tuples and calls of the cycle then find it by name. */
  #isFilledLater(node: ContainerNode): node is ListNode | DictNode {
    return this.#cyclic.has(node) && (node.kind === 'list' || node.kind === 'dict' || node.kind === 'set');
  }

  /** The state of an object in a cycle comes later too. */
  #isLaterStep(node: ContainerNode, part: Node): boolean {
    return (
      node.kind === 'call' &&
      this.#cyclic.has(node) &&
      part !== node.callable &&
      part !== node.args &&
      part !== node.kwargs
    );
  }

  *#finish(node: ContainerNode): Generator<string> {
    const { stepsInline } = this.#dialect;
    const later = node.kind === 'call' && this.#cyclic.has(node);
    const text = this.#plain(node, later);
    const statements = (node.kind === 'call' || node.kind === 'persid') && node.steps.length > 0 && !stepsInline;
    if (!statements && !later && !this.#shared.has(node)) {
      const levels = 1 + this.#levels(node);
      if (levels <= MAX_LEVELS && text.length <= this.#dialect.maxText) {
        this.#expressions.set(node, { text, levels });
        return;
      }
    }
    yield this.#name(node, text);
    if (later) this.#later.push(node);
    else if (statements)
      for (const step of node.steps) yield `${this.#dialect.step(this.#text(node), step, this.#stepParts(step))}\n`;
  }

  #levels(node: ContainerNode): number {
    let levels = 0;
    for (const part of childrenOf(node)) levels = Math.max(levels, this.#expressions.get(part)?.levels ?? 0);
    return levels;
  }

  #name(node: Node, expression: string): string {
    const name = `_${++this.#names}`;
    this.#expressions.set(node, { text: name, levels: 0 });
    return `${this.#dialect.assign(name, expression)}\n`;
  }

  /** The expression of a container whose parts are written. */
  #plain(node: ContainerNode, withoutSteps = false): string {
    const dialect = this.#dialect;
    switch (node.kind) {
      case 'dict':
        return dialect.dict(this.#pairs(node.keys, node.values), node.keys);
      case 'call':
      case 'persid': {
        const inline = dialect.stepsInline && !withoutSteps;
        const steps = inline ? node.steps.map((step) => dialect.step('', step, this.#stepParts(step))) : [];
        if (node.kind === 'persid') return dialect.persid(node, this.#text(node.id), steps);
        const kwargs = node.kwargs === undefined ? undefined : this.#text(node.kwargs);
        return dialect.call(node, this.#text(node.callable), this.#text(node.args), kwargs, steps);
      }
      default:
        return dialect.sequence(
          node.kind,
          node.items.map((item) => this.#text(item)),
        );
    }
  }

  #pairs(keys: readonly Node[], values: readonly Node[]): (readonly [string, string])[] {
    return keys.flatMap((key, index) => {
      const value = values[index];
      return value === undefined ? [] : [[this.#text(key), this.#text(value)] as const];
    });
  }

  #stepParts(step: Step): StepParts {
    return {
      state: step.kind === 'state' ? this.#text(step.state) : '',
      items: step.kind === 'append' || step.kind === 'add' ? step.items.map((item) => this.#text(item)) : [],
      pairs: step.kind === 'set' ? this.#pairs(step.keys, step.values) : [],
    };
  }

  #stepNodes(node: CallNode): readonly Node[] {
    return childrenOf(node).filter((part) => this.#isLaterStep(node, part));
  }
}

const MAX_WORK = 10_000_000;
