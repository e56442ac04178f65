/**
 * The file of users: who may log in, as what. For its owner alone.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeOwn, othersMayUse, OWN_FILE } from '../../file-rights.js';
import * as v from 'valibot';
import { messageOf } from '../../errors.js';
import { ConsoleError } from '../errors.js';
import { isPasswordHash } from './passwords.js';
import { newToken, tokenHash } from './sessions.js';

const Token = v.strictObject({
  /** The first characters of the hash, by which people speak of it. */
  id: v.string(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  created: v.string(),
});

const User = v.strictObject({
  role: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  password: v.optional(v.pipe(v.string(), v.check(isPasswordHash, 'is no scrypt hash'))),
  /** Base32. */
  totp: v.optional(v.pipe(v.string(), v.regex(/^[A-Z2-7]{16,128}$/))),
  tokens: v.optional(v.array(Token), []),
  created: v.string(),
});

const File = v.strictObject({ version: v.literal(1), users: v.record(v.string(), User) });

/** One user. */
export type User = v.InferOutput<typeof User>;

/** Names of users: they stand in logs and files. */
export const USER_NAME = /^[\p{L}\p{N}._@-]{1,64}$/u;

/** The users of a file; it may be changed at any time by another process, and the change counts at once. */
export class Users {
  readonly path: string | undefined;
  #users: ReadonlyMap<string, User> = new Map();
  #byToken: ReadonlyMap<string, string> = new Map();
  #seen = '';
  #writing: Promise<unknown> = Promise.resolve();

  /** @param path - Undefined: the users live as long as this object. */
  constructor(path: string | undefined) {
    this.path = path;
  }

  /** All, by name. */
  get all(): ReadonlyMap<string, User> {
    return this.#users;
  }

  /** One of them. Names are taken as they are: `__proto__` is nobody. */
  get(name: string): User | undefined {
    return this.#users.get(name);
  }

  /** Whose token it is. */
  ofToken(token: string): string | undefined {
    return this.#byToken.get(tokenHash(token));
  }

  /**
   * Reads the file when it has changed.
   *
   * @throws ConsoleError `BAD_USERS`; what was read before holds on.
   */
  async refresh(): Promise<void> {
    if (this.path === undefined) return;
    let seen: string;
    try {
      const { mtimeMs, size, ino, mode } = await stat(this.path);
      seen = `${mtimeMs} ${size} ${ino} ${mode}`;
      if (seen === this.#seen) return;
      if (othersMayUse(mode))
        throw new ConsoleError('BAD_USERS', `others may read ${this.path}: chmod 600 ${this.path}`);
    } catch (error) {
      if (error instanceof ConsoleError) throw error;
      if (!isMissing(error))
        throw new ConsoleError('BAD_USERS', `cannot read ${this.path}: ${messageOf(error)}`, { cause: error });
      this.#take({});
      this.#seen = '';
      return;
    }
    this.#take(read(await readFile(this.path, 'utf8'), this.path));
    this.#seen = seen;
  }

  /** Adds a user, or changes one. */
  async set(name: string, change: (before: User | undefined) => User): Promise<void> {
    if (!USER_NAME.test(name))
      throw new ConsoleError('BAD_USERS', 'a user name is 1 to 64 letters, digits, ".", "_", "@" and "-"');

    await this.#change((users) => users.set(name, change(users.get(name))));
  }

  /** @returns Whether there was one. */
  async remove(name: string): Promise<boolean> {
    let found = false;
    await this.#change((users) => {
      found = users.delete(name);
    });
    return found;
  }

  /** Adds a token. @returns The token, which is nowhere else. */
  async addToken(name: string): Promise<string> {
    const token = `vb_${newToken()}`;
    const sha256 = tokenHash(token);
    await this.set(name, (before) => {
      if (before === undefined) throw new ConsoleError('BAD_USERS', `there is no user ${name}`);
      const added = { id: sha256.slice(0, 8), sha256, created: new Date().toISOString() };
      return { ...before, tokens: [...before.tokens, added] };
    });
    return token;
  }

  /** One change after the other; what another process has written meanwhile is kept. */
  #change(change: (users: Map<string, User>) => void): Promise<void> {
    const turn = this.#writing.then(async () => {
      await this.refresh();
      const users = new Map(this.#users);
      change(users);
      if (this.path !== undefined) await write(this.path, users);
      this.#take(Object.fromEntries(users));
      this.#seen = '';
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  #take(users: Readonly<Record<string, User>>): void {
    this.#users = new Map(Object.entries(users));
    const tokens = [...this.#users].flatMap(([name, { tokens: own }]) =>
      own.map(({ sha256 }) => [sha256, name] as const),
    );
    this.#byToken = new Map(tokens);
  }
}

function read(text: string, path: string): Readonly<Record<string, User>> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new ConsoleError('BAD_USERS', `${path} is no JSON: ${messageOf(error)}`, { cause: error });
  }
  const found = v.safeParse(File, given);
  if (found.success) return found.output.users;
  const [issue] = found.issues;
  throw new ConsoleError('BAD_USERS', `${path}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}

/** Whole or not at all. */
async function write(path: string, users: ReadonlyMap<string, User>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(beside, 'wx', OWN_FILE);
    try {
      await handle.writeFile(`${JSON.stringify({ version: 1, users: Object.fromEntries(users) }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await makeOwn(beside);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new ConsoleError('BAD_USERS', `cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
