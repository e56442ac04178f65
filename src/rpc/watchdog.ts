/**
 * Judges a server's silence while its connections stand.
 *
 * vnpy's server sends its heartbeat from the loop that also runs the requests (vnpy/rpc/server.py). So silence is no alarm
 * while a call of ours is running. A server whose thread has died stays silent although TCP, and even ZeroMQ's own pings, go
 * on. So a suspicious client sends one harmless request. It reports the server only if that is not answered either.
 *
 * @module
 */
import { MAX_DELAY } from './options.js';
import type { HeartbeatOptions } from './options.js';

/** What the watchdog asks and tells. */
export interface WatchdogOptions {
  readonly heartbeat: Pick<Required<HeartbeatOptions>, 'tolerance' | 'probeTimeout'>;
  /** Whether the server is expected to speak unasked: only where a subscription exists. */
  readonly expectHeartbeats: boolean;
  /**
   * Whether the server may well be at work for us. It may, if a caller still waits for the oldest request that it has not
   * answered.
   */
  readonly busy: () => boolean;
  /** Sends a request that any living server answers. */
  readonly probe: () => void;
  /** The server became unresponsive, or gave a sign of life again. */
  readonly onChange: () => void;
}

type WatchdogState = 'off' | 'watching' | 'suspicious' | 'unresponsive';

/** How often the end of a running call is looked for, in ms. */
const RECHECK = 1000;

/** Watches from {@link Watchdog.start} to {@link Watchdog.stop}. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #state: WatchdogState = 'off';
  #lastSign = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#state !== 'off';
  }

  get unresponsive(): boolean {
    return this.#state === 'unresponsive';
  }

  /** For how long nothing has come, in ms. */
  get silence(): number {
    return performance.now() - this.#lastSign;
  }

  /** The connections stand: begins to watch. */
  start(): void {
    this.stop();
    this.#lastSign = performance.now();
    this.#watch();
  }

  /** A connection broke, or the client stops. */
  stop(): void {
    this.#state = 'off';
    clearTimeout(this.#timer);
  }

  /** Any message at all came, `now` by performance.now(). Called for each one: it must be cheap. */
  sign(now: number): void {
    this.#lastSign = now;
    if (this.#state === 'suspicious' || this.#state === 'unresponsive') {
      const changed = this.unresponsive;
      clearTimeout(this.#timer);
      this.#watch();
      if (changed) this.#options.onChange();
    }
  }

  /** A call timed out that had left at `sentAt`: silence since then needs no further patience. */
  callTimedOut(sentAt: number): void {
    if (this.#state === 'watching' && this.#lastSign < sentAt && this.#options.heartbeat.tolerance !== Infinity)
      this.#suspect();
  }

  #watch(): void {
    this.#state = 'watching';
    if (this.#options.expectHeartbeats) {
      this.#wait(this.#options.heartbeat.tolerance, () => {
        this.#judge();
      });
    }
  }

  #judge(): void {
    const left = this.#options.heartbeat.tolerance - this.silence;
    if (left > 0 || this.#options.busy()) {
      this.#wait(Math.max(left, RECHECK), () => {
        this.#judge();
      });
    } else {
      this.#suspect();
    }
  }

  #suspect(): void {
    this.#state = 'suspicious';
    clearTimeout(this.#timer);
    this.#options.probe();
    this.#wait(this.#options.heartbeat.probeTimeout, () => {
      // When this program was busy, the answer may lie unread: let the event loop read before judging.
      setImmediate(() => {
        this.#sentence();
      });
    });
  }

  #sentence(): void {
    if (this.#state !== 'suspicious') return;

    if (this.#options.busy()) {
      this.#wait(RECHECK, () => {
        this.#sentence();
      });
      return;
    }
    this.#state = 'unresponsive';
    this.#options.onChange();
  }

  #wait(delay: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (delay !== Infinity) this.#timer = setTimeout(then, Math.min(delay, MAX_DELAY));
  }
}
