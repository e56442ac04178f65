/**
 * Who comes in: log-in, tokens, one-time codes, and the end of all that.
 *
 * @module
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Principal, Desk } from '../desk/desk.js';
import { ProblemError, rateLimited } from '../errors.js';
import type { LogIn, Right } from '../schema/index.js';
import { Attempts } from './attempts.js';
import { Passwords } from './passwords.js';
import type { ScryptCost } from './passwords.js';
import { Sessions, tokenHash } from './sessions.js';
import type { Session, SessionTimes } from './sessions.js';
import { totpStep } from './totp.js';
import type { Users } from './users.js';

/** Who makes a request. */
export interface Caller {
  readonly principal: Principal;
  /** Undefined for a token. */
  readonly session: Session | undefined;
}

/** What a gate needs. */
export interface GateOptions {
  readonly users: Users;
  readonly desk: Desk;
  readonly times: SessionTimes;
  readonly now: () => number;
  readonly scrypt?: ScryptCost | undefined;
  /** Whoever may trade needs a second factor. */
  readonly requireTotp: boolean;
  /** On a network without TLS nobody does more than look. */
  readonly viewOnly: boolean;
  /** Told of each session that ends. */
  readonly ended: (session: Session) => void;
}

/** How long a one-time code holds, in ms. */
const LINK_TIME = 5 * 60_000;

/** The user that a one-time code makes. */
const FIRST_USER = { name: 'admin', role: 'admin' };

/** Lets users in. */
export class Gate {
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly #options: GateOptions;
  readonly #attempts: Attempts;
  readonly #lastSteps = new Map<string, number>();
  #link: { readonly hash: string; readonly until: number } | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.sessions = new Sessions(options.times, options.now, options.ended);
    this.passwords = new Passwords(options.scrypt);
    this.#attempts = new Attempts(options.now);
  }

  /** A new one-time code; one before it holds no more. */
  newLink(): string {
    const code = randomBytes(16).toString('base64url');
    this.#link = { hash: tokenHash(code), until: this.#options.now() + LINK_TIME };
    return code;
  }

  /**
   * Logs in by password. The text and the time of a failure say nothing of what was wrong.
   *
   * @throws ProblemError `unauthenticated`, `rate-limited`, `forbidden`.
   */
  async logIn({ user: name, password, totp }: LogIn, address: string): Promise<{ token: string; session: Session }> {
    const account = `user ${name}`;
    const from = `from ${address}`;
    const wait = this.#attempts.wait(account, from);
    if (wait > 0) throw rateLimited('Too many wrong passwords', wait);
    this.#attempts.failed(account, from);
    await this.#options.users.refresh();
    const user = this.#options.users.get(name);
    const isRight = await this.passwords.verify(password, user?.password);
    if (!isRight || user === undefined) throw new ProblemError('unauthenticated', 'user or password is wrong');

    if (user.totp !== undefined) {
      this.#checkTotp(name, user.totp, totp, () => {
        this.#attempts.succeeded(account, from);
      });
    }
    this.#attempts.succeeded(account, from);
    const principal = this.#options.desk.principalOf({ name, role: user.role });
    if (principal === undefined)
      throw new ProblemError('forbidden', `the role ${user.role} of this user is none of this desk`);

    if (this.#options.requireTotp && user.totp === undefined && this.#options.desk.may(principal, 'trade')) {
      const how = `vnpy-bridge web-user totp ${name}`;
      throw new ProblemError('forbidden', `who may trade needs a second factor here: ${how}`);
    }
    return this.sessions.begin(name);
  }

  /**
   * Comes in by a one-time code.
   *
   * @throws ProblemError `unauthenticated`, `rate-limited`.
   */
  logInByLink(code: string, address: string): { token: string; session: Session } {
    const from = `from ${address}`;
    const wait = this.#attempts.wait(from);
    if (wait > 0) throw rateLimited('Too many wrong codes', wait);
    const link = this.#link;
    const isRight = link !== undefined && timingSafeEqual(Buffer.from(tokenHash(code)), Buffer.from(link.hash));
    if (!isRight || link.until <= this.#options.now()) {
      this.#attempts.failed(from);
      throw new ProblemError(
        'unauthenticated',
        'this code was used, or is over: the console prints a new one when it is started again',
      );
    }
    this.#link = undefined;
    return this.sessions.begin(FIRST_USER.name, true);
  }

  /**
   * Who a request is by.
   *
   * @throws ProblemError `unauthenticated`, `rate-limited`, `forbidden`.
   */
  async callerOf(given: { token?: string | undefined; bearer?: string | undefined }, address: string): Promise<Caller> {
    const { users } = this.#options;
    await users.refresh();
    if (given.bearer !== undefined) {
      const name = users.ofToken(given.bearer);
      const principal = name === undefined ? undefined : this.#principalOf(name);
      // A right one passes whatever others of this address have tried: nobody guesses 256 bits, and behind a proxy all have one.
      if (principal !== undefined) return { principal, session: undefined };
      const from = `token from ${address}`;
      const wait = this.#attempts.wait(from);
      if (wait > 0) throw rateLimited('Too many wrong tokens', wait);
      this.#attempts.failed(from);
      throw new ProblemError('unauthenticated', 'this token is none of the users file', {}, BEARER);
    }
    const session = given.token === undefined ? undefined : this.sessions.find(given.token);
    if (session === undefined)
      throw new ProblemError('unauthenticated', 'log in first: POST /api/v1/session', {}, BEARER);
    const principal = session.byLink ? this.#firstPrincipal() : this.#principalOf(session.user);
    if (principal !== undefined) return { principal, session };
    this.sessions.end(session);
    throw new ProblemError('unauthenticated', 'this user is not there any more');
  }

  /** Whether somebody who is in may stay. */
  isIn({ principal, session }: Caller): boolean {
    if (session !== undefined && !this.sessions.holds(session)) return false;
    if (session?.byLink === true) return true;
    const user = this.#options.users.get(principal.name);
    return user?.role === principal.role && this.#options.desk.principalOf({ ...principal }) !== undefined;
  }

  /** Reads the users again, if they have changed. What cannot be read changes nothing. */
  async refreshUsers(): Promise<void> {
    try {
      await this.#options.users.refresh();
    } catch {
      // Whoever logs in is told.
    }
  }

  /** What a principal may do here. */
  may(principal: Principal, right: Right): boolean {
    if (this.#options.viewOnly && right !== 'view') return false;
    return this.#options.desk.may(principal, right);
  }

  /** Of whoever came by a code, until there is a password. */
  needsPassword({ session }: Caller): boolean {
    return session?.byLink === true && this.#options.users.get(session.user)?.password === undefined;
  }

  /**
   * Sets a password. All other sessions of the user end.
   *
   * @throws ProblemError `forbidden` when the present password is wrong.
   */
  async setPassword(caller: Caller, current: string | undefined, password: string, address: string): Promise<void> {
    const { users } = this.#options;
    const { name, role } = caller.principal;
    const kept = users.get(name)?.password;
    if (!this.needsPassword(caller)) {
      const names = [`user ${name}`, `from ${address}`] as const;
      const wait = this.#attempts.wait(...names);
      if (wait > 0) throw rateLimited('Too many wrong passwords', wait);
      this.#attempts.failed(...names);
      if (!(await this.passwords.verify(current ?? '', kept)))
        throw new ProblemError('forbidden', 'the present password is wrong');

      this.#attempts.succeeded(...names);
    }
    const hash = await this.passwords.hash(password);
    await users.set(name, (before) => ({
      role,
      tokens: [],
      created: new Date(this.#options.now()).toISOString(),
      ...before,
      password: hash,
    }));
    this.sessions.endAll(name);
  }

  #principalOf(name: string): Principal | undefined {
    const user = this.#options.users.get(name);
    return user === undefined ? undefined : this.#options.desk.principalOf({ name, role: user.role });
  }

  /** Whom the code was for, as long as there is nobody of that name. */
  #firstPrincipal(): Principal | undefined {
    const known = this.#options.users.get(FIRST_USER.name);
    return this.#options.desk.principalOf({ ...FIRST_USER, role: known?.role ?? FIRST_USER.role });
  }

  /** @param passwordRight - Called when only the code is missing: that is no wrong password. */
  #checkTotp(name: string, secret: string, code: string | undefined, passwordRight: () => void): void {
    if (code === undefined) {
      passwordRight();
      throw new ProblemError('unauthenticated', 'the code of the second factor is needed', { totp_required: true });
    }
    const step = totpStep(secret, code, this.#options.now(), this.#lastSteps.get(name));
    if (step === undefined) {
      throw new ProblemError('unauthenticated', 'the code of the second factor is wrong, or was used', {
        totp_required: true,
      });
    }

    this.#lastSteps.set(name, step);
  }
}

const BEARER = { headers: { 'WWW-Authenticate': 'Bearer realm="vnpy-bridge"' } };
