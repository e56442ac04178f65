/**
 * Who may connect to a server, and what keys, names and passwords can be: the same for every transport.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { decodeZ85 } from '../zmtp/internal.js';
import { RpcTransportError } from './errors.js';
import type { ClientSecurity, CurveServerSecurity, PlainServerSecurity, ServerSecurity } from './security.js';

/** What a server lets in. */
export interface AccessRules {
  readonly security: ServerSecurity | undefined;
  readonly allowAddresses: readonly string[] | undefined;
}

const MAX_PLAIN_BYTES = 255;
const KEY_BYTES = 32;

/** Whether a server asks anything of its clients. */
export function needsAccessControl(rules: AccessRules): boolean {
  return rules.security !== undefined || rules.allowAddresses !== undefined;
}

/** Why this address may not connect; undefined when it may. Without an address it is a peer of this machine, at a Unix socket. */
export function whyAddressDenied(allowAddresses: readonly string[] | undefined, address: string): string | undefined {
  // An ipc peer has no IP address: whoever may open the socket file is on this machine.
  if (allowAddresses === undefined || isIP(address) === 0 || allowAddresses.includes(address)) return undefined;
  return 'its address is not among the allowed ones';
}

/** Why the client with this public key, as Z85 text, may not connect; undefined when it may. */
export function whyKeyDenied({ clientKeys }: CurveServerSecurity, key: string): string | undefined {
  return clientKeys === undefined || clientKeys.includes(key)
    ? undefined
    : `its key ${key} is not among the allowed ones`;
}

/** Why this user may not connect; undefined when the password is right. */
export function whyUserDenied({ users }: PlainServerSecurity, name: string, password: Uint8Array): string | undefined {
  const known = Object.hasOwn(users, name) ? users[name] : undefined;
  const isRight = sameText(password, Buffer.from(known ?? '')); // Also for nobody: the time must not tell who exists.
  return known !== undefined && isRight ? undefined : `wrong user name or password for ${JSON.stringify(name)}`;
}

/** The line of the log about a connection that is refused. */
export function refusalText(address: string, why: string): string {
  return `connection from ${address === '' ? 'this machine' : address} refused: ${why}`;
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
export function checkClientKeys(security: ClientSecurity | undefined): void {
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

/** In constant time, also for texts of different lengths. */
function sameText(left: Uint8Array, right: Uint8Array): boolean {
  const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(digest(left), digest(right));
}

/** The bytes of a key. @throws RpcTransportError if it cannot be one. */
export function checkKey(name: string, key: string): Uint8Array {
  const bytes = typeof key === 'string' ? decodeZ85(key) : undefined;
  if (bytes?.length === KEY_BYTES) return bytes;
  throw badSecurity(
    `${name} is no CURVE key: a key is Z85 text of 40 characters, as generateCurveKeyPair() makes them`,
  );
}

/** libzmq takes no other (ZMQ_PLAIN_USERNAME and ZMQ_PLAIN_PASSWORD), and calls them an invalid argument. */
function checkPlainText(what: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes === 0) throw badSecurity(`${what} is empty: ZeroMQ allows no empty one`);

  if (bytes > MAX_PLAIN_BYTES) throw badSecurity(`${what} has ${bytes} bytes: ZeroMQ allows ${MAX_PLAIN_BYTES}`);
}

/** The error for security options that cannot work. */
export function badSecurity(message: string): RpcTransportError {
  return new RpcTransportError('BAD_SECURITY', message);
}

/** The error for a security option that the types do not allow. */
export function unknownMechanism(security: unknown): RpcTransportError {
  const mechanism = typeof security === 'object' && security !== null && 'mechanism' in security && security.mechanism;
  return new RpcTransportError(
    'BAD_SECURITY',
    `security.mechanism must be "curve" or "plain"${typeof mechanism === 'string' ? `, not ${JSON.stringify(mechanism)}` : ''}`,
  );
}
