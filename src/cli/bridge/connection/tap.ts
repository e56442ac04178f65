/**
 * Looks at the raw messages of a client or server, on their way between the sockets and the library.
 *
 * @module
 */
import type {
  ClientSocketOptions,
  ClientSockets,
  ConnectionListener,
  Frames,
  ReplySocket,
  RequestConnection,
  ServerSockets,
  SubscribeConnection,
  Transport,
  TransportName,
} from '../../../rpc/index.js';
import { transportOf } from '../../../rpc/internal.js';

/** What sees the messages. It must not change them, and must be quick. */
export interface Tap {
  /** A request is about to leave: `[id, '', body]`. */
  readonly requested?: (frames: Frames) => void;
  /** An answer came: `[id, '', body]`. */
  readonly replied?: (frames: Frames) => void;
  /** Something was published: `[body]` or `[topic, body]`. */
  readonly published?: (frames: Frames) => void;
  /** A server got a request: `[identity, ...envelope, '', body]`. */
  readonly asked?: (frames: Frames) => void;
  /** A server answers: `[identity, ...envelope, '', body]`. */
  readonly answered?: (frames: Frames) => void;
}

/** A transport that shows messages to a tap. */
export function tapTransport(chosen: TransportName | Transport, tap: Tap): Transport {
  const inner = transportOf(chosen);
  return {
    ...(inner.tellsPeers === undefined ? {} : { tellsPeers: inner.tellsPeers }),
    ...(inner.asksForLast === undefined ? {} : { asksForLast: inner.asksForLast }),
    ...(inner.answersBeside === undefined ? {} : { answersBeside: inner.answersBeside }),
    openServer: async (options): Promise<ServerSockets> => {
      const sockets = await inner.openServer(options);
      return {
        bindReply: async (address, gate) => tappedReply(await sockets.bindReply(address, gate), tap),
        bindPublish: (address, gate) => sockets.bindPublish(address, gate),
        close: () => {
          sockets.close();
        },
      };
    },
    openClient: async (options: ClientSocketOptions): Promise<ClientSockets> => {
      const sockets = await inner.openClient(options);
      return {
        connectRequest: (address, listener): RequestConnection => {
          const connection = sockets.connectRequest(address, tapped(listener, tap.replied));
          return {
            deliversFor: connection.deliversFor,
            send: (frames) => {
              // Before it leaves: the answer must not be seen first.
              tap.requested?.(frames);
              return connection.send(frames);
            },
            close: () => {
              connection.close();
            },
          };
        },
        connectSubscribe: (address, listener): SubscribeConnection =>
          sockets.connectSubscribe(address, tapped(listener, tap.published)),
        close: () => {
          sockets.close();
        },
      };
    },
  };
}

function tappedReply(socket: ReplySocket, { asked, answered }: Tap): ReplySocket {
  return {
    address: socket.address,
    receive: (onMessage) => {
      socket.receive((frames, sender) => {
        asked?.(frames);
        onMessage(frames, sender);
      });
    },
    send: (frames) => {
      answered?.(frames);
      return socket.send(frames);
    },
    close: () => socket.close(),
  };
}

function tapped(listener: ConnectionListener, see: ((frames: Frames) => void) | undefined): ConnectionListener {
  if (see === undefined) return listener;
  return {
    opened: () => {
      listener.opened();
    },
    message: (frames) => {
      see(frames);
      listener.message(frames);
    },
    closed: (failure) => {
      listener.closed(failure);
    },
  };
}
