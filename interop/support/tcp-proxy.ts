import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** What goes to the port behind it, or what comes from there. */
export type Direction = 'there' | 'back';

/**
 * A way through which TCP connections go, and what happens on ways: they are cut, hold everything, and deliver it late even where the
 * sender has given up.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #target: number;
  #held: readonly Direction[] = [];
  #isMute = false;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => {
      this.#accept(client);
    });
  }

  /** @param target - the port behind it. */
  static async open(target: number): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that clients have open. */
  get open(): number {
    return [...this.#pairs].filter(({ isClientOpen }) => isClientOpen).length;
  }

  /** Other connections go to another port from now on. */
  set target(port: number) {
    this.#target = port;
  }

  /** Nothing comes through, or nothing of one direction, and no connection breaks: a black hole. */
  hold(...directions: readonly Direction[]): void {
    this.#held = directions.length === 0 ? BOTH : directions;
    for (const pair of this.#pairs) pair.hold(this.#held);
  }

  /** What was held arrives, also of those who have given up meanwhile. */
  release(): void {
    this.#held = [];
    this.#isMute = false;
    for (const pair of this.#pairs) pair.release();
  }

  /** New connections are taken, and hear nothing until {@link TcpProxy.release}. */
  mute(): void {
    this.#isMute = true;
  }

  /** Every connection breaks. */
  cut(): void {
    for (const pair of this.#pairs) pair.destroy();
    this.#pairs.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const pair = new Pair(client, connect(this.#target, '127.0.0.1'), () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    pair.hold(this.#isMute ? BOTH : this.#held);
  }
}

const BOTH: readonly Direction[] = ['there', 'back'];

class Pair {
  isClientOpen = true;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #ended: () => void;
  readonly #held = new Map<Direction, (() => void)[]>();

  constructor(client: Socket, server: Socket, ended: () => void) {
    this.#client = client;
    this.#server = server;
    this.#ended = ended;
    for (const [from, to, direction] of [
      [client, server, 'there'],
      [server, client, 'back'],
    ] as const) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('data', (bytes: Buffer) => {
        this.#later(direction, () => to.write(bytes));
      });
      from.once('close', () => {
        if (from === client) this.isClientOpen = false;
        this.#later(direction, () => {
          to.end();
          this.#ended();
        });
      });
    }
  }

  hold(directions: readonly Direction[]): void {
    for (const direction of directions) if (!this.#held.has(direction)) this.#held.set(direction, []);
  }

  release(): void {
    const held = [...this.#held.values()].flat();
    this.#held.clear();
    for (const action of held) action();
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #later(direction: Direction, action: () => void): void {
    const held = this.#held.get(direction);
    if (held === undefined) action();
    else held.push(action);
  }
}
