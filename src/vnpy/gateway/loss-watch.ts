/**
 * Everything that gives reason to compare although no connection was lost.
 *
 * @module
 */
import { duration } from '../../rpc/checks.js';
import { BusyWatch } from './busy-watch.js';
import { Comparisons } from './comparisons.js';
import type { Compared } from './comparisons.js';
import type { Intake } from './intake.js';
import { PauseWatch } from './pause-watch.js';
import { Suspicions } from './suspicions.js';
import type { SuspicionsContext } from './suspicions.js';
import type { Synchroniser } from './sync.js';

/** How long the event loop may have no rest, in ms. A socket of the client holds more than this time's events. */
const STALL_TOLERANCE = 5000;

/** From one comparison of orders and trades to the next, in ms. */
const COMPARE_INTERVAL = 60_000;

/** As the options of the gateway. */
interface LossWatchOptions {
  readonly stallTolerance: number | undefined;
  readonly compareInterval: number | undefined;
}

/** What the watch needs of the gateway. */
export interface LossWatchContext {
  readonly orders: SuspicionsContext['orders'];
  readonly trades: SuspicionsContext['trades'];
  readonly report: SuspicionsContext['report'];
  readonly intake: () => Pick<Intake, 'state' | 'lives'>;
  readonly sync: () => Pick<Synchroniser, 'compare' | 'stalled'>;
}

/** The watch for events that were lost without a word. */
export class LossWatch {
  readonly suspicions: Suspicions;
  readonly comparisons: Comparisons;
  readonly #busy: BusyWatch;
  readonly #pause: PauseWatch;

  /** @throws RpcUsageError `BAD_OPTION` for what is no time. */
  constructor(
    { stallTolerance = STALL_TOLERANCE, compareInterval = COMPARE_INTERVAL }: LossWatchOptions,
    { orders, trades, report, intake, sync }: LossWatchContext,
  ) {
    this.#busy = new BusyWatch(duration('stallTolerance', stallTolerance), () => {
      void sync().stalled();
    });
    this.comparisons = new Comparisons({
      interval: duration('compareInterval', compareInterval),
      compare: (reason) => {
        sync().compare(reason);
      },
    });
    this.#pause = new PauseWatch(() => {
      this.comparisons.paused();
    });
    this.suspicions = new Suspicions({
      orders,
      trades,
      fills: () => intake().state.fills,
      generation: (vtOrderid) => intake().lives.generation(vtOrderid),
      compare: () => {
        this.comparisons.suspicious();
      },
      report,
    });
  }

  /** The gateway begins to connect. */
  start(): void {
    this.#busy.start();
    this.#pause.start();
  }

  /** Orders and trades are compared, or have been asked for the first time. */
  compared(compared: Compared): void {
    this.comparisons.compared(compared);
    this.suspicions.compared(compared);
  }

  /** For good. */
  stop(): void {
    this.#busy.stop();
    this.#pause.stop();
    this.comparisons.stop();
    this.suspicions.stop();
  }
}
