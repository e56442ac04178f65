/**
 * A side of a connection for tests.
 *
 * @module
 */
import { NullMechanism } from '../../../src/zmtp/mechanisms/null.js';
import { DEFAULT_LIMITS, Protocol } from '../../../src/zmtp/protocol.js';
import type { Peer, ProtocolEvents, ProtocolLimits, ProtocolOptions } from '../../../src/zmtp/protocol.js';
import type { SocketType } from '../../../src/zmtp/socket-types.js';

export const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
export const nul = (metadata: Uint8Array, maxProperties: number): NullMechanism =>
  new NullMechanism(metadata, maxProperties);

/** A side whose events are noted, and whose bytes wait to be carried. */
export class Side implements ProtocolEvents {
  readonly protocol: Protocol;
  readonly events: string[] = [];
  sent: Uint8Array[] = [];
  peer: Peer | undefined;

  constructor(
    socketType: SocketType,
    mechanism: ProtocolOptions['mechanism'] = nul,
    limits: Partial<ProtocolLimits> = {},
    identity?: Uint8Array,
  ) {
    const options = { socketType, mechanism, limits: { ...DEFAULT_LIMITS, ...limits } };
    this.protocol = new Protocol(identity === undefined ? options : { ...options, identity }, this);
    this.protocol.start();
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
  ready(peer: Peer): void {
    this.peer = peer;
    this.events.push(`ready ${peer.socketType}`);
  }
  message(parts: readonly Uint8Array[]): void {
    this.events.push(`message ${parts.map((part) => Buffer.from(part).toString('latin1')).join('|')}`);
  }
  subscription(prefix: Uint8Array, wanted: boolean): void {
    this.events.push(`${wanted ? 'subscribe' : 'cancel'} ${Buffer.from(prefix).toString('latin1')}`);
  }
  ping(ttl: number, context: Uint8Array): void {
    this.sent.push(this.protocol.encodePong(context));
    this.events.push(`ping ${ttl}`);
  }
  pong(): void {
    this.events.push('pong');
  }

  /** Reads bytes in pieces of a size, each in the same buffer: one of Node.js, as sockets have. */
  read(bytes: Uint8Array, size = bytes.length): void {
    const shared = Buffer.alloc(Math.max(size, 1));
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      shared.set(piece);
      this.protocol.read(shared.subarray(0, piece.length));
      shared.fill(0xaa);
    }
  }

  take(): Uint8Array {
    const bytes = new Uint8Array(Buffer.concat(this.sent));
    this.sent = [];
    return bytes;
  }
}
