/**
 * The queue of one webhook: folds what repeats, posts no faster than a robot takes, and tries again.
 *
 * @module
 */
import type { Logger } from '../../rpc/index.js';
import type { GuardClock } from '../audit/clock.js';
import type { Alert } from './alert.js';
import type { Envelope, Told } from './message.js';
import type { Robot, Verdict } from './robots.js';

/** Posts once. Rejects where nothing was answered. */
export type Poster = (url: string, body: string) => Promise<{ readonly status: number; readonly body: string }>;

/** What it needs. */
export interface OutboxParts {
  /** For log lines: the host, and no more. */
  readonly shownAs: string;
  readonly robot: Robot;
  readonly envelope: Omit<Envelope, 'dropped'>;
  readonly clock: GuardClock;
  readonly poster: Poster;
  readonly logger: Logger;
  /** Takes secrets out of a text. */
  readonly masked: (text: string) => string;
  /** What an error of the poster says. */
  readonly reasonOf: (error: unknown) => string;
}

/** Between two posts, in ms: the robots take 20 a minute. */
const PAUSE = 3100;
/** What was told is told again after this time at the earliest, in ms, with its number. */
const REPEAT = 300_000;
/** After a failure, in ms; doubled each time. */
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 300_000;
/** What is older is not worth a message any more, in ms. */
const OLDEST = 3_600_000;
/** How often a message that a robot refuses is tried. */
const TRIES = 3;
/** Alerts that wait, and keys that are remembered. */
const MAX_WAITING = 200;
const MAX_KEYS = 1000;

/** An alert that waits. */
interface Waiting extends Told {
  readonly refusals: number;
}

/** What was told not long ago. */
interface Repeats {
  alert: Alert;
  time: number;
  count: number;
  readonly forget: () => void;
}

/** Alerts on their way to one webhook. */
export class Outbox {
  readonly #parts: OutboxParts;
  /** By key, the newest last. */
  #waiting = new Map<string, Waiting>();
  readonly #told = new Map<string, Repeats>();
  #dropped = 0;
  #failures = 0;
  /** The last reason that was logged; undefined while it works. */
  #problem: string | undefined;
  #running: Promise<void> | undefined;
  /** µs before which nothing is posted. */
  #next = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Takes an alert. Never throws, and waits for nothing. */
  push(alert: Alert): void {
    if (this.#isClosed) return;
    for (const key of alert.ends ?? []) {
      this.#told.get(key)?.forget();
      this.#told.delete(key);
    }
    const time = this.#ms();
    const repeats = this.#told.get(alert.key);
    if (repeats !== undefined) {
      repeats.alert = alert;
      repeats.time = time;
      repeats.count++;
      return;
    }
    this.#wait({ alert, time, count: 1, refusals: 0 });
  }

  /** Tries what waits once more, at once, for `ms` at most. Takes nothing after it. */
  async close(ms: number): Promise<void> {
    if (this.#isClosed) return;
    for (const { alert, time, count, forget } of this.#told.values()) {
      forget();
      if (count > 0) this.#wait({ alert, time, count, refusals: 0 });
    }
    this.#told.clear();
    this.#isClosed = true;
    this.#wake?.();
    if (this.#running === undefined) return;
    let stop: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      stop = this.#parts.clock.after(ms, resolve);
    });
    await Promise.race([this.#running, over]);
    stop();
  }

  #wait(waiting: Waiting): void {
    const { key } = waiting.alert;
    const known = this.#waiting.get(key);
    // At the end: the order of the newest is what tells how it is now.
    this.#waiting.delete(key);
    this.#waiting.set(key, known === undefined ? waiting : { ...waiting, count: waiting.count + known.count });
    while (this.#waiting.size > MAX_WAITING) this.#drop();
    this.#running ??= this.#run();
  }

  /** The oldest that is not critical goes first. */
  #drop(): void {
    const [oldest] = this.#waiting.keys();
    const minor = [...this.#waiting].find(([, { alert }]) => alert.severity !== 'critical');
    this.#waiting.delete(minor?.[0] ?? oldest ?? '');
    this.#dropped++;
  }

  async #run(): Promise<void> {
    // What comes in one turn goes in one message.
    await Promise.resolve();
    let isLast = false;
    while (this.#waiting.size > 0 && !isLast) {
      await this.#until(this.#next);
      isLast = this.#isClosed;
      await this.#post();
    }
    // In the same turn: what comes after it begins another run.
    this.#running = undefined;
  }

  async #post(): Promise<void> {
    const { robot, envelope, clock } = this.#parts;
    const now = this.#ms();
    for (const [key, { time }] of this.#waiting) {
      if (now - time <= OLDEST) continue;
      this.#waiting.delete(key);
      this.#dropped++;
    }
    const all = [...this.#waiting.values()];
    if (all.length === 0) return;
    const dropped = this.#dropped;
    const { url, body, count } = robot.post(all, { ...envelope, dropped }, now);
    const batch = all.slice(0, count);
    for (const { alert } of batch) this.#waiting.delete(alert.key);
    const verdict = await this.#ask(url, body);
    const posted = clock.micros();
    if (verdict.kind === 'taken') {
      this.#taken(batch, dropped);
      this.#next = posted + PAUSE * 1000;
      return;
    }
    this.#failed(verdict, batch);
    const wait = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(20, this.#failures++));
    this.#next = posted + Math.max(PAUSE, wait) * 1000;
  }

  async #ask(url: string, body: string): Promise<Verdict> {
    const { poster, robot } = this.#parts;
    try {
      const answer = await poster(url, body);
      return robot.verdict(answer.status, answer.body);
    } catch (error) {
      return { kind: 'later', reason: this.#parts.reasonOf(error) };
    }
  }

  #taken(batch: readonly Waiting[], dropped: number): void {
    this.#dropped -= dropped;
    this.#failures = 0;
    if (this.#problem !== undefined) {
      this.#problem = undefined;
      this.#parts.logger.info(`alerts: ${this.#parts.shownAs} takes them again`);
    }
    for (const { alert } of batch) this.#remember(alert);
  }

  #failed(verdict: { readonly kind: 'later' | 'refused'; readonly reason: string }, batch: readonly Waiting[]): void {
    const { logger, shownAs, masked } = this.#parts;
    if (this.#problem === undefined) logger.error(`alerts: ${shownAs} does not take them: ${masked(verdict.reason)}`);
    this.#problem = verdict.reason;
    const newer = this.#waiting;
    this.#waiting = new Map();
    for (const { refusals, ...told } of batch) {
      const tries = refusals + (verdict.kind === 'refused' ? 1 : 0);
      if (tries < TRIES) this.#waiting.set(told.alert.key, { ...told, refusals: tries });
      else this.#dropped++;
    }
    for (const [key, waiting] of newer) {
      const older = this.#waiting.get(key);
      this.#waiting.delete(key);
      this.#waiting.set(key, { ...waiting, count: waiting.count + (older?.count ?? 0) });
    }
    while (this.#waiting.size > MAX_WAITING) this.#drop();
  }

  /** For a while the same is counted only. */
  #remember(alert: Alert): void {
    const { key } = alert;
    if (this.#isClosed || this.#isOver(alert)) return;
    if (this.#told.size >= MAX_KEYS) {
      const [oldest] = this.#told.keys();
      this.#told.get(oldest ?? '')?.forget();
      this.#told.delete(oldest ?? '');
    }
    const repeats: Repeats = {
      ...{ alert, time: 0, count: 0 },
      forget: this.#parts.clock.after(REPEAT, () => {
        this.#told.delete(key);
        if (repeats.count > 0 && !this.#isClosed)
          this.#wait({ alert: repeats.alert, time: repeats.time, count: repeats.count, refusals: 0 });
      }),
    };
    this.#told.set(key, repeats);
  }

  /** While it was posted, what ends it has come: if it comes again, that is news. */
  #isOver({ key }: Alert): boolean {
    return [...this.#waiting.values()].some(({ alert }) => alert.ends?.includes(key) === true);
  }

  #until(micros: number): Promise<void> {
    const ms = (micros - this.#parts.clock.micros()) / 1000;
    if (ms <= 0 || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      // A clock that was set back by a person must not make it wait for years.
      const stop = this.#parts.clock.after(Math.min(ms, LONGEST_RETRY), resolve);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
  }

  #ms(): number {
    return Math.floor(this.#parts.clock.micros() / 1000);
  }
}
