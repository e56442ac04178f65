/**
 * The other end of a connection, byte by byte: what a peer of whatever manners does.
 *
 * @module
 */
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { encodeCommand, encodeMetadata } from '../../../../src/zmtp/commands.js';
import { COMMAND, encodeFrame, LONG } from '../../../../src/zmtp/frames.js';
import { encodeGreeting, GREETING_BYTES } from '../../../../src/zmtp/greeting.js';
import type { Endpoint } from '../../../../src/zmtp/index.js';
import { ascii } from '../../support/side.js';

export const HOST = '127.0.0.1';

/** A frame that came. */
export interface RawFrame {
  readonly flags: number;
  /** As latin1. */
  readonly body: string;
}

export function greeting(mechanism = 'NULL', minor = 1): Uint8Array {
  const bytes = encodeGreeting(mechanism, false).slice();
  bytes[11] = minor;
  return bytes;
}

export function command(name: string, data: Uint8Array | string = ''): Uint8Array {
  return encodeFrame(COMMAND, encodeCommand(name, typeof data === 'string' ? ascii(data) : data));
}

export function ready(type: string, identity?: Uint8Array): Uint8Array {
  const properties: (readonly [string, Uint8Array])[] = [['Socket-Type', ascii(type)]];
  if (identity !== undefined) properties.push(['Identity', identity]);
  return command('READY', encodeMetadata(properties));
}

/** A socket of the system whose bytes wait until they are asked for. */
export class RawPeer {
  readonly socket: Socket;
  /** Settles when the connection is no more, however. */
  readonly closed: Promise<void>;
  #chunks: Buffer[] = [];
  #size = 0;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      const gone = (): void => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      };
      socket.once('end', gone);
      socket.once('close', gone);
    });
    onTestFinished(() => {
      socket.destroy();
    });
  }

  /** Connects to a server. */
  static async connect(endpoint: Endpoint): Promise<RawPeer> {
    const port = endpoint.transport === 'tcp' ? endpoint.port : 0;
    const socket = createConnection({ host: HOST, port, noDelay: true });
    const peer = new RawPeer(socket);
    await once(socket, 'connect');
    return peer;
  }

  send(...pieces: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(pieces));
  }

  /** Does the handshake of NULL. */
  async shake(type: string, { minor = 1, identity }: { minor?: number; identity?: Uint8Array } = {}): Promise<void> {
    this.send(greeting('NULL', minor), ready(type, identity));
    await this.take(GREETING_BYTES);
    const { body } = await this.frame();
    if (!body.startsWith('\x05READY')) throw new Error(`no READY, but ${JSON.stringify(body)}`);
  }

  /** The next bytes. Rejects when the connection ends before. */
  async take(count: number): Promise<Buffer> {
    while (this.#size < count) {
      if (this.#isClosed) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    let [bytes = Buffer.alloc(0)] = this.#chunks;
    if (bytes.length < count) bytes = Buffer.concat(this.#chunks.splice(0));
    else this.#chunks.shift();
    if (bytes.length > count) this.#chunks.unshift(bytes.subarray(count));
    this.#size -= count;
    return bytes.subarray(0, count);
  }

  async frame(): Promise<RawFrame> {
    const [flags = 0] = await this.take(1);
    const size = (flags & LONG) === 0 ? ((await this.take(1))[0] ?? 0) : Number((await this.take(8)).readBigUInt64BE());
    return { flags: flags & ~LONG, body: (await this.take(size)).toString('latin1') };
  }

  /** Bodies of the next frames. */
  async bodies(count: number): Promise<string[]> {
    const bodies: string[] = [];
    while (bodies.length < count) bodies.push((await this.frame()).body);
    return bodies;
  }
}

/** A server whose connections are raw. */
export class RawServer {
  readonly #server: Server;
  readonly #waiting: RawPeer[] = [];
  #wake: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#waiting.push(new RawPeer(socket));
      this.#wake();
    });
    onTestFinished(() => {
      server.close();
    });
  }

  static async listen(): Promise<RawServer> {
    const server = createServer({ noDelay: true });
    const raw = new RawServer(server);
    server.listen(0, HOST);
    await once(server, 'listening');
    return raw;
  }

  get endpoint(): Endpoint {
    return { transport: 'tcp', host: HOST, port: (this.#server.address() as AddressInfo).port };
  }

  /** The next connection. */
  async accept(): Promise<RawPeer> {
    for (;;) {
      const peer = this.#waiting.shift();
      if (peer !== undefined) return peer;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
