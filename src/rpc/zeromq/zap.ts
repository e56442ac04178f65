/**
 * Who may connect: the decision behind ZeroMQ's authentication protocol (RFC 27, ZAP). server-sockets.ts carries the
 * questions and answers.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { messageOf } from '../../errors.js';
import { encodeZ85 } from '../../zmtp/internal.js';
import { RpcTransportError } from '../errors.js';
import type { ClientSecurity, ServerSecurity } from '../security.js';
import type { Frames } from '../transport.js';
import { unknownMechanism } from './options.js';

/** What a server lets in. */
export interface AccessRules {
  readonly security: ServerSecurity | undefined;
  readonly allowAddresses: readonly string[] | undefined;
}

/** The answer to one question, and the sentence for the log when it is no. */
export interface AccessDecision {
  readonly reply: Frames;
  readonly denied: string | undefined;
}

const VERSION = '1.0';
const MAX_PLAIN_BYTES = 255;

/** Whether libzmq has to ask at all: without rules it lets everybody in by itself. */
export function needsAccessControl(rules: AccessRules): boolean {
  return rules.security !== undefined || rules.allowAddresses !== undefined;
}

/** Answers one ZAP request: version, request id, domain, address, identity, mechanism, credentials. */
export function decideAccess(request: Frames, rules: AccessRules): AccessDecision {
  const text = (index: number): string => Buffer.from(request[index] ?? []).toString('utf8');
  const requestId = request[1] ?? new Uint8Array();
  const address = text(3);
  const mechanism = text(5);
  let denied: string | undefined;
  try {
    denied = whyDenied(rules, address, mechanism, request.slice(6));
  } catch (error) {
    denied = `the rules cannot be applied (${messageOf(error)})`; // They were changed after the start: nobody is let in.
  }
  const [status, reason, user] =
    denied === undefined ? ['200', 'OK', userOf(mechanism, request)] : ['400', 'Denied', ''];
  return {
    reply: [
      Buffer.from(VERSION),
      requestId,
      Buffer.from(status),
      Buffer.from(reason),
      Buffer.from(user),
      Buffer.alloc(0),
    ],
    denied:
      denied === undefined
        ? undefined
        : `connection from ${address === '' ? 'this machine' : address} refused: ${denied}`,
  };
}

/** @throws RpcTransportError if a key, a password, an address or a mechanism in the rules cannot be one. */
export function checkAccessRules({ security, allowAddresses }: AccessRules): void {
  for (const address of allowAddresses ?? [])
    if (isIP(address) === 0) throw badSecurity(`allowAddresses: ${JSON.stringify(address)} is no IP address`);

  if (security === undefined) return;

  switch (security.mechanism) {
    case 'curve':
      checkKey('secretKey', security.secretKey);
      for (const key of security.clientKeys ?? []) checkKey('clientKeys', key);

      break;
    case 'plain':
      for (const [name, password] of Object.entries(security.users)) {
        checkPlainText(`users: the user name ${JSON.stringify(name)}`, name);
        checkPlainText(`users: the password of ${JSON.stringify(name)}`, password);
      }
      break;
    default:
      throw unknownMechanism(security);
  }
}

/** @throws RpcTransportError if a key, user name, password or mechanism cannot be one, or only half of a pair is given. */
export function checkClientSecurity(security: ClientSecurity | undefined): void {
  if (security === undefined) return;

  switch (security.mechanism) {
    case 'curve':
      checkKey('serverKey', security.serverKey);
      if ((security.publicKey === undefined) !== (security.secretKey === undefined))
        throw badSecurity('give both publicKey and secretKey, or neither');

      if (security.publicKey !== undefined && security.secretKey !== undefined) {
        checkKey('publicKey', security.publicKey);
        checkKey('secretKey', security.secretKey);
      }
      break;
    case 'plain':
      checkPlainText('the PLAIN user name', security.username);
      checkPlainText('the PLAIN password', security.password);
      break;
    default:
      throw unknownMechanism(security);
  }
}

function whyDenied(
  { security, allowAddresses }: AccessRules,
  address: string,
  mechanism: string,
  credentials: Frames,
): string | undefined {
  // An ipc peer has no IP address: whoever may open the socket file is on this machine.
  if (allowAddresses !== undefined && isIP(address) !== 0 && !allowAddresses.includes(address))
    return 'its address is not among the allowed ones';

  if (security === undefined) return undefined;

  switch (security.mechanism) {
    case 'curve':
      if (mechanism !== 'CURVE') return 'it does not use CURVE';

      return security.clientKeys === undefined || security.clientKeys.includes(keyOf(credentials[0]))
        ? undefined
        : `its key ${keyOf(credentials[0])} is not among the allowed ones`;
    case 'plain': {
      if (mechanism !== 'PLAIN') return 'it does not use PLAIN';

      const name = Buffer.from(credentials[0] ?? []).toString('utf8');
      const password = Object.hasOwn(security.users, name) ? security.users[name] : undefined;
      return password !== undefined && sameText(Buffer.from(credentials[1] ?? []), Buffer.from(password))
        ? undefined
        : `wrong user name or password for ${JSON.stringify(name)}`;
    }
    default:
      return 'the server demands a mechanism that does not exist';
  }
}

function userOf(mechanism: string, request: Frames): string {
  return mechanism === 'PLAIN' ? Buffer.from(request[6] ?? []).toString('utf8') : keyOf(request[6]);
}

function keyOf(credential: Uint8Array | undefined): string {
  return credential?.length === 32 ? encodeZ85(credential) : '';
}

/** In constant time, also for texts of different lengths. */
function sameText(left: Uint8Array, right: Uint8Array): boolean {
  const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function checkKey(name: string, key: string): void {
  if (typeof key !== 'string' || !/^[\w.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/.test(key) || key.includes('_')) {
    throw badSecurity(
      `${name} is no CURVE key: a key is Z85 text of 40 characters, as generateCurveKeyPair() makes them`,
    );
  }
}

/** libzmq takes no other (ZMQ_PLAIN_USERNAME and ZMQ_PLAIN_PASSWORD), and calls them an invalid argument. */
function checkPlainText(what: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes === 0) throw badSecurity(`${what} is empty: ZeroMQ allows no empty one`);

  if (bytes > MAX_PLAIN_BYTES) throw badSecurity(`${what} has ${bytes} bytes: ZeroMQ allows ${MAX_PLAIN_BYTES}`);
}

function badSecurity(message: string): RpcTransportError {
  return new RpcTransportError('BAD_SECURITY', message);
}
