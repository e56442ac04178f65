import { describe, expect, test } from 'vitest';
import { encodeCommand, encodeMetadata, encodePing } from '../../src/zmtp/commands.js';
import { COMMAND, encodeFrame, encodeMessage } from '../../src/zmtp/frames.js';
import { encodeGreeting } from '../../src/zmtp/greeting.js';
import { newKeyPair } from '../../src/zmtp/mechanisms/box.js';
import { CurveClient } from '../../src/zmtp/mechanisms/curve-client.js';
import { CurveServer } from '../../src/zmtp/mechanisms/curve-server.js';
import { PlainClient, PlainServer } from '../../src/zmtp/mechanisms/plain.js';
import type { ProtocolLimits, ProtocolOptions } from '../../src/zmtp/protocol.js';
import type { SocketType } from '../../src/zmtp/socket-types.js';
import { ascii, nul, Side } from './support/side.js';

/** Carries bytes between two sides until nothing is left to carry. */
function carry(one: Side, other: Side, size?: number): void {
  for (;;) {
    const there = one.take();
    const back = other.take();
    if (there.length + back.length === 0) return;
    other.read(there, size);
    one.read(back, size);
  }
}

const greeting = encodeGreeting('NULL', false);
const ready = (type: string, ...more: (readonly [string, Uint8Array])[]): Uint8Array =>
  encodeFrame(COMMAND, encodeCommand('READY', encodeMetadata([['Socket-Type', ascii(type)], ...more])));

/** A side that has a peer of NULL. */
function connected(own: SocketType, peer: string, limits: Partial<ProtocolLimits> = {}, minor = 1): Side {
  const side = new Side(own, nul, limits);
  const theirs = greeting.slice();
  theirs[11] = minor;
  side.read(theirs);
  side.read(ready(peer));
  side.take();
  return side;
}

const server = newKeyPair();
const client = newKeyPair();
const MECHANISMS: Readonly<
  Record<string, readonly [ProtocolOptions['mechanism'], ProtocolOptions['mechanism'], string | undefined]>
> = {
  NULL: [nul, nul, undefined],
  PLAIN: [
    (metadata, maxProperties) => new PlainClient('ann', 'secret', metadata, maxProperties),
    (metadata, maxProperties) =>
      new PlainServer((user, password) => user === 'ann' && password === 'secret', metadata, maxProperties),
    'ann',
  ],
  CURVE: [
    (metadata, maxProperties) =>
      new CurveClient({ serverKey: server.publicKey, pair: client, metadata, maxProperties }),
    (metadata, maxProperties) => new CurveServer({ pair: server, accepts: () => true, metadata, maxProperties }),
    expect.stringMatching(/^.{40}$/) as string,
  ],
};

describe.each(Object.entries(MECHANISMS))('two sides with %s', (_, [forClient, forServer, principal]) => {
  test.each([1, 3, 64, 1000])('shake hands and talk in pieces of %i bytes', (size) => {
    const dealer = new Side('DEALER', forClient, {}, ascii('me'));
    const router = new Side('ROUTER', forServer);
    carry(dealer, router, size);
    expect(router.peer).toEqual({ minor: 1, socketType: 'DEALER', identity: ascii('me'), principal });
    expect(dealer.peer).toMatchObject({ minor: 1, socketType: 'ROUTER', identity: new Uint8Array() });
    dealer.send(dealer.protocol.encode([ascii('id'), ascii(''), ascii('x'.repeat(300))]));
    dealer.send(dealer.protocol.encodePing(655));
    carry(dealer, router, size);
    expect(router.events).toEqual(['ready DEALER', `message id||${'x'.repeat(300)}`, 'ping 65500']);
    expect(dealer.events).toEqual(['ready ROUTER', 'pong']);
  });

  test('S8: subscribe and cancel, the empty prefix too', () => {
    const sub = new Side('SUB', forClient);
    const pub = new Side('PUB', forServer);
    carry(sub, pub);
    for (const [prefix, wanted] of [
      ['', true],
      ['rb', true],
      ['', false],
    ] as const)
      sub.send(sub.protocol.encodeSubscription(ascii(prefix), wanted));
    carry(sub, pub);
    expect(pub.events).toEqual(['ready SUB', 'subscribe ', 'subscribe rb', 'cancel ']);
  });
});

describe('the handshake', () => {
  test('R5: nothing but greeting and READY leaves before the READY of the peer', () => {
    const side = new Side('DEALER');
    expect(side.take()).toEqual(greeting);
    side.read(greeting.subarray(0, 63));
    expect(side.take()).toHaveLength(0);
    side.read(greeting.subarray(63));
    expect(Buffer.from(side.take()).toString('latin1')).toBe(
      '\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0',
    );
    expect(side.protocol.state).toBe('securing');
  });

  test('R6: READY as a message, as of libzmq 4.1', () => {
    const side = new Side('SUB');
    const body = ready('PUB').subarray(2);
    side.read(new Uint8Array([...greeting, ...encodeFrame(0, body)]));
    expect(side.events).toEqual(['ready PUB']);
  });

  const TYPES = [
    'PAIR',
    'PUB',
    'SUB',
    'REQ',
    'REP',
    'DEALER',
    'ROUTER',
    'PULL',
    'PUSH',
    'XPUB',
    'XSUB',
    '',
    'nonsense',
  ];
  test.each<[SocketType, string[]]>([
    ['DEALER', ['REP', 'DEALER', 'ROUTER']],
    ['ROUTER', ['REQ', 'DEALER', 'ROUTER']],
    ['PUB', ['SUB', 'XSUB']],
    ['SUB', ['PUB', 'XPUB']],
  ])('R4: a %s talks to %j', (own, peers) => {
    for (const peer of TYPES) {
      const connect = (): Side => connected(own, peer);
      if (peers.includes(peer)) expect(connect().events).toEqual([`ready ${peer}`]);
      else expect(connect).toThrow(`a ${own} talks to ${peers.join(', ')}`);
    }
  });

  test('G5: another mechanism is named, and no READY is sent', () => {
    const side = new Side('DEALER');
    side.take();
    expect(() => {
      side.read(encodeGreeting('CURVE', true));
    }).toThrow('the peer wants CURVE, and this side no security');
    expect(side.take()).toHaveLength(0);
  });

  test('the frames of a handshake are small', () => {
    const side = new Side('ROUTER');
    side.read(greeting);
    expect(() => {
      side.read(Uint8Array.of(6, 0, 0, 0, 0, 0x40, 0, 0, 0));
    }).toThrow('a frame of 1073741824 bytes is above the limit of 65536 (byte 64 of the connection)');
  });

  test('an identity of 255 bytes is taken, of 256 not', () => {
    const connect = (length: number): Side => {
      const side = new Side('ROUTER');
      side.read(greeting);
      side.read(ready('DEALER', ['Identity', new Uint8Array(length)]));
      return side;
    };
    expect(connect(255).peer?.identity).toHaveLength(255);
    expect(() => connect(256)).toThrow('a routing id of 256 bytes');
  });
});

describe('traffic', () => {
  test('R7: a second READY and unknown commands are not shown, and counted', () => {
    const side = connected('DEALER', 'ROUTER', { maxIgnored: 3 });
    side.read(ready('ROUTER'));
    side.read(encodeFrame(COMMAND, encodeCommand('FUTURE')));
    side.read(encodeMessage([ascii('data')]));
    expect(side.events).toEqual(['ready ROUTER', 'message data']);
    expect(side.protocol.ignored).toBe(2);
    side.read(ready('ROUTER'));
    expect(() => {
      side.read(ready('ROUTER'));
    }).toThrow('more than 3 commands that mean nothing');
  });

  test('R7: an ERROR ends it with its reason', () => {
    const side = connected('DEALER', 'ROUTER');
    expect(() => {
      side.read(encodeFrame(COMMAND, encodeCommand('ERROR', ascii('\x04busy'))));
    }).toThrow('the reason "busy"');
  });

  test('H1: the context of a PING comes back, 16 bytes of it', () => {
    const side = connected('ROUTER', 'REQ');
    side.read(encodeFrame(COMMAND, encodePing(10, ascii('0123456789abcdef'))));
    expect(Buffer.from(side.take()).toString('latin1')).toBe('\x04\x15\x04PONG0123456789abcdef');
    side.read(encodeFrame(COMMAND, encodeCommand('PING', ascii('\0\0' + 'x'.repeat(40)))));
    expect(Buffer.from(side.take()).toString('latin1')).toBe(`\x04\x15\x04PONG${'x'.repeat(16)}`);
    expect(side.events.slice(1)).toEqual(['ping 1000', 'ping 0']);
  });

  test('H1: a TTL of one byte ends it', () => {
    const side = connected('ROUTER', 'REQ');
    expect(() => {
      side.read(encodeFrame(COMMAND, encodeCommand('PING', ascii('\0'))));
    }).toThrow('a PING without a TTL');
  });

  test('F5: a PING between the parts of a message', () => {
    const side = connected('SUB', 'PUB');
    side.read(
      new Uint8Array([
        ...encodeFrame(1, ascii('topic')),
        ...encodeFrame(COMMAND, encodePing(0)),
        ...encodeFrame(0, ascii('data')),
      ]),
      3,
    );
    expect(side.events).toEqual(['ready PUB', 'ping 0', 'message topic|data']);
  });

  test.each([
    [0, '\0\x03\x01rb\0\x03\0rb'],
    [1, '\x04\x0c\x09SUBSCRIBErb\x04\x09\x06CANCELrb'],
  ])('S4: subscriptions for a peer of minor %i', (minor, expected) => {
    const { protocol } = connected('SUB', 'PUB', {}, minor);
    const bytes = [protocol.encodeSubscription(ascii('rb'), true), protocol.encodeSubscription(ascii('rb'), false)];
    expect(Buffer.concat(bytes).toString('latin1')).toBe(expected);
  });

  test('a command has a limit of its own', () => {
    const side = connected('PUB', 'SUB', { maxCommandBytes: 100 });
    side.read(encodeFrame(COMMAND, encodeCommand('SUBSCRIBE', new Uint8Array(90))));
    expect(() => {
      side.read(encodeFrame(COMMAND, encodeCommand('SUBSCRIBE', new Uint8Array(91))));
    }).toThrow('limit of 100');
  });

  test('an encrypted connection takes nothing in clear', () => {
    const [forClient, forServer] = MECHANISMS['CURVE'] ?? [nul, nul];
    const dealer = new Side('DEALER', forClient);
    const router = new Side('ROUTER', forServer);
    carry(dealer, router);
    expect(() => {
      router.read(encodeMessage([ascii('in clear')]));
    }).toThrow('not encrypted on an encrypted connection');
  });
});
