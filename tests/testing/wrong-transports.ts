/**
 * Transports that break the contract in one way each, around one that keeps it.
 *
 * @module
 */
import type {
  ClientSockets,
  ConnectionListener,
  Frames,
  PeerGate,
  PublishSocket,
  ReplySocket,
  RequestConnection,
  ServerSockets,
  SubscribeConnection,
  Transport,
} from 'vnpy-bridge/rpc';

type Spoilt = Pick<RequestConnection, 'send' | 'close'> & Partial<RequestConnection>;

/** What a fault changes. Each piece gets what is right, and gives what is wrong. */
interface Fault {
  readonly listener?: (right: ConnectionListener) => ConnectionListener;
  readonly request?: (right: RequestConnection, again: () => RequestConnection) => Spoilt;
  readonly subscribe?: (right: SubscribeConnection) => SubscribeConnection;
  readonly reply?: (right: ReplySocket) => ReplySocket;
  readonly publish?: (right: PublishSocket) => PublishSocket;
  readonly bind?: <Socket>(address: string, bind: (address: string) => Promise<Socket>) => Promise<Socket>;
  readonly gate?: (right: PeerGate) => PeerGate;
}

function spoil(right: Transport, fault: Fault): Transport {
  const {
    listener = same,
    request = same,
    subscribe = same,
    reply = same,
    publish = same,
    bind = bindAs,
    gate = same,
  } = fault;
  const gated = (right: PeerGate | undefined): PeerGate | undefined => right && gate(right);
  return {
    ...(right.tellsPeers === undefined ? {} : { tellsPeers: right.tellsPeers }),
    openClient: async (options): Promise<ClientSockets> => {
      const sockets = await right.openClient(options);
      return {
        connectRequest: (address, told) => {
          const connect = (): RequestConnection => sockets.connectRequest(address, listener(told));
          const right = connect();
          return { deliversFor: right.deliversFor, ...request(right, connect) };
        },
        connectSubscribe: (address, told) => subscribe(sockets.connectSubscribe(address, listener(told))),
        close: () => {
          sockets.close();
        },
      };
    },
    openServer: async (options): Promise<ServerSockets> => {
      const sockets = await right.openServer(options);
      return {
        bindReply: async (address, asked) => reply(await bind(address, (it) => sockets.bindReply(it, gated(asked)))),
        bindPublish: async (address, asked) =>
          publish(await bind(address, (it) => sockets.bindPublish(it, gated(asked)))),
        close: () => {
          sockets.close();
        },
      };
    },
  };
}

function same<Value>(value: Value): Value {
  return value;
}

function bindAs<Socket>(address: string, bind: (address: string) => Promise<Socket>): Promise<Socket> {
  return bind(address);
}

/** Every fault, with the sentence that must tell of it. */
export const WRONG_TRANSPORTS: Readonly<
  Record<string, { readonly spoil: (right: Transport) => Transport; readonly found: RegExp }>
> = Object.fromEntries(
  Object.entries<readonly [Fault, RegExp]>({
    'tells before connecting has returned': [
      {
        listener: (right) => {
          right.opened();
          return { ...forward(right), opened: () => undefined };
        },
      },
      /opened\(\) was called before the connecting call had returned/,
    ],
    'opens twice': [
      {
        listener: (right) => ({
          ...forward(right),
          opened: () => {
            right.opened();
            right.opened();
          },
        }),
      },
      /opened\(\) was called twice/,
    ],
    'asks the gate twice': [
      {
        gate: (right) => ({
          ...right,
          whyAddressRefused: () => undefined,
          closed: (peer) => {
            right.closed(peer);
          },
          admit: (peer) => {
            right.admit(peer);
            return right.admit(peer);
          },
        }),
      },
      /must be asked once for each connection/,
    ],
    'does not say who sends': [
      {
        reply: (right) => ({
          ...right,
          receive: (onMessage) => {
            right.receive((frames) => {
              onMessage(frames);
            });
          },
        }),
      },
      /the sender of a message must be the object that admit\(\) gave/,
    ],
    'lets everybody in': [
      {
        gate: (right) => ({
          whyAddressRefused: () => undefined,
          admit: (peer) => {
            right.admit(peer);
            return { principal: 'anybody', address: '' };
          },
          closed: (peer) => {
            right.closed(peer);
          },
        }),
      },
      /closed\(\) must be called when its gate refuses it/,
    ],
    'does not tell the gate of an end': [
      {
        gate: (right) => ({
          whyAddressRefused: () => undefined,
          admit: (peer) => right.admit(peer),
          closed: () => undefined,
        }),
      },
      /closed\(\) of the gate must be called when a client has closed/,
    ],
    'drops nobody': [
      {
        gate: (right) => ({
          whyAddressRefused: () => undefined,
          admit: ({ address, endpoint, mechanism, id }) =>
            right.admit({ address, endpoint, mechanism, id, drop: () => undefined }),
          closed: (peer) => {
            right.closed(peer);
          },
        }),
      },
      /an answer to a client that was dropped must be 'gone'/,
    ],
    'publishes to everybody': [
      { publish: (right) => ({ ...right, send: (frames) => right.send(frames) }) },
      /an event must reach the principals that it is for and no others/,
    ],
    'never opens': [{ listener: (right) => ({ ...forward(right), opened: () => undefined }) }, /must call opened\(\)/],
    'tells an end twice': [
      {
        listener: (right) => ({
          ...forward(right),
          closed: (failure) => {
            right.closed(failure);
            right.closed(failure);
          },
        }),
      },
      /closed\(\) was called after closed\(\)/,
    ],
    'tells no end': [
      { listener: (right) => ({ ...forward(right), closed: () => undefined }) },
      /closed\(\) must be called when its peer is gone/,
    ],
    'calls every failure lost': [
      {
        listener: (right) => ({
          ...forward(right),
          closed: ({ detail }) => {
            right.closed({ kind: 'lost', detail });
          },
        }),
      },
      /must be 'unreachable', not 'lost'[^]*must be 'handshake', not 'lost'/,
    ],
    'gives no detail': [
      {
        listener: (right) => ({
          ...forward(right),
          closed: ({ kind }) => {
            right.closed({ kind, detail: '' });
          },
        }),
      },
      /must have a detail/,
    ],
    'goes on after close': [
      { request: (right) => ({ send: (frames) => right.send(frames), close: () => undefined }) },
      /send must reject at once after close\(\)[^]*\(\) was called after close\(\)/,
    ],
    'tells its own close': [
      {
        listener: (right) => right,
        request: (right) => right,
        subscribe: (right) => ({ ...right, close: () => undefined }),
      },
      /was called after close\(\)/,
    ],
    'throws at a second close': [
      {
        request: (right) => {
          let closed = false;
          return {
            send: (frames) => right.send(frames),
            close: () => {
              if (closed) throw new Error('closed already');
              closed = true;
              right.close();
            },
          };
        },
      },
      /closed already/,
    ],
    'queues what cannot leave': [
      {
        request: (right) => ({
          close: () => {
            right.close();
          },
          send: (frames) =>
            right
              .send(frames)
              .catch(() => new Promise((resolve) => setTimeout(resolve, 5)).then(() => right.send(frames))),
        }),
      },
      /send must reject at once before the connection is open/,
    ],
    'does not tell how long it delivers': [
      { request: (right) => ({ ...right, deliversFor: NaN }) },
      /must tell for how long it delivers/,
    ],
    'never settles a send': [
      {
        request: (right) => ({
          close: () => {
            right.close();
          },
          send: (frames) => right.send(frames).catch(() => new Promise<void>(() => undefined)),
        }),
      },
      /send must reject at once .* did nothing/,
    ],
    'connects again by itself': [
      {
        request: (right, again) => {
          let present = right;
          return {
            close: () => {
              present.close();
            },
            send: (frames) =>
              present.send(frames).catch(() => {
                present = again();
                return new Promise((resolve) => setTimeout(resolve, 1)).then(() => present.send(frames));
              }),
          };
        },
      },
      /send must reject|was called after closed\(\)|opened\(\) was called twice/,
    ],
    'exchanges requests': [{ request: swapping }, /requests must arrive once and in the order of sending/],
    'loses requests': [
      {
        request: (right) => {
          let count = 0;
          return {
            close: () => {
              right.close();
            },
            send: (frames) => (++count % 500 === 0 ? Promise.resolve() : right.send(frames)),
          };
        },
      },
      /requests must arrive/,
    ],
    'drops empty parts': [
      {
        request: (right) => ({
          close: () => {
            right.close();
          },
          send: (frames) => right.send(frames.filter((part) => part.length > 0)),
        }),
      },
      /a request must arrive with all its parts/,
    ],
    'writes into what it sends': [
      {
        request: (right) => ({
          close: () => {
            right.close();
          },
          send: (frames) => {
            const sent = right.send(frames.map((part) => part.slice()));
            for (const part of frames) part.fill(0);
            return sent;
          },
        }),
      },
      /send must not change the parts/,
    ],
    'cuts big messages': [
      { reply: receiving((frames) => frames.map((part) => part.subarray(0, 2 ** 16))) },
      /a big request must arrive as it was sent/,
    ],
    'takes requests that are too large': [
      {
        listener: (right) => right,
        request: (right) => ({
          close: () => {
            right.close();
          },
          send: (frames) => right.send(frames.map((part) => (part.length > 2 ** 22 ? part.subarray(1000) : part))),
        }),
      },
      /it sent a message that is larger than the server accepts/,
    ],
    'gives all clients one identity': [
      { reply: receiving(([, ...frames]) => [Uint8Array.of(1), ...frames]) },
      /no two connections may have one identity/,
    ],
    'gives no identity': [
      { reply: receiving(([, ...frames]) => [new Uint8Array(), ...frames]) },
      /a request must begin with its sender's identity/,
    ],
    'says sent of everything': [
      { reply: (right) => ({ ...right, send: (frames) => right.send(frames).then(() => 'sent') }) },
      /must be 'gone'/,
    ],
    'drops answers': [
      { reply: (right) => ({ ...right, send: () => Promise.resolve('sent') }) },
      /1001 answers must arrive, and 0 did/,
    ],
    'lets go of no address': [
      { bind: bindAs, reply: (right) => ({ ...right, close: () => Promise.resolve() }) },
      /another socket is bound/,
    ],
    'binds what is taken': [
      { bind: (address, bind) => bind(address).catch(() => bind(`${address} ${performance.now()}`)) },
      /binding an address that is taken must reject/,
    ],
    'rejects with any error': [
      {
        bind: (address, bind) =>
          bind(address).catch(() => {
            throw new Error('EADDRINUSE');
          }),
      },
      /must reject with an RpcTransportError, and it gave Error: EADDRINUSE/,
    ],
    'tells another address': [
      { reply: (right) => ({ ...right, address: 'elsewhere' }) },
      /a connection to a bound address must open/,
    ],
    'publishes everything to everybody': [
      {
        subscribe: (right) => ({
          ...right,
          subscribe: () => {
            right.subscribe(new Uint8Array());
          },
        }),
      },
      // What comes too much is seen behind the wait, or within it.
      /must get all events of its prefixes|\d+ events must arrive, and \d+ did/,
    ],
    'publishes nothing': [
      { publish: (right) => ({ ...right, send: () => true }) },
      /a prefix that was asked for must be published to/,
    ],
    'exchanges events': [
      {
        publish: (right) => {
          let held: Frames | undefined;
          return {
            ...right,
            send: (frames) => {
              if (Buffer.from(frames[0] ?? []).toString() === 'ticker') held = frames;
              else return right.send(frames) && (held === undefined || right.send(held));

              return true;
            },
          };
        },
      },
      /in order, and no others/,
    ],
    'never unsubscribes': [
      { subscribe: (right) => ({ ...right, unsubscribe: () => undefined }) },
      /an event of a prefix that was taken back must not come/,
    ],
    'takes all back at once': [
      {
        subscribe: (right) => ({
          ...right,
          unsubscribe: (prefix) => {
            right.unsubscribe(prefix);
            right.unsubscribe(prefix);
          },
        }),
      },
      /must stand until it is taken back twice|events must arrive/,
    ],
    'publishes after close': [
      { publish: (right) => ({ ...right, send: (frames) => right.send(frames) || true }) },
      /send must say false after close\(\)/,
    ],
    'publishes to nobody only with complaint': [
      { publish: (right) => ({ ...right, send: (frames) => right.send(frames) && false }) },
      /send must take an event without subscribers/,
    ],
  }).map(([name, [fault, found]]) => [name, { spoil: (right: Transport) => spoil(right, fault), found }]),
);

function forward(right: ConnectionListener): ConnectionListener {
  return {
    opened: () => {
      right.opened();
    },
    message: (frames) => {
      right.message(frames);
    },
    closed: (failure) => {
      right.closed(failure);
    },
  };
}

/** Changes what a server gets. */
function receiving(change: (frames: Frames) => Frames): (right: ReplySocket) => ReplySocket {
  return (right) => ({
    ...right,
    receive: (onMessage) => {
      right.receive((frames) => {
        onMessage(change(frames));
      });
    },
  });
}

/** Sends the second of two before the first. */
function swapping(right: RequestConnection): Spoilt {
  let held: Frames | undefined;
  let count = 0;
  return {
    close: () => {
      right.close();
    },
    send: async (frames) => {
      count++;
      if (count === 10) held = frames;
      else await right.send(frames);

      if (count === 11 && held !== undefined) await right.send(held);
    },
  };
}
