/**
 * The work of `vnpy-bridge web-user …`.
 *
 * @module
 */
import { Passwords, Users, newTotpSecret, totpUri } from '../../../web/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { Io } from '../../kit/io.js';
import { renderTable } from '../../kit/text/table.js';
import type { Column } from '../../kit/text/table.js';
import type { ServiceTexts } from '../../lang/en/services.js';
import { textsOf } from '../../lang/texts.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json, webRole, webToken, webUsers } from '../options.js';

/** As the page wants it. */
const SHORTEST_PASSWORD = 12;

/** `web-user add` */
export async function addUser(context: CommandContext): Promise<ExitCode> {
  const { settings, io } = context;
  const users = await openUsers(context);
  const name = nameOf(context);
  const isToken = settings.get(webToken);
  const known = users.get(name);
  // Whoever changes a password, or adds a token, does not mean to change what the user may do.
  const isKept = known !== undefined && settings.origin(webRole) !== 'flag';
  const role = isKept ? known.role : settings.get(webRole);
  const password = isToken ? undefined : await new Passwords().hash(await askPassword(context));
  await users.set(name, (before) => ({
    ...{ tokens: [], created: new Date().toISOString(), ...before, role },
    ...(password === undefined ? {} : { password }),
  }));
  const token = isToken ? await users.addToken(name) : undefined;
  if (settings.get(json)) {
    await io.stdout.write(`${JSON.stringify({ user: name, role, ...(token === undefined ? {} : { token }) })}\n`);
    return EXIT.ok;
  }
  const texts = await textsOf('services', context.language);
  const was = known === undefined || known.role === role ? '' : texts.wasRole(known.role);
  const hint = isKept ? texts.roleStays : was;
  const done = known === undefined ? texts.userAdded(name, role) : texts.userChanged(name, role);
  await io.stdout.write(`${done}${hint}\n`);
  if (token !== undefined) await io.stdout.write(`${token}\n`);
  return EXIT.ok;
}

/** `web-user list` */
export async function listUsers(context: CommandContext): Promise<ExitCode> {
  const users = await openUsers(context);
  const rows = [...users.all].map(([name, { role, password, totp, tokens, created }]) => ({
    ...{ name, role, password: password !== undefined, totp: totp !== undefined },
    tokens: tokens.map(({ id }) => id),
    created,
  }));
  const { users: titles, yes, no } = await textsOf('services', context.language);
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: titles.name, value: (row) => row.name },
    { title: titles.role, value: (row) => row.role },
    { title: titles.password, value: (row) => (row.password ? yes : no) },
    { title: titles.totp, value: (row) => (row.totp ? yes : no) },
    { title: titles.tokens, value: (row) => row.tokens.join(' ') },
    { title: titles.created, value: (row) => row.created },
  ];
  const lines = context.settings.get(json) ? [JSON.stringify(rows)] : renderTable(columns, rows, context.style);
  await context.io.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** `web-user remove` */
export async function removeUser(context: CommandContext): Promise<ExitCode> {
  const users = await openUsers(context);
  const name = nameOf(context);
  if (!(await users.remove(name))) throw new CliError('USAGE', (texts) => texts.noUser(name, users.path ?? ''));
  const { userRemoved } = await textsOf('services', context.language);
  await context.io.stdout.write(
    `${context.settings.get(json) ? JSON.stringify({ user: name, removed: true }) : userRemoved(name)}\n`,
  );
  return EXIT.ok;
}

/** `web-user totp` */
export async function setTotp(context: CommandContext): Promise<ExitCode> {
  const users = await openUsers(context);
  const name = nameOf(context);
  const secret = newTotpSecret();
  await users.set(name, (before) => {
    if (before === undefined) throw new CliError('USAGE', (texts) => texts.noUserYet(name));
    return { ...before, totp: secret };
  });
  const uri = totpUri(secret, name);
  const { totpSecret } = await textsOf('services', context.language);
  await context.io.stdout.write(
    context.settings.get(json)
      ? `${JSON.stringify({ user: name, secret, uri })}\n`
      : `${totpSecret(name, secret)}\n${uri}\n`,
  );
  return EXIT.ok;
}

async function openUsers({ settings }: CommandContext): Promise<Users> {
  const path = settings.get(webUsers);
  if (path === undefined) throw new CliError('USAGE', ({ sayUsers }) => sayUsers);
  const users = new Users(path);
  await users.refresh();
  return users;
}

function nameOf({ args: [name = ''] }: CommandContext): string {
  return name;
}

/** From a person without echo, twice; else the first line of standard input. */
async function askPassword({ io, language }: CommandContext): Promise<string> {
  const password =
    io.stdin.readKeys === undefined ? await firstLine(io) : await askTwice(io, await textsOf('services', language));
  if (password.length >= SHORTEST_PASSWORD) return password;
  throw new CliError('USAGE', (texts) => texts.shortPassword(SHORTEST_PASSWORD));
}

async function askTwice(io: Io, { askPassword: first, askAgain }: ServiceTexts): Promise<string> {
  const password = await askHidden(io, first);
  if ((await askHidden(io, askAgain)) === password) return password;
  throw new CliError('USAGE', ({ passwordsDiffer }) => passwordsDiffer);
}

async function askHidden(io: Io, prompt: string): Promise<string> {
  await io.stderr.write(prompt);
  const typed = await new Promise<string>((resolve, reject) => {
    let text = '';
    const release = io.stdin.readKeys?.((key) => {
      if (key === '\r' || key === '\n') {
        release?.();
        resolve(text);
      } else if (key === '\u0003' || key === '\u0004') {
        release?.();
        reject(new CliError('USAGE', ({ noPassword }) => noPassword));
      } else if (key === '\u007f' || key === '\b') {
        text = text.replace(/.$/su, '');
      } else {
        text += key;
      }
    });
  });
  await io.stderr.write('\n');
  return typed;
}

async function firstLine({ stdin }: Io): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('\n') || text.length > 1024) break;
  }
  return (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
}
