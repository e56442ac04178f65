/**
 * Looks at a port without a ZeroMQ socket, which would end the connection with what it does not like. First comes TCP. Then the
 * greeting of ZMTP 3 tells the security mechanism, and READY the socket type.
 *
 * @module
 */
import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import type { Address } from '../../../rpc/internal.js';
import {
  COMMAND,
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  encodeMetadata,
  foreignProgram,
  FrameReader,
  GREETING_BYTES,
  GreetingReader,
  readCommand,
  readMetadata,
  ZmtpError,
} from '../../../zmtp/internal.js';
import type { DiagnosisCode } from './diagnoses.js';
import { quoted } from './report.js';
import type { Seen } from './report.js';

/** What was found at a port. */
export type ProbeResult =
  /** Nothing accepts connections. */
  | { readonly kind: 'closed'; readonly code: DiagnosisCode; readonly detail: Seen }
  /** Something does, and is no ZeroMQ socket that can be talked to. */
  | {
      readonly kind: 'foreign';
      readonly code: DiagnosisCode;
      readonly detail: Seen;
      /** It ended the connection before its greeting was complete: perhaps it did not like ours. */
      readonly hungUp?: true;
    }
  /** A ZeroMQ socket. */
  | {
      readonly kind: 'zeromq';
      /** `NULL`, `PLAIN` or `CURVE`. */
      readonly mechanism: string;
      /** `REP` for instance; undefined where the mechanism hides it. */
      readonly socketType: string | undefined;
      /** ms until TCP was connected. */
      readonly connectTime: number;
    };

const MAX_SHOWN = 60;

/** Bytes that a frame of a handshake may have: no socket's READY comes near it. */
const MAX_HANDSHAKE = 64 * 1024;

/** Bytes of an answer that are looked at. */
const MAX_LOOKED_AT = 256;

/** The mechanisms of ZeroMQ: a server ends the handshake with a client that names another one than its own. */
const MECHANISMS = ['NULL', 'CURVE', 'PLAIN'] as const;

/**
 * Looks at a port.
 *
 * @param role - The socket type that we say we are: a server of another kind ends the handshake.
 * @param timeout - For the connection, and again for the handshake, in ms.
 * @returns undefined for an address that cannot be looked at: inproc.
 */
export async function probePort(
  address: Address,
  role: 'DEALER' | 'SUB',
  timeout: number,
): Promise<ProbeResult | undefined> {
  const target = connectOptions(address);
  if (target === undefined) return undefined;
  let first: ProbeResult | undefined;
  for (const mechanism of MECHANISMS) {
    const result = await probeOnce(target, { role, mechanism, timeout });
    if (result.kind === 'zeromq') return result;
    if (result.kind === 'foreign' && result.code === 'SILENT_PORT') return (await provoke(target)) ?? result;
    first ??= result;
    if (!('hungUp' in result)) break;
  }
  return first;
}

/** How one attempt introduces itself. */
interface Introduction {
  readonly role: 'DEALER' | 'SUB';
  readonly mechanism: (typeof MECHANISMS)[number];
  readonly timeout: number;
}

async function probeOnce(target: NetConnectOpts, introduction: Introduction): Promise<ProbeResult> {
  const began = performance.now();
  const socket = connect(target);
  try {
    const failure = await connected(socket, introduction.timeout);
    if (failure !== undefined) return { kind: 'closed', ...failure };
    return await handshake(socket, introduction, performance.now() - began);
  } finally {
    socket.destroy();
  }
}

/** @returns undefined for what cannot be connected to from here: inproc. */
function connectOptions(address: Address): NetConnectOpts | undefined {
  if (address.scheme === 'ipc') return { path: address.path.replace(/^@/, '\0') };
  if (address.scheme === 'inproc' || address.port === '*') return undefined;
  return { host: address.host.replace(/^\[(.*)\]$/, '$1'), port: address.port };
}

interface Failure {
  readonly code: DiagnosisCode;
  readonly detail: Seen;
}

function connected(socket: Socket, timeout: number): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ code: 'CONNECT_TIMEOUT', detail: (texts) => texts.noAnswerWithin(timeout / 1000) });
    }, timeout);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    // Stays: a connection may be reset at any later time.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ code: CONNECT_ERRORS[error.code ?? ''] ?? 'REFUSED', detail: quoted(error.message) });
    });
  });
}

const CONNECT_ERRORS: Readonly<Record<string, DiagnosisCode>> = {
  ENOTFOUND: 'HOST_UNKNOWN',
  EAI_AGAIN: 'HOST_UNKNOWN',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
  EHOSTUNREACH: 'NO_ROUTE',
  ENETUNREACH: 'NO_ROUTE',
  EACCES: 'NOT_PERMITTED',
  EPERM: 'NOT_PERMITTED',
};

function handshake(
  socket: Socket,
  { role, mechanism: ours, timeout }: Introduction,
  connectTime: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let received = 0;
    let head = Buffer.alloc(0);
    let mechanism: string | undefined;
    const found = (socketType: string | undefined): void => {
      done({ kind: 'zeromq', mechanism: mechanism ?? 'NULL', socketType, connectTime });
    };
    const foreign = (code: DiagnosisCode, detail: Seen): void => {
      done({ kind: 'foreign', code, detail });
    };
    const ended = (): void => {
      // A socket of another kind sends its greeting and READY before it looks at ours and ends the connection.
      if (mechanism !== undefined) found(undefined);
      else done({ kind: 'foreign', hungUp: true, ...hangUp(head) });
    };
    const timer = setTimeout(() => {
      if (mechanism !== undefined) found(undefined);
      else if (received === 0) foreign('SILENT_PORT', (texts) => texts.noByteWithin(timeout / 1000));
      else foreign('NOT_ZEROMQ', (texts) => texts.andNoMore(says(head)(texts)));
    }, timeout);
    const done = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.removeAllListeners('data').removeAllListeners('close');
      resolve(result);
    };
    const read = peerReader((peer) => {
      mechanism = peer;
      if (peer === 'NULL') socket.write(ready(role));
      else found(undefined);
    }, found);
    socket.on('close', ended);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (head.length < MAX_SHOWN) head = Buffer.concat([head, chunk]).subarray(0, MAX_SHOWN);
      try {
        read(chunk);
      } catch (error) {
        if (!(error instanceof ZmtpError)) throw error;
        foreign(...notSpoken(error, head));
      }
    });
    socket.write(encodeGreeting(ours, false));
  });
}

/**
 * Reads what a peer says of itself.
 *
 * @returns what takes its bytes, and throws a ZmtpError for what is no ZMTP.
 */
function peerReader(
  greeted: (mechanism: string) => void,
  isReady: (socketType: string | undefined) => void,
): (chunk: Uint8Array) => void {
  const greeting = new GreetingReader();
  const frame = (_flags: number, body: Uint8Array): void => {
    const { name, data } = readCommand(body);
    if (name !== 'READY') return;
    const type = readMetadata(data, Infinity).get('socket-type');
    isReady(type && Buffer.from(type).toString('latin1'));
  };
  const frames = new FrameReader({ frame }, MAX_HANDSHAKE, GREETING_BYTES);
  let mechanism: string | undefined;
  return (chunk) => {
    let rest = chunk;
    if (mechanism === undefined) {
      rest = rest.subarray(greeting.read(rest));
      mechanism = greeting.greeting?.mechanism;
      if (mechanism !== undefined) greeted(mechanism);
    }
    // What the others send cannot be read here.
    if (mechanism === 'NULL') frames.read(rest);
  };
}

/** What is wrong with what came. */
function notSpoken({ code, message }: ZmtpError, head: Buffer): [code: DiagnosisCode, detail: Seen] {
  if (code === 'FOREIGN') return ['NOT_ZEROMQ', says(head)];
  if (code === 'VERSION') return ['OLD_ZEROMQ', (texts) => texts.olderZmtp(message)];
  return ['NOT_ZEROMQ', quoted(message)];
}

/** What a connection was that ended before the greeting did. */
function hangUp(head: Buffer): Failure {
  return head.length === 0
    ? { code: 'CLOSED_AT_ONCE', detail: ({ closedAtOnce }) => closedAtOnce }
    : { code: 'NOT_ZEROMQ', detail: (texts) => texts.andHangsUp(says(head)(texts)) };
}

/** The command READY with the one property that matters. */
function ready(role: string): Uint8Array {
  return encodeFrame(COMMAND, encodeCommand('READY', encodeMetadata([['Socket-Type', Buffer.from(role)]])));
}

/**
 * What makes a program speak that waits for the end of a line, which ZeroMQ's greeting has not. It is an empty request of HTTP,
 * and a question of Redis that changes nothing. A ZeroMQ server takes it for a broken greeting.
 */
const PROVOCATION = 'PING\r\n\r\n';

/** How long a program may think about it, in ms. */
const THINKING = 2000;

/**
 * Makes a program speak that has said nothing. Over a connection of its own, as Redis reads no line behind a zero byte.
 * @returns undefined when it goes on saying nothing.
 */
async function provoke(target: NetConnectOpts): Promise<ProbeResult | undefined> {
  const socket = connect(target);
  try {
    if ((await connected(socket, THINKING)) !== undefined) return undefined;
    const head = await new Promise<Buffer | undefined>((resolve) => {
      const timer = setTimeout(resolve, THINKING, undefined);
      socket.once('data', (chunk: Buffer) => {
        clearTimeout(timer);
        resolve(chunk.subarray(0, MAX_LOOKED_AT));
      });
      socket.once('close', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
      socket.write(PROVOCATION);
    });
    return head === undefined ? undefined : { kind: 'foreign', code: 'NOT_ZEROMQ', detail: says(head) };
  } finally {
    socket.destroy();
  }
}

/** What a program is, where that can be told, and what it says. */
function says(head: Buffer): Seen {
  const name = foreignProgram(head);
  return (texts) => texts.says(name, preview(head));
}

function preview(head: Buffer): string {
  const line = head.toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  return JSON.stringify(line.slice(0, MAX_SHOWN));
}
