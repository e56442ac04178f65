/**
 * The error of the programs themselves, and how any error is told in the language of its reader.
 *
 * @module
 */
import { BridgeError, messageOf } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';
import { errors } from '../lang/en/errors.js';
import type { ErrorTexts } from '../lang/en/errors.js';

/** Codes of {@link CliError}. */
export type CliErrorCode =
  | 'USAGE' // a wrong argument, option, environment variable or configuration file
  | 'FILE' // a file that cannot be read or written, or is not what it should be
  | 'REFUSED' // the server's answer is no answer to what was asked
  | 'UNREACHABLE'; // nobody answers at an address

/** What an error says, of the texts of a language. */
export type Said = (texts: ErrorTexts) => string;

/** The program cannot do what it was asked to; the message, which is English, says what to do. */
export class CliError extends BridgeError<CliErrorCode> {
  /** The same in any language. */
  readonly said: Said;

  /** @param said - A sentence of the catalogues; or a text, which is the same in every language. */
  constructor(code: CliErrorCode, said: Said | string, options: BridgeErrorOptions = {}) {
    const say = typeof said === 'string' ? (): string => said : said;
    super(code, say(errors), options);
    this.said = say;
  }

  /** A file that cannot be read or written, by the path that the user gave. */
  static file(path: string, cause: unknown): CliError {
    return new CliError('FILE', (texts) => texts.file(path, tell(cause, texts)), { cause });
  }
}

/** A value that somebody gave is not as it must be. Its sentence is completed by where it stood. */
export class ValueError extends Error {
  readonly said: Said;

  constructor(said: (values: ErrorTexts['values']) => string) {
    super(said(errors.values));
    this.said = ({ values }) => said(values);
  }
}

/** What an error says in a language. One of others says so by its code where the language has a sentence for that. */
export function tell(error: unknown, texts: ErrorTexts): string {
  if (error instanceof CliError || error instanceof ValueError) return error.said(texts);
  const message = messageOf(error);
  if (error instanceof BridgeError) {
    const { name: kind, code } = error as BridgeError;
    return texts.ofLibrary({ kind, code, message });
  }
  return isSystemError(error) ? texts.ofSystem(error.code, message) : message;
}

/** An error of the operating system: a file or an address that cannot be used, as a rule. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
