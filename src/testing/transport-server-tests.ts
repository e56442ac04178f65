/**
 * What the transport's contract says about bound sockets.
 *
 * @module
 */
import { RpcTransportError } from '../rpc/index.js';
import type { PublishSocket, ServerSockets, SubscribeConnection } from '../rpc/index.js';
import { must, rejection, until } from './contract.js';
import { bytes, sentence, textOf } from './transport-stage.js';
import type { Line, Stage, TransportTest } from './transport-stage.js';

const BURST = 1000;

export const serverTests: readonly TransportTest[] = [
  sentence('an address is bound once, and can be bound again after close', async (stage) => {
    const server = await stage.server();
    for (const [first, second] of [
      [bindReply, bindPublish],
      [bindPublish, bindReply],
      [bindReply, bindReply],
      [bindPublish, bindPublish],
    ] as const) {
      const address = await stage.address();
      const socket = await first(stage, server, address);
      const error = await rejection(second(stage, server, address), 'binding a taken address', stage.patience);
      must(
        error instanceof RpcTransportError,
        `binding an address that is taken must reject with an RpcTransportError, and it gave ${String(error)}`,
      );
      await socket.close();
      await socket.close();
      const again = await second(stage, server, address);
      await again.close();
    }
  }),
  sentence('the address that a socket tells can be connected to', async (stage) => {
    const server = await stage.server();
    const reply = await bindReply(stage, server, await stage.address());
    const publish = await bindPublish(stage, server, await stage.address());
    const client = await stage.client();
    await stage.open(stage.request(client, reply.address));
    await stage.open(stage.subscribe(client, publish.address));
  }),
  sentence('an answer to a client that is gone, or never was, is told as gone', async (stage) => {
    const { socket, requests } = await stage.reply(await stage.server(), await stage.address());
    must(
      (await socket.send([bytes('nobody'), bytes('x')])) === 'gone',
      "an answer to an identity that nobody has must be 'gone'",
    );
    const line = await stage.open(stage.request(await stage.client(), socket.address));
    await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 1, 'requests');
    line.close();
    const identity = requests[0]?.identity ?? bytes('');
    await until(
      async () => (await socket.send([identity, bytes('x')])) === 'gone',
      () => "an answer to a client that has closed must become 'gone'",
      stage.patience,
    );
  }),
  sentence('a client that leaves costs the others nothing', async (stage) => {
    const { socket, requests } = await stage.reply(await stage.server(), await stage.address());
    const client = await stage.client();
    const stays = await stage.open(stage.request(client, socket.address));
    const leaves = await stage.open(stage.request(client, socket.address));
    await leaves.connection.send([bytes('bye')]);
    await stage.heard(requests, 1, 'requests');
    leaves.close();
    await stays.connection.send([bytes('still here')]);
    await stage.heard(requests, 2, 'requests');
    must((await socket.send([requests[1]?.identity ?? bytes(''), bytes('good')])) === 'sent', "it must be 'sent'");
    await stage.heard(stays.ear.messages, 1, 'answers');
  }),
  sentence('a subscriber gets the messages that begin with its prefixes, in order and no others', async (stage) => {
    const { publisher, subscriber } = await feed(stage);
    const all = await subscriber('');
    const tick = await subscriber('tick', 'order.');
    for (let number = 0; number < BURST; number++) {
      publisher.send([bytes('tick'), bytes(`${number}`)]);
      publisher.send([bytes('ticker'), bytes('')]);
      publisher.send([bytes('tic'), bytes('tick')]);
    }
    publisher.send([bytes('order.7'), bytes(''), Uint8Array.of(0, 255, 10)]);
    publisher.send([bytes('orders'), bytes('order.')]);
    publisher.send([bytes('tick'), bytes('end')]);
    await stage.heard(all.ear.messages, 3 * BURST + 3, 'events');
    await stage.heard(tick.ear.messages, 2 * BURST + 2, 'events');
    const got = tick.ear.messages.map(textOf);
    const wanted = Array.from({ length: BURST }, (_, number) => [`tick|${number}`, 'ticker|']).flat();
    must(
      got.join('\n') === [...wanted, `order.7||${textOf([Uint8Array.of(0, 255, 10)])}`, 'tick|end'].join('\n'),
      'a subscriber must get all events of its prefixes, whole, in order, and no others: the first part counts',
    );
  }),
  sentence('what is unsubscribed comes no more; what was asked for twice has to be taken back twice', async (stage) => {
    const { publisher, subscriber, reach } = await feed(stage);
    const line = await subscriber('a', 'a', 'b');
    line.connection.unsubscribe(bytes('b'));
    line.connection.unsubscribe(bytes('a'));
    line.connection.unsubscribe(bytes('never asked for'));
    await reach(line);
    publisher.send([bytes('b')]);
    publisher.send([bytes('a')]);
    const events = (): string[] => line.ear.messages.map(textOf).filter((text) => !text.startsWith('probe'));
    await stage.heard(line.ear.messages, line.ear.messages.length + 1, 'events');
    await reach(line);
    must(events().includes('a'), 'a prefix that was asked for twice must stand until it is taken back twice');
    must(!events().includes('b'), 'an event of a prefix that was taken back must not come');
    line.connection.unsubscribe(bytes('a'));
    await reach(line);
    publisher.send([bytes('a')]);
    await reach(line);
    must(events().length === 1, 'an event of a prefix that was taken back twice must not come');
  }),
  sentence('a publisher needs no subscriber, and takes nothing after close', async (stage) => {
    const { publisher, subscriber } = await feed(stage);
    must(publisher.send([bytes('x')]), 'send must take an event without subscribers');
    const line = await subscriber('');
    line.close();
    must(publisher.send([bytes('x')]), 'send must take an event after a subscriber has gone');
    await publisher.close();
    await publisher.close();
    must(!publisher.send([bytes('x')]), 'send must say false after close()');
  }),
];

async function bindReply(stage: Stage, sockets: ServerSockets, address: string): Promise<Bound> {
  return (await stage.reply(sockets, address)).socket;
}

function bindPublish(stage: Stage, sockets: ServerSockets, address: string): Promise<Bound> {
  return stage.publish(sockets, address);
}

type Bound = Pick<PublishSocket, 'address' | 'close'>;
type Subscriber = Line<SubscribeConnection>;

/** A publisher, subscribers that have reached it, and a way to know that what a subscriber asked for has reached it. */
async function feed(stage: Stage): Promise<{
  readonly publisher: PublishSocket;
  readonly subscriber: (...prefixes: string[]) => Promise<Subscriber>;
  readonly reach: (line: Subscriber) => Promise<void>;
}> {
  const publisher = await stage.publish(await stage.server(), await stage.address());
  const client = await stage.client();
  let probes = 0;
  /** Asks for a topic of its own: when that comes, what was asked before it counts. What was published before has come. */
  const reach = async ({ connection, ear }: Subscriber): Promise<void> => {
    const probe = `probe ${++probes};`;
    connection.subscribe(bytes(probe));
    let sent = 0;
    await until(
      () => {
        publisher.send([bytes(probe), bytes(`${++sent}`)]);
        return ear.messages.some((frames) => textOf(frames).startsWith(probe));
      },
      () => 'a prefix that was asked for must be published to',
      stage.patience,
    );
    await until(
      () => ear.messages.some((frames) => textOf(frames) === `${probe}|${sent}`),
      () => 'an event must arrive',
      stage.patience,
    );
    connection.unsubscribe(bytes(probe));
  };
  return {
    publisher,
    reach,
    subscriber: async (...prefixes) => {
      const line = await stage.open(stage.subscribe(client, publisher.address, prefixes.map(bytes)));
      await reach(line);
      line.ear.messages.length = 0;
      return line;
    },
  };
}
