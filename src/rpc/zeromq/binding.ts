/**
 * Binding sockets to addresses, and letting go of them.
 *
 * @module
 */
import { checkIpcPath } from '../address.js';
import type { Address } from '../address.js';
import { RpcTransportError } from '../errors.js';
import type { PublishSocket, ReplySocket } from '../transport.js';
import { socketError } from '../failures.js';
import type { Observer, Publisher, Router } from './module.js';

/** What is bound: where, and how to end it. */
export type BoundSocket = Pick<ReplySocket | PublishSocket, 'address' | 'close'>;

/** How long `close()` waits for libzmq to let go of an address, in ms: as a rule it is one. */
const RELEASE_TIMEOUT = 500;

/** How long after a client has come or gone `tidy` is called, in ms: once for all of a burst. */
const TIDY_DELAY = 100;

/**
 * @param tidy - called soon after a client has come or gone.
 * @throws RpcTransportError, and leaves nothing open then.
 */
export async function bindSocket(
  socket: Router | Publisher,
  address: Address,
  tidy?: () => void,
): Promise<BoundSocket> {
  try {
    if (address.scheme === 'ipc') await checkIpcPath(address);

    await socket.bind(address.scheme === 'tcp' ? bindText(address) : address.text);
    const released = whenReleased(socket, tidy); // Not before: a monitor's own work overwrites the errno of a failed bind.
    return {
      address: socket.lastEndpoint ?? address.text,
      close: async () => {
        socket.close();
        await within(RELEASE_TIMEOUT, released);
      },
    };
  } catch (error) {
    socket.close();
    throw error instanceof RpcTransportError ? error : socketError('bind', address.text, error);
  }
}

/** Waits for a promise, but no longer than `time` ms. */
function within(time: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Follows what happens at the socket, and resolves when libzmq has let go of the address. It does so a moment after `close()`,
 * and only then can the address be bound again. Calling `unbind()` first is no way, because zeromq.js runs it in another thread.
 * While a `receive()` is pending, the two threads in one socket end the process with a failed assertion.
 */
async function whenReleased(socket: Router | Publisher, tidy?: () => void): Promise<void> {
  let events: Observer;
  try {
    events = socket.events;
  } catch {
    return; // As with ZmqConnection: nothing to be learnt then.
  }
  let tidying: NodeJS.Timeout | undefined;
  for await (const event of events) {
    if (event.type === 'end') {
      clearTimeout(tidying);
      return;
    }
    tidying ??= setTimeout(() => {
      tidying = undefined;
      tidy?.();
    }, TIDY_DELAY).unref();
  }
}

/** libzmq binds no names but those of interfaces; `localhost` is the one that people write. */
function bindText(address: Address & { readonly scheme: 'tcp' }): string {
  const host = address.host === 'localhost' ? '127.0.0.1' : address.host;
  return `tcp://${host}:${address.port}`;
}
