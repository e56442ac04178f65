/**
 * The sockets of a server.
 *
 * @module
 */
import { PubSocket, RouterSocket } from '../../zmtp/index.js';
import type { Endpoint, ServerOptions, ServerSecurity } from '../../zmtp/index.js';
import { refusalText, whyAddressDenied } from '../access.js';
import { checkIpcPath } from '../address.js';
import { RpcTransportError } from '../errors.js';
import { socketError } from '../failures.js';
import type { PublishSocket, ReplySocket, ServerSocketOptions, ServerSockets } from '../transport.js';
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

  async bindReply(text: string): Promise<ReplySocket> {
    let onMessage: (frames: readonly Uint8Array[]) => void = () => undefined;
    const { options, bind } = this.#prepare(text, this.#options.replyHighWaterMark);
    const router = new RouterSocket(options, {
      message: ({ id }, parts) => {
        onMessage([idBytes(id), ...parts]);
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

  async bindPublish(text: string): Promise<PublishSocket> {
    const { options, bind } = this.#prepare(text, this.#options.publishHighWaterMark);
    const pub = new PubSocket(options);
    const address = await bind(() => pub.listen());
    return {
      address,
      send: (frames) => pub.send(frames),
      close: () => pub.close(this.#options.linger),
    };
  }

  close(): void {
    // Every socket has what it needs for itself.
  }

  /** @throws RpcTransportError if the address cannot be one. */
  #prepare(
    text: string,
    highWaterMark: number,
  ): { readonly options: ServerOptions; readonly bind: (listen: () => Promise<Endpoint>) => Promise<string> } {
    const address = wireAddress(text, 'bind');
    const { allowAddresses, denied, maxMessageBytes } = this.#options;
    return {
      options: {
        endpoint: endpointOf(address),
        security: this.#security,
        refuses: (peer) => whyAddressDenied(allowAddresses, peer),
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
          return boundText(await listen());
        } catch (error) {
          throw error instanceof RpcTransportError ? error : socketError('bind', text, error);
        }
      },
    };
  }
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
