/**
 * The 64 bytes that both sides of a connection send first (https://rfc.zeromq.org/spec/37/), and what other programs
 * send instead.
 *
 * @module
 */
import { ZmtpError } from './errors.js';

/** Bytes of a greeting. */
export const GREETING_BYTES = 64;

/** What a peer said in its greeting. */
export interface Greeting {
  /** Version of ZMTP: 3 or more. */
  readonly major: number;
  /** 0 up to libzmq 4.3.2, 1 from 4.3.3 on. It decides the form of subscriptions and who may be pinged. */
  readonly minor: number;
  /** `NULL`, `PLAIN`, `CURVE` or something unknown. */
  readonly mechanism: string;
  /** Whether it is the server of its mechanism. Means nothing for NULL. */
  readonly asServer: boolean;
}

const SIGNATURE_END = 9;
const MAJOR = 10;
const MINOR = 11;
const MECHANISM = 12;
const MECHANISM_BYTES = 20;
const AS_SERVER = 32;

/** The greeting of this side, in ZMTP 3.1. All of it may be sent at once: nothing here speaks an older version. */
export function encodeGreeting(mechanism: string, asServer: boolean): Uint8Array {
  const greeting = new Uint8Array(GREETING_BYTES);
  greeting[0] = 0xff;
  // libzmq writes the length of an identity into the padding, here as of none: a peer of ZMTP 1 would look at it.
  greeting[8] = 1;
  greeting[SIGNATURE_END] = 0x7f;
  greeting[MAJOR] = 3;
  greeting[MINOR] = 1;
  for (let at = 0; at < mechanism.length; at++) greeting[MECHANISM + at] = mechanism.charCodeAt(at);
  greeting[AS_SERVER] = asServer ? 1 : 0;
  return greeting;
}

/** Reads a peer's greeting, in whatever pieces it comes. */
export class GreetingReader {
  readonly #bytes = new Uint8Array(GREETING_BYTES);
  #length = 0;

  /** The greeting; undefined until it is whole. */
  get greeting(): Greeting | undefined {
    if (this.#length < GREETING_BYTES) return undefined;
    const name = this.#bytes.subarray(MECHANISM, MECHANISM + MECHANISM_BYTES);
    const end = name.indexOf(0);
    return {
      major: this.#bytes[MAJOR] ?? 0,
      minor: this.#bytes[MINOR] ?? 0,
      mechanism: printable(end === -1 ? name : name.subarray(0, end)),
      asServer: ((this.#bytes[AS_SERVER] ?? 0) & 1) === 1,
    };
  }

  /**
   * Takes the next bytes.
   *
   * @returns how many of them belong to the greeting.
   * @throws ZmtpError `FOREIGN` or `VERSION` as soon as it is certain that no greeting of ZMTP 3 will come.
   */
  read(chunk: Uint8Array): number {
    const taken = Math.min(chunk.length, GREETING_BYTES - this.#length);
    this.#bytes.set(chunk.subarray(0, taken), this.#length);
    this.#length += taken;
    this.#judge();
    return taken;
  }

  #judge(): void {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (bytes.length > 0 && bytes[0] !== 0xff) throw foreign(bytes);
    if (bytes.length > SIGNATURE_END && ((bytes[SIGNATURE_END] ?? 0) & 1) === 0) {
      throw new ZmtpError(
        'VERSION',
        'the peer speaks ZMTP 1.0, of ZeroMQ 2; this needs ZeroMQ 4 or newer',
        SIGNATURE_END,
      );
    }
    const major = bytes[MAJOR];
    if (major === undefined || major >= 3) return;
    const version = major === 0 ? '1.0, of ZeroMQ 2' : '2.0, of ZeroMQ 3';
    throw new ZmtpError('VERSION', `the peer speaks ZMTP ${version}; this needs ZeroMQ 4 or newer`, MAJOR);
  }
}

/** What other protocols of text begin with. */
const PROTOCOLS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^(HTTP\/|\s*<(!doctype|html))/i, 'an HTTP server'],
  [/^PRI \* HTTP\/2/, 'an HTTP/2 client'],
  [/^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) /, 'an HTTP client'],
  [/^SSH-/, 'an SSH server'],
  [/^[*+\-:$].*\r\n/s, 'Redis'],
  [/^220[ -]/, 'a mail or FTP server'],
  [/^AMQP/, 'an AMQP broker'],
];

/** Types of TLS records: alert and handshake. */
const TLS_RECORDS: readonly (number | undefined)[] = [0x15, 0x16];

function binaryProtocol([first, second]: Uint8Array): string | undefined {
  if (TLS_RECORDS.includes(first) && second === 3) return 'TLS';
  return first !== 0 && second === 0 ? 'ZMTP 1.0, of ZeroMQ 2' : undefined;
}

/** What a program that speaks no ZMTP 3 is, by the first that it says; undefined where that does not tell. */
export function foreignProgram(bytes: Uint8Array): string | undefined {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return PROTOCOLS.find(([pattern]) => pattern.test(text))?.[1] ?? binaryProtocol(bytes);
}

function foreign(bytes: Uint8Array): ZmtpError {
  const name = foreignProgram(bytes);
  const begin = JSON.stringify(printable(bytes.subarray(0, 16)));
  return new ZmtpError(
    'FOREIGN',
    name === undefined
      ? `the peer does not speak ZeroMQ: it began with ${begin}`
      : `the peer does not speak ZeroMQ 4: what it sent looks like ${name} (${begin})`,
    0,
  );
}

/** Bytes of a stranger as text that is safe in a log. */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}
