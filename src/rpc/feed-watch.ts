/**
 * Judges the silence of the subscription of a server that answers.
 *
 * vnpy's server sends its heartbeat, every 10 s, from the loop that runs the requests (vnpy/rpc/server.py). When it answers a
 * request and still no heartbeat comes, the subscription leads elsewhere. That is the wrong port, or a forwarder that has lost
 * its server. Orders and ticks do not come either then, and nothing else would tell.
 *
 * @module
 */
import { MAX_DELAY } from './options.js';
import type { HeartbeatOptions } from './options.js';

/** What the watch asks and tells. */
export interface FeedWatchOptions {
  readonly heartbeat: Pick<Required<HeartbeatOptions>, 'feedTolerance' | 'probeTimeout'>;
  /** Whether the server may be at work for us, and so has a reason to be silent. */
  readonly busy: () => boolean;
  /** The subscription was found dead, or gave a sign of life again. */
  readonly onChange: () => void;
}

/** How often the end of a running call is looked for, in ms. */
const RECHECK = 1000;

/** Watches from {@link FeedWatch.start} to {@link FeedWatch.stop}. */
export class FeedWatch {
  readonly #options: FeedWatchOptions;
  /** `waiting`: for an answer. `answered`: it came, and a heartbeat should have come by now. */
  #state: 'off' | 'watching' | 'waiting' | 'answered' | 'dead' = 'off';
  #lastEvent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FeedWatchOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#state !== 'off';
  }

  get dead(): boolean {
    return this.#state === 'dead';
  }

  /** For how long the subscription has given nothing, in ms. */
  get silence(): number {
    return performance.now() - this.#lastEvent;
  }

  /** The connections stand: begins to watch. */
  start(): void {
    this.stop();
    this.#lastEvent = performance.now();
    this.#watch();
  }

  /** A connection broke, or the client stops. */
  stop(): void {
    this.#state = 'off';
    clearTimeout(this.#timer);
  }

  /** A message came over the subscription, `now` by performance.now(). Called for each one: it must be cheap. */
  event(now: number): void {
    this.#lastEvent = now;
    if (this.#state !== 'watching' && this.#state !== 'off') {
      const changed = this.dead;
      this.#watch();
      if (changed) this.#options.onChange();
    }
  }

  /** An answer came: the server's loop runs. */
  answer(): void {
    if (this.#state === 'waiting') {
      this.#state = 'answered';
      // The heartbeat goes another way than the answer, and lies unread while this program is busy.
      this.#wait(this.#options.heartbeat.probeTimeout, () => {
        setImmediate(() => {
          this.#sentence();
        });
      });
    }
  }

  #watch(): void {
    this.#state = 'watching';
    this.#wait(this.#options.heartbeat.feedTolerance, () => {
      this.#judge();
    });
  }

  #judge(): void {
    const left = this.#options.heartbeat.feedTolerance - this.silence;
    if (left > 0 || this.#options.busy()) {
      this.#wait(Math.max(left, RECHECK), () => {
        this.#judge();
      });
      return;
    }
    // Any answer will do. When nothing at all comes, the other watchdog asks for one, once.
    this.#state = 'waiting';
  }

  #sentence(): void {
    if (this.#state === 'answered') {
      this.#state = 'dead';
      this.#options.onChange();
    }
  }

  #wait(delay: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (delay !== Infinity) this.#timer = setTimeout(then, Math.min(delay, MAX_DELAY));
  }
}
