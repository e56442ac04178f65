/**
 * Where problems go that no call reports by rejecting: the log, the listeners of `error`, and a counter.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { isSilent } from './logger.js';
import type { Logger } from './logger.js';

/** What a problem of any kind has. */
interface Reportable {
  readonly kind: string;
  readonly message: string;
}

/** A listener threw, or its promise was rejected. */
interface ListenerFailure extends Reportable {
  readonly kind: 'listener';
  readonly event: string;
  readonly cause: unknown;
}

/** Those who listen to `error`. */
export interface Audience<Problem> {
  count(): number;
  tell(problem: Problem): void;
}

/** Tells of problems. Where nobody listens and nothing logs, the process is warned once of each kind: none is silent. */
export class Reporter<Problem extends Reportable> {
  readonly #counts = new Map<string, number>();
  readonly #warned = new Set<string>();
  readonly #logger: Logger;
  readonly #audience: Audience<Problem | ListenerFailure>;

  constructor(logger: Logger, audience: Audience<Problem | ListenerFailure>) {
    this.#logger = logger;
    this.#audience = audience;
  }

  /** Something went wrong. */
  report(problem: Problem | ListenerFailure): void {
    this.#logger.error(problem.message);
    this.pass(problem);
  }

  /** Tells of a problem that is in the log already. */
  pass(problem: Problem | ListenerFailure): void {
    this.#count(problem.kind);
    if (this.#audience.count() > 0) this.#audience.tell(problem);
    else this.#warn(problem);
  }

  /** A listener of `event` threw. */
  listenerThrew(event: string, cause: unknown): void {
    const message = `a listener of "${event}" threw: ${messageOf(cause)}`;
    const failure: ListenerFailure = { kind: 'listener', message, event, cause };
    if (event !== 'error') {
      this.report(failure);
      return;
    }
    // Not to the listeners of "error" again.
    this.#count(failure.kind);
    this.#logger.error(message);
    this.#warn(failure);
  }

  /** How many problems of a kind there were. */
  count(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** How many problems of each kind there were. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  #count(kind: string): void {
    this.#counts.set(kind, this.count(kind) + 1);
  }

  #warn({ kind, message }: Reportable): void {
    if (!isSilent(this.#logger) || this.#warned.has(kind)) return;
    this.#warned.add(kind);
    process.emitWarning(
      `${message}. Listen to 'error' or give a logger: where neither is, problems of the kind '${kind}' are told once`,
      'VnpyBridgeWarning',
    );
  }
}
