/**
 * The options of a connection to NATS.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../errors.js';
import { option, OptionTable } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import { RpcUsageError } from '../../rpc/index.js';
import type { Logger } from '../../rpc/index.js';
import { guardedLogger, optionChecks } from '../../rpc/internal.js';
import { ClusterTransportError } from '../errors.js';
import { escapeToken } from '../wire/escape.js';
import type { Authenticator, NatsModule } from './nats-module.js';
import type { StreamPlan } from './transport.js';

/** TLS of a connection to NATS, PEM files each. */
export interface NatsTlsOptions {
  /** Certificate of who has signed those of the servers. Default: those that Node.js knows. */
  readonly caFile?: string;
  /** Certificate of this program, where the servers want one. Default: none. */
  readonly certFile?: string;
  /** Key of `certFile`. Default: none. */
  readonly keyFile?: string;
  /** The server begins with TLS, and says nothing before (`handshake_first`). Default false. */
  readonly handshakeFirst?: boolean;
}

/** Options of {@link NatsTransport.connect}. */
export interface NatsOptions {
  /**
   * Every server of the NATS cluster: `nats://10.0.0.5:4222`, or `tls://…`. What servers tell of others is not used. No name or
   * password stands in it.
   */
  readonly servers: readonly string[];
  /** What the servers call this program in their lists. Default `'vnpy-bridge'`. */
  readonly name?: string;
  /** Whose the answers are: they come to `_IN.<principal>`, where nobody else may read. Default: the `name`. */
  readonly principal?: string;
  /**
   * Where answers come. Default: `_IN.` and the principal, escaped. Where the server asks who a client is, edges answer below
   * that alone: whoever has another prefix hears no answer.
   */
  readonly inboxPrefix?: string;
  /** The file with the seed of this program's NATS key (`SU…`). Default: no key. */
  readonly natsKeyFile?: string;
  /** The seed itself, instead of its file. Default: no key. */
  readonly natsKey?: string;
  /** A name with `password`, for servers that go by these. Default: no name. */
  readonly user?: string;
  /** The password of `user`. Default: none. */
  readonly password?: string;
  /** A token, for servers that go by one. Default: none. */
  readonly token?: string;
  /** How TLS is spoken. Default: where a server wants it, or its URL says `tls://`, with what Node.js knows. */
  readonly tls?: NatsTlsOptions;
  /** How long the first connection may take, all servers together, in ms. Default 10,000. */
  readonly connectTimeout?: number;
  /** How long one attempt at one server may take, in ms. Default 2,000. */
  readonly dialTimeout?: number;
  /** A server that has not answered a ping for this time, in ms, is taken to be gone. The pings are as far apart. Default 2,000. */
  readonly pingInterval?: number;
  /** Time between two attempts to connect, in ms, and up to as much again by chance. Default 250. */
  readonly reconnectWait?: number;
  /** Streams that are known: where a subject is of one of them, no server has to be asked which it is. Default: none. */
  readonly streams?: readonly StreamPlan[];
  /** Takes what is wrong and nobody waits for. Default: nowhere. */
  readonly logger?: Logger;
}

/** The options of TLS. */
export const NATS_TLS = new OptionTable(
  optionChecks,
  'the TLS options of NATS',
  {
    caFile: option.text(),
    certFile: option.text(),
    keyFile: option.text(),
    handshakeFirst: option.flag(false),
  } satisfies RowsOf<NatsTlsOptions>,
  { prefix: 'tls.' },
);

/** The options of {@link NatsTransport.connect}. */
export const NATS_OPTIONS = new OptionTable(optionChecks, 'the options of NatsTransport.connect()', {
  servers: option.required(option.other('URLs', (_name, given: readonly string[]) => serverUrls(given))),
  name: option.text('vnpy-bridge'),
  principal: option.text(),
  inboxPrefix: option.text(),
  natsKeyFile: option.text(),
  natsKey: option.secret(),
  user: option.text(),
  password: option.secret(),
  token: option.secret(),
  tls: option.other('an object', (_name, given: NatsTlsOptions) => NATS_TLS.check(given)),
  connectTimeout: option.duration(10_000),
  dialTimeout: option.duration(2000),
  pingInterval: option.duration(2000),
  reconnectWait: option.duration(250),
  streams: option.other<readonly StreamPlan[]>('plans of streams'),
  logger: option.other('a `Logger`', (_name, value: Logger) => guardedLogger(value), guardedLogger()),
} satisfies RowsOf<NatsOptions>);

/** A server, and whether its URL asks for TLS. */
export interface NatsAddress {
  /** `10.0.0.5:4222` */
  readonly address: string;
  readonly isTls: boolean;
}

/** The address of a URL, which has been checked. */
export function addressOf(url: string): NatsAddress {
  const [, scheme, address = ''] = URL_FORM.exec(url) ?? [];
  return { address, isTls: scheme === 'tls' };
}

const URL_FORM = /^(?:(nats|tls):\/\/)?((?:\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+)(?::\d{1,5})?)\/?$/;

function serverUrls(given: readonly string[]): readonly string[] {
  const urls = optionChecks.textList('servers', given);
  const odd = urls.find((url) => !URL_FORM.test(url));
  if (urls.length === 0) throw new RpcUsageError('BAD_OPTION', 'servers: name one NATS server at least');
  // Not shown: a password may stand in it.
  if (odd !== undefined) {
    throw new RpcUsageError(
      'BAD_OPTION',
      `servers: item ${urls.indexOf(odd)} is no address of NATS. Write nats://10.0.0.5:4222; a name or password does not stand in it`,
    );
  }
  return urls;
}

/** Where answers come. */
export function inboxPrefixOf({ inboxPrefix, principal, name = '' }: NatsOptions): string {
  return inboxPrefix ?? `_IN.${escapeToken(principal ?? name)}`;
}

/**
 * How this program shows who it is.
 * @throws {@link ClusterTransportError} `FAILED` for a seed that is none, or cannot be read.
 */
export async function authenticatorOf(nats: NatsModule, options: NatsOptions): Promise<Authenticator | undefined> {
  const { natsKeyFile, natsKey, user, password, token } = options;
  const seed = natsKey ?? (natsKeyFile === undefined ? undefined : await readSeed(natsKeyFile));
  if (seed !== undefined) {
    if (!/^SU[A-Z2-7]{56}$/.test(seed.trim())) {
      throw new ClusterTransportError(
        'FAILED',
        `${natsKeyFile ?? 'natsKey'} is no seed of a NATS user: it has 58 letters and digits, and begins with SU`,
      );
    }
    return nats.nkeyAuthenticator(Buffer.from(seed.trim()));
  }
  if (user !== undefined) return nats.usernamePasswordAuthenticator(user, password);
  return token === undefined ? undefined : nats.tokenAuthenticator(token);
}

/** The line of the file that is no comment. */
async function readSeed(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    return text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  } catch (error) {
    throw new ClusterTransportError('FAILED', `the seed of the NATS key cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
