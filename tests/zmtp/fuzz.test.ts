import { expect, test } from 'vitest';
import { encodeCommand, encodeMetadata, encodePing } from '../../src/zmtp/commands.js';
import { ZmtpError } from '../../src/zmtp/errors.js';
import { COMMAND, encodeFrame, encodeMessage } from '../../src/zmtp/frames.js';
import { encodeGreeting } from '../../src/zmtp/greeting.js';
import { newKeyPair } from '../../src/zmtp/mechanisms/box.js';
import { CurveServer } from '../../src/zmtp/mechanisms/curve-server.js';
import { PlainClient, PlainServer } from '../../src/zmtp/mechanisms/plain.js';
import type { ProtocolOptions } from '../../src/zmtp/protocol.js';
import type { SocketType } from '../../src/zmtp/socket-types.js';
import { seededRandom } from '../support/bytes.js';
import { Mutator } from '../support/mutate.js';
import { ascii, nul, Side } from './support/side.js';

const pair = newKeyPair();
const command = (name: string, data: Uint8Array = new Uint8Array()): Uint8Array =>
  encodeFrame(COMMAND, encodeCommand(name, data));
const type = (name: string): Uint8Array => encodeMetadata([['Socket-Type', ascii(name)]]);
const bytes = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** What a peer says in a whole conversation, and the side that listens. */
const CONVERSATIONS: readonly (readonly [title: string, SocketType, ProtocolOptions['mechanism'], Uint8Array])[] = [
  [
    'REQ to ROUTER',
    'ROUTER',
    nul,
    bytes(
      encodeGreeting('NULL', false),
      command('READY', type('REQ')),
      encodeMessage([ascii(''), ascii('x'.repeat(300))]),
      encodeFrame(COMMAND, encodePing(20, ascii('context'))),
      encodeMessage([ascii(''), ascii('again')]),
    ),
  ],
  [
    'SUB to PUB',
    'PUB',
    nul,
    bytes(
      encodeGreeting('NULL', false),
      command('READY', type('SUB')),
      command('SUBSCRIBE', ascii('rb')),
      encodeMessage([ascii('\x01cu')]),
      command('CANCEL', ascii('rb')),
    ),
  ],
  [
    'PUB to SUB',
    'SUB',
    nul,
    bytes(
      encodeGreeting('NULL', false),
      command('READY', type('PUB')),
      encodeMessage([ascii('topic'), ascii('d'.repeat(1000))]),
      command('ERROR', ascii('\x03400')),
    ),
  ],
  [
    'a client to a server of PLAIN',
    'ROUTER',
    (metadata, maxProperties) => new PlainServer(() => true, metadata, maxProperties),
    bytes(
      encodeGreeting('PLAIN', false),
      command('HELLO', ascii('\x03ann\x06secret')),
      command('INITIATE', type('DEALER')),
      encodeMessage([ascii('id'), ascii(''), ascii('call')]),
    ),
  ],
  [
    'a server to a client of PLAIN',
    'DEALER',
    (metadata, maxProperties) => new PlainClient('ann', 'secret', metadata, maxProperties),
    bytes(
      encodeGreeting('PLAIN', true),
      command('WELCOME'),
      command('READY', type('ROUTER')),
      encodeMessage([ascii('a')]),
    ),
  ],
  [
    'a client to a server of CURVE',
    'ROUTER',
    (metadata, maxProperties) => new CurveServer({ pair, accepts: () => true, metadata, maxProperties }),
    bytes(
      encodeGreeting('CURVE', false),
      command('HELLO', new Uint8Array(194)),
      command('INITIATE', new Uint8Array(300)),
    ),
  ],
];

/** What came of some bytes: the events, and the code of the error that ended it. Anything but a ZmtpError fails the test. */
function outcome(
  socketType: SocketType,
  mechanism: ProtocolOptions['mechanism'],
  pieces: readonly Uint8Array[],
): string[] {
  const side = new Side(socketType, mechanism, { maxMessageBytes: 2 ** 20 });
  try {
    for (const piece of pieces) side.read(piece);
  } catch (error) {
    if (!(error instanceof ZmtpError)) throw error;
    side.events.push(error.code);
  }
  return side.events;
}

function pieces(data: Uint8Array, random: () => number): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0; at < data.length;) {
    const size = 1 + Math.floor(random() * (random() < 0.5 ? 5 : 200));
    cut.push(data.subarray(at, at + size));
    at += size;
  }
  return cut;
}

test.each(CONVERSATIONS)(
  '%s: damaged bytes cost the connection and nothing else, however they are cut',
  (_, type, mechanism, whole) => {
    const mutator = new Mutator(20261129, [whole, ...CONVERSATIONS.map(([, , , other]) => other)]);
    const random = seededRandom(7);
    const codes = new Set<string>();
    for (let round = 0; round < 1500; round++) {
      const damaged = mutator.next();
      const once = outcome(type, mechanism, [damaged]);
      const inPieces = outcome(type, mechanism, pieces(damaged, random));
      // A chunk that holds an error is judged as a whole: which of two errors is told first may depend on the cut.
      expect(inPieces.filter((event) => event.includes(' '))).toEqual(once.filter((event) => event.includes(' ')));
      codes.add(once.at(-1) ?? '');
    }
    expect(codes).toContain('PROTOCOL');
    expect(outcome(type, mechanism, [whole]).length).toBeGreaterThan(0);
  },
);
