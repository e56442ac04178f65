/**
 * Sessions of browsers: random tokens, of which only the hash is kept.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';

/** How long sessions hold, in ms. */
export interface SessionTimes {
  /** Without a request. */
  readonly idle: number;
  /** In all. */
  readonly absolute: number;
}

/** One session. */
export interface Session {
  readonly user: string;
  /** The first characters of its hash: for logs. */
  readonly id: string;
  readonly created: number;
  /** Came by a one-time link: only a password may be set with it that is not one of a user's. */
  readonly byLink: boolean;
}

interface Kept extends Session {
  seen: number;
}

const MAX_SESSIONS = 1000;

/** The hash by which a token is known. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** 256 bits, as text. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** All sessions. They end with the process. */
export class Sessions {
  readonly #times: SessionTimes;
  readonly #now: () => number;
  readonly #byHash = new Map<string, Kept>();
  readonly #ended: (session: Session) => void;

  /** @param ended - Told of each session that ends: its sockets end, too. */
  constructor(times: SessionTimes, now: () => number, ended: (session: Session) => void = () => undefined) {
    this.#times = times;
    this.#now = now;
    this.#ended = ended;
  }

  /** A new session, always with a new token. */
  begin(user: string, byLink = false): { readonly token: string; readonly session: Session } {
    const token = newToken();
    const hash = tokenHash(token);
    const now = this.#now();
    const session = { user, id: hash.slice(0, 8), created: now, seen: now, byLink };
    this.#byHash.set(hash, session);
    for (const oldest of this.#byHash.keys()) {
      if (this.#byHash.size <= MAX_SESSIONS) break;
      this.#end(oldest);
    }
    return { token, session };
  }

  /** The session of a token, which is used now. */
  find(token: string): Session | undefined {
    const hash = tokenHash(token);
    const session = this.#byHash.get(hash);
    if (session === undefined) return undefined;
    if (!this.#holds(session)) {
      this.#end(hash);
      return undefined;
    }
    session.seen = this.#now();
    return session;
  }

  /** Whether a session still holds; without using it. Ends those that do not. */
  holds(session: Session): boolean {
    for (const [hash, kept] of this.#byHash) {
      if (kept !== session) continue;
      if (this.#holds(kept)) return true;
      this.#end(hash);
      return false;
    }
    return false;
  }

  /** A socket that lives keeps its session alive. */
  touch(session: Session): void {
    for (const kept of this.#byHash.values()) if (kept === session) kept.seen = this.#now();
  }

  /** When it ends at the latest, in ms since 1970. */
  expires(session: Session): number {
    return session.created + this.#times.absolute;
  }

  /** Ends one. */
  end(session: Session): void {
    for (const [hash, kept] of this.#byHash) if (kept === session) this.#end(hash);
  }

  /** Ends all of a user. */
  endAll(user: string): void {
    for (const [hash, kept] of this.#byHash) if (kept.user === user) this.#end(hash);
  }

  #holds({ seen, created }: Kept): boolean {
    const now = this.#now();
    return now - seen < this.#times.idle && now - created < this.#times.absolute;
  }

  #end(hash: string): void {
    const session = this.#byHash.get(hash);
    if (session === undefined) return;
    this.#byHash.delete(hash);
    this.#ended(session);
  }
}
