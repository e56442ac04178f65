import { describe, expect, test } from 'vitest';
import { encodeGreeting, GREETING_BYTES, GreetingReader } from '../../src/zmtp/greeting.js';
import type { Greeting } from '../../src/zmtp/greeting.js';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function read(...pieces: Uint8Array[]): Greeting | undefined {
  const reader = new GreetingReader();
  for (const piece of pieces) reader.read(piece);
  return reader.greeting;
}

/** A greeting with some bytes changed. */
function changed(changes: Readonly<Record<number, number>>): Uint8Array {
  const greeting = encodeGreeting('NULL', false);
  for (const [at, value] of Object.entries(changes)) greeting[Number(at)] = value;
  return greeting;
}

describe('the greeting', () => {
  test('G1: is these 64 bytes', () => {
    expect(Buffer.from(encodeGreeting('CURVE', true)).toString('hex')).toBe(
      `ff0000000000000001` +
        `7f` +
        `0301` +
        Buffer.from('CURVE').toString('hex').padEnd(40, '0') +
        '01' +
        '00'.repeat(31),
    );
  });

  test('G2: padding and filler are never looked at', () => {
    const noise = Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8, ...Array.from({ length: 31 }, (_, at) => 33 + at)].map((at) => [at, 0xee]),
    );
    expect(read(changed(noise))).toEqual({ major: 3, minor: 1, mechanism: 'NULL', asServer: false });
  });

  test('G3: cut at each offset', () => {
    const greeting = encodeGreeting('PLAIN', true);
    for (let cut = 0; cut <= GREETING_BYTES; cut++) {
      expect(read(greeting.subarray(0, cut), greeting.subarray(cut))).toMatchObject({
        mechanism: 'PLAIN',
        asServer: true,
      });
    }
  });

  test('what follows it is left', () => {
    const reader = new GreetingReader();
    expect(reader.read(new Uint8Array([...encodeGreeting('NULL', false), 4, 5]))).toBe(GREETING_BYTES);
  });

  test.each([
    [3, 0],
    [3, 1],
    [3, 9],
    [4, 0],
  ])('G4: version %i.%i is taken', (major, minor) => {
    expect(read(changed({ 10: major, 11: minor }))).toMatchObject({ major, minor });
  });

  test.each([
    [1, '2.0, of ZeroMQ 3'],
    [2, '2.0, of ZeroMQ 3'],
    [0, '1.0, of ZeroMQ 2'],
  ])('G4: version %i is named as soon as its byte is there', (major, name) => {
    expect(() => read(changed({ 10: major }).subarray(0, 11))).toThrow(`the peer speaks ZMTP ${name}`);
  });

  test('G4: a long identity of ZMTP 1.0 is no signature', () => {
    expect(() => read(changed({ 9: 0 }).subarray(0, 10))).toThrow('the peer speaks ZMTP 1.0');
  });

  test.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'an HTTP server'],
    ['GET / HTTP/1.1\r\n', 'an HTTP client'],
    ['\x16\x03\x01\x02\x00', 'TLS'],
    ['\x15\x03\x01\x00\x02', 'TLS'],
    ['<!DOCTYPE HTML>', 'an HTTP server'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'an SSH server'],
    ['AMQP\0\0\x09\x01', 'an AMQP broker'],
    ['-ERR unknown command\r\n', 'Redis'],
    ['220 mail ESMTP\r\n', 'a mail or FTP server'],
    ['\x01\x00', 'ZMTP 1.0, of ZeroMQ 2'],
  ])('G6: %j is named', (text, name) => {
    expect(() => read(latin1(text))).toThrow(`looks like ${name}`);
  });

  test('G6: anything else is quoted, safely for a log', () => {
    expect(() => read(latin1('\x1b[2Jhello'))).toThrow('the peer does not speak ZeroMQ: it began with ".[2Jhello"');
  });
});
