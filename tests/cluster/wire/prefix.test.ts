import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PICKLED_EVENT, PREFIX_BYTES, readPrefix, writePrefixed } from '../../../src/cluster/wire/prefix.js';

const U32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const U48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const PREFIX = fc.record({
  encoding: fc.integer({ min: 0, max: 255 }),
  edge: U32,
  boot: U32,
  epoch: U48,
  seq: U48,
  time: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

test('what is written is read, wherever it lies in memory', () => {
  fc.assert(
    fc.property(PREFIX, fc.uint8Array(), fc.nat(20), (prefix, rest, at) => {
      const message = writePrefixed(prefix, rest);
      const memory = new Uint8Array(at + message.length);
      memory.set(message, at);
      const moved = memory.subarray(at);
      expect(readPrefix(moved)).toEqual(prefix);
      expect(Buffer.from(moved.subarray(PREFIX_BYTES))).toEqual(Buffer.from(rest));
    }),
  );
});

test('it has the layout that others may rely on', () => {
  const message = writePrefixed(
    {
      encoding: PICKLED_EVENT,
      edge: 0x01020304,
      boot: 0x05060708,
      epoch: 0x090a0b0c0d0e,
      seq: 0x0f1011121314,
      time: 1,
    },
    new Uint8Array([0x80]),
  );
  expect(Buffer.from(message).toString('hex')).toBe(
    '5642' + '01' + '01' + '01020304' + '05060708' + '090a0b0c0d0e' + '0f1011121314' + '3ff0000000000000' + '80',
  );
});

test('what is none is none, and throws nothing', () => {
  const message = writePrefixed({ encoding: 1, edge: 1, boot: 2, epoch: 3, seq: 4, time: 5 }, new Uint8Array(4));
  expect(readPrefix(message.subarray(0, PREFIX_BYTES - 1))).toBeUndefined();
  for (const at of [0, 1, 2]) {
    const damaged = Uint8Array.from(message);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(readPrefix(damaged)).toBeUndefined();
  }
  const timeless = Buffer.from(message);
  timeless.writeDoubleBE(NaN, 24);
  expect(readPrefix(timeless)).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(() => readPrefix(bytes)).not.toThrow();
    }),
  );
});
