/**
 * One side of one connection without its socket: bytes in, bytes and events out. What decides here decides for every
 * transport, and can be tested and fuzzed without a network.
 *
 * @module
 */
import { encodeCommand, encodeMetadata, encodePing, readCommand, readError, readPing } from './commands.js';
import type { Command, Metadata } from './commands.js';
import { ZmtpError } from './errors.js';
import { COMMAND, encodeFrame, encodeMessage, FrameReader, MessageAssembler, MORE } from './frames.js';
import { encodeGreeting, GREETING_BYTES, GreetingReader } from './greeting.js';
import type { Greeting } from './greeting.js';
import { CURVE_OVERHEAD, join } from './mechanisms/curve.js';
import type { Mechanism } from './mechanisms/mechanism.js';
import { checkPeerType } from './socket-types.js';
import type { SocketType } from './socket-types.js';

/** What a peer may cost. Beyond it the connection ends. */
export interface ProtocolLimits {
  /** Bytes of a message, all parts together. */
  readonly maxMessageBytes: number;
  /** Parts of a message. */
  readonly maxParts: number;
  /** Bytes of a frame of the handshake. */
  readonly maxHandshakeBytes: number;
  /** Properties that a peer may tell of itself. */
  readonly maxProperties: number;
  /** Bytes of a command after the handshake. */
  readonly maxCommandBytes: number;
  /** Commands that mean nothing here. */
  readonly maxIgnored: number;
}

export const DEFAULT_LIMITS: ProtocolLimits = {
  maxMessageBytes: 2 ** 30,
  maxParts: 1024,
  maxHandshakeBytes: 64 * 1024,
  maxProperties: 64,
  maxCommandBytes: 64 * 1024,
  maxIgnored: 1000,
};

/** What a side of a connection is. */
export interface ProtocolOptions {
  readonly socketType: SocketType;
  /** The routing id that a ROUTER shall know this DEALER by; left out, it chooses one. At most 255 bytes. */
  readonly identity?: Uint8Array;
  /** Makes the mechanism of this connection from this side's properties. */
  readonly mechanism: (metadata: Uint8Array, maxProperties: number) => Mechanism;
  readonly limits: ProtocolLimits;
}

/** Who is at the other end, once the handshake is done. */
export interface Peer {
  /** Minor version of its ZMTP 3. */
  readonly minor: number;
  readonly socketType: string;
  /** Its routing id; empty where it has none. */
  readonly identity: Uint8Array;
  /** Who it has shown to be: a user name for PLAIN, a public key as Z85 text for CURVE. */
  readonly principal: string | undefined;
}

/** What a {@link Protocol} tells. */
export interface ProtocolEvents {
  /** Bytes for the peer. They are not changed any more. */
  send(bytes: Uint8Array): void;
  /** The handshake is done. Once; nothing but `send` comes before it. */
  ready(peer: Peer): void;
  /** A message. Its parts are good until this returns, unless they are copied. */
  message(parts: readonly Uint8Array[]): void;
  /** A SUBSCRIBE or CANCEL command. The prefix is good until this returns. */
  subscription(prefix: Uint8Array, wanted: boolean): void;
  /** A PING, which wants {@link Protocol.encodePong}. `ttl` is in ms, 0 for none. The context is good until this returns. */
  ping(ttl: number, context: Uint8Array): void;
  /** The answer to a PING of this side. */
  pong(): void;
}

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();

export class Protocol {
  readonly #options: ProtocolOptions;
  readonly #events: ProtocolEvents;
  readonly #greeting = new GreetingReader();
  readonly #mechanism: Mechanism;
  readonly #assembler: MessageAssembler;
  readonly #frames: FrameReader;
  #state: 'greeting' | 'securing' | 'ready' = 'greeting';
  #minor = 0;
  #ignored = 0;

  constructor(options: ProtocolOptions, events: ProtocolEvents) {
    const { socketType, identity, mechanism, limits } = options;
    this.#options = options;
    this.#events = events;
    const properties: [string, Uint8Array][] = [['Socket-Type', encoder.encode(socketType)]];
    if (socketType === 'DEALER' || socketType === 'ROUTER') properties.push(['Identity', identity ?? NO_BYTES]);
    this.#mechanism = mechanism(encodeMetadata(properties), limits.maxProperties);
    this.#assembler = new MessageAssembler({ maxBytes: limits.maxMessageBytes, maxParts: limits.maxParts });
    this.#frames = new FrameReader(
      {
        frame: (flags, body, owned) => {
          this.#frame(flags, body, owned);
        },
      },
      limits.maxHandshakeBytes,
      GREETING_BYTES,
    );
  }

  /** How far the handshake has come. */
  get state(): 'greeting' | 'securing' | 'ready' {
    return this.#state;
  }

  /** Whether the traffic is encrypted: then the bytes of a message are good for this connection alone. */
  get isEncrypted(): boolean {
    return this.#mechanism.traffic !== undefined;
  }

  /** Commands that meant nothing. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Sends the greeting. To be called once, when there is a connection. */
  start(): void {
    this.#events.send(encodeGreeting(this.#mechanism.name, this.#mechanism.asServer));
  }

  /** Called within an event: what comes after this message is left for the next {@link Protocol.read}. */
  interrupt(): void {
    this.#frames.interrupt();
  }

  /**
   * Takes the next bytes of the peer. Every event of them is told before this returns.
   *
   * @returns how many were taken: all, unless it was interrupted. The others are to be given again.
   * @throws ZmtpError when the connection cannot go on, and what a listener throws. Nothing may be read after it.
   */
  read(chunk: Uint8Array): number {
    // Not as a Buffer: its `slice` copies nothing.
    let rest = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#state === 'greeting') {
      rest = rest.subarray(this.#greeting.read(rest));
      const { greeting } = this.#greeting;
      if (greeting === undefined) return chunk.length;
      this.#greeted(greeting);
    }
    const left = rest.length === 0 ? 0 : rest.length - this.#frames.read(rest);
    this.#assembler.settle();
    return chunk.length - left;
  }

  /** A message as bytes for the peer. To be called when it is ready. */
  encode(parts: readonly Uint8Array[]): Uint8Array {
    const { traffic } = this.#mechanism;
    if (traffic === undefined) return encodeMessage(parts);
    const last = parts.length - 1;
    return join(...parts.map((part, index) => encodeFrame(0, traffic.seal(index < last ? MORE : 0, part))));
  }

  /** A subscription or its end, in the form that the peer's version knows (libzmq reads messages only, up to 4.3.2). */
  encodeSubscription(prefix: Uint8Array, wanted: boolean): Uint8Array {
    if (this.#minor >= 1) return this.#command(encodeCommand(wanted ? 'SUBSCRIBE' : 'CANCEL', prefix));
    const message = new Uint8Array(1 + prefix.length);
    message[0] = wanted ? 1 : 0;
    message.set(prefix, 1);
    return this.encode([message]);
  }

  /** A PING with a TTL in tenths of a second, 0 for none. */
  encodePing(ttl: number): Uint8Array {
    return this.#command(encodePing(ttl));
  }

  /** The answer to a PING. */
  encodePong(context: Uint8Array): Uint8Array {
    return this.#command(encodeCommand('PONG', context));
  }

  #command(body: Uint8Array): Uint8Array {
    const { traffic } = this.#mechanism;
    return traffic === undefined ? encodeFrame(COMMAND, body) : encodeFrame(0, traffic.seal(COMMAND, body));
  }

  #greeted(greeting: Greeting): void {
    const { name } = this.#mechanism;
    if (greeting.mechanism !== name) throw mechanismMismatch(name, greeting.mechanism);
    this.#minor = greeting.major > 3 ? Infinity : greeting.minor;
    this.#state = 'securing';
    const first = this.#mechanism.start();
    if (first !== undefined) this.#events.send(encodeFrame(COMMAND, first));
  }

  #frame(flags: number, body: Uint8Array, owned: boolean): void {
    if (this.#state === 'securing') {
      this.#secure(flags, body);
      return;
    }
    const { traffic } = this.#mechanism;
    if (traffic === undefined) {
      this.#inside(flags, body, owned);
      return;
    }
    if ((flags & MORE) !== 0) throw this.#broken('a part that is not encrypted on an encrypted connection');
    const opened = traffic.open(body);
    this.#inside(opened.flags, opened.payload, true);
  }

  /** A frame of the handshake. libzmq 4.1 sends its READY as a message. */
  #secure(flags: number, body: Uint8Array): void {
    if ((flags & MORE) !== 0) throw this.#broken('a message in the handshake');
    const step = this.#mechanism.receive(readCommand(body));
    const ready = step.ready === undefined ? undefined : this.#peer(step.ready);
    if (step.send !== undefined) this.#events.send(encodeFrame(COMMAND, step.send));
    if (step.refused !== undefined) throw new ZmtpError('REFUSED', step.refused);
    if (ready === undefined) return;
    this.#state = 'ready';
    const { maxMessageBytes, maxCommandBytes } = this.#options.limits;
    const encrypted = this.#mechanism.traffic !== undefined;
    this.#frames.limit = maxMessageBytes + (encrypted ? CURVE_OVERHEAD : 0);
    this.#frames.commandLimit = encrypted ? Infinity : maxCommandBytes;
    this.#events.ready(ready);
  }

  #peer(properties: Metadata): Peer {
    const socketType = checkPeerType(this.#options.socketType, properties.get('socket-type'));
    const identity = properties.get('identity') ?? NO_BYTES;
    if (identity.length > 255) throw this.#broken(`a routing id of ${identity.length} bytes`);
    return { minor: this.#minor, socketType, identity, principal: this.#mechanism.peer };
  }

  #inside(flags: number, body: Uint8Array, owned: boolean): void {
    if ((flags & COMMAND) !== 0) {
      if ((flags & MORE) !== 0) throw this.#broken('a command that announces more parts');
      if (body.length > this.#options.limits.maxCommandBytes)
        throw new ZmtpError('LIMIT', `a command of ${body.length} bytes`, this.#frames.offset);
      this.#obey(readCommand(body));
      return;
    }
    const message = this.#assembler.add(body, flags === MORE, owned, this.#frames.offset);
    if (message !== undefined) this.#events.message(message);
  }

  #obey({ name, data }: Command): void {
    switch (name) {
      case 'PING': {
        const { ttl, context } = readPing(data);
        this.#events.ping(ttl, context);
        return;
      }
      case 'PONG':
        this.#events.pong();
        return;
      case 'SUBSCRIBE':
      case 'CANCEL':
        this.#events.subscription(data, name === 'SUBSCRIBE');
        return;
      case 'ERROR':
        throw new ZmtpError('REFUSED', `the peer ended the connection with the reason "${readError(data)}"`);
      default:
        this.#ignored++;
        if (this.#ignored > this.#options.limits.maxIgnored)
          throw new ZmtpError('LIMIT', `more than ${this.#options.limits.maxIgnored} commands that mean nothing`);
    }
  }

  #broken(what: string): ZmtpError {
    return new ZmtpError('PROTOCOL', what, this.#frames.offset);
  }
}

function mechanismMismatch(own: string, peer: string): ZmtpError {
  const wants = (name: string): string => (name === 'NULL' ? 'no security' : name);
  return new ZmtpError('MECHANISM', `the peer wants ${wants(peer)}, and this side ${wants(own)}`);
}
