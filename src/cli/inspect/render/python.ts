/**
 * The Python dialect of {@link CodeWriter}: the code shows every call that loading would make.
 *
 * @module
 */
import { pythonBytes, pythonString } from '../../kit/text/escape.js';
import type { Lens } from '../lens/lens.js';
import { floatText } from '../lens/numbers.js';
import type { CallNode, DictNode, ListNode, Node, PersidNode, Step } from '../machine/nodes.js';
import { wrapped } from './code.js';
import { bigintText } from './json-writer.js';
import type { Dialect, StepParts } from './code.js';
import { constructionOf } from './typed-json.js';

const MODULE = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** Python as source code; gathers the modules that it imports. */
export class PythonDialect implements Dialect {
  readonly maxText = 20_000;
  readonly stepsInline = false;
  readonly modules = new Set<string>();
  /** The code uses {@link BUILD_FUNCTION}. */
  builds = false;
  /** The code uses {@link CALL_OR_NEW_FUNCTION}. */
  instantiates = false;
  readonly #lens: Lens;

  constructor(lens: Lens) {
    this.#lens = lens;
  }

  leaf(node: Node): string {
    switch (node.kind) {
      case 'none':
        return 'None';
      case 'bool':
        return node.value ? 'True' : 'False';
      case 'int':
        return typeof node.value === 'bigint' ? bigintText(node.value) : String(node.value);
      case 'float':
        return Number.isFinite(node.value) ? floatText(node.value) : `float('${floatText(node.value)}')`;
      case 'str':
        return pythonString(node.value);
      case 'bytes':
        return pythonBytes(node.value);
      case 'bytearray':
        return `bytearray(${pythonBytes(node.value)})`;
      case 'global': {
        const [module, name] = this.#lens.namesOf(node);
        if (!MODULE.test(module) || !MODULE.test(name))
          return `load_name(${pythonString(module)}, ${pythonString(name)})`;
        if (module === 'builtins') return name;
        this.modules.add(module);
        return `${module}.${name}`;
      }
      case 'ext':
        return `extension(${node.code})`;
      case 'buffer':
        return `buffers[${node.index}]`;
      default:
        return '...';
    }
  }

  sequence(kind: ListNode['kind'], items: readonly string[]): string {
    switch (kind) {
      case 'list':
        return wrapped('[', items, ']');
      case 'tuple':
        return items.length === 1 ? `(${items.join('')},)` : wrapped('(', items, ')');
      case 'set':
        return items.length === 0 ? 'set()' : wrapped('{', items, '}');
      case 'frozenset':
        return items.length === 0 ? 'frozenset()' : wrapped('frozenset({', items, '})');
    }
  }

  dict(pairs: readonly (readonly [string, string])[]): string {
    return wrapped(
      '{',
      pairs.map(([key, value]) => `${key}: ${value}`),
      '}',
    );
  }

  call(node: CallNode, callable: string, args: string, kwargs: string | undefined): string {
    const construction = constructionOf(node);
    const list = argumentList(node.args, args);
    // With arguments, INST and OBJ are an ordinary call.
    const instantiates = construction === 'instantiate' && list === '';
    const isNew = construction === 'new';
    if (instantiates) this.instantiates = true;
    const all = [
      ...(isNew || instantiates ? [callable] : []),
      ...(list === '' ? [] : [list]),
      ...(kwargs === undefined ? [] : [`**${kwargs}`]),
    ];
    if (instantiates) return `call_or_new(${callable})`;
    return isNew ? `${callable}.__new__(${all.join(', ')})` : `${callable}(${all.join(', ')})`;
  }

  persid(_node: PersidNode, id: string): string {
    return `persistent_load(${id})`;
  }

  step(target: string, step: Step, parts: StepParts): string {
    switch (step.kind) {
      case 'state':
        this.builds = true;
        return `build(${target}, ${parts.state})`;
      case 'append':
        return `${target}.extend(${wrapped('[', parts.items, ']')})`;
      case 'add':
        return parts.items.map((item) => `${target}.add(${item})`).join('\n');
      case 'set':
        return parts.pairs.map(([key, value]) => `${target}[${key}] = ${value}`).join('\n');
    }
  }

  known(): undefined {
    return undefined;
  }

  assign(name: string, expression: string): string {
    return `${name} = ${expression}`;
  }

  empty(node: ListNode | DictNode): string {
    return node.kind === 'dict' ? '{}' : node.kind === 'set' ? 'set()' : '[]';
  }

  fill(name: string, node: ListNode | DictNode, expression: string): string {
    return node.kind === 'list' ? `${name}.extend(${expression})` : `${name}.update(${expression})`;
  }

  result(expression: string): string {
    return `result = ${expression}`;
  }
}

/** What the opcode BUILD does, as CPython's pickle.py has it. */
export const BUILD_FUNCTION = `def build(made, state):
    if hasattr(made, '__setstate__'):
        made.__setstate__(state)
        return
    state, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if state:
        made.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(made, name, value)
`;

/** What the opcodes INST and OBJ do without arguments, as CPython's pickle.py has it (`_Unpickler._instantiate`). */
export const CALL_OR_NEW_FUNCTION = `def call_or_new(named):
    # Only a class that has no __getinitargs__ is not called.
    if isinstance(named, type) and not hasattr(named, '__getinitargs__'):
        return named.__new__(named)
    return named()
`;

/** The arguments of a call, without the parentheses of their tuple where they are written as one. */
function argumentList(node: Node, text: string): string {
  if (node.kind !== 'tuple' || !text.startsWith('(')) return text === '' ? '' : `*${text}`;
  return text.slice(1, -1).replace(/,\s*$/, '').trim();
}
