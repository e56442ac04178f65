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
  class Dealer extends zmq.Dealer {
    constructor(options?: zmq.SocketOptions<zmq.Dealer>) {
      super(options);
      made.push(this);
    }
  }
  class Subscriber extends zmq.Subscriber {
    constructor(options?: zmq.SocketOptions<zmq.Subscriber>) {
      super(options);
      made.push(this);
    }
  }
  class Router extends zmq.Router {
    constructor(options?: zmq.SocketOptions<zmq.Router>) {
      super(options);
      made.push(this);
    }
  }
  class Publisher extends zmq.Publisher {
    constructor(options?: zmq.SocketOptions<zmq.Publisher>) {
      super(options);
      made.push(this);
    }
  }
  // zeromq's sockets themselves take no properties.
  Object.defineProperty(Publisher.prototype, 'writable', {
    get(this: zmq.Publisher) {
      onWritable();
      return Reflect.get(zmq.Publisher.prototype, 'writable', this);
    },
  });
  return { module: { ...zmq, Dealer, Subscriber, Router, Publisher }, made };
}
