/**
 * Where the library's log lines go. Nothing is printed unless a logger is given.
 *
 * @module
 */

/** The part of `console` and of a pino logger that this package uses: one finished line a call. */
export interface Logger {
  /** What happens all the time. */
  debug(message: string): void;
  /** What happens seldom, and is as it should be. */
  info(message: string): void;
  /** What works, and may not be what was meant. */
  warn(message: string): void;
  /** What does not work. */
  error(message: string): void;
}

/** Says nothing: the default. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
