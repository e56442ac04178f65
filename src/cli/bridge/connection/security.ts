/**
 * CURVE and PLAIN from the settings, on either side.
 *
 * @module
 */
import { readFile, stat } from 'node:fs/promises';
import { othersMayUse } from '../../../file-rights.js';
import type { ClientSecurity, ServerSecurity } from '../../../rpc/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError, tell } from '../../kit/errors.js';
import type { Said } from '../../kit/errors.js';
import type { Option } from '../../kit/option.js';
import * as options from '../options.js';
import type { Settings } from '../../kit/settings.js';
import { textsOf } from '../../lang/texts.js';

type Warn = (said: Said | string) => Promise<void>;

/** A function that warns on stderr. */
export function warnOn({ io, language }: Pick<CommandContext, 'io' | 'language'>): Warn {
  return async (said) => {
    const line = typeof said === 'string' ? said : said(await textsOf('errors', language));
    await io.stderr.write(`vnpy-bridge: ${line}\n`);
  };
}

/** How a client secures its connections; undefined for not at all. */
export async function clientSecurity(settings: Settings, warn: Warn): Promise<ClientSecurity | undefined> {
  const serverKey = settings.get(options.curveServerKey);
  const username = settings.get(options.plainUsername);
  if (serverKey !== undefined && username !== undefined)
    throw new CliError('USAGE', (texts) => texts.both('--curve-server-key', '--plain-username'));

  if (serverKey !== undefined) {
    const publicKey = settings.get(options.curvePublicKey);
    const secretKey = await readSecret(settings, options.curveSecretKey, options.curveSecretKeyFile, warn);
    if ((publicKey === undefined) !== (secretKey === undefined))
      throw new CliError('USAGE', (texts) => texts.curvePair(settings.variable(options.curveSecretKey)));

    return {
      mechanism: 'curve',
      serverKey,
      ...(publicKey === undefined || secretKey === undefined ? {} : { publicKey, secretKey }),
    };
  }
  if (username === undefined) return undefined;
  const password = await readSecret(settings, options.plainPassword, options.plainPasswordFile, warn);
  if (password === undefined) throw missing('password', settings, options.plainPassword);
  return { mechanism: 'plain', username, password };
}

/** How a server secures its sockets; undefined for not at all. */
export async function serverSecurity(settings: Settings, warn: Warn): Promise<ServerSecurity | undefined> {
  const users = await readSecret(settings, options.servePlainUsers, options.servePlainUsersFile, warn);
  if (settings.get(options.serveCurve)) {
    if (users !== undefined) throw new CliError('USAGE', ({ curveOrPlain }) => curveOrPlain);
    const secretKey = await readSecret(settings, options.serveCurveSecretKey, options.serveCurveSecretKeyFile, warn);
    if (secretKey === undefined) throw missing('secretKey', settings, options.serveCurveSecretKey);
    const clientKeys = settings.get(options.serveCurveClientKey);
    return { mechanism: 'curve', secretKey, ...(clientKeys.length === 0 ? {} : { clientKeys }) };
  }
  return users === undefined ? undefined : { mechanism: 'plain', users: parseUsers(users) };
}

function parseUsers(text: string): Readonly<Record<string, string>> {
  const wrong = new CliError('USAGE', ({ plainUsers }) => plainUsers);
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
    throw new CliError('USAGE', (texts) => texts.twoSources(settings.variable(direct), `--${file.name}`));

  return path === undefined ? value : readSecretFile(file.name, path, warn);
}

/** The text of a file that others should not read. @param name - of the option that names it. */
export async function readSecretFile(name: string, path: string, warn: Warn): Promise<string> {
  try {
    const { mode } = await stat(path);
    if (othersMayUse(mode)) await warn((texts) => texts.othersCanRead(path));

    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.cannotReadFor(`--${name}`, path, tell(error, texts)), { cause: error });
  }
}

function missing(what: 'password' | 'secretKey', settings: Settings, secret: Option<string | undefined>): CliError {
  return new CliError('USAGE', (texts) =>
    texts.secretMissing(what, `--${secret.name}-file`, settings.variable(secret)),
  );
}
