/**
 * CURVE and PLAIN from the settings, on either side.
 *
 * @module
 */
import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../../../errors.js';
import type { ClientSecurity, ServerSecurity } from '../../../rpc/index.js';
import type { Io } from '../../kit/io.js';
import { CliError } from '../../kit/errors.js';
import type { Option } from '../../kit/option.js';
import * as options from '../options.js';
import type { Settings } from '../../kit/settings.js';

type Warn = (line: string) => Promise<void>;

/** A function that warns on stderr. */
export function warnOn({ stderr }: Pick<Io, 'stderr'>): Warn {
  return (line) => stderr.write(`vnpy-bridge: ${line}\n`);
}

/** How a client secures its connections; undefined for not at all. */
export async function clientSecurity(settings: Settings, warn: Warn): Promise<ClientSecurity | undefined> {
  const serverKey = settings.get(options.curveServerKey);
  const username = settings.get(options.plainUsername);
  if (serverKey !== undefined && username !== undefined)
    throw new CliError('USAGE', 'give --curve-server-key or --plain-username, not both');

  if (serverKey !== undefined) {
    const publicKey = settings.get(options.curvePublicKey);
    const secretKey = await readSecret(settings, options.curveSecretKey, options.curveSecretKeyFile, warn);
    if ((publicKey === undefined) !== (secretKey === undefined)) {
      throw new CliError(
        'USAGE',
        `CURVE needs both --curve-public-key and the secret key (--curve-secret-key-file or ${settings.variable(options.curveSecretKey)}), or neither`,
      );
    }
    return {
      mechanism: 'curve',
      serverKey,
      ...(publicKey === undefined || secretKey === undefined ? {} : { publicKey, secretKey }),
    };
  }
  if (username === undefined) return undefined;
  const password = await readSecret(settings, options.plainPassword, options.plainPasswordFile, warn);
  if (password === undefined) throw missing('--plain-username needs a password', settings, options.plainPassword);
  return { mechanism: 'plain', username, password };
}

/** How a server secures its sockets; undefined for not at all. */
export async function serverSecurity(settings: Settings, warn: Warn): Promise<ServerSecurity | undefined> {
  const users = await readSecret(settings, options.servePlainUsers, options.servePlainUsersFile, warn);
  if (settings.get(options.serveCurve)) {
    if (users !== undefined) throw new CliError('USAGE', 'serve CURVE or PLAIN, not both');
    const secretKey = await readSecret(settings, options.serveCurveSecretKey, options.serveCurveSecretKeyFile, warn);
    if (secretKey === undefined)
      throw missing('--serve-curve needs the secret key', settings, options.serveCurveSecretKey);
    const clientKeys = settings.get(options.serveCurveClientKey);
    return { mechanism: 'curve', secretKey, ...(clientKeys.length === 0 ? {} : { clientKeys }) };
  }
  return users === undefined ? undefined : { mechanism: 'plain', users: parseUsers(users) };
}

function parseUsers(text: string): Readonly<Record<string, string>> {
  const wrong = new CliError('USAGE', 'the PLAIN users must be a JSON object of passwords by user name');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text, which is secret.
    throw wrong;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrong;
  const entries = Object.entries(parsed);
  if (entries.length === 0 || entries.some(([, password]) => typeof password !== 'string')) throw wrong;
  return Object.fromEntries(entries);
}

/** A secret that is given by the environment or in a file; undefined where it is not. */
export async function readSecret(
  settings: Settings,
  direct: Option<string | undefined>,
  file: Option<string | undefined>,
  warn: Warn,
): Promise<string | undefined> {
  const value = settings.get(direct);
  const path = settings.get(file);
  if (value !== undefined && path !== undefined)
    throw new CliError('USAGE', `${settings.variable(direct)} and --${file.name} are both given: which one is it?`);

  return path === undefined ? value : readSecretFile(file.name, path, warn);
}

/** The text of a file that others should not read. @param name - of the option that names it. */
export async function readSecretFile(name: string, path: string, warn: Warn): Promise<string> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) await warn(`others can read ${path}: chmod 600 it`);

    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new CliError('FILE', `--${name}: cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function missing(what: string, settings: Settings, secret: Option<string | undefined>): CliError {
  return new CliError(
    'USAGE',
    `${what}: --${secret.name}-file FILE, or the environment variable ${settings.variable(secret)}`,
  );
}
