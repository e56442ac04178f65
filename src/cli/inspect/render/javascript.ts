/**
 * The JavaScript dialect of {@link CodeWriter}: literals, and this package's classes for what JavaScript lacks. Names and
 * calls that nobody knows become inert data; the code runs nothing of Python.
 *
 * @module
 */
import { hexBytes, javascriptString } from '../../kit/text/escape.js';
import { bytesOf, integerOf } from '../lens/known.js';
import type { Lens } from '../lens/lens.js';
import { shortName } from '../lens/lens.js';
import type { CallNode, DictNode, ListNode, Node, PersidNode, Step } from '../machine/nodes.js';
import { wrapped } from './code.js';
import { bigintText } from './json-writer.js';
import type { Dialect, StepParts } from './code.js';
import { constructionOf } from './typed-json.js';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** JavaScript as source code; gathers the names that it imports. */
export class JavaScriptDialect implements Dialect {
  readonly maxText = 20_000;
  readonly stepsInline = true;
  /** Names from `vnpy-bridge/pickle`. */
  readonly pickleNames = new Set<string>();
  /** Names from `vnpy-bridge/vnpy`. */
  readonly vnpyNames = new Set<string>();
  readonly #lens: Lens;

  constructor(lens: Lens) {
    this.#lens = lens;
  }

  #use(name: string): string {
    this.pickleNames.add(name);
    return name;
  }

  leaf(node: Node): string {
    switch (node.kind) {
      case 'none':
        return 'null';
      case 'bool':
        return String(node.value);
      case 'int':
        return typeof node.value === 'bigint' ? `${bigintText(node.value)}n` : String(node.value);
      case 'float':
        if (Object.is(node.value, -0)) return '-0';
        return String(node.value);
      case 'str':
        return javascriptString(node.value);
      case 'bytes':
      case 'bytearray': {
        const type = node.kind === 'bytes' ? 'Uint8Array' : this.#use('ByteArray');
        return `${type}.from(Buffer.from('${hexBytes(node.value)}', 'hex'))`;
      }
      case 'global':
        return `new ${this.#use('PyGlobal')}(${this.#lens
          .namesOf(node)
          .map((name) => javascriptString(name))
          .join(', ')})`;
      case 'buffer':
        if (node.data === undefined) return 'null';
        return `${this.#use('PickleBuffer')}.view(Buffer.from('${hexBytes(node.data)}', 'hex'), ${node.readonly})`;
      case 'ext':
        return `/* extension ${node.code} */ null`;
      default:
        return '/* missing */ undefined';
    }
  }

  sequence(kind: ListNode['kind'], items: readonly string[]): string {
    switch (kind) {
      case 'list':
        return wrapped('[', items, ']');
      case 'tuple':
        return wrapped(`${this.#use('Tuple')}.of(`, items, ')');
      case 'set':
        return wrapped('new Set([', items, '])');
      case 'frozenset':
        return wrapped(`new ${this.#use('FrozenSet')}([`, items, '])');
    }
  }

  dict(pairs: readonly (readonly [string, string])[], keys: readonly Node[]): string {
    // As `loads` does: a plain object where it can hold the keys.
    const plain = keys.every((key) => key.kind === 'str' && key.value !== '__proto__');
    if (!plain) {
      return wrapped(
        `new ${this.#use('PyDict')}([`,
        pairs.map(([key, value]) => `[${key}, ${value}]`),
        '])',
      );
    }
    if (pairs.length === 0) return '{}';
    const members = pairs.map(([text, value], index) => {
      const key = keys[index];
      return `${key?.kind === 'str' && IDENTIFIER.test(key.value) ? key.value : text}: ${value}`;
    });
    return wrapped('{ ', members, ' }');
  }

  call(node: CallNode, callable: string, args: string, kwargs: string | undefined, steps: readonly string[]): string {
    const parts = [callable, args === '' ? `${this.#use('Tuple')}.of()` : args, `'${constructionOf(node)}'`];
    if (kwargs !== undefined || steps.length > 0) parts.push(kwargs ?? 'undefined');
    if (steps.length > 0) parts.push(`[${steps.join(', ')}]`);
    return wrapped(`new ${this.#use('PyObject')}(`, parts, ')');
  }

  persid(node: PersidNode, id: string, steps: readonly string[]): string {
    const given = node.steps.length === 0 ? '' : `, [${steps.join(', ')}]`;
    return `new ${this.#use('PersistentId')}(${id}${given})`;
  }

  step(target: string, step: Step, parts: StepParts): string {
    const text = stepLiteral(step, parts);
    return target === '' ? text : `${target}.steps.push(${text});`;
  }

  known(node: CallNode, write: (part: Node) => string): string | undefined {
    const known = this.#lens.known(node);
    if (known === undefined) return undefined;
    const args = node.args.kind === 'tuple' ? node.args.items : [];
    switch (known.type) {
      case 'datetime.datetime':
      case 'datetime.date':
      case 'datetime.time':
        return this.#stamp(known.type, args, write);
      case 'datetime.timedelta':
        return `new ${this.#use('PyTimeDelta')}(${args.map((arg) => String(integerOf(arg) ?? 0)).join(', ')})`;
      case 'datetime.timezone':
        return known.text === 'UTC'
          ? `${this.#use('PyTimeZone')}.utc`
          : `new ${this.#use('PyTimeZone')}(${args.map(write).join(', ')})`;
      case 'zoneinfo.ZoneInfo':
        return `new ${this.#use('PyZoneInfo')}(${args.slice(0, 1).map(write).join('')})`;
      case 'decimal.Decimal':
        return `new ${this.#use('PyDecimal')}(${javascriptString(known.text ?? '')})`;
      default:
    }
    const { container, profile } = known;
    if (profile !== 'vnpy' || known.unknownMember === true) return undefined;
    if (container === undefined) {
      this.vnpyNames.add(shortName(known.type));
      return known.text;
    }
    if (container.kind !== 'attributes') return undefined;
    const pairs = container.keys.map((key, index): [string, string] => {
      const value = container.values[index];
      return [write(key), value === undefined ? 'undefined' : write(value)];
    });
    return `/* ${known.type} */ ${this.dict(pairs, container.keys)}`;
  }

  /** `new PyDateTime(2026, 1, 5, 9, 30, 0, 0, zone, fold)`, without the zeros at the end. */
  #stamp(type: string, args: readonly Node[], write: (part: Node) => string): string | undefined {
    const state = bytesOf(args[0], this.#lens);
    if (state === undefined) return undefined;
    const at = (index: number): number => state[index] ?? 0;
    const date = [at(0) * 256 + at(1), at(2) & 0x7f, at(3)];
    const clock = (start: number): number[] => [
      at(start) & 0x7f,
      at(start + 1),
      at(start + 2),
      at(start + 3) * 65536 + at(start + 4) * 256 + at(start + 5),
    ];
    if (type === 'datetime.date') return `new ${this.#use('PyDate')}(${date.join(', ')})`;
    const isTime = type === 'datetime.time';
    const numbers = isTime ? clock(0) : [...date, ...clock(4)];
    const fold = (at(isTime ? 0 : 2) & 0x80) !== 0;
    const [, zone] = args;
    const parts = numbers.map(String);
    if (zone !== undefined && zone.kind !== 'none') parts.push(write(zone));
    else if (fold) parts.push('null');
    if (fold) parts.push('1');
    return `new ${this.#use(isTime ? 'PyTime' : 'PyDateTime')}(${parts.join(', ')})`;
  }

  assign(name: string, expression: string): string {
    return `const ${name} = ${expression};`;
  }

  empty(node: ListNode | DictNode): string {
    if (node.kind === 'dict') return this.dict([], node.keys);
    return node.kind === 'set' ? 'new Set()' : '[]';
  }

  fill(name: string, node: ListNode | DictNode, expression: string): string {
    if (node.kind === 'list') return `for (const item of ${expression}) ${name}.push(item);`;
    if (node.kind === 'set') return `for (const item of ${expression}) ${name}.add(item);`;
    return expression.startsWith('{')
      ? `Object.assign(${name}, ${expression});`
      : `for (const [key, value] of ${expression}) ${name}.set(key, value);`;
  }

  result(expression: string): string {
    return `export const value = ${expression};`;
  }
}

function stepLiteral(step: Step, parts: StepParts): string {
  switch (step.kind) {
    case 'state':
      return `{ kind: 'state', state: ${parts.state} }`;
    case 'set':
      return `{ kind: 'set', entries: [${parts.pairs.map(([key, value]) => `[${key}, ${value}]`).join(', ')}] }`;
    default:
      return `{ kind: '${step.kind}', items: [${parts.items.join(', ')}] }`;
  }
}
