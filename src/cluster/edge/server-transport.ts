/**
 * The server half of the cluster as a transport of the RPC layer: one server, at one account.
 *
 * @module
 */
import type { ClientSockets, ServerSockets, Transport } from '../../rpc/index.js';
import { RpcTransportError } from '../../rpc/index.js';
import type { EdgeIntake } from './intake.js';
import type { Outlet } from './outlet.js';
import type { Visitors } from './visitors.js';

/** What it is made of. */
export interface EdgeSockets {
  readonly intake: EdgeIntake;
  readonly outlet: Outlet;
  readonly visitors: Visitors;
}

export class EdgeServerTransport implements Transport {
  readonly tellsPeers = true;
  /** A tick that is published once more would be taken for a new price, and be kept as one. */
  readonly asksForLast = true;
  readonly #sockets: EdgeSockets;

  constructor(sockets: EdgeSockets) {
    this.#sockets = sockets;
  }

  openClient(): Promise<ClientSockets> {
    return Promise.reject(new RpcTransportError('UNSUPPORTED', 'this is the transport of a server'));
  }

  openServer(): Promise<ServerSockets> {
    const { intake, outlet, visitors } = this.#sockets;
    return Promise.resolve({
      bindReply: (_address, gate) => {
        if (gate !== undefined) visitors.use({ request: gate });
        return Promise.resolve(intake);
      },
      bindPublish: (_address, gate) => {
        if (gate !== undefined) visitors.use({ subscribe: gate });
        return Promise.resolve(outlet);
      },
      close: () => undefined,
    });
  }
}
