/**
 * How the names of classes and functions are written.
 *
 * @module
 */
import type { ObjectEntry } from '../classes/compiled-registry.js';
import type { Encoding } from './encoding.js';
import type { FieldPlan, PreparedGlobal } from './field-plan.js';
import { python2Name } from '../classes/python2-names.js';
import { attributeSteps } from './reductions.js';
import { ScriptTask } from './tasks.js';
import { PyGlobal } from '../values/py-global.js';
import type { FixedZoneNames, PreparedMember, WritePlans } from './write-plans.js';

/** Writes names, each once: as what the registry has prepared, or as text. @internal */
export class NameWriter {
  readonly #encoder: Encoding;
  readonly #plans: WritePlans;

  constructor(encoder: Encoding, plans: WritePlans) {
    this.#encoder = encoder;
    this.#plans = plans;
  }

  /** Writes a class or function by its name, or starts a task that will: then false. */
  save(global: PyGlobal): boolean {
    const { writer, memo, registry } = this.#encoder;
    const prepared = this.#prepared(global);
    if (prepared !== undefined && writer.protocol >= 4) {
      writer.global(prepared);
      return true;
    }
    const known = prepared === undefined ? memo.get(global.key) : writer.space.prepared.get(prepared.id);
    if (known !== undefined && known >= 0) {
      writer.fetch(known);
      return true;
    }
    const { module, qualname } = global;
    const wrong = PyGlobal.originOf(global) === undefined ? malformed(module, qualname) : undefined;
    if (wrong !== undefined) throw this.#encoder.fail('BAD_VALUE', wrong);
    const code = writer.protocol >= 2 ? registry.extensionCode(module, qualname) : undefined;
    if (code !== undefined) {
      writer.extension(code);
      return true;
    }
    if (writer.protocol >= 4) {
      this.#savePart(module);
      this.#savePart(qualname);
      writer.op(0x93);
    } else if (qualname.includes('.')) {
      return this.#encoder.start(new ScriptTask([...attributeSteps(module, qualname), { kind: 'named', global }]));
    } else {
      this.#saveLines(module, qualname);
    }
    this.memoize(global);
    return true;
  }

  /** Stores what was just written in the memo, as this name. */
  memoize(global: PyGlobal): void {
    const { writer, memo } = this.#encoder;
    const prepared = this.#prepared(global);
    const index = writer.memoize();
    if (prepared === undefined) memo.set(global.key, index);
    else writer.space.prepared.set(prepared.id, index);
  }

  /** What is prepared of a class's instances. */
  fieldsOf(entry: ObjectEntry): FieldPlan {
    const plan = this.#plans.fieldsOf(entry);
    this.makeRoom();
    return plan;
  }

  /** What is prepared of a member of an enum; undefined for any other object. */
  memberOf(value: object): PreparedMember | undefined {
    const member = this.#plans.memberOf(value);
    this.makeRoom();
    return member;
  }

  /** The names of a zone that is a mere offset. */
  fixedZone(): FixedZoneNames | undefined {
    const names = this.#plans.fixedZoneNames();
    this.makeRoom();
    return names;
  }

  /** Makes room in the memo for all names that have been prepared. */
  makeRoom(): void {
    this.#encoder.writer.space.prepared.grow(this.#plans.count);
  }

  #prepared(global: PyGlobal): PreparedGlobal | undefined {
    const prepared = this.#plans.globalOf(global);
    this.makeRoom();
    return prepared;
  }

  /** Part of a name. In CPython it is the same string as an attribute's name that has been written: `datetime`. */
  #savePart(text: string): void {
    const { writer } = this.#encoder;
    const name = this.#plans.nameOf(text);
    if (name === undefined) writer.string(text);
    else writer.name(name);
  }

  #saveLines(module: string, qualname: string): void {
    const { protocol, fixImports } = this.#encoder.options;
    const [name1, name2] = protocol < 3 && fixImports ? python2Name(module, qualname) : [module, qualname];
    const lines = `${name1}\n${name2}`;
    if (lines.indexOf('\n') !== lines.lastIndexOf('\n'))
      throw this.#encoder.fail('PROTOCOL_TOO_LOW', `The name ${module}.${qualname} has a line break`);

    if (protocol < 3 && /[^\0-\x7f]/.test(lines)) {
      throw this.#encoder.fail(
        'PROTOCOL_TOO_LOW',
        `The name ${module}.${qualname} is not ASCII, which needs protocol 3`,
      );
    }
    this.#encoder.writer.asciiLine(0x63, lines);
  }
}

/** Why a name is none that Python could find: `import_find_and_load` and `_getattribute` of CPython. */
function malformed(module: unknown, qualname: unknown): string | undefined {
  if (typeof module !== 'string' || typeof qualname !== 'string') return 'The parts of a PyGlobal are strings';
  if (qualname === '' || module.split('.').includes('')) return `A PyGlobal names a module and something in it`;
  return qualname.split('.').includes('<locals>')
    ? `${qualname} is local to a function, where Python finds nothing`
    : undefined;
}
