/**
 * One piece of data, and no more.
 *
 * @module
 */
import { MAX_DELAY } from '../../rpc/internal.js';
import type { SignalWatch } from '../../rpc/internal.js';
import { GatewayError } from '../errors.js';

/** What a user looks at first where no tick comes. */
const NO_TICK =
  ': a tick comes only of a contract that is subscribed, while its market is open and the gateway in the server is connected';

/**
 * The first item of a stream, which is then ended.
 *
 * @param open - Makes the stream, which its signal ends.
 * @throws GatewayError `TIMEOUT`, `ABORTED`; `CLOSED` when the stream ends of itself.
 */
export async function nextOf<Item>(
  kind: string,
  { timeout = Infinity, signal }: { readonly timeout: number | undefined; readonly signal: AbortSignal | undefined },
  signals: SignalWatch,
  open: (end: AbortSignal) => AsyncIterableIterator<Item, undefined>,
): Promise<Item> {
  const aborted = (): GatewayError =>
    new GatewayError('ABORTED', `Waiting for the next ${kind} was aborted`, { cause: signal?.reason });
  if (signal?.aborted === true) throw aborted();
  const ending = new AbortController();
  const stream = open(ending.signal);
  let reason = new GatewayError('CLOSED', 'The gateway was closed');
  const timer =
    timeout === Infinity
      ? undefined
      : setTimeout(
          () => {
            reason = new GatewayError(
              'TIMEOUT',
              `No ${kind} came within ${timeout} ms${kind === 'tick' ? NO_TICK : ''}`,
            );
            ending.abort();
          },
          Math.min(timeout, MAX_DELAY),
        );
  const unwatch = signals.watch(signal, () => {
    reason = aborted();
    ending.abort();
  });
  try {
    const result = await stream.next();
    if (result.done !== true) return result.value;
    throw reason;
  } finally {
    clearTimeout(timer);
    unwatch();
    await stream.return?.();
  }
}
