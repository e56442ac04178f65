/**
 * Errors of the console.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { BridgeErrorOptions } from '../errors.js';
import { OptionChecks } from '../options.js';
import type { RuleRefusal } from '../vnpy/internal.js';
import { PROBLEMS, PROBLEM_PREFIX } from './schema/index.js';
import type { Problem, ProblemName } from './schema/index.js';

/** Why a console cannot be made, or not started. */
export type ConsoleErrorCode =
  | 'BAD_OPTION' // an option has no sense, or is none
  | 'NOT_SAFE' // it would be open to others without TLS
  | 'BAD_USERS' // the users file cannot be read, or others may read it
  | 'BAD_DATA' // a file of the console's own cannot be read
  | 'ADDRESS'; // the address cannot be bound

/** The console cannot be made or started. */
export class ConsoleError extends BridgeError<ConsoleErrorCode> {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it makes the base's protected one public
  constructor(code: ConsoleErrorCode, message: string, options?: BridgeErrorOptions) {
    super(code, message, options);
  }
}

/** The checks of this room's options. */
export const optionChecks = new OptionChecks((message) => new ConsoleError('BAD_OPTION', message));

/** What a problem has beside its type. */
export type ProblemDetails = Omit<Problem, 'type' | 'title' | 'status' | 'detail' | 'request_id'>;

/** An answer that is a problem. `code` is its short name. */
export class ProblemError extends BridgeError<ProblemName> {
  readonly details: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;

  constructor(
    name: ProblemName,
    detail: string,
    details: ProblemDetails = {},
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly status?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(name, detail, 'cause' in more ? { cause: more.cause } : {});
    this.details = details;
    this.headers = more.headers ?? {};
    this.status = more.status ?? PROBLEMS[name].status;
  }

  /** As it is sent. */
  toProblem(requestId?: string): Problem {
    return {
      type: `${PROBLEM_PREFIX}${this.code}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.message,
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...this.details,
    };
  }
}

/** What a problem says of the rule by which something was refused. */
export function ruleDetails(refusal: RuleRefusal | undefined): ProblemDetails {
  if (refusal === undefined) return {};
  const { rule, limit = null, value = null } = refusal;
  return { rule, limit, value };
}

/** Too many of something: with the time after which to come again. */
export function rateLimited(what: string, waitMs: number): ProblemError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new ProblemError(
    'rate-limited',
    `${what}: come again in ${seconds} s`,
    { retry_after: seconds },
    { headers: { 'Retry-After': String(seconds) } },
  );
}
