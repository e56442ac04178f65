/**
 * The transport over ZeroMQ.
 *
 * @module
 */
import { checkAccessRules, checkClientKeys, needsAccessControl } from '../access.js';
import type { Transport } from '../transport.js';
import { ZmqClientSockets } from './client-sockets.js';
import { loadZmq } from './module.js';
import { startAccessControl, ZmqServerSockets } from './server-sockets.js';

/** The transport over ZeroMQ: tcp, ipc and inproc addresses. */
export const zmqTransport: Transport = {
  async openClient(options) {
    checkClientKeys(options.security);
    const zmq = await loadZmq(options.security?.mechanism);
    return new ZmqClientSockets(zmq, options);
  },

  async openServer(options) {
    checkAccessRules(options);
    const zmq = await loadZmq(options.security?.mechanism);
    if (!needsAccessControl(options)) return new ZmqServerSockets(zmq, options, zmq.context, undefined);

    // libzmq asks one access control per context: a context of its own keeps one server's rules from another's.
    const context = new zmq.Context({ blocky: false });
    return new ZmqServerSockets(zmq, options, context, await startAccessControl(zmq, context, options));
  },
};
