/**
 * The name of a Python class or function, as data.
 *
 * @module
 */

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

  /** @internal */
  static bind(global: PyGlobal, binding: unknown): void {
    global.#binding = binding;
  }

  /** @internal */
  static bindingOf(global: PyGlobal): unknown {
    return global.#binding;
  }
}
