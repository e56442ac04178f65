import { readFileSync } from 'node:fs';

/**
 * How long a program keeps its event loop from turning, in ms of its main thread's CPU time.
 *
 * Wall-clock measures (`monitorEventLoopDelay`) also count the time in which the machine runs other processes, a Python
 * server at full speed for instance; what a program does to its own event loop is the CPU time between two turns.
 */
export class LoopProbe {
  readonly #bursts: number[] = [];
  #last = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Begins anew. */
  start(): void {
    this.#bursts.length = 0;
    this.resume();
  }

  /** What follows does not count. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Goes on after a pause. */
  resume(): void {
    this.#last = mainThreadTime();
    const turn = (): void => {
      const now = mainThreadTime();
      this.#bursts.push(now - this.#last);
      this.#last = now;
      this.#timer = setTimeout(turn, 1);
    };
    this.#timer = setTimeout(turn, 1);
  }

  /** @returns The longest burst, and the one that 99 % of all turns stayed below. */
  stop(): { readonly max: number; readonly p99: number; readonly turns: number } {
    this.pause();
    const sorted = this.#bursts.sort((a, b) => a - b);
    return { max: sorted.at(-1) ?? 0, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0, turns: sorted.length };
  }
}

/** CPU time of the main thread in ms; where the system does not tell, that of all threads. */
function mainThreadTime(): number {
  try {
    const [nanoseconds = ''] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
