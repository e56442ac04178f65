import type { MemoryTransport, Transport } from 'vnpy-bridge/rpc';

/** A memory transport that says of itself how long it delivers what was written before a loss, in ms. */
export function parkedTransport(memory: MemoryTransport, deliversFor: number): Transport {
  return {
    openServer: () => memory.openServer(),
    openClient: async () => {
      const sockets = await memory.openClient();
      return {
        ...sockets,
        connectRequest: (address, listener) => ({ ...sockets.connectRequest(address, listener), deliversFor }),
      };
    },
  };
}
