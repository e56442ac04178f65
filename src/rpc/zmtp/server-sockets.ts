/**
 * The sockets of a server.
 *
 * @module
 */
import { PubSocket, RouterSocket } from '../../zmtp/index.js';
import type { Doorkeeper, Endpoint, Newcomer, ServerOptions, ServerSecurity } from '../../zmtp/index.js';
import { refusalText } from '../access.js';
import type { AccessPeer, AccessSocket, CallContext } from '../access-control.js';
import { checkIpcPath } from '../address.js';
import { RpcTransportError } from '../errors.js';
import { socketError } from '../failures.js';
import { Gate } from '../gate.js';
import type {
  PeerGate,
  PublishSocket,
  ReplySocket,
  ServerSocketOptions,
  ServerSockets,
  TransportPeer,
} from '../transport.js';
import { boundText, endpointOf, wireAddress } from './endpoints.js';
import { serverWire } from './security.js';

/**
 * After how long without a sign a client is asked for one, in ms, and after how long without an answer it is given up. While
 * something is under way the system finds a machine that is gone, else only this.
 */
const PING = { interval: 20_000, timeout: 60_000 };

/** Bytes of the number that stands for a client. */
const ID_BYTES = 6;

/** Sockets that bind. */
export class ZmtpServerSockets implements ServerSockets {
  readonly #options: ServerSocketOptions;
  readonly #security: ServerSecurity;

  constructor(options: ServerSocketOptions) {
    this.#options = options;
    this.#security = serverWire(options);
  }

  async bindReply(text: string, gate = this.#ownGate('request')): Promise<ReplySocket> {
    let onMessage: (frames: readonly Uint8Array[], sender?: CallContext) => void = () => undefined;
    const { options, bind } = this.#prepare(text, this.#options.replyHighWaterMark, gate);
    const router = new RouterSocket(options, {
      message: ({ id, admitted }, parts) => {
        onMessage([idBytes(id), ...parts], admitted);
      },
    });
    const address = await bind(() => router.listen());
    return {
      address,
      receive: (listener) => {
        onMessage = listener;
      },
      send: ([id, ...parts]) => Promise.resolve(id === undefined ? 'gone' : router.send(idOf(id), parts)),
      close: () => router.close(this.#options.linger),
    };
  }

  async bindPublish(text: string, gate = this.#ownGate('subscribe')): Promise<PublishSocket> {
    const { options, bind } = this.#prepare(text, this.#options.publishHighWaterMark, gate);
    const pub = new PubSocket(options);
    const address = await bind(() => pub.listen());
    return {
      address,
      send: (frames, to) => pub.send(frames, to),
      close: () => pub.close(this.#options.linger),
    };
  }

  close(): void {
    // Every socket has what it needs for itself.
  }

  /** What the options alone say. */
  #ownGate(socket: AccessSocket): PeerGate {
    const { denied, ...rules } = this.#options;
    return new Gate({ rules: { ...rules, allow: undefined }, denied }).of(socket);
  }

  /** @throws RpcTransportError if the address cannot be one. */
  #prepare(
    text: string,
    highWaterMark: number,
    gate: PeerGate,
  ): { readonly options: ServerOptions; readonly bind: (listen: () => Promise<Endpoint>) => Promise<string> } {
    const address = wireAddress(text, 'bind');
    const { denied, maxMessageBytes, security } = this.#options;
    let bound = text;
    return {
      options: {
        endpoint: endpointOf(address),
        security: this.#security,
        refuses: (peer) => gate.whyAddressRefused(peer),
        doorkeeper: doorkeeperOf(gate, security?.mechanism ?? 'null', () => bound),
        ping: PING,
        highWaterMark,
        limits: { maxMessageBytes },
        refused: ({ address: peer, reason, end }) => {
          // Wrong credentials were told by whoever looked at them.
          if (end?.error.code !== 'REFUSED') denied(refusalText(peer, reason));
        },
      },
      bind: async (listen) => {
        try {
          if (address.scheme === 'ipc') await checkIpcPath(address);
          return (bound = boundText(await listen()));
        } catch (error) {
          throw error instanceof RpcTransportError ? error : socketError('bind', text, error);
        }
      },
    };
  }
}

/** @param endpoint - Gives the bound address. Nobody can have come before it is known. */
function doorkeeperOf(gate: PeerGate, mechanism: AccessPeer['mechanism'], endpoint: () => string): Doorkeeper {
  const peers = new WeakMap<Newcomer, TransportPeer>();
  return {
    admit: (newcomer) => {
      const peer: TransportPeer = { ...newcomer, mechanism, endpoint: endpoint() };
      peers.set(newcomer, peer);
      return gate.admit(peer);
    },
    closed: (newcomer) => {
      const peer = peers.get(newcomer);
      if (peer !== undefined) gate.closed(peer);
    },
  };
}

/** A client's number as the bytes of an identity. */
function idBytes(id: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(ID_BYTES);
  for (let at = ID_BYTES - 1, rest = id; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest;
  return bytes;
}

/** The number that such bytes stand for; 0, which is nobody, for all others. */
function idOf(bytes: Uint8Array): number {
  if (bytes.length !== ID_BYTES) return 0;
  let id = 0;
  for (const byte of bytes) id = id * 256 + byte;
  return id;
}
