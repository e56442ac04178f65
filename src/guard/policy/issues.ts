/**
 * The faults of a policy, gathered: whoever writes one is told all of them at once.
 *
 * @module
 */
import { PolicyError } from '../errors.js';
import type { PolicyIssue } from '../errors.js';

/** Where something stands in a policy: names and indices. */
export type Path = readonly (string | number)[];

/** More are counted, not told. */
const MOST_TOLD = 100;

/** How many stand in the message of the error; all told ones are its `issues`. */
const MOST_IN_MESSAGE = 20;

/** A list of faults. */
export class IssueList {
  readonly #issues: PolicyIssue[] = [];
  readonly #lineOf: (path: Path) => number | undefined;
  #left = 0;

  /** @param lineOf - the line of a path in the text, where there is one. */
  constructor(lineOf: (path: Path) => number | undefined) {
    this.#lineOf = lineOf;
  }

  /** How many there are. */
  get length(): number {
    return this.#issues.length + this.#left;
  }

  /** Whether one is told of what stands at a path, or inside of it. */
  has(path: Path): boolean {
    const text = pathText(path);
    return this.#issues.some(
      (each) => each.path === text || /^[.[]/.test(each.path.startsWith(text) ? each.path.slice(text.length) : ''),
    );
  }

  /** Adds one: `message` is the end of a sentence whose subject is what stands at the path. */
  add(path: Path, message: string): void {
    // Looking up a line costs time: not for the ten thousandth.
    if (this.#issues.length >= MOST_TOLD) this.#left++;
    else this.addAt(this.#lineOf(path), path, message);
  }

  /** Adds one whose line is known. */
  addAt(line: number | undefined, path: Path, message: string): void {
    if (this.#issues.length >= MOST_TOLD) this.#left++;
    else this.#issues.push(Object.freeze({ line, path: pathText(path), message }));
  }

  /** @throws PolicyError `BAD_POLICY` with all of them, in the order of their lines, unless there is none. */
  throwIfAny(): void {
    if (this.#issues.length === 0) return;

    const issues = [...this.#issues].sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
    const lines = issues.slice(0, MOST_IN_MESSAGE).map(issueText);
    const rest = this.length - lines.length;
    const count = this.length === 1 ? 'a fault' : `${this.length} faults`;
    throw new PolicyError(
      'BAD_POLICY',
      [`the policy has ${count}:`, ...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'),
      Object.freeze(issues),
    );
  }
}

/** A fault as a line of text. */
export function issueText({ line, path, message }: PolicyIssue): string {
  return `${line === undefined ? '' : `line ${line}: `}${path === '' ? '' : `${path} `}${message}`;
}

/** `roles.trader.limits`, `accounts["CTP.*"]`, `addresses[0]`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;

      const isPlain = /^[\p{L}_$][\p{L}\p{N}_$-]{0,63}$/u.test(part);
      if (!isPlain) return `[${JSON.stringify(part.length > 64 ? `${part.slice(0, 64)}…` : part)}]`;

      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
