/**
 * What the transport's contract says about gates: for transports that tell who is at the other end.
 *
 * @module
 */
import type {
  CallContext,
  NotAdmitted,
  PeerGate,
  RequestConnection,
  SubscribeConnection,
  TransportPeer,
} from '../rpc/index.js';
import { must, until } from './contract.js';
import { bytes, sentence, textOf } from './transport-stage.js';
import type { Line, Stage, TransportTest } from './transport-stage.js';

/** A gate that lets in as it is told, and keeps account. */
class Book implements PeerGate {
  readonly asked: TransportPeer[] = [];
  readonly gone: TransportPeer[] = [];
  readonly admitted: CallContext[] = [];
  readonly #decide: (number: number) => string | NotAdmitted;

  /** @param decide - Gives the principal of the newcomer of this number, from 1. */
  constructor(decide: (number: number) => string | NotAdmitted = (number) => `number ${number}`) {
    this.#decide = decide;
  }

  whyAddressRefused(): undefined {
    return undefined;
  }

  admit(peer: TransportPeer): CallContext | NotAdmitted {
    this.asked.push(peer);
    const answer = this.#decide(this.asked.length);
    if (typeof answer !== 'string') return answer;
    const context = { principal: answer, address: peer.address };
    this.admitted.push(context);
    return context;
  }

  closed(peer: TransportPeer): void {
    this.gone.push(peer);
  }
}

export const peerTests: readonly TransportTest[] = [
  sentence('a gate is asked once for each connection, and what it gave comes with each message', async (stage) => {
    if (!stage.tellsPeers) return;
    const book = new Book();
    const { socket, requests } = await stage.reply(await stage.server(), await stage.address(), book);
    const client = await stage.client();
    const first = await stage.open(stage.request(client, socket.address));
    const second = await stage.open(stage.request(client, socket.address));
    for (const line of [first, second, first]) await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 3, 'requests');
    must(book.asked.length === 2, `a gate must be asked once for each connection, and was asked ${book.asked.length}×`);
    const senders = new Set(requests.map(({ sender }) => sender));
    must(
      senders.size === 2 && book.admitted.every((context) => senders.has(context)),
      'the sender of a message must be the object that admit() gave for its connection',
    );
    must(
      book.asked.every(({ endpoint }) => endpoint === socket.address),
      'the endpoint of a peer must be the address bound',
    );
  }),
  sentence('whom a gate refuses cannot connect, and the gate is not told of its end', async (stage) => {
    if (!stage.tellsPeers) return;
    const book = new Book(() => ({ refused: 'no', retry: true }));
    const { socket, requests } = await stage.reply(await stage.server(), await stage.address(), book);
    const line = stage.request(await stage.client(), socket.address);
    await stage.failed(line, 'its gate refuses it');
    must(line.ear.openings === 0 || requests.length === 0, 'whom a gate refuses must not be heard');
    must(book.gone.length === 0, 'closed() must not be called for a peer that was refused');
  }),
  sentence('a gate is told once when one that it let in is gone, however', async (stage) => {
    if (!stage.tellsPeers) return;
    const book = new Book();
    const { socket } = await stage.reply(await stage.server(), await stage.address(), book);
    const client = await stage.client();
    const lines: Line<RequestConnection>[] = [];
    for (let count = 0; count < 3; count++) lines.push(await stage.open(stage.request(client, socket.address)));
    lines[0]?.close();
    await told(stage, book, 1, 'when a client has closed');
    book.asked[1]?.drop();
    must(book.gone.length === 2, 'closed() must have been called when drop() returns');
    book.asked[1]?.drop();
    await socket.close();
    await told(stage, book, 3, 'when the socket is closed');
    must(new Set(book.gone).size === 3, 'closed() must be called once for each peer, with the object that admit() got');
  }),
  sentence('a connection that is dropped is gone at once, for both sides', async (stage) => {
    if (!stage.tellsPeers) return;
    const book = new Book();
    const { socket, requests } = await stage.reply(await stage.server(), await stage.address(), book);
    const line = await stage.open(stage.request(await stage.client(), socket.address));
    await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 1, 'requests');
    const sent = line.connection.send([bytes('on its way')]).catch(() => undefined);
    book.asked[0]?.drop();
    must(
      (await socket.send([requests[0]?.identity ?? bytes(''), bytes('x')])) === 'gone',
      "an answer to a client that was dropped must be 'gone'",
    );
    await stage.failed(line, 'the server drops the connection');
    await sent;
    must(requests.length === 1, 'nothing may come from a connection that was dropped');
  }),
  sentence('an event for some principals reaches them alone', async (stage) => {
    if (!stage.tellsPeers) return;
    const book = new Book();
    const publisher = await stage.publish(await stage.server(), await stage.address(), book);
    const client = await stage.client();
    const lines: Line<SubscribeConnection>[] = [];
    for (let count = 0; count < 3; count++)
      lines.push(await stage.open(stage.subscribe(client, publisher.address, [bytes('')])));
    await until(
      () => {
        publisher.send([bytes('sync')]);
        return lines.every(({ ear }) => ear.messages.length > 0);
      },
      () => 'a prefix that was asked for must be published to',
      stage.patience,
    );
    publisher.send([bytes('1')], new Set(['number 1']));
    publisher.send([bytes('23')], new Set(['number 2', 'number 3', 'number 9']));
    publisher.send([bytes('nobody')], new Set());
    publisher.send([bytes('end')]);
    await until(
      () => lines.every(({ ear }) => ear.messages.some((frames) => textOf(frames) === 'end')),
      () => 'an event must arrive',
      stage.patience,
    );
    const heard = lines.map(({ ear }) =>
      ear.messages
        .map(textOf)
        .filter((text) => text !== 'sync')
        .join(),
    );
    must(
      heard.join(' ') === '1,end 23,end 23,end',
      `an event must reach the principals that it is for and no others, and these were heard: ${heard.join(' ')}`,
    );
  }),
];

async function told(stage: Stage, book: Book, count: number, when: string): Promise<void> {
  await until(
    () => book.gone.length >= count,
    () => `closed() of the gate must be called ${when}`,
    stage.patience,
  );
  must(book.gone.length === count, `closed() of the gate must be called once ${when}`);
}
