import { describe, expect, test } from 'vitest';
import { COMMAND, encodeFrame, encodeMessage, FrameReader, MessageAssembler, MORE } from '../../src/zmtp/frames.js';
import { ZmtpError } from '../../src/zmtp/errors.js';

interface Seen {
  readonly flags: number;
  readonly body: number[];
}

/** Reads pieces through one buffer that is used again and again, as a socket's is, and keeps copies. */
function readPieces(pieces: readonly Uint8Array[], limit = 2 ** 20): Seen[] {
  const seen: Seen[] = [];
  const sink = { frame: (flags: number, body: Uint8Array) => void seen.push({ flags, body: [...body] }) };
  const reader = new FrameReader(sink, limit);
  const shared = new Uint8Array(Math.max(...pieces.map((piece) => piece.length)));
  for (const piece of pieces) {
    shared.set(piece);
    reader.read(shared.subarray(0, piece.length));
    shared.fill(0xaa);
  }
  return seen;
}

const bytes = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff);

const concat = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const STREAM = [
  encodeFrame(COMMAND, bytes(5)),
  encodeFrame(MORE, bytes(0)),
  encodeFrame(0, bytes(255)),
  encodeFrame(0, bytes(256)),
  encodeFrame(MORE, bytes(300, 7)),
  encodeFrame(0, bytes(1)),
];
const EXPECTED: Seen[] = [
  { flags: COMMAND, body: [...bytes(5)] },
  { flags: MORE, body: [] },
  { flags: 0, body: [...bytes(255)] },
  { flags: 0, body: [...bytes(256)] },
  { flags: MORE, body: [...bytes(300, 7)] },
  { flags: 0, body: [...bytes(1)] },
];

describe('FrameReader', () => {
  test('F4: every cut of a stream gives the same frames', () => {
    const whole = concat(STREAM);
    expect(readPieces([whole])).toEqual(EXPECTED);
    for (let cut = 1; cut < whole.length; cut++)
      expect(readPieces([whole.subarray(0, cut), whole.subarray(cut)])).toEqual(EXPECTED);
  });

  test('F4: byte by byte, and in pieces of each size', () => {
    const whole = concat(STREAM);
    for (const size of [1, 2, 3, 7, 64, 255, 257, 500]) {
      const count = Math.ceil(whole.length / size);
      const pieces = Array.from({ length: count }, (_, index) => whole.subarray(index * size, (index + 1) * size));
      expect(readPieces(pieces)).toEqual(EXPECTED);
    }
  });

  test('F1: only the flags of the protocol are taken, and no command with more parts', () => {
    for (let flags = 0; flags < 256; flags++) {
      const frame = (flags & 2) === 0 ? [flags, 1, 0x55] : [flags, 0, 0, 0, 0, 0, 0, 0, 1, 0x55];
      const read = (): Seen[] => readPieces([Uint8Array.from(frame)]);
      if (flags > 7 || (flags & 5) === 5) expect(read).toThrow(ZmtpError);
      else expect(read()).toEqual([{ flags: flags & 5, body: [0x55] }]);
    }
  });

  test('F1: reserved flags are refused before a size has come', () => {
    expect(() => readPieces([Uint8Array.of(0x80)])).toThrow('reserved (byte 0 of the connection)');
  });

  test.each([
    ['2^31', [0, 0, 0, 0, 0x80, 0, 0, 0]],
    ['2^32', [0, 0, 0, 1, 0, 0, 0, 0]],
    ['2^53 - 1', [0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['2^53', [0, 0x20, 0, 0, 0, 0, 0, 0]],
    ['2^63', [0x80, 0, 0, 0, 0, 0, 0, 0]],
    ['2^64 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('F3: a size of %s is refused, in one piece and byte by byte', (_, size) => {
    const frame = Uint8Array.from([2, ...size, 1, 2, 3]);
    expect(() => readPieces([frame])).toThrow('above the limit of 1048576 (byte 0 of the connection)');
    expect(() => readPieces([...frame].map((byte) => Uint8Array.of(byte)))).toThrow('above the limit');
  });

  test('F7: the limit is taken, one more is not', () => {
    expect(readPieces([encodeFrame(0, bytes(300))], 300)).toHaveLength(1);
    expect(() => readPieces([encodeFrame(0, bytes(5)), encodeFrame(0, bytes(301))], 300)).toThrow(
      'a frame of 301 bytes is above the limit of 300 (byte 7 of the connection)',
    );
  });

  test('memory for a frame grows with what has come of it', () => {
    const reader = new FrameReader({ frame: () => undefined }, 2 ** 31);
    const before = process.memoryUsage().arrayBuffers;
    reader.read(Uint8Array.of(2, 0, 0, 0, 0, 0x40, 0, 0, 0));
    reader.read(new Uint8Array(1000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(reader.isInside).toBe(true);
  });

  test('F2: the long form of a short frame is read', () => {
    expect(readPieces([Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 2, 8, 9)])).toEqual([{ flags: 0, body: [8, 9] }]);
  });
});

describe('MessageAssembler', () => {
  /** Messages of a stream that is read in pieces through one buffer. */
  function messages(pieces: readonly Uint8Array[], maxBytes = 1000, maxParts = 4): number[][][] {
    const assembler = new MessageAssembler({ maxBytes, maxParts });
    const seen: number[][][] = [];
    const reader: FrameReader = new FrameReader(
      {
        frame(flags, body, owned) {
          const parts = assembler.add(body, flags === MORE, owned, reader.offset);
          if (parts !== undefined) seen.push(parts.map((part) => [...part]));
        },
      },
      maxBytes,
    );
    const shared = Buffer.alloc(2000); // As sockets have it: its slice() does not copy.
    for (const piece of pieces) {
      shared.set(piece);
      reader.read(shared.subarray(0, piece.length));
      assembler.settle();
      shared.fill(0xaa);
    }
    return seen;
  }

  const stream = concat([encodeMessage([bytes(3), bytes(0), bytes(260)]), encodeMessage([bytes(9, 4)])]);
  const expected = [[[...bytes(3)], [], [...bytes(260)]], [[...bytes(9, 4)]]];

  test('messages of several parts, cut anywhere', () => {
    for (let cut = 0; cut <= stream.length; cut++)
      expect(messages([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(expected);
  });

  test('F7: all parts together have the limit, and so has their number', () => {
    expect(messages([encodeMessage([bytes(500), bytes(500)])])).toHaveLength(1);
    expect(() => messages([encodeMessage([bytes(500), bytes(501)])])).toThrow(
      'a message above the limit of 1000 bytes',
    );
    expect(messages([encodeMessage([bytes(1), bytes(1), bytes(1), bytes(1)])])).toHaveLength(1);
    expect(() => messages([encodeMessage([bytes(1), bytes(1), bytes(1), bytes(1), bytes(1)])])).toThrow(
      'more than 4 parts',
    );
  });

  test('a part that is copied into place already is not copied again', () => {
    const assembler = new MessageAssembler({ maxBytes: 1000, maxParts: 4 });
    const [owned, borrowed] = [bytes(5), bytes(6)];
    assembler.add(owned, true, true, 0);
    assembler.add(borrowed, true, false, 0);
    assembler.settle();
    assembler.settle();
    const parts = assembler.add(bytes(1), false, false, 0) ?? [];
    expect(parts[0]).toBe(owned);
    expect(parts[1]).not.toBe(borrowed);
    expect(parts[1]).toEqual(borrowed);
  });

  test('the limit begins again with each message', () => {
    expect(messages([encodeMessage([bytes(900)]), encodeMessage([bytes(900)])])).toHaveLength(2);
  });
});
