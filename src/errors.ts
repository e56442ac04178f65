/**
 * The error that every error of this package extends.
 *
 * @module
 */

/** Options of {@link BridgeError}. */
export interface BridgeErrorOptions {
  /** What caused this error, kept for whoever reads the log. */
  readonly cause?: unknown;
}

/**
 * Base of all errors that this package throws on purpose. `code` is a closed union in every subclass, so a program
 * decides by `error.code` and a person reads `error.message`.
 */
export abstract class BridgeError<Code extends string = string> extends Error {
  /** What went wrong, for programs: stable between versions. */
  readonly code: Code;

  protected constructor(code: Code, message: string, options: BridgeErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The text of anything that was thrown, for a log line or for the message of another error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
