/**
 * Options of the two security mechanisms that ZeroMQ has. vnpy itself has neither since 3.0 (vnpy PR #3326). They serve between
 * two programs of this package, for pyzmq peers that set them, and for servers of vnpy 2.1 to 2.9.
 *
 * What is not understood is refused here, before anything is opened: it must never come to mean no security.
 *
 * @module
 */
import { option, OptionTable } from '../option-table.js';
import type { OptionRows, RowsOf } from '../option-table.js';
import { shown } from '../options.js';
import { choice, optionChecks } from './checks.js';
import { RpcUsageError } from './errors.js';

/** Client side of CURVE: encrypted, and the server is authenticated by its key. Keys are Z85 text of 40 characters. */
export interface CurveClientSecurity {
  /** Says that the others are the options of CURVE. */
  readonly mechanism: 'curve';
  /** The server's public key. */
  readonly serverKey: string;
  /** This client's public key. Default: that of a new pair, when both keys are left out. */
  readonly publicKey?: string;
  /** This client's secret key. Default: that of a new pair, when both keys are left out. */
  readonly secretKey?: string;
}

/** Client side of PLAIN: a user name and a password, in clear text on the wire. */
export interface PlainClientSecurity {
  /** Says that the others are the options of PLAIN. */
  readonly mechanism: 'plain';
  /** The user's name. */
  readonly username: string;
  /** The password that the server has for it. */
  readonly password: string;
}

/** Security of a client's connections. */
export type ClientSecurity = CurveClientSecurity | PlainClientSecurity;

/** Server side of CURVE. Keys are Z85 text of 40 characters. */
export interface CurveServerSecurity {
  /** Says that the others are the options of CURVE. */
  readonly mechanism: 'curve';
  /** This server's secret key; clients need the public key that belongs to it. */
  readonly secretKey: string;
  /** Public keys of the clients that may connect. Default: those of all who know the server's public key. */
  readonly clientKeys?: readonly string[];
}

/** Server side of PLAIN. */
export interface PlainServerSecurity {
  /** Says that the others are the options of PLAIN. */
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

const MECHANISMS = ['curve', 'plain'] as const;

/** The options of one mechanism on one side. What is secret, no message shows. */
const mechanism = <Rows extends OptionRows>(name: 'curve' | 'plain', rows: Rows) =>
  new OptionTable(
    optionChecks,
    'security',
    { mechanism: option.required(option.choice([name])), ...rows },
    { prefix: 'security.' },
  );

const secret = option.secret();

/** The option `security` of a client. */
export const CLIENT_SECURITY = {
  curve: mechanism('curve', {
    serverKey: option.required(secret),
    publicKey: secret,
    secretKey: secret,
  } satisfies RowsOf<Omit<CurveClientSecurity, 'mechanism'>>),
  plain: mechanism('plain', {
    username: option.required(secret),
    password: option.required(secret),
  } satisfies RowsOf<Omit<PlainClientSecurity, 'mechanism'>>),
};

/** The option `security` of a server. */
export const SERVER_SECURITY = {
  curve: mechanism('curve', {
    secretKey: option.required(secret),
    clientKeys: option.textList(),
  } satisfies RowsOf<Omit<CurveServerSecurity, 'mechanism'>>),
  plain: mechanism('plain', {
    users: option.required(option.other('an object of texts', checkUsers)),
  } satisfies RowsOf<Omit<PlainServerSecurity, 'mechanism'>>),
};

/**
 * @returns the check of the option: all is there and of the right type. Whether keys can be keys is the transport's to say.
 */
export function securityCheck<Security extends ClientSecurity | ServerSecurity>(
  tables: Readonly<Record<Security['mechanism'], { check(given: Security): unknown }>>,
): (name: string, security: Security) => Security {
  return (name, security) => {
    const given: unknown = security;
    if (typeof given !== 'object' || given === null)
      throw badSecurity(`${name} must be an object whose mechanism is "curve" or "plain", not ${shown(given)}`);

    const by: Security['mechanism'] = choice(`${name}.mechanism`, security.mechanism, MECHANISMS);
    tables[by].check(security);
    return security;
  };
}

function checkUsers(name: string, users: PlainServerSecurity['users']): PlainServerSecurity['users'] {
  const given: unknown = users;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw badSecurity(`${name} must be an object of passwords by user name, not ${shown(given)}`);

  for (const [user, password] of Object.entries(users))
    optionChecks.secret(`${name}: the password of ${JSON.stringify(user)}`, password);

  return users;
}

function badSecurity(message: string): RpcUsageError {
  return new RpcUsageError('BAD_OPTION', message);
}
