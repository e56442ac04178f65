/**
 * Where every value of a message stands in the value as a whole: `$[1].data.last_price`.
 *
 * @module
 */
import { escapeText } from '../../kit/text/escape.js';
import type { EscapeOptions } from '../../kit/text/escape.js';
import type { LineBuffer } from '../../kit/text/line-buffer.js';
import { Numbers } from '../machine/numbers.js';
import { isContainer } from '../machine/nodes.js';
import type { CallNode, Node } from '../machine/nodes.js';
import { keyStep } from './view.js';
import type { Viewer } from './view.js';

/** One step of a path: its text, or the index of an item. */
type PathStep = string | number;

/** Parts of a value that are still to be placed, the next first. */
interface Frame {
  readonly spot: number;
  readonly nodes: readonly Node[];
  /** Their keys, their steps as text; undefined: their indices. */
  readonly keys: readonly Node[] | undefined;
  readonly steps: readonly string[] | undefined;
  next: number;
}

/** A path as it is written. */
interface Prefix {
  readonly spot: number;
  readonly ascii: boolean | undefined;
  readonly text: string;
}

/** Levels of a path that are written; deeper values have their last steps behind `$…`. */
const MAX_LEVEL = 64;
const LAST_STEPS = 16;

/** Paths of all nodes of a value, by the opcode that makes them. */
export class PathIndex {
  /** No two nodes are made by the same opcode, so its offset stands for the node: the number of its spot, plus one. */
  readonly #spots = new Offsets();
  /** By spot: what holds it, and how deep it is. */
  readonly #places = new Numbers(2);
  /** By spot: the step that leads to it. */
  readonly #steps: PathStep[] = [];
  readonly #keySteps = new Map<string, string>();
  /** By level: the path that was asked for last. */
  readonly #prefixes: (Prefix | undefined)[] = [];
  /** Steps as they are written, for one way to escape. */
  readonly #escapedSteps = new Map<string, string>();
  #escapedFor: boolean | undefined;

  /**
   * @param shown - How a person sees the value: gives the paths.
   * @param raw - The same without known calls: gives paths to what is inside of them (`$.datetime@args[0]`).
   */
  constructor(root: Node, shown: Viewer, raw: Viewer) {
    const work: Frame[] = [];
    const enter = (node: Node, parent: number, step: PathStep): void => {
      const spot = this.#place(node, parent, step);
      if (spot >= 0 && isContainer(node)) this.#open(node, spot, shown, raw, work);
    };
    enter(root, -1, '$');
    // Depth first, in the order of the bytes: the first place of a shared value is where its bytes stand.
    for (let frame = work[work.length - 1]; frame !== undefined; frame = work[work.length - 1]) {
      const index = frame.next++;
      const node = frame.nodes[index];
      if (node === undefined) {
        work.pop();
        continue;
      }
      const key = frame.keys?.[index];
      enter(node, frame.spot, key === undefined ? (frame.steps?.[index] ?? index) : this.#keyStep(key));
    }
  }

  /** The path of what the opcode at an offset makes; undefined for what is no part of the value. */
  pathAt(offset: number): string | undefined {
    const spot = this.#spots.get(offset) - 1;
    return spot < 0 ? undefined : this.#stepsTo(spot).join('');
  }

  /** Writes the path, if there is one. */
  write(offset: number, buffer: LineBuffer, escape: EscapeOptions): void {
    const spot = this.#spots.get(offset) - 1;
    if (spot < 0) return;
    if (this.#places.at(spot, 1) > MAX_LEVEL) {
      for (const step of this.#stepsTo(spot)) buffer.text(escapeText(step, escape));
      return;
    }
    buffer.text(this.#prefixOf(this.#places.at(spot), escape));
    const step = this.#steps[spot] ?? '';
    if (typeof step === 'number') {
      buffer.text('[');
      buffer.number(step, 0);
      buffer.text(']');
    } else {
      buffer.text(this.#escaped(step, escape));
    }
  }

  /** The path of a spot, escaped. Neighbours are in the same containers: the last one of each level is kept. */
  #prefixOf(spot: number, escape: EscapeOptions): string {
    if (spot < 0) return '';
    const level = this.#places.at(spot, 1);
    const kept = this.#prefixes[level];
    if (kept?.spot === spot && kept.ascii === escape.ascii) return kept.text;
    const step = this.#steps[spot] ?? '';
    const above = this.#prefixOf(this.#places.at(spot), escape);
    const text = above + (typeof step === 'number' ? `[${step}]` : this.#escaped(step, escape));
    this.#prefixes[level] = { spot, ascii: escape.ascii, text };
    return text;
  }

  #escaped(step: string, escape: EscapeOptions): string {
    if (this.#escapedFor !== escape.ascii) {
      this.#escapedFor = escape.ascii;
      this.#escapedSteps.clear();
    }
    let text = this.#escapedSteps.get(step);
    if (text === undefined) {
      text = escapeText(step, escape);
      if (this.#escapedSteps.size < MAX_KEY_STEPS) this.#escapedSteps.set(step, text);
    }
    return text;
  }

  #stepsTo(spot: number): string[] {
    const steps: string[] = [];
    const deep = this.#places.at(spot, 1) > MAX_LEVEL;
    for (let above = spot; above >= 0; above = this.#places.at(above)) {
      const step = this.#steps[above] ?? '';
      steps.push(typeof step === 'number' ? `[${step}]` : step);
      if (deep && steps.length >= LAST_STEPS) {
        steps.push('$…');
        break;
      }
    }
    return steps.reverse();
  }

  #keyStep(key: Node): string {
    if (key.kind !== 'str') return keyStep(key);
    // The keys of objects are the same few, again and again.
    let step = this.#keySteps.get(key.value);
    if (step === undefined) {
      step = keyStep(key);
      if (this.#keySteps.size < MAX_KEY_STEPS) this.#keySteps.set(key.value, step);
    }
    return step;
  }

  /** Keeps the first place of a node. Gives its number, or -1 when it has one. */
  #place(node: Node, parent: number, step: PathStep): number {
    if (this.#spots.get(node.at) !== 0) return -1;
    const spot = this.#steps.length;
    this.#steps.push(step);
    this.#places.push(parent, parent < 0 ? 1 : this.#places.at(parent, 1) + 1);
    this.#spots.set(node.at, spot + 1);
    return spot;
  }

  #open(node: Node, spot: number, shown: Viewer, raw: Viewer, work: Frame[]): void {
    switch (node.kind) {
      case 'list':
      case 'tuple':
      case 'set':
      case 'frozenset':
        work.push({ spot, nodes: node.items, keys: undefined, steps: undefined, next: 0 });
        return;
      case 'dict':
        work.push({ spot, nodes: node.values, keys: node.keys, steps: undefined, next: 0 });
        return;
      case 'call':
        this.#openCall(node, spot, shown, raw, work);
        return;
      default:
        work.push(framesOf(node, spot, shown));
    }
  }

  #openCall(node: CallNode, spot: number, shown: Viewer, raw: Viewer, work: Frame[]): void {
    const { callable, args, steps, kwargs } = node;
    // What stands before the parts in the bytes comes first.
    if (!isContainer(callable)) this.#place(callable, spot, '@callable');
    if (args.kind === 'tuple') this.#place(args, spot, '@args');
    for (const step of steps)
      if (step.kind === 'state' && step.state.kind === 'dict') this.#place(step.state, spot, '@state');

    // Frames are worked off from the last on: what is shown, and then what is inside of it.
    const container = shown.lens.containerOf(node);
    const { items } = args.kind === 'tuple' ? args : { items: undefined };
    const isPlain = items !== undefined && kwargs === undefined;
    if (isPlain && steps.length === 0) {
      if (items.length > 0)
        work.push({ spot, nodes: items, keys: undefined, steps: argumentSteps(items.length), next: 0 });
    } else if (!isPlain || items.length > 0 || container?.kind !== 'attributes') {
      work.push(framesOf(node, spot, raw));
    }
    if (container?.kind === 'items')
      work.push({ spot, nodes: container.items, keys: undefined, steps: undefined, next: 0 });
    else if (container !== undefined)
      work.push({ spot, nodes: container.values, keys: container.keys, steps: undefined, next: 0 });

    if (isContainer(callable)) work.push({ spot, nodes: [callable], keys: undefined, steps: ['@callable'], next: 0 });
  }
}

/** Key texts whose steps are kept. */
const MAX_KEY_STEPS = 65_536;

function framesOf(node: Node, spot: number, viewer: Viewer): Frame {
  const view = viewer.view(node);
  const nodes: Node[] = [];
  const steps: string[] = [];
  for (let index = 0; index < view.count; index++) {
    const part = view.part(index);
    nodes.push(part.node);
    steps.push(part.step);
  }
  return { spot, nodes, keys: undefined, steps, next: 0 };
}

const ARGUMENT_STEPS: readonly string[] = Array.from({ length: 8 }, (_, index) => `@args[${index}]`);

function argumentSteps(count: number): readonly string[] {
  if (count <= ARGUMENT_STEPS.length) return ARGUMENT_STEPS;
  return Array.from({ length: count }, (_, index) => `@args[${index}]`);
}

const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;

/** A number for every offset of the data that has one; 0 for the others. */
class Offsets {
  readonly #pages: (Int32Array | undefined)[] = [];

  get(offset: number): number {
    return this.#pages[offset >> PAGE_BITS]?.[offset & (PAGE - 1)] ?? 0;
  }

  set(offset: number, value: number): void {
    let page = this.#pages[offset >> PAGE_BITS];
    if (page === undefined) this.#pages[offset >> PAGE_BITS] = page = new Int32Array(PAGE);
    page[offset & (PAGE - 1)] = value;
  }
}
