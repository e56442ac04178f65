/**
 * The newest lines of the applications' logs.
 *
 * @module
 */
import type { AppLog } from '../schema/index.js';
import type { AppLogging } from './apps.js';
import type { Place } from './places.js';

/** Lines of one application. */
const MAX_LINES = 200;

/** A traceback may be long; more of a line is cut. */
const MAX_LINE = 4000;

/** Keeps lines from its making on. */
export class AppLogs {
  readonly #lines = new Map<string, AppLog[]>();
  readonly #ends: readonly (() => void)[];

  /** @param now - ms since 1970. */
  constructor(places: readonly Place[], now: () => number) {
    this.#ends = places.map(({ app, server, key, control }) => {
      const lines: AppLog[] = [];
      this.#lines.set(key, lines);
      const logging: AppLogging = control;
      return logging.on('log', ({ msg }) => {
        const message = msg.length > MAX_LINE ? `${msg.slice(0, MAX_LINE)}…` : msg;
        lines.push({ app, server, time: new Date(now()).toISOString(), message });
        if (lines.length > MAX_LINES) lines.shift();
      });
    });
  }

  /** The lines of some places, newest last. */
  of(places: readonly Place[]): AppLog[] {
    return places
      .flatMap(({ key }) => this.#lines.get(key) ?? [])
      .sort((left, right) => (left.time < right.time ? -1 : Number(left.time > right.time)));
  }

  close(): void {
    for (const end of this.#ends) end();
  }
}
