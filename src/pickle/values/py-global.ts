/**
 * The name of a Python class or function, as data.
 *
 * @module
 */

/** Where a value that only some Pythons can load came from, if not from a user of this package: a pickle, or the codec itself. */
export type Origin = 'decoded' | 'codec';

/**
 * A reference to something in a Python module: a class, a function, a method (`qualname` with dots). It is a name and
 * nothing else; nothing is ever imported or called.
 */
export class PyGlobal {
  /** The module, dotted: `vnpy.trader.constant`. */
  readonly module: string;
  /** The qualified name in the module: `Direction`, `ZoneInfo._unpickle`. */
  readonly qualname: string;

  /** Module and name in one, for looking up. */
  readonly #key: string;
  /** What a compiled registry knows of this name; for the decoder alone. */
  #binding: unknown = undefined;
  #origin: Origin | undefined = undefined;

  constructor(module: string, qualname: string) {
    this.module = module;
    this.qualname = qualname;
    this.#key = `${module}\n${qualname}`;
    Object.freeze(this);
  }

  /** @internal */
  get key(): string {
    return this.#key;
  }

  /** `module.qualname`, for messages. */
  get fullName(): string {
    return `${this.module}.${this.qualname}`;
  }

  /** For people: `<global module.name>`. */
  toString(): string {
    return `<global ${this.fullName}>`;
  }

  /** A name that did not come from a user of this package. @internal */
  static from(origin: Origin, module: string, qualname: string): PyGlobal {
    const global = new PyGlobal(module, qualname);
    global.#origin = origin;
    return global;
  }

  /** Where it came from; undefined for the user. @internal */
  static originOf(global: PyGlobal): Origin | undefined {
    return global.#origin;
  }

  /** @internal */
  static bind(global: PyGlobal, binding: unknown): void {
    global.#binding = binding;
  }

  /** @internal */
  static bindingOf(global: PyGlobal): unknown {
    return global.#binding;
  }
}
