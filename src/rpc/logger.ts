/**
 * Where the library's log lines go. Nothing is printed unless a logger is given.
 *
 * @module
 */

/** The part of `console` and of a pino logger that this package uses: one finished line a call. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Says nothing: the default. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
