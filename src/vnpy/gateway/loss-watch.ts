/**
 * Everything that gives reason to compare although no connection was lost.
 *
 * @module
 */
import type { Reporter } from '../../rpc/internal.js';
import { BusyWatch } from './busy-watch.js';
import { Comparisons } from './comparisons.js';
import type { Intake } from './intake.js';
import { PauseWatch } from './pause-watch.js';
import { Suspicions } from './suspicions.js';
import type { Synchroniser } from './sync.js';
import type { GatewayProblem } from './types.js';

/** As the options of the gateway. */
interface LossWatchOptions {
  /** How long the event loop may have no rest, in ms. A socket of the client holds more than this time's events. */
  readonly stallTolerance: number;
  /** From one comparison of orders and trades to the next, in ms. */
  readonly compareInterval: number;
}

/** What is watched, who compares, and who is told. */
export interface LossWatchParts {
  readonly intake: Intake;
  readonly sync: Synchroniser;
  readonly reporter: Reporter<GatewayProblem>;
}

/** The watch for events that were lost without a word. */
export class LossWatch {
  readonly suspicions: Suspicions;
  readonly comparisons: Comparisons;
  readonly #busy: BusyWatch;
  readonly #pause: PauseWatch;

  constructor({ stallTolerance, compareInterval }: LossWatchOptions, { intake, sync, reporter }: LossWatchParts) {
    this.#busy = new BusyWatch(stallTolerance, () => {
      void sync.stalled();
    });
    this.comparisons = new Comparisons({
      interval: compareInterval,
      compare: (reason) => {
        sync.compare(reason);
      },
    });
    this.#pause = new PauseWatch(() => {
      this.comparisons.paused();
    });
    this.suspicions = new Suspicions({
      orders: intake.maps.order,
      trades: intake.maps.trade,
      fills: () => intake.state.fills,
      generation: (vtOrderid) => intake.lives.generation(vtOrderid),
      compare: () => {
        this.comparisons.suspicious();
      },
      report: (problem) => {
        reporter.report(problem);
      },
    });
    intake.follow({
      orderNews: (data) => {
        this.suspicions.take(data);
      },
    });
    sync.follow((compared) => {
      this.comparisons.compared(compared);
      this.suspicions.compared(compared);
    });
  }

  /** The gateway begins to connect. */
  start(): void {
    this.#busy.start();
    this.#pause.start();
  }

  /** For good. */
  stop(): void {
    this.#busy.stop();
    this.#pause.stop();
    this.comparisons.stop();
    this.suspicions.stop();
  }
}
