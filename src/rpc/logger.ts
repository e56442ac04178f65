/**
 * Where the library's log lines go. Nothing is printed unless a logger is given.
 *
 * @module
 */
import { Console } from 'node:console';
import { messageOf } from '../errors.js';
import { withMethods } from './checks.js';

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

/** Whether nothing of what is logged is to be seen anywhere. */
export function isSilent(logger: Logger): boolean {
  return logger === silentLogger || (logger instanceof GuardedLogger && logger.isSilent);
}

/** One guard for a logger, however many clients and servers have it: so that its failure is told once. */
const guards = new WeakMap<Logger, GuardedLogger>();

/**
 * A logger that never throws, in front of the one of the options. A line that cannot be written must not end what it tells of.
 * Lines to a console begin with `vnpy-bridge: `. They stand there among a program's own. Other loggers mark lines by fields of
 * theirs (`pino.child({ name })`), and get them bare.
 * @throws RpcUsageError if one of the four methods is missing.
 */
export function guardedLogger(logger: Logger = silentLogger): Logger {
  if (logger instanceof GuardedLogger) return logger;

  withMethods('logger', logger, ['debug', 'info', 'warn', 'error']);
  const guard = guards.get(logger) ?? new GuardedLogger(logger);
  guards.set(logger, guard);
  return guard;
}

class GuardedLogger implements Logger {
  /** A method that returns something else than nothing is an async one, in JavaScript or by TypeScript's leave. */
  readonly #logger: { readonly [Level in keyof Logger]: (message: string) => unknown };
  readonly #prefix: string;
  #failed = false;

  get isSilent(): boolean {
    return this.#logger === silentLogger;
  }

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#prefix = logger instanceof Console ? 'vnpy-bridge: ' : '';
  }

  debug(message: string): void {
    this.#write('debug', message);
  }

  info(message: string): void {
    this.#write('info', message);
  }

  warn(message: string): void {
    this.#write('warn', message);
  }

  error(message: string): void {
    this.#write('error', message);
  }

  #write(level: keyof Logger, message: string): void {
    try {
      const written = this.#logger[level](this.#prefix + message);
      if (written instanceof Promise) {
        written.catch((error: unknown) => {
          this.#tell(level, error);
        });
      }
    } catch (error) {
      this.#tell(level, error);
    }
  }

  /** Where nothing can be logged, a warning of the process is all that is left; one, because log lines are many. */
  #tell(level: keyof Logger, error: unknown): void {
    if (!this.#failed) {
      this.#failed = true;
      process.emitWarning(
        `logger.${level}() failed: ${messageOf(error)}. Log lines are lost; this is said once`,
        'VnpyBridgeWarning',
      );
    }
  }
}
