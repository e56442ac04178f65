/** The same random schedule over the wire in TypeScript and over libzmq: what both ends see must be the same. */
import { expect, test } from 'vitest';
import { zmqTransport, zmtpTransport } from 'vnpy-bridge/rpc';
import type {
  ClientSockets,
  Frames,
  PublishSocket,
  ReplySocket,
  RequestConnection,
  ServerSockets,
  SubscribeConnection,
  Transport,
} from 'vnpy-bridge/rpc';
import { CLIENT_SOCKETS, SERVER_SOCKETS } from '../support/bare-sockets.js';
import { freeAddress } from '../support/free-port.js';
import { eventually } from '../support/patience.js';
import { seededRandom } from '../support/bytes.js';

const SCHEDULES = 12;
const STEPS = 40;
const CLIENTS = 3;
const TOPICS = ['', 'a', 'ab', 'abc', 'b', '\xff\0'];

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const textOf = (frames: Frames): string => frames.map((frame) => Buffer.from(frame).toString('latin1')).join('|');

type Step =
  | { readonly do: 'connect' | 'close'; readonly client: number }
  | { readonly do: 'send'; readonly client: number; readonly parts: readonly string[] }
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly client: number; readonly topic: string }
  | { readonly do: 'publish'; readonly parts: readonly string[] }
  | { readonly do: 'restart' };

function schedule(seed: number): readonly Step[] {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const topic = (): string => TOPICS[below(TOPICS.length)] ?? '';
  const text = (): string => 'x'.repeat([0, 1, 255, 256, 70_000][below(5)] ?? 0);
  const parts = (): string[] => Array.from({ length: 1 + below(4) }, text);
  return Array.from({ length: STEPS }, (): Step => {
    const client = below(CLIENTS);
    const kind = random();
    if (kind < 0.2) return { do: 'connect', client };
    if (kind < 0.25) return { do: 'close', client };
    if (kind < 0.5) return { do: 'send', client, parts: parts() };
    if (kind < 0.65) return { do: 'subscribe', client, topic: topic() };
    if (kind < 0.72) return { do: 'unsubscribe', client, topic: topic() };
    if (kind < 0.97) return { do: 'publish', parts: [topic() + text(), ...parts()] };
    return { do: 'restart' };
  });
}

/** A client of the stage: at most one connection of each kind. */
interface Player {
  request: RequestConnection | undefined;
  subscription: SubscribeConnection | undefined;
  readonly heard: string[];
}

/** Plays a schedule, and gives what was seen, in an order that time cannot change. */
class Stage {
  readonly #transport: Transport;
  readonly #addresses: readonly [string, string];
  readonly #history: string[] = [];
  readonly #players: Player[] = Array.from({ length: CLIENTS }, () => ({
    request: undefined,
    subscription: undefined,
    heard: [],
  }));
  #clients: ClientSockets | undefined;
  #servers: ServerSockets | undefined;
  #reply: ReplySocket | undefined;
  #publish: PublishSocket | undefined;
  #probes = 0;

  constructor(transport: Transport, addresses: readonly [string, string]) {
    this.#transport = transport;
    this.#addresses = addresses;
  }

  async play(steps: readonly Step[]): Promise<readonly string[]> {
    this.#clients = await this.#transport.openClient(CLIENT_SOCKETS);
    this.#servers = await this.#transport.openServer(SERVER_SOCKETS);
    await this.#bind();
    for (const [index, step] of steps.entries()) {
      this.#history.push(`${index} ${step.do}`);
      await this.#step(step);
      for (const [number, { heard }] of this.#players.entries())
        for (const line of heard.splice(0)) if (!isProbe(line)) this.#history.push(`  ${number}: ${line}`);
    }
    this.#players.forEach((player) => {
      close(player);
    });
    await this.#unbind();
    this.#clients.close();
    this.#servers.close();
    return this.#history;
  }

  async #step(step: Step): Promise<void> {
    if (step.do === 'restart') {
      await this.#unbind();
      await this.#lost();
      await this.#bind();
      return;
    }
    if (step.do === 'publish') {
      this.#publish?.send(step.parts.map(bytes));
      await this.#settle();
      return;
    }
    const player = this.#players[step.client];
    if (player === undefined) return;
    switch (step.do) {
      case 'connect':
        if (player.request === undefined) await this.#connect(player);
        break;
      case 'close':
        close(player);
        break;
      case 'send':
        await this.#send(player, step.parts);
        break;
      case 'subscribe':
        player.subscription?.subscribe(bytes(step.topic));
        await this.#settle();
        break;
      case 'unsubscribe':
        player.subscription?.unsubscribe(bytes(step.topic));
        await this.#settle();
        break;
    }
  }

  async #bind(): Promise<void> {
    const reply = await this.#servers?.bindReply(this.#addresses[0]);
    this.#publish = await this.#servers?.bindPublish(this.#addresses[1]);
    this.#reply = reply;
    // What is asked comes back.
    reply?.receive((frames) => void reply.send(frames.map((frame) => new Uint8Array(frame))));
  }

  async #unbind(): Promise<void> {
    await Promise.all([this.#reply?.close(), this.#publish?.close()]);
  }

  #connect(player: Player): Promise<unknown> {
    const [request, subscribe] = this.#addresses;
    const one = (name: 'request' | 'subscription', ready: () => void) => ({
      opened: ready,
      message: (frames: Frames): void => {
        const text = textOf(frames);
        player.heard.push(text.startsWith('~') ? text : `${name} ${text.length} ${text.slice(0, 20)}`);
      },
      closed: ({ kind }: { readonly kind: string }): void => {
        player.heard.push(`${name} ${kind}`);
        player[name] = undefined;
      },
    });
    return Promise.all([
      new Promise<void>((resolve) => {
        player.request = this.#clients?.connectRequest(request, one('request', resolve));
      }),
      new Promise<void>((resolve) => {
        player.subscription = this.#clients?.connectSubscribe(subscribe, one('subscription', resolve));
      }),
    ]);
  }

  async #send(player: Player, parts: readonly string[]): Promise<void> {
    if (player.request === undefined) return;
    await player.request.send(parts.map(bytes));
    await eventually(() => {
      expect(player.heard.some((line) => line.startsWith('request'))).toBe(true);
    });
  }

  /** Subscribes each player to a word of its own and has it published: what came before has come then. */
  async #settle(): Promise<void> {
    await Promise.all(this.#players.map((player) => this.#settlePlayer(player)));
  }

  async #settlePlayer({ subscription, heard }: Player): Promise<void> {
    if (subscription === undefined) return;
    const probe = `~${++this.#probes}.`;
    subscription.subscribe(bytes(probe));
    await eventually(() => {
      this.#publish?.send([bytes(probe)]);
      expect(heard.some((line) => line.startsWith(probe))).toBe(true);
    });
    subscription.unsubscribe(bytes(probe));
  }

  /** Resolves when every player knows that its connections are no more. */
  async #lost(): Promise<void> {
    await eventually(() => {
      for (const { request, subscription } of this.#players)
        expect([request, subscription]).toEqual([undefined, undefined]);
    });
    for (const { heard } of this.#players) heard.sort();
  }
}

/** One may come more often than it is waited for. */
function isProbe(line: string): boolean {
  return line.startsWith('~');
}

function close(player: Player): void {
  player.request?.close();
  player.subscription?.close();
  player.request = undefined;
  player.subscription = undefined;
}

test.each(Array.from({ length: SCHEDULES }, (_, seed) => seed))('schedule %i', async (seed) => {
  const steps = schedule(seed);
  const [ours, theirs] = await Promise.all([
    new Stage(zmtpTransport, [await freeAddress(), await freeAddress()]).play(steps),
    new Stage(zmqTransport, [await freeAddress(), await freeAddress()]).play(steps),
  ]);
  expect(ours).toEqual(theirs);
  expect(ours.length).toBeGreaterThan(STEPS);
});
