/**
 * Commands of ZMTP 3.1 (https://rfc.zeromq.org/spec/37/): written, and read strictly.
 *
 * @module
 */
import { ZmtpError } from './errors.js';
import { printable } from './greeting.js';

/** A command, taken apart. */
export interface Command {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Largest TTL that may be sent, in tenths of a second: libzmq multiplies it in 16 bits (libzmq issue 4226). */
export const LONGEST_TTL = 655;

/** Bytes that a PONG carries back of a PING. */
const CONTEXT_BYTES = 16;

/** The body of a command's frame. */
export function encodeCommand(name: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const body = new Uint8Array(1 + name.length + data.length);
  body[0] = name.length;
  for (let at = 0; at < name.length; at++) body[at + 1] = name.charCodeAt(at);
  body.set(data, 1 + name.length);
  return body;
}

/**
 * What a PLAIN server of libzmq 4.3 sends for ERROR. Its source writes the length in front as an escape of C, which takes the E
 * behind it for one more digit (plain_server.cpp).
 */
const PLAIN_ERROR = [0x5e, 0x52, 0x52, 0x4f, 0x52];

/** @throws ZmtpError `PROTOCOL` when the body is no command. */
export function readCommand(body: Uint8Array): Command {
  if (PLAIN_ERROR.every((byte, index) => body[index] === byte))
    return { name: 'ERROR', data: body.subarray(PLAIN_ERROR.length) };
  const length = body[0] ?? 0;
  if (length === 0 || length > body.length - 1) throw new ZmtpError('PROTOCOL', 'a command without a name');
  return { name: printable(body.subarray(1, 1 + length)), data: body.subarray(1 + length) };
}

/** Properties of a READY or INITIATE: names are not told apart by case (rfc37), and are lower case here. */
export type Metadata = ReadonlyMap<string, Uint8Array>;

/** The bytes of metadata, in the order given. */
export function encodeMetadata(properties: readonly (readonly [name: string, value: Uint8Array])[]): Uint8Array {
  const size = properties.reduce((sum, [name, value]) => sum + 1 + name.length + 4 + value.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [name, value] of properties) {
    bytes[at++] = name.length;
    for (let index = 0; index < name.length; index++) bytes[at++] = name.charCodeAt(index);
    view.setUint32(at, value.length);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return bytes;
}

/**
 * Reads metadata to its last byte. Of a name that comes twice the first value stands, as in libzmq.
 *
 * @throws ZmtpError `PROTOCOL` when it is cut or has a name that is none, `LIMIT` above `maxProperties`.
 */
export function readMetadata(bytes: Uint8Array, maxProperties: number): Metadata {
  const properties = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let count = 0; at < bytes.length; count++) {
    if (count >= maxProperties) throw new ZmtpError('LIMIT', `more than ${maxProperties} properties in a handshake`);
    const valueAt = at + 1 + (bytes[at] ?? 0) + 4;
    if (valueAt > bytes.length) throw new ZmtpError('PROTOCOL', 'the properties of a handshake are cut short');
    const name = printable(bytes.subarray(at + 1, valueAt - 4));
    if (!/^[A-Za-z0-9\-_.+]+$/.test(name))
      throw new ZmtpError('PROTOCOL', 'a property of a handshake has no good name');
    const size = view.getUint32(valueAt - 4);
    if (size > bytes.length - valueAt) throw new ZmtpError('PROTOCOL', 'the properties of a handshake are cut short');
    const key = name.toLowerCase();
    if (!properties.has(key)) properties.set(key, bytes.slice(valueAt, valueAt + size));
    at = valueAt + size;
  }
  return properties;
}

/** @param ttl - Tenths of a second; 0 for none. */
export function encodePing(ttl: number, context: Uint8Array = new Uint8Array(0)): Uint8Array {
  const data = new Uint8Array(2 + Math.min(context.length, CONTEXT_BYTES));
  new DataView(data.buffer).setUint16(0, Math.min(ttl, LONGEST_TTL));
  data.set(context.subarray(0, CONTEXT_BYTES), 2);
  return encodeCommand('PING', data);
}

/** A PING: its TTL in ms, 0 for none, and what a PONG has to carry back. @throws ZmtpError `PROTOCOL`. */
export function readPing(data: Uint8Array): { readonly ttl: number; readonly context: Uint8Array } {
  if (data.length < 2) throw new ZmtpError('PROTOCOL', 'a PING without a TTL');
  const ttl = ((data[0] ?? 0) * 256 + (data[1] ?? 0)) * 100;
  return { ttl, context: data.slice(2, 2 + CONTEXT_BYTES) };
}

/** The reason of an ERROR, as text that is safe in a log. @throws ZmtpError `PROTOCOL`. */
export function readError(data: Uint8Array): string {
  const length = data[0];
  if (length === undefined || length > data.length - 1) throw new ZmtpError('PROTOCOL', 'an ERROR without a reason');
  return printable(data.subarray(1, 1 + length));
}

/** The body of an ERROR. A connecting libzmq never tries again after one: only for credentials that stay wrong. */
export function encodeError(reason: string): Uint8Array {
  const data = new Uint8Array(1 + reason.length);
  data[0] = reason.length;
  for (let at = 0; at < reason.length; at++) data[at + 1] = reason.charCodeAt(at);
  return encodeCommand('ERROR', data);
}
