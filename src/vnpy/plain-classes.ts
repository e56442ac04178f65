/**
 * What a client with nothing but vnpy cannot load: instances of classes of an application or of a gateway. Such an event ends
 * the receiving thread of a Python client without that package, vnpy's own server does it to it, too.
 *
 * @module
 */
import { PyGlobal, PyObject } from '../pickle/index.js';
import type { ClassRegistry } from '../pickle/index.js';
import type { Logger } from '../rpc/index.js';
import { isEnumMember } from './enums/enum.js';

/** The packages that every vnpy has, and the modules of Python whose objects are data. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  ...['vnpy', 'numpy', 'pandas', 'dateutil', 'pytz', 'tzlocal'],
  ...['builtins', '__builtin__', 'copyreg', 'copy_reg', '_codecs', 'collections', 'datetime', 'decimal', 'enum'],
  ...['fractions', 'functools', 'ipaddress', 'operator', 'pathlib', 'time', 'types', 'uuid', 'zoneinfo', 'array'],
]);

/** An event of vnpy has some fifty values. What has more than this is not looked through, and left out. */
const MAX_PARTS = 100_000;

/** Leaves out what plain clients cannot load. */
export class PlainClasses {
  readonly #logger: Logger;
  /** The modules of the classes that are registered, by constructor. */
  readonly #modules = new Map<unknown, string>();
  /** The modules of the enums that are registered, by member. */
  readonly #members = new Map<unknown, string>();
  readonly #logged = new Set<string>();
  /** Pieces of data left out so far. */
  withheld = 0;

  constructor(registry: ClassRegistry, logger: Logger) {
    this.#logger = logger;
    for (const definition of registry.definitions) {
      if (definition.kind === 'object') this.#modules.set(definition.type, definition.module);
      else if (definition.kind === 'enum')
        for (const { member } of definition.members) this.#members.set(member, definition.module);
    }
  }

  /** Whether every client can load it. What one could not is counted, and its class is logged the first time. */
  admits(data: unknown): boolean {
    const foreign = this.#foreign(data);
    if (foreign === undefined) return true;
    this.withheld++;
    if (!this.#logged.has(foreign) && this.#logged.size < 1000) {
      this.#logged.add(foreign);
      const type = data instanceof Event ? `${data.type}: ` : '';
      this.#logger.warn(
        `${type}${foreign} is not given to clients, which have nothing but vnpy; more are only counted`,
      );
    }
    return false;
  }

  /** The first thing that a plain client does not have; undefined when there is none. */
  #foreign(data: unknown): string | undefined {
    const seen = new Set<object>();
    const waiting: unknown[] = [data];
    for (let parts = 0; waiting.length > 0; parts++) {
      if (parts > MAX_PARTS) return 'a value with more parts than are looked through';
      const value = waiting.pop();
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      const module = this.#moduleOf(value);
      if (module !== undefined && !EVERYWHERE.has(module.name.split('.')[0] ?? '')) return module.shown;
      if (isEnumMember(value) || ArrayBuffer.isView(value)) continue;
      // Entries of a Map, a Set or a list; a PyDict is a Map to whoever iterates.
      if (Symbol.iterator in value) for (const part of value as Iterable<unknown>) waiting.push(part);
      for (const part of Object.values(value)) waiting.push(part);
    }
    return undefined;
  }

  #moduleOf(value: object): { readonly name: string; readonly shown: string } | undefined {
    if (value instanceof PyGlobal) return { name: value.module, shown: `${value.module}.${value.qualname}` };
    if (value instanceof PyObject) return undefined; // Its class is one of its parts.
    const name = this.#members.get(value) ?? this.#modules.get(value.constructor);
    if (name === undefined) return undefined;
    return { name, shown: isEnumMember(value) ? `${name}.${String(value)}` : `${name}.${value.constructor.name}` };
  }
}
