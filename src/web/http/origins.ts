/**
 * Which Host and which Origin are this console's. Cookies do not tell: ports share them, and so do rebound names.
 *
 * @module
 */
import { ProblemError } from '../errors.js';

/** What a console answers to. */
export interface Places {
  /** `host:port`, in lower case. */
  readonly hosts: ReadonlySet<string>;
  /** `scheme://host` or `scheme://host:port`, as browsers write them. */
  readonly origins: ReadonlySet<string>;
}

/** Where it listens, and what else it is reached by. */
export interface PlaceOptions {
  readonly isTls: boolean;
  /** As it was given: an address, or a name. */
  readonly host: string;
  readonly port: number;
  /** `https://desk.example.com`: behind a proxy, or by another name. */
  readonly extra: readonly string[];
}

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Whether only programs of this machine reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The exact lists. */
export function placesOf({ isTls, host, port, extra }: PlaceOptions): Places {
  const scheme = isTls ? 'https' : 'http';
  const own = [...(EVERYWHERE.has(host) ? [] : [bracketed(host)]), ...LOOPBACK_NAMES];
  const urls = [...own.map((name) => `${scheme}://${name}:${port}`), ...extra].map((text) => new URL(text));
  return {
    hosts: new Set(urls.map((url) => `${url.hostname}:${url.port === '' ? defaultPort(url.protocol) : url.port}`)),
    origins: new Set(urls.map(({ origin }) => origin)),
  };
}

/** @throws ProblemError `wrong-host`, before anything else of a request is looked at. */
export function checkHost(host: string | undefined, places: Places, isTls: boolean): void {
  const ports = isTls ? ['443'] : ['80', '443'];
  const name = (host ?? '').toLowerCase();
  const hasPort = /:\d+$/.test(name);
  const known = hasPort ? places.hosts.has(name) : ports.some((port) => places.hosts.has(`${name}:${port}`));
  if (known) return;
  throw new ProblemError(
    'wrong-host',
    `this console is not ${JSON.stringify(host ?? '')}: --web-origin adds a name that it is reached by`,
    { received: host ?? null, allowed: [...places.hosts] },
  );
}

/** The headers by which browsers say where a request comes from. */
export interface Whence {
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  /** A token was given: no browser adds one by itself. */
  readonly hasBearer: boolean;
}

/**
 * Of every request that changes something, and of every upgrade.
 *
 * @throws ProblemError `wrong-origin`.
 */
export function checkOrigin({ origin, fetchSite, hasBearer }: Whence, places: Places): void {
  checkSite(fetchSite);
  if (origin === undefined ? hasBearer : places.origins.has(origin)) return;
  const came = origin === undefined ? 'no Origin' : JSON.stringify(origin);
  const hint = origin === undefined ? 'programs send a token: Authorization: Bearer …' : '--web-origin adds one';
  throw new ProblemError('wrong-origin', `a page of this console is needed, and ${came} came: ${hint}`, {
    received: origin ?? null,
    allowed: [...places.origins],
  });
}

/** @throws ProblemError `wrong-origin` for a request that another page made, of the same site too. */
export function checkSite(fetchSite: string | undefined): void {
  if (fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none') return;
  throw new ProblemError('wrong-origin', 'another page made this request', {
    received: `Sec-Fetch-Site: ${fetchSite}`,
    allowed: ['same-origin', 'none'],
  });
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}
