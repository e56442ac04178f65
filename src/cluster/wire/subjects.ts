/**
 * Every subject of a cluster, and what each means: the one place where they are written.
 *
 * `vb1.<cluster>.` and then, with every name escaped:
 *
 * - `md.<account>.<exchange>.<symbol>`: ticks.
 * - `ev.<account>.<principal>.<kind>`: every other event, for one principal.
 * - `beat.<account>.<edge>`: a sign of life of an edge.
 * - `cmd.<account>.<principal>.<function>`: calls that change something, to the active edge only.
 * - `q1.<account>.<principal>.<function>`: reads that have to be current, to the active edge only.
 * - `q.<account>.<principal>.<function>`: reads that any healthy edge answers.
 * - `ordlog.<account>.<key>`, `lease.<account>`, `acct.<account>`, `log.<host>.<program>`: what streams keep.
 *
 * @module
 */
import { escapeToken, unescapeToken } from './escape.js';

/** The version of the subjects: another layout has another one, and is not heard. */
const VERSION = 'vb1';

/** The streams of a cluster. `LAST` is the last tick of each symbol. */
export type StreamKind = 'ORDLOG' | 'LEASE' | 'ACCT' | 'LAST' | 'LOG';

/** How a call is delivered. */
export type CallKind = 'cmd' | 'q1' | 'q';

/** What a subject means. */
export type ParsedSubject =
  | { readonly kind: 'md'; readonly account: string; readonly exchange: string; readonly symbol: string }
  | { readonly kind: 'ev'; readonly account: string; readonly principal: string; readonly event: string }
  | { readonly kind: 'beat'; readonly account: string; readonly edge: string }
  | { readonly kind: CallKind; readonly account: string; readonly principal: string; readonly method: string }
  | { readonly kind: 'ordlog'; readonly account: string; readonly key: string }
  | { readonly kind: 'lease'; readonly account: string }
  | { readonly kind: 'acct'; readonly account: string }
  | { readonly kind: 'log'; readonly host: string; readonly program: string };

/** The subjects of one cluster. */
export class Subjects {
  /** `vb1.<cluster>`, without a dot behind it. */
  readonly prefix: string;
  readonly #cluster: string;

  constructor(cluster: string) {
    this.#cluster = cluster;
    this.prefix = `${VERSION}.${escapeToken(cluster)}`;
  }

  /** Ticks of a symbol. */
  tick(account: string, exchange: string, symbol: string): string {
    return this.#of('md', account, exchange, symbol);
  }

  /** Ticks of all symbols of an account, or of one exchange. */
  ticks(account: string, exchange?: string): string {
    return `${exchange === undefined ? this.#of('md', account) : this.#of('md', account, exchange)}.>`;
  }

  /** All ticks. */
  allTicks(): string {
    return `${this.#of('md')}.>`;
  }

  /** Events of one kind (`order`, `trade`, …) for a principal. */
  event(account: string, principal: string, kind: string): string {
    return this.#of('ev', account, principal, kind);
  }

  /** Events of all kinds for a principal. */
  events(account: string, principal: string): string {
    return `${this.#of('ev', account, principal)}.>`;
  }

  beat(account: string, edge: string): string {
    return this.#of('beat', account, edge);
  }

  /** Beats of all edges of an account, or of all accounts. */
  beats(account?: string): string {
    return account === undefined ? this.#all('beat') : this.#all('beat', account);
  }

  /** A call of a function by a principal. */
  call(kind: CallKind, account: string, principal: string, method: string): string {
    return this.#of(kind, account, principal, method);
  }

  /** All calls of an account, by whomever, or by one principal. */
  calls(kind: CallKind, account: string, principal?: string): string {
    return principal === undefined ? this.#all(kind, account) : this.#all(kind, account, principal);
  }

  /** What is written down of an order. */
  order(account: string, key: string): string {
    return this.#of('ordlog', account, key);
  }

  /** What is written down of all orders of an account, or of all accounts. */
  orders(account?: string): string {
    return account === undefined ? this.#all('ordlog') : this.#all('ordlog', account);
  }

  /** Who holds an account. */
  lease(account: string): string {
    return this.#of('lease', account);
  }

  /** Who holds which account. */
  leases(): string {
    return this.#all('lease');
  }

  /** What is known of an account for good: its record and its halts. */
  account(account: string): string {
    return this.#of('acct', account);
  }

  /** What is known of all accounts for good. */
  accounts(): string {
    return this.#all('acct');
  }

  /** Log lines of a program. */
  log(host: string, program: string): string {
    return this.#of('log', host, program);
  }

  /** Log lines of all programs. */
  logs(): string {
    return this.#all('log');
  }

  /** The name of a stream, another one for every cluster. */
  stream(kind: StreamKind): string {
    return `${VERSION.toUpperCase()}_${escapeToken(this.#cluster)}_${kind}`;
  }

  /** What a subject of this cluster means; undefined for any other. */
  parse(subject: string): ParsedSubject | undefined {
    if (!subject.startsWith(`${this.prefix}.`)) return undefined;
    const [kind = '', ...tokens] = subject.slice(this.prefix.length + 1).split('.');
    const names: string[] = [];
    for (const token of tokens) {
      const name = unescapeToken(token);
      if (name === undefined) return undefined;
      names.push(name);
    }
    return meaning(kind, names);
  }

  #of(kind: string, ...names: readonly string[]): string {
    return [this.prefix, kind, ...names.map(escapeToken)].join('.');
  }

  /** With one `*` for each name that is not told: rights are given for these, and not for a `>` that stands for more. */
  #all(kind: string, ...names: readonly string[]): string {
    const left = (NAMES.get(kind) ?? 0) - names.length;
    return this.#of(kind, ...names) + '.*'.repeat(left);
  }
}

/** How many names each kind has. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ['md', 3],
  ['ev', 3],
  ['beat', 2],
  ['cmd', 3],
  ['q1', 3],
  ['q', 3],
  ['ordlog', 2],
  ['lease', 1],
  ['acct', 1],
  ['log', 2],
]);

function meaning(kind: string, names: readonly string[]): ParsedSubject | undefined {
  const [first = '', second = '', third = ''] = names;
  if (names.length !== NAMES.get(kind)) return undefined;
  switch (kind) {
    case 'md':
      return { kind, account: first, exchange: second, symbol: third };
    case 'ev':
      return { kind, account: first, principal: second, event: third };
    case 'beat':
      return { kind, account: first, edge: second };
    case 'cmd':
    case 'q1':
    case 'q':
      return { kind, account: first, principal: second, method: third };
    case 'ordlog':
      return { kind, account: first, key: second };
    case 'lease':
    case 'acct':
      return { kind, account: first };
    case 'log':
      return { kind, host: first, program: second };
    default:
      return undefined;
  }
}
