/**
 * Symbols in the order in which a client asked for them: rows name them by their place.
 *
 * @module
 */

/** A list without doubles that knows the place of each. */
export class SymbolList {
  #list: readonly string[] = [];
  #places = new Map<string, number>();

  get all(): readonly string[] {
    return this.#list;
  }

  has(vtSymbol: string): boolean {
    return this.#places.has(vtSymbol);
  }

  /** @returns -1 for one that is not there. */
  indexOf(vtSymbol: string): number {
    return this.#places.get(vtSymbol) ?? -1;
  }

  add(vtSymbols: readonly string[]): void {
    this.#set([...new Set([...this.#list, ...vtSymbols])]);
  }

  /** Takes some away, or all. */
  remove(vtSymbols: readonly string[] | undefined): void {
    const gone = new Set(vtSymbols ?? this.#list);
    this.#set(this.#list.filter((vtSymbol) => !gone.has(vtSymbol)));
  }

  #set(list: readonly string[]): void {
    this.#list = list;
    this.#places = new Map(list.map((vtSymbol, index) => [vtSymbol, index]));
  }
}
