/**
 * Options of the two security mechanisms that ZeroMQ has. vnpy itself has neither since 3.0 (vnpy PR #3326): they
 * serve between two programs of this package, for pyzmq peers that set them, and for servers of vnpy 2.1 to 2.9.
 *
 * What is not understood is refused here, before anything is opened: it must never come to mean no security.
 *
 * @module
 */
import { shown } from '../options.js';
import { checkOptions, choice, textList } from './checks.js';
import type { Names } from '../options.js';
import { RpcUsageError } from './errors.js';

/** Client side of CURVE: encrypted, and the server is authenticated by its key. Keys are Z85 text of 40 characters. */
export interface CurveClientSecurity {
  readonly mechanism: 'curve';
  /** The server's public key. */
  readonly serverKey: string;
  /** This client's public key; a new pair is made when both are left out. */
  readonly publicKey?: string;
  /** This client's secret key. */
  readonly secretKey?: string;
}

/** Client side of PLAIN: a user name and a password, in clear text on the wire. */
export interface PlainClientSecurity {
  readonly mechanism: 'plain';
  readonly username: string;
  readonly password: string;
}

/** Security of a client's connections. */
export type ClientSecurity = CurveClientSecurity | PlainClientSecurity;

/** Server side of CURVE. Keys are Z85 text of 40 characters. */
export interface CurveServerSecurity {
  readonly mechanism: 'curve';
  /** This server's secret key; clients need the public key that belongs to it. */
  readonly secretKey: string;
  /** Public keys of the clients that may connect; left out, any client that knows the server's public key may. */
  readonly clientKeys?: readonly string[];
}

/** Server side of PLAIN. */
export interface PlainServerSecurity {
  readonly mechanism: 'plain';
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>;
}

/** Security of a server's sockets. */
export type ServerSecurity = CurveServerSecurity | PlainServerSecurity;

/** A key pair for CURVE, each key as Z85 text of 40 characters. */
export interface CurveKeyPair {
  /** For the other side. */
  readonly publicKey: string;
  /** For this side only. */
  readonly secretKey: string;
}

const MECHANISMS: readonly ClientSecurity['mechanism'][] = ['curve', 'plain'];

const CURVE_CLIENT: Names<CurveClientSecurity> = { mechanism: true, serverKey: true, publicKey: true, secretKey: true };
const PLAIN_CLIENT: Names<PlainClientSecurity> = { mechanism: true, username: true, password: true };
const CURVE_SERVER: Names<CurveServerSecurity> = { mechanism: true, secretKey: true, clientKeys: true };
const PLAIN_SERVER: Names<PlainServerSecurity> = { mechanism: true, users: true };

/** @throws RpcUsageError unless all is there and of the right type. Whether keys can be keys is the transport's to say. */
export function checkClientSecurity(security: ClientSecurity | undefined): ClientSecurity | undefined {
  if (security === undefined) return undefined;

  checkMechanism(security);
  if (security.mechanism === 'plain') {
    checkOptions('security', security, PLAIN_CLIENT);
    checkText('security.username', security.username);
    checkText('security.password', security.password);
    return security;
  }
  checkOptions('security', security, CURVE_CLIENT);
  checkText('security.serverKey', security.serverKey);
  if (security.publicKey !== undefined) checkText('security.publicKey', security.publicKey);

  if (security.secretKey !== undefined) checkText('security.secretKey', security.secretKey);

  return security;
}

/** @throws RpcUsageError unless all is there and of the right type. Whether keys can be keys is the transport's to say. */
export function checkServerSecurity(security: ServerSecurity | undefined): ServerSecurity | undefined {
  if (security === undefined) return undefined;

  checkMechanism(security);
  if (security.mechanism === 'plain') {
    checkOptions('security', security, PLAIN_SERVER);
    const users: unknown = security.users;
    if (typeof users !== 'object' || users === null || Array.isArray(users))
      throw badSecurity(`security.users must be an object of passwords by user name, not ${shown(users)}`);

    for (const [name, password] of Object.entries(users))
      checkText(`security.users: the password of ${JSON.stringify(name)}`, password);

    return security;
  }
  checkOptions('security', security, CURVE_SERVER);
  checkText('security.secretKey', security.secretKey);
  textList('security.clientKeys', security.clientKeys);
  return security;
}

function checkMechanism(security: ClientSecurity | ServerSecurity): void {
  const given: unknown = security;
  if (typeof given !== 'object' || given === null)
    throw badSecurity(`security must be an object whose mechanism is "curve" or "plain", not ${shown(given)}`);

  choice('security.mechanism', security.mechanism, MECHANISMS);
}

/** The value itself is not told: it may be a secret. */
function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string')
    throw badSecurity(`${name} must be a string, not ${value === null ? 'null' : typeof value}`);
}

function badSecurity(message: string): RpcUsageError {
  return new RpcUsageError('BAD_OPTION', message);
}
