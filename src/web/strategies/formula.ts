/**
 * Formulas of spreads. vnpy evaluates them as Python, on the thread of all its events: what it cannot evaluate ends that thread.
 *
 * @module
 */

/** A formula deeper than this is none of a spread. */
const MAX_DEPTH = 20;

/**
 * What is wrong with a formula; undefined when it is one of letters, numbers, `+ - * /` and parentheses.
 *
 * @param variables - The letters of the legs.
 */
export function formulaMistake(formula: string, variables: ReadonlySet<string>): string | undefined {
  const tokens = formula.match(/\d+(?:\.\d+)?|[A-E]|[-+*/()]|\S/g) ?? [];
  const odd = tokens.find((token) => !/^(?:\d.*|[A-E]|[-+*/()])$/.test(token));
  if (odd !== undefined) return `${odd} cannot stand in a formula: letters of legs, numbers, + - * / and ( ) can`;
  const stranger = tokens.find((token) => /^[A-E]$/.test(token) && !variables.has(token));
  if (stranger !== undefined) return `${stranger} is no leg`;
  if (!tokens.some((token) => variables.has(token))) return 'it names no leg';
  // A sum in a divisor may be 0 one day: Python raises then.
  const divisor = tokens.find((_, place) => tokens[place - 1] === '/' && !isDivisor(tokens[place] ?? ''));
  if (divisor !== undefined) return 'it may divide by a letter, or by a number above 0, and by nothing else';
  return new Reader(tokens).isWhole() ? undefined : 'it cannot be read: an operator or a parenthesis is missing';
}

function isDivisor(token: string): boolean {
  return /^[A-E]$/.test(token) || Number(token) > 0;
}

class Reader {
  readonly #tokens: readonly string[];
  #place = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  isWhole(): boolean {
    return this.#sum(0) && this.#place === this.#tokens.length;
  }

  /** Values with operators between them: which binds first does not matter here. */
  #sum(depth: number): boolean {
    if (depth > MAX_DEPTH || !this.#value(depth)) return false;
    while (/^[-+*/]$/.test(this.#tokens[this.#place] ?? '')) {
      this.#place++;
      if (!this.#value(depth)) return false;
    }
    return true;
  }

  #value(depth: number): boolean {
    const token = this.#tokens[this.#place++];
    if (token === undefined) return false;
    if (token === '-') return depth < MAX_DEPTH && this.#value(depth + 1);
    if (token !== '(') return /^[\dA-E]/.test(token);
    return this.#sum(depth + 1) && this.#tokens[this.#place++] === ')';
  }
}
