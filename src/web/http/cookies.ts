/**
 * The cookie of a session. Ports share cookies, so that its name has the port.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { cookieOf, header } from './headers.js';

/** Where a console is, as its cookies see it. */
export interface CookiePlace {
  readonly port: number;
  /** Browsers reach it by TLS. */
  readonly isTls: boolean;
  readonly isLoopback: boolean;
}

/** Writes and reads the cookie. */
export class SessionCookie {
  readonly #strict: string;
  readonly #plain: string;
  readonly #place: CookiePlace;

  constructor(place: CookiePlace) {
    this.#place = place;
    this.#strict = `__Host-vnpy-bridge-${place.port}`;
    this.#plain = `vnpy-bridge-${place.port}`;
  }

  /** The token that a request brings. */
  read(request: IncomingMessage): string | undefined {
    return cookieOf(request, this.#strict) ?? (this.#place.isTls ? undefined : cookieOf(request, this.#plain));
  }

  /** For `Set-Cookie`. */
  set(request: IncomingMessage, token: string, maxAgeMs: number): string {
    const age = `Max-Age=${Math.floor(maxAgeMs / 1000)}`;
    return this.#isPlain(request)
      ? `${this.#plain}=${token}; Path=/; HttpOnly; SameSite=Strict; ${age}`
      : `${this.#strict}=${token}; Path=/; Secure; HttpOnly; SameSite=Strict; ${age}`;
  }

  /** Takes it away, whichever it was. */
  clear(): readonly string[] {
    return [
      `${this.#strict}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`,
      `${this.#plain}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`,
    ];
  }

  /** Without TLS Safari keeps no secure cookie, not of this machine either; and no browser keeps one of another machine. */
  #isPlain(request: IncomingMessage): boolean {
    const { isTls, isLoopback } = this.#place;
    if (isTls) return false;
    const agent = header(request, 'user-agent') ?? '';
    return !isLoopback || (agent.includes('Safari/') && !/Chrom(e|ium)\//.test(agent));
  }
}
