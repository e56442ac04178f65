/**
 * A node as a person sees it: a value, or a container with labelled parts. Trees, paths, JSON, diff and the report all
 * go by it.
 *
 * @module
 */
import { pythonBytes, pythonString } from '../../kit/text/escape.js';
import type { EscapeOptions } from '../../kit/text/escape.js';
import { views } from '../../lang/en/views.js';
import type { HoleWord, KindWord, ViewTexts } from '../../lang/en/views.js';
import type { CallNode, HoleWhy, Node, Step } from '../machine/nodes.js';
import { PANDAS_CONSTANTS } from './known/pandas-names.js';
import { CONSTANTS } from './known/values.js';
import type { Known, KnownContainer, Part } from './known.js';
import { floatText, numberText } from './numbers.js';
import type { Lens } from './lens.js';

/** How a node is shown. */
export interface View {
  /** Python's name of the type: `list`, `datetime.datetime`, `vnpy.trader.object.TickData`. */
  readonly type: string;
  /** What the parts are: none, items, values under keys, or attributes and arguments. */
  readonly shape: 'leaf' | 'sequence' | 'mapping' | 'object';
  /** The value, when it has no parts: already safe for a terminal. */
  readonly text?: string;
  /** What stands before the parts of a container, and after them: `[` and `]`, or the name of a class and nothing. */
  readonly open: string;
  readonly close: string;
  /** Number of parts. */
  readonly count: number;
  part(index: number): Part;
  /** The recognised call, when it is one. */
  readonly known: Known | undefined;
  /** What a cut text leaves out, `70000 characters`, or what else there is to know. */
  readonly note?: string;
}

/** As Python has them: Chinese names are names. */
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** The step of a path for a key of a dict. */
export function keyStep(key: Node): string {
  switch (key.kind) {
    case 'str':
      return IDENTIFIER.test(key.value) ? `.${key.value}` : `[${pythonString(key.value)}]`;
    case 'int':
    case 'float':
    case 'bool':
      return `[${scalarText(key)}]`;
    case 'none':
      return '[None]';
    default:
      return `[${key.kind}@${key.at}]`;
  }
}

function scalarText(node: Node & { readonly kind: 'int' | 'float' | 'bool' }): string {
  if (node.kind === 'bool') return node.value ? 'True' : 'False';
  return node.kind === 'int' ? numberText(node.value) : floatText(node.value);
}

const NO_PART: Part = { step: '', label: undefined, node: { kind: 'hole', at: -1, end: -1, why: 'no such part' } };

function leaf(type: string, text: string, known?: Known, note?: string): View {
  const view = { type, shape: 'leaf' as const, text, open: '', close: '', count: 0, part: (): Part => NO_PART, known };
  return note === undefined ? view : { ...view, note };
}

function sequence(type: string, open: string, close: string, items: readonly Node[], known?: Known): View {
  const part = (index: number): Part => {
    const node = items[index];
    return node === undefined ? NO_PART : { step: `[${index}]`, label: String(index), node };
  };
  return { type, shape: 'sequence', open, close, count: items.length, part, known };
}

function entries(
  type: string,
  open: string,
  close: string,
  { keys, values }: { readonly keys: readonly Node[]; readonly values: readonly Node[] },
  label: (key: Node) => string,
  known?: Known,
): View {
  const part = (index: number): Part => {
    const key = keys[index];
    const node = values[index];
    return key === undefined || node === undefined ? NO_PART : { step: keyStep(key), label: label(key), node, key };
  };
  const shape = close === '' ? 'object' : 'mapping';
  return { type, shape, open, close, count: keys.length, part, known };
}

function listOf(type: string, open: string, parts: readonly Part[]): View {
  const close = '';
  const part = (index: number): Part => parts[index] ?? NO_PART;
  return { type, shape: 'object', open, close, count: parts.length, part, known: undefined };
}

/** Choices of a {@link Viewer}. */
export interface ViewerOptions extends EscapeOptions {
  /** Show known calls as calls. Default false. */
  readonly raw?: boolean;
  /** Characters of a text or bytes of a value that are shown. Default: all. */
  readonly maxString?: number;
  /** What is said around values, in a language. Default English. */
  readonly words?: ViewTexts;
}

/** The type of what is made by calling a result. */
const NO_NAME: KindWord = 'result of a call';

/** How nodes are seen: with what the lens knows, and how text is escaped. */
export class Viewer {
  readonly lens: Lens;
  readonly #escape: EscapeOptions;
  readonly #useLens: boolean;
  readonly #maxString: number;
  /** The words of a language. */
  readonly words: ViewTexts;
  /** A language was asked for: known values say themselves in it. */
  readonly #speaks: boolean;

  constructor(lens: Lens, options: ViewerOptions = {}) {
    this.lens = lens;
    this.#escape = options;
    this.#useLens = options.raw !== true;
    this.#maxString = options.maxString ?? Number.POSITIVE_INFINITY;
    this.words = options.words ?? views;
    this.#speaks = options.words !== undefined;
  }

  /** The view of a node. */
  view(node: Node): View {
    switch (node.kind) {
      case 'none':
        return leaf('NoneType', 'None');
      case 'bool':
      case 'int':
      case 'float':
        return leaf(node.kind, scalarText(node));
      case 'str':
        return this.#stringView(node.python2 ? 'str (Python 2)' : 'str', node.value);
      case 'bytes':
        return this.#bytesView('bytes', node.value);
      case 'bytearray':
        return this.#bytesView('bytearray', node.value);
      case 'list':
        return sequence('list', '[', ']', node.items);
      case 'tuple':
        return sequence('tuple', '(', ')', node.items);
      case 'set':
        return sequence('set', '{', '}', node.items);
      case 'frozenset':
        return sequence('frozenset', 'frozenset({', '})', node.items);
      case 'dict':
        return entries('dict', '{', '}', node, this.#keyLabel);
      case 'global': {
        const name = this.lens.nameOf(node) ?? '';
        const constant = this.#useLens ? (CONSTANTS[name] ?? PANDAS_CONSTANTS[name]) : undefined;
        return constant === undefined
          ? leaf('name', `<${this.text(`${node.module}.${node.name}`)}>`)
          : leaf(constant, constant);
      }
      case 'call': {
        const known = this.#useLens ? this.lens.known(node) : undefined;
        return known === undefined ? this.#callView(node) : this.#knownView(known);
      }
      case 'persid':
        return listOf('persistent id', this.words.kinds['persistent id'], [
          { step: '@id', label: 'id', node: node.id },
          ...stepParts(node.steps, this.#keyLabel),
        ]);
      case 'ext':
        return leaf('extension code', this.words.extension(node.code));
      case 'buffer':
        if (node.data === undefined) return leaf('buffer', this.words.missingBuffer(node.index));
        return this.#bytesView(node.readonly ? 'read-only buffer' : 'buffer', node.data);
      case 'hole':
        return leaf('missing', `<${this.text(this.#holeText(node.why))}>`);
    }
  }

  #stringView(type: string, value: string): View {
    if (value.length <= this.#maxString) return leaf(type, pythonString(value, this.#escape));
    const shown = `${pythonString(value.slice(0, this.#maxString), this.#escape)}…`;
    return leaf(type, shown, undefined, this.words.characters(value.length));
  }

  #bytesView(type: string, value: Uint8Array): View {
    const cut = value.length > this.#maxString;
    const literal = pythonBytes(cut ? value.subarray(0, this.#maxString) : value);
    const shown = (type === 'bytearray' ? `bytearray(${literal})` : literal) + (cut ? '…' : '');
    return cut ? leaf(type, shown, undefined, this.words.bytes(value.length)) : leaf(type, shown);
  }

  /** Text of the input that is neither a literal nor a name of ours, escaped. */
  text(text: string): string {
    // A literal's inside: quotes stay as they are.
    return pythonString(text, this.#escape).slice(1, -1).replaceAll("\\'", "'");
  }

  readonly #keyLabel = (key: Node): string => {
    const view = this.view(key);
    if (view.text !== undefined) return view.text;
    // A tuple as key: its items in short.
    const items: string[] = [];
    for (let index = 0; index < Math.min(view.count, 4); index++)
      items.push(this.view(view.part(index).node).text ?? '…');

    if (view.count > 4) items.push('…');
    return `${view.open}${items.join(', ')}${view.close}`;
  };

  readonly #attributeLabel = (key: Node): string =>
    key.kind === 'str' && IDENTIFIER.test(key.value) ? key.value : this.#keyLabel(key);

  #knownView(known: Known): View {
    const { type, container } = known;
    const shown = this.text(type);
    if (container === undefined) return this.#knownLeaf(shown, this.#saidOf(known), known);
    const view = this.#containerView(shown, container, known);
    return known.note === undefined ? view : { ...view, note: this.text(known.note(this.words)) };
  }

  /** A type for a person: one of Python is the same in any language, what is none is not. */
  typeName(type: string): string {
    const { kinds } = this.words;
    return Object.hasOwn(kinds, type) ? kinds[type as KindWord] : type;
  }

  /** What a known value says. JSON has its text, which is the same in every language. */
  #saidOf({ text = '', said }: Known): string {
    return said === undefined || !this.#speaks ? text : said(this.words);
  }

  /** What stands where nothing could be read. */
  #holeText(why: HoleWhy): string {
    const { holes, cutHole, memoHole } = this.words;
    if (why in holes) return holes[why as HoleWord];
    return why.startsWith('cut: ') ? cutHole(why.slice(5)) : memoHole(why.replace(/^memo entry /, ''));
  }

  #knownLeaf(type: string, value: string, known: Known): View {
    const isCut = value.length > this.#maxString;
    const shown = isCut ? value.slice(0, this.#maxString) : value;
    const text = known.isLiteral === true ? shown : this.text(shown);
    return isCut ? leaf(type, `${text}…`, known, this.words.characters(value.length)) : leaf(type, text, known);
  }

  #containerView(type: string, container: KnownContainer, known: Known): View {
    const name = type.slice(type.lastIndexOf('.') + 1);
    switch (container.kind) {
      case 'items': {
        const [open, close] = name === 'set' ? ['{', '}'] : [`${name}([`, '])'];
        return sequence(type, open, close, container.items, known);
      }
      case 'entries':
        return entries(type, `${name}({`, '})', container, this.#keyLabel, known);
      case 'attributes':
        return entries(type, name, '', container, this.#attributeLabel, known);
    }
  }

  /** A call that nobody knows: its name, its arguments, what was done to the result. */
  #callView(call: CallNode): View {
    const name = call.callable.kind === 'global' ? `${call.callable.module}.${call.callable.name}` : undefined;
    const parts: Part[] = [];
    if (name === undefined) parts.push({ step: '@callable', label: 'callable', node: call.callable });
    if (call.args.kind === 'tuple')
      call.args.items.forEach((node, index) => parts.push({ step: `@args[${index}]`, label: `args[${index}]`, node }));
    else parts.push({ step: '@args', label: 'args', node: call.args });
    if (call.kwargs !== undefined) parts.push({ step: '@kwargs', label: 'kwargs', node: call.kwargs });
    for (const part of stepParts(call.steps, this.#attributeLabel)) parts.push(part);
    const type = this.text(name ?? NO_NAME);
    const short = name === undefined ? this.typeName(type) : type.slice(type.lastIndexOf('.') + 1);
    // NEWOBJ makes an object; the rest are calls of something that may be any function.
    const open = call.how === 'NEWOBJ' || call.how === 'NEWOBJ_EX' ? short : `${short}()`;
    return listOf(type, open, parts);
  }
}

/** The parts that BUILD, APPENDS and SETITEMS add to an object. */
function stepParts(steps: readonly Step[], label: (key: Node) => string): Part[] {
  const parts: Part[] = [];
  let appended = 0;
  let states = 0;
  for (const step of steps) {
    if (step.kind === 'state') {
      const suffix = states++ === 0 ? '' : String(states);
      addState(parts, step.state, suffix, label);
    } else if (step.kind === 'set') {
      step.keys.forEach((key, index) => {
        const node = step.values[index];
        if (node !== undefined) parts.push({ step: `@entries${keyStep(key)}`, label: `[${label(key)}]`, node });
      });
    } else {
      for (const node of step.items) {
        parts.push({ step: `@items[${appended}]`, label: `items[${appended}]`, node });
        appended++;
      }
    }
  }
  return parts;
}

function addState(parts: Part[], state: Node, suffix: string, label: (key: Node) => string): void {
  const isSlots =
    state.kind === 'tuple' &&
    state.items.length === 2 &&
    state.items.every((item) => item.kind === 'dict' || item.kind === 'none');
  const dicts = state.kind === 'dict' ? [state] : isSlots ? state.items : undefined;
  if (dicts === undefined) {
    parts.push({ step: `@state${suffix}`, label: `state${suffix}`, node: state });
    return;
  }
  for (const dict of dicts) {
    if (dict.kind !== 'dict') continue;
    dict.keys.forEach((key, index) => {
      const node = dict.values[index];
      if (node !== undefined) parts.push({ step: keyStep(key), label: label(key), node, key });
    });
  }
}
