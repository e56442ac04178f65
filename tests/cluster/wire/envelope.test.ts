import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEnvelope, writeEnvelope } from '../../../src/cluster/wire/envelope.js';
import type { Envelope } from '../../../src/cluster/wire/envelope.js';

const U32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const NAME = fc.string({ unit: 'binary', maxLength: 40 });
const CHUNK = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(1e9), fc.nat())
  .map(([count, more, index]) => ({ index: index % count, count, bytes: count + more }));
const ENVELOPE: fc.Arbitrary<Envelope> = fc.record(
  {
    deadline: fc.maxSafeNat(),
    epoch: fc.maxSafeNat(),
    boot: U32,
    edge: NAME,
    key: NAME,
    client: NAME,
    seq: fc.maxSafeNat(),
    notExecuted: fc.constantFrom('expired', 'not-active'),
    chunk: CHUNK,
    traceparent: fc.constant('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'),
  },
  { requiredKeys: [] },
);

test('what is written is read, as printable ASCII', () => {
  fc.assert(
    fc.property(ENVELOPE, (envelope) => {
      const headers = writeEnvelope(envelope);
      for (const [name, value] of Object.entries(headers)) {
        expect(name).toMatch(/^[\x21-\x39\x3b-\x7e]+$/);
        expect(value).toMatch(/^[\x20-\x7e]*$/);
      }
      expect(readEnvelope({ ...headers, 'Nats-Msg-Id': 'other’s' })).toEqual(envelope);
    }),
  );
});

test('the headers have the form that others may rely on', () => {
  expect(
    writeEnvelope({
      deadline: 1234.5678,
      epoch: 7,
      boot: 9,
      edge: 'edge 1',
      key: 'k.1',
      chunk: { index: 0, count: 2, bytes: 9 },
    }),
  ).toEqual({
    Vb: '1',
    'Vb-Deadline': '1234',
    'Vb-Epoch': '7',
    'Vb-Boot': '9',
    'Vb-Edge': 'edge=201',
    'Vb-Key': 'k=2E1',
    'Vb-Chunk': '0/2/9',
  });
});

test('a deadline never becomes later', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (deadline) => {
      const read = readEnvelope(writeEnvelope({ deadline }))?.deadline ?? NaN;
      expect(read).toBeLessThanOrEqual(deadline);
      expect(deadline - read).toBeLessThan(1);
    }),
  );
});

test.each([
  [{}],
  [{ Vb: '2' }],
  [{ Vb: '1', 'Vb-Deadline': 'soon' }],
  [{ Vb: '1', 'Vb-Deadline': '' }],
  [{ Vb: '1', 'Vb-Deadline': '-1' }],
  [{ Vb: '1', 'Vb-Deadline': '1.5' }],
  [{ Vb: '1', 'Vb-Deadline': '1e99' }],
  [{ Vb: '1', 'Vb-Deadline': 'Infinity' }],
  [{ Vb: '1', 'Vb-Epoch': '1.5' }],
  [{ Vb: '1', 'Vb-Epoch': '9007199254740992' }],
  [{ Vb: '1', 'Vb-Boot': '4294967296' }],
  [{ Vb: '1', 'Vb-Key': 'a b' }],
  [{ Vb: '1', 'Vb-Chunk': '2/2/9' }],
  [{ Vb: '1', 'Vb-Chunk': '0/10/9' }],
  [{ Vb: '1', 'Vb-Chunk': '0/1' }],
  [{ Vb: '1', 'Vb-Chunk': '0/1/2/3' }],
  [{ Vb: '1', 'Vb-Not-Executed': 'No!' }],
])('%j is not read', (headers) => {
  expect(readEnvelope(headers)).toBeUndefined();
});

test('a trace that cannot be read stops nothing', () => {
  expect(readEnvelope({ Vb: '1', traceparent: 'x' })).toEqual({});
});

test('any headers are read without an error', () => {
  const names = fc.constantFrom(
    'Vb',
    'Vb-Deadline',
    'Vb-Epoch',
    'Vb-Key',
    'Vb-Chunk',
    'traceparent',
    '__proto__',
    'other',
  );
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('1', '0/1/2', '99999999999999999999'));
  fc.assert(
    fc.property(fc.dictionary(names, values), (headers) => {
      expect(() => readEnvelope(headers)).not.toThrow();
    }),
  );
});
