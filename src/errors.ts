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

/** Longer texts are cut, in characters: an error may quote the data that it is about, and what is written about it grows. */
const LONGEST_TEXT = 2 ** 20;

/** The text of anything that was thrown, for a log line or for the message of another error. Never throws. */
export function messageOf(thrown: unknown): string {
  return readError(thrown, 'message') ?? describeThrown(thrown);
}

/**
 * A text of an error. Undefined where what was thrown is no error, or has something else there. Undefined as well where it will
 * not be looked at, as a revoked Proxy or a getter that throws. Never throws.
 */
export function readError(thrown: unknown, property: 'name' | 'message' | 'stack'): string | undefined {
  try {
    if (!(thrown instanceof Error)) return undefined;

    const value: unknown = thrown[property];
    return typeof value === 'string' ? cut(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Any value as text, also one whose own conversion throws. Never throws. */
export function describeThrown(value: unknown): string {
  if (typeof value === 'function') return '[function]'; // Its text would be the program's source.

  try {
    return cut(String(value));
  } catch {
    try {
      return Object.prototype.toString.call(value);
    } catch {
      return '[object]';
    }
  }
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
