/**
 * Answers requests to the API: the checks that every route has, in their order, and the form of every answer.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { messageOf } from '../../errors.js';
import { RpcCallError, RpcTimeoutError } from '../../rpc/index.js';
import { GatewayError } from '../../vnpy/index.js';
import { ruleOf } from '../../vnpy/internal.js';
import type { Caller } from '../auth/gate.js';
import { ProblemError, rateLimited } from '../errors.js';
import { checkContentType, parseJson, readBody } from '../http/body.js';
import type { SessionCookie } from '../http/cookies.js';
import { bearerOf, header } from '../http/headers.js';
import { checkOrigin, checkSite } from '../http/origins.js';
import type { Places } from '../http/origins.js';
import type { RateLimiter } from '../rate.js';
import type { Services } from '../services.js';
import type { Call, CookieJar, Reply, Route } from './route.js';
import { Router } from './router.js';
import { ROUTES } from './routes.js';

/** What a handler needs. */
export interface ApiParts {
  readonly services: Services;
  readonly places: Places;
  readonly cookie: SessionCookie;
  readonly rate: RateLimiter;
  /** Documents that are served as they are, by path. */
  readonly documents: ReadonlyMap<string, () => Promise<string>>;
  /** Told of what was refused because of whence it came. */
  readonly refused: (problem: ProblemError, address: string, request: IncomingMessage) => void;
}

/** One request. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Behind `/api/v1`. */
  readonly path: string;
  readonly search: URLSearchParams;
  readonly requestId: string;
  readonly address: string;
}

/** Nobody: of a route that needs no log-in. */
const NOBODY: Caller = { principal: { name: '', role: '' }, session: undefined };

/** The API over HTTP. */
export class ApiHandler {
  readonly #parts: ApiParts;
  readonly #router: Router;

  constructor(parts: ApiParts) {
    this.#parts = parts;
    this.#router = new Router(ROUTES);
  }

  /** Answers. Never rejects. */
  async handle(exchange: Exchange): Promise<void> {
    const { request, response, requestId } = exchange;
    response.setHeader('Cache-Control', 'no-store');
    try {
      await this.#handle(exchange);
    } catch (error) {
      const problem = this.#problemOf(error, requestId);
      this.#parts.refused(problem, exchange.address, request);
      sendProblem(request, response, problem, requestId);
    }
  }

  async #handle(exchange: Exchange): Promise<void> {
    const { request, response, path, address, requestId } = exchange;
    const method = request.method ?? '';
    checkSite(header(request, 'sec-fetch-site'));
    const isDocument = method === 'GET' && this.#parts.documents.has(path);
    const found = isDocument ? undefined : this.#router.find(method, path);
    if (Array.isArray(found)) throw noRoute(method, path, found);
    const route = found as Exclude<typeof found, readonly string[]>;
    if (route !== undefined && !this.#isThere(route.route)) throw noRoute(method, path, []);
    if (method !== 'GET') this.#checkUnsafe(request);
    const isOpen = route !== undefined && route.route.right === undefined;
    const caller = isOpen ? NOBODY : await this.#caller(request, address);
    this.#limit(response, isOpen || caller === NOBODY ? `from ${address}` : `user ${caller.principal.name}`);
    if (route === undefined) {
      await this.#sendDocument(exchange);
      return;
    }
    const call = await this.#call(exchange, route.route, route.params, caller);
    const reply = await route.route.handle(call);
    sendReply(request, response, route.route, reply, requestId);
  }

  /** What this console does not do has no address here. */
  #isThere({ isTrading, isOfStrategies }: Route): boolean {
    const { settings, strategies } = this.#parts.services;
    return (!isTrading || settings.isTrading) && (!isOfStrategies || strategies !== undefined);
  }

  #checkUnsafe(request: IncomingMessage): void {
    const hasBearer = bearerOf(request) !== undefined;
    const whence = { origin: header(request, 'origin'), fetchSite: header(request, 'sec-fetch-site'), hasBearer };
    checkOrigin(whence, this.#parts.places);
    if (hasBearer || header(request, 'x-requested-with') === 'vnpy-bridge') return;
    throw new ProblemError('bad-request', 'the header X-Requested-With: vnpy-bridge is missing');
  }

  async #caller(request: IncomingMessage, address: string): Promise<Caller> {
    const bearer = bearerOf(request);
    const token = bearer === undefined ? this.#parts.cookie.read(request) : undefined;
    return this.#parts.services.gate.callerOf({ token, bearer }, address);
  }

  #limit(response: ServerResponse, name: string): void {
    const { rate } = this.#parts;
    const { allowed, left, wait } = rate.take(name);
    const seconds = Math.ceil(wait / 1000);
    response.setHeader('RateLimit-Policy', `"requests";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`);
    response.setHeader('RateLimit', `"requests";r=${left};t=${seconds}`);
    if (!allowed) throw rateLimited('Too many requests', wait);
  }

  async #call(
    exchange: Exchange,
    route: Route,
    params: Readonly<Record<string, string>>,
    caller: Caller,
  ): Promise<Call> {
    const { request, response, requestId, address } = exchange;
    const { services, cookie } = this.#parts;
    const { right } = route;
    if (right !== undefined && !services.gate.may(caller.principal, right)) {
      const { name, role } = caller.principal;
      throw new ProblemError('forbidden', `${name} is ${role}, which may not ${right} here`);
    }
    const query = checked(route.query, queryOf(exchange.search), 'query');
    const body = await bodyOf(request, route);
    const key = header(request, 'idempotency-key')?.replace(/^"(.*)"$/, '$1');
    return {
      ...{ services, caller, params, query, body, requestId, address, idempotencyKey: key },
      view: right === undefined ? services.engine : services.desk.engineFor(caller.principal),
      cookie: jarOf(request, response, cookie, services.now),
    };
  }

  async #sendDocument({ request, response, path, requestId, search }: Exchange): Promise<void> {
    if (search.size > 0) throw new ProblemError('bad-request', 'this document takes no query');
    const text = (await this.#parts.documents.get(path)?.()) ?? '';
    sendText(request, response, { status: 200, type: 'application/json', text, requestId, hasEtag: true });
  }

  #problemOf(error: unknown, requestId: string): ProblemError {
    if (error instanceof ProblemError) return error;
    if (error instanceof RpcTimeoutError) return new ProblemError('timeout', messageOf(error), {}, { cause: error });
    const isAway = error instanceof GatewayError && (error.code === 'NOT_CONNECTED' || error.code === 'CLOSED');
    if (isAway || error instanceof RpcCallError)
      return new ProblemError('not-connected', messageOf(error), {}, { cause: error });

    const refusal = ruleOf(error);
    if (refusal !== undefined) return new ProblemError('forbidden', messageOf(error), { rule: refusal.rule });

    // What is inside is for the log alone.
    const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
    this.#parts.services.logger.error(`request ${requestId} failed: ${text}`);
    return new ProblemError('server-error', `the log has it as ${requestId}`, { traceback_id: requestId });
  }
}

/** Sends a problem. What is left of the request is not read. */
export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: ProblemError,
  requestId: string,
): void {
  for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
  const text = JSON.stringify(problem.toProblem(requestId));
  sendText(request, response, { status: problem.status, type: 'application/problem+json', text, requestId });
}

function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  route: Route,
  { body, status = route.status, headers = {} }: Reply,
  requestId: string,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  if (route.answer === undefined) {
    response.setHeader('X-Request-Id', requestId);
    response.writeHead(status).end();
  } else {
    sendText(request, response, { status, type, text: JSON.stringify(body), requestId, hasEtag: route.hasEtag });
  }
}

interface Text {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly requestId: string;
  readonly hasEtag?: boolean;
}

function sendText(request: IncomingMessage, response: ServerResponse, given: Text): void {
  const { status, type, text, requestId, hasEtag = false } = given;
  if (response.headersSent || response.destroyed) return;
  response.setHeader('X-Request-Id', requestId);
  if (hasEtag) {
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Cache-Control', 'private, no-cache');
    if (header(request, 'if-none-match') === etag) {
      response.writeHead(304).end();
      return;
    }
  }
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.writeHead(status).end(text);
}

function noRoute(method: string, path: string, methods: readonly string[]): ProblemError {
  if (methods.length === 0) return new ProblemError('not-found', `there is no ${path} here`);
  const allowed = methods.join(', ');
  const headers = { Allow: allowed };
  return new ProblemError('method-not-allowed', `${method} ${path}: there is ${allowed}`, {}, { headers });
}

/** Each name once. */
function queryOf(search: URLSearchParams): Record<string, string> {
  const names = [...search.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return Object.fromEntries(search);
  const message = `${twice} is given twice`;
  throw new ProblemError('bad-request', message, { errors: [{ path: `query ${twice}`, message }] });
}

async function bodyOf(request: IncomingMessage, route: Route): Promise<unknown> {
  const body = await readBody(request);
  if (route.body === undefined) {
    if (body.length > 0) throw new ProblemError('bad-request', 'this request takes no body');
    return undefined;
  }
  checkContentType(request);
  const given = parseJson(body);
  // Without this a list would pass where nothing is demanded of an object: to JavaScript it is one.
  if (Array.isArray(given)) {
    const message = 'an object is expected, not a list';
    throw new ProblemError('bad-request', `body: ${message}`, { errors: [{ path: 'body', message }] });
  }
  return checked(route.body, given, 'body');
}

function checked(given: v.GenericSchema, value: unknown, where: string): unknown {
  const found = v.safeParse(given, value);
  if (found.success) return found.output;
  const errors = found.issues.slice(0, 20).map((issue) => {
    const path = v.getDotPath(issue);
    return { path: path === null ? where : `${where} ${path}`, message: issue.message };
  });
  const [first] = errors;
  throw new ProblemError('bad-request', `${first?.path ?? where}: ${first?.message ?? 'wrong'}`, { errors });
}

function jarOf(
  request: IncomingMessage,
  response: ServerResponse,
  cookie: SessionCookie,
  now: () => number,
): CookieJar {
  return {
    token: cookie.read(request),
    set: (token, expires) => {
      response.setHeader('Set-Cookie', cookie.set(request, token, expires - now()));
    },
    clear: () => {
      response.setHeader('Set-Cookie', cookie.clear());
    },
  };
}
