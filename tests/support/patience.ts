/**
 * Waiting for what happens in its own time: sockets, other processes, timers of the program.
 *
 * @module
 */
import { vi } from 'vitest';

/**
 * Resolves when the condition no longer throws. Gives up within the test's time, so that what it threw last is told; the
 * second that `vi.waitFor` waits by itself is what a busy machine takes for a moment's work.
 */
export function eventually(condition: () => void): Promise<void> {
  return vi.waitFor(condition, { timeout: 30_000, interval: 10 });
}
