import { describe, expect, test } from 'vitest';
import { dumps } from 'vnpy-bridge/pickle';
import { Event, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { bytes } from '../../support/bytes.js';
import { inspect } from './harness.js';
import type { Run } from './harness.js';
import { fixture } from './samples.js';
import { command, greeting, message, pcap, pcapng, ready, stream } from './wire.js';
import type { Segment } from './wire.js';

// ZeroMQ captures: what a publisher of vnpy 4.5 and one of vnpy 4.4 send, as packets.

const TIMER = dumps(new Event('eTimer', null), { registry: vnpyRegistry, protocol: 5 });
const ORDER = fixture('vnpy-order-event', 4);
const OPENING = bytes(greeting(), ready('PUB'));
const MESSAGES = bytes(
  OPENING,
  message('', TIMER),
  message(ORDER),
  message('heartbeat', dumps(1767605400.5, { protocol: 5 })),
);

const show = (data: Uint8Array): Promise<Run> => inspect(['show', '--max-items', '1', '--depth', '1'], { stdin: data });
/** The lines that tell which messages were seen. */
function seen({ stdout }: Run): string[] {
  return stdout.split('\n').filter((line) => /^vnpy |E051|N305|I007|subscribe/.test(line));
}

const EXPECTED = [
  "vnpy event (vnpy 4.5 and later): topic '', eTimer",
  "vnpy event (vnpy 3.0 to 4.4): topic '', eOrder.",
  'vnpy heartbeat (vnpy 4.5 and later): 2026-01-05T09:30:00.500Z',
];

describe('a whole connection', () => {
  const segments = stream(MESSAGES, 100, 1000);

  test.each([
    ['pcap, little endian', pcap(segments)],
    ['pcap, big endian', pcap(segments, 'big')],
    ['pcapng', pcapng(segments)],
    ['IPv6', pcap(stream(MESSAGES, 100, 1000, { ipv6: true }))],
    ['a Linux cooked capture', pcap(stream(MESSAGES, 100, 1000, { linux: true }))],
    ['one byte a segment', pcap(stream(MESSAGES, 1, 1000))],
    ['sequence numbers that wrap around', pcap(stream(MESSAGES, 100, 2 ** 32 - 150))],
  ])('%s', async (_name, capture) => {
    const run = await show(capture);
    expect([run.code, seen(run)]).toEqual([0, EXPECTED]);
  });

  test('tells time, socket type, address and frames', async () => {
    const { stdout } = await show(pcapng(segments));
    expect(stdout).toMatch(
      /2026-01-05T09:30:0\d\.500Z {2}PUB {2}127\.0\.0\.1:4102 > 127\.0\.0\.1:50123 {2}frames 0 \+ \d+ B/,
    );
  });

  test('segments out of order and sent twice make no difference', async () => {
    const mixed = [...segments.slice(0, 2), ...segments.slice(2, 5).reverse(), ...segments.slice(5)];
    const doubled = mixed.flatMap((segment) => [segment, segment]);
    expect(seen(await show(pcap(doubled)))).toEqual(EXPECTED);
  });

  test('the other direction is read too: subscriptions', async () => {
    const client = bytes(greeting(), ready('SUB'), message(bytes(1, 'eTick.')), command('SUBSCRIBE', bytes('rb')));
    const run = await show(pcap([...stream(client, 500, 77, { toServer: true }), ...segments]));
    expect(seen(run).filter((line) => line.includes('subscribe'))).toHaveLength(2);
    expect(run.code).toBe(0);
  });

  test('requests and replies are recognised', async () => {
    const request = bytes(greeting(), ready('REQ'), message('', fixture('vnpy-send-order', 4)));
    const reply = bytes(
      greeting(),
      ready('REP'),
      message('', dumps([true, 'CTP.3'])),
      message('', dumps([false, 'Traceback\nKeyError: 1\n'])),
    );
    const run = await show(pcap([...stream(request, 500, 5, { toServer: true }), ...stream(reply, 500, 9)]));
    expect(seen(run)).toEqual([
      'vnpy request: send_order, 2 arguments',
      'vnpy reply: ok',
      'vnpy reply: failed: KeyError: 1',
    ]);
  });
});

describe('a capture with something missing', () => {
  const lines = Array.from({ length: 4 }, () => message(ORDER));
  const data = bytes(OPENING, ...lines);

  test('a lost packet costs the messages in it, is told, and those after it are read', async () => {
    const segments = [{ sequence: 0, syn: true }];
    let at = 1;
    const parts = [OPENING, ...lines].map((part): Segment => {
      const segment = { sequence: at, data: part };
      at += part.length;
      return segment;
    });
    const run = await show(pcap([...segments, ...parts.filter((_, index) => index !== 2)]));
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(/E051.*packets are missing/);
    expect(seen(run).filter((line) => line.includes('eOrder'))).toHaveLength(3);
  });

  test('a capture that began later finds the first frame', async () => {
    const [, , ...rest] = stream(data, 5000, 1000);
    const late = pcap([
      { sequence: 7000, data: message(ORDER) },
      ...rest.map((segment) => ({ ...segment, sequence: segment.sequence + 9000 })),
    ]);
    const run = await show(late);
    expect([run.code, seen(run)]).toEqual([0, [EXPECTED[1]]]);
  });

  test('packets cut by the capture length are told', async () => {
    const run = await show(pcap(stream(data, 5000, 1000).map((segment) => ({ ...segment, snap: 300 }))));
    expect([run.code, run.stdout.includes('E051')]).toEqual([2, true]);
  });

  test('a file that breaks off is told, and what came before shown', async () => {
    const whole = pcap(stream(MESSAGES, 5000, 1000));
    const twice = bytes(whole, 1, 2, 3);
    const run = await show(twice);
    expect([run.code, seen(run).slice(0, 3)]).toEqual([
      2,
      [expect.stringMatching(/vnpy event/), expect.any(String), expect.any(String)],
    ]);
    expect(run.stdout).toMatch(/E051.*breaks off/);
  });

  test('an encrypted connection is inconclusive', async () => {
    const run = await inspect(['check'], { stdin: pcap(stream(bytes(greeting('CURVE'), 'xxxxxxxx'), 500, 1)) });
    expect([run.code, run.stdout.includes('I007')]).toEqual([3, true]);
  });

  test('a capture without ZeroMQ says so', async () => {
    const run = await show(pcap(stream(bytes('GET / HTTP/1.1\r\n\r\n'), 500, 1)));
    expect([run.code, run.stdout.includes('no ZeroMQ')]).toEqual([0, true]);
  });

  test.each([
    ['flags that are reserved', bytes(0xee, 'garbage'), '8 bytes', 'a frame with the flags 0xee.*', OPENING.length],
    ['a command of two parts', bytes(message('x'), 5, 0), '2 bytes', 'a command that announces more parts', 94],
  ])('bytes that are no frame are told, and where: %s', async (_, broken, lost, why, offset) => {
    const run = await show(pcap(stream(bytes(OPENING, broken), 500, 1)));
    const text = `${lost} of .*no ZMTP frame: ${why} \\(byte ${offset} of the connection\\)$`;
    expect([run.code, seen(run)]).toEqual([2, expect.arrayContaining([expect.stringMatching(new RegExp(text))])]);
  });

  test('where is counted from the first byte captured, when the beginning is missing', async () => {
    const [first, second] = [message(ORDER), bytes(message(ORDER), 0xee)];
    const run = await show(
      pcap([
        { sequence: 7, data: first },
        { sequence: 7 + first.length, data: second },
      ]),
    );
    expect(run.stdout).toContain(
      `(byte ${first.length + second.length - 1} of the connection), counted from the first one in the capture`,
    );
  });

  test.each([
    ['without a name', command('', bytes()), 'a command without a name'],
    ['READY whose properties are cut', command('READY', bytes(11, 'Socket-Type', 0)), 'properties.*cut short'],
  ])('a command that is senseless costs only itself: %s', async (_, broken, why) => {
    const run = await show(pcap(stream(bytes(greeting(), broken, message(ORDER)), 5000, 1)));
    expect(seen(run)).toEqual([expect.stringMatching(`E051.*${why}.*segment that ends at byte`), EXPECTED[1]]);
  });

  test('a header that is cut between packets is one header', async () => {
    const run = await show(pcap(stream(MESSAGES.subarray(0, -1), 1, 1000)));
    expect(seen(run).slice(0, 2)).toEqual(EXPECTED.slice(0, 2));
    expect(run.stdout).toMatch(/\b\d+ bytes of .* the capture ends in the middle of a message/);
  });

  test('an older ZMTP is told as soon as it can be', async () => {
    const old = bytes(0xff, new Uint8Array(8), 0x7f, 1, 4);
    const run = await show(pcap(stream(old, 500, 1)));
    expect(run.stdout).toMatch(/12 bytes of .*older ZMTP.*: the peer speaks ZMTP 2\.0.*\(byte 10 of/);
  });
});

test('a large message over many segments is joined once', async () => {
  const large = dumps(new Uint8Array(3_000_000), { protocol: 4 });
  const before = process.cpuUsage();
  const { code, stdout } = await inspect(['json', '-q', '--ndjson'], {
    stdin: pcap(stream(bytes(OPENING, message('x', large)), 1400, 1)),
  });
  expect([code, stdout.length]).toEqual([0, 4_000_003]);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
});

test('check looks into every message of a capture', async () => {
  const evil = bytes("cos\nsystem\n(S'id'\ntR.");
  const run = await inspect(['check'], {
    stdin: pcap(stream(bytes(OPENING, message('', TIMER), message('x', evil)), 500, 1)),
  });
  expect([run.code, run.stdout.includes('os.system')]).toEqual([1, true]);
});
