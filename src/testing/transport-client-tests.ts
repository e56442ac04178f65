/**
 * What the transport's contract says about connections.
 *
 * @module
 */
import { must, rejection } from './contract.js';
import { bytes, Ear, LARGEST, sentence, textOf } from './transport-stage.js';
import type { Line, Stage, TransportTest } from './transport-stage.js';
import type { RequestConnection } from '../rpc/index.js';

/** Messages of a burst: more than a socket hands on at a time. */
const BURST = 1000;

/** Parts that are easily got wrong: none of bytes, all bytes, and one at the end. */
const ODD_PARTS = [bytes(''), Uint8Array.from({ length: 256 }, (_, index) => index), bytes(''), bytes('x'), bytes('')];

const LOST = 'its peer is gone';

export const clientTests: readonly TransportTest[] = [
  sentence('a connection opens, and tells so once', async (stage) => {
    const { line } = await connected(stage);
    await stage.settle();
    must(line.ear.openings === 1, `opened() must be called once, and was ${line.ear.openings} times`);
    must(line.ear.failures.length === 0, 'closed() must not be called while a connection stands');
    must(line.connection.deliversFor >= 0, 'a connection must tell for how long it delivers: deliversFor, in ms');
  }),
  sentence('where nobody is, a connection fails as unreachable', async (stage) => {
    const client = await stage.client();
    for (const line of [stage.request(client, await stage.address()), stage.subscribe(client, await stage.address())]) {
      const { kind } = await stage.failed(line, 'nobody listens at the address');
      must(kind === 'unreachable', `where nobody listens, the failure must be 'unreachable', not '${kind}'`);
      must(line.ear.openings === 0, 'opened() must not be called where nobody listens');
    }
    await stage.settle();
  }),
  sentence('a socket of another kind fails the handshake', async (stage) => {
    const server = await stage.server();
    const { socket: reply } = await stage.reply(server, await stage.address());
    const publish = await stage.publish(server, await stage.address());
    const client = await stage.client();
    for (const line of [stage.request(client, publish.address), stage.subscribe(client, reply.address)]) {
      const { kind } = await stage.failed(line, 'the peer is a socket of another kind');
      must(kind === 'handshake', `with a socket of another kind the failure must be 'handshake', not '${kind}'`);
    }
  }),
  sentence('send rejects before the connection is open, and nothing has left', async (stage) => {
    const server = await stage.server();
    const { socket, requests } = await stage.reply(server, await stage.address());
    const line = stage.request(await stage.client(), socket.address);
    await mustReject(stage, line, 'before the connection is open');
    await stage.open(line);
    await line.connection.send([bytes('second')]);
    await stage.heard(requests, 1, 'messages');
    await stage.settle();
    must(
      requests.length === 1 && textOf(requests[0]?.frames ?? []) === 'second',
      'what send rejected must not leave later',
    );
  }),
  sentence('send rejects after a failure and after close', async (stage) => {
    const client = await stage.client();
    const nobody = stage.request(client, await stage.address());
    await stage.failed(nobody, 'nobody listens at the address');
    await mustReject(stage, nobody, 'after closed()');
    const { line } = await connected(stage);
    line.close();
    await mustReject(stage, line, 'after close()');
  }),
  sentence('requests arrive whole, in order, and unchanged', async (stage) => {
    const { line, requests } = await connected(stage);
    const parts = ODD_PARTS.map((part) => part.slice());
    await line.connection.send(parts);
    must(textOf(parts) === textOf(ODD_PARTS), 'send must not change the parts that it was given');
    for (let number = 0; number < BURST; number++) await line.connection.send([bytes(`${number}`), bytes('')]);

    await stage.heard(requests, BURST + 1, 'requests');
    const [odd, ...rest] = requests.map(({ frames }) => textOf(frames));
    must(odd === textOf(ODD_PARTS), 'a request must arrive with all its parts, empty ones too');
    mustBeInOrder(rest, (number) => `${number}|`, 'requests');
  }),
  sentence('answers arrive whole and in order', async (stage) => {
    const { line, socket, requests } = await connected(stage);
    await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 1, 'requests');
    const identity = requests[0]?.identity ?? bytes('');
    must((await socket.send([identity, ...ODD_PARTS])) === 'sent', "an answer to a live client must be 'sent'");
    for (let number = 0; number < BURST; number++) await socket.send([identity, bytes(`${number}`), bytes('')]);

    await stage.heard(line.ear.messages, BURST + 1, 'answers');
    const [odd, ...rest] = line.ear.messages.map(textOf);
    must(odd === textOf(ODD_PARTS), 'an answer must arrive without the identity, and with all its parts');
    mustBeInOrder(rest, (number) => `${number}|`, 'answers');
  }),
  sentence('a message of some megabytes arrives, in both directions', async (stage) => {
    const { line, socket, requests } = await connected(stage);
    const big = new Uint8Array(LARGEST - 1000);
    for (let index = 0; index < big.length; index++) big[index] = (index * 31) >> 3;

    await line.connection.send([big]);
    await stage.heard(requests, 1, 'big requests');
    must(same(requests[0]?.frames, [big]), 'a big request must arrive as it was sent');
    await socket.send([requests[0]?.identity ?? bytes(''), big]);
    await stage.heard(line.ear.messages, 1, 'big answers');
    must(same(line.ear.messages[0], [big]), 'a big answer must arrive as it was sent');
  }),
  sentence('a message larger than the receiver accepts costs the connection, and no other', async (stage) => {
    const { line, other, socket, requests } = await connected(stage, { maxMessageBytes: 10_000 });
    await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 1, 'requests');
    await socket.send([requests[0]?.identity ?? bytes(''), new Uint8Array(20_000)]);
    await stage.failed(line, 'a message came that is larger than maxMessageBytes');
    must(line.ear.messages.length === 0, 'a message larger than maxMessageBytes must not be handed on');
    const careless = await other();
    await careless.connection.send([new Uint8Array(LARGEST + 1)]);
    await stage.failed(careless, 'it sent a message that is larger than the server accepts');
    const last = await other();
    await last.connection.send([bytes('last')]);
    await stage.heard(requests, 2, 'requests after one that was too large');
    must(textOf(requests[1]?.frames ?? []) === 'last', 'a request larger than maxMessageBytes must not be handed on');
  }),
  sentence('each connection has an identity, and answers reach no other', async (stage) => {
    const { line, other, socket, requests } = await connected(stage);
    const lines = [line, await other(), await other(), await other()];
    for (const [index, each] of lines.entries()) {
      await each.connection.send([bytes(`${index}`)]);
      await stage.heard(requests, index + 1, 'requests of several clients');
    }
    const identities = new Set(requests.map(({ identity }) => textOf([identity])));
    must(!identities.has(''), "a request must begin with its sender's identity");
    must(identities.size === lines.length, 'no two connections may have one identity');
    for (const { identity, frames } of requests.toReversed()) await socket.send([identity, ...frames]);

    for (const [index, { ear }] of lines.entries()) {
      await stage.heard(ear.messages, 1, 'answers for each client');
      must(textOf(ear.messages[0] ?? []) === `${index}`, 'an answer must reach the client whose identity it has');
    }
    await line.connection.send([bytes('again')]);
    await stage.heard(requests, lines.length + 1, 'requests');
    must(
      textOf([requests.at(-1)?.identity ?? bytes('')]) === textOf([requests[0]?.identity ?? bytes('')]),
      'a connection must keep its identity',
    );
    await stage.settle();
    must(
      lines.every(({ ear }) => ear.messages.length === 1),
      'an answer must reach one client, once',
    );
  }),
  sentence('a server that leaves is told once, as lost', async (stage) => {
    const { line, socket } = await connected(stage);
    const publish = await stage.publish(await stage.server(), await stage.address());
    const feed = await stage.open(stage.subscribe(await stage.client(), publish.address, [bytes('')]));
    await Promise.all([socket.close(), publish.close()]);
    for (const each of [line, feed]) {
      const { kind } = await stage.failed(each, LOST);
      must(kind === 'lost', `a connection that was open must fail as 'lost', not as '${kind}'`);
    }
    await mustReject(stage, line, 'after the peer has gone');
    await stage.settle();
  }),
  sentence('a connection does not come back by itself, nor does what was sent over it', async (stage) => {
    const { line, socket } = await connected(stage);
    const { address } = socket;
    await socket.close();
    await line.connection.send([bytes('into the void')]).catch(() => undefined);
    await stage.failed(line, LOST);
    const { requests } = await stage.reply(await stage.server(), address);
    const next = await stage.open(stage.request(await stage.client(), address));
    await next.connection.send([bytes('new')]);
    await stage.heard(requests, 1, 'requests');
    await stage.settle();
    must(
      requests.length === 1 && textOf(requests[0]?.frames ?? []) === 'new',
      'what was sent over a broken connection must not arrive over another one',
    );
  }),
  sentence('after close nothing is told, and close may be called again', async (stage) => {
    const { line, other, socket, requests } = await connected(stage);
    await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 1, 'requests');
    const identity = requests[0]?.identity ?? bytes('');
    for (let number = 0; number < 10; number++) void socket.send([identity, bytes('late')]);

    line.close();
    line.close();
    const hasty = stage.request(await stage.client(), socket.address);
    hasty.close();
    const feed = stage.subscribe(await stage.client(), await stage.address());
    feed.close();
    feed.close();
    const still = await other();
    await still.connection.send([bytes('here')]);
    await stage.heard(requests, 2, 'requests');
    await socket.close();
    await stage.failed(still, LOST);
  }),
  sentence('a listener may close its connection', async (stage) => {
    const { line, socket, requests } = await connected(stage);
    await line.connection.send([bytes('hello')]);
    await stage.heard(requests, 1, 'requests');
    line.ear.onMessage = () => {
      line.close();
    };
    const identity = requests[0]?.identity ?? bytes('');
    for (let number = 0; number < 20; number++) void socket.send([identity, bytes(`${number}`)]);

    await stage.heard(line.ear.messages, 1, 'answers');
    const ear = new Ear();
    const brief = stage.request(await stage.client(), socket.address, ear);
    ear.onOpened = () => {
      brief.close();
    };
    await stage.open(brief);
    await mustReject(stage, brief, 'after close() within opened()');
    await stage.settle();
  }),
];

/** A server that takes requests, a client that is connected to it, and a way to more of them. */
async function connected(
  stage: Stage,
  options: { readonly maxMessageBytes?: number } = {},
): Promise<
  Awaited<ReturnType<Stage['reply']>> & {
    readonly line: Line<RequestConnection>;
    readonly other: () => Promise<Line<RequestConnection>>;
  }
> {
  const reply = await stage.reply(await stage.server(), await stage.address());
  const client = await stage.client(options);
  const other = (): Promise<Line<RequestConnection>> => stage.open(stage.request(client, reply.socket.address));
  return { ...reply, line: await other(), other };
}

async function mustReject(stage: Stage, line: Line<RequestConnection>, when: string): Promise<void> {
  const sentence = `send must reject at once ${when}`;
  const reason = await rejection(line.connection.send([bytes('first')]), sentence, stage.patience);
  must(reason !== undefined, `${sentence}, and it resolved`);
}

function mustBeInOrder(messages: readonly string[], expected: (number: number) => string, what: string): void {
  const wrong = messages.findIndex((message, number) => message !== expected(number));
  must(
    wrong < 0 && messages.length === BURST,
    `${what} must arrive once and in the order of sending: of ${BURST} came ${messages.length}, number ${wrong} is ${JSON.stringify(messages[wrong])}`,
  );
}

function same(left: readonly Uint8Array[] | undefined, right: readonly Uint8Array[]): boolean {
  return (
    left?.length === right.length &&
    left.every((part, index) => Buffer.compare(part, right[index] ?? new Uint8Array()) === 0)
  );
}
