import * as zmq from 'zeromq';
import type { ConnectionListener } from '../../../src/rpc/transport.js';
import type { ZmqModule } from '../../../src/rpc/zeromq/module.js';

/** Hears nothing. */
export const NO_LISTENER: ConnectionListener = {
  opened: () => undefined,
  message: () => undefined,
  closed: () => undefined,
};

/**
 * zeromq, whose sockets can be looked at.
 *
 * @param onWritable - Told when a publisher is asked whether it can send.
 */
export function watchedZmq(onWritable: () => void = () => undefined): { module: ZmqModule; made: zmq.Socket[] } {
  const made: zmq.Socket[] = [];
  const watched = <Class extends new (...args: never[]) => zmq.Socket>(type: Class): Class =>
    new Proxy(type, {
      construct: (target, args, newTarget) => {
        const socket = Reflect.construct(target, args, newTarget) as zmq.Socket;
        made.push(socket);
        return socket;
      },
    });
  class Publisher extends zmq.Publisher {}
  // zeromq's sockets themselves take no properties.
  Object.defineProperty(Publisher.prototype, 'writable', {
    get(this: zmq.Publisher) {
      onWritable();
      return Reflect.get(zmq.Publisher.prototype, 'writable', this);
    },
  });
  const module = {
    ...zmq,
    Dealer: watched(zmq.Dealer),
    Subscriber: watched(zmq.Subscriber),
    Router: watched(zmq.Router),
    Publisher: watched(Publisher),
  };
  return { module, made };
}
