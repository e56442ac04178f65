/**
 * The end of a command that runs for a given time.
 *
 * @module
 */

/** The longest that a timer of Node.js can be set for, in ms. */
const LONGEST = 2 ** 31 - 1;

/** A signal that fires at the end of a time, and what lets go of its timer. */
export interface TimedEnd extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that fires with another one, or when a time is over.
 *
 * Not `AbortSignal.any([signal, AbortSignal.timeout(time)])`: nothing but the combined signal knows of the timeout then,
 * and Node.js 20 collects it as garbage, so that it never fires.
 *
 * @param time - In ms; undefined: until the other signal fires.
 */
export function endAfter(signal: AbortSignal, time: number | undefined): TimedEnd {
  if (time === undefined) return { signal, [Symbol.dispose]: () => undefined };
  const ending = new AbortController();
  const abort = (): void => {
    ending.abort(signal.reason);
  };
  const dueAt = performance.now() + time;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const left = dueAt - performance.now();
    if (left <= 0) ending.abort(new DOMException('The time is over', 'TimeoutError'));
    // In parts: a timer cannot be set for longer than 24 days.
    else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST));
  };
  if (signal.aborted) {
    abort();
  } else {
    signal.addEventListener('abort', abort, { once: true });
    wait();
  }
  return {
    signal: ending.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
