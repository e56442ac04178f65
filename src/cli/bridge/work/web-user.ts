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
  const password = isToken ? undefined : await new Passwords().hash(await askPassword(io));
  await users.set(name, (before) => ({
    ...{ tokens: [], created: new Date().toISOString(), ...before, role },
    ...(password === undefined ? {} : { password }),
  }));
  const token = isToken ? await users.addToken(name) : undefined;
  if (settings.get(json)) {
    await io.stdout.write(`${JSON.stringify({ user: name, role, ...(token === undefined ? {} : { token }) })}\n`);
    return EXIT.ok;
  }
  const was = known === undefined || known.role === role ? '' : `, who was ${known.role}`;
  const hint = isKept ? ' (the role stays; --role changes it)' : was;
  await io.stdout.write(`${known === undefined ? 'added' : 'changed'} ${name}, ${role}${hint}\n`);
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
  const columns = [
    { title: 'name', value: (row: (typeof rows)[number]) => row.name },
    { title: 'role', value: (row: (typeof rows)[number]) => row.role },
    { title: 'password', value: (row: (typeof rows)[number]) => row.password },
    { title: 'second factor', value: (row: (typeof rows)[number]) => row.totp },
    { title: 'tokens', value: (row: (typeof rows)[number]) => row.tokens.join(' ') },
    { title: 'created', value: (row: (typeof rows)[number]) => row.created },
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
  await context.io.stdout.write(
    context.settings.get(json) ? `${JSON.stringify({ user: name, removed: true })}\n` : `removed ${name}\n`,
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
  await context.io.stdout.write(
    context.settings.get(json)
      ? `${JSON.stringify({ user: name, secret, uri })}\n`
      : `secret of ${name}, shown once: ${secret}\n${uri}\n`,
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
async function askPassword(io: Io): Promise<string> {
  const password = io.stdin.readKeys === undefined ? await firstLine(io) : await askTwice(io);
  if (password.length >= SHORTEST_PASSWORD) return password;
  throw new CliError('USAGE', (texts) => texts.shortPassword(SHORTEST_PASSWORD));
}

async function askTwice(io: Io): Promise<string> {
  const password = await askHidden(io, 'password: ');
  if ((await askHidden(io, 'again: ')) === password) return password;
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
