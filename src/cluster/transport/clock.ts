/**
 * The times that the cluster goes by.
 *
 * @module
 */

/** Tells the time in two ways, and waits. Given by tests. */
export interface ClusterClock {
  /**
   * Ms from any beginning, which never run back, and stand still while a virtual machine sleeps. They have no meaning on another
   * machine.
   */
  now(): number;
  /** Ms since 1970 by this machine's clock. It goes on while a machine sleeps, and may be set. */
  wall(): number;
  /** Calls once after `ms`; what it returns takes it back. Keeps no process alive. */
  after(ms: number, call: () => void): () => void;
}

/** The clock of this machine. */
export const SYSTEM_CLOCK: ClusterClock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
