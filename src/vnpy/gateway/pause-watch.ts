/**
 * Notices that the whole process stood still. The reason may be a paused virtual machine, a container at the end of its share of
 * the processor, SIGSTOP or swapping.
 *
 * The threads of ZeroMQ stand still as well then. What holds the events meanwhile is the publisher's queue (1,000 in Python) and
 * TCP, which are tenths of a second of a busy market.
 *
 * @module
 */
import { LoopLook } from './loop-look.js';
import type { LoopReport } from './loop-look.js';

/** How often to look, in ms. */
const PERIOD = 50;

/** A process that is not found at work for so long, in ms, may have lost what was published. */
const PAUSE = 300;

/** A process that used this part of the time or more was not standing still, but at work: BusyWatch sees to that. */
const AT_WORK = 0.5;

/** How long what lies in the queues may take to be read, in ms, before it is compared all the same. */
const CATCH_UP = 1000;

/** Watches from {@link PauseWatch.start} to {@link PauseWatch.stop}. */
export class PauseWatch {
  readonly #onPaused: () => void;
  readonly #loop: { look(): LoopReport };
  #timer: NodeJS.Timeout | undefined;
  /** For how long what lay in the queues has been read since a pause, in ms: undefined when there was none. */
  #catchingUp: number | undefined;

  /**
   * @param onPaused - The process stood still, and now has read what there was, or has had the time for it.
   * @param loop - How it has fared.
   */
  constructor(onPaused: () => void, loop: { look(): LoopReport } = new LoopLook(PERIOD)) {
    this.#onPaused = onPaused;
    this.#loop = loop;
  }

  start(): void {
    this.#loop.look();
    this.#timer = setInterval(() => {
      this.look();
    }, PERIOD).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks now. */
  look(): void {
    const { elapsed, used, late, rested } = this.#loop.look();
    if (elapsed >= PAUSE && used < AT_WORK * elapsed) {
      this.#catchingUp = 0;
      return;
    }
    if (this.#catchingUp === undefined) return;
    this.#catchingUp += elapsed;
    if ((late || !rested) && this.#catchingUp < CATCH_UP) return;
    this.#catchingUp = undefined;
    this.#onPaused();
  }
}
